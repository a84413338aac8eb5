"""Whether what a command sends is what a method takes."""

import inspect
from collections.abc import Callable
from typing import Any

from session_buddy.errors import InvalidRequestError


def check(method: str, job: Callable[..., Any], *own: Any, **params: Any) -> None:
    """See that a job which is given `own` takes these parameters as well, and lacks none.

    Raises:
        InvalidRequestError: it does not; the message names the parameter.
    """
    try:
        inspect.signature(job).bind(*own, **params)
    except TypeError as error:
        raise InvalidRequestError(f"{method}: {error}. Nothing was stored.") from None

"""Sending what the hub has answered, whatever it holds.

Answers are described by the models in `described/`, and not checked against them: what stands in a store, however
strange its history, is to be seen. Tests compare the two.
"""

import json
from typing import Any

from starlette.responses import Response


class Answer(Response):
    """JSON. Numbers that JSON does not know are null in it."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        try:
            return _written(content)
        except ValueError:
            return _written(_without_strange_numbers(content))


def _written(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def _without_strange_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_strange_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_strange_numbers(item) for item in value]
    return None if isinstance(value, float) and not abs(value) < float("inf") else value

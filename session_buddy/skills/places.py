"""Where a list goes on, as a text that whoever reads the list hands back."""

import re
from uuid import UUID

from session_buddy.errors import InvalidRequestError
from session_buddy.skills.filters import short
from session_buddy.store.given import GivenPlace
from session_buddy.store.uses import Place

USES, SESSIONS, GIVEN = "uses", "sessions", "given"
# No time that can be stored, and no row, is longer.
_ROW = re.compile(r"(uses|sessions)\.(-?[0-9]{1,18})\.([0-9]{1,18})", re.ASCII)
_GIVEN = re.compile(r"given\.(-?[0-9]{1,18})\.([0-9a-f]{32})", re.ASCII)


def written(kind: str, place: Place) -> str:
    """A place in a list of uses or of sessions."""
    return f"{kind}.{place.moment}.{place.row}"


def written_given(place: GivenPlace) -> str:
    """A place in a list of recommendations."""
    return f"{GIVEN}.{place.moment}.{place.id.hex}"


def read(kind: str, text: object) -> Place | None:
    """The place in a list of this kind; None for its begin.

    Raises:
        InvalidRequestError: the text was not written for such a list.
    """
    if text is None:
        return None
    found = _ROW.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[1] != kind:
        raise _unknown(text)
    return Place(int(found[2]), int(found[3]))


def read_given(text: object) -> GivenPlace | None:
    """The same in a list of recommendations; raises as `read` does."""
    if text is None:
        return None
    found = _GIVEN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise _unknown(text)
    return GivenPlace(int(found[1]), UUID(hex=found[2]))


def _unknown(text: object) -> InvalidRequestError:
    return InvalidRequestError(
        f'before is no place in this list: {short(text)}. Give the "next" of an earlier answer, or leave it out.'
    )

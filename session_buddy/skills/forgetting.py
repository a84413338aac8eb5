"""What a person wants forgotten: checked against what is known, and planned."""

import difflib
from datetime import datetime
from typing import Any

from session_buddy.errors import InvalidRequestError
from session_buddy.skills.describing import document_of
from session_buddy.skills.tracking import PRIVATE
from session_buddy.store.forgetting import Choice, Habits, Selection, known_names, select
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor

NEAREST = 3
_HABITS = Habits(PRIVATE, lambda name: document_of(name, None))


def choice(texts: list[str], sessions: list[str], skills: list[str], before: str | None) -> Choice:
    """A choice that came as JSON; `before` is ISO 8601 with offset."""
    return Choice(texts, sessions, skills, datetime.fromisoformat(before) if before else None)


def plan(store: Store, wanted: Choice) -> dict[str, Any]:
    """What would go from an open store: see `summary`.

    Raises:
        InvalidRequestError: a session or skill is not known; the message names the nearest ones.
    """
    cursor = store.cursor()
    try:
        return summary(select_for(cursor, wanted))
    finally:
        cursor.close()


def select_for(cursor: Cursor, wanted: Choice) -> Selection:
    """What a choice means in this store; raises as `plan` does."""
    sessions, skills = known_names(cursor)
    for kind, names, known in (("session", wanted.sessions, sessions), ("skill", wanted.skills, skills)):
        for name in names:
            if name not in known:
                raise InvalidRequestError(_unknown(kind, name, known))
    return select(cursor, wanted, _HABITS)


def summary(selection: Selection) -> dict[str, Any]:
    """Per table, how many rows go and how many lose a part; `empty` when nothing matches."""
    tallies = selection.tallies.items()
    return {
        "empty": selection.empty,
        "gone": {name: tally.gone for name, tally in tallies if tally.gone},
        "changed": {name: tally.changed for name, tally in tallies if tally.changed},
    }


def _unknown(kind: str, name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=NEAREST)
    advice = f"The nearest: {', '.join(nearest)}." if nearest else f"The store knows {len(known)} {kind}s."
    return f"There is no {kind} {name!r} in this store. Nothing was forgotten. {advice}"

"""What a person wants forgotten: checked against what is known, and planned."""

from datetime import datetime
from typing import Any

from session_buddy.errors import UnknownNameError
from session_buddy.skills import known
from session_buddy.skills.describing import document_of
from session_buddy.skills.tracking import PRIVATE
from session_buddy.store import coaching_sessions
from session_buddy.store.forgetting import Choice, Habits, Selection, select
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor

_HABITS = Habits(PRIVATE, lambda name: document_of(name, None))


def choice(texts: list[str], sessions: list[str], skills: list[str], before: str | None) -> Choice:
    """A choice that came as JSON; `before` is ISO 8601 with offset."""
    return Choice(texts, sessions, skills, datetime.fromisoformat(before) if before else None)


def plan(store: Store, wanted: Choice) -> dict[str, Any]:
    """What would go from an open store: see `summary`.

    Raises:
        UnknownNameError: a session or skill is not known; the message names the nearest ones.
    """
    cursor = store.cursor()
    try:
        return summary(select_for(cursor, wanted))
    finally:
        cursor.close()


def select_for(cursor: Cursor, wanted: Choice) -> Selection:
    """What a choice means in this store; raises as `plan` does."""
    try:
        for session_id in wanted.sessions:
            if coaching_sessions.state(cursor, session_id) is None:
                known.session(cursor, session_id)
        for name in wanted.skills:
            known.skill(cursor, name)
    except UnknownNameError as error:
        raise UnknownNameError(f"{error} Nothing was forgotten.") from None
    return select(cursor, wanted, _HABITS)


def summary(selection: Selection) -> dict[str, Any]:
    """Per table, how many rows go and how many lose a part; `empty` when nothing matches."""
    tallies = selection.tallies.items()
    return {
        "empty": selection.empty,
        "gone": {name: tally.gone for name, tally in tallies if tally.gone},
        "changed": {name: tally.changed for name, tally in tallies if tally.changed},
    }

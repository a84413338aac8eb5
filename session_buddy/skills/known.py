"""Refusing names that are not known, with those that may have been meant."""

from session_buddy.errors import UnknownNameError
from session_buddy.store import names, projects
from session_buddy.store.writing import Cursor

MOST_PROJECTS = 10


def skill(cursor: Cursor, name: str) -> None:
    """See that a skill was ever used or described.

    Raises:
        UnknownNameError: it was not; the message names the nearest three.
    """
    if not names.knows_skill(cursor, name):
        raise UnknownNameError(_unknown("skill", name, names.nearest_skills(cursor, name)))


def session(cursor: Cursor, session_id: str) -> None:
    """See that anything ever happened in a session; raises as `skill` does."""
    if not names.knows_session(cursor, session_id):
        raise UnknownNameError(_unknown("session", session_id, names.nearest_sessions(cursor, session_id)))


def project(cursor: Cursor, project_id: str) -> None:
    """See that a project was ever seen.

    Raises:
        UnknownNameError: it was not; the message names those that were, the latest ones of many.
    """
    if projects.knows(cursor, project_id):
        return
    seen = projects.paths(cursor)
    shown = ", ".join(f"{one} ({path})" for one, path in list(seen.items())[:MOST_PROJECTS])
    more = f", and {len(seen) - MOST_PROJECTS} more" if len(seen) > MOST_PROJECTS else ""
    raise UnknownNameError(
        f"There is no project {project_id!r}. "
        + (f"The known ones are {shown}{more}." if seen else "No project is known yet.")
    )


def _unknown(kind: str, name: str, nearest: list[str]) -> str:
    known = f"The nearest known ones are {', '.join(nearest)}." if nearest else f"No {kind} is known yet."
    return f"There is no {kind} {name!r}. {known}"

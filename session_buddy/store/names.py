"""Finding the name that was meant."""

from session_buddy.store.rows import number
from session_buddy.store.writing import Cursor

NEAREST = 3

_SKILLS = "SELECT skill_name AS name FROM invocation UNION SELECT skill_name FROM skill"
_SESSIONS = """
    SELECT session_id AS name FROM invocation UNION SELECT session_id FROM recommendation
    UNION SELECT session_id FROM session_event
"""
_IS_THERE = "SELECT count(*) FROM ({names}) WHERE name = $name"
_NEAREST = """
    SELECT name FROM ({names})
    ORDER BY jaro_winkler_similarity(lower(name), lower($name)) DESC, name LIMIT $limit
"""


def knows_skill(cursor: Cursor, name: str) -> bool:
    """Whether a skill was ever used or described."""
    return number(cursor, _IS_THERE.format(names=_SKILLS), {"name": name}) > 0


def knows_session(cursor: Cursor, name: str) -> bool:
    """Whether anything happened in a session of this id."""
    return number(cursor, _IS_THERE.format(names=_SESSIONS), {"name": name}) > 0


def nearest_skills(cursor: Cursor, name: str) -> list[str]:
    """The known skills whose names are most like this one."""
    return _nearest(cursor, _SKILLS, name)


def nearest_sessions(cursor: Cursor, name: str) -> list[str]:
    """The known sessions whose ids are most like this one."""
    return _nearest(cursor, _SESSIONS, name)


def _nearest(cursor: Cursor, names: str, name: str) -> list[str]:
    rows = cursor.execute(_NEAREST.format(names=names), {"name": name, "limit": NEAREST}).fetchall()
    return [row[0] for row in rows]

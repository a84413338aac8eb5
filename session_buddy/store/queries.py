"""Texts of users, each kept once and pointed to by its id."""

from uuid import UUID

from session_buddy.store.ids import normalised, query_id
from session_buddy.store.rows import insert, number
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

_INSERT = """
    INSERT INTO query SELECT $id, $text, $now WHERE NOT EXISTS (SELECT 1 FROM query WHERE query_id = $id)
"""
_COUNT = "SELECT count(DISTINCT query_id) FROM query"


def remember(cursor: Cursor, text: str) -> UUID:
    """Keep a text, which must not be blank, and return its id."""
    kept = normalised(text)
    identity = query_id(kept)
    insert(cursor, _INSERT, {"id": identity, "text": kept, "now": now()})
    return identity


def count(cursor: Cursor) -> int:
    """How many texts are kept."""
    return number(cursor, _COUNT)

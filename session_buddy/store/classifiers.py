"""Classifiers that were fitted to the history, one per embedding model, so that a new hub has them at once."""

from typing import NamedTuple

from session_buddy.store.rows import first
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

_DELETE = "DELETE FROM classifier WHERE model_id = ?"
_INSERT = "INSERT INTO classifier VALUES (?, ?, ?, ?, ?, ?)"
_FIND = """
    SELECT model_id, skills, weights, examples, joins FROM classifier
    WHERE model_id = ? ORDER BY recorded_at DESC LIMIT 1
"""


class Fitted(NamedTuple):
    """A classifier as it is kept: for each skill its weights and a constant, as 32-bit floats; the number of examples
    it was fitted to; and whether it helped on past queries that it had not seen."""

    model_id: int
    skills: list[str]
    weights: bytes
    examples: int
    joins: bool


def put(cursor: Cursor, fitted: Fitted) -> None:
    """Keep a classifier in the place of an earlier one."""
    cursor.execute(_DELETE, [fitted.model_id])
    cursor.execute(_INSERT, [*fitted, now()])


def find(cursor: Cursor, model_id: int) -> Fitted | None:
    row = first(cursor, _FIND, [model_id])
    return Fitted(*row) if row else None

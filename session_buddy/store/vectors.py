"""Vectors of texts, per embedding model."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np

from session_buddy.store.rows import first, number
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

_FIND = "SELECT model_id, name, dimension FROM model WHERE name = ? AND dimension = ? LIMIT 1"
_NAMED = "SELECT model_id, name, dimension FROM model WHERE name = ? ORDER BY model_id DESC LIMIT 1"
_ALL = "SELECT model_id, name, dimension FROM model ORDER BY model_id"
_INSERT_MODEL = "INSERT INTO model SELECT coalesce(max(model_id), 0) + 1, ?, ?, ? FROM model"
_CREATE = "CREATE TABLE vector_{0.model_id} (query_id UUID, vector FLOAT[{0.dimension}])"
_WANTED = """
    (SELECT query_id FROM invocation WHERE query_id IS NOT NULL
     UNION
     SELECT query_id FROM reported WHERE query_id IS NOT NULL
     UNION
     SELECT coalesce(document_id, description_id) FROM skill
     WHERE document_id IS NOT NULL OR description_id IS NOT NULL)
"""
_MISSING = f"""
    SELECT query_id, text FROM query
    WHERE query_id IN {_WANTED} AND query_id NOT IN (SELECT query_id FROM vector_{{0.model_id}})
    LIMIT $limit
"""
_MISSING_AMONG = """
    WITH asked AS (SELECT unnest($ids::UUID[]) AS query_id)
    SELECT query_id, text FROM query
    WHERE query_id IN (SELECT query_id FROM asked)
      AND query_id NOT IN (SELECT query_id FROM vector_{0.model_id} WHERE query_id IN (SELECT query_id FROM asked))
"""
_COVERAGE = f"""
    SELECT count(*), count(*) FILTER (query_id IN (SELECT query_id FROM vector_{{0.model_id}}))
    FROM {_WANTED}
"""
_WANTED_COUNT = f"SELECT count(*) FROM {_WANTED}"
_UNEMBEDDED = f"SELECT query_id, text FROM query WHERE query_id IN {_WANTED} LIMIT $limit"
_INSERT = """
    INSERT INTO vector_{0.model_id}
    WITH given AS (SELECT unnest($ids::UUID[]) AS query_id, unnest(range(len($ids::UUID[]))) AS row),
    text AS (SELECT query_id, min(row) AS row FROM given GROUP BY query_id),
    number AS (SELECT column0 AS value, row_number() OVER () - 1 AS place FROM vector_block),
    made AS (SELECT place // {0.dimension} AS row, list(value ORDER BY place) AS vector FROM number GROUP BY row)
    SELECT query_id, vector::FLOAT[{0.dimension}] FROM text JOIN made USING (row)
    WHERE query_id NOT IN (SELECT query_id FROM vector_{0.model_id})
"""

_OF = """
    SELECT query_id, vector FROM vector_{0.model_id} WHERE query_id IN (SELECT unnest($ids::UUID[]))
"""
# How many vectors are read at a time: 25 MB of 384 dimensions.
_BATCH = 16_384

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Vector = np.ndarray[tuple[int], np.dtype[np.float32]]


class Model(NamedTuple):
    """An embedding model that this store holds vectors of."""

    model_id: int
    name: str
    dimension: int


def find_model(cursor: Cursor, name: str) -> Model | None:
    """The model of this name that vectors are kept of, the newest if its dimension has changed."""
    row = first(cursor, _NAMED, [name])
    return Model(*row) if row else None


def covering(cursor: Cursor, share: float) -> Model | None:
    """The newest model of which at least this share of the texts in use has vectors."""
    models = [Model(*row) for row in cursor.execute(_ALL).fetchall()]
    for model in reversed(models):
        wanted, present = coverage(cursor, model)
        if present >= share * wanted:
            return model
    return None


def ensure_model(cursor: Cursor, name: str, dimension: int) -> Model:
    """The model's row and table, made where they are missing."""
    row = first(cursor, _FIND, [name, dimension])
    if row:
        return Model(*row)
    cursor.execute(_INSERT_MODEL, [name, dimension, now()])
    model = Model(*(first(cursor, _FIND, [name, dimension]) or ()))
    cursor.execute(_CREATE.format(model))
    return model


def missing(cursor: Cursor, model: Model | None, limit: int) -> list[tuple[UUID, str]]:
    """Up to `limit` texts in use that have no vector of `model` yet; of no model: any texts in use."""
    sql = _MISSING.format(model) if model else _UNEMBEDDED
    return cursor.execute(sql, {"limit": limit}).fetchall()


def missing_among(cursor: Cursor, model: Model, ids: list[UUID]) -> list[tuple[UUID, str]]:
    """Those of these texts that have no vector of `model` yet."""
    return cursor.execute(_MISSING_AMONG.format(model), {"ids": ids}).fetchall()


def coverage(cursor: Cursor, model: Model | None) -> tuple[int, int]:
    """(texts in use, those of them with a vector of `model`)."""
    if model is None:
        return number(cursor, _WANTED_COUNT), 0
    wanted, present = first(cursor, _COVERAGE.format(model)) or (0, 0)
    return wanted, present


def insert(cursor: Cursor, model: Model, ids: list[UUID], vectors: Vectors) -> None:
    """Keep normalised vectors, one row of `vectors` (texts x dimension) for each id; ids that have one are left out."""
    # One flat column of numbers: as list parameters the same vectors take DuckDB three times as long.
    cursor.register("vector_block", np.ascontiguousarray(vectors, dtype=np.float32).ravel())
    try:
        cursor.execute(_INSERT.format(model), {"ids": ids})
    finally:
        cursor.unregister("vector_block")


def of(cursor: Cursor, model: Model, ids: Sequence[UUID]) -> "dict[UUID, Vector]":
    """The vectors of those of these texts that have one."""
    found: dict[UUID, Vector] = {}
    for start in range(0, len(ids), _BATCH):
        part = cursor.execute(_OF.format(model), {"ids": ids[start : start + _BATCH]}).fetchnumpy()
        found.update(zip(part["query_id"], part["vector"], strict=True))
    return found

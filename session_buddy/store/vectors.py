"""Vectors of texts, per embedding model, and the similarity of a new one to them."""

from typing import Any, NamedTuple
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
     UNION SELECT description_id FROM skill WHERE description_id IS NOT NULL)
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

# What each example of a skill weighs: an invocation that failed or was abandoned says little about the skill's place.
_EXAMPLE = """
    example AS (
        SELECT i.skill_name, i.query_id, bad.invocation_id IS NULL AS good
        FROM invocation i
        LEFT JOIN (SELECT DISTINCT invocation_id FROM completion WHERE outcome <> 'completed') AS bad
               USING (invocation_id)
        WHERE i.query_id IS NOT NULL
        UNION ALL
        SELECT skill_name, description_id, true FROM skill WHERE description_id IS NOT NULL
    )
"""
_SIMILARITY = f"""
    WITH similarity AS (
        SELECT query_id, max(array_inner_product(vector, $vector::FLOAT[{{0.dimension}}])) AS cosine
        FROM vector_{{0.model_id}} GROUP BY query_id
    ), {_EXAMPLE}
    SELECT skill_name,
           sum(if(good, 1.0, $bad_weight) * cosine),
           sum(if(good, 1.0, $bad_weight)),
           max(cosine),
           max(cosine) FILTER (good),
           arg_max(query_id, cosine),
           hash(count(*), sum(hash(query_id, good) % 4294967291))
    FROM example JOIN similarity USING (query_id)
    GROUP BY skill_name
"""
_MEMBERS = f"""
    WITH {_EXAMPLE}, member AS (SELECT * FROM example WHERE skill_name IN (SELECT unnest($skills)))
    SELECT skill_name, if(good, 1.0, $bad_weight) AS weight, vector
    FROM member JOIN (
        SELECT query_id, vector FROM vector_{{0.model_id}}
        WHERE rowid >= $first AND rowid < $last AND rowid IN (
            SELECT min(rowid) FROM vector_{{0.model_id}}
            WHERE query_id IN (SELECT query_id FROM member) GROUP BY query_id
        )
    ) AS part USING (query_id)
"""
_LAST_ROW = "SELECT max(rowid) FROM vector_{0.model_id}"
# How many vectors are added up at a time: 25 MB of 384 dimensions.
_BATCH = 16_384
# So few skills are added up in one statement, since their vectors are a small part of all.
_FEW = 4

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Matrix = np.ndarray[Any, np.dtype[Any]]


class Model(NamedTuple):
    """An embedding model that this store holds vectors of."""

    model_id: int
    name: str
    dimension: int


class SkillSimilarity(NamedTuple):
    """How near a skill's examples are to a query. `weighted_sum` of cosines and `weight` make their mean; `nearest`
    is the largest cosine, `nearest_good` that among examples that neither failed nor were abandoned; `state`
    changes when the examples or their outcomes change."""

    skill_name: str
    weighted_sum: float
    weight: float
    nearest: float
    nearest_good: float | None
    nearest_query: UUID
    state: int


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


def similarities(cursor: Cursor, model: Model, vector: list[float], bad_weight: float) -> list[SkillSimilarity]:
    """Every skill's similarity to `vector` (normalised), in one pass over the vectors of `model`."""
    found = cursor.execute(_SIMILARITY.format(model), {"vector": vector, "bad_weight": bad_weight}).fetchall()
    return [SkillSimilarity(*row) for row in found]


def mean_lengths(cursor: Cursor, model: Model, skills: list[str], bad_weight: float) -> dict[str, float]:
    """The length of each skill's weighted mean vector, between 0 and 1, added up from the vectors themselves."""
    places = {name: place for place, name in enumerate(skills)}
    sums = np.zeros((len(skills), model.dimension))
    weights = np.zeros(len(skills))
    rows = number(cursor, _LAST_ROW.format(model)) + 1
    batch = rows if len(skills) <= _FEW else _BATCH
    for first_row in range(0, rows, max(1, batch)):
        given = {"skills": skills, "bad_weight": bad_weight, "first": first_row, "last": first_row + batch}
        found = cursor.execute(_MEMBERS.format(model), given).fetchnumpy()
        if len(found["weight"]):
            _add_up(sums, weights, np.array([places[name] for name in found["skill_name"]]), found)
    lengths = np.linalg.norm(sums, axis=1)
    return {name: float(lengths[place] / weights[place]) for name, place in places.items() if weights[place]}


def _add_up(sums: Matrix, weights: Matrix, owner: Matrix, found: "dict[str, Matrix]") -> None:
    """Add the weighted vectors of one batch to the sums of the skills that own them."""
    vectors, weight = np.stack(list(found["vector"])), found["weight"].astype(np.float64)
    for place in np.unique(owner):
        mine = owner == place
        sums[place] += weight[mine] @ vectors[mine]
        weights[place] += weight[mine].sum()

"""Many invocations at once, in and out of the store."""

from collections.abc import Iterator
from typing import Any

from session_buddy.store.rows import number
from session_buddy.store.standing import REPORTED
from session_buddy.store.times import iso, now
from session_buddy.store.writing import Cursor

ROW = (
    '{"invocation_id":"UUID","skill_name":"VARCHAR","query_id":"UUID","user_query":"VARCHAR","session_id":"VARCHAR",'
    '"invoked_at":"TIMESTAMPTZ","workflow_path":"VARCHAR","workflow_phase":"VARCHAR",'
    '"alternatives_considered":["VARCHAR"],"selection_rank":"INTEGER","outcome":"VARCHAR",'
    '"duration_seconds":"DOUBLE","follow_up_actions":["VARCHAR"],"error_type":"VARCHAR"}'
)
_LOAD = f"""
    CREATE OR REPLACE TEMP TABLE incoming AS
    SELECT unnest(from_json(row::JSON, '{ROW}'), recursive := true)
    FROM (SELECT unnest(string_split($rows, chr(10))) AS row) WHERE row <> ''
"""
_DROP_KNOWN = """
    DELETE FROM incoming WHERE invocation_id IN (SELECT invocation_id FROM invocation)
"""
_DROP_REPEATED = """
    DELETE FROM incoming WHERE rowid NOT IN (SELECT min(rowid) FROM incoming GROUP BY invocation_id)
"""
_QUERIES = """
    INSERT INTO query
    SELECT query_id, any_value(user_query), $now FROM incoming
    WHERE query_id IS NOT NULL AND query_id NOT IN (SELECT query_id FROM query)
    GROUP BY query_id
"""
_INVOCATIONS = """
    INSERT INTO invocation
    SELECT invocation_id, skill_name, query_id, session_id, $project, coalesce(invoked_at, $now), workflow_path,
           workflow_phase, alternatives_considered, selection_rank, $source, $now, NULL
    FROM incoming
"""
_COMPLETIONS = """
    INSERT INTO completion
    SELECT invocation_id,
           coalesce(
               try(invoked_at + to_microseconds((coalesce(duration_seconds, 0) * 1000000)::BIGINT)), invoked_at, $now
           ),
           outcome, duration_seconds, follow_up_actions, error_type, $source, $now, NULL
    FROM incoming
    WHERE outcome IS NOT NULL AND invocation_id NOT IN (SELECT invocation_id FROM completion)
"""
_COUNT = "SELECT count(*) FROM incoming"
_EXPORT = """
    SELECT i.invocation_id::VARCHAR, i.skill_name, q.text, i.session_id, epoch_us(i.invoked_at), c.outcome,
           c.duration_seconds, i.workflow_path, i.workflow_phase, i.alternatives_considered, i.selection_rank,
           c.follow_up_actions, c.error_type
    FROM {reported} i
    LEFT JOIN query q USING (query_id)
    LEFT JOIN completion c USING (invocation_id)
    WHERE {condition}
    QUALIFY row_number() OVER (
        PARTITION BY i.invocation_id ORDER BY c.source IN ('seen', 'inferred'), c.recorded_at
    ) = 1
    ORDER BY i.invoked_at, i.invocation_id
"""
_EXPORTED = (
    "invocation_id",
    "skill_name",
    "user_query",
    "session_id",
    "invoked_at",
    "completed",
    "duration_seconds",
    "workflow_path",
    "workflow_phase",
    "alternatives_considered",
    "selection_rank",
    "follow_up_actions",
    "error_type",
)
_COMPLETED = {None: None, "completed": True, "failed": False, "abandoned": False}
BATCH = 2_000


def load(cursor: Cursor, rows: str, project_id: str, source: str) -> int:
    """Insert invocations, one JSON object in the shape of `ROW` per line, without those whose id is stored already.

    Returns:
        How many were inserted.
    """
    cursor.execute(_LOAD, {"rows": rows})
    cursor.execute(_DROP_KNOWN)
    cursor.execute(_DROP_REPEATED)
    common = {"now": now(), "source": source}
    cursor.execute(_QUERIES, {"now": common["now"]})
    cursor.execute(_INVOCATIONS, common | {"project": project_id})
    cursor.execute(_COMPLETIONS, common)
    return number(cursor, _COUNT)


def dump(cursor: Cursor) -> Iterator[list[dict[str, Any]]]:
    """All invocations, oldest first, in batches, each in the shape that `import` reads; fields without a value
    are left out, but `completed`, which is null while an invocation is open."""
    result = cursor.execute(_EXPORT.format(reported=REPORTED, condition="true"))
    while rows := result.fetchmany(BATCH):
        yield [_record(row) for row in rows]


def of_session(cursor: Cursor, session_id: str) -> list[dict[str, Any]]:
    """The invocations of one session in the same shape."""
    sql = _EXPORT.format(reported=REPORTED, condition="i.session_id = $session")
    return [_record(row) for row in cursor.execute(sql, {"session": session_id}).fetchall()]


def _record(row: tuple[Any, ...]) -> dict[str, Any]:
    record = dict(zip(_EXPORTED, row, strict=True))
    record["invoked_at"] = iso(record["invoked_at"])
    record["completed"] = _COMPLETED[record["completed"]]
    return {key: value for key, value in record.items() if value is not None or key == "completed"}

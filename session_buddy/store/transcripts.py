"""Uses of skills that transcripts tell of, in many at once, and which transcripts were read."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.store.rows import number
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

KIND, SOURCE = "transcript", "claude-code"
EXPANSION = "expansion"  # as skills/past_uses.py names it
NEAR_SECONDS = 60

_ROW = (
    '{"event_id":"UUID","way":"VARCHAR","invocation_id":"UUID","skill_name":"VARCHAR","query_id":"UUID",'
    '"user_query":"VARCHAR","session_id":"VARCHAR","agent_id":"VARCHAR","invoked_at":"TIMESTAMPTZ","project":"INTEGER",'
    '"outcome":"VARCHAR","basis":"VARCHAR","duration_seconds":"DOUBLE","follow_up_actions":["VARCHAR"],'
    '"error_type":"VARCHAR","hook_ids":["UUID"]}'
)
_LOAD = f"""
    CREATE OR REPLACE TEMP TABLE told_copy AS
    SELECT *
    FROM (
        SELECT *, row_number() OVER () AS place
        FROM (
            SELECT unnest(from_json(row::JSON, '{_ROW}'), recursive := true)
            FROM (SELECT unnest(string_split($rows, chr(10))) AS row) WHERE row <> ''
        )
    )
    WHERE event_id IS NOT NULL AND invocation_id IS NOT NULL AND invoked_at IS NOT NULL
"""
_FIRST_COPIES = """
    CREATE OR REPLACE TEMP TABLE told AS
    SELECT *, NULL::UUID AS known_as FROM told_copy
    QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY place) = 1
"""
_KNOWN_EVENTS = f"""
    UPDATE told SET known_as = s.invocation_id
    FROM (SELECT event_id, min(invocation_id) AS invocation_id FROM seen WHERE kind = '{KIND}' GROUP BY ALL) AS s
    WHERE told.event_id = s.event_id
"""
# A hook may have joined the use with one that the assistant had reported before.
_KNOWN_BY_HOOKS = """
    UPDATE told SET known_as = s.invocation_id
    FROM (
        SELECT event_id, min(invocation_id) AS invocation_id FROM seen
        WHERE source = 'hook' AND invocation_id IS NOT NULL GROUP BY event_id
    ) AS s
    WHERE told.known_as IS NULL AND list_contains(told.hook_ids, s.event_id)
"""
_KNOWN_IDS = """
    UPDATE told SET known_as = invocation_id
    WHERE known_as IS NULL AND invocation_id IN (SELECT invocation_id FROM invocation)
"""
# A person's `/name` as a hook saw it, which knows no id of the record; or any use as the assistant reported it.
_NEAR = f"""
    SELECT t.event_id, i.invocation_id
    FROM told t JOIN invocation i
      ON i.session_id = t.session_id AND i.skill_name = t.skill_name
     AND abs(epoch_us(i.invoked_at) - epoch_us(t.invoked_at)) <= {NEAR_SECONDS} * 1000000
    WHERE t.known_as IS NULL AND i.source NOT IN ('{SOURCE}', 'import')
      AND (t.way = '{EXPANSION}' OR i.source <> 'hook')
      AND i.invocation_id NOT IN (SELECT invocation_id FROM told)
      AND i.invocation_id NOT IN (
          SELECT invocation_id FROM seen WHERE kind IN ('{KIND}', 'model') AND invocation_id IS NOT NULL
      )
    ORDER BY abs(epoch_us(i.invoked_at) - epoch_us(t.invoked_at)), t.place, i.invocation_id
"""
_IS_NEAR = "UPDATE told SET known_as = ? WHERE event_id = ?"
_QUERIES = """
    INSERT INTO query
    SELECT query_id, any_value(user_query), $now FROM told
    WHERE known_as IS NULL AND query_id IS NOT NULL AND query_id NOT IN (SELECT query_id FROM query)
    GROUP BY query_id
"""
_INVOCATIONS = f"""
    INSERT INTO invocation
    SELECT invocation_id, skill_name, query_id, session_id, list_extract($projects::VARCHAR[], project + 1),
           invoked_at, NULL, NULL, NULL, NULL, '{SOURCE}', $now, NULL
    FROM told WHERE known_as IS NULL
    QUALIFY row_number() OVER (PARTITION BY invocation_id ORDER BY place) = 1
"""
_COMPLETIONS = """
    INSERT INTO completion
    SELECT i.invocation_id, t.invoked_at + to_microseconds((coalesce(t.duration_seconds, 0) * 1000000)::BIGINT),
           t.outcome, t.duration_seconds, t.follow_up_actions, t.error_type, t.basis, $now, NULL
    FROM (
        SELECT c.*, coalesce(f.known_as, f.invocation_id) AS stored_as
        FROM told_copy c JOIN told f ON f.event_id = c.event_id WHERE c.outcome IS NOT NULL
    ) t
    JOIN (SELECT DISTINCT invocation_id FROM invocation) i ON i.invocation_id = t.stored_as
    WHERE t.stored_as NOT IN (SELECT invocation_id FROM completion)
    QUALIFY row_number() OVER (PARTITION BY t.stored_as ORDER BY t.place) = 1
"""
_SEEN = f"""
    INSERT INTO seen (event_id, session_id, agent_id, kind, skill_name, query_id, invocation_id, project_id,
                      happened_at, source, recorded_at)
    SELECT event_id, session_id, agent_id, '{KIND}', skill_name, query_id, coalesce(known_as, invocation_id),
           list_extract($projects::VARCHAR[], project + 1), invoked_at, '{SOURCE}', $now
    FROM told WHERE event_id NOT IN (SELECT event_id FROM seen WHERE kind = '{KIND}')
"""
_NEW = "SELECT count(DISTINCT invocation_id) FROM told WHERE known_as IS NULL"
_ENDED = "SELECT count(*) FROM completion"
_READ = (
    "SELECT transcript_id::VARCHAR, arg_max(size, read_at), arg_max(modified_ns, read_at) FROM transcript GROUP BY ALL"
)
_FORGET_READ = "DELETE FROM transcript WHERE transcript_id IN (SELECT unnest($ids::UUID[]))"
_REMEMBER_READ = """
    INSERT INTO transcript
    SELECT unnest($ids::UUID[]), unnest($sizes::BIGINT[]), unnest($changes::BIGINT[]), $now, $now
"""


class Stored(NamedTuple):
    """What became of uses: how many are new, and how many that were known have got their end."""

    added: int
    ended: int


class Read(NamedTuple):
    """A transcript that was read to its end, as it was then."""

    transcript_id: UUID
    size: int
    modified_ns: int


def store(cursor: Cursor, rows: str, projects: Sequence[str]) -> Stored:
    """Store uses, one JSON object in the shape of `_ROW` per line; `project` is a place in `projects`, which holds ids.
    One that is known by its event, by its id, or as what a hook saw or the assistant reported of it, is left as it is
    and only gets its end, which any copy of it may tell."""
    cursor.execute(_LOAD, {"rows": rows})
    cursor.execute(_FIRST_COPIES)
    cursor.execute(_KNOWN_EVENTS)
    cursor.execute(_KNOWN_BY_HOOKS)
    cursor.execute(_KNOWN_IDS)
    _match(cursor)
    added, ended = number(cursor, _NEW), number(cursor, _ENDED)
    moment = now()
    cursor.execute(_QUERIES, {"now": moment})
    cursor.execute(_INVOCATIONS, {"now": moment, "projects": list(projects)})
    cursor.execute(_COMPLETIONS, {"now": moment})
    cursor.execute(_SEEN, {"now": moment, "projects": list(projects)})
    return Stored(added, number(cursor, _ENDED) - ended)


def remember_read(cursor: Cursor, transcripts: Sequence[Read]) -> None:
    """Keep that these were read to their ends."""
    if not transcripts:
        return
    ids, sizes, changes = (list(column) for column in zip(*transcripts, strict=True))
    cursor.execute(_FORGET_READ, {"ids": ids})
    cursor.execute(_REMEMBER_READ, {"ids": ids, "sizes": sizes, "changes": changes, "now": now()})


def read(cursor: Cursor) -> dict[str, list[int]]:
    """Of each transcript that was read to its end the size and the time of its last change, by its id."""
    return {row[0]: [row[1], row[2]] for row in cursor.execute(_READ).fetchall()}


def _match(cursor: Cursor) -> None:
    """Find each use the nearest one that a hook or a report may have made of it; none of them is found twice."""
    found: dict[Any, Any] = {}
    for event_id, invocation_id in cursor.execute(_NEAR).fetchall():
        if event_id not in found and invocation_id not in found.values():
            found[event_id] = invocation_id
    for event_id, invocation_id in found.items():
        cursor.execute(_IS_NEAR, [invocation_id, event_id])

"""Which rows are events that are told live, and what is told of each."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.store.rows import parsed
from session_buddy.store.times import iso
from session_buddy.store.writing import Cursor

Event = dict[str, Any]

_USES = """
    SELECT i.invocation_id, any_value(i.skill_name), any_value(coalesce(r.workflow_phase, i.workflow_phase)),
           any_value(i.session_id), any_value(i.project_id)
    FROM invocation i
    LEFT JOIN (SELECT * FROM reported WHERE invocation_id IN (SELECT unnest($ids::UUID[]))) r USING (invocation_id)
    WHERE i.invocation_id IN (SELECT unnest($ids::UUID[]))
    GROUP BY i.invocation_id
"""
_COACHED = """
    SELECT session_id, arg_min(workflow_id, rowid), arg_min(project_id, rowid), min(rowid) FROM coaching_session
    WHERE session_id IN (SELECT unnest($ids::VARCHAR[])) GROUP BY session_id
"""
_IN_PROJECT, _IN_SESSION = "project_id = $project", "session_id = $session"
_OF_USES = "invocation_id IN (SELECT invocation_id FROM invocation WHERE {0})"
_COACHED_IN_PROJECT = "session_id IN (SELECT session_id FROM coaching_session WHERE project_id = $project)"
_WORKFLOW_IN_PROJECT = "workflow_id IN (SELECT workflow_id FROM coaching_session WHERE project_id = $project)"
_LEVELS = ("OBSERVATION", "COACHING", "AUTO")
_ENDS = {"paused": "paused", "resumed": "resumed"}


class Row(NamedTuple):
    """A row: its number, when it was recorded and when it happened (microseconds since 1970), and its values."""

    number: int
    recorded_us: int
    moment_us: int
    values: dict[str, Any]


class Use(NamedTuple):
    """What the end of a use tells of its beginning."""

    skill_name: str | None = None
    workflow_phase: str | None = None
    session_id: str | None = None
    project_id: str | None = None


class Coached(NamedTuple):
    """What everything in a coaching session tells of it; `first_row` is that of its beginning."""

    workflow_id: str | None = None
    project_id: str | None = None
    first_row: int | None = None


class Names(NamedTuple):
    """What rows point to."""

    uses: Mapping[UUID, Use]
    coached: Mapping[str, Coached]


class Source(NamedTuple):
    """A table with events: the column of the time of each, its other columns by the names that they are told by, what
    is told of a row, and the conditions for those of one project (`$project`) and one session (`$session`)."""

    table: str
    moment: str
    columns: dict[str, str]
    tell: Callable[[Row, Names], list[Event]]
    in_project: str
    in_session: str


def names(cursor: Cursor, found: Mapping[str, Iterable[Row]]) -> Names:
    """Look up what the rows found in each table point to."""
    uses = {row.values["invocation_id"] for row in found.get("completion", ())}
    coached = {row.values.get("coaching_session_id") for rows in found.values() for row in rows} - {None}
    of_uses = cursor.execute(parsed(cursor, _USES), {"ids": list(uses)}).fetchall() if uses else []
    of_coached = cursor.execute(parsed(cursor, _COACHED), {"ids": list(coached)}).fetchall() if coached else []
    return Names({row[0]: Use(*row[1:]) for row in of_uses}, {row[0]: Coached(*row[1:]) for row in of_coached})


def _event(kind: str, row: Row, **more: Any) -> Event:
    told = {"kind": kind, "at": iso(row.moment_us)} | row.values | more
    return {name: str(value) if isinstance(value, UUID) else value for name, value in told.items()}


def _as(kind: str) -> Callable[[Row, Names], list[Event]]:
    return lambda row, names: [_event(kind, row)]


def _in_coaching(kind: str, row: Row, names: Names, **more: Any) -> Event:
    session = names.coached.get(row.values["coaching_session_id"], Coached())
    return _event(kind, row, workflow_id=session.workflow_id, project_id=session.project_id, **more)


def _as_coached(kind: str) -> Callable[[Row, Names], list[Event]]:
    return lambda row, names: [_in_coaching(kind, row, names)]


def _completed(row: Row, names: Names) -> list[Event]:
    use = names.uses.get(row.values["invocation_id"], Use())
    return [_event("completed", row, **use._asdict())]


def _started(row: Row, names: Names) -> list[Event]:
    """A later row of the same coaching session holds what its variables are since then."""
    session = names.coached.get(row.values["coaching_session_id"], Coached())
    return [_in_coaching("started", row, names)] if session.first_row == row.number else []


def _changed(row: Row, names: Names) -> list[Event]:
    return [_in_coaching(_ENDS.get(row.values["status"], "ended"), row, names)]


def _decided(row: Row, names: Names) -> list[Event]:
    told = _in_coaching("decided", row, names)
    item_id = told.pop("item_id")
    return [told] if item_id is None else [told, told | {"kind": "corrected", "item_id": item_id}]


def _levelled(row: Row, names: Names) -> list[Event]:
    ranks = [_LEVELS.index(row.values[name]) for name in ("level", "previous") if row.values[name] in _LEVELS]
    return [_event("demoted" if len(ranks) == 2 and ranks[0] < ranks[1] else "promoted", row)]


def _same(*columns: str) -> dict[str, str]:
    return {column: column for column in columns}


_SESSION = {"coaching_session_id": "session_id"}
SOURCES = (
    Source(
        "invocation",
        "invoked_at",
        _same("invocation_id", "skill_name", "workflow_phase", "session_id", "project_id", "source"),
        _as("tracked"),
        _IN_PROJECT,
        _IN_SESSION,
    ),
    Source(
        "completion",
        "ended_at",
        _same("invocation_id", "outcome", "duration_seconds", "error_type", "source"),
        _completed,
        _OF_USES.format(_IN_PROJECT),
        _OF_USES.format(_IN_SESSION),
    ),
    Source(
        "recommendation",
        "recommended_at",
        _same("recommendation_id", "skills", "confident", "ranking", "workflow_phase", "session_id", "project_id"),
        _as("recommended"),
        _IN_PROJECT,
        _IN_SESSION,
    ),
    Source("coaching_session", "started_at", _SESSION, _started, _IN_PROJECT, _IN_SESSION),
    Source(
        "coaching_change",
        "changed_at",
        _SESSION | {"status": "kind", "error_message": "error_message"},
        _changed,
        _COACHED_IN_PROJECT,
        _IN_SESSION,
    ),
    Source(
        "coaching_suggestion",
        "suggested_at",
        _SESSION | _same("suggestion_id", "node_id", "action_type", "mode", "step_index"),
        _as_coached("suggested"),
        _COACHED_IN_PROJECT,
        _IN_SESSION,
    ),
    Source(
        "coaching_decision",
        "decided_at",
        _SESSION
        | _same(
            "decision_id", "suggestion_id", "node_id", "action_type", "decision", "decided_by", "seconds", "item_id"
        ),
        _decided,
        _COACHED_IN_PROJECT,
        _IN_SESSION,
    ),
    Source(
        "coaching_execution",
        "executed_at",
        _SESSION | _same("decision_id", "succeeded", "error_message"),
        _as_coached("executed"),
        _COACHED_IN_PROJECT,
        _IN_SESSION,
    ),
    Source(
        "coaching_undone",
        "undone_at",
        _SESSION | _same("decision_id", "decided_by"),
        _as_coached("undone"),
        _COACHED_IN_PROJECT,
        _IN_SESSION,
    ),
    Source(
        "coaching_level",
        "changed_at",
        _same("workflow_id", "level", "previous", "decided_by", "reason"),
        _levelled,
        _WORKFLOW_IN_PROJECT,
        "false",
    ),
    Source(
        "coaching_switched_item",
        "switched_at",
        _same("workflow_id", "item_id", "decided_by") | {"on": "switched_on"},
        _as("switched"),
        _WORKFLOW_IN_PROJECT,
        "false",
    ),
)

"""Long histories in a real store, written at once, for tests of what is told about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from session_buddy.skills import changes, describing
from session_buddy.store.ids import new_id
from session_buddy.store.scope import Scope
from session_buddy.store.store import Store
from session_buddy.store.use_table import UseTable
from session_buddy.store.writing import Cursor
from tests.store.filling import write

NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
PATIENCE = timedelta(hours=24)

_BEGUN = """
    INSERT INTO invocation (invocation_id, skill_name, session_id, project_id, invoked_at, workflow_phase, source,
                            recorded_at)
    SELECT unnest($ids), unnest($skills), unnest($sessions), 'p', unnest($moments), unnest($phases::VARCHAR[]), 'test',
           unnest($moments)
"""
_ENDED = """
    INSERT INTO completion (invocation_id, ended_at, outcome, duration_seconds, source, recorded_at)
    SELECT id, moment, outcome, seconds, 'test', moment
    FROM (SELECT unnest($ids) AS id, unnest($moments) AS moment, unnest($outcomes::VARCHAR[]) AS outcome,
                 unnest($seconds::DOUBLE[]) AS seconds)
    WHERE outcome IS NOT NULL
"""


class Use(NamedTuple):
    """One use, so many days before `NOW`."""

    skill: str
    days: float
    outcome: str | None = "completed"
    seconds: float | None = None
    session: str = "s"
    phase: str | None = None


def fill(store: Store, uses: list[Use]) -> None:
    """Store all these uses."""
    ids = [new_id() for _ in uses]
    moments = [NOW - timedelta(days=one.days) for one in uses]
    begun = {
        "ids": ids,
        "skills": [one.skill for one in uses],
        "sessions": [one.session for one in uses],
        "moments": moments,
        "phases": [one.phase for one in uses],
    }
    ended = {
        "ids": ids,
        "moments": moments,
        "outcomes": [one.outcome for one in uses],
        "seconds": [one.seconds for one in uses],
    }
    write(store, lambda cursor: [bool(cursor.execute(_BEGUN, begun)), bool(cursor.execute(_ENDED, ended))])


def describe(store: Store, *skills: str) -> None:
    """Put skills into the catalogue, with a text that says nothing."""

    def job(cursor: Cursor) -> None:
        for skill in skills:
            describing.describe(cursor, skill, "What it is for", "test", "p")

    write(store, job)


def asked(store: Store, job: Any, session_id: str | None = None) -> Any:
    """What a report finds in the store as of `NOW`."""
    now = round(NOW.timestamp() * 1e6)
    scope = Scope(now, now - round(PATIENCE.total_seconds() * 1e6), session_id)

    def read(cursor: Cursor) -> Any:
        with UseTable().current(cursor):
            return job(cursor, scope)

    return store.read(read)


def found(store: Store) -> dict[str, Any]:
    """What has changed, what goes together and what is not used."""
    answer: dict[str, Any] = asked(store, changes.found)
    return answer


@contextmanager
def opened(path: Path | str) -> Iterator[Store]:
    """A new store."""
    store = Store.open(str(path))
    try:
        yield store
    finally:
        store.close()

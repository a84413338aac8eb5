"""Random histories of uses in a real store, filled bit by bit, and a table of uses that follows it."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from session_buddy.store import invocations, projects, queries, recommendations, rows, seen, transfer
from session_buddy.store.ids import new_id
from session_buddy.store.invocations import Completion, Invocation
from session_buddy.store.recommendations import Given
from session_buddy.store.scope import Scope
from session_buddy.store.seen import Report
from session_buddy.store.store import Store
from session_buddy.store.use_table import UseTable
from session_buddy.store.writing import Cursor
from tests.skills import reckoning
from tests.skills.reckoning import Past

EVERY_TABLE = ("invocation", "completion", "recommendation", "session_event", "overridden", "reported")
OF_PROJECTS = "SELECT DISTINCT invocation_id::VARCHAR, project_id FROM invocation"
INFERRED = "SELECT invocation_id FROM completion GROUP BY ALL HAVING bool_and(source = 'inferred')"
NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
PATIENCE = timedelta(hours=24)
SKILLS = [f"skill-{letter}" for letter in "abcdefghijklmnopqr"]
PROJECTS = ["p", "q"]
TEXTS = [None, "Why does the Build fail?", "paint the fence", "build a 100% new_fence"]
SESSIONS = ["monday", "tuesday", "wednesday", "d'accord; --"]
PHASES = [None, "plan", "build", "review", "ship it ✓"]
# Minutes before now: both sides of the day, of the weeks and of the hour in which a list is answered.
AGES = [0, 1, 30, 59, 60, 61, 90, 1439, 1440, 1441, 5000, 10079, 10080, 10081, 20160, 30240, 40319, 40320, 90000]

use = st.fixed_dictionaries(
    {
        "skill": st.sampled_from(SKILLS) | st.sampled_from(SKILLS[:3]),
        "session": st.sampled_from(SESSIONS),
        "phase": st.sampled_from(PHASES),
        "project": st.sampled_from(PROJECTS),
        "text": st.sampled_from(TEXTS),
        "path": st.sampled_from([None, "TDD", "spike"]),
        "age": st.sampled_from(AGES),
        "rank": st.sampled_from([None, None, 1, 2, 7]),
        "ending": st.sampled_from(["completed", "completed", "failed", "abandoned", None]),
        "seconds": st.sampled_from([None, 0.0, 0.1, 3.7, 60.0, 1e6]) | st.floats(0, 1e5),
        "actions": st.sampled_from([None, [], ["commit"], ["commit", "test", "commit"]]),
        "late": st.booleans(),
        "inferred": st.sampled_from([None, None, "completed", "failed"]),
        "told": st.none()
        | st.tuples(st.sampled_from(PHASES), st.sampled_from([None, "TDD"]), st.sampled_from([None, 3])),
        "told_late": st.booleans(),
    }
)
shown = st.tuples(st.sampled_from(SESSIONS), st.sampled_from(AGES), st.lists(st.sampled_from(SKILLS[:4]), unique=True))
event = st.tuples(st.sampled_from(SESSIONS), st.sampled_from(AGES), st.sampled_from(["ended", "ended", "resumed"]))
history = st.fixed_dictionaries(
    {
        "uses": st.lists(use, max_size=60),
        "lists": st.lists(shown, max_size=6, unique_by=lambda one: one[:2]),
        "events": st.lists(event, max_size=4),
    }
)


class History:
    """A store that is filled bit by bit, and one table of uses that follows it."""

    def __init__(self, path: Path) -> None:
        self.store = Store.open(str(path))
        self.table = UseTable()
        self.lists: list[tuple[str, datetime, list[str]]] = []
        self.waiting: list[Callable[[Cursor], None]] = []
        self.events: dict[tuple[str, int], str] = {}
        self.jobs: list[Callable[[Cursor], None]] = []

    def write(self, job: Any) -> Any:
        return self.store.write(job).result(30)

    def use(self, one: dict[str, Any]) -> None:
        moment = NOW - timedelta(minutes=one["age"])
        self.jobs.append(lambda cursor: projects.remember(cursor, one["project"], f"/home/{one['project']}"))
        row = Invocation(
            new_id(), one["skill"], None, one["session"], one["project"], moment, one["path"], one["phase"], None,
            one["rank"], "test", moment,
        )  # fmt: skip
        self.jobs.append(lambda cursor: invocations.insert(cursor, about(cursor, row, one["text"])))
        if one["inferred"]:
            self.infer(row, one["inferred"])
        if one["told"]:
            self.report(row, one["told"], one["told_late"])
        if one["ending"]:
            error = "TestFailure" if one["ending"] == "failed" else None
            ending = Completion(
                row.invocation_id, moment, one["ending"], one["seconds"], one["actions"], error, "test", moment
            )
            (self.waiting if one["late"] else self.jobs).append(partial(end, row=ending, inferred=one["inferred"]))

    def infer(self, row: Invocation, outcome: str) -> None:
        """What is thought of a use until somebody reports, or for good."""
        error = "make failed" if outcome == "failed" else None
        ending = Completion(row.invocation_id, row.invoked_at, outcome, 2.5, None, error, "inferred", row.invoked_at)
        self.jobs.append(partial(invocations.complete, row=ending))

    def report(self, row: Invocation, told: tuple[Any, Any, Any], late: bool) -> None:
        """What an assistant says of a use that a hook saw."""
        phase, path, rank = told
        details = Report(row.invocation_id, row.session_id, None, path, phase, None, rank, None)
        (self.waiting if late else self.jobs).append(partial(seen.report, row=details))

    def commit(self) -> None:
        """Write what has come together in one transaction."""
        jobs, self.jobs = self.jobs, []
        self.write(lambda cursor: [job(cursor) for job in jobs])

    def end_all(self) -> None:
        self.jobs.extend(self.waiting)
        self.waiting.clear()
        self.commit()

    def show(self, session: str, age: int, skills: list[str]) -> None:
        moment = NOW - timedelta(minutes=age)
        row = Given(new_id(), None, session, "p", None, "lexical", True, skills, [1.0] * len(skills), moment, moment)
        self.jobs.append(lambda cursor: recommendations.insert(cursor, row))
        self.lists.append((session, moment, skills))

    def happened(self, session: str, age: int, kind: str) -> None:
        values = [session, kind, NOW - timedelta(minutes=age), "test", NOW]
        self.jobs.append(lambda cursor: rows.insert(cursor, "INSERT INTO session_event VALUES (?, ?, ?, ?, ?)", values))
        self.events[session, age] = kind

    def past(self) -> Past:
        exported = [row for batch in self.store.read(lambda cursor: list(transfer.dump(cursor))) for row in batch]
        last = {session: min(age for at, age in self.events if at == session) for session, _ in self.events}
        ends = {at: NOW - timedelta(minutes=age) for at, age in last.items() if self.events[at, age] == "ended"}
        inferred = {str(found) for (found,) in self.store.read(lambda cursor: cursor.execute(INFERRED).fetchall())}
        of_project = dict(self.store.read(lambda cursor: cursor.execute(OF_PROJECTS).fetchall()))
        exported = [
            row | {"inferred": row["invocation_id"] in inferred, "project_id": of_project[row["invocation_id"]]}
            for row in exported
            if "skill_name" in row
        ]
        return reckoning.prepared(Past(exported, self.lists, ends, NOW, PATIENCE))

    def ask(self, job: Any) -> Any:
        now = round(NOW.timestamp() * 1e6)
        scope = Scope(now, now - round(PATIENCE.total_seconds() * 1e6))

        def read(cursor: Cursor) -> Any:
            with self.table.current(cursor):
                return job(cursor, scope)

        return self.store.read(read)


def about(cursor: Cursor, row: Invocation, text: str | None) -> Invocation:
    """A use with its problem, which is stored."""
    return row._replace(query_id=queries.remember(cursor, text) if text else None)


def end(cursor: Cursor, row: Completion, inferred: str | None) -> None:
    """Store a reported end, which takes the place of an inferred one."""
    if inferred:
        invocations.override(cursor, row.invocation_id, inferred)
    invocations.complete(cursor, row)


def double(made: History) -> None:
    """Store every row once more."""
    for table in EVERY_TABLE:
        made.write(lambda cursor, table=table: bool(cursor.execute(f"INSERT INTO {table} SELECT * FROM {table}")))


def same(found: Any, reckoned: Any, place: str = "") -> None:
    """Equal, floats to a millionth, and in the same order."""
    if isinstance(reckoned, dict):
        assert list(found) == list(reckoned) or found.keys() == reckoned.keys(), (place, list(found), list(reckoned))
        for key, value in reckoned.items():
            same(found[key], value, f"{place}.{key}")
    elif isinstance(reckoned, list):
        assert len(found) == len(reckoned), (place, found, reckoned)
        for number, (one, other) in enumerate(zip(found, reckoned, strict=True)):
            same(one, other, f"{place}[{number}]")
    elif isinstance(reckoned, float):
        assert math.isclose(found, reckoned, rel_tol=1e-9, abs_tol=2e-6), (place, found, reckoned)
    else:
        assert found == reckoned, (place, found, reckoned)


def fill(made: History, given: dict[str, Any]) -> None:
    for one in given["uses"]:
        made.use(one)
    for session, age, skills in given["lists"]:
        if all((session, NOW - timedelta(minutes=age)) != one[:2] for one in made.lists):
            made.show(session, age, skills)
    for session, age, kind in given["events"]:
        if (session, age) not in made.events:
            made.happened(session, age, kind)
    made.commit()

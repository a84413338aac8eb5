"""Every figure of every report, on random histories, against plain Python over the exported rows."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from session_buddy.skills import metrics, workflow
from session_buddy.skills.metrics import Page
from session_buddy.store.ids import new_id
from session_buddy.store.scope import Scope
from tests.skills import reckoning
from tests.skills.histories import NOW, SESSIONS, SKILLS, History, double, fill, history, same
from tests.skills.reckoning import Past


def check(made: History) -> None:
    """All reports over all sessions, of every session, and of every skill."""
    past = made.past()
    used = list(reckoning.most([row["skill_name"] for row in past.rows], 100))
    found = made.ask(lambda cursor, scope: metrics.of_everything(cursor, scope, Page(100)))
    same(found["summary"], reckoning.summary(past))
    assert found["total_skills"] == len(used)
    same(found["skills"], [reckoning.skill(past, name) for name in used])
    same(made.ask(workflow.figures_of), reckoning.workflow(past))
    check_filtered(made, past)
    for name in SESSIONS[2:]:
        only = past.only(lambda row, name=name: row["session_id"] == name)
        one = made.ask(lambda cursor, scope, name=name: metrics.of_session(cursor, scope, name))
        same(one, reckoning.session(past, name))
        report = made.ask(lambda cursor, scope, name=name: workflow.figures_of(cursor, scope._replace(session_id=name)))
        same(report, reckoning.workflow(only))
        of_skill = made.ask(
            lambda cursor, scope, name=name: metrics.of_skills(cursor, scope._replace(session_id=name), [SKILLS[0]])
        )
        same(of_skill, [reckoning.skill(only, SKILLS[0])])


def check_filtered(made: History, past: Past) -> None:
    """The same over a part of the past: of a project, of a time, of both, and of a session."""
    weeks, day, hour = (round((NOW - timedelta(minutes=age)).timestamp() * 1e6) for age in (20160, 1440, 60))
    parts = [
        Scope(0, 0, project_id="p"),
        Scope(0, 0, project_id="q", since=weeks, until=day),
        Scope(0, 0, SESSIONS[0], since=day, until=hour),
    ]
    for chosen in parts:
        only = past.only(lambda row, chosen=chosen: reckoning.within(chosen, row))

        def ask(job: Any, chosen: Scope = chosen) -> Any:
            return made.ask(lambda cursor, scope: job(cursor, chosen._replace(now=scope.now, stale=scope.stale)))

        same(ask(workflow.figures_of), reckoning.workflow(only))
        used = list(reckoning.most([row["skill_name"] for row in only.rows], 100))
        found = ask(lambda cursor, scope: metrics.of_everything(cursor, scope, Page(100)))
        same(found["summary"], reckoning.summary(only))
        same(found["skills"], [reckoning.skill(only, name) for name in used])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("histories")


QUICK, LONG = 6, 15
LIMITS: dict[str, Any] = {
    "deadline": None,
    "phases": [Phase.reuse, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


@pytest.mark.slow
@settings(max_examples=QUICK, **LIMITS)
@given(first=history, then=history)
def test_every_figure_equals_one_counted_from_the_exported_rows_also_while_rows_come(
    folder: Path, first: dict[str, Any], then: dict[str, Any]
) -> None:
    live_through(folder, first, then)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(max_examples=LONG, **LIMITS)
@given(first=history, then=history)
def test_every_figure_equals_one_counted_from_the_exported_rows_over_many_histories(
    folder: Path, first: dict[str, Any], then: dict[str, Any]
) -> None:
    live_through(folder, first, then)


def live_through(folder: Path, first: dict[str, Any], then: dict[str, Any]) -> None:
    """Ask for everything when rows have come, when more have come, when all has ended, when every row is there twice,
    and from a table that is made anew."""
    made = History(folder / f"{new_id()}.duckdb")
    try:
        fill(made, first)
        check(made)
        fill(made, then)
        check(made)
        made.end_all()
        check(made)
        double(made)
        check(made)
        made.store.read(made.table.drop)
        check(made)
    finally:
        made.store.close()

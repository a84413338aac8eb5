"""The uses behind the figures, on random histories, against plain Python over the exported rows."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from session_buddy.hub import browsing
from session_buddy.skills.reporting import Reporter
from session_buddy.store.access import Access
from session_buddy.store.ids import new_id
from session_buddy.store.scope import Scope
from tests.skills import reckoning
from tests.skills.histories import NOW, PATIENCE, SESSIONS, History, double, fill, history, same
from tests.skills.reckoning import Past, moment

STANDS = {"session_end": ("abandoned", "session_ended"), "timeout": ("abandoned", "timed_out")}
LIMITS: dict[str, Any] = {
    "deadline": None,
    "phases": [Phase.reuse, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


class Asker:
    """Asks a reporter of a history's store as of `NOW`."""

    def __init__(self, made: History) -> None:
        clock = round(NOW.timestamp() * 1e6)
        self._reporter = Reporter(Access(made.store), PATIENCE.total_seconds(), lambda: clock)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        found: dict[str, Any] = asyncio.run(browsing.read(self._reporter, method, params))
        assert found.pop("as_of") == NOW.isoformat()
        return found

    def heatmap(self, **params: Any) -> dict[str, Any]:
        return asyncio.run(self._reporter.heatmap(**params))

    def pages(self, method: str, name: str, limit: int, **params: Any) -> list[Any]:
        """The whole list, page by page."""
        found, before = [], None
        while True:
            answer = self.ask(method, limit=limit, before=before, **params)
            assert len(answer[name]) <= limit
            found += answer[name]
            before = answer["next"]
            if before is None:
                return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("histories")


def filters() -> Iterator[dict[str, str]]:
    """Parts of the past, as they are asked for."""
    yield {}
    yield {"project_id": "p"}
    yield {"session_id": SESSIONS[0]}
    yield {"since": (NOW - timedelta(days=14)).isoformat(), "until": (NOW - timedelta(hours=1)).isoformat()}
    yield {"project_id": "q", "session_id": SESSIONS[1], "since": (NOW - timedelta(days=1)).isoformat()}


def part(past: Past, asked: dict[str, str]) -> Past:
    """The same part, of the exported rows."""
    since, until = (
        round(datetime.fromisoformat(asked[name]).timestamp() * 1e6) if name in asked else None
        for name in ("since", "until")
    )
    chosen = Scope(0, 0, asked.get("session_id"), None, asked.get("project_id"), since, until)
    return past.only(lambda row: reckoning.within(chosen, row))


def known(past: Past, asked: dict[str, str]) -> bool:
    """Whether what is asked for has a name that the store knows by its uses."""
    rows = past.rows
    return all(asked.get(name) in (None, *(row[name] for row in rows)) for name in ("project_id", "session_id"))


def outcome_of(row: dict[str, Any]) -> tuple[str, str | None]:
    return STANDS.get(row["stands"], (row["stands"], None))


def check_uses(asker: Asker, past: Past, asked: dict[str, str]) -> None:
    """The list holds every use with what is known of it, newest first; pages make up the whole."""
    found = asker.pages("uses", "uses", 500, **asked)
    assert [moment(one) for one in found] == sorted((moment(row) for row in past.rows), reverse=True)
    rows = {row["invocation_id"]: row for row in past.rows}
    assert {one["invocation_id"] for one in found} == set(rows)
    for one in found:
        row = rows[one["invocation_id"]]
        told = row.get("completed") is not None
        assert (one["outcome"], one["ended_by"]) == outcome_of(row)
        assert one["outcome_basis"] == (("inferred" if row["inferred"] else "reported") if told else None)
        assert one["selection_rank"] == row["rank"]
        assert one["follow_up_actions"] == row.get("follow_up_actions", [])
        names = (
            "skill_name",
            "session_id",
            "project_id",
            "workflow_phase",
            "workflow_path",
            "error_type",
            "user_query",
        )
        assert {name: one[name] for name in names} == {name: row.get(name) for name in names}
        same(one["duration_seconds"], row.get("duration_seconds"))
        assert one["project_path"] == f"/home/{row['project_id']}"
    assert asker.pages("uses", "uses", 7, **asked) == found


def check_narrowed(asker: Asker, past: Past, asked: dict[str, str]) -> None:
    """Outcomes, phases and texts narrow the list."""
    for outcome in ("open", "completed", "failed", "abandoned"):
        found = asker.pages("uses", "uses", 500, outcome=outcome, **asked)
        wanted = {row["invocation_id"] for row in past.rows if outcome_of(row)[0] == outcome}
        assert {one["invocation_id"] for one in found} == wanted
    without = asker.pages("uses", "uses", 500, workflow_phase="", **asked)
    assert len(without) == sum("workflow_phase" not in row for row in past.rows)
    for query in ("BUILD", "the build", "100% new_", "%", "nowhere"):
        found = asker.pages("uses", "uses", 500, query=query, **asked)
        about = [row for row in past.rows if query.lower() in row.get("user_query", "").lower()]
        assert {one["invocation_id"] for one in found} == {row["invocation_id"] for row in about}


def check_cells(asker: Asker, asked: dict[str, str]) -> None:
    """A cell of the heatmap and the list behind it hold the same uses."""
    for cell in asker.heatmap(**asked)["cells"]:
        named = {"skill_name": cell["skill_name"], "workflow_phase": cell["phase"]}
        found = asker.pages("uses", "uses", 500, **named, **asked)
        ended = [one for one in found if one["outcome"] != "open"]
        assert (len(found), len(ended)) == (cell["total"], cell["ended"])
        rate = 100 * sum(one["outcome"] == "completed" for one in ended) / len(ended) if ended else None
        same(cell["completion_rate"], rate)


def counted(rows: list[dict[str, Any]]) -> tuple[int, int, int]:
    """(uses, completed, ended)"""
    stands = [row["stands"] for row in rows]
    return len(rows), stands.count("completed"), len(rows) - stands.count("open")


def check_trends(asker: Asker, past: Past, asked: dict[str, str]) -> None:
    found = asker.ask("trends", weeks=3, **asked)
    end = min(NOW, datetime.fromisoformat(asked["until"]) - timedelta(microseconds=1)) if "until" in asked else NOW
    monday = datetime.combine(end.date() - timedelta(days=end.weekday()), datetime.min.time(), UTC)
    begins = [monday - timedelta(days=7 * ago) for ago in (2, 1, 0)]
    assert found["weeks"] == [begin.isoformat() for begin in begins]

    def weekly(rows: list[dict[str, Any]]) -> dict[str, list[int]]:
        weeks = [counted([row for row in rows if at <= moment(row) < at + timedelta(days=7)]) for at in begins]
        return {name: [week[place] for week in weeks] for place, name in enumerate(("uses", "completed", "ended"))}

    assert found["all"] == weekly(past.rows)
    skills = {name: weekly([row for row in past.rows if row["skill_name"] == name]) for name in
              {row["skill_name"] for row in past.rows}}  # fmt: skip
    ordered = sorted(skills, key=lambda name: (-sum(skills[name]["uses"]), name))
    wanted = [{"skill_name": name} | skills[name] for name in ordered if any(skills[name]["uses"])]
    assert found["skills"] == wanted


def check_durations(asker: Asker, past: Past, asked: dict[str, str]) -> None:
    found = asker.ask("durations", **asked)
    for kind, name in (("skills", "skill_name"), ("phases", "workflow_phase")):
        uses = reckoning.most([row[name] for row in past.rows if name in row], 100)
        wanted = []
        for one in uses:
            took = reckoning.durations([row for row in past.rows if row.get(name) == one])
            shares = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
            quantiles = {key: reckoning.percentile(took, share) for key, share in shares.items()}
            if took:
                wanted.append({name: one, "timed": len(took), "average": sum(took) / len(took)} | quantiles)
        same(found[kind], wanted)


def check_sessions(asker: Asker, past: Past, asked: dict[str, str]) -> None:
    asked = {name: value for name, value in asked.items() if name != "session_id"}
    found = asker.pages("assistant_sessions", "sessions", 500, **asked)
    by_session: dict[str, list[dict[str, Any]]] = {}
    for row in past.rows:
        by_session.setdefault(row["session_id"], []).append(row)
    assert {one["session_id"] for one in found} == set(by_session)
    assert [one["started_at"] for one in found] == sorted((one["started_at"] for one in found), reverse=True)
    for one in found:
        rows = sorted(by_session[one["session_id"]], key=moment)
        assert (one["started_at"], one["last_at"]) == (rows[0]["invoked_at"], rows[-1]["invoked_at"])
        assert (one["uses"], one["completed"], one["ended"]) == counted(rows)
        assert one["skills"] == len({row["skill_name"] for row in rows})
        assert one["project_id"] in {row["project_id"] for row in rows if moment(row) == moment(rows[-1])}
    assert asker.pages("assistant_sessions", "sessions", 1, **asked) == found


def check_given(asker: Asker, past: Past) -> None:
    """Each list that was given, and what was chosen from it: the rank is the one that is counted."""
    found = asker.pages("given", "recommendations", 500)
    assert sorted((one["session_id"], one["recommended_at"]) for one in found) == sorted(
        (session, when.isoformat()) for session, when, _ in past.lists
    )
    answered = reckoning.answered(past)
    for one in found:
        use = answered.get((one["session_id"], datetime.fromisoformat(one["recommended_at"])))
        taken = use is not None and use["skill_name"] in [skill["skill_name"] for skill in one["skills"]]
        assert one["chosen"] == (use["skill_name"] if use and taken else None)
        assert one["chosen_rank"] == (use["rank"] if use and taken else None)
    assert asker.pages("given", "recommendations", 2) == found


def check(made: History, asker: Asker) -> None:
    past = made.past()
    for asked in filters():
        if known(past, asked):
            only = part(past, asked)
            for look in (check_uses, check_narrowed, check_trends, check_durations):
                look(asker, only, asked)
            check_cells(asker, asked)
            if "session_id" not in asked:
                check_sessions(asker, only, asked)
    check_given(asker, past)
    told = asker.ask("projects")["projects"]
    assert {one["project_id"]: one["uses"] for one in told} == reckoning.most([row["project_id"] for row in past.rows])


def live_through(folder: Path, first: dict[str, Any], then: dict[str, Any]) -> None:
    made = History(folder / f"{new_id()}.duckdb")
    try:
        asker = Asker(made)
        fill(made, first)
        check(made, asker)
        fill(made, then)
        made.end_all()
        check(made, asker)
        double(made)
        check(made, asker)
    finally:
        made.store.close()


@pytest.mark.slow
@settings(max_examples=3, **LIMITS)
@given(first=history, then=history)
def test_what_is_listed_is_what_is_counted_also_while_rows_come(
    folder: Path, first: dict[str, Any], then: dict[str, Any]
) -> None:
    live_through(folder, first, then)


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=4, **LIMITS)
@given(first=history, then=history)
def test_what_is_listed_is_what_is_counted_over_many_histories(
    folder: Path, first: dict[str, Any], then: dict[str, Any]
) -> None:
    live_through(folder, first, then)

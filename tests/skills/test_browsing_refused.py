"""What cannot be asked of the uses behind the figures, what is told then, and what an answer holds at its edges."""

import asyncio
from typing import Any

import pytest

from session_buddy.errors import InvalidRequestError, UnknownNameError
from session_buddy.hub import browsing
from session_buddy.skills.reporting import Reporter
from session_buddy.store import projects
from session_buddy.store.access import Access
from session_buddy.store.store import Store
from tests.store.filling import used, write

READS = sorted(set(browsing.READS) - {"projects", "use"})


@pytest.fixture
def reporter(store: Store) -> Reporter:
    write(store, lambda cursor: projects.remember(cursor, "p", "/home/me/p"))
    for minute in range(5):
        used(store, "debugging", f"the build fails {minute}", "completed", "testing", minute)
    return Reporter(Access(store), 86_400.0)


def ask(reporter: Reporter, method: str, **params: Any) -> dict[str, Any]:
    return asyncio.run(browsing.read(reporter, method, params))


@pytest.mark.parametrize("method", READS)
@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"since": "yesterday"}, "since is not a time with its offset from UTC: 'yesterday'"),
        ({"until": "2026-06-30T12:00:00"}, "until is not a time with its offset"),
        ({"since": 5}, "since must be a text, not 5"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "since is not a time"),
        ({"since": "2026-06-30T12:00:00Z", "until": "2026-06-29T12:00:00Z"}, "lies after until"),
        ({"project_id": ["p"]}, "project_id must be a text"),
        ({"session_id": "\ud800"}, "session_id holds characters that are no Unicode text"),
        ({"colour": "red"}, "colour is not known here"),
    ],
)
def test_what_is_no_filter_is_refused_with_what_is_wrong(
    reporter: Reporter, method: str, params: dict[str, Any], told: str
) -> None:
    with pytest.raises(InvalidRequestError, match=told):
        ask(reporter, method, **params)


@pytest.mark.parametrize("method", READS)
def test_an_unknown_project_is_refused_with_those_that_are_known(reporter: Reporter, method: str) -> None:
    with pytest.raises(UnknownNameError, match=r"There is no project 'q'. The known ones are p \(/home/me/p\)"):
        ask(reporter, method, project_id="q")


@pytest.mark.parametrize("method", ["metrics", "workflow", "heatmap"])
def test_the_reports_refuse_the_same(reporter: Reporter, method: str) -> None:
    report = getattr(reporter, method)
    with pytest.raises(UnknownNameError, match="no project 'q'"):
        asyncio.run(report(project_id="q"))
    with pytest.raises(InvalidRequestError, match="lies after until"):
        asyncio.run(report(since="2026-06-30T12:00:00Z", until="2026-06-29T12:00:00Z"))
    with pytest.raises(InvalidRequestError, match="colour is not known here"):
        asyncio.run(report(colour="red"))


@pytest.mark.parametrize("method", READS)
def test_from_a_moment_to_the_same_moment_there_is_nothing_and_that_is_no_error(
    reporter: Reporter, method: str
) -> None:
    moment = "2026-03-01T09:00:00+00:00"
    found = ask(reporter, method, since=moment, until=moment)
    lists = [value for name, value in found.items() if isinstance(value, list) and name != "weeks"]
    assert lists
    assert not any(lists)
    assert found.get("next") is None


def test_since_counts_its_own_moment_and_until_does_not(reporter: Reporter) -> None:
    since, until = "2026-03-01T10:01:00+01:00", "2026-03-01T09:03:00Z"
    found = [one["invoked_at"][11:16] for one in ask(reporter, "uses", since=since, until=until)["uses"]]
    assert found == ["09:02", "09:01"]
    told = asyncio.run(reporter.metrics(since=since, until=until))
    assert (told["summary"]["total_invocations"], told["since"], told["until"]) == (2, since, until)


@pytest.mark.parametrize(
    "before", ["", "x", "uses", "uses.1", "sessions.1.2", "given.1.2", "uses.1.2.3", "uses.٣.2", 7]
)
def test_a_place_of_another_list_is_refused(reporter: Reporter, before: Any) -> None:
    with pytest.raises(InvalidRequestError, match="before is no place in this list"):
        ask(reporter, "uses", before=before)


@pytest.mark.parametrize("method", ["uses", "assistant_sessions", "given"])
@pytest.mark.parametrize("limit", [0, -1, 501, "5", 1.5, True, None])
def test_a_limit_that_is_none_is_refused(reporter: Reporter, method: str, limit: Any) -> None:
    with pytest.raises(InvalidRequestError, match="limit must be a whole number from 1 to 500"):
        ask(reporter, method, limit=limit)


def test_an_outcome_that_is_none_is_refused_with_those_there_are(reporter: Reporter) -> None:
    with pytest.raises(InvalidRequestError, match="one of open, completed, failed, abandoned, not 'done'"):
        ask(reporter, "uses", outcome="done")


def test_a_single_use_is_told_whole_and_an_unknown_one_is_refused(store: Store, reporter: Reporter) -> None:
    long = "the build fails " * 100
    identity = used(store, "review", long)
    [shown] = ask(reporter, "uses", skill_name="review")["uses"]
    assert (len(shown["user_query"]), shown["user_query"][-1]) == (500, "…")
    whole = ask(reporter, "use", invocation_id=str(identity))
    assert whole["user_query"] == long.strip()
    assert {name: whole[name] for name in shown if name != "user_query"} == {
        name: value for name, value in shown.items() if name != "user_query"
    }
    with pytest.raises(UnknownNameError, match="There is no use with the id"):
        ask(reporter, "use", invocation_id="00000000-0000-0000-0000-000000000000")
    for wrong in ("7", 7, None):
        with pytest.raises(InvalidRequestError, match="invocation_id"):
            ask(reporter, "use", invocation_id=wrong)
    with pytest.raises(InvalidRequestError, match="missing a required argument: 'invocation_id'"):
        ask(reporter, "use")


def test_pages_hold_every_use_once_while_rows_come(store: Store, reporter: Reporter) -> None:
    before, seen = None, []
    for round_ in range(9):
        answer = ask(reporter, "uses", limit=1, before=before)
        seen += [one["invocation_id"] for one in answer["uses"]]
        before = answer["next"]
        if before is None:
            break
        used(store, "debugging", None, "failed", None, 10 + round_)
    assert len(seen) == len(set(seen)) == 5


def test_an_empty_store_has_nothing_to_show(store: Store) -> None:
    reporter = Reporter(Access(store), 86_400.0)
    for method in READS:
        found = ask(reporter, method)
        assert not any(value for name, value in found.items() if name not in ("as_of", "weeks", "all"))
    assert ask(reporter, "projects")["projects"] == []


def test_weeks_before_the_first_of_all_are_left_out(reporter: Reporter) -> None:
    found = ask(reporter, "trends", until="0001-01-10T00:00:00Z")
    assert found["weeks"] == ["0001-01-01T00:00:00+00:00", "0001-01-08T00:00:00+00:00"]
    assert len(ask(reporter, "trends", until="9999-12-31T00:00:00Z")["weeks"]) == 12

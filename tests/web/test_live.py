"""What pages are told: all of it, in order, or honestly how much they missed."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from session_buddy.web.journal import Journal
from session_buddy.web.live import QUEUE, Listener, Live
from tests.web.serving import Page, served


def tracked(number: int) -> dict[str, Any]:
    return {"kind": "tracked", "at": "now", "number": number}


def told(listener: Listener, count: int) -> list[dict[str, Any]]:
    async def take() -> list[dict[str, Any]]:
        return [await asyncio.wait_for(listener.next(), 5) for _ in range(count)]

    return asyncio.run(take())


def test_the_journal_gives_what_came_after_an_event_and_nothing_for_one_it_does_not_know() -> None:
    journal = Journal(most=3)
    ids = [journal.newest] + [journal.add(tracked(number))["id"] for number in range(5)]
    assert [one["number"] for one in journal.after(ids[3]) or ()] == [3, 4]
    assert [one["number"] for one in journal.after(ids[2]) or ()] == [2, 3, 4]
    assert journal.after(ids[5]) == []
    assert journal.after(ids[1]) is None
    assert (journal.missed(ids[1]), journal.missed("other-1")) == (4, None)
    for strange in ("", "-", "x", f"{ids[5]}0", "other-3", ids[5].replace("-", "--"), f"{ids[0][:-1]}²", "0" * 10_000):
        assert journal.after(strange) is None


def test_a_journal_that_was_emptied_knows_nothing_from_before_but_goes_on() -> None:
    journal = Journal()
    before = journal.add(tracked(0))["id"]
    reset = journal.empty({"kind": "reset"})["id"]
    assert journal.after(before) is None
    assert journal.after(reset) == []
    after = journal.add(tracked(1))
    assert journal.after(reset) == [after]


def test_ids_of_another_process_are_not_known() -> None:
    one, other = Journal(), Journal()
    one.add(tracked(0))
    other.add(tracked(0))
    assert other.after(one.newest) is None


def test_a_page_is_greeted_and_told_what_happens_in_order() -> None:
    live = Live()
    listener = live.join(None)
    live.tell([tracked(0), tracked(1)])
    live.hub_is("connected")
    live.hub_is("connected")
    live.tell([tracked(2)])
    found = told(listener, 5)
    assert [one["kind"] for one in found] == ["hello", "tracked", "tracked", "hub", "tracked"]
    assert found[0]["hub"] == "lost"
    assert [one.get("number") for one in found if one["kind"] == "tracked"] == [0, 1, 2]


def test_hello_stands_where_the_page_goes_on() -> None:
    live = Live()
    live.tell([tracked(0)])
    last = live.journal.newest
    live.tell([tracked(1)])
    assert told(live.join(last), 2)[0]["id"] == last
    assert told(live.join(None), 1)[0]["id"] == live.journal.newest


def test_a_page_that_was_away_too_long_is_told_how_much_it_missed() -> None:
    live = Live()
    start = live.journal.newest
    live.tell([tracked(number) for number in range(QUEUE + 5)])
    kinds = told(live.join(start), 2)
    assert [one["kind"] for one in kinds] == ["hello", "summary"]
    assert kinds[1]["missed"] == QUEUE + 5
    assert told(live.join("unknown"), 2)[1]["missed"] is None


def test_a_page_that_is_too_slow_gets_one_summary_and_then_goes_on() -> None:
    live = Live()
    listener = live.join(None)
    told(listener, 1)
    live.tell([tracked(number) for number in range(3 * QUEUE + 2)])
    found = told(listener, 3)
    assert found[0]["kind"] == "summary"
    assert found[0]["missed"] == 3 * QUEUE
    assert [one["number"] for one in found[1:]] == [3 * QUEUE, 3 * QUEUE + 1]


def test_what_a_page_has_not_read_yet_is_not_told_once_it_was_forgotten() -> None:
    live = Live()
    listener = live.join(None)
    live.tell([tracked(0), tracked(1)])
    live.hub_is("connected")
    live.reset()
    live.tell([tracked(2)])
    assert [one["kind"] for one in told(listener, 4)] == ["hello", "hub", "reset", "tracked"]


def test_one_slow_page_takes_nothing_from_the_others() -> None:
    live = Live()
    slow, quick = live.join(None), live.join(None)
    told(quick, 1)
    for number in range(2 * QUEUE):
        live.tell([tracked(number)])
        assert told(quick, 1)[0]["number"] == number if number % 500 == 0 else quick._waiting.popleft()
    assert slow._overrun
    live.leave(slow)
    assert live.listening == 1


@pytest.mark.slow
def test_a_page_that_does_not_read_holds_up_nobody_and_is_told_how_much_it_missed(tmp_path: Path) -> None:
    live, much = Live(), 25 * QUEUE
    with served(tmp_path / "project", live) as site, Page(site) as slow, Page(site) as quick:
        assert slow.next()["kind"] == quick.next()["kind"] == "hello"
        for number in range(much):
            site.soon(live.tell, [tracked(number) | {"text": "x" * 500}])
            if number % 100 == 99:  # the quick one keeps up
                while quick.next().get("number") != number:
                    pass
        site.soon(live.tell, [{"kind": "last", "at": "now"}])
        told = slow.until("last")
        missed = sum(one["missed"] for one in told if one["kind"] == "summary")
        assert missed > 0
        assert missed + sum(one["kind"] == "tracked" for one in told) == much

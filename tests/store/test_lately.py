"""Events are made of the rows: each once, in order, and known to be of another store where they are."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_buddy.skills.tracking import Ending, Origin, Use, complete, track
from session_buddy.store import coaching_items, lately
from session_buddy.store.ids import new_id
from session_buddy.store.invocations import Completion, Invocation, insert
from session_buddy.store.invocations import complete as insert_end
from session_buddy.store.lately import News, Position
from session_buddy.store.store import Store
from session_buddy.store.times import now

Event = dict[str, Any]


def used(store: Store, skill: str = "debugging", session: str = "monday", project: str = "here") -> str:
    done = store.write(lambda cursor: track(cursor, Use(skill, "why"), Origin(session, project, "/somewhere"))).result()
    return str(done["invocation_id"])


def ended(store: Store, invocation_id: str, error: str | None = None) -> None:
    store.write(lambda cursor: complete(cursor, Ending(invocation_id, error_type=error))).result()


def position(store: Store) -> Position:
    return store.read(lambda cursor: lately.position(cursor, store.path))


def after(store: Store, before: Position | None, thorough: bool = False) -> News:
    return store.read(lambda cursor: lately.since(cursor, store.path, before, thorough))


def all_after(store: Store, before: Position) -> list[Event]:
    """Everything after a position, in as many looks as that takes."""
    found = after(store, before)
    events = found.events
    while found.more:
        found = after(store, found.position)
        events += found.events
    assert not found.reset
    return events


def newest(store: Store, limit: int = 100, **of: str) -> list[Event]:
    return store.read(lambda cursor: lately.newest(cursor, limit, **of))


def many(store: Store, count: int, then: Callable[[int], timedelta] = lambda number: timedelta()) -> None:
    """Uses that have ended, recorded in one go."""

    def job(cursor: Any) -> None:
        moment = now()
        for number in range(count):
            at, identity = moment + then(number), new_id()
            head = ("debugging", None, "monday", "here", at, None, None, None, None, "tool", at)
            insert(cursor, Invocation(identity, *head))
            insert_end(cursor, Completion(identity, at, "completed", 1.0, None, None, "tool", at))

    store.write(job).result()


def test_a_use_and_its_end_are_told_with_what_is_known_of_both(store: Store) -> None:
    before = position(store)
    identity = used(store)
    ended(store, identity, "Timeout")
    began, end = all_after(store, before)
    where = {"invocation_id": identity, "skill_name": "debugging", "workflow_phase": None, "source": "tool"}
    where |= {"session_id": "monday", "project_id": "here"}
    assert began == where | {"kind": "tracked", "at": began["at"]}
    result = {"outcome": "failed", "error_type": "Timeout", "duration_seconds": end["duration_seconds"]}
    assert end == where | result | {"kind": "completed", "at": end["at"]}
    assert began["at"] <= end["at"]


def test_nothing_is_told_twice(store: Store) -> None:
    before = position(store)
    used(store)
    found = after(store, before)
    assert [event["kind"] for event in found.events] == ["tracked"]
    assert after(store, found.position) == News([], found.position)
    assert after(store, found.position, thorough=True) == News([], found.position)


def test_a_position_survives_its_way_through_json(store: Store) -> None:
    used(store)
    found = position(store)
    assert lately.read(found.told) == found


def test_what_is_no_position_is_none() -> None:
    nonsense: list[Any] = [None, 7, [], {}, {"file": [1], "rows": {}}, {"file": [1, 2], "rows": {"invocation": "x"}}]
    for told in nonsense:
        assert lately.read(told) is None


def test_more_than_one_look_reads_is_told_in_order_of_time_and_whole(store: Store) -> None:
    before, count = position(store), 3 * lately.MOST + 7
    many(store, count, lambda number: timedelta(microseconds=number))
    events = all_after(store, before)
    assert len(events) == 2 * count
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert len({(event["kind"], event["invocation_id"]) for event in events}) == 2 * count


def test_a_clock_that_was_set_back_holds_nothing_up(store: Store) -> None:
    before, count = position(store), 2 * lately.MOST + 1
    many(store, count, lambda number: timedelta(microseconds=-number))
    assert len({(event["kind"], event["invocation_id"]) for event in all_after(store, before)}) == 2 * count


def test_a_position_beyond_the_rows_is_of_another_store(store: Store) -> None:
    used(store)
    ahead = position(store)
    ends = ahead.ends | {"invocation": lately.End(41, ahead.ends["invocation"].recorded_us)}
    found = after(store, ahead._replace(ends=ends))
    assert found == News([], ahead, reset=True)


def test_a_position_of_another_file_is_of_another_store(store: Store, tmp_path: Path) -> None:
    used(store)
    here = position(store)
    found = after(store, here._replace(file=(here.file[0], here.file[1] + 1)))
    assert found == News([], here, reset=True)


def test_the_same_number_of_rows_in_a_file_that_got_the_same_identity_is_another_store(store: Store) -> None:
    """A file system gives the number of a removed file to the next one."""
    used(store)
    here = position(store)
    last = here.ends["invocation"]
    ends = here.ends | {"invocation": last._replace(recorded_us=last.recorded_us - 1)}
    found = after(store, here._replace(ends=ends), thorough=True)
    assert found == News([], here, reset=True)


def test_rows_that_were_taken_out_make_the_position_one_of_another_store(store: Store) -> None:
    used(store)
    identity = used(store)
    here = position(store)
    gone = "DELETE FROM invocation WHERE invocation_id = ?"
    store.write(lambda cursor: cursor.execute(gone, [identity]).fetchall()).result()
    assert after(store, here, thorough=True).reset


def test_rows_that_were_taken_out_while_nobody_looked_are_noticed_also_before_the_last_one(store: Store) -> None:
    start = position(store)
    identity = used(store)
    used(store)
    here = after(store, start).position
    assert here == position(store)
    counted = partial(lately.since, path=store.path, before=here, counted=True)
    assert store.read(lambda cursor: counted(cursor)) == News([], here)
    gone = "DELETE FROM invocation WHERE invocation_id = ?"
    store.write(lambda cursor: cursor.execute(gone, [identity]).fetchall()).result()
    assert store.read(lambda cursor: counted(cursor)) == News([], position(store), reset=True)


def test_a_file_put_in_the_stores_place_is_known_without_opening_it(path: Path, empty_store: Path) -> None:
    for _ in range(2):
        shutil.copy(empty_store, draft := path.with_suffix(".draft"))
        store = Store.open(str(draft))
        used(store)
        store.close()
        os.replace(draft, path)
        store = Store.open(str(path))
        here = position(store)
        store.close()
    shutil.copy(empty_store, draft)
    os.replace(draft, path)
    store = Store.open(str(path))
    assert after(store, here, thorough=True).reset
    store.close()


def test_a_table_that_a_position_does_not_know_is_followed_from_now_on(store: Store) -> None:
    used(store)
    here = position(store)
    older = here._replace(ends={name: end for name, end in here.ends.items() if name != "invocation"})
    found = after(store, older)
    assert found == News([], here)


def test_the_newest_are_told_with_the_newest_last(store: Store) -> None:
    identities = [used(store, f"skill-{number}") for number in range(5)]
    ended(store, identities[0])
    found = newest(store, 3)
    assert [(event["kind"], event["skill_name"]) for event in found] == [
        ("tracked", "skill-3"),
        ("tracked", "skill-4"),
        ("completed", "skill-0"),
    ]


def test_the_newest_of_a_project_or_a_session_alone(store: Store) -> None:
    for session, project in (("monday", "here"), ("tuesday", "there"), ("sunday", "here")):
        ended(store, used(store, session=session, project=project))
    assert {event["session_id"] for event in newest(store, project_id="here")} == {"monday", "sunday"}
    assert len(newest(store, project_id="here")) == 4
    assert [event["kind"] for event in newest(store, session_id="tuesday")] == ["tracked", "completed"]
    assert newest(store, session_id="tuesday", project_id="here") == []
    assert newest(store, session_id="nobody") == []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["use", "end", "look", "rest"]), st.integers(0, 5)), max_size=40))
def test_whatever_is_written_and_whenever_one_looks_each_row_is_told_once(
    store: Store, steps: list[tuple[str, int]]
) -> None:
    here = position(store)
    told: list[Event] = []
    wanted: list[tuple[str, str]] = []
    open_ones: list[str] = []
    for step, number in steps:
        if step == "use":
            open_ones.append(used(store, session=f"session-{number}"))
            wanted.append(("tracked", open_ones[-1]))
        elif step == "end" and open_ones:
            wanted.append(("completed", open_ones.pop(number % len(open_ones))))
            ended(store, wanted[-1][1])
        elif step == "look":
            found = after(store, here, thorough=bool(number % 2))
            told += found.events
            here = found.position
            assert not found.reset
        elif step == "rest":
            store.write(lambda cursor: None).result()
            store.pause()
            store.resume()
    told += all_after(store, here)
    assert [(event["kind"], event["invocation_id"]) for event in told] == wanted


def test_a_correction_that_is_switched_off_is_told(store: Store) -> None:
    before, item = position(store), new_id()
    row = (item, "release", False, "person", now(), "dashboard", None)
    store.write(lambda cursor: coaching_items.switch(cursor, *row)).result()
    (event,) = all_after(store, before)
    told = {"kind": "switched", "workflow_id": "release", "item_id": str(item), "on": False, "decided_by": "person"}
    assert event == told | {"at": event["at"]}

"""Events that could not wait for a hub are taken in by the next one, once."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from session_buddy.bridge import spool
from session_buddy.bridge.place import Place as StorePlace
from session_buddy.store.ids import new_id
from tests.system.processes import Place, Window, eventually, exported, run

pytestmark = pytest.mark.slow


def _event(place: Place, kind: str, **fields: Any) -> dict[str, Any]:
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC).isoformat()
    return {"id": str(new_id()), "kind": kind, "at": at, "project": str(place.project), "session": "s"} | fields


def _put(place: Place, event: dict[str, Any]) -> Path:
    return Path(spool.put(StorePlace(str(place.store)), str(place.data_folder), event))


def test_events_that_waited_for_a_hub_are_stored_when_one_starts(place: Place) -> None:
    track = _event(place, "track", skill_name="debugging", user_query="red build")
    end = _event(place, "complete", invocation_id=track["id"], error_type="Timeout", duration_seconds=4.5)
    paths = [_put(place, track), _put(place, end)]
    with Window(place) as window:
        window.initialize()
        eventually(lambda: not any(path.exists() for path in paths))
    (row,) = exported(place)
    assert row["invocation_id"] == track["id"]
    assert row["invoked_at"] == "2026-11-02T09:30:00+00:00"
    assert row["error_type"] == "Timeout"
    assert row["duration_seconds"] == 4.5


def test_an_event_that_is_seen_twice_is_stored_once(place: Place) -> None:
    track = _event(place, "track", skill_name="debugging")
    end = _event(place, "complete", invocation_id=track["id"])
    with Window(place) as window:
        window.initialize()
        for event in (track, track, end, end):
            path = _put(place, event)
            eventually(lambda path=path: not path.exists())  # type: ignore[misc]
    (row,) = exported(place)
    assert row["completed"] is True


def test_a_completion_that_arrives_before_its_start_waits_for_it(place: Place) -> None:
    track = _event(place, "track", skill_name="debugging")
    early = _put(place, _event(place, "complete", invocation_id=track["id"]))
    with Window(place) as window:
        window.initialize()
        window.track("refactoring")
        assert early.exists()
        late = _put(place, track)
        eventually(lambda: not early.exists() and not late.exists())
    assert {row["skill_name"]: row["completed"] for row in exported(place)} == {"debugging": True, "refactoring": None}


def test_what_is_no_event_is_kept_aside_and_stops_nothing(place: Place) -> None:
    good = _put(place, _event(place, "track", skill_name="debugging"))
    bad = good.with_name("00000000000000000000-bad.json")
    bad.write_text('{"kind": "track"', encoding="utf-8")
    with Window(place) as window:
        window.initialize()
        eventually(lambda: not good.exists())
    assert Path(f"{bad}.refused").read_text(encoding="utf-8") == '{"kind": "track"'
    assert len(exported(place)) == 1


def test_an_event_goes_to_the_users_data_where_the_project_cannot_hold_it(place: Place, tmp_path: Path) -> None:
    blocked = StorePlace(str(tmp_path / "a-file" / "s.duckdb"))
    (tmp_path / "a-file").write_text("not a folder", encoding="utf-8")
    path = spool.put(blocked, str(tmp_path / "data"), _event(place, "track", skill_name="debugging"))
    assert path.startswith(str(tmp_path / "data"))
    assert [one.path for one in spool.waiting(blocked, str(tmp_path / "data"))] == [path]


def test_the_spool_is_no_way_around_the_hub(place: Place) -> None:
    _put(place, _event(place, "track", skill_name="debugging", user_query="<private>secret</private> red build"))
    with Window(place) as window:
        window.initialize()
        eventually(lambda: exported(place))
    assert exported(place)[0]["user_query"] == "red build"
    assert run(place, "hub", "status").returncode == 0

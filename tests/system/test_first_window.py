"""A window opens, and what it needs is there; a window closes, and nothing stays."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.processes import (
    Place,
    Window,
    can_be_opened_by_others,
    eventually,
    exported,
    processes_of,
    run,
    running,
)


def test_the_first_window_starts_a_hub_and_is_served(place: Place) -> None:
    with Window(place) as window:
        reply = window.initialize()
        assert reply["result"]["serverInfo"]["name"] == "session-buddy"
        invocation = window.track(query="why is the build red")
        assert place.hub_runs()
    assert [row["invocation_id"] for row in exported(place)] == [invocation]


def test_hub_and_every_trace_of_it_are_gone_after_the_last_window(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        socket_path = json.loads(place.address.read_text())["socket"]
    eventually(lambda: not place.hub_runs())
    assert not place.address.exists()
    assert not os.path.exists(socket_path)
    assert eventually(lambda: not processes_of(place))


def test_three_windows_share_one_hub_and_one_store(place: Place) -> None:
    with Window(place) as one, Window(place) as two, Window(place) as three:
        ids = set()
        for window in (one, two, three):
            window.initialize()
            ids.add(window.track(query="the same problem in every window"))
        hub = place.hub_pid()
        found = two.call("recommend_skills", user_query="the same problem in every window")
        assert found["structuredContent"]["recommendations"][0]["invocations"] == 3
        assert place.hub_pid() == hub
    assert {row["invocation_id"] for row in exported(place)} == ids
    assert len({row["session_id"] for row in exported(place)}) == 3


@pytest.mark.parametrize("count", [2, 20])
def test_windows_that_start_at_once_meet_at_one_hub(place: Place, count: int) -> None:
    windows = [Window(place) for _ in range(count)]
    try:
        for window in windows:
            window.initialize()
        ids = {window.track() for window in windows}
        assert len(ids) == count
        assert len(running(place, "session_buddy.hub")) == 1
    finally:
        for window in windows:
            window.close()
    assert {row["invocation_id"] for row in exported(place)} == ids


@pytest.mark.model
def test_a_second_process_is_refused_the_store_while_a_hub_runs(place: Place) -> None:
    history = place.project / "history.jsonl"
    history.write_text('{"skill_name": "debugging", "user_query": "red build"}\n', encoding="utf-8")
    with Window(place) as window:
        window.initialize()
        window.track(query="first")
        assert not can_be_opened_by_others(place)
        for command in (
            ["import", str(history)],
            ["export"],
            ["recommend", "red build"],
            ["hub", "status"],
            ["doctor"],
        ):
            assert run(place, *command).returncode == 0, command
            assert not can_be_opened_by_others(place), command
        window.call("recommend_skills", user_query="first")
        assert not can_be_opened_by_others(place)


def test_two_terminals_with_different_temporary_folders_meet(place: Place, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    here = place.with_variables(TMPDIR=str(tmp_path / "a"), XDG_RUNTIME_DIR=str(tmp_path / "a"))
    there = place.with_variables(TMPDIR=str(tmp_path / "b"), XDG_RUNTIME_DIR=str(tmp_path / "b"))
    with Window(here) as one:
        one.initialize()
        with Window(there) as two:
            two.initialize()
            ids = {one.track(), two.track()}
        assert not os.path.exists(tmp_path / "b" / "session-buddy")
    assert {row["invocation_id"] for row in exported(place)} == ids


def test_the_folder_a_hub_was_started_from_may_be_deleted(place: Place, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with Window(place, cwd=elsewhere) as window:
        window.initialize()
        elsewhere.rmdir()
        window.track()
        with Window(place) as other:
            other.initialize()
            other.track()
    assert len(exported(place)) == 2


def test_a_window_in_a_deleted_folder_says_so(place: Place, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    variables = {key: value for key, value in place.environment.items() if key != "SESSION_BUDDY_PROJECT"}
    program = "import os, sys; os.chdir(sys.argv[1]); os.rmdir(sys.argv[1]); os.execv(sys.argv[2], sys.argv[2:])"
    done = subprocess.run(
        [sys.executable, "-c", program, str(gone), str(Path(sys.executable).parent / "session-buddy")],
        env=variables,
        input=b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}\n',
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert "no longer exists" in json.loads(done.stdout)["error"]["message"]


def test_a_project_on_a_very_long_path_works(place: Place, tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-rather-long-name"] * 6)
    deep.mkdir(parents=True)
    long_place = Place(deep, {key: value for key, value in place.environment.items() if key != "SESSION_BUDDY_PROJECT"})
    with Window(long_place) as window:
        window.initialize()
        window.track()
        assert len(str(long_place.store)) > 200
        run(long_place, "hub", "stop")


def test_a_hub_can_be_reached_over_loopback_tcp(place: Place) -> None:
    tcp = place.with_variables(SESSION_BUDDY_TRANSPORT="tcp")
    with Window(tcp) as one:
        one.initialize()
        address = json.loads(place.address.read_text())
        assert address["socket"] is None
        assert address["port"] > 0
        with Window(place) as two:
            two.initialize()
            ids = {one.track(), two.track()}
    assert {row["invocation_id"] for row in exported(place)} == ids


def test_an_unknown_program_that_knocks_without_the_token_is_not_served(place: Place) -> None:
    import socket

    tcp = place.with_variables(SESSION_BUDDY_TRANSPORT="tcp")
    with Window(tcp) as window:
        window.initialize()
        port = json.loads(place.address.read_text())["port"]
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(
                b'{"hello": 1, "program": "0.1.0", "token": "wrong", "role": "mcp", "connection": "x", '
                b'"project": "/"}\n'
            )
            assert line.makefile("rb").readline() == b""
        window.track()

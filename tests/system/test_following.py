"""Whoever follows a store is told what is stored, each thing once, whatever becomes of the hub."""

import json
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from session_buddy.bridge.client import Client
from session_buddy.bridge.door import HubLine, hello, open_line
from session_buddy.errors import BuddyError, HubLostError, InvalidRequestError, UnknownNameError
from tests.system.following import Event, Follower, settings_of
from tests.system.processes import LIMIT, Place, Window, eventually, exported, run

pytestmark = pytest.mark.slow

STEP = {"node_id": "build", "action_type": "run"}


@pytest.fixture(autouse=True)
def _hubs_of_this_process_are_as_those_of_windows(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in place.environment.items():
        if name.startswith("SESSION_BUDDY"):
            monkeypatch.setenv(name, value)


COACHED = {"coaching_session_id", "workflow_id", "project_id"}


def coaching(place: Place, ask: str, **given: Any) -> Any:
    """What a person does on the page."""
    with Client(settings_of(place)) as client:
        return client.ask("coaching", {"ask": ask, "who": "person", "source": "dashboard", "given": given})


def data(window: Window, tool: str, **arguments: Any) -> dict[str, Any]:
    result = window.call(tool, **arguments)
    assert not result.get("isError"), result
    found: dict[str, Any] = result["structuredContent"]
    return found


def kinds(events: list[Event]) -> list[str]:
    return [event["kind"] for event in events]


def lines(place: Place, count: int) -> str:
    path = place.project / "history.jsonl"
    rows = ({"skill_name": f"skill-{number % 7}", "completed": True, "duration_seconds": 2} for number in range(count))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_uses_and_recommendations_are_told(place: Place) -> None:
    with Window(place) as window, Follower(place) as follower:
        window.initialize()
        identity = window.track("debugging", "why is it slow")
        window.call("complete_skill", invocation_id=identity, error_type="Timeout")
        window.call("recommend_skills", user_query="why is it slow")
        tracked, completed, recommended = follower.until(3)
        assert kinds([tracked, completed, recommended]) == ["tracked", "completed", "recommended"]
        assert tracked["invocation_id"] == completed["invocation_id"] == identity
        assert (completed["skill_name"], completed["outcome"]) == ("debugging", "failed")
        assert recommended["skills"] == ["debugging"]
        assert len({event["session_id"] for event in follower.events}) == 1
        assert len({event["project_id"] for event in follower.events}) == 1


def test_every_kind_of_event_of_coaching_is_told(place: Place) -> None:
    with Window(place) as window, Follower(place) as follower:
        window.initialize()
        session = data(window, "coaching_start", workflow_id="release")["session_id"]
        for number in range(10):
            step = data(window, "coaching_suggest", session_id=session, parameters={"number": number}, **STEP)
            given = {"session_id": session, "suggestion_id": step["suggestion_id"]}
            data(window, "coaching_decide", decision="manual", **given)
        follower.until(22)
        data(window, "pause_session", session_id=session)
        data(window, "resume_session", session_id=session)
        step = data(window, "coaching_suggest", session_id=session, parameters={"tag": "a"}, **STEP)
        given = {"session_id": session, "suggestion_id": step["suggestion_id"]}
        data(window, "coaching_decide", decision="correct", correction={"tag": "b"}, **given)
        data(window, "coaching_outcome", suggestion_id=step["suggestion_id"], execution_success=True)
        coaching(place, "undo", session_id=session)
        coaching(place, "demote", workflow_id="release")
        data(window, "end_session", session_id=session, outcome="failed", error_message="no")
        events = follower.until(31)
    assert kinds(events[:3]) == ["started", "suggested", "decided"]
    assert events[21]["kind"] == "promoted"
    last = events[22:]
    assert kinds(last) == [
        "paused", "resumed", "suggested", "decided", "corrected", "executed", "undone", "demoted", "ended",
    ]  # fmt: skip
    assert (last[-1]["status"], last[-1]["error_message"]) == ("failed", "no")
    assert (last[7]["level"], last[7]["previous"], last[7]["decided_by"]) == ("OBSERVATION", "COACHING", "person")
    assert last[4]["item_id"]
    assert last[5]["succeeded"] is True
    assert last[6]["decision_id"] == last[5]["decision_id"] == last[3]["decision_id"]
    of_session = [event for event in events if event["kind"] not in ("promoted", "demoted")]
    assert all(event.keys() >= COACHED for event in of_session)
    assert {event["workflow_id"] for event in events} == {"release"}
    assert {event["coaching_session_id"] for event in of_session} == {session}


def test_what_hooks_have_told_is_told(place: Place) -> None:
    with Follower(place) as follower:
        event = {
            "hook_event_name": "PreToolUse",
            "session_id": "monday",
            "cwd": str(place.project),
            "tool_name": "Skill",
            "tool_input": {"skill": "debugging"},
        }
        for name in ("PreToolUse", "PostToolUse"):
            assert run(place, "hook", stdin=json.dumps(event | {"hook_event_name": name})).returncode == 0
        eventually(lambda: follower.events)
        assert follower.events[0]["skill_name"] == "debugging"
        assert follower.events[0]["source"] == "hook"


def test_two_followers_are_told_the_same(place: Place) -> None:
    with Window(place) as window, Follower(place) as one, Follower(place) as other:
        window.initialize()
        identities = [window.track() for _ in range(20)]
        one.until(20)
        other.until(20)
        assert one.ids() == other.ids() == identities


def test_nothing_is_lost_or_doubled_when_windows_write_at_once_and_hubs_are_killed(place: Place) -> None:
    def load(window: Window) -> list[str]:
        found = []
        for number in range(60):
            identity = window.track(f"skill-{number % 5}", f"problem {number}")
            found.append(identity)
            if number % 2:
                window.call("complete_skill", invocation_id=identity)
        return found

    with Window(place) as one, Window(place) as two, Follower(place) as follower, ThreadPoolExecutor(2) as pool:
        for window in (one, two):
            window.initialize()
        futures = [pool.submit(load, window) for window in (one, two)]
        for kill in range(1, 5):
            follower.until(25 * kill)
            os.kill(place.hub_pid(), signal.SIGKILL)
        tracked = [identity for future in futures for identity in future.result(LIMIT)]
        follower.until(180)
        assert follower.resets == 0
        assert len(follower.events) == 180
        assert sorted(follower.ids()) == sorted(tracked)
        assert len(set(follower.ids("completed"))) == 60
        began = {event["invocation_id"]: place for place, event in enumerate(follower.events[::-1])}
        assert set(began) == set(tracked)


def test_what_was_stored_while_nobody_followed_is_told_from_the_position_on(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        with Follower(place) as follower:
            window.track()
            follower.until(1)
        identity = window.track()
        with Client(settings_of(place)) as client:
            part = next(client.parts("follow", {"position": follower.position}))
    assert [event["invocation_id"] for event in part["events"]] == [identity]
    assert part["reset"] is False


def test_forgetting_resets_whoever_follows(place: Place) -> None:
    with Window(place) as window, Follower(place) as follower:
        window.initialize()
        window.track("secret-skill")
        window.track("debugging")
        follower.until(2)
        assert run(place, "forget", "--skill", "secret-skill", "--yes").returncode == 0
        eventually(lambda: follower.resets == 1)
        identity = window.track("planning")
        eventually(lambda: identity in follower.ids())
        assert follower.ids() == [identity]
        assert follower.resets == 1


def test_restoring_resets_whoever_follows(place: Place) -> None:
    backup = str(place.project / "backup.duckdb")
    with Window(place) as window, Follower(place) as follower:
        window.initialize()
        window.track()
        follower.until(1)
        assert run(place, "backup", backup).returncode == 0
        window.track()
        follower.until(2)
        assert run(place, "restore", backup).returncode == 0
        eventually(lambda: follower.resets == 1)
        identity = window.track()
        eventually(lambda: follower.ids() == [identity])


def test_a_coaching_session_that_is_deleted_resets_whoever_follows(place: Place) -> None:
    with Window(place) as window, Follower(place) as follower:
        window.initialize()
        session = data(window, "coaching_start", workflow_id="release")["session_id"]
        follower.until(1)
        coaching(place, "delete", session_id=session)
        eventually(lambda: follower.resets == 1)
        window.track()
        assert kinds(follower.until(1)) == ["tracked"]


def test_a_follower_that_reads_nothing_holds_nobody_up(place: Place) -> None:
    settings = settings_of(place)
    with Window(place) as window, Follower(place) as follower:
        window.initialize()
        line = open_line(settings, hello(settings, "control", "slow"))
        line.send(json.dumps({"method": "follow", "params": {"position": None}}).encode() + b"\n")
        line.readline()
        assert run(place, "import", lines(place, 4000)).returncode == 0
        assert run(place, "import", lines(place, 4500)).returncode == 0
        follower.until(9000)
        assert not window.call("track_skill", skill_name="debugging").get("isError")
        follower.until(9001)
        eventually(lambda: json.loads(line.readline())["part"]["events"])
        line.close()
    eventually(lambda: not place.hub_runs())
    assert len(exported(place)) == 4501


def test_following_ends_when_another_thread_closes_the_client(place: Place) -> None:
    client = Client(settings_of(place))
    parts = client.parts("follow", {"position": None})
    assert next(parts)["events"] == []
    ended: list[BaseException] = []

    def listen() -> None:
        try:
            for _ in parts:
                pass
        except HubLostError as error:
            ended.append(error)

    thread = threading.Thread(target=listen)
    thread.start()
    client.close()
    thread.join(LIMIT)
    assert len(ended) == 1
    eventually(lambda: not place.hub_runs())


def test_following_ends_with_the_next_question(place: Place) -> None:
    with Window(place) as window, Client(settings_of(place)) as client:
        window.initialize()
        next(client.parts("follow", {"position": None}))
        window.track()
        assert [event["kind"] for event in client.ask("lately", {"limit": 1})["events"]] == ["tracked"]
        assert next(client.parts("follow", {"position": None}))["events"] == []


def test_whoever_follows_hears_that_the_hub_lives(place: Place) -> None:
    with Follower(place) as follower:
        eventually(lambda: follower.parts >= 3)
        assert follower.events == []


def test_the_newest_events_of_a_project_can_be_asked_for(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    elsewhere = Place(other, place.environment | {"SESSION_BUDDY_STORE": str(place.store)})
    with Window(place) as window, Window(elsewhere) as second:
        for one in (window, second):
            one.initialize()
        mine, theirs = window.track(), second.track()
        session = data(second, "coaching_start", workflow_id="release")["session_id"]
        with Client(settings_of(place)) as client:
            everything = client.ask("lately")["events"]
            assert [event.get("invocation_id") for event in everything] == [mine, theirs, None]
            project = everything[1]["project_id"]
            found = client.ask("lately", {"project_id": project})["events"]
            assert kinds(found) == ["tracked", "started"]
            assert client.ask("lately", {"session_id": session})["events"] == found[1:]


def test_the_progress_of_embedding_is_told(place: Place) -> None:
    embedding = place.with_variables(SESSION_BUDDY_EMBEDDER="hashing")
    with Window(embedding) as window:
        window.initialize()
        with Follower(embedding) as follower:
            window.track(query="a text that wants a vector")

            def done() -> bool:
                told = [event for event in list(follower.events) if event["kind"] == "embedding"]
                return bool(told) and (told[-1]["state"], told[-1]["embedded"], told[-1]["texts"]) == ("ready", 1, 1)

            eventually(done)


def test_errors_say_what_they_are(place: Place) -> None:
    with Client(settings_of(place)) as client:
        with pytest.raises(UnknownNameError, match="There is no workflow 'release'"):
            client.ask(
                "coaching", {"ask": "workflow", "who": "person", "source": "x", "given": {"workflow_id": "release"}}
            )
        with pytest.raises(InvalidRequestError, match="limit is 0; allowed are 1 to 1,000"):
            client.ask("lately", {"limit": 0})
        assert client.ask("lately") == {"events": []}


def test_an_error_of_a_hub_that_names_no_kind_is_raised_all_the_same() -> None:
    one, other = socket.socketpair()
    with other:
        client = Client.__new__(Client)
        client._line = HubLine(one, one.makefile("rb"), {})
        other.sendall(b'{"error": "It was not stored."}\n')
        with pytest.raises(BuddyError, match="It was not stored") as caught:
            client.result()
        assert type(caught.value) is BuddyError
        client.close()


def test_a_decision_made_elsewhere_reaches_the_call_that_waits(place: Place) -> None:
    with Window(place) as window, Follower(place) as follower:
        window.initialize()
        session = data(window, "coaching_start", workflow_id="release")["session_id"]
        for number in range(10):
            step = data(window, "coaching_suggest", session_id=session, parameters={"number": number}, **STEP)
            data(window, "coaching_decide", session_id=session, suggestion_id=step["suggestion_id"], decision="manual")
        follower.until(22)
        call = {"session_id": session, "parameters": {"tag": "a"}, "wait_seconds": 60, **STEP}
        waiting = window.ask("tools/call", {"name": "coaching_suggest", "arguments": call})
        suggested = follower.until(23)[-1]
        given = {"session_id": session, "suggestion_id": suggested["suggestion_id"], "decision": "accept"}
        coaching(place, "decide", **given)
        answer = window.answer(waiting)["result"]["structuredContent"]
        assert answer["decision"]["decided_by"] == "person"

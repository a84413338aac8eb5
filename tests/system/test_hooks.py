"""Hooks as real processes: they do no harm, lose nothing, and tell the server which session it serves."""

import itertools
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from session_buddy.common.store_registry import store_key
from tests.system.hooking import context, encoded, event, fire, skill, start
from tests.system.processes import Place, Window, eventually, exported, own_folder, run, until

pytestmark = pytest.mark.slow


def spooled(place: Place) -> list[Path]:
    return sorted(Path(f"{place.store}.spool").glob("*.json"))


def session_of(window: Window) -> str:
    tracked = window.call("track_skill", skill_name="anything")
    return str(tracked["structuredContent"]["session_id"])


@pytest.fixture
def claude(place: Place) -> Place:
    """A place as an assistant's process sees it."""
    return place.with_variables(CLAUDE_CODE_SESSION_ID="first", CLAUDE_PROJECT_DIR=str(place.project))


def test_with_a_hub_an_event_is_stored_and_nothing_is_said(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        assert fire(place, event("UserPromptSubmit", prompt="the parser crashes on tabs")) == ""
        assert fire(place, skill("debugging", "toolu_1")) == ""
        assert fire(place, event("PostToolUse", tool_name="Edit", tool_use_id="toolu_2")) == ""
        assert fire(place, event("Stop", last_assistant_message="done")) == ""
        told = window.call("skill_metrics", skill_name="debugging")["structuredContent"]["skill"]
        assert told["completed_invocations"] == 1, "who asks after a hook is told what it told"
        until(lambda: spooled(place), lambda waiting: not waiting)
        (use,) = exported(place)
    assert (use["skill_name"], use["user_query"], use["session_id"], use["completed"], use["follow_up_actions"]) == (
        "debugging",
        "the parser crashes on tabs",
        "session",
        True,
        ["Edit"],
    )


def test_without_a_hub_no_hub_is_started_and_the_next_one_takes_the_events_in(place: Place) -> None:
    fire(place, event("UserPromptSubmit", prompt="the parser crashes on tabs"))
    fire(place, skill("debugging", "toolu_1"))
    fire(place, event("PostToolUse", tool_name="Edit", tool_use_id="toolu_2"))
    fire(place, event("Stop"))
    assert len(spooled(place)) == 4
    assert not place.hub_runs()
    uses = until(lambda: exported(place), lambda found: found and found[0]["completed"])
    assert [(use["skill_name"], use["user_query"]) for use in uses] == [("debugging", "the parser crashes on tabs")]
    assert spooled(place) == []


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'{"session_id": 3, "hook_event_name": "Stop"}',
        b'{"session_id": "s"}',
        b'{"session_id": "s", "hook_event_name": "SomethingNew", "tool_input": []}',
        b'{"session_id": "s", "hook_event_name": "PostToolUse", "tool_name": ["Skill"], "tool_input": "skill"}',
        b'{"session_id": "\xff\xfe", "hook_event_name": "Stop"}',
        b'{"session_id": "s", "hook_event_name": "UserPromptSubmit", "prompt": "' + b"x" * 5_000_000 + b'"}',
        b"[" * 100_000,
    ],
)
def test_whatever_is_told_a_hook_ends_well_and_says_nothing(place: Place, told: bytes) -> None:
    hook = start(place)
    said = hook.communicate(told, 30)
    assert (hook.returncode, said) == (0, (b"", b""))


@pytest.mark.parametrize(
    "prompt",
    [
        "\u0130" * 30 + " <private>the word</private> ok",
        "ok <private>a <private>b</private> the word</private>",
        "ok " + "<private>" * 500_000 + "the word",
        "</private>" * 500_000 + "<private>the word</private>",
    ],
)
def test_no_prompt_keeps_a_hook_busy_or_leaks(place: Place, prompt: str) -> None:
    fire(place, event("UserPromptSubmit", prompt=prompt))
    assert not any("the word" in path.read_text() for path in spooled(place))


def test_the_rest_of_a_huge_event_is_read(place: Place) -> None:
    fire(place, event("PostToolUse", tool_name="Read", tool_input={"skill": "x"}, tool_response="x" * 30_000_000))
    (waiting,) = spooled(place)
    assert json.loads(waiting.read_text())["data"] == {"tool_name": "Read", "tool_input": {"skill": "x"}}


def test_a_hook_with_settings_or_options_that_are_wrong_does_no_harm_either(place: Place) -> None:
    wrong = place.with_variables(SESSION_BUDDY_LINGER="soon")
    assert fire(wrong, event("Stop")) == ""
    assert fire(place, event("Stop"), "--of-a-later-version", "--from") == ""
    folder = place.with_variables(SESSION_BUDDY_STORE=str(place.project))
    assert fire(folder, event("Stop")) == ""


def test_a_hook_that_a_process_of_ours_fires_is_ignored(place: Place) -> None:
    fire(place.with_variables(SESSION_BUDDY_CHILD="1"), skill("debugging", "toolu_1"))
    assert spooled(place) == []


def test_what_a_tool_answered_is_told_to_nobody(place: Place) -> None:
    told = event("PostToolUse", tool_name="Bash", tool_input={"command": "cat key"}, tool_response={"stdout": "KEY"})
    fire(place, told | {"last_assistant_message": "the KEY"})
    assert "KEY" not in spooled(place)[0].read_text()


def test_after_clear_the_window_serves_the_new_session_also_behind_another_hub(claude: Place) -> None:
    with Window(claude) as window:
        window.initialize()
        assert session_of(window) == "first"
        fire(claude, event("SessionEnd", "first", reason="clear"))
        fire(claude, event("SessionStart", "second", source="clear"))
        assert session_of(window) == "second"
        os.kill(claude.hub_pid(), signal.SIGKILL)
        assert session_of(window) == "second"
        assert json.loads(run(claude, "metrics", "--session", "second", "--json").stdout)


def test_an_assistant_that_is_started_by_an_assistant_takes_nobodys_window(claude: Place) -> None:
    with Window(claude) as window:
        window.initialize()
        assert session_of(window) == "first"
        fire(claude, event("SessionStart", "inner", source="startup"))
        assert session_of(window) == "first"
        fire(claude, event("SessionStart", "second", source="clear"))
        assert session_of(window) == "second"


def test_a_session_that_began_while_no_hub_ran_is_served_by_the_next_one(claude: Place) -> None:
    with Window(claude) as window:
        window.initialize()
        assert session_of(window) == "first"
        os.kill(claude.hub_pid(), signal.SIGKILL)
        eventually(lambda: not claude.hub_runs())
        fire(claude, event("SessionStart", "second", source="clear"))
        until(lambda: session_of(window), lambda session: session == "second")


def test_what_waits_in_the_spool_is_kept_out_of_git_and_tells_nothing_private(place: Place) -> None:
    fire(place, event("UserPromptSubmit", prompt="deploy with <PRIVATE>the word</private> now <private>and more"))
    (waiting,) = spooled(place)
    assert json.loads(waiting.read_text())["data"]["prompt"] == "deploy with  now "
    assert (place.store.parent / ".gitignore").read_text() == "*\n"
    assert oct(place.store.parent.stat().st_mode & 0o777) == "0o700"


def test_files_in_the_spool_that_are_no_events_stop_nothing(place: Place) -> None:
    folder = Path(f"{place.store}.spool")
    own_folder(place)
    folder.mkdir()
    good: dict[str, Any] = {
        "kind": "hook",
        "id": "0190e0c0-0000-7000-8000-000000000003",
        "at": "2026-03-01T09:00:00+00:00",
        "store_key": store_key(str(place.store), str(place.data_folder)),
    }
    good |= {"project": str(place.project), "session": "s", "event": "PostToolUse"}
    good |= {"data": {"tool_name": "Skill", "tool_use_id": "t", "tool_input": {"skill": "debugging"}}}
    other = place.project.parent / "another"
    bad = [
        "[" * 200_000,
        json.dumps(good | {"at": "0001-01-01T00:00:00+00:00"}),
        json.dumps(good | {"project": "/half\ud800"}),
        json.dumps(good | {"session": "half\ud800"}),
        json.dumps(good | {"data": {"tool_name": "Skill", "tool_use_id": "\ud800", "tool_input": {"skill": "x"}}}),
        json.dumps(good | {"id": "0190e0c0-0000-7000-8000-000000000004", "project": str(other)}),
    ]
    for number, text in enumerate([*bad, json.dumps(good)]):
        (folder / f"{number:020}-x.json").write_text(text)
    os.mkfifo(folder / "00000000000000000000-fifo.json")
    with Window(place) as window:
        window.initialize()
        fire(place, skill("planning", "toolu_1"))
        until(lambda: {use["skill_name"] for use in exported(place)}, lambda found: {"debugging", "planning"} <= found)
        until(lambda: spooled(place), lambda waiting: not waiting)
    assert not other.exists(), "nothing is written in a project that is only told of"


def test_of_two_windows_the_one_whose_session_has_ended_is_moved(claude: Place) -> None:
    other = claude.with_variables(CLAUDE_CODE_SESSION_ID="other")
    with Window(claude) as one, Window(other) as two:
        one.initialize()
        two.initialize()
        fire(claude, event("SessionStart", "third", source="resume"))
        assert (session_of(one), session_of(two)) == ("first", "other"), "it is not known which of them is meant"
        fire(claude, event("SessionEnd", "other", reason="resume"))
        fire(claude, event("SessionStart", "third", source="resume"))
        assert (session_of(one), session_of(two)) == ("first", "third")


def test_a_session_that_is_given_by_the_settings_stays(place: Place) -> None:
    pinned = place.with_variables(SESSION_BUDDY_SESSION_ID="mine")
    with Window(pinned) as window:
        window.initialize()
        fire(pinned, event("SessionEnd", "mine", reason="clear"))
        fire(pinned, event("SessionStart", "second", source="clear"))
        assert session_of(window) == "mine"


def learned(place: Place) -> Place:
    """A past in which debugging, which is installed, was good for crashes; with the catalogue of what is installed."""
    place = place.with_variables(SESSION_BUDDY_CATALOGUE="on", HOME=str(place.project))
    skill = place.project / ".claude" / "skills" / "debugging" / "SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("---\nname: debugging\ndescription: Finds the cause of a defect\n---\n")
    past = [
        {"skill_name": skill, "user_query": f"{problem} number {number}", "completed": True}
        for skill, problem in (
            ("debugging", "the parser crashes on tabs"),
            ("release-notes", "tell users what changed"),
        )
        for number in range(6)
    ]
    path = place.project / "past.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in past))
    assert run(place, "import", str(path)).returncode == 0
    return place


def first_hint(place: Place, prompt: str) -> tuple[str, str]:
    """The first hint that arrives in time, and its session.

    Every attempt has its own session: the hub stores a hint before it sends it and never repeats it in that session,
    even if a loaded machine delivers it too late for the hook.
    """
    sessions = (f"session-{number}" for number in itertools.count())

    def attempt() -> tuple[str, str]:
        session = next(sessions)
        return fire(place, event("UserPromptSubmit", session, prompt=prompt)), session

    return until(attempt, lambda answer: answer[0])


def test_a_fitting_hint_is_given_once_in_a_session(place: Place) -> None:
    place = learned(place)
    prompt = "the parser crashes on tabs number 3"
    with Window(place) as window:
        window.initialize()
        hint, session = first_hint(place, prompt)
        assert '"debugging" was used 6 times, 100 % completed' in context(hint)
        assert len(context(hint)) <= 400
        assert fire(place, event("UserPromptSubmit", session, prompt=prompt)) == ""
        assert fire(place, event("UserPromptSubmit", "poem", prompt="write me a poem about spring")) == ""
        _, other_session = first_hint(place, prompt)
        assert other_session != session


def test_hints_are_off_or_come_on_request_only(place: Place) -> None:
    place = learned(place)
    on_request = place.with_variables(SESSION_BUDDY_HINTS="asked")
    with Window(place) as window:
        window.initialize()
        hint, _ = first_hint(on_request, "which skill helps: the parser crashes on tabs number 3")
        assert '"debugging"' in context(hint)
        # Only now is the model ready: before, no prompt gets a hint.
        prompt = event("UserPromptSubmit", prompt="the parser crashes on tabs number 3")
        assert fire(place.with_variables(SESSION_BUDDY_HINTS="off"), prompt) == ""
        assert fire(on_request, prompt) == ""


def test_of_a_hundred_hooks_at_once_while_the_hub_is_killed_each_is_stored_once(place: Place) -> None:
    with Window(place) as window:
        window.initialize()
        session_of(window)
        hooks = [start(place) for _ in range(100)]
        for number, hook in enumerate(hooks):
            assert hook.stdin
            hook.stdin.write(encoded(skill(f"skill-{number}", f"toolu_{number}")))
            hook.stdin.close()
            if number % 30 == 15:
                os.kill(place.hub_pid(), signal.SIGKILL)
                session_of(window)
        for hook in hooks:
            assert hook.wait(30) == 0
            assert hook.stdout and hook.stderr  # noqa: PT018
            assert (hook.stdout.read(), hook.stderr.read()) == (b"", b"")
            hook.stdout.close()
            hook.stderr.close()
        until(lambda: spooled(place), lambda waiting: not waiting)
        found = [use["skill_name"] for use in exported(place) if use["skill_name"] != "anything"]
    assert sorted(found) == sorted(f"skill-{number}" for number in range(100))

"""What hooks tell becomes uses of skills, which claim no more than what was seen."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from session_buddy.bridge import hook
from session_buddy.errors import InvalidRequestError
from session_buddy.skills import observing, tracking
from session_buddy.skills.tracking import Ending, Origin, Stamp, Use
from session_buddy.store import invocations, sessions
from session_buddy.store.ids import new_id
from session_buddy.store.store import Store
from session_buddy.store.times import now
from tests.skills.watching import Session
from tests.store.filling import rows, write

ORIGIN = Origin("session", "project", "/project")


@pytest.fixture
def session(store: Store) -> Session:
    return Session(store)


@pytest.fixture
def current(store: Store) -> Session:
    """A session of now, in which an assistant reports as well."""
    return Session(store, begin=now() - timedelta(seconds=20))


def only(session: Session) -> tuple[Any, ...]:
    (use,) = session.uses()
    return use


def track(session: Session, skill: str, **details: Any) -> str:
    answer = write(session.store, lambda cursor: tracking.track(cursor, Use(skill, **details), ORIGIN))
    return str(answer["invocation_id"])


def complete(session: Session, invocation_id: str, **details: Any) -> None:
    ending = Ending(invocation_id, **details)
    write(session.store, lambda cursor: tracking.complete(cursor, ending))


def test_a_skill_that_the_model_loads_is_a_use_for_the_last_prompt(session: Session) -> None:
    session.prompt("an older prompt")
    session.prompt("the parser crashes")
    session.skill("superpowers:debugging")
    assert only(session) == ("superpowers:debugging", "the parser crashes", "hook", None, None, None, None)


def test_a_skill_that_the_person_calls_is_a_use_for_what_stands_behind_its_name(session: Session) -> None:
    session.prompt("an older prompt")
    session.prompt("/debugging the parser crashes")
    session.command("debugging", "the parser crashes")
    assert only(session)[:3] == ("debugging", "the parser crashes", "hook")


def test_a_skill_that_the_person_calls_by_its_name_alone_is_one_for_the_prompt_before(session: Session) -> None:
    session.prompt("the parser crashes")
    session.prompt("/debugging")
    session.command("debugging")
    assert only(session)[:2] == ("debugging", "the parser crashes")


def test_a_prompt_of_a_server_is_no_skill(session: Session) -> None:
    data: dict[str, Any] = {"command_name": "mcp__buddy__coach", "expansion_type": "mcp_prompt"}
    assert session.tell(session.event("UserPromptExpansion", **data)) is False
    assert session.uses() == []


def test_a_skill_that_was_loaded_is_not_completed_by_that(session: Session) -> None:
    session.prompt("the parser crashes")
    session.skill("debugging")
    session.stop()
    assert only(session)[3] is None


def test_tools_used_after_a_skill_are_its_actions_and_the_end_of_the_turn_infers_that_it_was_completed(
    session: Session,
) -> None:
    session.prompt("the parser crashes")
    session.step("Read")
    session.skill("debugging")
    session.step("Edit")
    session.step("Bash", "pytest -q tests/test_parser.py --token=abc")
    session.step("Bash", "git commit -m 'secret words'")
    session.step("mcp__session-buddy__recommend_skills")
    session.stop()
    assert only(session)[3:] == ("completed", None, "inferred", ["Edit", "pytest", "git commit"])


def test_a_turn_that_ends_after_a_failure_infers_that_the_skill_failed(session: Session) -> None:
    session.skill("debugging")
    session.step("Edit")
    session.step("Bash", "pytest -q", failed=True)
    session.stop()
    assert only(session)[3:] == ("failed", "pytest failed", "inferred", ["Edit", "pytest"])


def test_a_failure_that_was_got_over_is_none(session: Session) -> None:
    session.skill("debugging")
    session.step("Bash", "pytest -q", failed=True)
    session.step("Bash", "pytest -q")
    session.stop()
    assert only(session)[3] == "completed"


def test_a_skill_that_could_not_be_loaded_has_failed_and_that_was_seen(session: Session) -> None:
    data: dict[str, Any] = {"tool_input": {"skill": "debugging"}, "tool_use_id": "toolu_x", "tool_name": "Skill"}
    session.tell(session.event("PostToolUseFailure", **data))
    session.skill("testing", success=False)
    assert [use[3:6] for use in session.uses()] == [("failed", "SkillNotLoaded", "seen")] * 2


def test_a_person_who_stops_the_assistant_abandons_the_skill_and_that_was_seen(session: Session) -> None:
    session.skill("debugging")
    session.step("Edit")
    session.step("Bash", "make", failed=True, is_interrupt=True)
    assert only(session)[3:6] == ("abandoned", None, "seen")


def test_an_error_of_the_assistants_own_says_nothing_of_the_skill(session: Session) -> None:
    session.skill("debugging")
    late = session.event("PostToolUse", tool_name="Edit", tool_use_id="toolu_late")
    session.step("Edit")
    session.tell(session.event("StopFailure"))
    session.tell(late)
    session.stop()
    assert only(session)[3] is None


def test_what_is_done_in_a_later_turn_is_not_the_skills(session: Session) -> None:
    session.prompt("how would you debug the parser?")
    session.skill("debugging")
    session.stop()
    session.prompt("now something else")
    session.step("Edit")
    session.stop()
    assert only(session)[3] is None
    assert rows(session.store, "SELECT count(*) FROM seen WHERE kind = 'step'") == [(0,)]


def test_of_two_skills_in_a_turn_each_has_the_steps_up_to_the_next(session: Session) -> None:
    session.prompt("mend the parser and tell of it")
    session.skill("debugging")
    session.step("Edit")
    session.skill("release-notes")
    session.step("Write")
    session.stop()
    assert [(use[0], use[3], use[6]) for use in session.uses()] == [
        ("debugging", "completed", ["Edit"]),
        ("release-notes", "completed", ["Write"]),
    ]


def test_a_subagent_has_turns_of_its_own(session: Session) -> None:
    session.prompt("mend the parser")
    session.skill("planning")
    session.skill("debugging", agent_id="agent-1")
    session.step("Edit", agent_id="agent-1")
    session.tell(session.event("SubagentStop", agent_id="agent-1"))
    assert [(use[0], use[1], use[3]) for use in session.uses()] == [
        ("planning", "mend the parser", None),
        ("debugging", "mend the parser", "completed"),
    ]


def test_an_event_that_is_told_twice_is_stored_once(session: Session) -> None:
    for _ in range(2):  # as where a plugin and the settings both hold the hook
        session.skill("debugging", tool_use_id="toolu_same")
    event = session.event("SessionStart", source="startup")
    assert session.tell(event) is True
    assert session.tell(event) is False
    assert len(session.uses()) == 1


def test_the_end_of_a_session_leaves_open_what_nobody_saw_the_end_of(session: Session) -> None:
    session.skill("debugging")
    session.tell(session.event("SessionEnd", reason="prompt_input_exit"))
    assert only(session)[3] is None
    assert rows(session.store, "SELECT session_id, kind, source FROM session_event") == [("session", "ended", "hook")]


def test_a_session_that_is_resumed_goes_on(session: Session) -> None:
    session.skill("debugging")
    session.tell(session.event("SessionEnd", reason="other"))
    session.tell(session.event("SessionStart", source="resume"))
    assert write(session.store, lambda cursor: sessions.resume(cursor, "session", now(), "test")) is False


def test_private_parts_and_secrets_of_a_prompt_are_not_stored(session: Session) -> None:
    session.prompt("deploy with <private>the word</private> token ghp_abcdefghijklmnopqrstuvwxyz0123456789")
    session.skill("deploy")
    assert only(session)[1] == "deploy with token [masked: GitHub token]"


def test_names_of_skills_hold_no_control_characters(session: Session) -> None:
    session.skill("debug\x1b[31m\nging\u202e")
    assert only(session)[0].isprintable() or "\u202e" in only(session)[0]
    assert "\x1b" not in only(session)[0]


def test_an_event_that_is_not_known_is_passed_over(session: Session) -> None:
    assert session.tell(session.event("MessageDisplay")) is False
    assert rows(session.store, "SELECT count(*) FROM seen") == [(0,)]


def test_what_an_assistant_reports_of_a_seen_use_is_added_to_it_and_not_counted_again(current: Session) -> None:
    current.skill("debugging")
    reported = track(current, "debugging", workflow_phase="verify", alternatives_considered=["tdd"], selection_rank=2)
    assert reported == str(current.invocation())
    again = track(current, "debugging")
    assert again != reported, "a second report is of a second use"


def test_a_use_that_an_assistant_reported_before_it_was_seen_is_the_same_one(current: Session) -> None:
    current.prompt("the parser crashes")
    reported = track(current, "debugging", user_query="a crash")
    current.tell(
        current.event("PostToolUse", at=30, tool_name="Skill", tool_use_id="toolu_1", tool_input={"skill": "debugging"})
    )
    assert str(current.invocation()) == reported
    current.tell(current.event("PostToolUse", at=31, tool_name="Edit"))
    current.tell(current.event("Stop", at=32))
    assert only(current)[3:6] == ("completed", None, "inferred")


def test_a_use_in_another_session_is_not_taken_for_it(store: Store) -> None:
    Session(store, "another", begin=now()).skill("debugging")
    assert track(Session(store), "debugging")
    assert rows(store, "SELECT count(*) FROM invocation") == [(2,)]


def test_what_is_reported_takes_the_place_of_what_was_inferred(current: Session) -> None:
    current.skill("debugging")
    current.step("Edit")
    current.stop()
    complete(current, str(current.invocation()), error_type="TestsStillRed")
    ended = current.store.read(lambda cursor: invocations.ended(cursor, current.invocation()))
    assert ended is not None
    assert (ended.outcome, ended.error_type, ended.source) == ("failed", "TestsStillRed", "tool")
    with pytest.raises(InvalidRequestError, match="already ended"):
        complete(current, str(current.invocation()))


def test_what_was_reported_is_not_changed_by_what_is_inferred(current: Session) -> None:
    current.skill("debugging")
    current.step("Edit")
    complete(current, str(current.invocation()), completed=False)
    current.stop()
    assert only(current)[3:6] == ("abandoned", None, "tool")


@pytest.mark.parametrize("seed", range(5))
def test_in_whatever_order_the_events_of_a_turn_come_each_is_stored_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    store = Store.open(str(tmp_path / "store.duckdb"))
    session = Session(store)
    events = [
        session.event("PostToolUse", tool_name="Skill", tool_use_id=f"toolu_{number}", tool_input={"skill": "s"})
        for number in range(12)
    ]
    told = events + chance.sample(events, 6)
    chance.shuffle(told)
    for event in told:
        session.tell(event)
    assert rows(store, "SELECT count(*), count(DISTINCT invocation_id) FROM invocation") == [(12, 12)]
    assert rows(store, "SELECT count(*), count(DISTINCT event_id) FROM seen") == [(12, 12)]
    store.close()


def test_of_each_skill_a_session_is_told_once(session: Session) -> None:
    event = session.event("UserPromptSubmit", prompt="the parser crashes")
    told = write(session.store, lambda cursor: observing.hint(cursor, event, "project", ["debugging"]))
    again = write(session.store, lambda cursor: observing.hint(cursor, event, "project", ["debugging", "tdd"]))
    assert (told, again) == (["debugging"], ["tdd"])
    assert rows(session.store, "SELECT session_id, kind, count(*) FROM seen GROUP BY ALL") == [("session", "hint", 2)]


def test_a_person_who_stops_the_assistant_abandons_only_the_skill_that_is_at_work(session: Session) -> None:
    session.skill("planning")
    session.step("Write")
    session.skill("debugging")
    session.step("Bash", "make", failed=True, is_interrupt=True)
    assert [(use[0], use[3]) for use in session.uses()] == [("planning", None), ("debugging", "abandoned")]


def test_a_command_that_a_transcript_told_of_first_is_not_counted_again(session: Session) -> None:
    session.prompt("/debugging the parser crashes")
    told = Use("debugging", "the parser crashes")
    stamp = Stamp(session.event("Stop").at, "claude-code")
    write(session.store, lambda cursor: tracking.track(cursor, told, ORIGIN, stamp, new_id()))
    session.command("debugging", "the parser crashes")
    assert len(session.uses()) == 1
    session.command("debugging", "the parser crashes")
    assert len(session.uses()) == 2, "a second call is a second use"


def test_the_problem_that_is_reported_is_kept_where_no_prompt_told_it(current: Session) -> None:
    current.command("debugging")
    track(current, "debugging", user_query="the parser crashes")
    ((text,),) = rows(current.store, "SELECT text FROM reported JOIN query USING (query_id)")
    assert text == "the parser crashes"
    current.prompt("a prompt that tells it")
    current.skill("planning")
    track(current, "planning", user_query="the same in other words")
    assert rows(current.store, "SELECT count(query_id) FROM reported") == [(1,)]


def test_a_step_that_comes_after_the_end_of_its_turn_tells_how_the_skill_ended(session: Session) -> None:
    session.prompt("the parser crashes")
    session.skill("debugging")
    late = session.event("PostToolUse", tool_name="Edit", tool_use_id="toolu_late")
    session.stop()
    assert only(session)[3] is None
    session.tell(late)
    assert only(session)[3:] == ("completed", None, "inferred", ["Edit"])


def test_a_skill_that_comes_after_the_end_of_its_turn_is_judged_by_that_turn_alone(session: Session) -> None:
    session.prompt("the parser crashes")
    session.skill("planning")
    late = session.event("PostToolUse", tool_name="Skill", tool_use_id="late", tool_input={"skill": "debugging"})
    session.step("Edit")
    session.stop()
    session.prompt("now something else")
    session.step("Write")
    session.tell(late)
    assert [(use[0], use[3], use[6]) for use in session.uses()] == [
        ("planning", "completed", ["Edit"]),
        ("debugging", "completed", ["Edit"]),
    ]


def test_events_of_one_prompt_are_told_apart(session: Session) -> None:
    session.tell(session.event("UserPromptSubmit", prompt="mend the parser", prompt_id="p"))
    for agent in ("one", "two"):
        session.skill("debugging", tool_use_id=agent, agent_id=agent, prompt_id="p")
        session.step("Edit", agent_id=agent, prompt_id="p")
        session.tell(session.event("SubagentStop", agent_id=agent, prompt_id="p"))
    assert [use[3] for use in session.uses()] == ["completed", "completed"]


def test_a_command_without_words_begins_a_turn(session: Session) -> None:
    session.prompt("plan it")
    session.skill("planning")
    session.step("Edit")
    session.prompt("/debugging")
    session.command("debugging")
    session.step("Write")
    session.stop()
    assert [(use[0], use[3]) for use in session.uses()] == [("planning", None), ("debugging", "completed")]


def test_a_command_that_two_hooks_tell_of_is_one_use(session: Session) -> None:
    for number in (1, 1):
        session.tell(session.event("UserPromptExpansion", at=number, command_name="deploy"))
    assert len(session.uses()) == 1


def test_a_prompt_that_begins_with_a_path_is_no_command(session: Session) -> None:
    session.prompt("/usr/bin/env is not found")
    session.skill("debugging")
    assert only(session)[1] == "/usr/bin/env is not found"


def test_a_hook_tells_of_every_event_that_something_follows_from_and_of_no_other() -> None:
    assert set(hook.EVENTS) == set(observing._TOLD)

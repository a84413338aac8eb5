"""What the records of a conversation say of skills."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from session_buddy.assistants.claude_code_transcripts.reading import Found, Reading
from session_buddy.assistants.claude_code_transcripts.stream import TranscriptUse
from session_buddy.skills.outcomes import Verdict
from tests.assistants.conversations import START, Conversation

LATER = START + timedelta(days=1)
COMPLETED = Verdict("completed", "inferred")


def talk() -> Conversation:
    return Conversation("s", "/work/app")


def found(lines: Iterable[bytes], now: datetime = LATER) -> list[Found]:
    return list(Reading(now).uses(lines))


def uses(conversation: Conversation, now: datetime = LATER) -> list[TranscriptUse]:
    return [one.use for one in found(conversation.lines(), now)]


def the_use(conversation: Conversation, now: datetime = LATER) -> TranscriptUse:
    (use,) = uses(conversation, now)
    return use


def test_a_skill_the_model_uses_has_the_prompt_before_it_as_its_query() -> None:
    use = the_use(talk().user("an older one").says().user("fix the login").skill("a:debug", "t1").says())
    assert (use.way, use.key, use.skill_name, use.query) == ("tool", "t1", "a:debug", "fix the login")
    assert use.session_id == "s"
    assert use.moment == START + timedelta(seconds=30)


def test_loaded_is_not_completed() -> None:
    assert the_use(talk().user("q").skill("x", "t1").says()).verdict is None


def test_what_was_done_after_it_and_went_well_completes_it() -> None:
    made = talk().user("q").skill("x", "t1").tool("Edit", "t2").tool("Bash", "t3", command="cd /w && git commit -m y")
    use = the_use(made.says())
    assert use.verdict == COMPLETED
    assert use.actions == ("Edit", "git commit")
    assert use.seconds == 60.0


def test_a_last_tool_that_failed_fails_it() -> None:
    use = the_use(
        talk().user("q").skill("x", "t1").tool("Edit", "t2").tool("Bash", "t3", True, command="pytest").says()
    )
    assert use.verdict == Verdict("failed", "inferred", "pytest failed")


def test_the_tools_of_session_buddy_are_no_work() -> None:
    made = talk().user("q").skill("x", "t1").tool("mcp__session-buddy__track_skill", "t2")
    assert the_use(made.tool("mcp__plugin_session-buddy_session-buddy__complete_skill", "t3").says()).verdict is None


@pytest.mark.parametrize("way", ["error", "success"])
def test_a_skill_that_could_not_be_loaded_has_failed_and_that_was_seen(way: str) -> None:
    made = talk().user("q").uses("Skill", "t1", skill="x")
    made.result("t1", failed=True) if way == "error" else made.result("t1", toolUseResult={"success": False})
    use = the_use(made.tool("Edit", "t2").says())
    assert use.verdict == Verdict("failed", "seen", "SkillNotLoaded")
    assert (use.actions, use.seconds) == ((), 10.0)


def test_an_interruption_abandons_the_skill_that_was_at_work_and_only_that() -> None:
    made = talk().user("q").skill("x", "t1").tool("Edit", "t2").skill("y", "t3").uses("Bash", "t4", command="ls")
    first, second = uses(made.interrupted())
    assert first.verdict is None
    assert second.verdict == Verdict("abandoned", "seen")


@pytest.mark.parametrize("stop", ["max_tokens", "tool_use", "refusal"])
def test_a_turn_that_did_not_end_says_nothing(stop: str) -> None:
    assert the_use(talk().user("q").skill("x", "t1").tool("Edit", "t2").says(stop=stop)).verdict is None


def test_an_error_of_the_assistant_says_nothing() -> None:
    made = talk().user("q").skill("x", "t1").tool("Edit", "t2").says("API Error: 529", isApiErrorMessage=True)
    assert the_use(made).verdict is None


def test_a_tool_whose_result_is_missing_says_nothing() -> None:
    assert the_use(talk().user("q").skill("x", "t1").uses("Edit", "t2").says()).verdict is None


def test_without_a_stop_reason_the_turn_has_ended_when_something_follows_or_it_is_old() -> None:
    def made() -> Conversation:
        return talk().user("q").skill("x", "t1").tool("Edit", "t2").says(stop=None)

    soon = START + timedelta(seconds=75)
    assert the_use(made(), LATER).verdict == COMPLETED
    assert the_use(made(), soon).verdict is None
    assert the_use(made().user("the next prompt"), soon).verdict == COMPLETED
    reading = Reading(soon)
    assert list(reading.uses(made().lines()))
    assert reading.is_open


def test_tools_belong_to_the_skill_before_them() -> None:
    made = talk().user("q").skill("x", "t1").tool("Edit", "t2").skill("y", "t3").tool("Write", "t4").says()
    first, second = uses(made)
    assert (first.actions, second.actions) == (("Edit",), ("Write",))
    assert first.verdict == second.verdict == COMPLETED


def test_a_skill_of_the_person_is_one_whose_text_follows() -> None:
    use = the_use(
        talk().user("before").says().command("/review", "the parser").body("review").tool("Edit", "t1").says()
    )
    assert (use.way, use.skill_name, use.query, use.key) == ("expansion", "review", "the parser", "s-2")
    assert use.verdict == COMPLETED


def test_a_name_without_arguments_has_the_prompt_before_it_as_its_query() -> None:
    assert (
        the_use(talk().user("the login is slow").says().command("/review").body().says()).query == "the login is slow"
    )


def test_the_tags_come_in_any_order() -> None:
    tags = "<command-name>/a:review</command-name>\n  <command-args>all of it</command-args>"
    use = the_use(talk().user(tags + "<command-message>review</command-message>").body().says())
    assert (use.skill_name, use.query) == ("a:review", "all of it")


def test_a_name_that_is_typed_after_the_model_has_used_the_skill_is_another_use() -> None:
    made = talk().user("q").uses("Skill", "t1", skill="pdf").result("t1").says().command("/pdf", "again").body("pdf")
    assert [use.way for use in uses(made.says())] == ["tool", "expansion"]


def test_built_in_commands_are_no_skills_and_their_output_no_prompt() -> None:
    made = talk().user("the real one").says().command("/mcp").user("<local-command-stdout>ok</local-command-stdout>")
    made.command("/clear", "").user("<bash-input>ls</bash-input>").user("<bash-stdout>a</bash-stdout>")
    assert the_use(made.skill("x", "t1").says()).query == "the real one"


def test_a_custom_command_is_one_whose_text_the_model_gets() -> None:
    made = talk().user("before").says().command("/deploy", "to staging").user("Deploy what is asked for", isMeta=True)
    use = the_use(made.user("More of it", isMeta=True).tool("Bash", "t1", command="make deploy").says())
    assert (use.way, use.skill_name, use.query, use.verdict) == ("expansion", "deploy", "to staging", COMPLETED)


CAVEAT = "Caveat: The messages below were generated by the user while running local commands."


@pytest.mark.parametrize(
    ("command", "following"),
    [
        ("/deploy", "<local-command-stdout>done</local-command-stdout>"),
        ("/deploy", f"<local-command-caveat>{CAVEAT}</local-command-caveat>"),
        ("/deploy", CAVEAT),
        ("/deploy", "<system-reminder>the date</system-reminder>"),
        ("/deploy", " "),
        ("/clear", "a note of the program"),
        ("deploy", "an announcement"),
    ],
)
def test_a_command_that_gives_the_model_no_text_is_no_use(command: str, following: str) -> None:
    assert uses(talk().command(command).user(following, isMeta=True).tool("Bash", "t1", command="ls").says()) == []


def test_only_the_first_records_after_a_command_are_its_text() -> None:
    answered = talk().command("/deploy").says("Which one?").user("a note", isMeta=True).tool("Edit", "t1").says()
    assert uses(answered) == []
    output = talk().command("/deploy").user("<local-command-stdout>ok</local-command-stdout>")
    assert uses(output.user("a note", isMeta=True).tool("Edit", "t1").says()) == []


def test_records_that_belong_to_a_skill_tell_that_a_command_was_one() -> None:
    made = talk().command("/review", "this").says("Looking", None, attributionSkill="review").tool("Edit", "t1").says()
    assert the_use(made).skill_name == "review"


def test_the_announcement_of_a_skill_that_the_model_loads_is_not_counted_again() -> None:
    made = talk().user("q").uses("Skill", "t1", command="pdf").result("t1")
    made.user('<command-message>The "pdf" skill is loading</command-message>\n<command-name>pdf</command-name>')
    use = the_use(made.body("pdf").tool("Edit", "t2").says())
    assert (use.way, use.skill_name, use.query, use.verdict) == ("tool", "pdf", "q", COMPLETED)


@pytest.mark.parametrize(
    ("content", "query"),
    [
        ([{"type": "text", "text": "look"}, {"type": "image", "source": {}}], "look"),
        ("<system-reminder>not mine</system-reminder>mine", "mine"),
        ([{"type": "text", "text": "<ide_selection>code</ide_selection>"}, {"type": "text", "text": "why?"}], "why?"),
        ("<system-reminder>never closed", "first"),
        ("one <system-reminder>a</system-reminder>two<system-reminder>b</system-reminder> three", "one two three"),
        ("Caveat: The messages below were generated", "first"),
        ("   ", "first"),
        ([], "first"),
        (17, "first"),
        (None, "first"),
        ([{"type": "text", "text": {"no": "text"}}, "x", None, 3], "first"),
    ],
)
def test_a_query_is_what_the_person_wrote_and_nothing_else(content: Any, query: str) -> None:
    assert the_use(talk().user("first").user(content).skill("x", "t1").says()).query == query


def test_meta_records_and_summaries_are_no_prompts() -> None:
    made = talk().user("mine").user("a note", isMeta=True).user("This session is continued", isCompactSummary=True)
    assert the_use(made.skill("x", "t1").says()).query == "mine"


def test_a_subagent_in_the_same_file_is_a_conversation_of_its_own() -> None:
    made = talk().user("mine").skill("x", "t1").tool("Task", "t2")
    made.user("its prompt", isSidechain=True, agentId="a1")
    made.records[-1]["uuid"] = "side"
    made.add("assistant", isSidechain=True, agentId="a1", message={"content": [skill_block("t9", "y")]})
    one, two = sorted(found(made.says().lines()), key=lambda one: one.use.skill_name)
    assert (one.agent_id, one.use.query, one.use.actions) == (None, "mine", ("Task",))
    assert (two.agent_id, two.use.query) == ("a1", "its prompt")


def test_an_old_side_chain_has_no_id_and_is_kept_apart_all_the_same() -> None:
    made = talk().user("mine").user("its prompt", isSidechain=True)
    made.add("assistant", isSidechain=True, message={"content": [skill_block("t9", "y")]}).says()
    (one,) = found(made.lines())
    assert (one.agent_id, one.use.query) == ("subagent", "its prompt")


def skill_block(key: str, name: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": key, "name": "Skill", "input": {"skill": name}}


def test_a_clock_that_goes_backwards_makes_no_negative_duration() -> None:
    made = talk().user("q").skill("x", "t1").tool("Edit", "t2").says()
    for record in made.records[5:]:
        record["timestamp"] = "2026-11-01T00:00:00Z"
    use = the_use(made)
    assert use.seconds == 0.0
    assert use.actions == ("Edit",)


def test_the_same_record_twice_in_a_file_is_one_use() -> None:
    made = talk().user("q").skill("x", "t1").tool("Edit", "t2").says()
    made.records += made.records
    assert len(uses(made)) == 1


def test_unknown_records_are_passed_over_and_torn_lines_are_counted() -> None:
    made = talk().user("q").skill("x", "t1").tool("Edit", "t2").says()
    odd = [
        b"null",
        b"[]",
        b"3",
        b"not json",
        b"\xff\xfe\x00",
        b'{"type":"queue-operation"}',
        b"[" * 100_000,
        b'{"a":',
        b"",
    ]
    lines = [line for real in made.lines() for line in (*odd, real)]
    reading = Reading(LATER)
    assert [one.use.verdict for one in reading.uses(lines)] == [COMPLETED]
    assert reading.bad_lines == 7 * len(made.records)


WRONG: list[Any] = [None, True, 0, -1.5, "", "x", "\0", "\ud800", [], [[]], {}, {"a": 1}, 10**30, "9" * 5000]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_no_field_of_a_wrong_type_does_harm(wrong: Any) -> None:
    made = talk().user("q").skill("x", "t1").tool("Bash", "t2", command="ls").says().command("/y", "z").body().says()
    for number, record in enumerate(made.records):
        places: list[tuple[dict[str, Any], str]] = [(record, name) for name in record]
        places += [(record["message"], name) for name in record["message"]]
        content = record["message"]["content"]
        for block in content if isinstance(content, list) else []:
            places += [(block, name) for name in block]
        for holder, name in places:
            kept, holder[name] = holder[name], wrong
            for use in uses(made):
                assert use.seconds is None or use.seconds >= 0, (number, name)
                assert isinstance(use.skill_name, str)
            holder[name] = kept


def test_an_old_shape_without_times_and_ids_is_read() -> None:
    lines = [
        {"type": "user", "message": {"content": "q"}},
        {"type": "assistant", "message": {"content": [skill_block("t1", "x")]}},
        {"type": "user", "message": {"content": [{"type": "tool_result", "tool_use_id": "t1"}]}},
        {"type": "assistant", "message": {"content": [{"type": "text", "text": "ok"}]}},
    ]
    (one,) = found([json.dumps(line).encode() for line in lines])
    assert (one.use.skill_name, one.use.query, one.use.moment, one.use.session_id) == ("x", "q", None, None)


def test_times_are_read_with_and_without_an_offset() -> None:
    made = talk().user("q").skill("x", "t1").says()
    made.records[1]["timestamp"] = "2026-11-02T10:00:00"
    assert the_use(made).moment == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_a_name_of_a_skill_may_hold_anything_and_stays_a_short_text() -> None:
    use = the_use(talk().user("q").uses("Skill", "t1", skill="/\x1b[31m" + "x" * 100_000).result("t1").says())
    assert len(use.skill_name) <= 1024

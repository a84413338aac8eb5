"""The tools of coaching, as an assistant calls them."""

from typing import Any

import anyio
import pytest
from mcp_types import CallToolResult

from session_buddy.coaching import jobs, levels
from session_buddy.coaching.actors import PERSON, Actor
from tests.server.buddy import Tools, text_of

pytestmark = pytest.mark.anyio

PARAMETERS = {"tag": "v1.4", "force": True}


async def started(tools: Tools, workflow: str = "release", **arguments: Any) -> str:
    return str((await tools.call("coaching_start", workflow_id=workflow, **arguments))["session_id"])


async def suggested(tools: Tools, session: str, node: str = "tag", **arguments: Any) -> dict[str, Any]:
    given = {"parameters": PARAMETERS} | arguments
    return await tools.call("coaching_suggest", session_id=session, node_id=node, action_type="git", **given)


async def coached(tools: Tools, workflow: str = "release", steps: int = 0) -> str:
    """A coaching session of a workflow that a person has given COACHING, with so many steps done by hand."""
    session = await started(tools, workflow)
    await tools.buddy.services.access.write(
        lambda cursor: levels.promote(cursor, levels.Promotion(workflow), Actor(PERSON, "terminal"))
    )
    for number in range(steps):
        await tools.call(
            "coaching_decide", session_id=session, decision="manual", node_id=f"step-{number}", action_type="shell"
        )
    return session


async def test_a_started_session_is_told_whole(tools: Tools) -> None:
    found = await tools.call(
        "coaching_start",
        workflow_id="release",
        execution_id="run 7",
        total_steps=3,
        variables={"version": "1.4"},
        metadata={"by": "me"},
    )
    assert found["status"] == "active"
    assert found["level"] == "OBSERVATION"
    assert (found["current_step_index"], found["total_steps"], found["execution_id"]) == (0, 3, "run 7")
    assert (found["variables"], found["metadata"]) == ({"version": "1.4"}, {"by": "me"})
    assert (found["completed_at"], found["error_message"], found["pending"]) == (None, None, [])
    assert found["started_at"].endswith("+00:00")
    assert found["session_id"] in found["text"]
    assert "0 of 3 steps" in found["text"]


async def test_observing_says_that_the_person_acts_and_records_what_they_did(tools: Tools) -> None:
    session = await started(tools)
    step = await suggested(tools, session, ask_user=True)
    assert (step["mode"], step["decision"], step["confidence"], step["confidence_n"]) == ("observe", None, None, 0)
    assert "The person does this step" in step["text"]
    assert "none yet" in step["text"]
    decided = await tools.call(
        "coaching_decide",
        session_id=session,
        suggestion_id=step["suggestion_id"],
        decision="manual",
        correction={"tag": "v1.4", "sign": True},
        feedback="always sign",
    )
    assert decided["decision"]["decided_by"] == "reported"
    assert decided["decision"]["correction"] == {"tag": "v1.4", "sign": True}
    assert decided["stats"]["manual_executions"] == 1
    assert decided["current_step_index"] == 1
    assert decided["text"].startswith("Step 1, tag: manual by your report.")


async def test_asking_again_shows_the_same_suggestion(tools: Tools) -> None:
    session = await coached(tools)
    first, second = await suggested(tools, session), await suggested(tools, session)
    assert first == second
    other = await suggested(tools, session, parameters={"tag": "v2"})
    assert other["suggestion_id"] != first["suggestion_id"]


async def test_in_the_chat_the_person_is_asked_and_the_answer_reported(tools: Tools) -> None:
    session = await coached(tools)
    step = await suggested(tools, session)
    assert step["mode"] == "ask"
    assert "Ask the person" in step["text"]
    assert step["suggestion_id"] in step["text"]
    decided = await tools.call(
        "coaching_decide",
        session_id=session,
        suggestion_id=step["suggestion_id"],
        decision="correct",
        correction={"tag": "v1.4", "force": False},
    )
    assert decided["decision"]["decided_by"] == "reported"
    assert decided["decision"]["parameters"] == {"tag": "v1.4", "force": False}
    again = await suggested(tools, session, parameters={"tag": "v1.5", "force": True})
    assert again["parameters"] == {"tag": "v1.5", "force": False}
    (applied,) = again["corrections_applied"]
    assert applied["times_seen"] == 1
    assert "1 correction applied" in again["text"]
    ended = await tools.call("coaching_outcome", suggestion_id=step["suggestion_id"], execution_success=True)
    assert ended["decision"]["execution_success"] is True
    assert "It succeeded." in ended["text"]


async def test_a_client_without_forms_gets_the_plain_way(tools: Tools) -> None:
    session = await coached(tools)
    step = await suggested(tools, session, ask_user=True)
    assert (step["mode"], step["decision"]) == ("ask", None)
    assert "this client shows no forms" in step["text"]
    assert "coaching_decide" in step["text"]


async def test_waiting_ends_with_a_decision_from_elsewhere(tools: Tools) -> None:
    session = await coached(tools)
    step = await suggested(tools, session)
    found: list[CallToolResult] = []
    waiting = anyio.Event()

    async def told(progress: float, total: float | None, message: str | None) -> None:
        waiting.set()

    async def wait() -> None:
        arguments = {"session_id": session, "node_id": "tag", "action_type": "git", "parameters": PARAMETERS}
        found.append(
            await tools.client.call_tool("coaching_suggest", arguments | {"wait_seconds": 60}, progress_callback=told)
        )

    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await waiting.wait()
            await tools.call(
                "coaching_decide", session_id=session, suggestion_id=step["suggestion_id"], decision="reject"
            )
    (result,) = found
    assert result.structured_content is not None
    assert result.structured_content["suggestion_id"] == step["suggestion_id"]
    assert result.structured_content["decision"]["decision"] == "reject"
    assert "Do not do it" in text_of(result)


async def test_a_correction_from_elsewhere_is_what_runs(tools: Tools) -> None:
    session = await coached(tools)
    step = await suggested(tools, session)
    found: list[CallToolResult] = []
    waiting = anyio.Event()

    async def told(progress: float, total: float | None, message: str | None) -> None:
        waiting.set()

    async def wait() -> None:
        arguments = {"session_id": session, "node_id": "tag", "action_type": "git", "parameters": PARAMETERS}
        found.append(
            await tools.client.call_tool("coaching_suggest", arguments | {"wait_seconds": 60}, progress_callback=told)
        )

    corrected = PARAMETERS | {"force": "never"}
    decision = {"suggestion_id": step["suggestion_id"], "decision": "correct", "correction": corrected}
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await waiting.wait()
            await tools.call("coaching_decide", session_id=session, **decision)
    (result,) = found
    assert result.structured_content is not None
    assert result.structured_content["parameters"] == corrected
    assert "never" in text_of(result)


async def test_waiting_in_vain_gives_the_suggestion_as_pending(tools: Tools) -> None:
    session = await coached(tools)
    told: list[tuple[float, float | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total))

    result = await tools.client.call_tool(
        "coaching_suggest",
        {"session_id": session, "node_id": "tag", "action_type": "git", "wait_seconds": 0.2},
        progress_callback=note,
    )
    assert result.structured_content is not None
    assert result.structured_content["decision"] is None
    assert told[0][1] == 0.2
    status = await tools.call("coaching_status", session_id=session)
    (waiting,) = status["session"]["pending"]
    assert waiting["suggestion_id"] == result.structured_content["suggestion_id"]


async def test_a_session_is_paused_resumed_and_ended(tools: Tools) -> None:
    session = await coached(tools)
    step = await suggested(tools, session)
    paused = await tools.call("pause_session", session_id=session)
    assert paused["status"] == "paused"
    assert step["suggestion_id"] in paused["text"]
    refused = await tools.refused(
        "coaching_decide", session_id=session, suggestion_id=step["suggestion_id"], decision="accept"
    )
    assert "Resume it first" in refused
    assert "already paused" in await tools.refused("pause_session", session_id=session)
    assert (await tools.call("resume_session", session_id=session))["status"] == "active"
    ended = await tools.call("end_session", session_id=session, outcome="failed", error_message="no network")
    assert (ended["status"], ended["error_message"]) == ("failed", "no network")
    assert ended["completed_at"]
    refused = await tools.refused("resume_session", session_id=session)
    assert "has ended: failed at" in refused


async def test_the_status_tells_of_a_session_a_workflow_or_everything(tools: Tools) -> None:
    session = await coached(tools, steps=3)
    one = await tools.call("coaching_status", session_id=session)
    assert [decision["step_index"] for decision in one["session"]["decisions"]] == [0, 1, 2]
    assert "3. step-2, shell: manual by reported" in one["text"]
    workflow = await tools.call("coaching_status", workflow_id="release")
    assert workflow["workflow"]["level"] == "COACHING"
    assert [criterion["met"] for criterion in workflow["workflow"]["readiness"]["criteria"]] == [False] * 6
    assert "Only a person promotes it" in workflow["text"]
    everything = await tools.call("coaching_status")
    assert [one["session_id"] for one in everything["sessions"]] == [session]
    assert everything["statistics"]["by_status"]["active"] == 1
    assert (await tools.call("coaching_status", status="paused"))["sessions"] == []


async def test_the_tool_forgets_no_correction_of_a_person(tools: Tools) -> None:
    session = await coached(tools)
    step = await suggested(tools, session)
    given = {"session_id": session, "suggestion_id": step["suggestion_id"], "decision": "correct"}
    given |= {"correction": {"tag": "v1.4", "force": False}}
    decide, person = jobs.job("decide"), Actor(PERSON, "form")
    await tools.buddy.services.access.write(lambda cursor: decide(cursor, person, given))
    (item,) = (await tools.call("correction_pack", workflow_id="release", action="show"))["items"]
    forget = {"workflow_id": "release", "action": "forget", "item_id": item["item_id"]}
    assert "session-buddy packs forget" in await tools.refused("correction_pack", **forget)


async def test_a_pack_is_shown_exported_imported_and_forgotten(tools: Tools) -> None:
    session = await coached(tools)
    step = await suggested(tools, session)
    correction = {"tag": "v1.4", "force": False}
    await tools.call(
        "coaching_decide",
        session_id=session,
        suggestion_id=step["suggestion_id"],
        decision="correct",
        correction=correction,
    )
    (item,) = (await tools.call("correction_pack", workflow_id="release", action="show"))["items"]
    pack = (await tools.call("correction_pack", workflow_id="release", action="export"))["pack"]
    assert (
        "1 known before"
        in (await tools.call("correction_pack", workflow_id="release", action="import", pack=pack))["text"]
    )
    gone = await tools.call("correction_pack", workflow_id="release", action="forget", item_id=item["item_id"])
    assert gone["items_left"] == 0
    assert (await suggested(tools, session, parameters=PARAMETERS | {"tag": "v1.5"}))["corrections_applied"] == []
    back = await tools.call("correction_pack", workflow_id="release", action="import", pack=pack)
    assert (back["imported"] + back["updated"], back["waiting"]) == (1, 1)
    assert "1 not applied until a person switches each on" in back["text"]
    assert (await suggested(tools, session, parameters=PARAMETERS | {"tag": "v1.6"}))["parameters"]["force"] is True


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("coaching_start", {"workflow_id": " "}, "must not be blank"),
        ("coaching_start", {"workflow_id": "w", "total_steps": -1}, "total_steps"),
        ("coaching_start", {"workflow_id": "w", "variables": {"x": "y" * 10_000_000}}, "at most 1,048,576"),
        ("coaching_start", {"workflow_id": "w", "metadata": {"x": ["y" * 2_000_000]}}, "at most 1,048,576"),
        ("coaching_suggest", {"node_id": "n", "action_type": "a", "parameters": {"x": "y" * 2_000_000}}, "parameters"),
        ("coaching_suggest", {"node_id": "", "action_type": "a"}, "must not be blank"),
        ("coaching_suggest", {"node_id": "n", "action_type": "a", "wait_seconds": 1e9}, "wait_seconds"),
        ("coaching_decide", {"decision": "correct", "node_id": "n", "action_type": "a"}, "correction is missing"),
        (
            "coaching_decide",
            {"decision": "accept", "node_id": "n", "action_type": "a", "correction": {"x": 1}},
            "goes with the decision correct",
        ),
        ("coaching_decide", {"decision": "maybe", "node_id": "n", "action_type": "a"}, "decision"),
        ("coaching_decide", {"decision": "accept"}, "suggestion_id, or node_id and action_type"),
        ("coaching_decide", {"decision": "accept", "suggestion_id": "nonsense"}, "There is no suggestion"),
        (
            "coaching_decide",
            {"decision": "correct", "node_id": "n", "action_type": "a", "correction": {"x": 1}},
            "nothing to correct",
        ),
        ("end_session", {"outcome": "completed", "error_message": "x"}, "outcome is completed"),
        ("correction_pack", {"workflow_id": "release", "action": "import"}, "pack goes with import"),
        ("correction_pack", {"workflow_id": "release", "action": "show", "item_id": "x"}, "item_id with forget"),
        ("correction_pack", {"workflow_id": "releases", "action": "show"}, "The nearest are release"),
        ("correction_pack", {"workflow_id": "release", "action": "import", "pack": {"a": 1}}, "Nothing was imported"),
        ("coaching_outcome", {"suggestion_id": "../../etc", "execution_success": True}, "There is no suggestion"),
    ],
)
async def test_what_is_wrong_is_said_and_changes_nothing(
    tools: Tools, tool: str, arguments: dict[str, Any], said: str
) -> None:
    session = await coached(tools)
    given = {"session_id": session} if tool in ("coaching_suggest", "coaching_decide", "end_session") else {}
    assert said in await tools.refused(tool, **given, **arguments)


@pytest.mark.parametrize("tool", ["coaching_status", "pause_session", "resume_session", "coaching_suggest"])
async def test_an_unknown_session_names_the_nearest_and_the_resumable_ones(tools: Tools, tool: str) -> None:
    session = await started(tools)
    more = {"node_id": "n", "action_type": "a"} if tool == "coaching_suggest" else {}
    for name in (session[:-1], "../../../etc/passwd"):
        refused = await tools.refused(tool, session_id=name, **more)
        assert f"There is no coaching session '{name}'" in refused
        assert f"Nearest are {session}" in refused
        assert f"Resumable are {session}" in refused


async def test_steps_beyond_the_plan_are_allowed_and_said(tools: Tools) -> None:
    session = await started(tools, total_steps=1)
    for _ in range(2):
        step = await suggested(tools, session)
        decided = await tools.call(
            "coaching_decide", session_id=session, suggestion_id=step["suggestion_id"], decision="manual"
        )
    assert decided["notes"] == ["2 steps of 1 that were planned: it goes on beyond them."]
    assert decided["notes"][0] in decided["text"]


async def test_secrets_are_masked_where_they_are_kept_and_used(tools: Tools) -> None:
    session = await coached(tools)
    token = "ghp_" + "a1B2" * 10
    parameters = {"token": token, "note": "x <private>salary</private> y"}
    step = await suggested(tools, session, parameters=parameters)
    assert step["parameters"] == {"token": "[masked: GitHub token]", "note": "x  y"}
    assert "name of a variable or of a file" in step["text"]
    status = await tools.call("coaching_status", session_id=session)
    (waiting,) = status["session"]["pending"]
    assert waiting["parameters"]["token"] == "[masked: GitHub token]"
    assert "salary" not in str(status)
    again = await suggested(tools, session, parameters=parameters)
    assert again["suggestion_id"] == step["suggestion_id"]
    assert again["parameters"] == step["parameters"]


async def test_private_parts_of_workflow_step_and_action_are_removed(tools: Tools) -> None:
    session = await started(tools, "release<private>Acme</private>")
    await tools.call(
        "coaching_suggest", session_id=session, node_id="tag<private>Acme", action_type="git<private>Acme</private>"
    )
    status = await tools.call("coaching_status", session_id=session)
    assert status["session"]["workflow_id"] == "release"
    (waiting,) = status["session"]["pending"]
    assert (waiting["node_id"], waiting["action_type"]) == ("tag", "git")
    assert "Acme" not in str(status)

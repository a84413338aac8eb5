"""The prompt `coach` knows the whole loop, and brings what is known of the workflow along."""

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import PromptReference

from tests.server.buddy import Tools
from tests.server.names import TOOLS
from tests.server.test_coaching_tools import coached, started, suggested
from tests.server.test_resources import prompted

pytestmark = pytest.mark.anyio


async def test_it_tells_the_whole_loop_with_tools_that_exist(tools: Tools) -> None:
    text = await prompted(tools, "coach", workflow="release", details="1.4")
    assert text.startswith("Carry out the workflow 'release' (1.4) under coaching")
    steps = [
        "coaching_start",
        "coaching_suggest",
        "coaching_decide",
        "coaching_outcome",
        "pause_session",
        "end_session",
    ]
    assert all(step in text and step in TOOLS for step in steps)
    assert "workflow_id 'release'" in text
    assert "It was never coached: it begins at OBSERVATION" in text
    for mode in ("observe", "ask", "auto"):
        assert f"- {mode}: " in text


async def test_it_brings_the_level_the_names_of_steps_and_what_was_learned(tools: Tools) -> None:
    session = await coached(tools)
    step = await suggested(tools, session)
    await tools.call(
        "coaching_decide",
        session_id=session,
        suggestion_id=step["suggestion_id"],
        decision="correct",
        correction={"tag": "v1.4", "force": False},
    )
    await tools.call("end_session", session_id=session, outcome="completed")
    text = await prompted(tools, "coach", workflow="release")
    assert "Level COACHING; not ready for AUTO" in text
    assert "use the same names for the same steps: tag (git)." in text
    assert "Corrections learned: 1" in text
    assert "Call coaching_start" in text


async def test_it_offers_to_go_on_with_what_was_left(tools: Tools) -> None:
    session = await started(tools)
    await tools.call("pause_session", session_id=session)
    text = await prompted(tools, "coach", workflow="release")
    assert f"go on with {session} (paused, 0 steps decided" in text
    assert "resume_session" in text


async def test_a_name_that_is_none_is_refused_and_one_with_markup_stays_on_its_line(tools: Tools) -> None:
    for name in ("  ", "x" * 10_000):
        with pytest.raises(MCPError, match="workflow must be a short name"):
            await prompted(tools, "coach", workflow=name)
    text = await prompted(tools, "coach", workflow="a\nb", details="one\n\ntwo {x}")
    assert text.startswith("Carry out the workflow 'a b' (one two {x}) under")


async def test_the_names_of_workflows_are_completed(tools: Tools) -> None:
    for name in ("release", "prerelease", "triage"):
        await started(tools, name)
    found = await tools.client.complete(PromptReference(name="coach"), {"name": "workflow", "value": "LEASE"})
    assert found.completion.values == ["prerelease", "release"]

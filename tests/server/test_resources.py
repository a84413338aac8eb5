"""Reports as resources, prompts that bring what is known along, and completions, in both eras."""

from urllib.parse import quote

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import PromptReference, ResourceTemplateReference, TextContent, TextResourceContents

from tests.server.buddy import CONNECTION_SESSION, Tools

pytestmark = pytest.mark.anyio

ODD = "a/../skill ✓?#%"


async def read(tools: Tools, uri: str) -> str:
    (content,) = (await tools.client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content.text


async def prompted(tools: Tools, name: str, **arguments: str) -> str:
    (message,) = (await tools.client.get_prompt(name, arguments)).messages
    assert isinstance(message.content, TextContent)
    return message.content.text


async def test_the_resources_are_listed_in_a_fixed_order_with_what_they_are(tools: Tools) -> None:
    listed = (await tools.client.list_resources()).resources
    assert [str(one.uri) for one in listed] == [
        "buddy://report",
        "buddy://heatmap",
        "buddy://metrics",
        "buddy://changes",
    ]
    templates = (await tools.client.list_resource_templates()).resource_templates
    assert [one.uri_template for one in templates] == ["buddy://skill/{skill_name}", "buddy://session/{session_id}"]
    assert all(one.description and one.title for one in listed)
    assert all(one.description and one.title for one in templates)


async def test_resources_read_as_the_tools_answer(tools: Tools) -> None:
    await tools.used("debugging", "why?", "build")
    assert await read(tools, "buddy://report") == (await tools.call("workflow_report"))["report"]
    assert await read(tools, "buddy://metrics") == (await tools.call("skill_metrics"))["text"]
    skill = (await tools.call("skill_metrics", skill_name="debugging"))["text"]
    assert await read(tools, "buddy://skill/debugging") == skill
    assert "debugging" in await read(tools, f"buddy://session/{CONNECTION_SESSION}")
    assert "debugging" in await read(tools, "buddy://heatmap")
    assert "too little data" in await read(tools, "buddy://changes")


async def test_any_name_can_be_read_when_it_is_quoted(tools: Tools) -> None:
    await tools.used(ODD, "?")
    assert ODD in await read(tools, f"buddy://skill/{quote(ODD, safe='')}")


async def test_an_unknown_name_is_refused_with_the_nearest(tools: Tools) -> None:
    await tools.used("debugging", "?")
    with pytest.raises(MCPError, match="There is no skill 'debuging'"):
        await read(tools, "buddy://skill/debuging")
    with pytest.raises(MCPError, match="There is no session"):
        await read(tools, "buddy://session/nowhere")


async def test_names_are_completed_by_any_part_of_them_the_most_used_first(tools: Tools) -> None:
    for name in ("Debugging", "debug-tests", "planning", "debug-tests"):
        await tools.used(name, "?")
    ref = ResourceTemplateReference(uri="buddy://skill/{skill_name}")
    found = (await tools.client.complete(ref, {"name": "skill_name", "value": "debug"})).completion
    assert (found.values, found.total) == (["debug-tests", "Debugging"], 2)
    prompt = PromptReference(name="review-session")
    found = (await tools.client.complete(prompt, {"name": "session_id", "value": ""})).completion
    assert found.values == [CONNECTION_SESSION]
    found = (
        await tools.client.complete(PromptReference(name="which-skill"), {"name": "problem", "value": "x"})
    ).completion
    assert found.values == []


async def test_the_prompt_for_a_problem_brings_the_recommendations_along(tools: Tools) -> None:
    await tools.used("debugging", "the tests fail on the server")
    text = await prompted(tools, "which-skill", problem="tests fail on the server again")
    assert "tests fail on the server again" in text
    assert "1. debugging" in text
    with pytest.raises(MCPError, match="must not be blank"):
        await prompted(tools, "which-skill", problem="  ")


async def test_the_prompt_for_a_review_brings_the_session_along(tools: Tools) -> None:
    assert "no skill was tracked" in await prompted(tools, "review-session")
    await tools.used("debugging", "why?", "build", error_type="TestFailure")
    text = await prompted(tools, "review-session")
    assert "1 failed" in text
    assert "Workflow Correlation Report" in text
    with pytest.raises(MCPError, match="There is no session 'nowhere'"):
        await prompted(tools, "review-session", session_id="nowhere")

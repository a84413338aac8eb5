"""What an assistant is told before its first call: the tools, their schemas, the instructions."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.server.buddy import Tools
from tests.server.names import TOOLS

pytestmark = pytest.mark.anyio

LISTING, LISTING_WITHOUT_OUTPUT, DESCRIPTION, INSTRUCTIONS = 24_000, 11_000, 1_000, 2_048
ARGUMENTS = {
    "track_skill": {
        "skill_name",
        "user_query",
        "workflow_path",
        "workflow_phase",
        "alternatives_considered",
        "selection_rank",
        "session_id",
    },
    "complete_skill": {"invocation_id", "completed", "follow_up_actions", "error_type", "duration_seconds"},
    "recommend_skills": {
        "user_query",
        "limit",
        "min_similarity",
        "session_id",
        "workflow_phase",
        "phase_weight",
    },
    "skill_metrics": {"skill_name", "session_id", "limit", "offset"},
    "workflow_report": {"session_id", "format", "page"},
    "coaching_start": {"workflow_id", "execution_id", "total_steps", "variables", "metadata"},
    "coaching_suggest": {"session_id", "node_id", "action_type", "parameters", "ask_user", "wait_seconds"},
    "coaching_decide": {
        "session_id",
        "decision",
        "suggestion_id",
        "node_id",
        "action_type",
        "correction",
        "feedback",
        "execution_success",
    },
    "coaching_outcome": {"suggestion_id", "execution_success", "error_message"},
    "coaching_status": {"session_id", "workflow_id", "status", "limit"},
    "pause_session": {"session_id"},
    "resume_session": {"session_id"},
    "end_session": {"session_id", "outcome", "error_message"},
    "correction_pack": {"workflow_id", "action", "pack", "item_id"},
}
REQUIRED = {
    "track_skill": ["skill_name"],
    "complete_skill": ["invocation_id"],
    "recommend_skills": ["user_query"],
    "coaching_start": ["workflow_id"],
    "coaching_suggest": ["session_id", "node_id", "action_type"],
    "coaching_decide": ["session_id", "decision"],
    "coaching_outcome": ["suggestion_id", "execution_success"],
    "pause_session": ["session_id"],
    "resume_session": ["session_id"],
    "end_session": ["session_id", "outcome"],
    "correction_pack": ["workflow_id", "action"],
}


async def _listed(tools: Tools) -> list[dict[str, Any]]:
    """The tools as they go over the wire."""
    found = (await tools.client.list_tools()).tools
    return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in found]


def _schemas(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema, and itself."""
    if isinstance(value, dict):
        yield value
        for key, part in value.items():
            parts = part.values() if key in ("properties", "$defs") else [part]
            for one in parts:
                yield from _schemas(one)
    elif isinstance(value, list):
        for one in value:
            yield from _schemas(one)


def _length(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False))


async def test_the_tools_are_those_of_the_contract_in_a_fixed_order(tools: Tools) -> None:
    assert [tool["name"] for tool in await _listed(tools)] == TOOLS
    assert await _listed(tools) == await _listed(tools)


async def test_the_arguments_are_those_of_the_contract(tools: Tools) -> None:
    for tool in await _listed(tools):
        schema = tool["inputSchema"]
        assert schema["properties"].keys() == ARGUMENTS[tool["name"]]
        assert schema.get("required", []) == REQUIRED.get(tool["name"], [])


async def test_the_schemas_say_what_is_allowed(tools: Tools) -> None:
    schemas = {tool["name"]: tool["inputSchema"]["properties"] for tool in await _listed(tools)}
    track, complete, recommend, metrics, report = (schemas[name] for name in TOOLS[:5])
    assert schemas["coaching_decide"]["decision"]["enum"] == ["accept", "reject", "correct", "manual", "skip"]
    assert schemas["end_session"]["outcome"]["enum"] == ["completed", "failed", "abandoned"]
    assert schemas["coaching_suggest"]["wait_seconds"]["maximum"] == 3_600
    assert (metrics["limit"]["minimum"], metrics["limit"]["maximum"]) == (1, 500)
    assert report["format"]["enum"] == ["text", "json"]
    assert track["selection_rank"]["type"] == "integer"
    assert track["selection_rank"]["minimum"] == 1
    assert track["alternatives_considered"]["type"] == "array"
    assert complete["completed"]["type"] == "boolean"
    assert complete["follow_up_actions"]["type"] == "array"
    assert complete["duration_seconds"]["minimum"] == 0
    assert recommend["limit"]["default"] == 5
    assert recommend["min_similarity"]["default"] == 0.0
    assert recommend["phase_weight"]["default"] == 0.3
    assert (recommend["phase_weight"]["minimum"], recommend["phase_weight"]["maximum"]) == (0, 1)


async def test_an_argument_that_is_not_known_is_not_allowed_by_the_schema(tools: Tools) -> None:
    assert all(tool["inputSchema"]["additionalProperties"] is False for tool in await _listed(tools))


async def test_every_schema_is_a_schema_with_an_object_at_its_root(tools: Tools) -> None:
    for tool in await _listed(tools):
        for schema in (tool["inputSchema"], tool["outputSchema"]):
            Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"


async def test_the_schemas_carry_no_ballast(tools: Tools) -> None:
    for tool in await _listed(tools):
        for schema in [*_schemas(tool["inputSchema"]), *_schemas(tool["outputSchema"])]:
            assert "title" not in schema
            assert schema.get("default", 0) is not None
        for schema in _schemas(tool["inputSchema"]):
            assert "anyOf" not in schema, "an optional argument is one that may be left out"


async def test_what_is_listed_stays_small(tools: Tools) -> None:
    listed = await _listed(tools)
    assert _length(listed) < LISTING
    for tool in listed:
        del tool["outputSchema"]
    assert _length(listed) < LISTING_WITHOUT_OUTPUT


async def test_every_tool_says_in_few_words_what_it_is_for(tools: Tools) -> None:
    for tool in await _listed(tools):
        assert 50 < len(tool["description"]) < DESCRIPTION
        assert tool["title"]


async def test_annotations_say_what_a_tool_does_to_the_store(tools: Tools) -> None:
    listed = {tool["name"]: tool["annotations"] for tool in await _listed(tools)}
    writing = {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False, "openWorldHint": False}
    assert listed["track_skill"] == writing
    assert listed["complete_skill"] == writing
    assert listed["coaching_decide"] == writing
    assert listed["pause_session"] == writing | {"idempotentHint": True}
    assert listed["correction_pack"]["destructiveHint"] is True
    for name in ("recommend_skills", "skill_metrics", "workflow_report", "coaching_status"):
        assert listed[name]["readOnlyHint"] is True
        assert listed[name]["openWorldHint"] is False


async def test_the_instructions_name_every_tool_and_fit_where_they_are_cut(tools: Tools) -> None:
    instructions = tools.client.instructions
    assert instructions
    assert len(instructions.encode()) < INSTRUCTIONS
    assert all(name in instructions for name in TOOLS)


async def test_the_server_gives_its_name_and_version(tools: Tools) -> None:
    from session_buddy import __version__

    info = tools.client.server_info
    assert info is not None
    assert (info.name, info.version) == ("session-buddy", __version__)

"""Whatever a model sends, it gets an answer of the tool; and a refusal stores nothing."""

from collections.abc import Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.server.buddy import MODES, Tools, serving, speaking, text_of

OPEN = "the id of an open invocation"
ACTIVE = "the id of an active coaching session"
WORKFLOW = "release"
NEVER = ("Traceback", "errors.pydantic.dev", "Error executing tool")
LONGEST_TEXT = 3_000

characters = st.characters(exclude_categories=())  # control characters and lone surrogates too
text = st.one_of(
    st.text(characters, max_size=20),
    st.text(max_size=20).map(lambda inner: f"<private>{inner}</private> {inner}"),
    st.builds(lambda one, times: one * times, characters, st.integers(1, 100_000)),
    st.sampled_from(["null", "true", "{}", "[]", '{"a": 1}', '["x"]', "12", "\0", "a\x00b", " ", "\ud800", "'; --"]),
)
number = st.one_of(
    st.integers(-2, 60),
    st.integers(),
    st.floats(),
    st.sampled_from([10**400, -(10**400), 2**63, 2**64, -0.0, 5e-324, 1e308]),
)
scalar = st.one_of(st.none(), st.booleans(), number, text)
key = st.text(max_size=20)
junk = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(key, inner, max_size=4), max_leaves=8
)
skill = st.text("abcdefgh -_é", min_size=1, max_size=20)
texts = st.lists(text, max_size=5)
jsons = st.dictionaries(key, junk, max_size=4)
VALID: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "track_skill": {
        "skill_name": skill | text,
        "user_query": text,
        "workflow_path": text,
        "workflow_phase": text,
        "alternatives_considered": texts,
        "selection_rank": number,
        "session_id": text,
    },
    "complete_skill": {
        "invocation_id": st.just(OPEN) | st.uuids().map(str),
        "completed": st.booleans(),
        "follow_up_actions": texts,
        "error_type": text,
        "duration_seconds": number,
    },
    "recommend_skills": {
        "user_query": text,
        "limit": number,
        "min_similarity": number,
        "session_id": text,
        "workflow_phase": text,
        "phase_weight": number,
    },
    "skill_metrics": {"skill_name": skill | text, "session_id": text, "limit": number, "offset": number},
    "workflow_report": {"session_id": text, "format": st.sampled_from(["text", "json", "xml"]), "page": number},
    "coaching_start": {
        "workflow_id": skill | text,
        "execution_id": text,
        "total_steps": number,
        "variables": jsons,
        "metadata": jsons,
    },
    "coaching_suggest": {
        "session_id": st.just(ACTIVE) | text,
        "node_id": skill | text,
        "action_type": skill | text,
        "parameters": jsons,
        "ask_user": st.booleans(),
    },
    "coaching_decide": {
        "session_id": st.just(ACTIVE) | text,
        "decision": st.sampled_from(["accept", "reject", "correct", "manual", "skip", "maybe"]),
        "suggestion_id": text,
        "node_id": skill,
        "action_type": skill,
        "correction": jsons,
        "feedback": text,
        "execution_success": st.booleans(),
    },
    "coaching_outcome": {
        "suggestion_id": text | st.uuids().map(str),
        "execution_success": st.booleans(),
        "error_message": text,
    },
    "coaching_status": {"session_id": st.just(ACTIVE) | text, "workflow_id": text, "status": text, "limit": number},
    "pause_session": {"session_id": st.just(ACTIVE) | text},
    "resume_session": {"session_id": st.just(ACTIVE) | text},
    "end_session": {
        "session_id": st.just(ACTIVE) | text,
        "outcome": st.sampled_from(["completed", "failed", "abandoned", "won"]),
        "error_message": text,
    },
    "correction_pack": {
        "workflow_id": st.just(WORKFLOW) | text,
        "action": st.sampled_from(["show", "export", "import", "forget", "burn"]),
        "pack": jsons,
        "item_id": text,
    },
}


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A tool and arguments for it: some as they should be, some not, some missing, some too many."""
    tool = draw(st.sampled_from(list(VALID)))
    usual = st.fixed_dictionaries({}, optional=VALID[tool])
    required = next(iter(VALID[tool]))
    arguments = draw(usual) | (draw(st.fixed_dictionaries({required: VALID[tool][required]})))
    for name in draw(st.lists(st.sampled_from(list(VALID[tool])) | key, max_size=2)):
        arguments[name] = draw(junk)
    for name in draw(st.lists(st.sampled_from(list(VALID[tool])), max_size=1)):
        arguments.pop(name, None)
    return tool, arguments


class Rig:
    """Tools of both eras on one store, called from outside of their event loop."""

    def __init__(self, portal: BlockingPortal, eras: dict[str, Tools]) -> None:
        self._portal = portal
        self._eras = eras

    def check(self, mode: str, tool: str, arguments: dict[str, Any]) -> None:
        self._portal.call(self._check, self._eras[mode], tool, arguments)

    async def _check(self, tools: Tools, tool: str, arguments: dict[str, Any]) -> None:
        if arguments.get("invocation_id") == OPEN:
            arguments = arguments | {"invocation_id": await tools.track()}
        if arguments.get("session_id") == ACTIVE:
            started = await tools.call("coaching_start", workflow_id=WORKFLOW)
            arguments = arguments | {"session_id": started["session_id"]}
        before = await tools.buddy.digest()
        result = await tools.raw(tool, arguments)
        answer = text_of(result)
        assert answer
        assert not any(word in answer for word in NEVER), answer
        if result.is_error:
            assert len(answer) < LONGEST_TEXT
            assert any(word in answer for word in ("stored", "not changed", "Nothing was")), answer
            assert await tools.buddy.digest() == before


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    @asynccontextmanager
    async def eras() -> Any:
        async with AsyncExitStack() as stack:
            buddy = await stack.enter_async_context(serving(tmp_path_factory.mktemp("any"), "off"))
            yield {mode: await stack.enter_async_context(speaking(buddy, mode)) for mode in MODES}

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(eras()) as opened:
        yield Rig(portal, opened)


@pytest.mark.slow
@given(call=calls(), mode=st.sampled_from(MODES))
@example(call=("track_skill", {"skill_name": "x", "selection_rank": 10**400}), mode="legacy")
@example(call=("track_skill", {"skill_name": "x", "session_id": "a\0b"}), mode="legacy")
@example(call=("track_skill", {"skill_name": "x", "user_query": "\ud800"}), mode="auto")
@example(call=("complete_skill", {"invocation_id": OPEN, "duration_seconds": 10**400}), mode="auto")
@example(call=("complete_skill", {"invocation_id": OPEN, "duration_seconds": 5e-324}), mode="auto")
@example(call=("recommend_skills", {"user_query": "\0"}), mode="auto")
@example(call=("recommend_skills", {"user_query": "<private>all of it</private>"}), mode="legacy")
@example(call=("recommend_skills", {"user_query": "x", "min_similarity": float("nan")}), mode="auto")
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_arguments_get_an_answer_and_a_refusal_stores_nothing(
    rig: Rig, call: tuple[str, dict[str, Any]], mode: str
) -> None:
    rig.check(mode, *call)

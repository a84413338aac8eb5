"""The tools that look back."""

import json

import pytest

from tests.server.buddy import CONNECTION_SESSION, Tools

pytestmark = pytest.mark.anyio


async def fill(tools: Tools) -> None:
    """Three uses of two skills in two phases of one session, and an open one in another."""
    await tools.used("planning", "where to begin?", "plan", duration_seconds=60)
    await tools.used("debugging", "why?", "build", duration_seconds=30, follow_up_actions=["commit"])
    await tools.used("debugging", "why not?", "build", error_type="TestFailure", duration_seconds=90)
    await tools.track("debugging", session_id="another", workflow_path="TDD")


async def test_metrics_of_everything_tell_totals_and_skills(tools: Tools) -> None:
    await fill(tools)
    found = await tools.call("skill_metrics")
    total = found["summary"]
    assert found["scope"] == "all"
    assert (total["total_invocations"], total["completed_invocations"], total["failed_invocations"]) == (4, 2, 1)
    assert (total["abandoned_invocations"], total["open_invocations"], total["total_sessions"]) == (0, 1, 2)
    assert total["completion_rate"] == pytest.approx(200 / 3)
    assert [(one["skill_name"], one["total_invocations"]) for one in found["skills"]] == [
        ("debugging", 3),
        ("planning", 1),
    ]
    assert "debugging" in found["text"]
    assert "67 %" in found["text"]


async def test_metrics_of_a_skill_tell_everything_about_it(tools: Tools) -> None:
    await fill(tools)
    one = (await tools.call("skill_metrics", skill_name="debugging"))["skill"]
    assert (one["completion_rate"], one["open_invocations"]) == (50, 1)
    assert (one["avg_duration_seconds"], one["median_duration_seconds"], one["p95_duration_seconds"]) == (30, 30, 30)
    assert one["common_errors"] == {"TestFailure": 1}
    assert one["follow_up_actions"] == {"commit": 1}
    assert one["workflow_paths"] == {"TDD": 1}
    assert [week["invocations"] for week in one["trend"]] == [0, 0, 0, 3]


async def test_metrics_of_a_skill_within_a_session_count_only_that_session(tools: Tools) -> None:
    await fill(tools)
    found = await tools.call("skill_metrics", skill_name="debugging", session_id="another")
    assert (found["skill"]["total_invocations"], found["skill"]["open_invocations"]) == (1, 1)


async def test_ones_own_session_has_the_same_shape_while_it_is_empty(tools: Tools) -> None:
    empty = (await tools.call("skill_metrics", session_id=CONNECTION_SESSION))["session"]
    assert (empty["total_invocations"], empty["total_duration_seconds"], empty["skills_by_count"]) == (0, 0, {})
    await fill(tools)
    full = (await tools.call("skill_metrics", session_id=CONNECTION_SESSION))["session"]
    assert list(full) == list(empty)
    assert (full["total_invocations"], full["total_skills_used"], full["total_duration_seconds"]) == (3, 2, 180)
    assert full["skills_by_count"] == {"debugging": 2, "planning": 1}


async def test_an_unknown_skill_or_session_is_refused_with_the_three_nearest(tools: Tools) -> None:
    for name in ("debugging", "debug", "planning", "writing"):
        await tools.used(name, "?")
    text = await tools.refused("skill_metrics", skill_name="debuging")
    assert text.startswith("There is no skill 'debuging'. The nearest known ones are debugging, debug, writing.")
    for tool in ("skill_metrics", "workflow_report"):
        text = await tools.refused(tool, session_id="nowhere")
        assert text.startswith("There is no session 'nowhere'. The nearest known ones are ")
        assert CONNECTION_SESSION in text


async def test_in_an_empty_store_nothing_is_known_and_that_is_said(tools: Tools) -> None:
    assert "No skill is known yet" in await tools.refused("skill_metrics", skill_name="debugging")
    assert (await tools.call("skill_metrics"))["text"].endswith("Nothing has been tracked yet.")
    assert (await tools.call("workflow_report"))["report"].endswith("Nothing has been tracked yet.")


async def test_the_report_holds_its_sections_and_the_figures_behind_them(tools: Tools) -> None:
    await fill(tools)
    found = await tools.call("workflow_report")
    for heading in (
        "Workflow Correlation Report",
        "Skill Effectiveness by Workflow Phase",
        "Workflow Bottlenecks",
        "Workflow Phase Transitions",
        "Recommendations by Phase",
        "Skill Usage Heatmap by Workflow Phase",
        "Legend",
    ):
        assert heading in found["report"]
    assert found["text"] == found["report"]
    assert [one["phase"] for one in found["effectiveness"]] == ["build", "plan"]
    assert found["without_phase"] == 1
    assert found["transitions"][0]["most_used_skill"] == "debugging"
    assert (found["transitions"][0]["from_phase"], found["transitions"][0]["to_phase"]) == ("plan", "build")
    assert found["self_transitions"][0]["count"] == 1


async def test_the_report_of_a_session_counts_only_that_session(tools: Tools) -> None:
    await fill(tools)
    found = await tools.call("workflow_report", session_id="another")
    assert (found["session_id"], found["total_invocations"], found["effectiveness"]) == ("another", 1, [])


async def test_as_json_the_text_is_the_figures_and_long_lists_come_in_pages(tools: Tools) -> None:
    for number in range(25):
        await tools.used("planning", "?", f"phase {number:02}")
    first = await tools.call("workflow_report", format="json")
    figures = json.loads(first["text"])
    assert figures == {key: value for key, value in first.items() if key not in ("text", "report")}
    assert (first["totals"]["effectiveness"], first["pages"], len(first["effectiveness"])) == (25, 2, 20)
    second = await tools.call("workflow_report", format="json", page=2)
    phases = [one["phase"] for one in [*first["effectiveness"], *second["effectiveness"]]]
    assert phases == [f"phase {number:02}" for number in range(25)]
    assert len(first["heatmap"]["cells"] + second["heatmap"]["cells"]) == 25
    assert (await tools.call("workflow_report", page=3))["effectiveness"] == []


async def test_what_is_not_allowed_is_refused(tools: Tools) -> None:
    assert "page" in await tools.refused("workflow_report", page=0)
    assert "format" in await tools.refused("workflow_report", format="xml")
    assert "limit" in await tools.refused("skill_metrics", limit=501)
    assert "Unknown argument 'phase'" in await tools.refused("skill_metrics", phase="plan")

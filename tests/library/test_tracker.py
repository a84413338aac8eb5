"""The library, through a real hub."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from session_buddy import SkillsTracker, get_session_tracker
from session_buddy.errors import BuddyError
from tests.system.processes import Place, Window, eventually, exported

pytestmark = pytest.mark.slow


def test_a_use_is_tracked_with_everything_that_is_told(tracker: SkillsTracker) -> None:
    end = tracker.track_invocation(
        "debugging",
        workflow_path="TDD",
        user_query="why?",
        alternatives_considered=["planning"],
        selection_rank=2,
        workflow_phase="verify",
    )
    (begun,) = tracker.get_session_skills()
    assert (begun.invocation_id, begun.completed, begun.duration_seconds) == (end.invocation_id, None, None)
    end(completed=True, follow_up_actions=["commit"])
    (one,) = tracker.get_session_skills()
    assert (one.skill_name, one.workflow_path, one.user_query, one.workflow_phase) == (
        "debugging", "TDD", "why?", "verify"
    )  # fmt: skip
    assert (one.alternatives_considered, one.selection_rank, one.session_id) == (["planning"], 2, "monday")
    assert (one.completed, one.follow_up_actions, one.error_type) == (True, ["commit"], None)
    assert one.duration_seconds is not None
    assert one.duration_seconds >= 0


def test_only_the_first_end_counts(tracker: SkillsTracker, here: Place) -> None:
    end = tracker.track_invocation("debugging")
    end(error_type="TestFailure")
    before = exported(here)
    end(completed=True)
    end(completed=False, follow_up_actions=["x"])
    assert exported(here) == before
    assert (before[0]["completed"], before[0]["error_type"]) == (False, "TestFailure")


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [({}, "completed"), ({"completed": False}, "abandoned"), ({"error_type": "Timeout"}, "failed")],
)
def test_the_ways_to_end(tracker: SkillsTracker, ending: dict[str, object], outcome: str) -> None:
    tracker.track_invocation("debugging")(**ending)  # type: ignore[arg-type]
    assert tracker.get_session_summary()[f"{outcome}_invocations"] == 1


def test_completed_together_with_an_error_is_refused_and_may_be_told_again(tracker: SkillsTracker) -> None:
    end = tracker.track_invocation("debugging")
    with pytest.raises(BuddyError, match="completed cannot be true together with an error_type"):
        end(completed=True, error_type="Timeout")
    assert tracker.get_session_summary()["open_invocations"] == 1
    end(error_type="Timeout")
    assert tracker.get_session_summary()["failed_invocations"] == 1


def test_a_summary_has_the_same_shape_whether_or_not_anything_happened(tracker: SkillsTracker) -> None:
    empty = tracker.get_session_summary()
    assert {
        "session_id", "total_skills_used", "total_invocations", "completed_invocations", "abandoned_invocations",
        "total_duration_seconds", "skills_by_count",
    } <= empty.keys()  # fmt: skip
    assert (empty["session_id"], empty["total_invocations"], empty["skills_by_count"]) == ("monday", 0, {})
    for skill in ("debugging", "planning", "debugging"):
        tracker.track_invocation(skill)()
    full = tracker.get_session_summary()
    assert list(full) == list(empty)
    assert (full["total_skills_used"], full["completed_invocations"]) == (2, 3)
    assert full["skills_by_count"] == {"debugging": 2, "planning": 1}


def test_totals_over_all_sessions(tracker: SkillsTracker, store: Path) -> None:
    empty = tracker.get_summary()
    assert (empty["overall_completion_rate"], empty["avg_duration_seconds"], empty["most_used_skill"]) == (0, 0, None)
    tracker.track_invocation("debugging")()
    with SkillsTracker("tuesday", store=store) as other:
        other.track_invocation("debugging")(completed=False)
        other.track_invocation("planning")()
    found = tracker.get_summary()
    assert (found["total_skills"], found["total_invocations"]) == (2, 3)
    assert found["overall_completion_rate"] == pytest.approx(200 / 3)
    assert (found["most_used_skill"], found["most_used_count"]) == ("debugging", 2)
    assert found["skills_by_usage"] == [("debugging", 2), ("planning", 1)]


def test_metrics_of_one_skill_and_of_all(tracker: SkillsTracker) -> None:
    tracker.track_invocation("debugging", workflow_path="TDD", selection_rank=1)(follow_up_actions=["commit"])
    tracker.track_invocation("debugging", selection_rank=2)(error_type="Timeout")
    tracker.track_invocation("debugging")(completed=False)
    tracker.track_invocation("planning")
    one = tracker.get_skill_metrics("debugging")
    assert (one.total_invocations, one.completed_invocations, one.abandoned_invocations) == (3, 1, 1)
    assert one.failed_invocations == 1
    assert one.completion_rate() == pytest.approx(100 / 3)
    assert (one.workflow_paths, one.common_errors) == ({"TDD": 1}, {"Timeout": 1})
    assert (one.avg_selection_rank, one.recommendation_success_rate) == (1.5, 100)
    assert one.first_invoked is not None
    assert one.first_invoked < (one.last_invoked or "")
    assert [metrics.skill_name for metrics in tracker.get_all_metrics()] == ["debugging", "planning"]
    with pytest.raises(BuddyError, match="There is no skill 'debuging'"):
        tracker.get_skill_metrics("debuging")


def test_recommendations_are_flat_rows(tracker: SkillsTracker) -> None:
    end = tracker.track_invocation("debugging", user_query="the tests fail on the server", workflow_phase="verify")
    end()
    (one,) = tracker.recommend_skills("tests fail on the server again")
    assert list(one) == [
        "skill_name", "similarity_score", "score", "reason", "invocation_id", "user_query", "completed",
        "duration_seconds", "session_id", "invoked_at",
    ]  # fmt: skip
    assert (one["skill_name"], one["invocation_id"], one["completed"]) == ("debugging", end.invocation_id, True)
    (one,) = tracker.recommend_skills("tests fail on the server again", workflow_phase="verify")
    assert one["workflow_phase"] == "verify"


def test_what_is_recommended_to_a_session_and_used_next_was_chosen(tracker: SkillsTracker) -> None:
    tracker.track_invocation("debugging", user_query="the tests fail")()
    tracker.recommend_skills("tests fail again")

    def ranked() -> bool:
        tracker.track_invocation("debugging", user_query="tests fail again")()
        return tracker.get_skill_metrics("debugging").avg_selection_rank == 1

    eventually(ranked)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"user_query": " "}, "user_query"),
        ({"user_query": "x", "limit": 0}, "limit is 0"),
        ({"user_query": "x", "min_similarity": 1.5}, "min_similarity is 1.5"),
        ({"user_query": "x", "phase_weight": -1}, "phase_weight is -1"),
    ],
)
def test_what_cannot_be_asked_is_refused(tracker: SkillsTracker, arguments: dict[str, object], problem: str) -> None:
    with pytest.raises(BuddyError, match=problem):
        tracker.recommend_skills(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"skill_name": " "}, "skill_name must not be blank"),
        ({"skill_name": "x" * 300}, "skill_name .*256"),
        ({"skill_name": "x", "selection_rank": 0}, "selection_rank .*1"),
        ({"skill_name": "x", "alternatives_considered": "y"}, "alternatives_considered"),
    ],
)
def test_what_cannot_be_tracked_is_refused_and_nothing_is_stored(
    tracker: SkillsTracker, arguments: dict[str, object], problem: str
) -> None:
    with pytest.raises(BuddyError, match=problem):
        tracker.track_invocation(**arguments)  # type: ignore[arg-type]
    assert tracker.get_session_skills() == []


def test_a_session_without_a_name_is_refused(here: Place) -> None:
    with pytest.raises(BuddyError, match="session_id must not be blank"):
        SkillsTracker(" ")


def test_the_reports_are_texts_with_their_headings(tracker: SkillsTracker) -> None:
    assert tracker.generate_report().startswith("Skills Metrics Report")
    for number in range(3):
        end = tracker.track_invocation("debugging", workflow_phase="verify", workflow_path="TDD")
        end(follow_up_actions=["commit"] if number else None)
    tracker.track_invocation("planning", workflow_phase="plan")()
    report = tracker.generate_report()
    for said in ("Skills Metrics Report", "debugging", "3, 100 % completed", "TDD (3)", "commit", "Common follow-ups"):
        assert said in report
    report = tracker.generate_workflow_report()
    for heading in ("Workflow Correlation Report", "Skill Effectiveness by Workflow Phase", "Recommendations by Phase"):
        assert heading in report
    heatmap = tracker.generate_phase_heatmap(session_id="monday")
    assert "Skill Usage Heatmap by Workflow Phase" in heatmap
    assert "Legend" in heatmap
    with pytest.raises(BuddyError, match="There is no session 'nowhere'"):
        tracker.generate_workflow_report("nowhere")


def test_metrics_are_exported_as_json(tracker: SkillsTracker, tmp_path: Path) -> None:
    tracker.track_invocation("debugging", user_query="why?")()
    path = tmp_path / "metrics.json"
    assert tracker.export_metrics(path) == str(path)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert list(found) == ["summary", "skills", "invocations", "exported_at"]
    assert found["summary"]["total_invocations"] == 1
    assert found["skills"][0]["completion_rate"] == 100
    assert found["invocations"][0]["user_query"] == "why?"
    with pytest.raises(BuddyError, match="cannot be written"):
        tracker.export_metrics(tmp_path / "missing" / "metrics.json")
    with pytest.raises(BuddyError, match="cannot be written"):
        tracker.export_metrics(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir() if "metrics" in one.name) == ["metrics.json"]


def test_it_works_while_an_assistant_has_the_store_open(tracker: SkillsTracker, here: Place) -> None:
    with Window(here) as window:
        window.initialize()
        window.track("planning")
        tracker.track_invocation("debugging")()
        assert {one.skill_name for one in tracker.get_all_metrics()} == {"debugging", "planning"}


def test_a_hub_that_dies_between_beginning_and_end_loses_nothing(tracker: SkillsTracker, here: Place) -> None:
    end = tracker.track_invocation("debugging")
    os.kill(here.hub_pid(), signal.SIGKILL)
    end()
    (one,) = tracker.get_session_skills()
    assert one.completed is True


def test_threads_share_a_tracker_and_every_use_is_stored(tracker: SkillsTracker) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: tracker.track_invocation(f"skill-{number % 3}")(), range(48)))
    assert tracker.get_session_summary()["completed_invocations"] == 48


def test_a_forked_process_has_a_connection_of_its_own(tracker: SkillsTracker, here: Place) -> None:
    program = (
        "import os, sys\n"
        "from session_buddy import SkillsTracker\n"
        "tracker = SkillsTracker('forked', store=sys.argv[1])\n"
        "tracker.track_invocation('parent')()\n"
        "if child := os.fork():\n"
        "    tracker.track_invocation('parent')()\n"
        "    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "tracker.track_invocation('child')()\n"
        "os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(here.store)], env=here.environment, timeout=60, check=False
    )
    assert done.returncode == 0
    with SkillsTracker("forked", store=here.store) as other:
        assert other.get_session_summary()["skills_by_count"] == {"parent": 2, "child": 1}


def test_a_process_has_one_tracker_for_a_session_and_a_store(here: Place, store: Path) -> None:
    one = get_session_tracker("monday", store=store)
    assert get_session_tracker("monday", store=str(store)) is one
    assert get_session_tracker("tuesday", store=store) is not one
    assert get_session_tracker(store=store) is get_session_tracker(store=store)
    for tracker in (one, get_session_tracker("tuesday", store=store), get_session_tracker(store=store)):
        tracker.close()

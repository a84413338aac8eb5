"""The data classes of the library."""

import json

import pytest

from session_buddy import SkillInvocation, SkillMetrics


def test_metrics_can_be_made_of_a_name_alone() -> None:
    empty = SkillMetrics("debugging")
    assert (empty.total_invocations, empty.completion_rate(), empty.avg_duration_seconds()) == (0, 0.0, 0.0)
    assert (empty.workflow_paths, empty.first_invoked, empty.failed_invocations) == ({}, None, 0)


def test_the_rate_is_of_the_ended_ones_and_what_remains_has_failed() -> None:
    one = SkillMetrics(
        "debugging",
        total_invocations=10,
        completed_invocations=6,
        abandoned_invocations=1,
        open_invocations=2,
        total_duration_seconds=90.0,
    )
    assert one.failed_invocations == 1
    assert one.completion_rate() == pytest.approx(75)
    assert one.avg_duration_seconds() == 15


def test_the_average_is_over_the_uses_whose_duration_is_known() -> None:
    one = SkillMetrics("debugging", 4, completed_invocations=4, total_duration_seconds=10.0, timed_invocations=2)
    assert one.avg_duration_seconds() == 5


def test_records_become_dictionaries_that_json_can_hold() -> None:
    one = SkillInvocation("debugging", "2026-01-01T00:00:00+00:00", "monday", follow_up_actions=["commit"])
    assert json.loads(json.dumps(one.to_dict()))["follow_up_actions"] == ["commit"]
    shown = json.loads(json.dumps(SkillMetrics("debugging", 2, completed_invocations=1).to_dict()))
    assert (shown["skill_name"], shown["completion_rate"], shown["failed_invocations"]) == ("debugging", 50, 1)

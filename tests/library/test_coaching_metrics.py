"""How far workflows have come, told to a program."""

import json
from collections.abc import Iterator

import pytest

from session_buddy.coaching import (
    CoachedWorkflow,
    CoachingDecisionRecord,
    CoachingMetricsCollector,
    CoachingSessionPersistence,
    Verdict,
)
from session_buddy.errors import BuddyError
from tests.library.coached import Person
from tests.system.processes import Place

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def collector(shared: Place) -> Iterator[CoachingMetricsCollector]:
    with CoachingMetricsCollector(store=shared.store) as collector:
        yield collector


def test_without_any_coaching_the_metrics_have_the_same_shape(
    collector: CoachingMetricsCollector, shared: Place
) -> None:
    found = collector.get_global_metrics()
    assert (found.workflows, found.days, found.most_corrected, found.decisions) == ([], [], [], 0)
    assert found.by_level == {"OBSERVATION": 0, "COACHING": 0, "AUTO": 0}
    assert (found.sessions["total"], found.acceptance_rate, found.correction_rate) == (0, 0, 0)
    assert collector.list_workflows() == []
    with pytest.raises(BuddyError, match=r"There is no workflow 'release'\. No workflow was coached yet"):
        collector.get_workflow_metrics("release")


def test_the_metrics_are_what_the_decisions_are_counted_again(
    collector: CoachingMetricsCollector, shared: Place, workflow: str
) -> None:
    with CoachingSessionPersistence() as persistence:
        for kinds in ("accept accept reject", "correct manual skip", "accept correct"):
            state = persistence.create_session(workflow)
            for kind in kinds.split():
                correction = {"a": 2} if kind == "correct" else None
                state.add_decision(CoachingDecisionRecord(0, "tag", "git.tag", kind, {"a": 1}, correction))
            persistence.save_session(state)
        states = persistence.list_sessions(workflow)
    found = collector.get_workflow_metrics(workflow)
    for name in ("accepted", "rejected", "corrected", "manual_executions", "skipped", "auto"):
        assert getattr(found, name) == sum(getattr(one, name) for one in states), name
    assert found.decisions == sum(one.suggestions_made for one in states) == 8
    assert found.acceptance_rate == pytest.approx(50)
    assert found.correction_rate == pytest.approx(100 / 3)
    assert (found.level, found.level_since, found.readiness) == ("OBSERVATION", None, "not ready")
    assert [one.name for one in found.criteria] == [
        "decisions", "acceptance", "lower_bound", "outcomes", "clean_streak", "attention"
    ]  # fmt: skip
    assert not any(one.met for one in found.criteria)
    assert found.learning_progress == 0
    assert found.decided_by == {"person": 0, "reported": 8, "auto": 0}
    assert found.reported_only["decisions"] == 6
    assert sorted(found.resumable) == sorted(one.session_id for one in states)
    assert [(one.node_id, one.decisions, one.confidence) for one in found.nodes] == [("tag", 8, None)]
    assert sum(one.decisions for one in found.days) == 8
    assert found.corrections_known == 1
    assert json.loads(json.dumps(found.to_dict()))["criteria"][0]["bar"] == {"decisions": 20, "sessions": 3}
    with pytest.raises(BuddyError, match=f"There is no workflow .* nearest are {workflow}"):
        collector.get_workflow_metrics(workflow + "x")


def test_everything_together_tells_workflows_levels_and_what_is_corrected_most(
    collector: CoachingMetricsCollector, shared: Place, workflow: str
) -> None:
    before = collector.get_global_metrics()
    with CoachedWorkflow(
        workflow, decide=lambda suggestion: Verdict("correct", suggestion.parameters | {"a": suggestion.step_index})
    ) as run:
        for number in range(4):
            with run.step("push", "git.push", {"number": number}):
                pass
    Person(shared).promote(workflow, 2)
    found = collector.get_global_metrics()
    assert found.by_level["AUTO"] == before.by_level["AUTO"] + 1
    assert found.corrected == before.corrected + 4
    assert found.most_corrected[0].node_id == "push"
    (mine,) = [one for one in found.workflows if one.workflow_id == workflow]
    assert (mine.level, mine.readiness, len(mine.unmet)) == ("AUTO", "not ready", 6)
    assert collector.list_workflows() == found.workflows
    changes = collector.get_workflow_metrics(workflow).level_changes
    assert [one["level"] for one in changes] == ["AUTO", "COACHING"]
    assert json.loads(json.dumps(found.to_dict()))["workflows"] == [one.__dict__ for one in found.workflows]

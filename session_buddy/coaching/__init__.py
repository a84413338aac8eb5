"""Coaching from a Python program: `CoachedWorkflow` for programs that execute the steps of a workflow themselves,
`CoachingSessionPersistence` for those that keep coaching sessions, `CoachingMetricsCollector` for how far workflows
have come. What a program decides is on record as reported, never as a person's decision.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from session_buddy.library.async_coached_workflow import AsyncCoachedStep, AsyncCoachedWorkflow
    from session_buddy.library.coached_workflow import CoachedStep, CoachedWorkflow
    from session_buddy.library.coaching_metrics import (
        CoachingMetricsCollector,
        DayMetrics,
        GlobalCoachingMetrics,
        NodeMetrics,
        ReadinessCriterion,
        WorkflowLearningMetrics,
        WorkflowSummary,
    )
    from session_buddy.library.coaching_persistence import CoachingSessionPersistence
    from session_buddy.library.decision_record import CoachingDecisionRecord
    from session_buddy.library.session_state import CoachingSessionState, SessionStatus
    from session_buddy.library.shared_persistence import get_coaching_persistence
    from session_buddy.library.steps import Paused, Step, StepDeclined, Suggestion, Verdict

__all__ = [
    "AsyncCoachedStep",
    "AsyncCoachedWorkflow",
    "CoachedStep",
    "CoachedWorkflow",
    "CoachingDecisionRecord",
    "CoachingMetricsCollector",
    "CoachingSessionPersistence",
    "CoachingSessionState",
    "DayMetrics",
    "GlobalCoachingMetrics",
    "NodeMetrics",
    "Paused",
    "ReadinessCriterion",
    "SessionStatus",
    "Step",
    "StepDeclined",
    "Suggestion",
    "Verdict",
    "WorkflowLearningMetrics",
    "WorkflowSummary",
    "get_coaching_persistence",
]

# Found when they are first asked for: the hub has this room open and needs none of them.
_HOMES = {
    "async_coached_workflow": ("AsyncCoachedStep", "AsyncCoachedWorkflow"),
    "coached_workflow": ("CoachedStep", "CoachedWorkflow"),
    "coaching_metrics": (
        "CoachingMetricsCollector",
        "DayMetrics",
        "GlobalCoachingMetrics",
        "NodeMetrics",
        "ReadinessCriterion",
        "WorkflowLearningMetrics",
        "WorkflowSummary",
    ),
    "coaching_persistence": ("CoachingSessionPersistence",),
    "decision_record": ("CoachingDecisionRecord",),
    "session_state": ("CoachingSessionState", "SessionStatus"),
    "shared_persistence": ("get_coaching_persistence",),
    "steps": ("Paused", "Step", "StepDeclined", "Suggestion", "Verdict"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            import importlib

            return getattr(importlib.import_module(f"session_buddy.library.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

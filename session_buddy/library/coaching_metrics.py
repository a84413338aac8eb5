"""How far workflows have come, and how coaching goes on the whole, for a Python program."""

import os
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from session_buddy.library import checking
from session_buddy.library.coaching_line import CoachingLine

Record = TypeVar("Record")


@dataclass(frozen=True)
class ReadinessCriterion:
    """One of the six criteria of readiness for AUTO.

    Attributes:
        name: decisions, acceptance, lower_bound, outcomes, clean_streak or attention.
        value: What was counted, a number or several by name; None without data.
        bar: What it has to reach.
        part: How much of the way to the bar is done, 0 to 1.
        text: The same in words.
    """

    name: str
    value: dict[str, float] | float | None
    bar: dict[str, float] | float
    met: bool
    part: float
    text: str


@dataclass(frozen=True)
class NodeMetrics:
    """Decisions on one kind of step.

    Attributes:
        confidence: Lower end of the 95 % Wilson interval of how often persons accepted it, 0 to 1; None where no
            person has decided one.
        confidence_n: How many decisions by persons that is from.
    """

    workflow_id: str
    node_id: str
    action_type: str
    decisions: int
    accepted: int
    rejected: int
    corrected: int
    confidence: float | None
    confidence_n: int


@dataclass(frozen=True)
class DayMetrics:
    """Decisions of one day (UTC, as 2026-11-02). Rates are percentages of accepted, rejected and corrected ones."""

    day: str
    decisions: int
    accepted: int
    rejected: int
    corrected: int
    acceptance_rate: float
    correction_rate: float


@dataclass(frozen=True)
class WorkflowSummary:
    """How far a workflow has come.

    Attributes:
        level: OBSERVATION, COACHING or AUTO.
        level_since: ISO 8601 with offset; None for one that was never changed.
        readiness: ready, needs confirmation or not ready (for AUTO).
        unmet: The names of the criteria that are not met.
        learning_progress: 0 to 1.
    """

    workflow_id: str
    level: str
    level_since: str | None
    readiness: str
    unmet: list[str]
    learning_progress: float


@dataclass(frozen=True)
class WorkflowLearningMetrics:
    """Everything that is known of one workflow. Readiness is judged by what persons decided, not by what programs or
    assistants reported.

    Attributes:
        level: OBSERVATION, COACHING or AUTO.
        level_since: ISO 8601 with offset; None for one that was never changed.
        readiness: ready, needs confirmation or not ready (for AUTO).
        criteria: The six criteria, in their order.
        learning_progress: Mean part of the criteria, 0 to 1.
        acceptance_rate: Accepted of accepted, rejected and corrected decisions, in percent; 0.0 without any.
        correction_rate: Corrected of the same.
        sessions: How many coaching sessions there are, by status, and in `total`.
        decisions: How many were made, those of nobody (`auto`) included.
        decided_by: How many decisions each made: person, reported, auto.
        reported_only: What was reported, by the same criteria: `decisions`, `accepted`, `criteria_met`.
        nodes: The kinds of steps, those with most decisions first.
        days: The days with decisions, in order of time.
        corrections_known: How many corrections were learned.
        level_changes: Every change of its level, newest first.
        resumable: The ids of coaching sessions that have not ended.
    """

    workflow_id: str
    level: str
    level_since: str | None
    readiness: str
    criteria: list[ReadinessCriterion]
    learning_progress: float
    acceptance_rate: float
    correction_rate: float
    sessions: dict[str, int]
    decisions: int
    accepted: int
    rejected: int
    corrected: int
    manual_executions: int
    skipped: int
    auto: int
    decided_by: dict[str, int]
    reported_only: dict[str, int]
    nodes: list[NodeMetrics]
    days: list[DayMetrics]
    corrections_known: int
    level_changes: list[dict[str, Any]]
    resumable: list[str]

    def to_dict(self) -> dict[str, Any]:
        """The same as a dictionary that JSON can hold."""
        return asdict(self)


@dataclass(frozen=True)
class GlobalCoachingMetrics:
    """How coaching goes on the whole.

    Attributes:
        workflows: Each workflow, by name.
        by_level: How many workflows there are at each level.
        sessions: How many coaching sessions there are, by status, and in `total`.
        acceptance_rate: Accepted of accepted, rejected and corrected decisions, in percent; 0.0 without any.
        correction_rate: Corrected of the same.
        days: The days with decisions, in order of time.
        most_corrected: The kinds of steps that were corrected most often, at most ten.
    """

    workflows: list[WorkflowSummary]
    by_level: dict[str, int]
    sessions: dict[str, int]
    decisions: int
    accepted: int
    rejected: int
    corrected: int
    acceptance_rate: float
    correction_rate: float
    days: list[DayMetrics]
    most_corrected: list[NodeMetrics]

    def to_dict(self) -> dict[str, Any]:
        """The same as a dictionary that JSON can hold."""
        return asdict(self)


class CoachingMetricsCollector:
    """Answers how far workflows have come. Everything is counted from the stored decisions when it is asked for.

    >>> from session_buddy.coaching import CoachedWorkflow
    >>> with CoachedWorkflow("triage", store="coaching.duckdb") as run, run.step("label", "issue.label"):
    ...     pass
    >>> with CoachingMetricsCollector(store="coaching.duckdb") as collector:
    ...     triage = collector.get_workflow_metrics("triage")
    ...     triage.level, triage.manual_executions, collector.get_global_metrics().by_level["AUTO"]
    ('OBSERVATION', 1, 0)

    Args:
        store: The store's file; None for the one of the project that the process runs in.
    """

    def __init__(self, store: str | os.PathLike[str] | None = None) -> None:
        self._line = CoachingLine(store)

    def __enter__(self) -> "CoachingMetricsCollector":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection with the hub; another call opens one again."""
        self._line.close()

    def get_workflow_metrics(self, workflow_id: str) -> WorkflowLearningMetrics:
        """Everything that is known of one workflow.

        Raises:
            BuddyError: it was never coached; the message names the nearest ones.
        """
        found = self._line.ask("workflow", workflow_id=checking.filled_text("workflow_id", workflow_id))
        judged, counts = found["readiness"], found["stats"]
        figures = (
            counts
            | found
            | {
                "readiness": judged["state"],
                "criteria": _all(ReadinessCriterion, judged["criteria"]),
                "learning_progress": judged["learning_progress"],
                "decisions": counts["suggestions_made"],
                "nodes": _all(NodeMetrics, found["nodes"]),
                "days": _all(DayMetrics, found["days"]),
            }
        )
        return _one(WorkflowLearningMetrics, figures)

    def get_global_metrics(self) -> GlobalCoachingMetrics:
        """How coaching goes on the whole; the same shape whether or not there was any."""
        found = self._line.ask("overall")
        totals = found["statistics"]
        return GlobalCoachingMetrics(
            workflows=_all(WorkflowSummary, found["workflows"]),
            by_level=found["by_level"],
            sessions={"total": totals["total_sessions"]} | totals["by_status"],
            decisions=totals["total_decisions"],
            accepted=totals["total_accepted"],
            rejected=totals["total_rejected"],
            corrected=totals["total_corrected"],
            acceptance_rate=totals["overall_acceptance_rate"],
            correction_rate=totals["overall_correction_rate"],
            days=_all(DayMetrics, found["days"]),
            most_corrected=_all(NodeMetrics, found["most_corrected"]),
        )

    def list_workflows(self) -> list[WorkflowSummary]:
        """Every workflow that was ever coached, by name."""
        return _all(WorkflowSummary, self._line.ask("workflows"))


def _all(kind: type[Record], rows: list[dict[str, Any]]) -> list[Record]:
    return [_one(kind, row) for row in rows]


def _one(kind: type[Record], row: dict[str, Any]) -> Record:
    return kind(**{one.name: row[one.name] for one in fields(kind)})  # type: ignore[arg-type]

"""What a program gets: one use of a skill, and the metrics of a skill."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class SkillInvocation:
    """One use of a skill.

    Attributes:
        invoked_at: When it began, ISO 8601 with offset.
        invocation_id: The id under which it is stored; "" for one that is not.
        completed: True or False once it has ended, None while it is open. False with an `error_type` is a failure,
            without one it was abandoned.
        duration_seconds: How long it took; None while it is open or where it is not known.
    """

    skill_name: str
    invoked_at: str
    session_id: str
    invocation_id: str = ""
    user_query: str | None = None
    workflow_path: str | None = None
    workflow_phase: str | None = None
    alternatives_considered: list[str] = field(default_factory=list)
    selection_rank: int | None = None
    completed: bool | None = None
    duration_seconds: float | None = None
    follow_up_actions: list[str] = field(default_factory=list)
    error_type: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The same as a dictionary that JSON can hold."""
        return asdict(self)


@dataclass(frozen=True)
class SkillMetrics:
    """How often a skill was used and how that ended. Total = completed + failed + abandoned + open.

    Attributes:
        total_duration_seconds: Of the completed uses together.
        workflow_paths: How often it was used in each path; so are `common_errors` and `follow_up_actions` counted.
        avg_selection_rank: Mean rank at which it was chosen from a list, from 1; None where no rank is known.
        recommendation_success_rate: Percentage completed of the ended uses in which it was ranked first; None where
            there are none.
        first_invoked: When it was used first, ISO 8601 with offset; None if never. So is `last_invoked`.
        open_invocations: Uses that have not ended yet.
        timed_invocations: How many of the completed uses have a known duration; None stands for all of them.
    """

    skill_name: str
    total_invocations: int = 0
    completed_invocations: int = 0
    abandoned_invocations: int = 0
    total_duration_seconds: float = 0.0
    workflow_paths: dict[str, int] = field(default_factory=dict)
    common_errors: dict[str, int] = field(default_factory=dict)
    follow_up_actions: dict[str, int] = field(default_factory=dict)
    avg_selection_rank: float | None = None
    recommendation_success_rate: float | None = None
    first_invoked: str | None = None
    last_invoked: str | None = None
    open_invocations: int = 0
    timed_invocations: int | None = None
    median_duration_seconds: float | None = None
    p95_duration_seconds: float | None = None

    @property
    def failed_invocations(self) -> int:
        """Uses that ended with an error type: what is neither completed, abandoned nor open."""
        return self.total_invocations - self.completed_invocations - self.abandoned_invocations - self.open_invocations

    def completion_rate(self) -> float:
        """Completed of the ended uses, in percent; 0.0 when none has ended.

        >>> SkillMetrics("debugging", 5, completed_invocations=3, open_invocations=1).completion_rate()
        75.0
        """
        ended = self.total_invocations - self.open_invocations
        return 100 * self.completed_invocations / ended if ended else 0.0

    def avg_duration_seconds(self) -> float:
        """Mean duration of the completed uses, in seconds; 0.0 when nothing was completed.

        >>> SkillMetrics("debugging", completed_invocations=4, total_duration_seconds=10.0).avg_duration_seconds()
        2.5
        """
        timed = self.completed_invocations if self.timed_invocations is None else self.timed_invocations
        return self.total_duration_seconds / timed if timed else 0.0

    def to_dict(self) -> dict[str, Any]:
        """The same as a dictionary that JSON can hold, with `failed_invocations`, `completion_rate` and
        `avg_duration_seconds`."""
        return asdict(self) | {
            "failed_invocations": self.failed_invocations,
            "completion_rate": self.completion_rate(),
            "avg_duration_seconds": self.avg_duration_seconds(),
        }


def invocation_of(record: dict[str, Any]) -> SkillInvocation:
    """An invocation as the hub tells it."""
    return SkillInvocation(**record)


def metrics_of(figures: dict[str, Any]) -> SkillMetrics:
    """Metrics as the hub tells them."""
    return SkillMetrics(**{one.name: figures[one.name] for one in fields(SkillMetrics)})

"""A coaching session as a program keeps it."""

import secrets
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from session_buddy.errors import BuddyError
from session_buddy.library import checking
from session_buddy.library.decision_record import CoachingDecisionRecord, known, now


class SessionStatus(StrEnum):
    """What a coaching session is like; the last three are final."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    ABANDONED = "abandoned"


RESUMABLE = (SessionStatus.ACTIVE, SessionStatus.PAUSED)


def new_session_id() -> str:
    """An id that tells when the coaching session began (UTC)."""
    return f"coaching_{datetime.now(UTC):%Y%m%d_%H%M%S}_{secrets.token_hex(4)}"


@dataclass
class CoachingSessionState:
    """One run of a workflow under coaching, with its decisions in order. Its counts are counted from these.

    A state is a copy: what is changed in it is stored by `CoachingSessionPersistence.save_session`.

    >>> state = CoachingSessionState("release", total_steps=2)
    >>> state.add_decision(CoachingDecisionRecord(0, "tag", "git.tag", "accept"))
    >>> state.add_decision(CoachingDecisionRecord(1, "push", "git.push", "reject"))
    >>> state.current_step_index, state.accepted, state.get_acceptance_rate(), state.can_resume()
    (2, 1, 50.0, True)
    >>> CoachingSessionState.from_dict(state.to_dict()) == state
    True

    Args:
        workflow_id: What is done, such as release.
        session_id: Made if not given: `coaching_<UTC date>_<time>_<8 hex digits>`.
        execution_id: Your own name for this run.
        current_step_index: How many steps were decided; it follows from the decisions.
        total_steps: How many steps it is to have; 0 where that is not known.
        variables: What the steps share; up to 1 MB as JSON, as is `metadata`.
        started_at: ISO 8601 with offset, as are `updated_at` and `completed_at`.
        completed_at: When it was completed, failed or was abandoned; None before.
        revision: Which state of the store this one is based on; leave it as it is. None for one that was never stored.

    Raises:
        BuddyError: a value is not allowed.
    """

    workflow_id: str
    session_id: str = field(default_factory=new_session_id)
    execution_id: str | None = None
    status: SessionStatus = SessionStatus.ACTIVE
    current_step_index: int = 0
    total_steps: int = 0
    variables: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    decisions: list[CoachingDecisionRecord] = field(default_factory=list)
    started_at: str = field(default_factory=now)
    updated_at: str = ""
    completed_at: str | None = None
    error_message: str | None = None
    revision: str | None = None

    def __post_init__(self) -> None:
        self.workflow_id = checking.filled_text("workflow_id", self.workflow_id)
        self.session_id = checking.filled_text("session_id", self.session_id)
        self.execution_id = checking.optional_text("execution_id", self.execution_id)
        self.status = SessionStatus(checking.one_of("status", self.status, SessionStatus))
        self.total_steps = checking.whole("total_steps", self.total_steps)
        self.variables = checking.mapping("variables", self.variables)
        self.metadata = checking.mapping("metadata", self.metadata)
        self.decisions = [_record(one) for one in checking.of_type("decisions", self.decisions, list, "a list")]
        self.started_at = checking.moment("started_at", self.started_at)
        self.updated_at = checking.moment("updated_at", self.updated_at or self.started_at)
        self.completed_at = checking.optional_moment("completed_at", self.completed_at)
        self.error_message = checking.optional_text("error_message", self.error_message)
        self.revision = checking.optional_moment("revision", self.revision)
        self.current_step_index = len(self.decisions)

    def add_decision(self, record: CoachingDecisionRecord) -> None:
        """Append a decision.

        Raises:
            BuddyError: the coaching session is paused, or has ended.
        """
        if self.status == SessionStatus.PAUSED:
            raise BuddyError(
                f"Coaching session {self.session_id} is paused. Resume it first (resume_session). Nothing was changed."
            )
        if not self.can_resume():
            raise BuddyError(
                f"Coaching session {self.session_id} has ended: {self.status.value} at "
                f"{self.completed_at or self.updated_at}. Nothing was changed. Start a new one (create_session)."
            )
        self.decisions.append(record)
        self.current_step_index = len(self.decisions)
        self.update_timestamp()

    def update_timestamp(self) -> None:
        """Say that it was changed now."""
        self.updated_at = now()

    def can_resume(self) -> bool:
        """Whether it can go on: it is active or paused."""
        return self.status in RESUMABLE

    @property
    def suggestions_made(self) -> int:
        """How many suggestions were decided."""
        return len(self.decisions)

    @property
    def accepted(self) -> int:
        """How many somebody accepted; accepts of nobody are in `auto`."""
        return self._count("accept")

    @property
    def rejected(self) -> int:
        return self._count("reject")

    @property
    def corrected(self) -> int:
        return self._count("correct")

    @property
    def manual_executions(self) -> int:
        return self._count("manual")

    @property
    def skipped(self) -> int:
        return self._count("skip")

    @property
    def auto(self) -> int:
        """How many steps went on by themselves: nobody was asked."""
        return sum(one.decided_by == "auto" for one in self.decisions)

    suggestions_accepted = accepted
    suggestions_rejected = rejected
    suggestions_corrected = corrected

    def get_acceptance_rate(self) -> float:
        """Accepted of accepted, rejected and corrected decisions, in percent; 0.0 when there are none."""
        return self._share(self.accepted)

    def get_correction_rate(self) -> float:
        """Corrected of accepted, rejected and corrected decisions, in percent; 0.0 when there are none."""
        return self._share(self.corrected)

    def to_dict(self) -> dict[str, Any]:
        """The same as a dictionary that JSON can hold, with the counts as `stats`."""
        return asdict(self) | {"status": self.status.value, "stats": self._stats()}

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> "CoachingSessionState":
        """What `to_dict` gave; names that are not known are passed over.

        Raises:
            BuddyError: something is missing, or a value is not allowed.
        """
        return cls(**known("coaching session", cls, given, ("workflow_id",)))

    def bring_up_to(self, other: "CoachingSessionState") -> None:
        """Take over everything from another state."""
        for one in fields(self):
            setattr(self, one.name, getattr(other, one.name))

    def _count(self, kind: str) -> int:
        return sum(one.decision == kind and one.decided_by != "auto" for one in self.decisions)

    def _share(self, part: int) -> float:
        judged = self.accepted + self.rejected + self.corrected
        return 100 * part / judged if judged else 0.0

    def _stats(self) -> dict[str, Any]:
        return {
            "suggestions_made": self.suggestions_made,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "corrected": self.corrected,
            "manual_executions": self.manual_executions,
            "skipped": self.skipped,
            "auto": self.auto,
            "acceptance_rate": self.get_acceptance_rate(),
            "correction_rate": self.get_correction_rate(),
        }


def state_of(document: dict[str, Any]) -> CoachingSessionState:
    """A coaching session as the hub tells it."""
    return CoachingSessionState.from_dict(document | {"revision": document["updated_at"]})


def _record(given: Any) -> CoachingDecisionRecord:
    return given if isinstance(given, CoachingDecisionRecord) else CoachingDecisionRecord.from_dict(given)

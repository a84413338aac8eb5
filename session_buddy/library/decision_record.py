"""One decision of a coaching session, as a program keeps it."""

import uuid
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from session_buddy.errors import BuddyError
from session_buddy.library import checking

KINDS = ("accept", "reject", "correct", "manual", "skip")
MAKERS = ("person", "reported", "auto")


def now() -> str:
    """The current time, as ISO 8601 with offset."""
    return datetime.now(UTC).isoformat()


@dataclass
class CoachingDecisionRecord:
    """What was decided about one step.

    >>> record = CoachingDecisionRecord(0, "tag", "git.tag", "accept", {"name": "v1.4"}, execution_success=True)
    >>> CoachingDecisionRecord.from_dict(record.to_dict()) == record
    True

    Args:
        step_index: Its number in the coaching session, from 0. The store numbers decisions in their order.
        node_id: Which step.
        action_type: What kind of action.
        decision: accept, reject, correct, manual (done by hand) or skip.
        parameters: Those that were suggested, corrections that were learned before included.
        correction: With correct, all the parameters to use instead; with manual, those that were used.
        feedback: Why, in the person's own words.
        timestamp: When it was decided, ISO 8601 with offset.
        confidence: How sure the suggestion was, 0 to 1: for those the store made, the lower end of the 95 % interval
            of how often persons accepted this kind of step; None where that is not known.
        execution_success: Whether its execution succeeded; None while that is not known.
        error_message: What went wrong.
        decided_by: reported (a program or an assistant says so), person (a form or the dashboard) or auto (nobody was
            asked). What a program saves is always stored as reported; only the store tells of the others.
        decision_id: A UUID.
        suggestion_id: The stored suggestion that it decides; None for one that the program made by itself.

    Raises:
        BuddyError: a value is not allowed.
    """

    step_index: int
    node_id: str
    action_type: str
    decision: str
    parameters: dict[str, Any] = field(default_factory=dict)
    correction: dict[str, Any] | None = None
    feedback: str | None = None
    timestamp: str = field(default_factory=now)
    confidence: float | None = None
    execution_success: bool | None = None
    error_message: str | None = None
    decided_by: str = "reported"
    decision_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    suggestion_id: str | None = None

    def __post_init__(self) -> None:
        self.step_index = checking.whole("step_index", self.step_index)
        self.node_id = checking.filled_text("node_id", self.node_id)
        self.action_type = checking.filled_text("action_type", self.action_type)
        self.decision = checking.one_of("decision", self.decision, KINDS)
        self.parameters = checking.mapping("parameters", self.parameters)
        self.correction = checking.optional_mapping("correction", self.correction)
        self.feedback = checking.optional_text("feedback", self.feedback)
        self.timestamp = checking.moment("timestamp", self.timestamp)
        self.confidence = checking.optional_share("confidence", self.confidence)
        self.execution_success = checking.optional_truth("execution_success", self.execution_success)
        self.error_message = checking.optional_text("error_message", self.error_message)
        self.decided_by = checking.one_of("decided_by", self.decided_by, MAKERS)
        self.decision_id = checking.identity("decision_id", self.decision_id)
        self.suggestion_id = checking.optional_identity("suggestion_id", self.suggestion_id)
        if self.decision == "correct" and self.correction is None:
            raise BuddyError(
                "decision is correct, and correction is missing: give all the parameters as they should be."
            )

    def to_dict(self) -> dict[str, Any]:
        """The same as a dictionary that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> "CoachingDecisionRecord":
        """What `to_dict` gave; names that are not known are passed over.

        Raises:
            BuddyError: something is missing, or a value is not allowed.
        """
        return cls(**known("decision", cls, given, ("step_index", "node_id", "action_type", "decision")))


def known(what: str, kind: Any, given: Any, required: tuple[str, ...]) -> dict[str, Any]:
    """The values of a dictionary that are fields of a dataclass."""
    names = checking.mapping(what, given)
    missing = [name for name in required if name not in names]
    if missing:
        raise BuddyError(f"A {what} needs {', '.join(missing)}.")
    return {one.name: names[one.name] for one in fields(kind) if one.init and one.name in names}

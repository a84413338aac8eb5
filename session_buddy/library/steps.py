"""Steps that a program executes under coaching: what is suggested, what is decided, and what comes of it."""

from dataclasses import dataclass, field
from typing import Any

from session_buddy.library import checking
from session_buddy.library.decision_record import KINDS


@dataclass(frozen=True)
class Suggestion:
    """A step that somebody is asked about.

    Attributes:
        parameters: With the corrections applied that were learned before.
        mode: ask (a person decides) or observe (the person acts, and the steps are recorded).
        confidence: Lower end of the 95 % interval of how often persons accepted this kind of step, 0 to 1; None
            where no person has decided one.
        confidence_n: How many decisions by persons that is from.
        corrections_applied: Each with its `item_id` and `patch` (JSON Patch).
        shown: The suggestion in words, to be shown to a person.
    """

    suggestion_id: str
    session_id: str
    workflow_id: str
    step_index: int
    node_id: str
    action_type: str
    parameters: dict[str, Any]
    mode: str
    confidence: float | None
    confidence_n: int
    corrections_applied: list[dict[str, Any]]
    shown: str


@dataclass(frozen=True)
class Verdict:
    """What was decided about a suggestion.

    Args:
        decision: accept, reject, correct, manual (somebody has done the step by hand) or skip.
        correction: With correct, all the parameters to use instead; with manual, those that were used.
        feedback: Why, in the person's own words.

    Raises:
        BuddyError: a value is not allowed.
    """

    decision: str
    correction: dict[str, Any] | None = None
    feedback: str | None = None

    def __post_init__(self) -> None:
        checking.one_of("decision", self.decision, KINDS)
        checking.optional_mapping("correction", self.correction)
        checking.optional_text("feedback", self.feedback)


@dataclass
class Step:
    """A step under coaching.

    Attributes:
        suggestion: What was suggested.
        parameters: Those to use: as corrected, where they were. In the mode observe, what they hold at the end is
            recorded as the parameters that were used.
        mode: observe, ask or auto (go on by itself).
        decision: accept, reject, correct, manual or skip; None while nothing was decided, as in the mode auto until
            the step is over.
    """

    suggestion: Suggestion
    parameters: dict[str, Any] = field(default_factory=dict)
    mode: str = "ask"
    decision: str | None = None
    skipped: bool = False

    @property
    def node_id(self) -> str:
        return self.suggestion.node_id

    @property
    def action_type(self) -> str:
        return self.suggestion.action_type

    @property
    def suggestion_id(self) -> str:
        return self.suggestion.suggestion_id

    @property
    def confidence(self) -> float | None:
        return self.suggestion.confidence

    @property
    def confidence_n(self) -> int:
        return self.suggestion.confidence_n


class StepDeclined(Exception):  # noqa: N818 - it is no error, but what was decided
    """The step is not to be executed: it was rejected, skipped, or done by hand. `step` tells which it was."""

    def __init__(self, step: Step) -> None:
        words = {"reject": "was rejected", "skip": "was skipped", "manual": "was done by hand"}
        super().__init__(f"Step {step.node_id} {words[step.decision or 'reject']}.")
        self.step = step


class Paused(Exception):  # noqa: N818 - it is no error, but the program's wish
    """Raised by a program inside of a coached workflow to leave it paused."""

"""How a use has ended that nobody reported on: the rules, which claim no more than what was seen.

A skill that was loaded is not completed by that. In this order:

1. It could not be loaded: it failed. That was seen.
2. The person stopped the assistant while it worked with the skill: it was abandoned. That was seen.
3. The turn ended after tools were used, and the last of them had failed: it failed. That is inferred.
4. The turn ended after tools were used, and the last of them had not failed: it was completed. That is inferred.
5. Anything else, such as a turn in which no tool was used, or one that ended with an error of the assistant's own, says
   nothing: the use stays open.

What is reported, by the tool `complete_skill` say, counts more than any of these and takes their place.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

SEEN, INFERRED = "seen", "inferred"
NOT_LOADED = "SkillNotLoaded"


class Step(NamedTuple):
    """A tool that was used after the skill was loaded and before the next skill was. `action` is its short name, such
    as `Edit` or `git commit`."""

    action: str
    failed: bool = False


class End(StrEnum):
    """What came after the steps."""

    TURN = "turn"
    STOPPED = "stopped"
    ERROR = "error"
    SESSION = "session"


class Verdict(NamedTuple):
    """How a use ended. `outcome` is completed, failed or abandoned; `basis` is seen or inferred."""

    outcome: str
    basis: str
    error_type: str | None = None


def not_loaded() -> Verdict:
    """The verdict on a skill that could not be loaded."""
    return Verdict("failed", SEEN, NOT_LOADED)


def judge(steps: Sequence[Step], end: End) -> Verdict | None:
    """The verdict on a skill that was loaded; None where what was seen does not say."""
    if end is End.STOPPED:
        return Verdict("abandoned", SEEN)
    if end is not End.TURN or not steps:
        return None
    last = steps[-1]
    if last.failed:
        return Verdict("failed", INFERRED, f"{last.action} failed")
    return Verdict("completed", INFERRED)

"""A recommendation in the words and fields that an assistant and a person get."""

from typing import Any

from session_buddy.common.quoted_text import in_quotes, quoted
from session_buddy.ranking.explaining import Part, Why
from session_buddy.ranking.judging import Candidate
from session_buddy.store.invocations import Example
from session_buddy.store.times import iso

LONGEST = 60


def recommendation(one: Candidate, with_phase: bool) -> dict[str, Any]:
    """One recommendation as the tool returns it."""
    tally = one.tally
    return {
        "skill_name": one.skill_name,
        "score": one.score,
        "similarity_score": one.similarity,
        "completion_rate": 100 * tally.completed / tally.ended if tally.ended else None,
        "invocations": tally.invocations,
        "reason": reason(one),
        "example": _example(one.example, with_phase) if one.example else None,
    }


def why(one: Why | None) -> dict[str, Any]:
    """What a recommendation gains that tells why; nothing where nobody asked."""
    if one is None:
        return {}
    examples = [_example(example, True) | {"similarity": similarity} for example, similarity in one.examples]
    told = {"value": one.value, "parts": _parts(one.parts), "score_parts": _parts(one.score_parts)}
    return {"why": told | {"examples": examples}}


def _parts(parts: list[Part]) -> list[dict[str, Any]]:
    return [part._asdict() for part in parts]


def reason(one: Candidate) -> str:
    """Why a skill is recommended, for a person."""
    tally = one.tally
    if not tally.invocations:
        return f"never used yet; described as {in_quotes(one.text, LONGEST)}"
    times = "once" if tally.invocations == 1 else f"{tally.invocations} times"
    rate = f", {100 * tally.completed / tally.ended:.0f} % completed" if tally.ended else ""
    if one.identical:
        again = "once" if one.identical == 1 else f"{one.identical} times"
        return f"completed {again} for exactly this problem; used {times}{rate}"
    if one.example:
        return f"used {times}, for problems like {in_quotes(one.text, LONGEST)}{rate}"
    return f"used {times}{rate}; described as {in_quotes(one.text, LONGEST)}"


def _example(example: Example, with_phase: bool) -> dict[str, Any]:
    shown = {
        "invocation_id": str(example.invocation_id),
        "user_query": quoted(example.user_query),
        "completed": None if example.outcome is None else example.outcome == "completed",
        "duration_seconds": example.duration_seconds,
        "session_id": example.session_id,
        "invoked_at": iso(example.invoked_us),
    }
    return shown | {"workflow_phase": example.workflow_phase} if with_phase else shown

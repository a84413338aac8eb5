"""Rows of coaching as the dictionaries that tools, commands and programs are told."""

from typing import Any

from session_buddy.coaching import levels
from session_buddy.coaching.fields import read
from session_buddy.store.coaching_decisions import Decision
from session_buddy.store.coaching_suggestions import Suggestion
from session_buddy.store.times import iso

Told = dict[str, Any]


def suggestion_told(suggestion: Suggestion, level: str) -> Told:
    """A suggestion in a list; `level` is the one that its workflow is at now."""
    return {
        "suggestion_id": str(suggestion.suggestion_id),
        "session_id": suggestion.session_id,
        "workflow_id": suggestion.workflow_id,
        "step_index": suggestion.step_index,
        "node_id": suggestion.node_id,
        "action_type": suggestion.action_type,
        "mode": levels.mode(suggestion.mode, level),
        "parameters": read(suggestion.parameters),
        "confidence": suggestion.confidence,
        "confidence_n": suggestion.confidence_n,
        "suggested_at": iso(suggestion.suggested_us),
    }


def decision_told(decision: Decision, suggestion: Suggestion | None = None) -> Told:
    """A decision; with its suggestion, also the parameters to use."""
    found = {
        "decision_id": str(decision.decision_id),
        "suggestion_id": str(decision.suggestion_id),
        "step_index": decision.step_index,
        "node_id": decision.node_id,
        "action_type": decision.action_type,
        "decision": decision.decision,
        "decided_by": decision.decided_by,
        "source": decision.source,
        "timestamp": iso(decision.decided_us),
        "decision_seconds": decision.seconds,
        "correction": read(decision.correction) if decision.correction else None,
        "feedback": decision.feedback,
        "execution_success": decision.succeeded,
        "error_message": decision.error_message,
        "executed_at": iso(decision.executed_us) if decision.executed_us is not None else None,
    }
    if suggestion and decision.decision in ("accept", "correct", "manual"):
        found["parameters"] = read(decision.correction or suggestion.parameters)
    return found


def beyond(steps: int, total: int) -> list[str]:
    """What to say where more steps were decided than the coaching session was to have."""
    return [f"{steps} steps of {total} that were planned: it goes on beyond them."] if 0 < total < steps else []

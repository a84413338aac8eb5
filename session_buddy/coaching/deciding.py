"""Decisions: one for each suggestion, by whoever comes first; how its execution ended; and taking the last one back."""

from typing import Any

from session_buddy.coaching import corrections, levels, persons, sessions, suggestions
from session_buddy.coaching.actors import AUTO, PERSON, REPORTED, Actor
from session_buddy.coaching.choices import EXECUTED, NOTHING, Choice, check, past
from session_buddy.coaching.fields import Object, checked, cleaned, written
from session_buddy.coaching.stats import stats
from session_buddy.coaching.telling import beyond, decision_told
from session_buddy.errors import InvalidRequestError
from session_buddy.skills.tracking import Cleaner
from session_buddy.store import coaching_decisions, coaching_suggestions
from session_buddy.store.coaching_decisions import Decision, Execution, NewDecision
from session_buddy.store.coaching_sessions import State
from session_buddy.store.coaching_suggestions import Suggestion
from session_buddy.store.ids import new_id
from session_buddy.store.times import from_micros, iso, micros, now
from session_buddy.store.writing import Cursor

Told = dict[str, Any]


def decide(cursor: Cursor, choice: Choice, actor: Actor) -> Told:
    """Store a decision. Returns it with the stats of its coaching session.

    Raises:
        InvalidRequestError: it was decided already (the message names that decision), the coaching session is not
            active, or the decision does not fit together.
        UnknownNameError: there is no such coaching session.
    """
    if actor.resent_key and (known := coaching_decisions.decided_by_call(cursor, actor.resent_key)):
        return _answer(cursor, known, levels.changed_by(cursor, actor.resent_key))
    check(choice)
    correction = checked("correction", choice.correction) if choice.correction is not None else None
    state = sessions.active(cursor, choice.session_id)
    suggestion = _suggestion(cursor, state, choice, actor)
    if standing := coaching_decisions.decision_on(cursor, suggestion):
        raise InvalidRequestError(_decided(standing))
    row = _row(cursor, state, suggestion, choice, correction, actor)
    coaching_decisions.decide(cursor, row)
    made = row.made
    if choice.execution_success is not None:
        made = _execute(cursor, made, choice.execution_success, choice.error_message, actor)
    happened = choice.decision, choice.execution_success
    change = levels.after_step(cursor, state.workflow_id, state.level, *happened, actor.call_key)
    return _answer(cursor, made, change, suggestion)


def report(cursor: Cursor, suggestion_id: str, success: bool, error_message: str | None, actor: Actor) -> Told:
    """Store, once, how the execution of what was decided ended. In a workflow that runs by itself this is also the
    decision: nobody was asked.

    Raises:
        InvalidRequestError: nothing was decided or executed, or the outcome is known already.
    """
    if actor.resent_key and (known := coaching_decisions.executed_by_call(cursor, actor.resent_key)):
        return _answer(cursor, known, levels.changed_by(cursor, actor.resent_key))
    if success and error_message:
        raise InvalidRequestError(f"error_message is given, and execution_success is true. Leave one out. {NOTHING}")
    suggestion = suggestions.find(cursor, suggestion_id)
    made = coaching_decisions.decision_on(cursor, suggestion)
    if made is None:
        return _report_undecided(cursor, suggestion, success, error_message, actor)
    _refuse_second(made)
    made = _execute(cursor, made, success, error_message, actor)
    state = sessions.find(cursor, made.session_id)
    change = levels.after_step(cursor, state.workflow_id, state.level, "", success, actor.call_key)
    return _answer(cursor, made, change, suggestion)


def undo(cursor: Cursor, session_id: str, actor: Actor) -> Told:
    """Take back the last decision of a coaching session, with its outcome; its suggestion can be decided again. A
    level that the decision has changed stays.

    Raises:
        InvalidRequestError: there is none, the coaching session has ended, or a person has made the decision and nobody
            but a person may take it back.
    """
    if actor.resent_key and (known := coaching_decisions.undone_by_call(cursor, actor.resent_key)):
        return _undone(cursor, known)
    sessions.refuse_final(sessions.find(cursor, session_id))
    made = coaching_decisions.of_session(cursor, session_id)
    if not made:
        raise InvalidRequestError(f"No decision of {session_id} stands. Nothing was changed.")
    if made[-1].decided_by == PERSON:
        persons.require(actor.who, "undo")
    coaching_decisions.undo(cursor, made[-1], actor.who, now(), actor.source, actor.call_key)
    return _undone(cursor, made[-1])


def _undone(cursor: Cursor, made: Decision) -> Told:
    return {"undone": decision_told(made)} | sessions.told(cursor, sessions.find(cursor, made.session_id))


def _suggestion(cursor: Cursor, state: State, choice: Choice, actor: Actor) -> Suggestion:
    if choice.suggestion_id:
        return suggestions.find(cursor, choice.suggestion_id, state.session_id)
    step = choice.node_id or "", choice.action_type or ""
    waiting = coaching_suggestions.pending(cursor, state.session_id)
    same = [one for one in waiting if (one.node_id, one.action_type) == step]
    if same:
        return same[-1]
    if choice.decision == "correct":
        raise InvalidRequestError(
            f"No suggestion for {step[0]} and {step[1]} is pending, so there is nothing to correct. Suggest it first "
            f"(coaching_suggest), or record what the person did as manual. {NOTHING}"
        )
    return suggestions.make(cursor, state, *step, actor)


def _row(
    cursor: Cursor, state: State, suggestion: Suggestion, choice: Choice, correction: Object | None, actor: Actor
) -> NewDecision:
    kept = cleaned(correction, actor.mask_secrets)
    taught = choice.decision == "correct"
    moment, seconds = choice.decided_at or now(), choice.seconds
    if seconds is None and actor.who != PERSON:
        elapsed = (moment - from_micros(suggestion.suggested_us)).total_seconds()
        seconds = elapsed if elapsed >= 0 else None  # decided before the suggestion was recorded
    return NewDecision(
        decision_id=choice.decision_id or new_id(),
        suggestion_id=suggestion.suggestion_id,
        session_id=state.session_id,
        workflow_id=state.workflow_id,
        step_index=state.steps,
        node_id=suggestion.node_id,
        action_type=suggestion.action_type,
        decision=choice.decision,
        decided_by=_who(state, suggestion, choice, actor),
        correction=written(kept) if kept is not None else None,
        item_id=corrections.learn(cursor, suggestion, correction, kept) if correction is not None and taught else None,
        feedback=Cleaner(actor.mask_secrets).text(choice.feedback),
        seconds=seconds,
        decided_at=moment,
        source=actor.source,
        recorded_at=now(),
        call=actor.call_key,
    )


def _who(state: State, suggestion: Suggestion, choice: Choice, actor: Actor) -> str:
    """Nobody was asked where a workflow runs by itself and its step was just accepted."""
    own = levels.mode(suggestion.mode, levels.of(state.level)) == levels.MODES[levels.AUTO]
    return AUTO if own and choice.decision == "accept" and actor.who == REPORTED else actor.who


def _execute(cursor: Cursor, made: Decision, success: bool, error_message: str | None, actor: Actor) -> Decision:
    """Store an outcome; returns the decision with it."""
    moment = now()
    text = Cleaner(actor.mask_secrets).text(error_message)
    where = made.decision_id, made.session_id, made.workflow_id
    row = Execution(*where, success, text, moment, actor.source, moment, actor.call_key)
    coaching_decisions.execute(cursor, row)
    return made._replace(succeeded=success, error_message=text, executed_us=micros(moment))


def _report_undecided(
    cursor: Cursor, suggestion: Suggestion, success: bool, error_message: str | None, actor: Actor
) -> Told:
    if suggestion.mode != levels.MODES[levels.AUTO]:
        raise InvalidRequestError(
            "This suggestion was not decided yet, so its execution has no outcome. Decide it first "
            f"(coaching_decide). {NOTHING}"
        )
    choice = Choice(
        session_id=suggestion.session_id,
        decision="accept",
        suggestion_id=str(suggestion.suggestion_id),
        execution_success=success,
        error_message=error_message,
    )
    return decide(cursor, choice, actor._replace(who=AUTO))


def _refuse_second(made: Decision) -> None:
    if made.decision not in EXECUTED:
        raise InvalidRequestError(
            f"This suggestion was {past(made.decision)} at {iso(made.decided_us)}, so nothing was executed. {NOTHING}"
        )
    if made.succeeded is not None:
        how = "succeeded" if made.succeeded else "failed"
        raise InvalidRequestError(
            f"The outcome is known already: it {how}, as reported at {iso(made.executed_us or 0)}. It was not changed."
        )


def _decided(made: Decision) -> str:
    who = {AUTO: "nobody (the workflow runs by itself)", REPORTED: "an assistant's report"}.get(made.decided_by)
    return (
        f"This suggestion was already decided: {made.decision} by {who or 'a person'} ({made.source}) at "
        f"{iso(made.decided_us)}. It was not changed."
    )


def _answer(cursor: Cursor, made: Decision, change: Told | None, suggestion: Suggestion | None = None) -> Told:
    state = sessions.find(cursor, made.session_id)
    suggestion = suggestion or coaching_suggestions.suggestion(cursor, made.suggestion_id)
    return {
        "session_id": made.session_id,
        "workflow_id": made.workflow_id,
        "decision": decision_told(made, suggestion),
        "stats": stats(coaching_decisions.tallies_of(cursor, made.session_id)),
        "current_step_index": state.steps,
        "total_steps": state.total_steps,
        "level": levels.of(state.level),
        "level_change": change,
        "notes": beyond(state.steps, state.total_steps),
    }

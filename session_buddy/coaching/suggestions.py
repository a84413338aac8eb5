"""Suggestions: made once for the same step and arguments, and shown the same whenever they are asked for again.

What runs is what was shown. The parameters are cleaned before anything else happens to them: private parts are removed
and secrets are masked. Only the cleaned parameters are stored, corrected, shown and returned, in each mode and to each
client. A tool that needs a secret takes it from a variable or a file that the parameters name. A stored text or a
stored id is used only where it follows from the stored parameters.
"""

from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.coaching import autonomy, corrections, levels, sessions
from session_buddy.coaching.actors import Actor
from session_buddy.coaching.fields import Object, arguments_id, checked, cleaned, read, written
from session_buddy.coaching.items import Chosen, unchanged
from session_buddy.coaching.showing import masked_notes, shown_text, verified_text
from session_buddy.coaching.telling import beyond, decision_told, suggestion_told
from session_buddy.errors import InvalidRequestError
from session_buddy.skills.intervals import wilson
from session_buddy.store import coaching_decisions, coaching_learning, coaching_suggestions
from session_buddy.store.coaching_sessions import State
from session_buddy.store.coaching_suggestions import NewSuggestion, Suggestion
from session_buddy.store.ids import new_id
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor

Told = dict[str, Any]


class Proposal(NamedTuple):
    """A step that is proposed: which step, what kind of action, with which parameters."""

    session_id: str
    node_id: str
    action_type: str
    parameters: Object | None = None


def suggest(cursor: Cursor, proposal: Proposal, actor: Actor) -> Told:
    """Store a suggestion, or find the one that was made for this step and these arguments. Returns it.

    Raises:
        InvalidRequestError: the coaching session is not active, or the parameters are too large.
        UnknownNameError: there is no such coaching session.
    """
    given = cleaned(checked("parameters", proposal.parameters), actor.mask_secrets)
    if actor.resent_key and (known := _made_before(cursor, actor.resent_key)):
        return told(cursor, known)
    state = sessions.active(cursor, proposal.session_id)
    identity = arguments_id(proposal.node_id, proposal.action_type, given)
    found = coaching_suggestions.same_suggestion(cursor, state.session_id, state.steps, identity)
    if found is None or not _follows(cursor, found, state, identity, actor.mask_secrets):
        found = _make(cursor, state, proposal, given, identity, actor)
    return told(cursor, found, state)


def make(cursor: Cursor, state: State, node_id: str, action_type: str, actor: Actor) -> Suggestion:
    """A suggestion without parameters, for a step that is decided without one."""
    proposal = Proposal(state.session_id, node_id, action_type)
    return _make(cursor, state, proposal, {}, arguments_id(node_id, action_type, {}), actor)


def record(cursor: Cursor, proposal: Proposal, confidence: float | None, actor: Actor) -> Suggestion:
    """A suggestion that a program has made and shown by itself: nothing that was learned is applied to it.

    Raises:
        InvalidRequestError: the coaching session is not active, or the parameters are too large.
        UnknownNameError: there is no such coaching session.
    """
    given = cleaned(checked("parameters", proposal.parameters), actor.mask_secrets)
    state = sessions.active(cursor, proposal.session_id)
    identity = arguments_id(proposal.node_id, proposal.action_type, given)
    mode = autonomy.mode_of_new(cursor, state, proposal.node_id, proposal.action_type, unchanged(given))
    row = _row(state, proposal, given, unchanged(given), identity, actor, mode)
    found = coaching_suggestions.same_suggestion(cursor, state.session_id, state.steps, identity)
    if found and found.parameters == row.parameters:
        return found
    shown = shown_text(row._asdict(), unchanged(given), None, 0)
    # Another one of these arguments is waiting, with corrections: it is to be found by them, and this one is not.
    row = row._replace(confidence=confidence, shown=shown, arguments_id=new_id() if found else identity)
    coaching_suggestions.suggest(cursor, row, [])
    return row.made


def find(cursor: Cursor, suggestion_id: str, session_id: str | None = None) -> Suggestion:
    """The suggestion of this id, in this coaching session where one is given.

    Raises:
        InvalidRequestError: there is none.
    """
    try:
        found = coaching_suggestions.suggestion(cursor, UUID(suggestion_id), session_id)
    except ValueError:
        found = None
    if found is None:
        raise InvalidRequestError(
            "There is no suggestion of this suggestion_id. Give the one that coaching_suggest returned. "
            "Nothing was stored."
        )
    if session_id is not None and found.session_id != session_id:
        raise InvalidRequestError(
            f"This suggestion belongs to coaching session {found.session_id}, not to {session_id}. Nothing was stored."
        )
    return found


def told(cursor: Cursor, suggestion: Suggestion, state: State | None = None) -> Told:
    """A suggestion with the decision on it, if there is one. Its parameters are the stored ones, which `shown` shows:
    they run, with private parts removed and secrets masked, whatever the call holds that proposed the step."""
    decision = coaching_decisions.decision_on(cursor, suggestion)
    applied, conflicts = corrections.of_suggestion(cursor, suggestion)
    state = state or sessions.find(cursor, suggestion.session_id)
    return undecided(cursor, suggestion, state, applied, conflicts) | {
        "decision": decision_told(decision, suggestion) if decision else None,
    }


def undecided(cursor: Cursor, suggestion: Suggestion, state: State, applied: list[Told], conflicts: list[Told]) -> Told:
    """The same of one that nobody has decided, by what is known of it and its coaching session."""
    level = levels.of(state.level)
    found = suggestion_told(suggestion, level)
    return found | {
        "mode": autonomy.mode_of_known(cursor, found, applied),
        "corrections_applied": applied,
        "conflicts": conflicts,
        "decision": None,
        "level": level,
        "shown": verified_text(suggestion, applied, conflicts),
        "notes": beyond(suggestion.step_index + 1, state.total_steps) + masked_notes(found["parameters"]),
    }


def _make(cursor: Cursor, state: State, proposal: Proposal, given: Object, identity: UUID, actor: Actor) -> Suggestion:
    chosen = corrections.choose(cursor, state.workflow_id, proposal.node_id, proposal.action_type, given)
    confidence, count = confidence_of(cursor, state.workflow_id, proposal.node_id, proposal.action_type)
    mode = autonomy.mode_of_new(cursor, state, proposal.node_id, proposal.action_type, chosen)
    row = _row(state, proposal, given, chosen, identity, actor, mode)
    shown = shown_text(row._asdict(), chosen, confidence, count)
    row = row._replace(confidence=confidence, confidence_n=count, shown=shown)
    coaching_suggestions.suggest(cursor, row, corrections.pairs(chosen))
    return row.made


def _row(
    state: State, proposal: Proposal, given: Object, chosen: Chosen, identity: UUID, actor: Actor, mode: str
) -> NewSuggestion:
    moment, mask = now(), actor.mask_secrets
    return NewSuggestion(
        new_id(),
        state.session_id,
        state.workflow_id,
        state.steps,
        proposal.node_id,
        proposal.action_type,
        identity,
        mode,
        written(given),
        # Together, a correction and what it is applied to can make what neither of them is.
        written(cleaned(chosen.parameters, mask) if chosen.applied else given),
        None,
        0,
        "",
        moment,
        actor.source,
        moment,
        actor.call_key,
    )


def confidence_of(cursor: Cursor, workflow_id: str, node_id: str, action_type: str) -> tuple[float | None, int]:
    """The lower end of the 95 % Wilson interval of how often persons accepted this kind of step, and of how many
    decisions; None where there were none."""
    accepted, count = coaching_learning.accepted_of(cursor, workflow_id, node_id, action_type)
    return (wilson(accepted, count)[0] if count else None), count


def _follows(cursor: Cursor, found: Suggestion, state: State, identity: UUID, mask: bool) -> bool:
    """Whether a stored suggestion is that of this workflow and these arguments, with parameters that its corrections
    make of what was suggested. A row that another program has written may claim the id of other arguments."""
    suggested = read(found.suggested)
    if found.workflow_id != state.workflow_id:
        return False
    if arguments_id(found.node_id, found.action_type, suggested) != identity:
        return False
    if found.parameters == found.suggested:
        return True
    applied, _ = corrections.of_suggestion(cursor, found)
    corrected = corrections.applied_anew(suggested, applied, {})
    return bool(cleaned(corrected, mask) == read(found.parameters))


def _made_before(cursor: Cursor, call: str) -> Suggestion | None:
    """What a call has made or has decided, if it was made before."""
    if decided := coaching_decisions.decided_by_call(cursor, call):
        return coaching_suggestions.suggestion(cursor, decided.suggestion_id)
    return coaching_suggestions.suggested_by(cursor, call)

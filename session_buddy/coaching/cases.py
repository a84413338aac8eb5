"""What a person decides, or has decided, with all that helps to judge it: what corrections have changed, and what was
decided in cases like it."""

from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.coaching import corrections, differences, sessions, suggestions
from session_buddy.coaching.fields import Object, read
from session_buddy.coaching.telling import decision_told
from session_buddy.errors import InvalidRequestError
from session_buddy.store import coaching_past, coaching_sessions, coaching_suggestions
from session_buddy.store.coaching_past import Kind, Past, Wanted
from session_buddy.store.coaching_suggestions import Suggestion
from session_buddy.store.times import from_micros
from session_buddy.store.writing import Cursor

MOST_SIMILAR = 5

Told = dict[str, Any]


class Question(NamedTuple):
    """Which decisions are asked for; `before` is the cursor that an earlier page has given."""

    wanted: Wanted
    limit: int = 50
    before: str | None = None


def suggestion(cursor: Cursor, suggestion_id: str) -> Told:
    """A suggestion with what corrections have changed of it, and the latest decisions on the same kind of step.

    Raises:
        InvalidRequestError: there is none.
    """
    found = suggestions.find(cursor, suggestion_id)
    told = suggestions.told(cursor, found)
    like = coaching_past.latest_of(cursor, [_kind(found)], MOST_SIMILAR + 1)
    return told | _beside(found, told["corrections_applied"], like)


def pending(cursor: Cursor) -> list[Told]:
    """Every suggestion that waits for a decision in an active coaching session, oldest first; each with its coaching
    session."""
    found = coaching_suggestions.waiting_everywhere(cursor)
    names = sorted({one.session_id for one in found})
    states = {one.session_id: one for one in coaching_sessions.listed(cursor, session_ids=names)}
    briefs = {one["session_id"]: one for one in sessions.briefs(cursor, list(states.values()))}
    taught = corrections.of_suggestions(cursor, found)
    like = coaching_past.latest_of(cursor, list({_kind(one) for one in found}), MOST_SIMILAR + 1)
    return [
        suggestions.undecided(cursor, one, states[one.session_id], *taught[one.suggestion_id])
        | _beside(one, taught[one.suggestion_id][0], like)
        | {"session": briefs[one.session_id]}
        for one in found
        if one.session_id in states
    ]


def decisions(cursor: Cursor, question: Question) -> Told:
    """A page of decisions, newest first, and the cursor (`next`) of the one after it; null at the end. A correction
    comes with its `changes` to what was shown.

    Raises:
        InvalidRequestError: the cursor is none that a page has given.
    """
    found = coaching_past.page(cursor, question.wanted, question.limit + 1, _place(question.before))
    shown = found[: question.limit]
    more = f"{shown[-1].place[0]}.{shown[-1].place[1]}" if len(found) > len(shown) else None
    return {"decisions": [_past(one) | _changes(one) for one in shown], "next": more}


def _place(cursor: str | None) -> tuple[int, UUID] | None:
    if cursor is None:
        return None
    moment, _, identity = cursor.partition(".")
    try:
        from_micros(int(moment))
        return int(moment), UUID(identity)
    except (ValueError, OverflowError):
        raise InvalidRequestError(
            "before must be the next of an earlier page, or left out for the newest. Nothing was read."
        ) from None


def _beside(one: Suggestion, applied: list[Told], like: dict[Kind, list[Past]]) -> Told:
    """What is told beside a suggestion with these corrections."""
    others = [past for past in like.get(_kind(one), []) if past.decision.suggestion_id != one.suggestion_id]
    return {
        "suggested": _object(one.suggested),
        "changes": _corrected(one, applied),
        "similar": [_similar(past) for past in others[:MOST_SIMILAR]],
    }


def _similar(past: Past) -> Told:
    """A decision on the same kind of step; `suggested` is what was shown then."""
    return _past(past) | {"suggested": _object(past.parameters), "changes": []} | _changes(past)


def _corrected(one: Suggestion, applied: list[Told]) -> list[Told]:
    """What corrections have changed; nothing where what was suggested, or what came of it, is forgotten."""
    if one.suggested is None or one.parameters is None or one.suggested == one.parameters:
        return []
    made = differences.between(read(one.suggested), read(one.parameters))
    return differences.attributed(made, [(item["item_id"], item["patch"]) for item in applied])


def _changes(past: Past) -> Told:
    """What a correction has changed of what was shown; each change with the item that it taught."""
    made = past.decision
    if made.decision != "correct":
        return {}
    if made.correction is None or past.parameters is None:
        return {"changes": []}
    item = str(made.item_id) if made.item_id else None
    found = differences.between(read(past.parameters), read(made.correction))
    return {"changes": [one | {"item_id": item} for one in found]}


def _past(past: Past) -> Told:
    made = past.decision
    return decision_told(made) | {"session_id": made.session_id, "workflow_id": made.workflow_id}


def _kind(one: Suggestion) -> Kind:
    return one.workflow_id, one.node_id, one.action_type


def _object(text: str | None) -> Object | None:
    return read(text) if text is not None else None

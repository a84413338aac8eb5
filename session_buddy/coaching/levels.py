"""How much a workflow may do by itself, and how it gets there."""

from typing import Any, NamedTuple

from session_buddy.coaching import persons, thresholds
from session_buddy.coaching.actors import PERSON, PROGRAM, Actor
from session_buddy.coaching.fields import read, written
from session_buddy.coaching.readiness import CONFIRM, NOT_READY, Readiness, readiness
from session_buddy.errors import InvalidRequestError, UnknownNameError
from session_buddy.skills.tracking import Cleaner
from session_buddy.store import coaching_learning
from session_buddy.store.coaching_learning import NewLevel
from session_buddy.store.ids import normalised
from session_buddy.store.times import from_micros, iso, now
from session_buddy.store.writing import Cursor

OBSERVATION, COACHING, AUTO = LEVELS = ("OBSERVATION", "COACHING", "AUTO")
MODES = {OBSERVATION: "observe", COACHING: "ask", AUTO: "auto"}
NEAREST = 3
MAX_REASON = 500
# What a person says of decisions that were made quickly.
WORDS = "I meant these decisions"

Told = dict[str, Any]


def of(stored: str | None) -> str:
    """The level of a workflow whose newest stored level this is."""
    return stored if stored in LEVELS else OBSERVATION


def mode(made: str, level: str) -> str:
    """What a suggestion answers that was made with this mode: one that was to run by itself does not any more once its
    workflow is at a lower level."""
    return MODES[level] if made == MODES[AUTO] else made


def after_session(cursor: Cursor, workflow_id: str, stored: str | None, call: str | None) -> Told | None:
    """What the end of a coaching session changes of its workflow's level, if anything."""
    return _observed(cursor, workflow_id, call) if of(stored) == OBSERVATION else None


def after_step(
    cursor: Cursor, workflow_id: str, stored: str | None, decision: str, succeeded: bool | None, call: str | None
) -> Told | None:
    """What a decision, or its outcome, changes of its workflow's level, if anything."""
    level = of(stored)
    if level == OBSERVATION:
        return _observed(cursor, workflow_id, call)
    if level == AUTO:
        if decision in ("reject", "correct"):
            return _set(cursor, workflow_id, COACHING, level, PROGRAM, f"a step was {decision}ed", PROGRAM, call)
        if succeeded is False:
            return _set(cursor, workflow_id, COACHING, level, PROGRAM, "a step failed", PROGRAM, call)
    return None


def changed_by(cursor: Cursor, call: str | None) -> Told | None:
    """What a call has changed of a level, if it was made before."""
    made = coaching_learning.level_set_by(cursor, call) if call else None
    return _changed(made.workflow_id, made.level, made.previous, made.decided_by, made.reason) if made else None


def judge(cursor: Cursor, workflow_id: str, who: str = PERSON) -> Readiness:
    """How ready a workflow is, by the decisions of persons."""
    bars = thresholds.current(cursor)
    return readiness(coaching_learning.judged(cursor, workflow_id, who, bars.window), bars)


class Promotion(NamedTuple):
    """What a person says to promote a workflow: the reason for going on where it is not ready (`despite`), that
    decisions which took less time than attention needs were meant (`confirmed`: so, or in `WORDS`), the level that they
    saw it at (`expected`), and its `name` where they typed it again."""

    workflow_id: str
    despite: str | None = None
    confirmed: bool | str = False
    expected: str | None = None
    name: str | None = None


def promotion(cursor: Cursor, workflow_id: str, despite: str | None, actor: Actor) -> Told:
    """What promoting a workflow would do, and the `words` that a person has to say for it; null where none are needed.

    Raises:
        InvalidRequestError: it is not ready and there is no reason (`despite`), or it runs by itself already.
    """
    reason = _reason(despite, actor)
    level, found = _promotable(cursor, Promotion(workflow_id), reason)
    words = WORDS if _in_doubt(level, found) and not reason else None
    return {"workflow_id": workflow_id, "level": level, "to": LEVELS[LEVELS.index(level) + 1], "words": words}


def promote(cursor: Cursor, wanted: Promotion, actor: Actor) -> Told:
    """Raise a workflow by one level, which only a person does.

    Raises:
        InvalidRequestError: it is not ready, runs by itself already, or is at another level than was expected; or what
            was typed is something else.
    """
    persons.require(actor.who, "promote")
    if made := changed_by(cursor, actor.resent_key):
        return made
    reason = _reason(wanted.despite, actor)
    level, found = _promotable(cursor, wanted, reason)
    if _in_doubt(level, found) and not reason:
        _check_words(wanted, found)
    if wanted.name is not None and normalised(wanted.name) != normalised(wanted.workflow_id):
        raise InvalidRequestError(
            f"The name that was typed is not that of workflow {wanted.workflow_id!r}. Nothing was changed."
        )
    why = f"despite: {reason}" if reason else "a person said so"
    higher = LEVELS[LEVELS.index(level) + 1]
    return _set(cursor, wanted.workflow_id, higher, level, PERSON, why, actor.source, actor.call_key, found)


def demote(cursor: Cursor, workflow_id: str, to: str | None, reason: str | None, actor: Actor) -> Told:
    """Lower a workflow by one level, or to the one given; nothing is needed for that.

    Raises:
        InvalidRequestError: it is not above that level.
    """
    if made := changed_by(cursor, actor.resent_key):
        return made
    known(cursor, workflow_id)
    newest = coaching_learning.newest_level(cursor, workflow_id)
    level = of(newest.level if newest else None)
    lower = LEVELS[: LEVELS.index(level)]
    if not lower or (to and to not in lower):
        allowed = f"It can be lowered to {' or '.join(lower)}." if lower else "There is no lower level."
        raise InvalidRequestError(f"Workflow {workflow_id!r} is at {level}. {allowed} Nothing was changed.")
    why = _reason(reason, actor) or "asked for"
    return _set(cursor, workflow_id, to or lower[-1], level, actor.who, why, actor.source, actor.call_key)


def known(cursor: Cursor, workflow_id: str) -> None:
    """See that a workflow was ever coached.

    Raises:
        UnknownNameError: it was not; the message names the nearest ones.
    """
    if workflow_id in coaching_learning.workflows(cursor):
        return
    nearest = coaching_learning.nearest_workflows(cursor, workflow_id, NEAREST)
    known_ones = f"The nearest are {', '.join(nearest)}." if nearest else "No workflow was coached yet."
    raise UnknownNameError(f"There is no workflow {workflow_id!r}. {known_ones} Nothing was changed.")


def history(cursor: Cursor, workflow_id: str) -> list[Told]:
    """Every change of a workflow's level, newest first."""
    return [
        {
            "level": one.level,
            "previous": one.previous,
            "decided_by": one.decided_by,
            "reason": one.reason,
            "changed_at": iso(one.changed_us),
            "source": one.source,
            "figures": read(one.figures),
        }
        for one in coaching_learning.levels(cursor, workflow_id)
    ]


def _observed(cursor: Cursor, workflow_id: str, call: str | None) -> Told | None:
    bars = thresholds.current(cursor)
    sessions, steps = coaching_learning.observed(cursor, workflow_id)
    if sessions < bars.observed_sessions and steps < bars.observed_steps:
        return None
    why = f"{_many(sessions, 'coaching session')} completed and {_many(steps, 'step')} recorded"
    return _set(cursor, workflow_id, COACHING, OBSERVATION, PROGRAM, why, PROGRAM, call)


def _many(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"


def _set(
    cursor: Cursor,
    workflow_id: str,
    level: str,
    previous: str,
    who: str,
    reason: str,
    source: str,
    call: str | None,
    found: Readiness | None = None,
) -> Told:
    found = found or judge(cursor, workflow_id)
    newest = coaching_learning.newest_level(cursor, workflow_id)
    # A clock that was set back must not put this before the change that it follows.
    moment = max(now(), from_micros((newest.changed_us if newest else 0) + 1))
    figures = written(found.told)
    row = NewLevel(workflow_id, level, previous, who, reason, figures, moment, source, now(), call)
    coaching_learning.set_level(cursor, row)
    return _changed(workflow_id, level, previous, who, reason)


def _changed(workflow_id: str, level: str, previous: str, who: str, reason: str | None) -> Told:
    return {"workflow_id": workflow_id, "level": level, "previous": previous, "decided_by": who, "reason": reason}


def _promotable(cursor: Cursor, wanted: Promotion, reason: str | None) -> tuple[str, Readiness]:
    """The level of a workflow that can be promoted, but perhaps for words that are still to be said."""
    workflow_id = wanted.workflow_id
    known(cursor, workflow_id)
    newest = coaching_learning.newest_level(cursor, workflow_id)
    level = of(newest.level if newest else None)
    if level == AUTO:
        raise InvalidRequestError(f"Workflow {workflow_id!r} is at AUTO already. Nothing was changed.")
    if wanted.expected and level != wanted.expected:
        raise InvalidRequestError(
            f"Workflow {workflow_id!r} is at {level} by now, not at {wanted.expected}. Nothing was changed. "
            "Look at it again."
        )
    found = judge(cursor, workflow_id)
    if level == COACHING and found.state == NOT_READY and not reason:
        raise InvalidRequestError(
            f"Workflow {workflow_id!r} is not ready: {_unmet(found)}. Nothing was changed. To promote it all the same, "
            "give a reason (--despite on a terminal); it is on record."
        )
    return level, found


def _in_doubt(level: str, found: Readiness) -> bool:
    return level == COACHING and found.state == CONFIRM


def _check_words(wanted: Promotion, found: Readiness) -> None:
    said = wanted.confirmed
    if said is True or (isinstance(said, str) and normalised(said) == WORDS):
        return
    raise InvalidRequestError(
        f"Workflow {wanted.workflow_id!r} needs confirmation: {_unmet(found)}. Nothing was changed. Say in words that "
        f'these decisions were meant: "{WORDS}".'
    )


def _unmet(found: Readiness) -> str:
    return "; ".join(one.text for one in found.criteria if not one.met)


def _reason(text: str | None, actor: Actor) -> str | None:
    return Cleaner(actor.mask_secrets).text(text, MAX_REASON) if text and text.strip() else None

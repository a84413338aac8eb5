"""What was seen in a session by hooks: prompts, skills that were loaded, what was done after them, ends of turns.

A turn lasts from a prompt, or from the end of the turn before, to the next of these. A subagent has turns of its own.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from session_buddy.store import remembering, rows
from session_buddy.store.invocations import TrackedBy
from session_buddy.store.rows import first
from session_buddy.store.times import micros, now
from session_buddy.store.writing import Cursor

PROMPT, COMMAND, MODEL, PERSON, STEP, FAILED_STEP, TURN, STARTED, ENDED, HINT = (
    "prompt", "command", "model", "person", "step", "failed_step", "turn", "started", "ended", "hint",
)  # fmt: skip
HOOK = "hook"
_NAME = "watched sessions"
# What an assistant reports now was seen so long ago at most.
LATELY = timedelta(minutes=10)
TRANSCRIPT = "claude-code"
# A use that a hook and a transcript tell of at times so far apart is one, in microseconds.
_SAME_US = 60_000_000
# A command has no id; two hooks that tell of the same one do so at the same time.
_TWICE_US = 1_500_000
_REPORT_US = LATELY // timedelta(microseconds=1)

_INSERT = "INSERT INTO seen VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
# Asked without any calculation, which is done here: planning that takes DuckDB longer than all the rest.
_STANDING = """
    SELECT event_id = $event, kind, agent_id, query_id, action IS NULL, epoch_us(happened_at) FROM seen
    WHERE session_id = $session AND (kind IN ('prompt', 'command', 'turn') OR event_id = $event)
"""
_USES = """
    SELECT s.invocation_id, s.skill_name, s.kind, epoch_us(s.happened_at) FROM seen s
    WHERE s.session_id = $session AND s.agent_id IS NOT DISTINCT FROM $agent AND s.kind IN ('model', 'person')
      AND s.source = 'hook' AND s.happened_at >= $since
    ORDER BY s.happened_at, s.recorded_at
"""
_ENDED = "SELECT invocation_id FROM completion WHERE invocation_id IN (SELECT unnest($uses::UUID[]))"
_STEPS = """
    SELECT action, kind = 'failed_step', epoch_us(happened_at) FROM seen
    WHERE session_id = $session AND agent_id IS NOT DISTINCT FROM $agent AND kind IN ('step', 'failed_step')
      AND happened_at >= $since
    ORDER BY happened_at, recorded_at
"""
_BEGUN = """
    SELECT invocation_id, source, query_id, epoch_us(invoked_at) FROM invocation
    WHERE session_id = $session AND skill_name = $skill
"""
_LINKED = """
    SELECT invocation_id FROM seen WHERE session_id = $session AND invocation_id IS NOT NULL AND source = 'hook'
"""
_UNREPORTED = """
    SELECT i.invocation_id, epoch_us(i.invoked_at), i.query_id IS NOT NULL FROM invocation i
    WHERE i.session_id = $session AND i.skill_name = $skill AND i.invoked_at >= $since AND i.source = 'hook'
      AND i.invocation_id NOT IN (SELECT invocation_id FROM reported WHERE session_id = $session)
    ORDER BY i.invoked_at DESC LIMIT 1
"""
_WATCHED = "SELECT DISTINCT session_id FROM seen WHERE source = 'hook' AND happened_at >= ?"
_REPORT = "INSERT INTO reported VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REPORTED_BY = """
    SELECT i.invocation_id, i.skill_name, i.session_id, epoch_us(i.invoked_at)
    FROM reported r JOIN invocation i USING (invocation_id) WHERE r.call = ? LIMIT 1
"""
_HINTED = "SELECT DISTINCT skill_name FROM seen WHERE session_id = ? AND kind = 'hint'"
_LATEST = "SELECT epoch_us(max(happened_at)), count(*) FROM seen WHERE source = 'hook'"


class Seen(NamedTuple):
    """One thing that was seen. `query_id` is of a prompt, `invocation_id` of a use, `action` of a step."""

    event_id: UUID
    session_id: str
    agent_id: str | None
    kind: str
    skill_name: str | None
    action: str | None
    query_id: UUID | None
    invocation_id: UUID | None
    project_id: str
    happened_at: datetime
    source: str = HOOK


class Stream(NamedTuple):
    """Whose turns these are: a session's own, or those of one of its subagents."""

    session_id: str
    agent_id: str | None


class Standing(NamedTuple):
    """How a stream stands: whether nothing was seen of its session (`new`), whether the event was (`known`), the text
    of the last prompt, when the turn began (None in a session without prompts), and when it ended, for an event that
    is told late (microseconds since 1970)."""

    new: bool
    known: bool
    last_prompt: UUID | None
    turn_began: int | None
    turn_ended: int | None


class Loaded(NamedTuple):
    """A use that was seen to begin, at `moment` (microseconds since 1970); by the `model` or the `person`."""

    invocation_id: UUID
    skill_name: str
    kind: str
    moment: int


class Wanted(NamedTuple):
    """A use that an event is about: of a skill in a session, begun at `moment` in a turn that began at `since`; `own`
    is its id if it is new. Reports come within ten minutes of what they are about."""

    session_id: str
    skill_name: str
    own: UUID
    since: datetime
    moment: datetime
    by_person: bool
    query_id: UUID | None


class Done(NamedTuple):
    """A step of a turn."""

    action: str
    failed: bool
    moment: int


class Unreported(NamedTuple):
    """A use that was seen: when it began (microseconds since 1970), and whether the problem is known."""

    invocation_id: UUID
    moment: int
    has_problem: bool


class Report(NamedTuple):
    """What an assistant reported of a use that had been seen before."""

    invocation_id: UUID
    session_id: str
    query_id: UUID | None
    workflow_path: str | None
    workflow_phase: str | None
    alternatives_considered: list[str] | None
    selection_rank: int | None
    call: str | None


def insert(cursor: Cursor, row: Seen) -> None:
    rows.insert(cursor, _INSERT, [*row, now()])
    if row.source == HOOK:
        _watched(cursor, row.happened_at - LATELY).add(row.session_id)


def _watched(cursor: Cursor, since: datetime) -> set[str]:
    """The sessions that hooks have told of since then, and perhaps others. Jobs of the write queue remember them: most
    uses are tracked where there are no hooks, and those should not pay for a query."""
    notes = remembering.notes(cursor)
    if notes is None or _NAME not in notes.held:
        found = {row[0] for row in cursor.execute(_WATCHED, [since]).fetchall()}
        if notes is None:
            return found
        notes.held[_NAME] = found
    watched: set[str] = notes.held[_NAME]
    return watched


def standing(cursor: Cursor, stream: Stream, event_id: UUID, before: datetime) -> Standing:
    """How a stream stood at `before`."""
    found = cursor.execute(_STANDING, {"session": stream.session_id, "event": event_id}).fetchall()
    moment = micros(before)
    begins, ends, prompts = [], [], []
    for _, kind, agent, query_id, plain, at in found:
        ended = kind == TURN and agent == stream.agent_id
        if at <= moment and (ended or (kind in (PROMPT, COMMAND) and stream.agent_id is None)):
            begins.append(at)
        if at >= moment and ended and plain:
            ends.append(at)
        if at <= moment and kind == PROMPT and query_id is not None:
            prompts.append((at, query_id))
    last = max(prompts, default=(0, None))[1]
    return Standing(not found, any(row[0] for row in found), last, max(begins, default=None), min(ends, default=None))


def uses(cursor: Cursor, stream: Stream, since: datetime) -> list[Loaded]:
    """The skills that were loaded since then, in order."""
    values = {"session": stream.session_id, "agent": stream.agent_id, "since": since}
    return [Loaded(*row) for row in cursor.execute(_USES, values).fetchall()]


def ended(cursor: Cursor, uses: list[UUID]) -> set[UUID]:
    """Those of these uses that have ended."""
    return {row[0] for row in cursor.execute(_ENDED, {"uses": uses}).fetchall()} if uses else set()


def steps(cursor: Cursor, stream: Stream, since: datetime) -> list[Done]:
    """What was done since then, in order."""
    values = {"session": stream.session_id, "agent": stream.agent_id, "since": since}
    return [Done(*row) for row in cursor.execute(_STEPS, values).fetchall()]


def begun(cursor: Cursor, wanted: Wanted) -> UUID | None:
    """The use that an event is about, if it is stored already: the one with the id `own`; one that an assistant has
    reported or a transcript told of, and that no hook has seen yet; for a command, the one that another hook told of at
    the same moment."""
    found = cursor.execute(_BEGUN, {"session": wanted.session_id, "skill": wanted.skill_name}).fetchall()
    since, moment, others = micros(wanted.since), micros(wanted.moment), []
    for identity, source, query_id, at in sorted(found, key=lambda row: -row[-1]):
        apart = abs(at - moment)
        if identity == wanted.own:
            return wanted.own
        if source == HOOK:
            if wanted.by_person and apart <= _TWICE_US and query_id == wanted.query_id:
                return UUID(str(identity))
        elif apart <= _SAME_US if source == TRANSCRIPT else since <= at and apart <= _REPORT_US:
            others.append(identity)
    if not others:
        return None
    linked = {row[0] for row in cursor.execute(_LINKED, {"session": wanted.session_id}).fetchall()}
    return next((identity for identity in others if identity not in linked), None)


def unreported(cursor: Cursor, session_id: str, skill_name: str, since: datetime) -> Unreported | None:
    """A use of the skill that was seen since then and that no assistant has reported yet."""
    if session_id not in _watched(cursor, since):
        return None
    row = first(cursor, _UNREPORTED, {"session": session_id, "skill": skill_name, "since": since})
    return Unreported(*row) if row else None


def report(cursor: Cursor, row: Report) -> None:
    rows.insert(cursor, _REPORT, [*row, now()])


def reported_by(cursor: Cursor, call: str) -> TrackedBy | None:
    """The use that this call has reported, if it was made before."""
    row = first(cursor, _REPORTED_BY, [call])
    return TrackedBy(*row) if row else None


def hinted(cursor: Cursor, session_id: str) -> set[str]:
    """The skills that this session was told of."""
    return {row[0] for row in cursor.execute(_HINTED, [session_id]).fetchall()}


def latest(cursor: Cursor) -> tuple[int | None, int]:
    """When a hook last told of anything (microseconds since 1970), and how many rows there are of hooks."""
    row = first(cursor, _LATEST)
    return (row[0], row[1]) if row else (None, 0)

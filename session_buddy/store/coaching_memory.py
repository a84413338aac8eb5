"""What the write queue's jobs remember of coaching, so that a step costs its inserts and hardly a query.

Whatever is remembered was read from rows before, and is changed together with them; what is changed in any other way
is let go and read again.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from session_buddy.store import remembering
from session_buddy.store.writing import Cursor

# So many coaching sessions are remembered, and so many suggestions of one that wait for a decision.
MOST_SESSIONS = 256
MOST_PENDING = 64
# A suggestion with longer texts is read again.
MOST_CHARACTERS = 16_384

_NAME = "coaching"

Kind = tuple[str, str]


@dataclass
class Waiting:
    """The suggestions of a coaching session without a decision, None for one that has to be read again; and what
    corrections they have. `whole` tells that there are no others."""

    suggestions: dict[UUID, Any] = field(default_factory=dict)
    arguments: dict[UUID, tuple[int, UUID]] = field(default_factory=dict)
    applied: dict[UUID, list[tuple[UUID, UUID | None]]] = field(default_factory=dict)
    whole: bool = True

    def add(self, one: Any, applied: list[tuple[UUID, UUID | None]] | None) -> None:
        short = len(one.suggested or "") + len(one.parameters or "") <= MOST_CHARACTERS
        self.suggestions[one.suggestion_id] = one if short else None
        self.arguments[one.suggestion_id] = one.step_index, one.arguments_id
        if applied is not None:
            self.applied[one.suggestion_id] = applied
        while len(self.suggestions) > MOST_PENDING:
            self.remove(next(iter(self.suggestions)))
            self.whole = False

    def same(self, step: int, arguments_id: UUID) -> UUID | None:
        """The newest one at this step with these arguments."""
        wanted = step, arguments_id
        return next((one for one in reversed(self.arguments) if self.arguments[one] == wanted), None)

    def remove(self, suggestion_id: UUID) -> list[tuple[UUID, UUID | None]] | None:
        """Forget one; returns its corrections, None where they are not known."""
        self.suggestions.pop(suggestion_id, None)
        self.arguments.pop(suggestion_id, None)
        return self.applied.pop(suggestion_id, None)


@dataclass
class SessionMemory:
    """A coaching session; what is None was not asked for yet."""

    state: Any
    tallies: Counter[tuple[str, bool]] | None = None
    waiting: Waiting | None = None


@dataclass
class WorkflowMemory:
    """A workflow: its level, and per (node, action) how often persons accepted it, what corrections have taught, and
    on which of them the latest decision of a person rests that lets it run without a question (`endorsed`; None where
    there is no such decision)."""

    level: str | None
    observed: tuple[int, int] | None = None
    accepted: dict[Kind, tuple[int, int]] = field(default_factory=dict)
    records: dict[Kind, dict[UUID, Any]] = field(default_factory=dict)
    endorsed: dict[Kind, tuple[UUID, ...] | None] = field(default_factory=dict)


@dataclass
class Memory:
    sessions: dict[str, SessionMemory] = field(default_factory=dict)
    workflows: dict[str, WorkflowMemory] = field(default_factory=dict)
    thresholds: list[Any] | None = None

    def session(self, session_id: str) -> SessionMemory | None:
        return self.sessions.get(session_id)

    def touch(self, session_id: str, moment_us: int) -> None:
        """Something has happened in a coaching session."""
        if one := self.sessions.get(session_id):
            one.state = one.state._replace(touched_us=max(one.state.touched_us, moment_us))

    def keep(self, session_id: str, one: SessionMemory) -> None:
        """Remember a coaching session, and no longer the one that was remembered first where there are many."""
        if len(self.sessions) >= MOST_SESSIONS:
            del self.sessions[next(iter(self.sessions))]
        self.sessions[session_id] = one


def memory(cursor: Cursor) -> Memory | None:
    """What is remembered on this cursor; None on one that only reads."""
    notes = remembering.notes(cursor)
    if notes is None:
        return None
    found: Memory = notes.held.setdefault(_NAME, Memory())
    return found


def changing(cursor: Cursor) -> Memory | None:
    """As `memory`, for a change that counts only once it is committed."""
    notes = remembering.notes(cursor)
    if notes is not None:
        notes.changed = True
    return memory(cursor)


def let_go(cursor: Cursor) -> None:
    """Remember nothing that was read before, because rows are changed in another way."""
    if notes := remembering.notes(cursor):
        notes.changed = True
        notes.held.pop(_NAME, None)

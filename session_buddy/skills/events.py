"""Events that come with an id and a time of their own, from the spool or from a program: checked, and stored once
however often they are seen."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from session_buddy.errors import InvalidRequestError
from session_buddy.skills import observing, tracking
from session_buddy.skills.fields import CleanedName, Moment, Name, Names, Rank, Seconds, Text, Texts
from session_buddy.skills.hook_events import HookEvent
from session_buddy.skills.messages import readable
from session_buddy.skills.tracking import Ending, Origin, Stamp, Use
from session_buddy.store import invocations, projects
from session_buddy.store.standing import GIVES_WAY
from session_buddy.store.writing import Cursor

SOURCE = "spool"


class _Event(BaseModel):
    """What every event says: its sender's id of it, and when and where it happened."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    at: Moment
    project: Text
    session: Name


class TrackEvent(_Event):
    """A skill starts being used; the event's id becomes the invocation's."""

    kind: Literal["track"]
    skill_name: Name
    user_query: Text | None = None
    workflow_path: CleanedName | None = None
    workflow_phase: CleanedName | None = None
    alternatives_considered: Names | None = None
    selection_rank: Rank | None = None


class CompleteEvent(_Event):
    """A use has ended."""

    kind: Literal["complete"]
    invocation_id: UUID
    completed: bool | None = None
    follow_up_actions: Texts | None = None
    error_type: Text | None = None
    duration_seconds: Seconds | None = None


Event = TrackEvent | CompleteEvent | HookEvent
_ADAPTER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def parse(event: dict[str, Any] | None) -> Event:
    """The event that this is.

    Raises:
        InvalidRequestError: it is none; the message says why.
    """
    try:
        return _ADAPTER.validate_python(event)
    except ValidationError as error:
        raise InvalidRequestError(readable(error)) from None


def store(cursor: Cursor, event: Event, project_id: str, mask_secrets: bool, source: str = SOURCE) -> bool:
    """Store an event that is not stored yet. Returns False when it has to wait: a completion whose start has not
    arrived."""
    if isinstance(event, HookEvent):
        observing.store(cursor, event, project_id, mask_secrets)
        return True
    if isinstance(event, TrackEvent):
        return _track(cursor, event, Origin(event.session, project_id, event.project, mask_secrets), source)
    ended = invocations.ended(cursor, event.invocation_id)
    if ended and ended.source not in GIVES_WAY:
        return True
    if not invocations.begun(cursor, event.invocation_id):
        return False
    ending = Ending(
        str(event.invocation_id), event.completed, event.follow_up_actions, event.error_type, event.duration_seconds
    )
    tracking.complete(cursor, ending, mask_secrets, Stamp(event.at, source))
    return True


def _track(cursor: Cursor, event: TrackEvent, origin: Origin, source: str) -> bool:
    if invocations.begun(cursor, event.id):
        return True
    use = Use(
        event.skill_name,
        event.user_query,
        event.workflow_path,
        event.workflow_phase,
        event.alternatives_considered,
        event.selection_rank,
    )
    projects.remember(cursor, origin.project_id, origin.project_path)
    tracking.track(cursor, use, origin, Stamp(event.at, source), event.id)
    return True

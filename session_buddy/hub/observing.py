"""What a hub does with an event that a hook tells: store it, answer a prompt, and serve the session that has begun."""

from typing import TYPE_CHECKING, Any

from session_buddy.bridge import spool
from session_buddy.bridge.place import Place
from session_buddy.errors import InvalidRequestError
from session_buddy.hub.intake import take_in
from session_buddy.hub.services import Services
from session_buddy.skills import events, observing
from session_buddy.skills.hook_events import HookEvent
from session_buddy.skills.tracking import Origin

if TYPE_CHECKING:
    from session_buddy.hub.connections import Connections


async def observe(
    services: Services, connections: "Connections", event: dict[str, Any], project_id: str
) -> dict[str, Any]:
    """Store an event; the answer's `tell` is for the assistant to read.

    Raises:
        InvalidRequestError: it is no event of a hook.
    """
    parsed = events.parse(event)
    if not isinstance(parsed, HookEvent):
        raise InvalidRequestError("This is no event of a hook. Nothing was stored.")
    if spool.any_waiting(Place(services.settings.store), services.settings.data_folder):
        await take_in(services)  # what was told before comes before
    mask = services.settings.mask_secrets
    stored = await services.access.write(lambda cursor: observing.store(cursor, parsed, project_id, mask))
    if services.embedding.state == "ready":  # else the next question embeds what is missing; an event starts no model
        services.backlog.notice()
    await connections.follow(parsed)
    asker = Origin(parsed.session, project_id, parsed.project, mask)
    tell = await services.hinter.tell(parsed, asker) if stored and parsed.tells_prompt else None
    return {"stored": stored, "tell": tell}

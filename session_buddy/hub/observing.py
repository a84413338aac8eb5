"""What a hub does with an event that a hook tells: store it, answer a prompt, and serve the session that has begun."""

import asyncio
import logging
import time
from typing import Any

from session_buddy.bridge import spool
from session_buddy.bridge.place import Place
from session_buddy.errors import BuddyError, InvalidRequestError
from session_buddy.hub.intake import take_in
from session_buddy.hub.services import Services
from session_buddy.skills import events, observing
from session_buddy.skills.hook_events import HookEvent
from session_buddy.skills.tracking import Origin

log = logging.getLogger(__name__)

# Nothing but the figures follows from these.
_AT_LEISURE = (
    "UserPromptExpansion", "PostToolUse", "PostToolUseFailure", "Stop", "StopFailure", "SubagentStop",
)  # fmt: skip


async def observe(services: Services, event: dict[str, Any], project_id: str) -> dict[str, Any]:
    """Store an event; the answer's `tell` is for the assistant to read.

    Raises:
        InvalidRequestError: it is no event of a hook.
    """
    begun = time.monotonic()
    parsed = events.parse(event)
    if not isinstance(parsed, HookEvent):
        raise InvalidRequestError("This is no event of a hook. Nothing was stored.")
    if parsed.event in _AT_LEISURE and await _set_aside(services, event | {"id": str(parsed.id)}):
        return {"stored": True, "tell": None}
    await _take_in_earlier(services)
    mask = services.settings.mask_secrets
    stored = await services.access.write(lambda cursor: observing.store(cursor, parsed, project_id, mask))
    if services.embedding.state == "ready":  # else the next question embeds what is missing; an event starts no model
        services.backlog.notice()
    await services.serving.follow(parsed)
    asker = Origin(parsed.session, project_id, parsed.project, mask)
    wanted = stored and parsed.tells_prompt
    tell = await services.hinter.tell(parsed, asker, begun + parsed.waits) if wanted else None
    return {"stored": stored, "tell": tell}


async def _set_aside(services: Services, event: dict[str, Any]) -> bool:
    """Keep an event in the spool, where it outlives this process, and store it right after: whoever tells it need not
    wait until the store has taken it. Returns False where it cannot be kept there."""
    place, folder = Place(services.settings.store), services.settings.data_folder
    try:
        await asyncio.to_thread(spool.put, place, folder, event, durable=False)
    except BuddyError:
        return False
    services.intake.soon(lambda: take_in(services))
    return True


async def _take_in_earlier(services: Services) -> None:
    """What was told before comes before; whatever is wrong with it, this event is stored."""
    if not spool.any_waiting(Place(services.settings.store), services.settings.data_folder):
        return
    try:
        await take_in(services)
    except Exception as error:
        log.warning("What waits in the spool could not be taken in: %s", type(error).__name__)

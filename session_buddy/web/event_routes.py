"""Live events: the latest, and those to come."""

import asyncio
import contextlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, WebSocket, WebSocketDisconnect

from session_buddy.web import credentials
from session_buddy.web.answers import Answer
from session_buddy.web.asked import Hub
from session_buddy.web.described import events as described
from session_buddy.web.live import Listener, Live
from session_buddy.web.wrong import READING, WRITING

router = APIRouter(prefix="/api", tags=["events"])


@router.get("/events/recent", response_model=described.Recent, responses=READING)
def recent(
    hub: Hub,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    project_id: str | None = None,
    session_id: str | None = None,
) -> Any:
    """The newest events, the newest last."""
    return Answer(hub.ask("lately", limit=limit, project_id=project_id, session_id=session_id))


@router.post("/link", response_model=described.Link, responses=WRITING)
async def link(request: Request) -> Any:
    """An address that opens the page in one browser, once, within a minute.

    Start no program with it: command lines can be read by others. Use `/api/link/file` for that.
    """
    return Answer({"url": request.app.state.key.once(request.app.state.handover.codes.new())})


@router.post("/link/file", response_model=described.Link, responses=WRITING)
async def link_file(request: Request) -> Any:
    """The address of a file that only this user can read, which opens the page in one browser, once, within a minute.

    The file is removed after use, or after that minute.
    """
    return Answer({"url": request.app.state.handover.create()})


@router.websocket("/events")
async def events(socket: WebSocket, last: str | None = None) -> None:
    """Tell a page what happens, first what it has missed since the event `last`."""
    live: Live = socket.app.state.live
    listener = live.join(last)
    try:
        await socket.accept(credentials.protocol(socket.scope))
        tasks = [asyncio.create_task(job(socket, listener)) for job in (_tell, _until_gone)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        live.leave(listener)


async def _tell(socket: WebSocket, listener: Listener) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.send_text(json.dumps(await listener.next(), separators=(",", ":")))


async def _until_gone(socket: WebSocket, listener: Listener) -> None:
    """What a page sends means nothing; that it closes does."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass

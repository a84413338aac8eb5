"""The application: routes, the page's files, live events, and the guard before all of them."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from session_buddy import __version__
from session_buddy.web import (
    coaching_routes,
    event_routes,
    pack_routes,
    pages,
    report_routes,
    skill_routes,
    workflow_routes,
    wrong,
)
from session_buddy.web.browser_sessions import BrowserSessions
from session_buddy.web.guard import API, Guard, Key
from session_buddy.web.handover import Handover
from session_buddy.web.hub_line import HubLine
from session_buddy.web.live import Live

DESCRIPTION = """Everything that the dashboard shows and does, for scripts too. Send the token of its link as
`Authorization: Bearer …`. Names within an address are percent-encoded, a slash in them as well."""


def build(
    hub: HubLine, live: Live, key: Key, handover: Handover, inside: Callable[[ASGIApp], ASGIApp] = lambda app: app
) -> ASGIApp:
    """What answers on the port of `key`. `inside` wraps the applications behind the guard."""
    app = FastAPI(
        title="session_buddy",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.hub, app.state.live, app.state.key, app.state.handover = hub, live, key, handover
    routers = (report_routes, coaching_routes, workflow_routes, pack_routes, skill_routes, event_routes)
    for one in routers:
        app.include_router(one.router)
    wrong.add_to(app)
    files = pages.listing()
    pages.add_to(app, files)
    guarded, shown = inside(AsSent(app)), inside(pages.application(files))
    return Guard(guarded, shown, key, handover.codes, BrowserSessions())


class AsSent:
    """Lets addresses under /api be matched as they were sent: there, an encoded slash is part of a name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent = scope.get("raw_path", b"").partition(b"?")[0].decode("latin-1")
        if scope["type"] == "http" and sent.startswith(f"{API}/"):
            scope = {**scope, "path": sent}
        await self._app(scope, receive, send)

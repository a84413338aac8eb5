"""Telling clients that a report has changed, in both protocol eras."""

import asyncio
import contextlib
import hashlib
import logging
from collections import Counter
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver.exceptions import ResourceError
from mcp.server.session import ServerSession
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ResourceUpdated
from mcp_types import (
    EmptyResult,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
    UnsubscribeRequestParams,
)

from session_buddy.errors import BuddyError
from session_buddy.server.caller import Caller
from session_buddy.server.mcp_server import BuddyServer
from session_buddy.store.access import Access

# Changes that come together are told together.
GATHER_SECONDS = 1.0

Ctx = ServerRequestContext[Caller, Any]

log = logging.getLogger(__name__)


class Watching:
    """Who watches which resource. A resource that is watched is read again after something was stored, and whoever
    watches it is told if it reads differently."""

    def __init__(self, server: BuddyServer) -> None:
        self._server = server
        self._bus = InMemorySubscriptionBus()
        self._listen = ListenHandler(self._bus)
        self._listened: Counter[str] = Counter()
        self._subscribed: dict[str, dict[str, ServerSession]] = {}
        self._read: dict[str, str] = {}
        add = server.lowlevel.add_request_handler
        add("resources/subscribe", SubscribeRequestParams, self._subscribe)
        add("resources/unsubscribe", UnsubscribeRequestParams, self._unsubscribe)
        add("subscriptions/listen", SubscriptionsListenRequestParams, self._listening)

    async def run(self, access: Access) -> None:
        """Work until cancelled."""
        news = access.subscribe()
        while True:
            await news.wait()
            await asyncio.sleep(GATHER_SECONDS)
            news.clear()
            for uri in {*self._listened, *self._subscribed}:
                await self._look_at(uri)

    def forget(self, connection_id: str) -> None:
        """A connection is gone, and what it had subscribed to with it."""
        for uri in list(self._subscribed):
            self._drop(uri, connection_id)

    async def _look_at(self, uri: str) -> None:
        before = self._read.get(uri)
        self._read[uri] = now = await self._digest(uri)
        if before is None or now == before:
            return
        await self._bus.publish(ResourceUpdated(uri))
        for session in list(self._subscribed.get(uri, {}).values()):
            await session.send_resource_updated(uri)

    async def _digest(self, uri: str) -> str:
        """What a resource reads like now; one that cannot be read is the same until it can."""
        try:
            found = await self._server.read_resource(uri)
        except (ResourceError, BuddyError) as error:
            return type(error).__name__
        digest = hashlib.sha256()
        for content in found if isinstance(found, list) else []:
            digest.update(str(content.content).encode("utf-8", "replace"))
        return digest.hexdigest()

    async def _subscribe(self, ctx: Ctx, params: SubscribeRequestParams) -> EmptyResult:
        uri = str(params.uri)
        await self._begin(uri)
        self._subscribed.setdefault(uri, {})[ctx.lifespan_context.connection_id] = ctx.session
        return EmptyResult()

    async def _unsubscribe(self, ctx: Ctx, params: UnsubscribeRequestParams) -> EmptyResult:
        self._drop(str(params.uri), ctx.lifespan_context.connection_id)
        return EmptyResult()

    async def _listening(self, ctx: Ctx, params: SubscriptionsListenRequestParams) -> SubscriptionsListenResult:
        uris = [str(uri) for uri in params.notifications.resource_subscriptions or []]
        for uri in uris:
            await self._begin(uri)
            self._listened[uri] += 1
        try:
            return await self._listen(ctx, params)
        finally:
            self._listened.subtract(uris)
            self._listened += Counter()  # drops those that nobody listens to any more

    async def _begin(self, uri: str) -> None:
        """Know how a resource reads before it is watched, so that the first change is seen."""
        if uri not in self._read:
            self._read[uri] = await self._digest(uri)

    def _drop(self, uri: str, connection_id: str) -> None:
        with contextlib.suppress(KeyError):
            del self._subscribed[uri][connection_id]
            if not self._subscribed[uri]:
                del self._subscribed[uri]

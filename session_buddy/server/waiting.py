"""Waiting until somebody, somewhere, has decided a suggestion."""

import asyncio
import time
from typing import Any
from uuid import UUID

from session_buddy.server.calling import Ctx, caller_of
from session_buddy.store import coaching_decisions
from session_buddy.store.access import Access

# What is stored in quick succession is looked at together; the first of it at once.
GATHER_SECONDS = 0.02
PROGRESS_SECONDS = 5.0


async def until_decided(access: Access, suggestion_id: str) -> None:
    """Wait until a decision stands on a suggestion."""
    identity = UUID(suggestion_id)
    news = access.subscribe()
    try:
        while True:
            news.clear()
            begun = time.monotonic()
            if await access.read(lambda cursor: coaching_decisions.is_decided(cursor, identity)):
                return
            await news.wait()
            await asyncio.sleep(begun + GATHER_SECONDS - time.monotonic())
    finally:
        access.unsubscribe(news)


async def wait_for_decision(ctx: Ctx, suggestion: dict[str, Any], seconds: float) -> None:
    """Wait for a decision from another place, at most so long, and report progress meanwhile."""
    begun = time.monotonic()
    waiting = asyncio.create_task(until_decided(caller_of(ctx).access, suggestion["suggestion_id"]))
    try:
        while (passed := time.monotonic() - begun) < seconds:
            await ctx.report_progress(passed, seconds, "Waiting for a decision")
            done, _ = await asyncio.wait([waiting], timeout=min(PROGRESS_SECONDS, seconds - passed))
            if done:
                return waiting.result()
    finally:
        waiting.cancel()

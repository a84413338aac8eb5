"""Following a store inside its hub: on time, of what was stored alone, and at an end without a trace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from session_buddy import settings
from session_buddy.errors import InvalidRequestError
from session_buddy.hub.following import follow, lately
from session_buddy.hub.services import Services, assemble
from session_buddy.skills.tracking import Origin, Use, track
from session_buddy.store.store import Store

pytestmark = pytest.mark.anyio
LIMIT = 20.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    environment = {"HOME": str(tmp_path), "SESSION_BUDDY_EMBEDDER": "off", "SESSION_BUDDY_PROJECT": str(tmp_path)}
    store = Store.open(str(tmp_path / "store.duckdb"))
    with (tmp_path / "worker.log").open("w") as log:
        yield assemble(settings.read(environment, store=store.path), store, log.fileno())
    store.close()


async def used(services: Services, skill: str = "debugging") -> str:
    origin = Origin("monday", "here", "/somewhere")
    done = await services.access.write(lambda cursor: track(cursor, Use(skill), origin))
    return str(done["invocation_id"])


async def ids(parts: AsyncIterator[dict[str, Any]], count: int) -> list[str]:
    """The ids of that many events."""
    found: list[str] = []
    async with asyncio.timeout(LIMIT):
        async for part in parts:
            assert not part["reset"]
            found += [event["invocation_id"] for event in part["events"]]
            if len(found) >= count:
                break
    return found


async def test_the_first_part_comes_at_once_and_says_where_the_store_is(services: Services) -> None:
    await used(services)
    async with aclosing(follow(services, None)) as parts:
        first = await anext(parts)
        assert (first["events"], first["reset"]) == ([], False)
        wanted = [await used(services), await used(services)]
        assert await ids(parts, 2) == wanted
    async with aclosing(follow(services, first["position"])) as parts:
        assert [event["invocation_id"] for event in (await anext(parts))["events"]] == wanted


async def test_what_is_no_position_of_this_store_is_answered_by_a_reset(services: Services) -> None:
    await used(services)
    for told in ({}, "nonsense", {"file": [0, 0], "rows": {}}, [1], 0):
        async with aclosing(follow(services, told)) as parts:
            first = await anext(parts)
            assert (first["events"], first["reset"]) == ([], True)
            identity = await used(services)
            assert await ids(parts, 1) == [identity]


async def test_many_writers_at_once_are_told_of_whole(services: Services) -> None:
    async with aclosing(follow(services, None)) as one, aclosing(follow(services, None)) as other:
        await anext(one)
        await anext(other)
        told = asyncio.gather(ids(one, 200), ids(other, 200))
        wanted = await asyncio.gather(*(used(services, f"skill-{number}") for number in range(200)))
        first, second = await told
        assert first == second
        assert sorted(first) == sorted(wanted)


async def test_what_is_stored_for_somebody_who_has_left_is_told_all_the_same(services: Services) -> None:
    async with aclosing(follow(services, None)) as parts:
        await anext(parts)
        services.access.store.pause()
        writing = asyncio.create_task(used(services))
        telling = asyncio.create_task(ids(parts, 1))
        await asyncio.sleep(0)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        services.access.store.resume()
        assert len(await telling) == 1


async def test_rows_that_are_taken_out_are_told_as_a_reset(services: Services) -> None:
    async with aclosing(follow(services, None)) as parts:
        await anext(parts)
        await used(services)
        services.access.forgot()
        async with asyncio.timeout(LIMIT):
            part = await anext(parts)
        assert (part["events"], part["reset"]) == ([], True)
        identity = await used(services)
        assert await ids(parts, 1) == [identity]


async def test_whoever_stops_following_leaves_nothing_behind(services: Services) -> None:
    before = len(asyncio.all_tasks()), len(services.access._subscribers)
    for _ in range(3):
        parts = follow(services, None)
        await anext(parts)
        waiting = asyncio.ensure_future(anext(parts))
        await used(services)
        await waiting
        await parts.aclose()
    assert (len(asyncio.all_tasks()), len(services.access._subscribers)) == before


@pytest.mark.parametrize("limit", [0, -1, 1_001, "7", None, 2.5, True])
async def test_a_limit_that_is_none_is_refused(services: Services, limit: Any) -> None:
    with pytest.raises(InvalidRequestError, match="allowed are 1 to 1,000"):
        await lately(services.access, limit)

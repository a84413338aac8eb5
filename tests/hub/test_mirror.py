"""The store follows what is installed, in a hub."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from session_buddy.hub.mirror import Mirror
from session_buddy.hub.services import Services, assemble
from session_buddy.store import catalogue
from session_buddy.store.store import Store
from tests.assistants.conftest import ground
from tests.assistants.ground import Ground

__all__ = ["ground"]
pytestmark = pytest.mark.anyio
LIMIT = 20.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def services(ground: Ground, tmp_path: Path) -> AsyncIterator[Services]:
    store = Store.open(str(tmp_path / "store.duckdb"))
    with (tmp_path / "worker.log").open("w") as log:
        yield assemble(ground.settings, store, log.fileno())
    store.close()


async def until(services: Services, accept: Callable[[dict[str, str | None]], Any]) -> None:
    """Wait until the store's catalogue is accepted, looking whenever something was written."""
    news = services.access.subscribe()
    async with asyncio.timeout(LIMIT):
        while not accept(await services.access.read(catalogue.described)):
            news.clear()
            await news.wait()


async def test_while_a_window_is_open_every_change_reaches_the_store(ground: Ground, services: Services) -> None:
    mirror = Mirror(services, every=0.02, settle=0.0)
    running = asyncio.create_task(mirror.run())
    path = ground.skill(".claude/skills", "one")
    mirror.opened(str(ground.project))
    await until(services, lambda known: known == {"one": "Does it"})
    ground.skill(".claude/skills", "two")
    await until(services, lambda known: set(known) == {"one", "two"})
    ground.skill(".claude/skills", "two", "Changed")
    await until(services, lambda known: known["two"] == "Changed")
    path.parent.rename(path.parent.with_name("renamed"))
    await until(services, lambda known: set(known) == {"renamed", "two"})
    (ground.project / ".claude" / "skills" / "two" / "SKILL.md").unlink()
    await until(services, lambda known: set(known) == {"renamed"})
    running.cancel()


async def test_after_the_last_window_has_closed_nobody_looks(ground: Ground, services: Services) -> None:
    mirror = Mirror(services, every=0.001, settle=0.0)
    running = asyncio.create_task(mirror.run())
    mirror.opened(str(ground.project))
    mirror.opened(str(ground.project))
    mirror.closed(str(ground.project))
    ground.skill(".claude/skills", "one")
    await until(services, lambda known: set(known) == {"one"})
    mirror.closed(str(ground.project))
    await mirror.settle(str(ground.project))
    before = services.installed.of(str(ground.project))
    ground.skill(".claude/skills", "two")
    for _ in range(100):
        await asyncio.to_thread(int)
    assert set(await services.access.read(catalogue.described)) == {"one"}
    assert services.installed.of(str(ground.project)) != before
    running.cancel()


async def test_a_command_finds_the_store_up_to_date(ground: Ground, services: Services) -> None:
    ground.skill(".claude/skills", "one")
    mirror = Mirror(services)
    await asyncio.gather(*(mirror.settle(str(ground.project)) for _ in range(5)))
    assert await services.access.read(catalogue.described) == {"one": "Does it"}


async def test_what_cannot_be_written_is_tried_again_later(ground: Ground, services: Services) -> None:
    ground.skill(".claude/skills", "one")
    mirror = Mirror(services)
    services.access.store.close()
    await mirror.settle(str(ground.project))

"""Tools on a store of their own, for every test of the server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.buddy import MODES, Tools, serving, speaking


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=MODES)
async def tools(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Tools]:
    """Tools on an empty store without embedding, once for each era of the protocol."""
    async with serving(tmp_path, "off") as buddy, speaking(buddy, request.param) as tools:
        yield tools


@pytest.fixture
async def semantic(tmp_path: Path) -> AsyncIterator[Tools]:
    """Tools on an empty store that rank by real vectors."""
    async with serving(tmp_path, "hashing") as buddy, speaking(buddy, "auto") as tools:
        yield tools


@pytest.fixture(params=["off", "hashing"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Tools]:
    """Tools on an empty store, once ranking by words and once by vectors."""
    async with serving(tmp_path, request.param) as buddy, speaking(buddy, "legacy") as tools:
        yield tools

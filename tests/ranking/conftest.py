"""An open store, as in the store's own tests, and an event loop."""

import pytest

from tests.store.conftest import empty_store, path, store

__all__ = ["anyio_backend", "empty_store", "path", "store"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"

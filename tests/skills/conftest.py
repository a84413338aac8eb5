"""An open store for the tests of this room."""

from tests.store.conftest import empty_store, path, store

__all__ = ["empty_store", "path", "store"]

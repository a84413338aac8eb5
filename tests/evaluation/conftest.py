"""An open store, as in the store's own tests."""

from tests.store.conftest import empty_store, path, store

__all__ = ["empty_store", "path", "store"]

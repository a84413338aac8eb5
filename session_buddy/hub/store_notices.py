"""Report to the user, once, that an untrusted store was set aside or that git tracks a store."""

import asyncio
import logging
import os
from typing import Any

from session_buddy.common import store_registry
from session_buddy.common.git_index import tracked_files
from session_buddy.common.store_registry import ADOPT, is_project_store
from session_buddy.project import FOLDER
from session_buddy.settings import Settings

log = logging.getLogger(__name__)


class StoreNotices:
    """The notices of one store that have not been reported yet. The first tool result carries them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pending: list[dict[str, Any]] = []

    async def run(self) -> None:
        """Look for notices once. git's index may be large, so this happens beside the first calls."""
        await asyncio.to_thread(self._look)

    def take(self) -> str | None:
        """Return the text of what is to be reported, and record that it was; None if there is nothing."""
        pending, self._pending = self._pending, []
        for notice in pending:
            store_registry.mark_reported(notice)
        return "\n".join(map(notice_text, pending)) or None

    def _look(self) -> None:
        settings = self._settings
        _note_tracked(settings)
        for notice in reversed(notices_of(settings)):
            if not notice.get("reported"):
                log.warning("%s", notice_text(notice))
                self._pending.append(notice)


def notices_of(settings: Settings) -> list[dict[str, Any]]:
    """The notices about the store of these settings, newest first."""
    return [notice for notice in store_registry.notices(settings.data_folder) if notice.get("store") == settings.store]


def notice_text(notice: dict[str, Any]) -> str:
    """A notice as sentences for a person."""
    path, store = notice["path"], notice["store"]
    if path == os.path.dirname(store):
        return (
            f"git tracks {path}: commits of this project may contain the prompts that session_buddy stores there. "
            f"`git rm -r --cached {FOLDER}` removes the folder from git and leaves the files."
        )
    if notice["reason"] == store_registry.GIT_TRACKS:
        what = f"git tracks {path}, so session_buddy opened nothing in it and keeps this project's store in {store}."
    else:
        what = (
            f"session_buddy renamed a store that it does not trust to {path} ({notice['reason']}). It opened nothing."
        )
    return (
        f"{what} `{ADOPT}` shows what it holds and, after your review, copies its rows into your store. If you do not "
        "need it, remove it."
    )


def _note_tracked(settings: Settings) -> None:
    project_folder = os.path.join(settings.project, FOLDER)
    inside = is_project_store(settings.store)
    outside = settings.store == store_registry.project_store(settings.project, settings.data_folder)
    if (inside or outside) and tracked_files(settings.project, FOLDER):
        path = os.path.dirname(settings.store) if inside else project_folder
        store_registry.note_git_tracked(path, settings.store, settings.data_folder)

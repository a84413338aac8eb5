"""What lies where beside a store, and whether it is safe to use."""

import os
from collections import namedtuple

from session_buddy.common.atomic_io import unsafe_reason
from session_buddy.common.store_registry import is_project_store, keep_out_of_git, register, store_key
from session_buddy.errors import HubUnavailableError, UnsafePathError
from session_buddy.project import FOLDER


class Place(namedtuple("Place", ["store"])):
    """The files of one store: the DuckDB file and its companions, all with the same name."""

    store: str

    @property
    def folder(self) -> str:
        return os.path.dirname(self.store)

    @property
    def lock(self) -> str:
        return self.store + ".lock"

    @property
    def address(self) -> str:
        return self.store + ".hub"

    @property
    def log(self) -> str:
        return self.store + ".log"

    @property
    def wal(self) -> str:
        return self.store + ".wal"

    @property
    def draft(self) -> str:
        """A file that is to take the store's place, while it is written."""
        return self.store + ".draft"

    @property
    def spilled(self) -> str:
        """The folder for what does not fit into DuckDB's memory."""
        return self.store + ".tmp"


def prepare(place: Place, data_folder: str) -> None:
    """Create and register the store's folder, private to the user, and check that nothing in it is a link or another
    user's. An unregistered `.session-buddy` folder is set aside.

    Raises:
        UnregisteredStoreError: a store outside of a `.session-buddy` folder was not created by this user's program.
        UnsafePathError: the folder or a file of the store is a link, or belongs to another user.
        HubUnavailableError: the folder cannot be made or written.
    """
    _check_path(place.store)
    # An unregistered folder is set aside as it is, and so is a link in its place: nothing behind it is looked at.
    is_ours = not is_project_store(place.store) or store_key(place.store, data_folder) is not None
    if is_ours or unsafe_reason(place.folder) not in (None, "is a link"):
        check(place)
    register(place.store, data_folder)
    check(place)
    try:
        if not os.path.isdir(place.folder):
            os.makedirs(place.folder, mode=0o700)
        if os.path.basename(place.folder) == FOLDER:
            if os.stat(place.folder).st_mode & 0o077:
                os.chmod(place.folder, 0o700)
            keep_out_of_git(place.folder)
    except OSError as error:
        raise HubUnavailableError(
            f"The store's folder {place.folder} cannot be used: {error.strerror}. Nothing was stored. "
            "Make it writable, or set SESSION_BUDDY_STORE to a file in a folder that is."
        ) from None
    if not os.access(place.folder, os.W_OK):
        raise HubUnavailableError(
            f"The store's folder {place.folder} is not writable for this user. Nothing was stored. "
            "Make it writable, or set SESSION_BUDDY_STORE to a file in a folder that is."
        )


def _check_path(store: str) -> None:
    """Reject a path that DuckDB cannot take.

    Raises:
        UnsafePathError: the path is not valid UTF-8.
    """
    try:
        store.encode("utf-8")
    except UnicodeEncodeError:
        raise UnsafePathError(
            f"The path of the store {store!a} is not valid UTF-8, so it cannot be opened. Nothing was stored. Rename "
            "the folder, or set SESSION_BUDDY_STORE to a file elsewhere."
        ) from None


def check(place: Place) -> None:
    """Refuse links and other users' files, so that a stranger's project cannot point us elsewhere.

    Raises:
        UnsafePathError: it names the path and what is wrong with it.
    """
    if os.path.isdir(place.store):
        raise UnsafePathError(f"{place.store} is a folder. Set SESSION_BUDDY_STORE to a file.")
    own_folder = [place.folder] if os.path.basename(place.folder) == FOLDER else []
    for path in [*own_folder, place.store, place.wal, place.lock, place.log, place.spilled]:
        if problem := unsafe_reason(path):
            raise UnsafePathError(
                f"{path} {problem}. It was not opened. Set SESSION_BUDDY_STORE to a file of your own, or remove it."
            )


def sweep(place: Place) -> None:
    """Remove what a killed process has left: a draft of the store, and spilled memory. Call it only while holding the
    hub's lock and before the store is opened."""
    import contextlib  # a window needs none of these
    import shutil

    for path in (place.draft, place.draft + ".wal"):
        with contextlib.suppress(OSError):
            os.unlink(path)
    for folder in (place.spilled, place.draft + ".tmp"):
        if os.path.isdir(folder) and not unsafe_reason(folder):
            shutil.rmtree(folder, ignore_errors=True)

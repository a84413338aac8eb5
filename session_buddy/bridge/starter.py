"""Starting a hub, detached from whoever needed it first."""

import os

from session_buddy.bridge.place import Place, prepare
from session_buddy.common import child_process
from session_buddy.common.safe_open import open_append
from session_buddy.errors import HubUnavailableError
from session_buddy.settings import Settings, child_environment

LISTENING = "listening"
LOST = "lost"


def start(settings: Settings) -> None:
    """Start a hub for the store, and return when it listens, or when another one turned out to be there.

    Raises:
        HubUnavailableError: it could not start; the message says why.
        UnsafePathError: the store's place is not safe to use.
    """
    prepare(Place(settings.store), settings.data_folder)
    run_detached(settings, "session_buddy.hub")


def run_detached(settings: Settings, module: str) -> None:
    """Start a module as a process of its own for the store, and return when it says that it listens, or that it is not
    needed.

    Raises:
        HubUnavailableError: it could not start; the message says why.
    """
    import subprocess  # 4 ms that a window with a running hub need not pay

    own = {
        "SESSION_BUDDY_STORE": settings.store,
        "SESSION_BUDDY_PROJECT": settings.project,
        "SESSION_BUDDY_MODEL": settings.model,
    }
    place, what = Place(settings.store), "hub" if module.endswith(".hub") else "dashboard"
    log = _open_append(place)
    try:
        process = child_process.start(
            [*child_process.PROGRAM, module],
            child_environment(own),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    except OSError as error:
        raise HubUnavailableError(f"The {what} could not be started: {error}. Nothing was stored.") from None
    finally:
        os.close(log)
    assert process.stdout is not None
    with process.stdout as report:
        said = report.readline().decode("utf-8", "replace").strip()
    process.wait()  # it has forked away from this child, so that it leaves no zombie with us
    if said not in (LISTENING, LOST):
        raise HubUnavailableError(
            said or f"The {what} ended while it started. {place.log} may say why. Nothing was stored."
        )


def report(text: str, code: int) -> int:
    """Tell whoever started this process, once, and let go of its pipe; returns the code."""
    try:
        print(text, flush=True)
    except OSError:
        pass
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    return code


def _open_append(place: Place) -> int:
    try:
        return open_append(place.log)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)

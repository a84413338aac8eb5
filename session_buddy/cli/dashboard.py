"""`dashboard`: the page in the browser, served on this machine only while somebody uses it."""

import argparse
import json
import os
import signal
import sys
import time
from contextlib import suppress
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.common.browser import hand_over, open_window
from session_buddy.errors import BuddyError, HubLostError, NoHubError
from session_buddy.settings import Settings, has_screen, inside_assistant, read

STOP_SECONDS = 20.0
NO_HUB = "There is no hub; a page that is open starts one within seconds, and then this command finds its dashboard."
NOT_FOR_ASSISTANTS = (
    "Whoever has the dashboard's link decides as a person, and an assistant has started this command. "
    "Type `session-buddy dashboard` in a terminal of your own."
)

# Browsers that were installed with snap or Flatpak often cannot read files in hidden folders.
SANDBOXED = (
    "If the browser says that it cannot read a file, type `session-buddy dashboard` in a terminal of your own and use "
    "the link that it prints."
)
SANDBOXED_HERE = "If the browser says that it cannot read a file, copy the link into its address bar."


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    if options.stop:
        return _stop(settings, options.json)
    for_assistant = inside_assistant()
    opens = not options.no_open and has_screen() and (sys.stdout.isatty() or for_assistant)
    if for_assistant and not opens:
        raise BuddyError(NOT_FOR_ASSISTANTS)
    with Client(settings) as client:
        found = client.ask("dashboard", {"start": True, "open": for_assistant})
    if found["url"] is None:  # the hub gives an assistant no link, and has opened the browser itself
        if not found["opened"]:
            raise BuddyError(NOT_FOR_ASSISTANTS)
        opened = True
    else:
        if not options.json:
            print(f"The dashboard is at {found['url']}", flush=True)  # some browsers take seconds to open
        file = hand_over(found["url"]) if opens else None
        opened = file is not None and open_window(file)
    print(json.dumps(found | {"opened": opened}) if options.json else _text(opened))
    return 0


def _text(opened: bool) -> str:
    if inside_assistant():
        return f"The dashboard was opened in the browser. {SANDBOXED}"
    said = f"It was opened in your browser. {SANDBOXED_HERE}" if opened else "Open it in a browser of this machine."
    return (
        f"{said} The link is like a key: whoever has it can decide as you. The dashboard ends by itself when no page "
        "is open for a while, or with `session-buddy dashboard --stop`."
    )


def _stop(settings: Settings, as_json: bool) -> int:
    found, why = _running(settings)
    if found:
        with suppress(ProcessLookupError):
            os.kill(found["pid"], signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while (now := _running(settings)[0]) and now["pid"] == found["pid"]:
            if time.monotonic() > deadline:
                raise BuddyError(
                    f"The dashboard (PID {found['pid']}) was asked to end and still runs. End that process: nothing is "
                    "lost, since it stores nothing."
                )
            time.sleep(0.02)
    text = "The dashboard has ended." if found else f"No dashboard is running for {settings.store}.{why}"
    print(json.dumps({"stopped": bool(found)}) if as_json else text)
    return 0


def _running(settings: Settings) -> tuple[dict[str, Any] | None, str]:
    """The dashboard that the hub knows; where there is no hub, what that means for one that it does not know yet."""
    try:
        with Client(settings, start=None) as client:
            return client.ask("dashboard", {"start": False}), ""
    except (NoHubError, HubLostError):
        return None, f" {NO_HUB}"

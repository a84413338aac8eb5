"""`dashboard`: the page in the browser, served on this machine only while somebody uses it."""

import argparse
import http.client
import json
import os
import signal
import sys
import time
import webbrowser
from contextlib import chdir, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from session_buddy.bridge.client import Client
from session_buddy.common.child_process import neutral_folder
from session_buddy.errors import BuddyError, HubLostError, NoHubError
from session_buddy.settings import Settings, has_screen, inside_assistant, read

STOP_SECONDS = 20.0
ANSWER_SECONDS = 10.0
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
    opens = not options.no_open and has_screen() and (sys.stdout.isatty() or inside_assistant())
    if inside_assistant() and not opens:
        raise BuddyError(NOT_FOR_ASSISTANTS)
    with Client(settings) as client:
        found = client.ask("dashboard", {"start": True})
    if not options.json and not inside_assistant():
        print(f"The dashboard is at {found['url']}", flush=True)  # some browsers take seconds to open
    opened = opens and _open(_hand_over(found["url"]))
    if inside_assistant():
        if not opened:
            raise BuddyError(NOT_FOR_ASSISTANTS)
        found["url"] = None
    print(json.dumps(found | {"opened": opened}) if options.json else _text(opened))
    return 0


def _hand_over(url: str) -> str | None:
    """The address of a private file that opens the page once; None if the dashboard cannot create one.

    Other users can read the command line of a browser, so neither the token nor a one-time code may be part of it.

    Raises:
        BuddyError: the dashboard has ended meanwhile, or does not answer.
    """
    address = urlsplit(url)
    token = parse_qs(address.query)["token"][0]
    line = http.client.HTTPConnection(address.netloc, timeout=ANSWER_SECONDS)
    try:
        line.request("POST", "/api/link/file", headers={"Authorization": f"Bearer {token}"})
        answer = line.getresponse()
        answered = json.loads(answer.read())
        return str(answered["url"]) if answer.status == http.client.OK else None
    except TimeoutError:
        raise BuddyError(
            "The dashboard does not answer. End it with `session-buddy dashboard --stop`, then run this command again."
        ) from None
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        raise BuddyError("The dashboard has ended before it was opened. Run the command again.") from None
    finally:
        line.close()


def _open(url: str | None) -> bool:
    """Open the page in a browser with windows; one that would take the terminal is left alone."""
    try:
        with chdir(neutral_folder()):  # a browser looks for its own files where it is started
            browser = webbrowser.get()
            return url is not None and type(browser) is not webbrowser.GenericBrowser and browser.open(url)
    except (webbrowser.Error, OSError):
        return False


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

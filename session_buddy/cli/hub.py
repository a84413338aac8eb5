"""`hub status` and `hub stop`."""

import argparse
import json
import time
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.bridge.door import hub_is_running
from session_buddy.cli.terminal import printable
from session_buddy.errors import BuddyError, HubUnavailableError
from session_buddy.settings import Settings, read

STOP_SECONDS = 30.0


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    if not hub_is_running(settings):
        return _none_running(settings, options.json)
    return _status(settings, options.json) if options.action == "status" else _stop(settings, options.json)


def _none_running(settings: Settings, as_json: bool) -> int:
    print(json.dumps({"running": False}) if as_json else f"No hub is running for {printable(settings.store)}.")
    return 0


def _status(settings: Settings, as_json: bool) -> int:
    with Client(settings, start=None) as client:
        status = client.ask("status") | {"running": True, "pid": client.greeting["pid"]}
    print(json.dumps(status) if as_json else printable(_text(status)))
    return 0


def _text(status: dict[str, Any]) -> str:
    embedding = status["embedding"]
    reason = f" ({embedding['reason']})" if embedding["reason"] else ""
    return "\n".join(
        [
            f"hub        PID {status['pid']}, session_buddy {status['program']}",
            f"store      {status['store']}",
            f"connected  {status['connections'] - 1} besides this command",
            f"holds      {status['invocations']} invocations, {status['texts']} texts",
            f"embedding  {embedding['state']}{reason}: {embedding['model']}, "
            f"{embedding['embedded']} of {embedding['texts']} texts have their vector",
        ]
    )


def _stop(settings: Settings, as_json: bool) -> int:
    try:
        with Client(settings, start=None) as client:
            client.ask("stop")
    except HubUnavailableError:
        if hub_is_running(settings):
            raise
    deadline = time.monotonic() + STOP_SECONDS
    while hub_is_running(settings):
        if time.monotonic() > deadline:
            raise BuddyError(f"The hub of {settings.store} was asked to stop and still runs.")
        time.sleep(0.02)
    print(
        json.dumps({"stopped": True}) if as_json else "The hub has stopped. Open windows start one when they need it."
    )
    return 0

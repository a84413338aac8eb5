"""`doctor`: one line per check of what session_buddy needs."""

import argparse
import importlib.metadata
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from session_buddy import __version__
from session_buddy.bridge.client import Client
from session_buddy.bridge.door import hub_is_running
from session_buddy.cli import check_install, check_project_entries, check_served, check_skills, check_transcripts
from session_buddy.cli.finding import Finding
from session_buddy.cli.terminal import printable
from session_buddy.embedding.models import find
from session_buddy.errors import BuddyError
from session_buddy.hub.store_notices import notice_text, notices_of
from session_buddy.reports.text import moment
from session_buddy.settings import Settings, read

PACKAGES = ("mcp", "pydantic", "duckdb", "sentence-transformers", "torch", "numpy")


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    findings = [finding for check in CHECKS for finding in check(settings)]
    if options.json:
        print(json.dumps([finding._asdict() for finding in findings]))
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.good else 'BAD '} {finding.check:<9} {printable(finding.text)}")
    return 0 if all(finding.good for finding in findings) else 1


def _python(settings: Settings) -> Iterator[Finding]:
    good = (3, 11) <= sys.version_info < (3, 14)
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("python", good, f"{version} at {sys.executable}" + ("" if good else "; 3.11 to 3.13 is needed"))


def _versions(settings: Settings) -> Iterator[Finding]:
    found: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    missing = [name for name, version in found.items() if version is None]
    text = ", ".join(f"{name} {version or 'MISSING'}" for name, version in found.items())
    advice = "; install session_buddy again with its dependencies" if missing else ""
    yield Finding("versions", not missing, f"session_buddy {__version__}, {text}{advice}")


def _duckdb(settings: Settings) -> Iterator[Finding]:
    from session_buddy.store.store import works

    version, good = importlib.metadata.version("duckdb"), works()
    yield Finding("duckdb", good, f"{version} works" if good else f"{version} does not compute; install it again")


def _model(settings: Settings) -> Iterator[Finding]:
    if settings.embedder != "sentence-transformers":
        yield Finding("model", True, f"not needed: SESSION_BUDDY_EMBEDDER is {settings.embedder}")
        return
    try:
        found = find(settings.model)
    except BuddyError as error:
        yield Finding("model", False, str(error))
    else:
        yield Finding("model", True, f"{settings.model} in {found.where}: {found.folder}")


def _settings(settings: Settings) -> Iterator[Finding]:
    shown = {"project": settings.project, "session": settings.session_id or "one per connection"} | settings.of_hub()
    yield Finding("settings", True, ", ".join(f"{name} {value}" for name, value in shown.items()))


def _hub_and_store(settings: Settings) -> Iterator[Finding]:
    running = hub_is_running(settings)
    try:
        with Client(settings) as client:
            status, greeting = client.ask("status"), client.greeting
    except BuddyError as error:
        yield Finding("store", False, str(error))
        return
    yield Finding("store", True, f"{settings.store}: {status['invocations']} invocations, {status['texts']} texts")
    for notice in notices_of(settings):
        yield Finding("store", False, notice_text(notice))
    yield Finding("hub", *_hub(settings, running, status, greeting))
    yield Finding("hooks", True, _hooks(status["hooks"]))


def _hooks(told: dict[str, Any]) -> str:
    """Whether an assistant tells of what it does."""
    if told["last_event"]:
        return f"last event {moment(told['last_event'])}; {told['events']} kept in this store"
    return "no event was told here yet; where hooks are installed, the next session of the assistant tells"


def _hub(settings: Settings, running: bool, status: dict[str, Any], greeting: dict[str, Any]) -> tuple[bool, str]:
    text = f"PID {greeting['pid']}, session_buddy {greeting['program']}, {'running' if running else 'started just now'}"
    different = [
        f"{name} is {status['settings'][name]!r} there and {wanted!r} here"
        for name, wanted in settings.of_hub().items()
        if status["settings"].get(name) != wanted
    ]
    if different:
        return False, f"{text}; {', '.join(different)}: `session-buddy hub stop` lets the next one take these settings"
    return True, text


CHECKS: list[Callable[[Settings], Iterator[Finding]]] = [
    _python,
    _versions,
    _duckdb,
    _model,
    _settings,
    _hub_and_store,
    check_skills.findings,
    check_transcripts.findings,
    check_served.findings,
    check_install.findings,
    check_project_entries.findings,
]

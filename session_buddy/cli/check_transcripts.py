"""`doctor`'s line about transcripts: which there are of this project, and how to import them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from session_buddy.assistants.claude_code_transcripts.scanning import Chosen, Scan
from session_buddy.bridge.client import Client
from session_buddy.cli.finding import Finding
from session_buddy.cli.history import unread
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings

CHECK = "history"
COMMAND = "`session-buddy import --from claude-code`"


def findings(settings: Settings) -> Iterator[Finding]:
    """One line. That something is not imported yet is nothing bad."""
    scan = Scan(settings.project, None, datetime.now(UTC))
    chosen = scan.chosen(settings.claude_folder, settings.data_folder)
    yield Finding(CHECK, True, _text(settings, scan, chosen))


def _text(settings: Settings, scan: Scan, chosen: list[Chosen]) -> str:
    if not chosen:
        others = scan.passed.of_others
        more = f"; {others:,} of other projects: {COMMAND[:-1]} --project all` imports them" if others else ""
        return f"no transcripts of this project in {settings.claude_folder}{more}"
    newest = datetime.fromtimestamp(chosen[-1].transcript.modified_ns // 1_000_000_000, UTC).astimezone()
    found = f"{_count(len(chosen))} of this project, the newest of {newest:%Y-%m-%d %H:%M}"
    try:
        with Client(settings) as client:
            waiting = len(unread(client, chosen))
    except BuddyError:
        return found  # what is wrong with the store has a line of its own
    return f"{found}; {waiting:,} not imported or changed since: {COMMAND}" if waiting else f"{found}, all imported"


def _count(number: int) -> str:
    return "1 transcript" if number == 1 else f"{number:,} transcripts"

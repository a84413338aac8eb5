"""`import --from claude-code`: what the transcripts tell that are already there."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from session_buddy.assistants.claude_code_transcripts.scanning import Chosen, Scan
from session_buddy.bridge.client import Client
from session_buddy.cli.history_figures import Figures
from session_buddy.project import project_root
from session_buddy.settings import Settings, read
from session_buddy.skills.past_uses import PastUse

MOST_ROWS, MOST_BYTES = 500, 4 << 20
ALL = "all"


class Shown(Protocol):
    """A progress bar."""

    def show(self, done: int, total: int | None = None) -> None: ...


class Sender:
    """Sends uses to the hub, many at once, and with them which transcripts were read to their ends."""

    def __init__(self, client: Client, mask_secrets: bool) -> None:
        self.stored = {"added": 0, "ended": 0}
        self._client = client
        self._mask_secrets = mask_secrets
        self._projects: dict[str, int] = {}
        self._clear()

    def add(self, use: PastUse, project: str) -> bool:
        """Returns False where the use has no name that could be stored."""
        from session_buddy.skills.history_import import row

        path = os.fsencode(project).decode("utf-8", "backslashreplace")  # half characters cannot be stored
        made = row(use, self._projects.setdefault(path, len(self._projects)), self._mask_secrets)
        if made is None:
            return False
        self._rows.append(json.dumps(made).encode())
        self._size += len(self._rows[-1])
        if len(self._rows) >= MOST_ROWS or self._size >= MOST_BYTES:
            self.flush()
        return True

    def finish(self, chosen: Chosen) -> None:
        transcript = chosen.transcript
        self._finished.append((str(chosen.identity), transcript.size, transcript.modified_ns))
        if len(self._finished) >= MOST_ROWS:
            self.flush()

    def flush(self) -> None:
        """Store what was added since the last time, all of it or nothing."""
        if not self._rows and not self._finished:
            return
        head = {"projects": list(self._projects), "finished": self._finished}
        result = self._client.ask("history", body=b"\n".join([json.dumps(head).encode(), *self._rows]))
        self.stored = {name: count + result[name] for name, count in self.stored.items()}
        self._clear()

    def _clear(self) -> None:
        self._rows: list[bytes] = []
        self._finished: list[tuple[str, int, int]] = []
        self._size = 0


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    project = wanted_project(options.project, settings)
    scan = Scan(project, options.since, datetime.now(UTC))
    chosen = scan.chosen(settings.claude_folder, settings.data_folder)
    figures = Figures()
    if chosen:
        with Client(settings) as client:
            _take_in(client, Sender(client, settings.mask_secrets), scan, chosen, figures)
            if options.wait_for_model:
                from session_buddy.cli.progress import wait_for_model

                wait_for_model(client)
    summary = figures.summary(project, os.path.join(settings.claude_folder, "projects"), len(chosen), scan.passed)
    if options.json:
        print(json.dumps(summary))  # also of paths that are no text
    else:
        from session_buddy.reports.history import history_text

        print(history_text(summary))
    return 0


def wanted_project(given: str | None, settings: Settings) -> str | None:
    """The path of the project to import; None for all."""
    if given is None:
        return settings.project
    return None if given == ALL else project_root(os.path.expanduser(given), settings.data_folder)


def unread(client: Client, chosen: list[Chosen]) -> list[Chosen]:
    """Those that were not read to their end, or have changed since."""
    known: dict[str, Any] = client.ask("history_read")
    return [
        one for one in chosen
        if known.get(str(one.identity)) != [one.transcript.size, one.transcript.modified_ns]
    ]  # fmt: skip


def _take_in(client: Client, sender: Sender, scan: Scan, chosen: list[Chosen], figures: Figures) -> None:
    waiting = unread(client, chosen)
    scan.passed.unchanged = len(chosen) - len(waiting)
    ended: dict[UUID, bool] = {}  # of every use, whether its end is known
    with _bar() as shown:
        for number, one in enumerate(waiting, start=1):
            for use in scan.uses(one):
                _take_one(use, one.project, ended, sender, figures)
            if scan.is_whole:
                sender.finish(one)
            if shown:
                shown.show(number, len(waiting))
    sender.flush()
    figures.stored = sender.stored


def _take_one(use: PastUse, project: str, ended: dict[UUID, bool], sender: Sender, figures: Figures) -> None:
    """A copy is taken only where it tells the end that was missing, as that of a session that was gone on with does."""
    is_known, has_end = use.event_id in ended, use.verdict is not None
    if not is_known or (has_end and not ended[use.event_id]):
        if sender.add(use, project):
            (figures.end if is_known else figures.add)(use)
        ended[use.event_id] = has_end


@contextlib.contextmanager
def _bar() -> Iterator[Shown | None]:
    """A bar on a terminal; in a pipe, what draws it is not even loaded."""
    if not sys.stderr.isatty():
        yield None
        return
    from session_buddy.cli.progress import bar

    with bar("Reading transcripts") as shown:
        yield shown

"""A progress bar on a terminal, and nothing in a pipe."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from session_buddy.bridge.client import Client


@contextmanager
def bar(title: str) -> Iterator["Bar"]:
    """A bar on stderr for as long as the context lasts."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Bar(progress, title)


class Bar:
    """Where the work stands."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=None)

    def show(self, done: int, total: int | None = None) -> None:
        self._progress.update(self._task, completed=done, total=total)


def wait_for_model(client: Client) -> None:
    """Wait until the embedding model is loaded and every stored text has its vector.

    Raises:
        BuddyError: it cannot be loaded; the message says why.
    """
    with bar("Embedding") as shown:
        for part in client.parts("wait_for_model"):
            shown.show(part["embedded"], part["texts"])

"""What the tests of backup, restore and forget share."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from tests.system.processes import Place, run

# It opens the store only while there is a draft of it, before and after.
OPEN_AGAIN_AND_AGAIN = """
import duckdb, os, sys
store, opened, refused = sys.argv[1], 0, 0
print("looking", flush=True)
while not os.path.exists(store + ".draft"):
    pass
while os.path.exists(store + ".draft"):
    try:
        duckdb.connect(store, read_only=True).close()
        opened += os.path.exists(store + ".draft")
    except duckdb.Error as error:
        refused += "lock" in str(error)
print(opened, refused, flush=True)
"""


def fill(place: Place, lines: list[dict[str, Any]]) -> None:
    """Import lines into the store, and embed them with whatever embedder the place has."""
    wait = [] if place.environment["SESSION_BUDDY_EMBEDDER"] == "off" else ["--wait-for-model"]
    done = run(place, "import", "-", *wait, stdin="".join(json.dumps(line) + "\n" for line in lines))
    assert done.returncode == 0, done.stderr


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a store that no hub has open."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


class Met(NamedTuple):
    """How often a foreign program could open the store while it was replaced, and how often a lock kept it out."""

    opened: int
    refused: int


@contextmanager
def stranger(store: Path) -> Iterator[Callable[[], Met]]:
    """A foreign program that tries to open the store again and again while it is replaced; gives what it met."""
    command = [sys.executable, "-c", OPEN_AGAIN_AND_AGAIN, str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = process.stdout
        lines.readline()
        try:
            yield lambda: Met(*(int(number) for number in lines.readline().split()))
        finally:
            process.kill()


def family(place: Place) -> set[str]:
    """What lies beside the store with its name, without the lock and what a hub that runs keeps there."""
    name = place.store.name
    own = {f"{name}{ending}" for ending in ("", ".key", ".lock", ".hub", ".log", ".wal")}
    return {path.name for path in place.store.parent.iterdir() if path.name.startswith(name)} - own

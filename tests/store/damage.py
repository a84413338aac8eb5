"""Real stores to damage, and what was in them; run as a program it makes one and dies as a killed hub does."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from session_buddy.skills.describing import describe
from session_buddy.store import projects, transfer
from session_buddy.store.ids import query_id
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor
from tests.store.filling import write

ROOT = Path(__file__).parents[2]
HEADERS, BLOCK = 12_288, 262_144
KEYS = {
    "completion": "invocation_id",
    "invocation": "invocation_id",
    "project": "project_id",
    "query": "query_id",
    "skill": "skill_name",
}
MUST_HAVE = {
    "completion": {"invocation_id", "outcome", "ended_at"},
    "invocation": {"invocation_id", "skill_name", "session_id", "invoked_at"},
    "project": {"project_id", "path"},
    "query": {"query_id", "text"},
    "skill": {"skill_name"},
}

Rows = dict[str, dict[str, Any]]
Contents = dict[str, Rows]


def make(path: Path, uses: int, in_log: int) -> None:
    """A store of so many uses of skills, the last of them in its log only."""
    subprocess.run(
        [sys.executable, "-m", "tests.store.damage", str(path), str(uses), str(in_log)], cwd=ROOT, check=True
    )


def contents(path: Path) -> Contents:
    """Every row of every table that is recovered, by its key."""
    literal = str(path).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{literal}' AS store (READ_ONLY)")
        connection.execute("SET TimeZone = 'UTC'")
        found = {}
        for table, key in KEYS.items():
            rows = connection.execute(f"SELECT to_json(t)::VARCHAR FROM store.{table} AS t").fetchall()
            found[table] = {record[key]: record for record in (json.loads(row) for (row,) in rows)}
            assert len(found[table]) == len(rows), "a row came twice"
        return found


def _zeros(data: bytes, begin: int, length: int) -> bytes:
    end = min(len(data), begin + length)
    return data[:begin] + bytes(end - begin) + data[end:]


def _noise(data: bytes, begin: int, length: int, source: random.Random) -> bytes:
    end = min(len(data), begin + length)
    return data[:begin] + source.randbytes(end - begin) + data[end:]


def _flipped(data: bytes, place: int, source: random.Random) -> bytes:
    return data[:place] + bytes([data[place] ^ 1 << source.randrange(8)]) + data[place + 1 :]


def _anywhere(data: bytes, source: random.Random) -> int:
    """The begin of some 4,096 bytes behind the headers."""
    return HEADERS + source.randrange((len(data) - HEADERS) // 4_096) * 4_096


# (file, log) with damage of one kind, at a place that the source of chance chooses.
KINDS: dict[str, Callable[[bytes, bytes, random.Random], tuple[bytes, bytes]]] = {
    "nothing": lambda data, log, source: (data, log),
    "main header": lambda data, log, source: (_noise(data, source.randrange(4_000), 200, source), log),
    "first database header": lambda data, log, source: (_noise(data, 4_096 + source.randrange(60), 40, source), log),
    "second database header": lambda data, log, source: (_noise(data, 8_192 + source.randrange(60), 40, source), log),
    "all headers": lambda data, log, source: (_zeros(data, 0, HEADERS), log),
    "4 KB of zeros": lambda data, log, source: (_zeros(data, _anywhere(data, source), 4_096), log),
    "4 KB of noise": lambda data, log, source: (_noise(data, _anywhere(data, source), 4_096, source), log),
    "16 bytes of noise": lambda data, log, source: (
        _noise(data, source.randrange(HEADERS, len(data)), 16, source),
        log,
    ),
    "a flipped bit": lambda data, log, source: (_flipped(data, source.randrange(len(data)), source), log),
    "cut off": lambda data, log, source: (data[: source.randrange(HEADERS, len(data))], log),
    "a flipped bit in the log": lambda data, log, source: (data, _flipped(log, source.randrange(len(log)), source)),
    "noise in the log": lambda data, log, source: (data, _noise(log, source.randrange(len(log)), 300, source)),
    "the log cut off": lambda data, log, source: (data, log[: source.randrange(len(log))]),
    "the log lost": lambda data, log, source: (data, b""),
}


def false_rows(recovered: Contents, *stored: Contents) -> list[Any]:
    """Rows that were never stored so: all that differs from a row of the store, as it was at any time, but by values
    that are missing."""
    return [
        row
        for table, rows in recovered.items()
        for key, row in rows.items()
        if not any(_is_true(table, row, state[table].get(key)) for state in stored)
    ]


def share(
    recovered: Contents, stored: Contents, tables: tuple[str, ...] = ("invocation", "completion", "query")
) -> float:
    """How much of the rows came back."""
    return sum(len(recovered[table]) for table in tables) / sum(len(stored[table]) for table in tables)


def _is_true(table: str, row: dict[str, Any], original: dict[str, Any] | None) -> bool:
    if original is None:
        return False
    missing = {name for name in row if row[name] is None and original[name] is not None}
    return not missing & MUST_HAVE[table] and all(row[name] == original[name] for name in row.keys() - missing)


def _line(number: int, source: random.Random) -> str:
    text = f"problem {number}: {source.random()} {'why? ' * source.randrange(20)}"
    long = "long " * 2_000 + text if number % 500 == 7 else text
    kept = " ".join(long.split())
    fields: dict[str, Any] = {
        "invocation_id": f"019a0000-0000-7000-8000-{number:012x}",
        "skill_name": f"skill-{source.randrange(30)}",
        "user_query": kept,
        "query_id": str(query_id(kept)),
        "session_id": f"session-{number // 10}",
        "invoked_at": f"2026-0{1 + number % 9}-01T00:00:{number % 60:02}.{number % 1000:03}Z",
        "workflow_phase": source.choice(["design", "verify", None]),
        "alternatives_considered": source.choice([["one", "two"], [], None]),
        "selection_rank": 1 + number % 5,
    }
    if number % 10:
        outcome = source.choice(["completed", "failed", "abandoned"])
        fields |= {"outcome": outcome, "duration_seconds": source.random() * 100, "follow_up_actions": ["commit"]}
    return json.dumps({name: value for name, value in fields.items() if value is not None})


def _load(store: Store, first: int, last: int, source: random.Random) -> None:
    lines = "\n".join(_line(number, source) for number in range(first, last))
    write(store, lambda cursor: transfer.load(cursor, lines, "p", "import"))


def _describe(cursor: Cursor) -> None:
    projects.remember(cursor, "p", "/project")
    for number in range(40):
        describe(cursor, f"skill-{number}", f"does {number}", "import", "p")


def _main() -> None:
    path, uses, in_log = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    source = random.Random(uses)
    for first in range(0, uses, max(1, uses // 3)):
        store = Store.open(path)
        for begin in range(first, min(uses, first + uses // 3), 2_000):
            _load(store, begin, min(uses, first + uses // 3, begin + 2_000), source)
        if first == 0:
            write(store, _describe)
        store.close()
    store = Store.open(path)
    for begin in range(uses, uses + in_log, 10):
        _load(store, begin, begin + 10, source)
    write(store, lambda cursor: describe(cursor, "skill-1", "does one thing", "import", "p"))
    os._exit(0)


if __name__ == "__main__":
    _main()

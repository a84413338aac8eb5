"""`export`: the store as lines that `import` takes back, as one document, or as a file for each table."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import IO, Any

from session_buddy import __version__
from session_buddy.bridge.client import Client
from session_buddy.cli.files import refuse_existing, written
from session_buddy.cli.progress import Bar, bar
from session_buddy.cli.table_export import export_tables
from session_buddy.settings import Settings, read

TABLES = ("csv", "parquet")


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    if options.format in TABLES:
        if options.out == "-":
            problem = f"--format {options.format} writes one file for each table; give their folder with --out."
            print(f"session-buddy export: {problem}", file=sys.stderr)
            return 2
        count = export_tables(settings, options.format, os.path.expanduser(options.out), options.force)
        print(f"{count} rows exported to {options.out}.", file=sys.stderr)
        return 0
    count = _export(settings, options.format, options.out, options.force)
    print(f"{count} invocations exported.", file=sys.stderr)
    return 0


def _export(settings: Settings, kind: str, out: str, force: bool) -> int:
    if out != "-":
        refuse_existing([out], force)
    write = _write_lines if kind == "jsonl" else _write_document
    with Client(settings) as client, written(out) as file, bar("Exporting") as shown:
        return write(client, file, shown)


def _write_lines(client: Client, file: IO[str], shown: Bar) -> int:
    count = 0
    for rows in client.parts("export"):
        file.writelines(_json(row) + "\n" for row in rows)
        count += sum("skill" not in row for row in rows)
        shown.show(count)
    return count


def _write_document(client: Client, file: IO[str], shown: Bar) -> int:
    """One object; every record stands on a line of its own, so that it can be read and compared by lines."""
    count = 0
    head = {"exported_at": datetime.now(UTC).isoformat(), "program": __version__}
    file.write(_json(head)[:-1])
    for name, parts in groupby(client.parts("document"), key=lambda part: part["name"]):
        file.write(f",\n{_json(name)}: [")
        before = "\n"
        for record in _records(parts):
            file.write(before + record)
            before = ",\n"
            count += name == "invocations"
        file.write("]")
        shown.show(count)
    file.write("}\n")
    return count


def _records(parts: Iterator[dict[str, Any]]) -> Iterator[str]:
    for part in parts:
        yield from part["json"] if "json" in part else map(_json, part["rows"])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

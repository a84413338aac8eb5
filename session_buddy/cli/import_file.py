"""`import`: past invocations from a file into the store."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from pydantic_core import to_json

from session_buddy.bridge.client import Client
from session_buddy.cli.document import Lines, as_lines
from session_buddy.cli.files import opened
from session_buddy.cli.progress import bar, wait_for_model
from session_buddy.errors import BuddyError, InvalidRequestError
from session_buddy.settings import read
from session_buddy.skills.privacy import stored_form
from session_buddy.skills.records import InvocationLine, Rows, SkillLine, parse_line

CHUNK = 5_000
SHOWN_PROBLEMS = 20
AHEAD = 2


class Batch:
    """Lines that go to the hub together."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        self.skills: list[dict[str, Any]] = []

    def body(self) -> bytes:
        head = {"source": "import", "rows": len(self.rows), "skills": self.skills}
        return b"\n".join([to_json(head), *self.rows])

    def __len__(self) -> int:
        return len(self.rows) + len(self.skills)


class Reader:
    """Reads lines into batches, and notes the bad ones by number."""

    def __init__(self, mask_secrets: bool) -> None:
        self.lines = 0
        self.problems: list[tuple[int, str]] = []
        self._rows = Rows(mask_secrets)
        self._mask_secrets = mask_secrets

    def batches(self, file: BinaryIO) -> Iterator[Batch]:
        batch = Batch()
        for number, line in enumerate(file, start=1):
            if line.isspace():
                continue
            self.lines += 1
            try:
                self._add(batch, parse_line(line))
            except InvalidRequestError as error:
                self.problems.append((number, str(error)))
            if len(batch) >= CHUNK:
                yield batch
                batch = Batch()
        if len(batch):
            yield batch

    def _add(self, batch: Batch, line: InvocationLine | SkillLine) -> None:
        if isinstance(line, SkillLine):
            text = line.skill.description
            kept = stored_form(text, self._mask_secrets).text if text else ""
            batch.skills.append({"name": line.skill.name, "description": kept or None})
        else:
            batch.rows.append(to_json(self._rows.row(line)))


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    reader = Reader(settings.mask_secrets)
    with opened(options.file, "Nothing was imported.") as file:
        lines = as_lines(file, options.file)
        rows = _checked(lines) if options.strict else lines.file
        with Client(settings) as client:
            counts = _send(client, reader, rows)
            if options.wait_for_model:
                wait_for_model(client)
    _report(reader, counts, options.json, lines.noun)
    return 0 if not reader.problems or counts["sent"] else 1


def _send(client: Client, reader: Reader, file: BinaryIO) -> dict[str, int]:
    """Send batches, the next one being read while the hub stores the one before."""
    counts = {"sent": 0, "imported": 0, "skills": 0}
    waiting = 0
    with bar("Importing") as shown:
        for batch in reader.batches(file):
            client.send("import", body=batch.body())
            counts["sent"] += len(batch)
            waiting += 1
            if waiting == AHEAD:
                _count(counts, client.result())
                waiting -= 1
            shown.show(reader.lines)
        for _ in range(waiting):
            _count(counts, client.result())
    return counts


def _count(counts: dict[str, int], result: dict[str, int]) -> None:
    for name, number in result.items():
        counts[name] += number


def _report(reader: Reader, counts: dict[str, int], as_json: bool, noun: str) -> None:
    bad = len(reader.problems)
    known = counts["sent"] - counts["imported"] - counts["skills"]
    if as_json:
        problems = [{"line": number, "reason": reason} for number, reason in reader.problems]
        shown = {"imported": counts["imported"], "skills": counts["skills"], "already_stored": known, "bad": problems}
        print(json.dumps(shown))
        return
    for number, reason in reader.problems[:SHOWN_PROBLEMS]:
        print(f"{noun} {number}: {reason}", file=sys.stderr)
    if bad > SHOWN_PROBLEMS:
        print(f"… and {bad - SHOWN_PROBLEMS} more bad {noun}s", file=sys.stderr)
    skills = f", {counts['skills']} skills" if counts["skills"] else ""
    print(f"{counts['imported']} invocations imported{skills}, {known} already stored, {bad} bad {noun}s left out.")


def _checked(lines: Lines) -> BinaryIO:
    """The same lines, once all of them are known to be good.

    Raises:
        BuddyError: one is not; nothing has been sent.
    """
    import io

    data = lines.file.read()
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            try:
                parse_line(line)
            except InvalidRequestError as error:
                raise BuddyError(f"{lines.noun} {number}: {error}. Nothing was imported (--strict).") from None
    return io.BytesIO(data)

"""`export`: all invocations as JSON Lines, which `import` takes back."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from session_buddy.cli.client import Client
from session_buddy.cli.progress import bar
from session_buddy.errors import BuddyError
from session_buddy.settings import read


def run(options: argparse.Namespace) -> int:
    count = 0
    with Client(read(store=options.store)) as client, _out(options.out) as out, bar("Exporting") as shown:
        for rows in client.parts("export"):
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            count += len(rows)
            shown.show(count)
    print(f"{count} invocations exported.", file=sys.stderr)
    return 0


@contextmanager
def _out(name: str) -> Iterator[TextIO]:
    """The file to write: complete under its name, or not there at all."""
    if name == "-":
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        yield sys.stdout
        return
    draft = f"{name}.part"
    try:
        with open(draft, "w", encoding="utf-8") as file:
            yield file
        os.replace(draft, name)
    except OSError as error:
        raise BuddyError(f"{name} cannot be written: {error.strerror}.") from None
    finally:
        if os.path.exists(draft):
            os.unlink(draft)

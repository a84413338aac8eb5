"""`evaluate`: whether the recommendations are any good for this store's own history."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from session_buddy.cli.client import Client
from session_buddy.cli.progress import bar, wait_for_model
from session_buddy.errors import BuddyError
from session_buddy.reports.evaluation import evaluation_text
from session_buddy.settings import read

KINDS = (".png", ".svg")


def run(options: argparse.Namespace) -> int:
    out = Path(options.out) if options.out else None
    if out and not out.is_dir() and out.suffix.lower() not in KINDS:
        print(
            f"session-buddy evaluate: --out is {out.name}; allowed are files ending in .png or .svg.", file=sys.stderr
        )
        return 2
    if out:
        _check(out)
    with Client(read(store=options.store)) as client:
        if options.wait_for_model:
            wait_for_model(client)
        found = _figures(client)
    print(json.dumps(found, ensure_ascii=False) if options.json else evaluation_text(found))
    if out and found["left_out"]:
        _draw(found, out)
    return 0


def _check(out: Path) -> None:
    """Find out that a file cannot be written before the long work, not after it."""
    if out.is_dir():
        raise BuddyError(f"{out} is a folder. Give the name of a file in it. Nothing was evaluated.")
    if not out.parent.is_dir():
        raise BuddyError(f"There is no folder {out.parent}. Make it, or choose another place. Nothing was evaluated.")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise BuddyError(f"{out} cannot be written: permission denied. Nothing was evaluated.")


def _figures(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with bar("Evaluating") as shown:
        for found in client.parts("evaluate"):
            if "done" in found:
                shown.show(found["done"], found["all"])
    return found


def _draw(found: dict[str, Any], out: Path) -> None:
    from session_buddy.reports.evaluation_plot import draw

    try:
        draw(found, str(out))
    except OSError as error:
        raise BuddyError(f"{out} cannot be written: {error.strerror}.") from None
    print(f"The picture is in {out}.", file=sys.stderr)

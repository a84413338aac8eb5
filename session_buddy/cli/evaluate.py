"""`evaluate`: whether the recommendations are any good for this store's own history."""

import argparse
import json
import os
import sys
from typing import Any

from session_buddy.cli.client import Client
from session_buddy.cli.progress import bar, wait_for_model
from session_buddy.errors import BuddyError
from session_buddy.reports.evaluation import evaluation_text
from session_buddy.settings import read

KINDS = (".png", ".svg")
NOTHING_DONE = "Nothing was evaluated."


def run(options: argparse.Namespace) -> int:
    out: str | None = options.out
    if out and not os.path.isdir(out) and not out.lower().endswith(KINDS):
        print(f"session-buddy evaluate: --out is {out}; allowed are files ending in .png or .svg.", file=sys.stderr)
        return 2
    if out:
        _check(out)
    with Client(read(store=options.store)) as client:
        if options.wait_for_model:
            wait_for_model(client)
        found = _figures(client)
    print(json.dumps(found, ensure_ascii=False) if options.json else evaluation_text(found))
    if out:
        _draw(found, out)
    return 0


def _check(out: str) -> None:
    """Find out that a file cannot be written before the long work, not after it."""
    if os.path.isdir(out):
        raise BuddyError(f"{out} is a folder. Give the name of a file in it. {NOTHING_DONE}")
    folder = os.path.dirname(out) or "."
    if not os.path.isdir(folder):
        raise BuddyError(f"There is no folder {folder}. Make it, or choose another place. {NOTHING_DONE}")
    there = os.path.lexists(out)
    try:
        with open(out, "ab"):
            pass
        if not there:
            os.remove(out)
    except OSError as error:
        raise BuddyError(f"{out} cannot be written: {error.strerror}. {NOTHING_DONE}") from None


def _figures(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with bar("Evaluating") as shown:
        for found in client.parts("evaluate"):
            if "done" in found:
                shown.show(found["done"], found["all"])
    return found


def _draw(found: dict[str, Any], out: str) -> None:
    if not found["left_out"]:
        print("There is nothing to draw, so no picture was made.", file=sys.stderr)
        return
    from session_buddy.reports.evaluation_plot import draw

    try:
        draw(found, out)
    except OSError as error:
        raise BuddyError(f"{out} cannot be written: {error.strerror or error}.") from None
    print(f"The picture is in {out}.", file=sys.stderr)

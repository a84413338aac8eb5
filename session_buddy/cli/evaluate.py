"""`evaluate`: whether the recommendations are any good for this store's own history."""

import argparse
import json
import sys
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.cli import pictures
from session_buddy.cli.progress import bar, wait_for_model
from session_buddy.reports.evaluation import evaluation_text
from session_buddy.settings import read


def run(options: argparse.Namespace) -> int:
    out: str | None = options.out
    if not pictures.allowed(options, "evaluate"):
        return 2
    if out:
        pictures.check(out, "Nothing was evaluated.")
    with Client(read(store=options.store)) as client:
        if options.wait_for_model:
            wait_for_model(client)
        found = _figures(client)
    print(json.dumps(found, ensure_ascii=False) if options.json else evaluation_text(found))
    if out and not found["left_out"]:
        print("There is nothing to draw, so no picture was made.", file=sys.stderr)
    elif out:
        from session_buddy.reports.evaluation_plot import draw

        pictures.draw(found, out, draw)
    return 0


def _figures(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with bar("Evaluating") as shown:
        for found in client.parts("evaluate"):
            if "done" in found:
                shown.show(found["done"], found["all"])
    return found

"""`report` and `heatmap`: what works in which phase, and what has changed."""

import argparse
import json
import sys
from typing import Any

from rich.console import Console

from session_buddy.bridge.client import Client
from session_buddy.cli import pictures
from session_buddy.reports.changes import changes_text
from session_buddy.reports.heatmap import CELL, NAME, heatmap_table, heatmap_text
from session_buddy.reports.workflow import workflow_text
from session_buddy.settings import read


def run(options: argparse.Namespace) -> int:
    """The workflow report and, over all sessions, what is unusual and changing."""
    with Client(read(store=options.store)) as client:
        found = client.ask("report", {"session_id": options.session, "page": options.page})
        changes = None if options.session else client.ask("changes")
    if options.json:
        print(json.dumps(found | {"changes": changes}, ensure_ascii=False))
    else:
        print("\n\n".join([workflow_text(found), *([changes_text(changes)] if changes else [])]))
    return 0


def run_heatmap(options: argparse.Namespace) -> int:
    """The heatmap in the terminal, or as a picture."""
    if not pictures.allowed(options, "heatmap"):
        return 2
    if options.out:
        pictures.check(options.out, "Nothing was drawn.")
    with Client(read(store=options.store)) as client:
        found = client.ask("heatmap", {"session_id": options.session})
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
    if options.out:
        from session_buddy.reports.heatmap_plot import draw

        pictures.draw(found, options.out, draw)
    elif not options.json:
        _show(found)
    return 0


def _show(heatmap: dict[str, Any]) -> None:
    """In colour where there is one: on a terminal, unless NO_COLOR is set."""
    console = Console()
    columns = max(1, (console.width - NAME - 4) // (CELL + 3))  # each column has a line and a space on both sides
    if sys.stdout.isatty() and console.color_system and heatmap["cells"]:
        console.print(heatmap_table(heatmap, columns))
    else:
        print(heatmap_text(heatmap, columns=columns if sys.stdout.isatty() else len(heatmap["phases"])))

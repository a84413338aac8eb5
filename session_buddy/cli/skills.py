"""`skills`: every skill that is described or was ever used."""

import argparse
import json

from session_buddy.bridge.client import Client
from session_buddy.cli.terminal import terminal_width
from session_buddy.reports.skills import skills_text
from session_buddy.settings import read


def run(options: argparse.Namespace) -> int:
    with Client(read(store=options.store)) as client:
        found = client.ask("skills")
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(skills_text(found, terminal_width()))
    return 0

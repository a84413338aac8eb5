"""`metrics`: what is known of a skill, of a session, or of everything."""

import argparse
import json

from session_buddy.bridge.client import Client
from session_buddy.cli.terminal import terminal_width
from session_buddy.reports.metrics import metrics_text
from session_buddy.settings import read


def run(options: argparse.Namespace) -> int:
    asked = {
        "skill_name": options.skill,
        "session_id": options.session,
        "limit": options.limit,
        "offset": options.offset,
    }
    with Client(read(store=options.store)) as client:
        found = client.ask("metrics", asked)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(metrics_text(found, terminal_width()))
    return 0

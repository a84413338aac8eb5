"""`hook`, for whoever asks for its help; the events themselves take the short way through `bridge.hook`."""

import argparse

from session_buddy.bridge import hook


def run(options: argparse.Namespace) -> int:
    store = ["--store", options.store] if options.store else []
    return hook.run([*store, "--from", getattr(options, "from")])

"""`import`: from a file, or from the transcripts of an assistant."""

import argparse
import sys

from session_buddy.cli.parser import WRONG_USAGE


def run(options: argparse.Namespace) -> int:
    if problem := _problem(options):
        print(f"session-buddy import: {problem}. See `session-buddy import --help`.", file=sys.stderr)
        return WRONG_USAGE
    if options.source:
        from session_buddy.cli import history

        return history.run(options)
    from session_buddy.cli import import_file

    return import_file.run(options)


def _problem(options: argparse.Namespace) -> str | None:
    if options.source and options.file is not None:
        return "FILE and --from are two different things to import; give one of them"
    if options.source and options.strict:
        return "--strict is for a FILE"
    if not options.source and options.file is None:
        return "give a FILE, or --from claude-code"
    if not options.source and (options.since or options.project):
        return "--since and --project belong to --from claude-code"
    return None

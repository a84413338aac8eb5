"""`python -m tools.lock` makes the lock files; with --check it compares them with their sources, without a network."""

import argparse
import sys

from tools.lock import files
from tools.lock.check import problems
from tools.lock.index import Index
from tools.lock.make import Maker
from tools.lock.project import ROOT, Inputs


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.lock", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only check, without a network")
    if not parser.parse_args().check:
        try:
            made = Maker(Inputs.read(), Index.of_pip()).make()
        except (LookupError, ValueError) as error:
            print(f"{error} No lock file was changed.", file=sys.stderr)
            return 1
        for group, text in made.items():
            files.path(ROOT, group).write_text(text, encoding="utf-8")
    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        print("`make lock` makes the lock files again.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

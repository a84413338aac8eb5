"""Runs all benchmarks, one after the other, and writes what they print to RESULTS.md."""

import argparse
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.common import machine

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "RESULTS.md"
NAMES = (
    "startup",
    "memory",
    "cold_recommend",
    "roundtrip",
    "concurrency",
    "kill_hub",
    "orphans",
    "recommend_scale",
    "reports",
    "browsing",
    "catalogue",
    "coaching",
    "live",
    "embedding",
    "import_speed",
    "hooks",
    "transcripts",
    "dashboard",
)
# These read labelled queries, and take most of the time.
WITH_DATA = ("ranking", "phases", "feedback", "metatool")
HEAD = re.compile(r"<!-- (\w+) \| (\d+) \| (.*?) -->\n")
VERDICTS = {0: "every bar met", 1: "a bar NOT met"}


class Result(NamedTuple):
    """What a benchmark printed, its exit code (0: every bar met), and when that was."""

    name: str
    code: int
    when: str
    printed: str


def run(name: str, *arguments: str) -> tuple[int, str]:
    """(exit code, what it printed), which is shown as well."""
    command = [sys.executable, str(FOLDER / f"{name}.py"), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    print(done.stdout, flush=True)
    return done.returncode, done.stdout


def main() -> int:
    options = arguments()
    results = read_back()
    for name in options.only or [*NAMES, *(WITH_DATA if options.data else ())]:
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        code, printed = run(name, *(["--data", options.data] if name in WITH_DATA and options.data else []))
        results[name] = Result(name, code, f"{datetime.now(UTC):%Y-%m-%d}, load {load:.1f} before", printed)
        RESULTS.write_text(text(results), encoding="utf-8")
    return max(one.code for one in results.values())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the benchmarks and write RESULTS.md.")
    parser.add_argument("--data", metavar="FOLDER", help="holds metatool/ and clinc150/; without it, some are left out")
    parser.add_argument("--only", nargs="+", choices=[*NAMES, *WITH_DATA], metavar="NAME", help="run only these")
    return parser.parse_args()


def read_back() -> dict[str, Result]:
    """The results that RESULTS.md holds."""
    if not RESULTS.is_file():
        return {}
    found = HEAD.split(RESULTS.read_text(encoding="utf-8"))[1:]
    parts = zip(found[0::4], found[1::4], found[2::4], found[3::4], strict=True)
    return {name: Result(name, int(code), when, printed) for name, code, when, printed in parts}


def text(results: dict[str, Result]) -> str:
    """RESULTS.md: what was met, then every table, each under a line that says when it was measured."""
    ordered = [results[name] for name in (*NAMES, *WITH_DATA) if name in results]
    verdicts = "".join(f"- `{one.name}`: {VERDICTS.get(one.code, 'FAILED to run')} ({one.when})\n" for one in ordered)
    tables = "".join(f"<!-- {one.name} | {one.code} | {one.when} -->\n{one.printed}" for one in ordered)
    return f"# Benchmarks\n\n{machine()}. Written by `run.py`.\n\n{verdicts}\n{tables}"


if __name__ == "__main__":
    sys.exit(main())

"""Runs all benchmarks, one after the other, and writes what they print to RESULTS.md."""

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

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
    "embedding",
    "import_speed",
)
VERDICTS = {0: "every bar met", 1: "a bar NOT met"}


def run(name: str, *arguments: str) -> tuple[int, str]:
    """(exit code, what it printed), which is shown as well."""
    command = [sys.executable, str(FOLDER / f"{name}.py"), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    print(done.stdout, flush=True)
    return done.returncode, done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description="Run all benchmarks and write RESULTS.md.")
    parser.add_argument("--data", metavar="FOLDER", help="MetaTool's folder; without it, that benchmark is left out")
    data = parser.parse_args().data
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    results: dict[str, tuple[int, str]] = {}
    for name in [*NAMES, *(["metatool"] if data else [])]:
        results[name] = run(name, "--data", data) if name == "metatool" else run(name)
        RESULTS.write_text(text(results, load), encoding="utf-8")
    return max(code for code, _ in results.values())


def text(results: dict[str, tuple[int, str]], load: float) -> str:
    """RESULTS.md: what was met, then every table."""
    day = datetime.now(UTC).date().isoformat()
    head = f"# Benchmarks\n\n{day}, {machine()}, load {load:.1f} before the start. Written by `run.py`.\n\n"
    verdicts = "".join(f"- `{name}`: {VERDICTS.get(code, 'FAILED to run')}\n" for name, (code, _) in results.items())
    left_out = "" if "metatool" in results else "- `metatool`: left out, it needs `--data`\n"
    return head + verdicts + left_out + "\n" + "\n".join(printed for _, printed in results.values())


if __name__ == "__main__":
    sys.exit(main())

"""Importing costs little more than checking the lines and putting the file into a table."""

import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.common import Place, Report, fresh_place

LINES = 100_000
ROUNDS = 3
BAR = 4.0
START = datetime(2026, 1, 1, tzinfo=UTC)
AREAS = ("code", "test", "data", "release", "incident")
KINDS = ("review", "design", "debugging", "planning", "migration", "cleanup", "audit", "report")
SKILLS = [f"{area}-{kind}" for area in AREAS for kind in KINDS]
PHASES = ("planning", "execution", "verification", "review")
WHAT = ("the nightly build", "our login page", "the export job", "one flaky test", "the payment webhook")
HOW = ("fails", "got slow", "breaks", "leaks memory", "prints a warning", "loses rows")
WHEN = ("since the last upgrade", "on two machines only", "when nobody is looking", "after a restart")

# What each measured process does. It prints the seconds of the work alone, without the interpreter's start.
IMPORT = """
import time
from session_buddy.cli import import_file
from session_buddy.cli.main import build_parser
begun = time.perf_counter()
options = build_parser().parse_args(["import", path])
assert import_file.run(options) == 0
"""
VALIDATE = """
import time
from session_buddy.skills.records import InvocationLine
begun = time.perf_counter()
with open(path, "rb") as file:
    for line in file:
        InvocationLine.model_validate_json(line)
"""
LOAD = """
import time
import duckdb
begun = time.perf_counter()
connection = duckdb.connect(path + ".duckdb")
connection.execute("CREATE TABLE line AS SELECT * FROM read_json(?, format = 'newline_delimited')", [path])
connection.close()
"""

Samples = dict[str, list[float]]


def query(number: int) -> str:
    """About 60 characters; the second half of the history repeats the texts of the first."""
    ticket = number % (LINES // 2)
    chooser = random.Random(ticket)
    return f"{chooser.choice(WHAT)} {chooser.choice(HOW)} {chooser.choice(WHEN)}, ticket {ticket}"


def record(number: int, chooser: random.Random) -> dict[str, object]:
    rank = chooser.randint(1, 3)
    completed = chooser.random() < 0.85
    ending = {"completed": completed} | ({} if completed else {"error_type": "timeout"})
    more = {"follow_up_actions": ["add a test"]} if rank == 1 else {}
    return {
        "skill_name": chooser.choice(SKILLS),
        "user_query": query(number),
        "session_id": f"session-{number // 12}",
        "invoked_at": (START + timedelta(seconds=97 * number)).isoformat(),
        **ending,
        "duration_seconds": round(chooser.expovariate(1 / 300), 1),
        "workflow_path": "bugfix",
        "workflow_phase": chooser.choice(PHASES),
        "alternatives_considered": chooser.sample(SKILLS, 2),
        "selection_rank": rank,
        **more,
    }


def write_history(path: Path) -> None:
    chooser = random.Random(13)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record(number, chooser)) + "\n" for number in range(LINES))


def process(program: str, path: Path, environment: dict[str, str]) -> tuple[float, float]:
    """(seconds of a process that runs the program on the file, seconds of its work alone)."""
    lines = f"path = {str(path)!r}\n{program}\nprint(time.perf_counter() - begun)\n"
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", lines], env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True
    )
    return time.perf_counter() - begun, float(done.stdout.splitlines()[-1])


def command(place: Place, path: Path) -> float:
    """Seconds of the whole command `session-buddy import`."""
    begun = time.perf_counter()
    said = place.command("import", str(path), "--json")
    seconds = time.perf_counter() - begun
    assert json.loads(said)["imported"] == LINES, said
    return seconds


def one_round(path: Path, whole: Samples, work: Samples) -> None:
    """Import into two new stores, by the command and by its work alone, and do the two things to compare with."""
    with fresh_place() as place, place.window():
        whole["import"].append(command(place, path))
    with fresh_place() as place, place.window():
        work["import"].append(process(IMPORT, path, place.environment)[1])
        for name, program in (("validate", VALIDATE), ("load", LOAD)):
            seconds, alone = process(program, path, place.environment)
            whole[name].append(seconds)
            work[name].append(alone)
    os.unlink(f"{path}.duckdb")


def show(report: Report, samples: Samples, how: str) -> None:
    compared = median(samples["validate"]) + median(samples["load"])
    ratio = median(samples["import"]) / compared
    report.times(f"pydantic validates every line ({how})", samples["validate"])
    report.times(f"DuckDB's read_json into a table file ({how})", samples["load"])
    report.times(f"session-buddy import ({how})", samples["import"], f"{ratio:.2f} x", report.bar(ratio, "≤", BAR, "x"))


def main() -> int:
    report = Report(f"Importing {LINES:,} invocations")
    whole: Samples = {"import": [], "validate": [], "load": []}
    work: Samples = {"import": [], "validate": [], "load": []}
    with fresh_place() as place:
        path = place.folder / "history.jsonl"
        write_history(path)
        for _ in range(ROUNDS):
            one_round(path, whole, work)
    show(report, whole, "whole process")
    show(report, work, "without the start of Python")
    report.note(
        f"{ROUNDS} rounds in turns, a new store and a running hub each; embedding is off, so that nothing else uses "
        "the processors. Half of the texts are distinct. The ratio is to the sum of the two lines above."
    )
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

"""Transcripts in which no skill occurs are read nearly as fast as they can be searched, in memory that stays flat."""

import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import psutil

from benchmarks.common import COMMAND, Place, Report, fresh_place, megabytes

SMALL, LARGE = 50_000_000, 200_000_000
FILES = 20
LONG_RECORD = 20_000_000
ROUNDS = 5
BAR, MEMORY_BAR = 3.0, 10.0
START = datetime(2026, 10, 1, tzinfo=UTC)
WORDS = (
    "build",
    "parser",
    "login",
    "failing",
    "test",
    "refactor",
    "cache",
    "error",
    "module",
    "index",
    "query",
    "file",
)

# What is compared. Each prints the seconds of its work alone, without the interpreter's start and its imports.
SEARCH = """
import glob, time
begun = time.perf_counter()
found = 0
for path in glob.glob(folder + "/projects/*/*.jsonl"):
    with open(path, "rb") as file:
        for line in file:
            found += b'"Skill"' in line
assert not found
print(time.perf_counter() - begun)
"""
IMPORT = """
import contextlib, io, re, resource, time
from session_buddy.cli import history, main
begun = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    assert history.run(main.build_parser().parse_args(["import", "--from", "claude-code", "--json"])) == 0
seconds = time.perf_counter() - begun
try:  # what the kernel counts for the process begins with the size of the one that started it; this does not
    with open("/proc/self/status") as file:
        print(re.search(r"VmHWM:\\s+(\\d+)", file.read())[1])
except OSError:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(seconds)
"""


def text(chooser: random.Random, length: int) -> str:
    return " ".join(chooser.choices(WORDS, k=length // 6))


def record(number: int, cwd: str, chooser: random.Random, length: int) -> dict[str, Any]:
    """A prompt, a built-in command now and then, something said, a tool, its result: what transcripts consist of."""
    moment = (START + timedelta(seconds=7 * number)).isoformat()
    common = {"uuid": f"u{number}", "timestamp": moment, "cwd": cwd, "sessionId": "s", "version": "2.1.215"}
    said = text(chooser, length) if number % 96 else "<command-name>/clear</command-name>"
    content: list[dict[str, Any]] = [
        {"type": "text", "text": said},
        {"type": "tool_use", "id": f"t{number}", "name": "Read", "input": {"file_path": said}},
        {"type": "tool_result", "tool_use_id": f"t{number - 1}", "content": said},
    ]
    role = ("user", "assistant", "user")[number % 3]
    return {"type": role, "message": {"role": role, "content": [content[number % 3]]}} | common


def write_transcripts(folder: Path, cwd: str, size: int) -> None:
    """About so many bytes in several files; the first holds one very long record."""
    chooser = random.Random(13)
    place = folder / "projects" / "".join(letter if letter.isalnum() else "-" for letter in cwd)
    place.mkdir(parents=True)
    share = (size - LONG_RECORD) // FILES
    for number in range(FILES):
        with (place / f"session-{number}.jsonl").open("w", encoding="utf-8") as file:
            written = place_in_file = 0
            while written < share:
                place_in_file += 1
                line = json.dumps(record(place_in_file, cwd, chooser, chooser.choice((200, 800, 3000)))) + "\n"
                written += file.write(line)
            if number == 0:
                file.write(json.dumps(record(1, cwd, chooser, LONG_RECORD)) + "\n")


class Run(NamedTuple):
    """Seconds of a whole process and of its work alone, and its peak resident memory in bytes, where it tells."""

    whole: float
    work: float
    peak: int


def program(text_of_it: str, folder: Path, environment: dict[str, str]) -> Run:
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", f"folder = {str(folder)!r}\n{text_of_it}"],
        env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    whole, said = time.perf_counter() - begun, done.stdout.splitlines()
    return Run(whole, float(said[-1]), int(said[0]) * 1024 if len(said) > 1 else 0)


def command(environment: dict[str, str]) -> float:
    """Seconds of the whole command."""
    begun = time.perf_counter()
    done = subprocess.run(
        [*COMMAND, "import", "--from", "claude-code", "--json"], env=environment, stdout=subprocess.PIPE, check=True
    )
    seconds = time.perf_counter() - begun
    assert json.loads(done.stdout)["transcripts"] == FILES, done.stdout
    return seconds


def environment_of(place: Place, folder: Path) -> dict[str, str]:
    return place.environment | {"CLAUDE_CONFIG_DIR": str(folder)}


def touch(folder: Path) -> None:
    """Have every transcript look changed, so that it is read again."""
    for path in folder.glob("projects/*/*.jsonl"):
        known = path.stat()
        os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns + 1_000_000))


def measure(place: Place, folder: Path, samples: dict[str, list[float]]) -> None:
    environment = environment_of(place, folder)
    searched = program(SEARCH, folder, environment)
    samples["search, whole"].append(searched.whole)
    samples["search"].append(searched.work)
    touch(folder)
    samples["import"].append(program(IMPORT, folder, environment).work)
    touch(folder)
    samples["import, whole"].append(command(environment))


def show(report: Report, samples: dict[str, list[float]], size: float) -> None:
    for searched, imported, how in (
        ("search", "import", "without the start of Python"),
        ("search, whole", "import, whole", "whole process"),
    ):
        ratio = median(samples[imported]) / median(samples[searched])
        report.times(f"{megabytes(size)} read and searched line by line ({how})", samples[searched])
        bar = report.bar(ratio, "≤", BAR, "x")
        report.times(f"import --from claude-code ({how})", samples[imported], f"{ratio:.2f} x", bar)


def main() -> int:
    report = Report("Transcripts in which no skill occurs")
    samples: dict[str, list[float]] = {"search": [], "search, whole": [], "import": [], "import, whole": []}
    with fresh_place() as place, place.window():
        cwd = str((place.folder / "project").resolve())
        folders = {size: place.folder / f"claude-{size}" for size in (SMALL, LARGE)}
        for size, folder in folders.items():
            write_transcripts(folder, cwd, size)
        peaks = {size: program(IMPORT, folder, environment_of(place, folder)).peak for size, folder in folders.items()}
        for _ in range(ROUNDS):
            measure(place, folders[LARGE], samples)
        total = sum(path.stat().st_size for path in folders[LARGE].glob("projects/*/*.jsonl"))
        hub = psutil.Process(place.hub_pid()).memory_info().rss
    show(report, samples, total)
    growth = (peaks[LARGE] - peaks[SMALL]) / 1e6
    report.row(f"peak memory, {megabytes(SMALL)} of transcripts", megabytes(peaks[SMALL]))
    bar = report.bar(growth, "≤", MEMORY_BAR, "MB more")
    report.row(f"peak memory, {megabytes(LARGE)} of transcripts", megabytes(peaks[LARGE]), "", f"{growth:+.1f} MB", bar)
    report.note(
        f"{ROUNDS} rounds in turns, a running hub ({megabytes(hub)} afterwards), files in the cache of the system, one "
        f"of them with a record of {megabytes(LONG_RECORD)}. Before each round the files look changed, so that all are "
        "read again. The ratio is to the line above."
    )
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

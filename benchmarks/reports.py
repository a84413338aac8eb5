"""Reports over a long history, against one GROUP BY of the same rows."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from benchmarks.common import Line, Place, Report, fresh_place, ms
from session_buddy.settings import read
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor

SIZES = (10_000, 100_000, 1_000_000)
SKILLS, PHASES, SESSION_LENGTH = 200, 8, 20
ROUNDS = 15
BAR, LONGEST = 15, 6_000

# What every report is compared with. Durations stand in the table of completions, so a grouping with its average is a
# join as well; the stricter one averages what stands in the table of invocations itself.
GROUP = "SELECT skill_name, workflow_phase, count(*), avg(selection_rank) FROM invocation GROUP BY ALL"
GROUP_JOINED = """
    SELECT skill_name, workflow_phase, count(*), avg(duration_seconds)
    FROM invocation JOIN completion USING (invocation_id) GROUP BY ALL
"""
_ROWS = """
    CREATE TEMP TABLE made AS
    SELECT number, uuid() AS id, 'skill-' || floor({skills} * random() * random())::INTEGER AS skill,
           'session-' || number // {length} AS session,
           $begin::TIMESTAMPTZ + to_seconds((number // {length}) * 400 + (number % {length}) * 18) AS moment,
           'phase-' || floor({phases} * random())::INTEGER AS phase, random() AS fate, random() AS other
    FROM range({size}) AS row(number)
"""
_INVOCATIONS = """
    INSERT INTO invocation
    SELECT id, skill, NULL, session, 'p', moment, CASE WHEN other < 0.3 THEN 'TDD' WHEN other < 0.5 THEN 'spike' END,
           phase, NULL, CASE WHEN fate < 0.2 THEN 1 + number % 4 END, 'import', moment, NULL
    FROM made ORDER BY number
"""
_COMPLETIONS = """
    INSERT INTO completion
    SELECT id, moment, CASE WHEN fate < 0.75 THEN 'completed' WHEN fate < 0.87 THEN 'failed' ELSE 'abandoned' END,
           600 * other, CASE WHEN other < 0.25 THEN ['git commit', 'run tests'] END,
           CASE WHEN fate >= 0.75 AND fate < 0.87 THEN 'Error' || number % 7 END, 'import', moment, NULL
    FROM made WHERE fate < 0.97 ORDER BY number
"""


def main() -> int:
    report = Report("Reports over a long history")
    medians: dict[str, dict[int, float]] = {}
    for size in SIZES:
        with fresh_place(LINGER="600") as place:
            fill(place, size)
            measure(report, place, size, medians)
    for name, found in medians.items():
        grown = (found[SIZES[-1]] / found[SIZES[0]]) / (SIZES[-1] / SIZES[0])
        report.row(f"{name}: growth against rows", "", "", f"{grown:.2f} x", report.bar(grown, "≤", 1))
    report.note(
        f"{SKILLS} skills, {PHASES} phases, {SESSION_LENGTH} uses a session, three of a hundred never ended. {ROUNDS} "
        "calls of each tool, the whole way from the client through bridge and hub and back; ratios are to the median "
        "of GROUP BY skill, phase with count and average over the table of invocations, in a process of its own on "
        "the same file, in the same run (the join: the same with the average duration, which stands in another "
        "table). Before each of the calls 'after a use' a skill was tracked and completed."
    )
    return report.finish()


def measure(report: Report, place: Place, size: int, medians: dict[str, dict[int, float]]) -> None:
    plain, joined = group_by(place)
    line = place.window()
    line.initialize()
    at = f"{size:,}"
    report.row(f"{at}: GROUP BY skill, phase", ms(plain))
    report.row(f"{at}: the same with a join", ms(joined), "", f"{joined / plain:.1f} x")
    begun = time.perf_counter()
    text = call(line, "workflow_report")["report"]
    report.row(f"{at}: first report of a hub", ms(time.perf_counter() - begun))
    report.row(f"{at}: characters of its text", f"{len(text):,}", "", "", report.bar(len(text), "≤", LONGEST))
    for tool in ("workflow_report", "skill_metrics"):
        again = times(partial(call, line, tool))
        after = times(partial(call, line, tool), before=partial(use, line))
        medians.setdefault(tool, {})[size] = median(after)
        bar = partial(bar_of, report) if size == SIZES[-1] else lambda ratio: ""
        row(report, f"{at}: {tool}", again, plain, bar)
        row(report, f"{at}: {tool} after a use", after, plain, bar)
    line.close()
    place.stop_hub()


def row(report: Report, what: str, samples: list[float], base: float, bar: Callable[[float], str]) -> None:
    ratio = median(samples) / base
    report.times(what, samples, f"{ratio:.1f} x", bar(ratio))


def bar_of(report: Report, ratio: float) -> str:
    return report.bar(ratio, "≤", BAR, "x")


def call(line: Line, tool: str) -> dict[str, Any]:
    return line.ask(tool)[1]


def use(line: Line) -> None:
    tracked = line.ask("track_skill", skill_name="skill-7", workflow_phase="phase-1", session_id="session-77")[1]
    line.ask("complete_skill", invocation_id=tracked["invocation_id"])


def times(job: Callable[[], Any], before: Callable[[], Any] | None = None) -> list[float]:
    """How long the job takes each time, in seconds."""
    found = []
    for _ in range(ROUNDS):
        if before:
            before()
        begun = time.perf_counter()
        job()
        found.append(time.perf_counter() - begun)
    return found


def fill(place: Place, size: int) -> None:
    """Make the rows, in a process that does nothing else."""
    subprocess.run([sys.executable, __file__, "fill", str(size)], env=place.environment, check=True)


def group_by(place: Place) -> tuple[float, float]:
    """The medians of the two groupings, in seconds."""
    command = [sys.executable, __file__, "group", "0"]
    done = subprocess.run(command, env=place.environment, check=True, capture_output=True, text=True)
    plain, joined = json.loads(done.stdout.splitlines()[0])
    return plain, joined


def _fill(size: int) -> None:
    store = Store.open(read().store)
    values = {"skills": SKILLS, "phases": PHASES, "length": SESSION_LENGTH, "size": size}

    def job(cursor: Cursor) -> None:
        cursor.execute("SELECT setseed(0.13)").fetchall()
        cursor.execute(_ROWS.format(**values), {"begin": "2026-01-05 08:00:00+00"}).fetchall()
        cursor.execute(_INVOCATIONS).fetchall()
        cursor.execute(_COMPLETIONS).fetchall()
        cursor.execute("DROP TABLE made").fetchall()

    store.write(job).result()
    store.close()


def _rows_of(cursor: Cursor, sql: str) -> list[Any]:
    return cursor.execute(sql).fetchall()


def _group() -> None:
    store = Store.open(read().store)
    found = [median(times(partial(store.read, partial(_rows_of, sql=sql)))) for sql in (GROUP, GROUP_JOINED)]
    print(json.dumps(found), flush=True)
    store.close()


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _fill(int(sys.argv[2])) if sys.argv[1] == "fill" else _group()
    else:
        sys.exit(main())

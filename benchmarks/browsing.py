"""The uses behind the figures of a long history, against one GROUP BY of the same rows."""

import subprocess
import sys
from functools import partial
from statistics import median
from typing import Any

from benchmarks import reports
from benchmarks.common import Place, Report, fresh_place, ms
from benchmarks.reports import PHASES, ROUNDS, SESSION_LENGTH, SKILLS, times
from session_buddy.bridge.client import Client
from session_buddy.settings import read
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor

SIZE, TEXTS, PROJECTS = 1_000_000, 200_000, 10
BEGIN = "2026-01-05 08:00:00+00"
# Each answer within so many groupings: 60 ms where a grouping takes 15.
BAR = 4
SINCE = {"since": "2026-05-01T00:00:00+00:00"}
CELL = {"skill_name": "skill-7", "workflow_phase": "phase-1"}
ASKED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("uses: the newest 50", "uses", {}),
    ("uses: the newest 500", "uses", {"limit": 500}),
    ("uses: a cell", "uses", CELL),
    ("uses: a cell, abandoned, of a project", "uses", CELL | {"outcome": "abandoned", "project_id": "project-3"}),
    ("uses: a session", "uses", {"session_id": "session-777"}),
    ("uses: a word in the problem", "uses", {"query": "login"}),
    ("uses: a rare text in the problem", "uses", {"query": "number 7777 fails"}),
    ("trends: 12 weeks", "trends", {"until": "2026-06-01T00:00:00+00:00"}),
    ("durations", "durations", {}),
    ("durations since May", "durations", SINCE),
    ("assistant_sessions: the newest 50", "assistant_sessions", {}),
    ("assistant_sessions: of a project", "assistant_sessions", {"project_id": "project-3"}),
    ("projects", "projects", {}),
    ("given: the newest 50", "given", {}),
    ("given: of a project", "given", {"project_id": "project-3"}),
)
# The reports over a part of the past have the bar of the reports.
PARTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("report since May", "report", SINCE),
    ("report of a project", "report", {"project_id": "project-3"}),
    ("heatmap since May", "heatmap", SINCE),
)
_TEXTS = f"""
    INSERT INTO query
    SELECT md5(number::VARCHAR)::UUID, 'why does the ' || ['build', 'login', 'page', 'cache'][1 + number % 4] ||
           ' number ' || number || ' fail after the upgrade of last week, and how is it to be mended?', $begin
    FROM range({TEXTS}) AS row(number)
"""
_INVOCATIONS = f"""
    INSERT INTO invocation
    SELECT id, skill, md5((floor({TEXTS} * other)::INTEGER)::VARCHAR)::UUID, session,
           'project-' || (number // 400) % {PROJECTS}, moment,
           CASE WHEN other < 0.3 THEN 'TDD' WHEN other < 0.5 THEN 'spike' END, phase, NULL,
           CASE WHEN fate < 0.2 THEN 1 + number % 4 END, 'import', moment, NULL
    FROM made ORDER BY number
"""
_PROJECTS = f"""
    INSERT INTO project SELECT 'project-' || number, '/home/me/project-' || number, $begin
    FROM range({PROJECTS}) AS row(number)
"""
_GIVEN = f"""
    INSERT INTO recommendation
    SELECT uuid(), md5((number % {TEXTS})::VARCHAR)::UUID, 'session-' || number // 2,
           'project-' || (number // 40) % {PROJECTS}, NULL, 'semantic', true,
           ['skill-' || number % 50, 'skill-' || (50 + number % 60), 'skill-' || (110 + number % 70)], [0.9, 0.5, 0.2],
           $begin::TIMESTAMPTZ + to_seconds((number // 2) * 400 + number % 2 * 90 + 1), $begin
    FROM range({{size}} // 10) AS row(number)
"""


def main() -> int:
    report = Report("The uses behind the figures of a long history")
    with fresh_place(LINGER="600") as place:
        subprocess.run([sys.executable, __file__, "fill", str(SIZE)], env=place.environment, check=True)
        measure(report, place)
    report.note(
        f"{SIZE:,} uses of {SKILLS} skills in {PHASES} phases, {SESSION_LENGTH} a session, in {PROJECTS} projects, for "
        f"{TEXTS:,} problems; {SIZE // 10:,} recommendations. {ROUNDS} requests each, the whole way from a command "
        "through the hub and back; ratios are to the median of GROUP BY skill, phase with count and average, in a "
        "process of its own on the same file, in the same run."
    )
    return report.finish()


def measure(report: Report, place: Place) -> None:
    base = reports.group_by(place)[0]
    report.row("GROUP BY skill, phase", ms(base))
    with Client(read(place.environment)) as client:
        client.ask("heatmap")
        for bar, asked in ((BAR, ASKED), (reports.BAR, PARTS)):
            for what, method, params in asked:
                samples = times(partial(client.ask, method, params))
                ratio = median(samples) / base
                report.times(what, samples, f"{ratio:.1f} x", report.bar(ratio, "≤", bar, "x"))
    place.stop_hub()


def _fill(size: int) -> None:
    store = Store.open(read().store)
    made = reports._ROWS.format(skills=SKILLS, phases=PHASES, length=SESSION_LENGTH, size=size)

    def job(cursor: Cursor) -> None:
        cursor.execute("SELECT setseed(0.13)").fetchall()
        cursor.execute(made, {"begin": BEGIN}).fetchall()
        for sql in (_TEXTS, _PROJECTS, _GIVEN.format(size=size)):
            cursor.execute(sql, {"begin": BEGIN}).fetchall()
        for sql in (_INVOCATIONS, reports._COMPLETIONS, "DROP TABLE made"):
            cursor.execute(sql).fetchall()

    store.write(job).result()
    store.close()


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _fill(int(sys.argv[2]))
    else:
        sys.exit(main())

"""A phase helps where skills differ by phase, and does no harm where it says nothing.

Two made-up worlds over MetaTool's real queries, 20 past ones for each tool. Where phases matter, each tool is two
skills that are used for the same queries; one is completed in nine of ten uses while planning or building and in three
of ten otherwise, the other the other way round; the right answer to a query in a phase is the tool's skill for that
phase. Where they say nothing, each tool is one skill, completed in eight of ten uses whatever the phase.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from benchmarks import labelled
from benchmarks.common import Report
from benchmarks.labelled import Labelled
from benchmarks.ranking import embedded_texts
from benchmarks.taught import Embedded, Taught, Use, taught
from session_buddy.ranking import judging
from session_buddy.ranking.judging import Phase
from session_buddy.skills import describing

PHASES = ("planning", "building", "testing", "review")
WEIGHTS = (0.0, 0.15, 0.3, 0.5)
OFFERED = 0.3
PER_TOOL = 20
GOOD, BAD, EVEN = 0.9, 0.3, 0.8
MOST_HARM = 0.5


def main() -> int:
    options = arguments()
    if absent := labelled.missing(options.data):
        print(f"phases: {', '.join(absent)} is not in {options.data}. Give the folder with --data.", file=sys.stderr)
        return 2
    data = labelled.metatool(options.data, options.validation)
    drawn = labelled.history(data.training, str(PER_TOOL), 13)
    documents = {describing.document_of(*one) for one in data.descriptions.items()}
    asked = {query for queries in data.held_out.values() for query in queries}
    embedded = embedded_texts({query for _, query in drawn} | asked | documents)
    return report(matters(data, drawn, embedded), nothing(data, drawn, embedded))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What phase_weight does, on MetaTool.")
    parser.add_argument("--data", required=True, type=Path, metavar="FOLDER", help="holds metatool/ and clinc150/")
    parser.add_argument("--validation", action="store_true", help="ask the rows for tuning, not the held-out ones")
    return parser.parse_args()


def skill_for(tool: str, phase: str) -> str:
    """The tool's skill that works in a phase, where phases matter."""
    return f"{tool}-{'early' if PHASES.index(phase) < 2 else 'late'}"


def matters(data: Labelled, drawn: Sequence[tuple[str, str]], embedded: Embedded) -> list[float]:
    """recall@1 at each weight where phases matter."""
    chooser = random.Random(13)
    uses = []
    for tool, query in drawn:
        used, phase = (chooser.choice(PHASES) for _ in range(2))
        skill = skill_for(tool, used)
        rate = GOOD if skill == skill_for(tool, phase) else BAD
        uses.append(Use(skill, query, chooser.random() < rate, phase))
    with taught(uses, {}, embedded) as store:
        return [right(store, data, weight, skill_for) for weight in WEIGHTS]


def nothing(data: Labelled, drawn: Sequence[tuple[str, str]], embedded: Embedded) -> list[float]:
    """recall@1 at each weight where phases say nothing."""
    chooser = random.Random(13)
    uses = [Use(tool, query, chooser.random() < EVEN, chooser.choice(PHASES)) for tool, query in drawn]
    with taught(uses, data.descriptions, embedded) as store:
        return [right(store, data, weight, lambda tool, _: tool) for weight in WEIGHTS]


def right(store: Taught, data: Labelled, weight: float, answer) -> float:  # type: ignore[no-untyped-def]
    """Percent of the queries, each in a phase drawn for it, whose right skill comes first."""
    chooser, hits = random.Random(14), []
    for tool, queries in data.held_out.items():
        for query in queries:
            phase = chooser.choice(PHASES)
            found = judging.best(store.judge(query, Phase(phase, weight)).candidates, 0.0, 1)
            hits.append(bool(found) and found[0].skill_name == answer(tool, phase))
    return 100 * mean(hits)


def report(where_it_matters: list[float], where_it_says_nothing: list[float]) -> int:
    table = Report("What a phase does to recall@1")
    for weight, helped, harmed in zip(WEIGHTS, where_it_matters, where_it_says_nothing, strict=True):
        gained, lost = helped - where_it_matters[0], where_it_says_nothing[0] - harmed
        bars = ["", ""]
        if weight == OFFERED:
            bars = [
                table.bar(round(gained, 1), "≥", 0.1, "points"),
                table.bar(round(lost, 1), "≤", MOST_HARM, "points"),
            ]
        table.row(f"phases matter, weight {weight}", f"{helped:.1f} %", "", f"{gained:+.1f} points", bars[0])
        table.row(f"phases say nothing, weight {weight}", f"{harmed:.1f} %", "", f"{-lost:+.1f} points", bars[1])
    table.note("MetaTool, 20 past queries for each tool, seed 13; the two worlds are described in `phases.py`.")
    return table.finish()


if __name__ == "__main__":
    sys.exit(main())

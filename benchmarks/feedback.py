"""Learning from what was shown: a skill that is shown again and again and never chosen makes room, and an early mistake
does not last.

MetaTool's real queries with the right answer known, 5 past queries for each tool. Thirty decoys, never right, are
described like a tool each. People are asked in rounds; each is shown five skills, uses the right one whether or not it
is among them, and completes it. In the second world there are no decoys, but in the first rounds people take a wrong
tool for the queries of thirty tools, so that these are shown and passed over; from then on they take the right one.
Each world is run with the correction and without it, and asked the held-out queries of the thirty tools after each
round.
"""

import argparse
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from benchmarks import labelled
from benchmarks.common import Report
from benchmarks.labelled import Labelled
from benchmarks.ranking import embedded_texts
from benchmarks.taught import Embedded, Taught, Use, taught
from session_buddy.ranking import judging, parameters
from session_buddy.skills import describing

AFFECTED = 30
PER_TOOL = 5
ROUNDS, MISTAKEN_ROUNDS = 8, 3
PER_ROUND = 4
DECOY = "The new assistant for everything like this: {0}"
BEGIN = datetime(2026, 9, 1, 9, tzinfo=UTC)


class World(NamedTuple):
    """What people are asked and do: the queries of each round, and whom they take for a tool's query in a round."""

    data: Labelled
    affected: list[str]
    queries: list[list[tuple[str, str]]]
    taken: Callable[[str, int], str]
    descriptions: dict[str, str]


def main() -> int:
    options = arguments()
    if absent := labelled.missing(options.data):
        print(f"feedback: {', '.join(absent)} is not in {options.data}. Give the folder with --data.", file=sys.stderr)
        return 2
    data = labelled.metatool(options.data, options.validation)
    decoys, mistakes = worlds(data)
    past = labelled.history(data.training, str(PER_TOOL), 13)
    texts = {query for _, query in past} | {
        query for world in (decoys, mistakes) for one in world.queries for _, query in one
    }
    texts |= {query for tool in decoys.affected for query in data.held_out[tool]}
    texts |= {describing.document_of(*one) for one in decoys.descriptions.items()}
    embedded = embedded_texts(texts)
    return report(*(run(world, past, embedded) for world in (decoys, mistakes)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What is learned from what was shown, on MetaTool.")
    parser.add_argument("--data", required=True, type=Path, metavar="FOLDER", help="holds metatool/ and clinc150/")
    parser.add_argument("--validation", action="store_true", help="ask the rows for tuning, not the held-out ones")
    return parser.parse_args()


def worlds(data: Labelled) -> tuple[World, World]:
    """The world with decoys, and the one with mistakes."""
    chooser = random.Random(13)
    used = {query for _, query in labelled.history(data.training, str(PER_TOOL), 13)}
    fresh = {tool: [query for query in rows if query not in used] for tool, rows in data.training.items()}
    affected = sorted(
        chooser.sample([tool for tool, rows in fresh.items() if len(rows) >= ROUNDS * PER_ROUND], AFFECTED)
    )
    queries = [
        [(tool, query) for tool in affected for query in fresh[tool][number * PER_ROUND : (number + 1) * PER_ROUND]]
        for number in range(ROUNDS)
    ]
    wrong = dict(zip(affected, [*affected[1:], affected[0]], strict=True))
    decoys = {f"decoy-{number}": DECOY.format(data.descriptions[tool]) for number, tool in enumerate(affected)}
    return (
        World(data, affected, queries, lambda tool, _: tool, data.descriptions | decoys),
        World(
            data,
            affected,
            queries,
            lambda tool, number: wrong[tool] if number < MISTAKEN_ROUNDS else tool,
            data.descriptions,
        ),
    )


def run(world: World, past: list[tuple[str, str]], embedded: Embedded) -> dict[bool, list[float]]:
    """recall@1 before the first round and after each, with the correction and without it."""
    found = {}
    weight = parameters.STANDING_WEIGHT
    for corrected in (True, False):
        parameters.STANDING_WEIGHT = weight if corrected else 0.0
        with taught([Use(*one) for one in past], world.descriptions, embedded) as store:
            found[corrected] = [recall(store, world), *(after(store, world, number) for number in range(ROUNDS))]
    parameters.STANDING_WEIGHT = weight
    return found


def after(store: Taught, world: World, number: int) -> float:
    """Live through a round, and ask."""
    for place, (tool, query) in enumerate(world.queries[number]):
        store.answer(query, world.taken(tool, number), BEGIN + timedelta(days=number, minutes=place))
    store.relearn([query for _, query in world.queries[number]])
    return recall(store, world)


def recall(store: Taught, world: World) -> float:
    asked = [(tool, query) for tool in world.affected for query in world.data.held_out[tool]]
    found = [judging.best(store.judge(query).candidates, 0.0, 1)[0] for _, query in asked]
    return 100 * mean(one.skill_name == tool for one, (tool, _) in zip(found, asked, strict=True))


def report(decoys: dict[bool, list[float]], mistakes: dict[bool, list[float]]) -> int:
    table = Report("Learning from what was shown")
    for name, found in (("decoys", decoys), ("early mistakes", mistakes)):
        for number, (with_it, without) in enumerate(zip(found[True], found[False], strict=True)):
            when = "before" if number == 0 else f"after round {number}"
            table.row(f"{name}, recall@1 {when}", f"{with_it:.1f} %", "", f"{without:.1f} % without")
    gained = mean(decoys[True][1:]) - mean(decoys[False][1:])
    lost = mistakes[False][-1] - mistakes[True][-1]
    table.row(
        "decoys: gained by the correction, mean of the rounds", f"{gained:+.1f}", "", "", table.bar(gained, "≥", 0.0)
    )
    table.row(
        "early mistakes: lost by it in the end", f"{lost:+.1f}", "", "", table.bar(round(lost, 1), "≤", 0.5, "points")
    )
    table.note(
        f"{AFFECTED} tools, {PER_ROUND} queries of each a round; mistakes in the first {MISTAKEN_ROUNDS} rounds. The "
        "percentages beside are the same rounds without the correction."
    )
    return table.finish()


if __name__ == "__main__":
    sys.exit(main())

"""Recommendations are right: MetaTool's held-out queries, ranked by what 20 past queries per tool teach.

The protocol: of texts that are equal but for case and outer white space, the first stays, and none where they name
different tools (20,530 of 20,614 rows). Of each tool, in alphabetical order, 30 % of its rows (rounded down) but at
most 20 are drawn with `random.Random(13)` and held out (3,794). The history is drawn from the rest.
"""

import argparse
import csv
import gzip
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import mean

from benchmarks.common import Place, Report, fresh_place

FILE = "all_clean_data.csv.gz"
HELD_OUT, ROWS = 3_794, 20_530
MOST_HELD_OUT, SHARE_HELD_OUT = 20, 0.3
PER_TOOL = 20
TOP = 5
BARS = {1: 78.0, TOP: 92.0}

Rows = dict[str, list[str]]


def read_rows(folder: Path) -> Rows:
    """The queries of each tool, without duplicates and ambiguous ones."""
    with gzip.open(folder / FILE, "rt", encoding="utf-8", newline="") as file:
        rows = [(row["Query"], row["Tool"]) for row in csv.DictReader(file)]
    tools = defaultdict(set)
    for query, tool in rows:
        tools[query.strip().lower()].add(tool)
    kept: Rows = defaultdict(list)
    for query, tool in rows:
        if len(tools.pop(query.strip().lower(), ())) == 1:
            kept[tool].append(query)
    return dict(sorted(kept.items()))


def hold_out(rows: Rows) -> tuple[Rows, Rows]:
    """(training rows, held-out rows) of each tool."""
    chooser = random.Random(13)
    training, held_out = {}, {}
    for tool, queries in rows.items():
        shuffled = chooser.sample(queries, len(queries))
        size = min(MOST_HELD_OUT, int(SHARE_HELD_OUT * len(queries)))
        held_out[tool], training[tool] = shuffled[:size], shuffled[size:]
    assert sum(map(len, rows.values())) == ROWS
    assert sum(map(len, held_out.values())) == HELD_OUT
    return training, held_out


def history(training: Rows, seed: int) -> Rows:
    chooser = random.Random(seed)
    return {tool: chooser.sample(queries, min(PER_TOOL, len(queries))) for tool, queries in training.items()}


def write_lines(path: Path, lines: Iterable[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def recommended(place: Place, past: Rows, queries: list[str]) -> list[list[str]]:
    """What is recommended for each query after the history was imported."""
    lines, batch = place.folder / "history.jsonl", place.folder / "queries.jsonl"
    write_lines(
        lines, ({"skill_name": tool, "user_query": query, "completed": True} for tool in past for query in past[tool])
    )
    write_lines(batch, ({"user_query": query} for query in queries))
    place.command("import", str(lines))
    printed = place.command("recommend", "--batch", str(batch), "--json", "--wait-for-model", "--limit", str(TOP))
    found = [json.loads(line) for line in printed.splitlines()]
    assert [one["user_query"] for one in found] == queries
    return [[skill["skill_name"] for skill in one["recommendations"]] for one in found]


def recall(place: Place, past: Rows, held_out: Rows) -> dict[int, float]:
    """Percent of the held-out queries whose tool is among the first 1 and the first 5."""
    wanted = [tool for tool, queries in held_out.items() for _ in queries]
    found = recommended(place, past, [query for queries in held_out.values() for query in queries])
    return {size: 100 * mean(tool in names[:size] for tool, names in zip(wanted, found, strict=True)) for size in BARS}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Recall on MetaTool's held-out queries.")
    parser.add_argument("--data", required=True, type=Path, metavar="FOLDER", help=f"the folder that holds {FILE}")
    parser.add_argument("--seeds", type=int, nargs="+", default=[13], help="of the histories (default: 13)")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if not (options.data / FILE).is_file():
        print(
            f"metatool: there is no {FILE} in {options.data}. Give the folder of the data with --data.", file=sys.stderr
        )
        return 2
    training, held_out = hold_out(read_rows(options.data))
    recalls = []
    begun = time.monotonic()
    for seed in options.seeds:
        with fresh_place(EMBEDDER="sentence-transformers") as place:
            recalls.append(recall(place, history(training, seed), held_out))
    report = Report(
        f"MetaTool: {HELD_OUT:,} held-out queries, {PER_TOOL} past queries for each of {len(training)} tools"
    )
    for size, limit in BARS.items():
        value = mean(one[size] for one in recalls)
        report.row(f"recall@{size}", f"{value:.1f} %", "", "", report.bar(round(value, 1), "≥", limit, "%"))
    seeds = ", ".join(str(seed) for seed in options.seeds)
    report.note(f"Histories drawn with seed {seeds}; everything took {(time.monotonic() - begun) / 60:.1f} minutes.")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

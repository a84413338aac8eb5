"""Recommendations are right: MetaTool's held-out queries, ranked by what 20 past queries per tool teach.

The rows and what is held out of them: see `labelled.py`.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import mean

from benchmarks import labelled
from benchmarks.common import Place, Report, fresh_place
from benchmarks.labelled import Rows

PER_TOOL = 20
TOP = 5
BARS = {1: 78.0, TOP: 92.0}


def history(training: Rows, seed: int) -> Rows:
    past: Rows = defaultdict(list)
    for tool, query in labelled.history(training, str(PER_TOOL), seed):
        past[tool].append(query)
    return past


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
    parser.add_argument("--data", required=True, type=Path, metavar="FOLDER", help="holds metatool/ and clinc150/")
    parser.add_argument("--seeds", type=int, nargs="+", default=[13], help="of the histories (default: 13)")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if absent := labelled.missing(options.data):
        print(f"metatool: {', '.join(absent)} is not in {options.data}. Give the folder with --data.", file=sys.stderr)
        return 2
    data = labelled.metatool(options.data)
    training, held_out = data.training, data.held_out
    recalls = []
    begun = time.monotonic()
    for seed in options.seeds:
        with fresh_place(EMBEDDER="sentence-transformers") as place:
            recalls.append(recall(place, history(training, seed), held_out))
    report = Report(f"MetaTool by commands: {labelled.HELD_OUT:,} held-out queries, {PER_TOOL} past ones per tool")
    for size, limit in BARS.items():
        value = mean(one[size] for one in recalls)
        report.row(f"recall@{size}", f"{value:.1f} %", "", "", report.bar(round(value, 1), "≥", limit, "%"))
    seeds = ", ".join(str(seed) for seed in options.seeds)
    report.note(f"Histories drawn with seed {seeds}; everything took {(time.monotonic() - begun) / 60:.1f} minutes.")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

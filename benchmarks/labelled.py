"""Real queries whose right answer is known: MetaTool and CLINC150, their splits, and histories drawn from them.

MetaTool: of texts that are equal but for case and outer white space, the first stays, and none where they name
different tools (20,530 of 20,614 rows). Of each tool, in alphabetical order, 30 % of its rows (rounded down) but at
most 20 are drawn with `random.Random(13)` and held out (3,794). CLINC150: its test split is held out (4,500 and 1,000
out of scope). A tool is described by the set's own text, an intent by its name with spaces. Nothing held out was looked
at while the ranking was tuned; `validation` is what was (see `session_buddy/ranking/parameters.py`).
"""

import csv
import gzip
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

METATOOL, CLINC150 = "MetaTool", "CLINC150"
FILES = {METATOOL: "metatool/all_clean_data.csv.gz", CLINC150: "clinc150/data_full.json.gz"}
HELD_OUT, ROWS = 3_794, 20_530
MOST_HELD_OUT, SHARE_HELD_OUT = 20, 0.3
MOST_VALIDATION, SHARE_VALIDATION = 10, 0.25
ZIPF_LARGEST, ZIPF_POWER = 200, 0.8
HALF_SIZE = 20

Rows = dict[str, list[str]]


class Labelled(NamedTuple):
    """A set of data: queries by label for histories, and those to be asked."""

    name: str
    training: Rows
    held_out: Rows
    descriptions: dict[str, str]
    out_of_scope: list[str]
    of_two: list[tuple[str, list[str]]]


def missing(folder: Path) -> list[str]:
    """The files that are not there."""
    return [name for name in FILES.values() if not (folder / name).is_file()]


def metatool(folder: Path, validation: bool = False) -> Labelled:
    """MetaTool; for tuning, with validation rows in the place of the held-out ones."""
    training, held_out = hold_out(read_rows(folder / "metatool"))
    if validation:
        training, held_out = _hold_out(training, random.Random(99), MOST_VALIDATION, SHARE_VALIDATION)
    described = _json(folder / "metatool/big_tool_des.json") | _json(folder / "metatool/plugin_des.json")
    of_two = [(one["query"], one["tool"]) for one in _json(folder / "metatool/multi_tool_query_golden.json")]
    return Labelled(METATOOL, training, held_out, {tool: described[tool] for tool in training}, [], of_two)


def clinc150(folder: Path, validation: bool = False) -> Labelled:
    """CLINC150; for tuning, with its validation split in the place of the test split."""
    with gzip.open(folder / FILES[CLINC150], "rt", encoding="utf-8") as file:
        data = json.load(file)
    part = "val" if validation else "test"
    training, held_out = (_by_label(data[name]) for name in ("train", part))
    descriptions = {label: label.replace("_", " ") for label in training}
    return Labelled(CLINC150, training, held_out, descriptions, [query for query, _ in data[f"oos_{part}"]], [])


def read_rows(folder: Path) -> Rows:
    """MetaTool's queries of each tool, without duplicates and ambiguous ones."""
    with gzip.open(folder / Path(FILES[METATOOL]).name, "rt", encoding="utf-8", newline="") as file:
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
    """MetaTool's (training rows, held-out rows) of each tool."""
    training, held_out = _hold_out(rows, random.Random(13), MOST_HELD_OUT, SHARE_HELD_OUT)
    assert sum(map(len, rows.values())) == ROWS
    assert sum(map(len, held_out.values())) == HELD_OUT
    return training, held_out


def history(training: Rows, kind: str, seed: int) -> list[tuple[str, str]]:
    """A history as (label, query) pairs: `kind` queries per label, or `zipf` or `halfcold`."""
    chooser = random.Random(seed)
    sizes = _sizes(list(training), kind, chooser)
    drawn = {label: chooser.sample(rows, min(sizes[label], len(rows))) for label, rows in training.items()}
    return [(label, query) for label, queries in drawn.items() for query in queries]


def _sizes(labels: list[str], kind: str, chooser: random.Random) -> dict[str, int]:
    if kind == "zipf":
        chooser.shuffle(labels)
        return {label: max(1, round(ZIPF_LARGEST / rank**ZIPF_POWER)) for rank, label in enumerate(labels, start=1)}
    if kind == "halfcold":
        chooser.shuffle(labels)
        return {label: HALF_SIZE * (rank < len(labels) / 2) for rank, label in enumerate(labels)}
    return dict.fromkeys(labels, int(kind))


def _hold_out(rows: Rows, chooser: random.Random, most: int, share: float) -> tuple[Rows, Rows]:
    training, held_out = {}, {}
    for label, queries in rows.items():
        shuffled = chooser.sample(queries, len(queries))
        size = min(most, int(share * len(queries)))
        held_out[label], training[label] = shuffled[:size], shuffled[size:]
    return training, held_out


def _by_label(pairs: list[tuple[str, str]]) -> Rows:
    found: Rows = defaultdict(list)
    for query, label in pairs:
        found[label].append(query)
    return dict(sorted(found.items()))


def _json(path: Path):  # type: ignore[no-untyped-def]
    return json.loads(path.read_text(encoding="utf-8"))

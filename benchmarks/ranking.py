"""Recommendations are better than every way that was measured: the whole table, on rows that nothing was tuned on."""

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from benchmarks import labelled
from benchmarks.common import Report
from benchmarks.labelled import CLINC150, METATOOL, Labelled
from benchmarks.taught import Embedded, Use, taught
from session_buddy.ranking import judging
from session_buddy.skills import describing

SEEDS = (13, 14, 15)
LISTED = 5
EMBED_AT_A_TIME = 256
WORDS = "words, N = 20"
TWO, TWO_KIND = "two-tool queries", "N = 20"
# What has to be reached: (MetaTool, CLINC150).
BARS = {
    "N = 0": (65.0, 68.0),
    "N = 1": (67.0, 79.0),
    "N = 5": (75.0, 88.0),
    "N = 20": (81.5, 92.5),
    "N = 100": (86.0, 95.5),
    "zipf": (74.5, 88.0),
    "halfcold": (71.0, 80.0),
    WORDS: (75.0, 83.0),
    "N = 20, 20 % wrong": (78.5, 89.0),
    "N = 20, 40 % wrong": (75.5, 87.0),
}
WRONG = {"N = 20, 20 % wrong": 0.2, "N = 20, 40 % wrong": 0.4}
AUROC_BARS = {"N = 5": 0.950, "N = 20": 0.967, "N = 100": 0.974}
TWO_BAR = 50.0


class Task(NamedTuple):
    """One history to learn and to be asked."""

    data: str
    kind: str
    seed: int


class Outcome(NamedTuple):
    """What came out of it, in percent; AUROC is a share."""

    task: Task
    first: float
    listed: float
    both: float | None
    auroc: float | None
    confident: float
    confident_outside: float | None
    joined: bool


def main() -> int:
    options = arguments()
    if absent := labelled.missing(options.data):
        print(f"ranking: {', '.join(absent)} is not in {options.data}. Give the folder with --data.", file=sys.stderr)
        return 2
    begun = time.monotonic()
    sets = {one.name: one for one in (read(options.data, options.validation) for read in READERS)}
    embedded = embedded_texts({text for one in sets.values() for text in texts_of(one)})
    outcomes = run(sets, embedded, options.seeds)
    return report(outcomes, sets, options, (time.monotonic() - begun) / 60)


READERS: tuple[Callable[[Path, bool], Labelled], ...] = (labelled.metatool, labelled.clinc150)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Recall of the ranking on MetaTool and CLINC150.")
    parser.add_argument("--data", required=True, type=Path, metavar="FOLDER", help="holds metatool/ and clinc150/")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS), help="of the histories")
    parser.add_argument("--validation", action="store_true", help="ask the rows for tuning, not the held-out ones")
    return parser.parse_args()


def run_in_a_process(target: Callable[..., None], *given: object) -> None:
    """Run something that loads a great deal of memory, and give that back."""
    process = multiprocessing.get_context("spawn").Process(target=target, args=given)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{target.__name__} ended with {process.exitcode}")


def embedded_texts(texts: set[str]) -> Embedded:
    """The texts with their vectors, which a process of its own makes."""
    ordered = sorted(texts, key=len)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npy"
        run_in_a_process(embed, ordered, path)
        return Embedded(ordered, np.load(path))


def embed(texts: list[str], path: Path) -> None:
    """Write the vectors of the texts, which are sorted by length, to a file."""
    import torch

    from session_buddy.embedding.models import find
    from session_buddy.embedding.worker import TransformerEmbedder
    from session_buddy.settings import DEFAULT_MODEL

    embedder = TransformerEmbedder(find(DEFAULT_MODEL).folder)
    torch.set_num_threads(multiprocessing.cpu_count())
    parts = [embedder.embed(texts[at : at + EMBED_AT_A_TIME]) for at in range(0, len(texts), EMBED_AT_A_TIME)]
    np.save(path, np.concatenate(parts).astype(np.float32))


def texts_of(data: Labelled) -> Iterator[str]:
    for rows in (data.training, data.held_out):
        for queries in rows.values():
            yield from queries
    yield from (describing.document_of(*one) for one in data.descriptions.items())
    yield from data.out_of_scope
    yield from (query for query, _ in data.of_two)


def run(sets: dict[str, Labelled], embedded: Embedded, seeds: list[int]) -> list[Outcome]:
    """Every history of every set, two processes side by side."""
    tasks = [
        Task(name, kind, seed) for name in sets for kind in BARS for seed in (seeds[:1] if kind == "N = 0" else seeds)
    ]
    _shared.update(sets=sets, embedded=embedded)
    tasks.sort(key=lambda task: ("100" not in task.kind, task.kind))
    with multiprocessing.get_context("fork").Pool(multiprocessing.cpu_count(), maxtasksperchild=4) as pool:
        return [shown(one) for one in pool.imap_unordered(asked, tasks)]


def shown(outcome: Outcome) -> Outcome:
    """Say on stderr how far it is."""
    print(f"{outcome.task}: {outcome.first:.1f}", file=sys.stderr, flush=True)
    return outcome


_shared: dict[str, object] = {}


def asked(task: Task) -> Outcome:
    """Teach one history to a store and ask it everything."""
    sets, embedded = _shared["sets"], _shared["embedded"]
    assert isinstance(sets, dict)
    assert isinstance(embedded, Embedded)
    threadpool_limits(1)
    data: Labelled = sets[task.data]
    with taught(uses(data, task), data.descriptions, None if task.kind == WORDS else embedded) as store:
        hits, listed, fits, confident = [], [], [], []
        for label, queries in data.held_out.items():
            for query in queries:
                found = store.judge(query)
                names = [one.skill_name for one in judging.best(found.candidates, 0.0, LISTED)]
                hits.append(names[:1] == [label])
                listed.append(label in names)
                fits.append(found.fit)
                confident.append(found.fit >= found.threshold)
        beyond = data.out_of_scope if task.kind in AUROC_BARS else []
        outside = [store.judge(query) for query in beyond]
        pairs = data.of_two if task.kind == TWO_KIND else []
        both = [of_two(store.judge(query).candidates, tools) for query, tools in pairs]
        made = store.recollection.classifier
    truth = [1] * len(fits) + [0] * len(outside)
    return Outcome(
        task,
        100 * mean(hits),
        100 * mean(listed),
        100 * mean(both) if both else None,
        float(roc_auc_score(truth, fits + [one.fit for one in outside])) if outside else None,
        100 * mean(confident),
        100 * mean(one.fit >= one.threshold for one in outside) if outside else None,
        bool(made and made.fitted.joins),
    )


def of_two(candidates: list[judging.Candidate], tools: list[str]) -> bool:
    names = {one.skill_name for one in judging.best(candidates, 0.0, LISTED)}
    return names.issuperset(tools)


def uses(data: Labelled, task: Task) -> list[Use]:
    """The history of a task; where a share of it is wrong, another skill was tried for those queries and abandoned."""
    kind = task.kind.removeprefix("words, ").partition(",")[0].removeprefix("N = ")
    drawn = labelled.history(data.training, kind, task.seed)
    share, chooser, labels = WRONG.get(task.kind, 0.0), random.Random(1000 + task.seed), list(data.training)
    made = []
    for label, query in drawn:
        wrong = chooser.random() < share
        other = chooser.choice([one for one in labels if one != label]) if wrong else label
        made.append(Use(other, query, not wrong))
    return made


def report(outcomes: list[Outcome], sets: dict[str, Labelled], options: argparse.Namespace, minutes: float) -> int:
    by_kind = defaultdict(list)
    for one in outcomes:
        by_kind[one.task.data, one.task.kind].append(one)
    rows = "validation rows (for tuning)" if options.validation else "held-out rows"
    table = Report(f"The ranking on MetaTool and CLINC150, {rows}")
    for kind, bars in BARS.items():
        for name, bar in zip((METATOOL, CLINC150), bars, strict=True):
            found = by_kind[name, kind]
            first = mean(one.first for one in found)
            spread = f"{min(one.first for one in found):.1f} to {max(one.first for one in found):.1f}"
            five = f"{mean(one.listed for one in found):.1f} in five"
            table.row(
                f"recall@1, {kind} ({name})", f"{first:.1f} %", spread, five, table.bar(round(first, 1), "≥", bar, "%")
            )
    for kind, bar in AUROC_BARS.items():
        share = mean(one.auroc or 0.0 for one in by_kind[CLINC150, kind])
        table.row(
            f"out-of-scope AUROC, {kind} ({CLINC150})", f"{share:.3f}", "", "", table.bar(round(share, 3), "≥", bar)
        )
    for kind in AUROC_BARS:
        inside = mean(one.confident for one in by_kind[CLINC150, kind])
        outside = mean(one.confident_outside or 0.0 for one in by_kind[CLINC150, kind])
        table.row(f"confident, {kind} ({CLINC150})", f"{inside:.1f} %", "", f"{outside:.1f} % outside")
    two = mean(one.both or 0.0 for one in by_kind[METATOOL, TWO_KIND])
    table.row(
        f"{TWO}, both in the first five, {TWO_KIND}",
        f"{two:.1f} %",
        "",
        "",
        table.bar(round(two, 1), "≥", TWO_BAR, "%"),
    )
    joined = sum(one.joined for one in outcomes)
    asked_rows = " and ".join(f"{sum(map(len, one.held_out.values())):,} of {name}" for name, one in sets.items())
    table.note(
        f"Means of seeds {', '.join(map(str, options.seeds))}, beside them the least and the most; {asked_rows} asked. "
        f"The classifier joined in {joined} of {len(outcomes)} histories. Everything took {minutes:.0f} minutes."
    )
    return table.finish()


if __name__ == "__main__":
    sys.exit(main())

"""Trying the ranking on the person's own past problems."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from session_buddy.embedding.backlog import Backlog
from session_buddy.embedding.service import EmbeddingService
from session_buddy.ranking import calibration, classifier, evaluation
from session_buddy.ranking.evaluation import LISTED, Share, Trial
from session_buddy.ranking.memory import Memory, Numbers
from session_buddy.ranking.parameters import KEPT
from session_buddy.ranking.recollection import Recollection
from session_buddy.skills.learning import Learner
from session_buddy.store.access import Access
from session_buddy.store.writing import Cursor

MOST = 1_000
# So many are tried while recommendations wait: about 30 ms.
FEW = 8
MISSING_SHARE = 0.1

Rows = list[tuple[int, UUID]]


class Good(NamedTuple):
    """How many past problems with a good outcome are among the examples, and whether any skill has as many examples
    as are kept, so that there may be more."""

    kept: int
    full: bool


class Evaluator:
    """Leaves past problems out, one after the other, a few at a time."""

    def __init__(self, access: Access, service: EmbeddingService, backlog: Backlog, learner: Learner) -> None:
        self._access = access
        self._service = service
        self._backlog = backlog
        self._learner = learner

    async def run(self) -> AsyncIterator[dict[str, Any]]:
        """Progress as {"done", "all"}, and at last the figures."""
        wanted, present = await self._backlog.coverage()
        recollection = await self._recollection(wanted, present)
        rows, good, unseen = await self._plan(recollection)
        trials: list[Trial] = []
        unknowable = 0
        for start in range(0, len(rows), FEW):
            part, places = rows[start : start + FEW], range(start, min(start + FEW, len(rows)))
            logits = [None if unseen is None else unseen[place] for place in places]
            found = await self._access.read(lambda cursor: _attempts(cursor, recollection, part, logits))  # noqa: B023
            trials.extend(one for one in found if one)
            unknowable += sum(one is None for one in found)
            yield {"done": start + len(part), "all": len(rows)}
        embedding = {"state": self._service.state, "texts": wanted, "embedded": present}
        yield {**_figures(recollection, trials, good, unknowable), "embedding": embedding}

    async def _recollection(self, wanted: int, present: int) -> Recollection:
        """What recommends now, up to date: by meaning where nearly all of the texts wanted have vectors."""
        enough = self._service.state != "off" and wanted - present <= wanted * MISSING_SHARE
        recollection = self._learner.recollection(self._backlog.model if enough else None)
        if recollection.model:
            await self._learner.catch_up()  # a hub that has just started has no classifier yet
        await self._access.read(recollection.learn)
        return recollection

    async def _plan(self, recollection: Recollection) -> tuple[Rows, "Good", "list[Numbers] | None"]:
        """The examples to leave out, of how many, and what classifiers that have not seen them say of each."""

        def read(cursor: Cursor) -> tuple[Rows, Good, Any]:
            with recollection.current(cursor) as memory:
                rows = calibration.sampled(memory, MOST)
                kept = len(calibration.sampled(memory, len(memory.examples.owner)))
                good = Good(kept, bool((memory.past() >= KEPT).any()))
                pairs = [(int(row), memory.examples.query_id(int(row))) for row in rows]
                heard = recollection.classifier and recollection.classifier.fitted.joins
                return pairs, good, (classifier.lesson(memory), list(memory.names)) if heard else None

        rows, good, taught = await self._access.read(read)
        if taught is None or taught[0] is None:
            return rows, good, None
        lesson, names = taught
        made = await classifier.unseen(lesson)
        return rows, good, None if made is None else _spread(lesson, made, names, rows)


def _spread(lesson: classifier.Lesson, made: Numbers, names: list[str], rows: Rows) -> list[Numbers]:
    """Of each example that is left out, the logits of all skills in the memory's order."""
    columns = [names.index(name) for name in lesson.names]
    place = {int(row): at for at, row in enumerate(lesson.rows)}
    spread = []
    for row, _ in rows:
        logits = np.full(len(names), np.nan)
        logits[columns] = made[place[row]]
        spread.append(logits)
    return spread


def _attempts(
    cursor: Cursor, recollection: Recollection, rows: Rows, logits: "list[Numbers | None]"
) -> list[Trial | None]:
    with recollection.current(cursor) as memory:
        kept = [(row, one) for (row, query_id), one in zip(rows, logits, strict=True) if _is(memory, row, query_id)]
        return [evaluation.attempt(recollection, memory, row, _padded(one, memory)) for row, one in kept]


def _is(memory: Memory, row: int, query_id: UUID) -> bool:
    return row < len(memory.examples.owner) and memory.examples.holds(row, query_id)


def _padded(logits: Numbers | None, memory: Memory) -> Numbers | None:
    """With a place for each skill that became known meanwhile."""
    if logits is None:
        return None
    return np.pad(logits, (0, len(memory.names) - len(logits)), constant_values=np.nan)


def _figures(recollection: Recollection, trials: list[Trial], good: Good, unknowable: int) -> dict[str, Any]:
    threshold = recollection.calibration.threshold
    methods = {
        "session_buddy": [one.ours for one in trials],
        "with_classifier": [one.with_classifier for one in trials if one.with_classifier is not None],
        "most_used": [one.most_used for one in trials],
        "nearest": [one.nearest for one in trials],
    }
    sure = [one for one in trials if one.fit >= threshold.value]
    unsure = [one for one in trials if one.fit < threshold.value]
    return {
        "past_problems": good.kept,
        "kept_per_skill": KEPT if good.full else None,
        "left_out": len(trials),
        "unknowable": unknowable,
        "ranking": "semantic" if recollection.model else "lexical",
        "methods": {name: _method(ranks) for name, ranks in methods.items() if ranks or name != "with_classifier"},
        "confident": {
            "threshold": threshold.value,
            "learned_from": threshold.queries,
            "share": _share(evaluation.share(len(sure), len(trials))),
            "right_when_confident": _share(evaluation.share(sum(one.ours == 1 for one in sure), len(sure))),
            "right_when_not": _share(evaluation.share(sum(one.ours == 1 for one in unsure), len(unsure))),
            "silent_when_nothing_fits": _share(
                evaluation.share(sum(one.fit_without < threshold.value for one in trials), len(trials))
            ),
        },
        "reliability": [
            {"low": one.low, "high": one.high, "right": _share(one.right)} for one in evaluation.reliability(trials)
        ],
    }


def _method(ranks: list[int]) -> dict[str, Any]:
    return {
        "recall_at_1": _share(evaluation.within(ranks, 1)),
        "recall_at_5": _share(evaluation.within(ranks, LISTED)),
        "mrr": evaluation.reciprocal(ranks),
    }


def _share(share: Share) -> dict[str, Any]:
    return share._asdict()

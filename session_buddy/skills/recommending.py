"""Recommending skills for a problem, from what was used for problems like it."""

import asyncio
from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.embedding.backlog import Backlog
from session_buddy.embedding.service import EmbeddingService, NotReadyError
from session_buddy.errors import InvalidRequestError
from session_buddy.skills import ranking
from session_buddy.skills.ranking import Candidate
from session_buddy.skills.tracking import Cleaner
from session_buddy.store import catalogue, invocations, vectors, words
from session_buddy.store.access import Access
from session_buddy.store.ids import query_id
from session_buddy.store.invocations import Example, Tally
from session_buddy.store.times import iso
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor

# So few texts are embedded along with the query; when more than this share is missing, words rank better.
CATCH_UP = 16
MISSING_SHARE = 0.1


class Question(NamedTuple):
    """What skills are wanted for. `phase_weight` and `min_similarity` lie between 0 and 1."""

    user_query: str
    limit: int = 5
    min_similarity: float = 0.0
    workflow_phase: str | None = None
    phase_weight: float = 0.3


class Vector(NamedTuple):
    """A query's vector and the model that made it."""

    model: Model
    values: list[float]


class Recommender:
    """Ranks by meaning where the model is there, and by words where it is not; it never waits for a model to load."""

    def __init__(self, access: Access, service: EmbeddingService, backlog: Backlog, mask_secrets: bool) -> None:
        self._access = access
        self._service = service
        self._backlog = backlog
        self._mask_secrets = mask_secrets
        self._lengths: dict[tuple[int, str], tuple[int, float]] = {}
        self._preparing: asyncio.Task[None] | None = None

    async def recommend(self, question: Question) -> dict[str, Any]:
        """The answer of the tool.

        Raises:
            InvalidRequestError: nothing of the query is left after private parts were cut out.
        """
        cleaner = Cleaner(self._mask_secrets)
        text = cleaner.text(question.user_query)
        if not text:
            raise InvalidRequestError(
                "user_query holds nothing but private parts. Describe the problem without them. Nothing was stored."
            )
        vector = await self._vector(text, cleaner.notes)
        if vector is None and await self._access.read(words.stale):
            await self._access.write(words.index)
        answer = await self._access.read(lambda cursor: self._answer(cursor, question, text, vector))
        return answer | {"notes": cleaner.notes}

    async def _vector(self, text: str, notes: list[str]) -> Vector | None:
        """The query's vector, or None with a note that says why the answer is ranked by words."""
        try:
            await self._service.wake()
            if self._service.state != "ready":
                self._preparing = self._preparing or asyncio.create_task(self._prepare())
                raise NotReadyError(self._service.reason or self._service.state)
            model = await self._model(notes)
            return Vector(model, await self._service.embed_query(text, model.name)) if model else None
        except NotReadyError as error:
            notes.append(_why_lexical(self._service.state, str(error)))
            return None

    async def _model(self, notes: list[str]) -> Model | None:
        """The model to rank by: the current one; while texts wait for its vectors, an earlier one that has them."""
        wanted, missing = await self._backlog.catch_up_little(CATCH_UP)
        if missing <= wanted * MISSING_SHARE:
            return self._backlog.model
        earlier = await self._access.read(lambda cursor: vectors.covering(cursor, 1 - MISSING_SHARE))
        done = f"{wanted - missing} of {wanted} past problems are embedded so far"
        notes.append(f"{done}; ranked by the model {earlier.name}." if earlier else f"{done}; ranked by words.")
        return earlier

    async def _prepare(self) -> None:
        """While the model loads, do what the first answer by meaning would otherwise have to do: a ranking of nothing
        leaves every skill's mean length known."""
        await self._backlog.coverage()
        if model := self._backlog.model:
            await self._access.read(lambda cursor: self._semantic(cursor, Vector(model, [0.0] * model.dimension)))

    def _answer(self, cursor: Cursor, question: Question, text: str, vector: Vector | None) -> dict[str, Any]:
        if vector:
            candidates, threshold = self._semantic(cursor, vector), ranking.CONFIDENT_COSINE
        else:
            candidates = ranking.lexical(words.matches(cursor, text, ranking.BAD_WEIGHT))
            threshold = ranking.CONFIDENT_SHARE
        identity = query_id(text)
        candidates = ranking.raise_identical(candidates, invocations.completed_for(cursor, identity), identity)
        confident = ranking.confident(candidates, threshold)
        if question.workflow_phase:
            candidates = _by_phase(cursor, candidates, question.workflow_phase, question.phase_weight)
        best = ranking.best(candidates, question.min_similarity, question.limit)
        return {
            "recommendations": _describe(cursor, best, question.workflow_phase is not None),
            "ranking": "semantic" if vector else "lexical",
            "confident": confident and bool(best),
        }

    def _semantic(self, cursor: Cursor, vector: Vector) -> list[Candidate]:
        found = vectors.similarities(cursor, vector.model, vector.values, ranking.BAD_WEIGHT)
        model_id = vector.model.model_id
        changed = [
            one.skill_name
            for one in found
            if self._lengths.get((model_id, one.skill_name), (None, 0.0))[0] != one.state
        ]
        lengths = vectors.mean_lengths(cursor, vector.model, changed, ranking.BAD_WEIGHT) if changed else {}
        for one in found:
            if one.skill_name in lengths:
                self._lengths[model_id, one.skill_name] = (one.state, lengths[one.skill_name])
        return ranking.semantic(found, {one.skill_name: self._lengths[model_id, one.skill_name][1] for one in found})


def _why_lexical(state: str, reason: str) -> str:
    if state == "loading":
        return "The embedding model is still loading; ranked by words this time."
    if state == "off":
        return "Embedding is off (SESSION_BUDDY_EMBEDDER=off); ranked by words."
    return f"{reason} Ranked by words."


def _by_phase(cursor: Cursor, candidates: list[Candidate], phase: str, weight: float) -> list[Candidate]:
    names = [candidate.skill_name for candidate in candidates]
    tallies, store_rate = invocations.tallies(cursor, names), invocations.overall_rate(cursor)
    in_phase = invocations.tallies_in_phase(cursor, names, phase)
    rates = {name: ranking.phase_rate(in_phase.get(name, (0, 0)), tallies.get(name), store_rate) for name in names}
    return ranking.blend_phase(candidates, rates, weight)


def _describe(cursor: Cursor, best: list[Candidate], with_phase: bool) -> list[dict[str, Any]]:
    names = [candidate.skill_name for candidate in best]
    tallies = invocations.tallies(cursor, names)
    nearest: dict[str, UUID] = {one.skill_name: one.nearest_query for one in best if one.nearest_query}
    examples = invocations.examples(cursor, nearest)
    described = catalogue.descriptions(cursor, names)
    return [
        _recommendation(one, tallies.get(one.skill_name), examples.get(one.skill_name), described, with_phase)
        for one in best
    ]


def _recommendation(
    one: Candidate, tally: Tally | None, example: Example | None, described: dict[str, str], with_phase: bool
) -> dict[str, Any]:
    return {
        "skill_name": one.skill_name,
        "score": min(1.0, max(0.0, one.value)),
        "similarity_score": one.similarity,
        "completion_rate": 100 * tally.completed / tally.ended if tally and tally.ended else None,
        "invocations": tally.invocations if tally else 0,
        "reason": _reason(one.skill_name, tally, example, described),
        "example": _example(example, with_phase) if example else None,
    }


def _reason(name: str, tally: Tally | None, example: Example | None, described: dict[str, str]) -> str:
    if tally is None:
        return f"never used yet; described as '{_short(described.get(name, ''))}'"
    times = "once" if tally.invocations == 1 else f"{tally.invocations} times"
    rate = f", {100 * tally.completed / tally.ended:.0f} % completed" if tally.ended else ""
    near = f", for problems like '{_short(example.user_query)}'" if example else ""
    return f"used {times}{near}{rate}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59].rstrip() + "…"


def _example(example: Example, with_phase: bool) -> dict[str, Any]:
    shown = {
        "invocation_id": str(example.invocation_id),
        "user_query": example.user_query,
        "completed": None if example.outcome is None else example.outcome == "completed",
        "duration_seconds": example.duration_seconds,
        "session_id": example.session_id,
        "invoked_at": iso(example.invoked_us),
    }
    return shown | {"workflow_phase": example.workflow_phase} if with_phase else shown

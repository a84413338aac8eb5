"""Recommending skills for a problem, from what was used for problems like it."""

import asyncio
import logging
from typing import Any, NamedTuple

import numpy as np

from session_buddy.embedding.backlog import Backlog
from session_buddy.embedding.service import EmbeddingService, NotReadyError
from session_buddy.errors import BuddyError, InvalidRequestError
from session_buddy.ranking import explaining, judging
from session_buddy.ranking.explaining import Why
from session_buddy.ranking.judging import Judgement, Phase
from session_buddy.ranking.memory import Numbers
from session_buddy.skills.fields import MAX_NAME
from session_buddy.skills.learning import Learner
from session_buddy.skills.telling import recommendation, why
from session_buddy.skills.tracking import Cleaner, Origin
from session_buddy.store import invocations, projects, queries, recommendations, vectors
from session_buddy.store.access import Access
from session_buddy.store.ids import new_id, query_id
from session_buddy.store.recommendations import Given
from session_buddy.store.times import now
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor

# So few texts are embedded along with the query; when more than this share is missing, words rank better.
CATCH_UP = 16
MISSING_SHARE = 0.1

log = logging.getLogger(__name__)


class Question(NamedTuple):
    """What skills are wanted for. `phase_weight` and `min_similarity` lie between 0 and 1. With `explain`, each
    recommendation tells why."""

    user_query: str
    limit: int = 5
    min_similarity: float = 0.0
    workflow_phase: str | None = None
    phase_weight: float = 0.3
    explain: bool = False


class Vector(NamedTuple):
    """A query's vector and the model that made it."""

    model: Model
    values: Numbers


class Recommender:
    """Ranks by meaning where the model is there, and by words where it is not; it never waits for a model to load."""

    def __init__(
        self, access: Access, service: EmbeddingService, backlog: Backlog, learner: Learner, mask_secrets: bool
    ) -> None:
        self._access = access
        self._service = service
        self._backlog = backlog
        self._learner = learner
        self._mask_secrets = mask_secrets
        self._preparing: asyncio.Task[None] | None = None
        self._keeping: set[asyncio.Task[None]] = set()

    async def recommend(self, question: Question, asker: Origin | None = None) -> dict[str, Any]:
        """The answer of the tool. What is given to an asker, who may go on to use one of the skills, is kept.

        Raises:
            InvalidRequestError: nothing of the query is left after private parts were cut out.
        """
        cleaner = Cleaner(self._mask_secrets)
        text = await cleaner.text_aside(question.user_query)
        if not text:
            raise InvalidRequestError(
                "user_query holds nothing but private parts. Describe the problem without them. Nothing was stored."
            )
        question = question._replace(workflow_phase=cleaner.text(question.workflow_phase, MAX_NAME))
        vector = await self._vector(text, cleaner.notes)
        judgement, whys = await self._access.read(lambda cursor: self._judge(cursor, question, text, vector))
        best = judging.best(judgement.candidates, question.min_similarity, question.limit)
        confident = judgement.fit >= judgement.threshold and bool(best)
        answer = {
            "recommendations": [
                recommendation(one, question.workflow_phase is not None) | why(whys.get(one.skill_name)) for one in best
            ],
            "ranking": "semantic" if vector else "lexical",
            "confident": confident,
            "fit": round(judgement.fit, 4),
            "threshold": round(judgement.threshold, 4),
        }
        if asker:
            self._keep(_given(answer, question, text, asker), text, asker)
        return answer | {"notes": cleaner.notes}

    def keep(self, answer: dict[str, Any], question: Question, asker: Origin) -> None:
        """Keep that this, which was recommended for a question, was given to somebody."""
        cleaner = Cleaner(self._mask_secrets)
        if text := cleaner.text(question.user_query):
            question = question._replace(workflow_phase=cleaner.text(question.workflow_phase, MAX_NAME))
            self._keep(_given(answer, question, text, asker), text, asker)

    async def finish(self) -> None:
        """Wait until everything that was given is kept."""
        await asyncio.gather(*self._keeping, return_exceptions=True)

    def _judge(
        self, cursor: Cursor, question: Question, text: str, vector: Vector | None
    ) -> tuple[Judgement, dict[str, Why]]:
        recollection = self._learner.recollection(vector.model if vector else None)
        phase = Phase(question.workflow_phase, question.phase_weight) if question.workflow_phase else None
        with recollection.current(cursor, patient=False) as memory:
            identity = query_id(text)
            identical = invocations.completed_for(cursor, identity)
            values = vector.values if vector else None
            found = judging.judge(recollection, memory, text, values, identical, phase, identity)
            if not question.explain:
                return found, {}
            best = judging.best(found.candidates, question.min_similarity, question.limit)
            return found, explaining.explain(recollection, memory, text, values, identical, phase, best)

    async def _vector(self, text: str, notes: list[str]) -> Vector | None:
        """The query's vector, or None with a note that says why the answer is ranked by words."""
        try:
            await self._service.wake()
            if self._service.state != "ready":
                self._preparing = self._preparing or asyncio.create_task(self._prepare())
                raise NotReadyError(self._service.reason or self._service.state)
            model = await self._model(notes)
            if model is None:
                return None
            return Vector(model, np.array(await self._service.embed_query(text, model.name), np.float32))
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
        """While the model loads, build the memory that the first answer by meaning needs."""
        await self._backlog.coverage()
        await self._learner.catch_up()

    def _keep(self, given: Given, text: str, asker: Origin) -> None:
        """Keep what was given, without letting the assistant wait for it."""
        task = asyncio.create_task(self._write(given, text, asker))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def _write(self, given: Given, text: str, asker: Origin) -> None:
        try:
            await self._access.write(lambda cursor: _insert(cursor, given, text, asker))
        except BuddyError as error:
            log.warning("A recommendation was given and could not be kept: %s", type(error).__name__)


def _given(answer: dict[str, Any], question: Question, text: str, asker: Origin) -> Given:
    moment = now()
    return Given(
        recommendation_id=new_id(),
        query_id=query_id(text),
        session_id=asker.session_id,
        project_id=asker.project_id,
        workflow_phase=question.workflow_phase,
        ranking=answer["ranking"],
        confident=answer["confident"],
        skills=[one["skill_name"] for one in answer["recommendations"]],
        scores=[one["score"] for one in answer["recommendations"]],
        recommended_at=moment,
        recorded_at=moment,
    )


def _insert(cursor: Cursor, given: Given, text: str, asker: Origin) -> None:
    projects.remember(cursor, asker.project_id, asker.project_path)
    queries.remember(cursor, text)
    recommendations.insert(cursor, given)


def _why_lexical(state: str, reason: str) -> str:
    if state == "loading":
        return "The embedding model is still loading; ranked by words this time."
    if state == "off":
        return "Embedding is off (SESSION_BUDDY_EMBEDDER=off); ranked by words."
    return f"{reason} Ranked by words."

"""What is learned from the history in the background: calibration, standing, and a fitted classifier."""

import asyncio
import logging

from session_buddy.embedding.backlog import Backlog
from session_buddy.embedding.service import EmbeddingService
from session_buddy.errors import BuddyError
from session_buddy.ranking import classifier
from session_buddy.ranking.classifier import Classifier, Lesson
from session_buddy.ranking.parameters import REFIT_LEAST, REFIT_SHARE
from session_buddy.ranking.recollection import Recollection
from session_buddy.store import classifiers
from session_buddy.store.access import Access
from session_buddy.store.classifiers import Fitted
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor

# Rows that come together are learned together.
GATHER_SECONDS = 1.0

log = logging.getLogger(__name__)


class Learner:
    """Keeps the recollections, one per model and one of words only, and lets them learn while nobody waits."""

    def __init__(
        self, access: Access, service: EmbeddingService, backlog: Backlog, patience: float | None = None
    ) -> None:
        self._access = access
        self._service = service
        self._backlog = backlog
        self._recollections: dict[int, Recollection] = {}
        self._patience = patience
        self._words = Recollection(None, patience)
        self._learning = asyncio.Lock()

    def recollection(self, model: Model | None) -> Recollection:
        """The recollection of a model's vectors, or of words."""
        if model is None:
            return self._words
        return self._recollections.setdefault(model.model_id, Recollection(model, self._patience))

    async def run(self) -> None:
        """Work until cancelled."""
        news = self._access.subscribe()
        while True:
            await news.wait()
            await asyncio.sleep(GATHER_SECONDS)
            if self._backlog.busy:
                continue
            news.clear()
            try:
                await self.catch_up()
            except BuddyError as error:
                log.warning("Learning pauses: %s", error)

    async def catch_up(self) -> None:
        """Learn what there is to learn now."""
        async with self._learning:
            model = None if self._service.state == "off" else self._backlog.model
            if model is None and self._service.state != "off":
                return
            recollection = self.recollection(model)
            await self._access.read(recollection.learn)
            if model:
                self._words = Recollection(
                    None, self._patience
                )  # it is not needed now, and is built anew if it ever is
                await self._fit(recollection, model)

    async def _fit(self, recollection: Recollection, model: Model) -> None:
        if recollection.classifier is None:
            kept = await self._access.read(lambda cursor: classifiers.find(cursor, model.model_id))
            recollection.classifier = Classifier(kept) if kept else None
        lesson = await self._access.read(lambda cursor: _lesson(cursor, recollection))
        if lesson is None or not _stale(recollection, lesson):
            return
        fitted: Fitted | None = await classifier.fitted(lesson, model.model_id)
        if fitted is None:
            log.warning("The classifier could not be fitted; the ranking goes on without it.")
            return
        recollection.fitted(fitted)
        await self._access.write(lambda cursor: classifiers.put(cursor, fitted))


def _lesson(cursor: Cursor, recollection: Recollection) -> Lesson | None:
    with recollection.current(cursor) as memory:
        return classifier.lesson(memory)


def _stale(recollection: Recollection, lesson: Lesson) -> bool:
    """Whether the classifier was fitted to too few of the examples of today."""
    if recollection.classifier is None:
        return True
    known = recollection.classifier.fitted.examples
    new = max(abs(len(lesson.examples.skill) - known), recollection.changed_since_fit)
    return new > max(REFIT_LEAST, REFIT_SHARE * known)

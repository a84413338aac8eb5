"""Giving every text in use its vector, in the background, a batch at a time."""

import asyncio
import logging
from uuid import UUID

from session_buddy.embedding.service import EmbeddingService, NotReadyError, Vectors
from session_buddy.errors import BuddyError
from session_buddy.store import vectors
from session_buddy.store.access import Access
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor

BATCH = 32
FETCH = 512
RETRY_SECONDS = 5.0
GATHER_SECONDS = 0.5

log = logging.getLogger(__name__)

Texts = list[tuple[UUID, str]]


class Backlog:
    """Embeds what has no vector yet. What is done is committed batch by batch, so it can stop anywhere.

    `busy` says whether it is at work on texts that were found missing.
    """

    def __init__(self, access: Access, service: EmbeddingService) -> None:
        self._access = access
        self._service = service
        self._news = asyncio.Event()
        self._news.set()
        self._scans_wanted = 1
        self._scans_done = 0
        self._new: set[UUID] = set()
        self.model: Model | None = None
        self.busy = False

    def notice(self, query_id: UUID | None = None) -> None:
        """There may be new texts: this one, or (without an id) any, so that all have to be looked at."""
        if query_id is None:
            self._scans_wanted += 1
        else:
            self._new.add(query_id)
        self._news.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while self._service.state not in ("off", "failed"):
            await self._news.wait()
            # What is asked for at once is embedded with the question; the rest is worth waiting for company.
            await asyncio.sleep(GATHER_SECONDS)
            self._news.clear()
            try:
                await self._catch_up()
            except (NotReadyError, BuddyError) as error:
                log.warning("Embedding pauses: %s (%s)", type(error).__name__, self._service.state)
                self._news.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def coverage(self) -> tuple[int, int]:
        """(texts in use, those of them with a vector of the current model)."""
        await self._know_model()
        return await self._access.read(lambda cursor: vectors.coverage(cursor, self.model))

    async def catch_up_little(self, most: int) -> tuple[int, int]:
        """Embed what is missing if that is at most `most` texts.

        Returns:
            (texts in use, those of them still without a vector); (0, 0) when none is missing.
        """
        texts = await self._missing(most + 1)
        if len(texts) > most:
            wanted, present = await self.coverage()
            return wanted, wanted - present
        await self._embed(texts)
        return 0, 0

    async def _catch_up(self) -> None:
        try:
            while texts := await self._missing(FETCH):
                self.busy = True
                await self._service.wait_ready()
                for start in range(0, len(texts), BATCH):
                    await self._embed(texts[start : start + BATCH])
        finally:
            self.busy = False

    async def _missing(self, limit: int) -> Texts:
        """Up to `limit` texts without a vector. All texts are looked at only until none was found missing; from then
        on the new ones are enough."""
        await self._know_model()
        model, wanted = self.model, self._scans_wanted
        if model is None or self._scans_done < wanted:
            found = await self._access.read(lambda cursor: vectors.missing(cursor, model, limit))
            if not found:
                self._scans_done = wanted
            return found
        asked = list(self._new)
        if not asked:
            return []
        found = await self._access.read(lambda cursor: vectors.missing_among(cursor, model, asked))
        self._new.difference_update(set(asked) - {identity for identity, _ in found})
        return found[:limit]

    async def _know_model(self) -> None:
        if self.model is None:
            self.model = await self._access.read(lambda cursor: vectors.find_model(cursor, self._service.model))

    async def _embed(self, texts: Texts) -> None:
        if not texts:
            return
        made = await self._service.embed([text for _, text in texts])
        self.model = await self._access.write(lambda cursor: self._keep(cursor, texts, made))
        self._new.difference_update(identity for identity, _ in texts)

    def _keep(self, cursor: Cursor, texts: Texts, made: Vectors) -> Model:
        model = vectors.ensure_model(cursor, self._service.model, made.shape[1])
        vectors.insert(cursor, model, [identity for identity, _ in texts], made)
        return model

"""The hub's side of embedding: starts the worker at the first need, asks it, and lets it go when it is idle."""

import asyncio
import contextlib
import json
import time
from collections import OrderedDict
from typing import Any

import numpy as np

from session_buddy.common import child_process
from session_buddy.settings import HASHING, Settings, worker_environment

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]

CACHE = 1024
MAX_DEATHS = 3
PIPE_LIMIT = 64 * 1024 * 1024


class NotReadyError(Exception):
    """The model is not there (yet). The text says in what state it is."""


class EmbeddingService:
    """Embeds texts through a worker process.

    `state` is one of `off`, `asleep`, `loading`, `ready` and `failed`; with `failed`, `reason` says why.
    """

    def __init__(self, settings: Settings, log: int) -> None:
        self.model = HASHING if settings.embedder == HASHING else settings.model
        self.state = "off" if settings.embedder == "off" else "asleep"
        self.reason: str | None = None
        self.where: str | None = None
        self.on_ready = asyncio.Event()
        self._settings = settings
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._serving: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Vectors]] = {}
        self._next = 0
        self._deaths = 0
        self._used = time.monotonic()
        self._cache: OrderedDict[tuple[str, str], list[float]] = OrderedDict()
        self._starting = asyncio.Lock()

    async def wake(self) -> None:
        """Start the worker if it is asleep; returns before the model is loaded."""
        self._used = time.monotonic()
        async with self._starting:
            if self.state == "asleep":
                # Shielded: a caller that gives up must not leave a half-started worker.
                await asyncio.shield(asyncio.create_task(self._start()))

    async def embed_query(self, text: str, model: str) -> list[float]:
        """The vector of one short text, from the cache if it was asked before.

        Raises:
            NotReadyError: the model is loading, missing or off. The worker has been woken.
        """
        if (model, text) in self._cache:
            self._cache.move_to_end((model, text))
            return self._cache[model, text]
        vector: list[float] = (await self.embed([text], model))[0].tolist()
        self._cache[model, text] = vector
        if len(self._cache) > CACHE:
            self._cache.popitem(last=False)
        return vector

    async def embed(self, texts: list[str], model: str | None = None) -> Vectors:
        """Normalised vectors (texts x dimension), of the current model unless another is named.

        Raises:
            NotReadyError: the model is loading, missing or off, or the worker ended over these texts.
        """
        await self.wake()
        if self.state != "ready" or self._process is None or self._process.stdin is None:
            raise NotReadyError(self.reason or self.state)
        self._next += 1
        future: asyncio.Future[Vectors] = asyncio.get_running_loop().create_future()
        self._waiting[self._next] = future
        try:
            self._process.stdin.write(_request(self._next, model or self.model, texts))
            await self._process.stdin.drain()
        except ConnectionError:
            pass  # its end is noticed where its replies are read, and settles the future
        return await future

    async def wait_ready(self) -> None:
        """Wait until the model is loaded.

        Raises:
            NotReadyError: it cannot be loaded, or embedding is off.
        """
        while self.state != "ready":
            await self.wake()
            if self.state in ("off", "failed"):
                raise NotReadyError(self.reason or "Embedding is off.")
            if self.state == "loading":
                self.on_ready.clear()
                await self.on_ready.wait()

    async def let_go_when_idle(self) -> None:
        """End the worker whenever it was not used for the idle time, so that its memory goes back."""
        idle = self._settings.worker_idle
        while True:
            await asyncio.sleep(max(0.05, self._used + idle - time.monotonic()))
            if self.state == "ready" and not self._waiting and time.monotonic() - self._used >= idle:
                await self._end("asleep")

    async def close(self) -> None:
        """End the worker for good."""
        await self._end("off")

    async def _start(self) -> None:
        self.state = "loading"
        try:
            self._process = await child_process.start_async(
                [*child_process.PROGRAM, "session_buddy.embedding.worker", self.model],
                worker_environment(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=self._log,
                limit=PIPE_LIMIT,
            )
        except OSError as error:
            self.state, self.reason = "failed", f"The embedding worker cannot be started: {error.strerror}."
            return
        self._serving = asyncio.create_task(self._serve(self._process))

    async def _serve(self, process: asyncio.subprocess.Process) -> None:
        """Read the worker's replies until it ends."""
        assert process.stdout is not None
        try:
            while head := await process.stdout.readline():
                await self._take(json.loads(head), process.stdout)
        except (ValueError, asyncio.IncompleteReadError):
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()
        if process is self._process:
            self._died()

    async def _take(self, head: dict[str, Any], replies: asyncio.StreamReader) -> None:
        if "ready" in head:
            self.state, self.where = "ready", head["where"]
            self.on_ready.set()
        elif "failed" in head:
            self.state, self.reason = "failed", head["failed"]
        elif "error" in head:
            self._settle(head["id"], error=NotReadyError(f"The model could not embed this ({head['error']})."))
        else:
            body = await replies.readexactly(4 * head["count"] * head["dimension"])
            self._deaths = 0
            vectors = np.frombuffer(body, dtype="<f4").reshape(head["count"], head["dimension"])
            self._settle(head["id"], vectors.astype(np.float32))
        self._used = time.monotonic()

    def _settle(self, number: int, vectors: Vectors | None = None, error: Exception | None = None) -> None:
        future = self._waiting.pop(number, None)
        if future is None or future.done():
            return
        if vectors is None:
            future.set_exception(error or NotReadyError("failed"))
        else:
            future.set_result(vectors)

    def _died(self) -> None:
        """The worker ended by itself: it may be started again, but not after dying three times in a row."""
        if self.state in ("loading", "ready"):
            self._deaths += 1
            self.state = "asleep" if self._deaths < MAX_DEATHS else "failed"
            if self.state == "failed":
                self.reason = (
                    f"The embedding worker ended {MAX_DEATHS} times in a row; the log beside the store may say why."
                )
        self._process = None
        self._give_up_waiting()
        self.on_ready.set()

    async def _end(self, state: str) -> None:
        process, self._process, self.state = self._process, None, state
        self._give_up_waiting()
        self.on_ready.set()
        if process:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._serving:
            await self._serving

    def _give_up_waiting(self) -> None:
        for number in list(self._waiting):
            self._settle(number, error=NotReadyError("The embedding worker ended."))


def _request(number: int, model: str, texts: list[str]) -> bytes:
    return json.dumps({"id": number, "model": model, "texts": texts}).encode() + b"\n"

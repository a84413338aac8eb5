"""The worker process costs little beside calling the model directly."""

import asyncio
import os
import sys
import time
from statistics import median
from typing import Any
from uuid import uuid4

from benchmarks.common import Place, Report, fresh_place, ms
from session_buddy.embedding.models import find
from session_buddy.embedding.service import EmbeddingService
from session_buddy.settings import cpu_share, read, worker_environment

WARM_UP = 20
ROUNDS = 200
BAR_MS = 3.0


def load_directly(folder: str) -> Any:
    """The model in this process, with as many threads as the worker has."""
    os.environ.update(worker_environment())
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(cpu_share())
    return SentenceTransformer(
        folder, device="cpu", local_files_only=True, trust_remote_code=False, model_kwargs={"use_safetensors": True}
    )


def query() -> str:
    return f"the build {uuid4().hex[:8]} fails since this morning"


def direct(model: Any) -> float:
    text = query()
    begun = time.perf_counter()
    model.encode([text], normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
    return time.perf_counter() - begun


async def through_worker(service: EmbeddingService) -> float:
    text = query()
    begun = time.perf_counter()
    await service.embed([text])
    return time.perf_counter() - begun


async def in_turns(place: Place) -> tuple[list[float], list[float]]:
    settings = read(place.environment)
    service = EmbeddingService(settings, os.open(os.devnull, os.O_WRONLY))
    model = load_directly(find(settings.model).folder)
    worker, here = [], []
    try:
        await service.wait_ready()
        for _ in range(WARM_UP + ROUNDS):
            worker.append(await through_worker(service))
            here.append(direct(model))
    finally:
        await service.close()
    return worker[WARM_UP:], here[WARM_UP:]


def main() -> int:
    report = Report("Embedding a short query through the worker process")
    with fresh_place(EMBEDDER="sentence-transformers") as place:
        worker, here = asyncio.run(in_turns(place))
    difference = median(worker) - median(here)
    report.times("SentenceTransformer called directly", here)
    report.times("through the worker", worker, f"{median(worker) / median(here):.2f} x")
    report.row("difference of the medians", ms(difference), "", "", report.bar(1000 * difference, "≤", BAR_MS, "ms"))
    report.note(f"{ROUNDS} calls each, in turns, a new text each, {cpu_share()} thread(s) on both sides.")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

"""The process that holds the embedding model. It ends when the pipe from the hub closes.

A request is one JSON line {"id", "model", "texts"}; the reply is one JSON line {"id", "count", "dimension"} followed by
count x dimension 32-bit floats, or {"id", "error"}. Before the first reply comes {"ready": true, "where"}, or
{"failed": reason} and the end.
"""

import json
import os
import queue
import sys
import threading
from typing import Any, BinaryIO, Protocol

from session_buddy.errors import BuddyError, ModelMissingError
from session_buddy.settings import HASHING, cpu_share


class Embedder(Protocol):
    """Texts in, normalised vectors (texts x dimension) out."""

    def embed(self, texts: list[str]) -> Any: ...


class TransformerEmbedder:
    """A sentence-transformers model, read from a local folder whose files were checked.

    Raises:
        ModelMissingError: the library cannot load it.
    """

    def __init__(self, folder: str) -> None:
        # A relative path would be searched for in the working directory, and then be taken for a name.
        if not os.path.isabs(folder):
            raise ModelMissingError(f"{folder} is not the absolute path of a model's folder. It was not loaded.")
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(cpu_share())
        try:
            self._model = SentenceTransformer(
                folder,
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # whatever a library raises over the files of a model
            raise ModelMissingError(
                f"The model in {folder} cannot be loaded ({type(error).__name__}: {str(error)[:200]}). "
                "Set SESSION_BUDDY_MODEL to another model."
            ) from None

    def embed(self, texts: list[str]) -> Any:
        return self._model.encode(
            texts, batch_size=32, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )


class Models:
    """The models of this process, each loaded when it is first asked for: an older one still answers while the
    texts get their vectors of a newer one.

    Only `configured`, from the user's settings, may be a folder. Requests name models that the store knows, and a
    store must not choose a folder to load."""

    def __init__(self, configured: str) -> None:
        self._configured = configured
        self._loaded: dict[str, tuple[Embedder, str]] = {}

    def get(self, name: str) -> tuple[Embedder, str]:
        """The model and where it was found.

        Raises:
            ModelMissingError: it is not on this machine.
        """
        if name not in self._loaded:
            self._loaded[name] = _load(name, folders=name == self._configured)
        return self._loaded[name]


def main(model: str) -> int:
    """Serve requests from stdin until it closes. `model` is loaded first."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the replies
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, requests), daemon=True).start()
    _give_way()
    models = Models(model)
    try:
        _, where = models.get(model)
    except BuddyError as error:
        _reply(replies, {"failed": str(error)})
        return 1
    _reply(replies, {"ready": True, "where": where})
    while True:
        _answer(models, json.loads(requests.get()), replies)


def _give_way() -> None:
    """Let windows and the person's own work go first: an embedding may take a little longer, a call must not."""
    if hasattr(os, "nice"):
        os.nice(10)


def _read(stream: BinaryIO, requests: "queue.SimpleQueue[bytes]") -> None:
    """Queue the hub's requests, and end this process with the hub, even in the middle of an import."""
    for line in stream:
        requests.put(line)
    os._exit(0)


def _load(model: str, *, folders: bool) -> tuple[Embedder, str]:
    if model == HASHING:
        from session_buddy.embedding.hashing import HashingEmbedder

        return HashingEmbedder(), "built in"
    from session_buddy.embedding.models import find

    found = find(model, folders=folders)
    return TransformerEmbedder(found.folder), found.where


def _answer(models: Models, request: dict[str, Any], replies: BinaryIO) -> None:
    try:
        vectors = models.get(request["model"])[0].embed(request["texts"])
    except Exception as error:
        _reply(replies, {"id": request["id"], "error": type(error).__name__})
        return
    count, dimension = vectors.shape
    _reply(replies, {"id": request["id"], "count": count, "dimension": dimension}, vectors.astype("<f4").tobytes())


def _reply(replies: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    try:
        replies.write(json.dumps(head).encode() + b"\n" + body)
        replies.flush()
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

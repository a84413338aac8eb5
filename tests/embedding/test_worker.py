"""Which models the worker process loads, and which it does not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from session_buddy.embedding.worker import Models, TransformerEmbedder
from session_buddy.errors import ModelMissingError
from session_buddy.settings import HASHING


def first_reply(model: str, folder: Path) -> dict[str, str]:
    """Start a worker with a working directory and read its first reply."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SESSION_BUDDY", "HF_"))}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "session_buddy.embedding.worker", model],
        cwd=folder,
        env=kept | {"HOME": str(folder), "HF_HOME": "here", "HF_HUB_OFFLINE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as worker:
        assert worker.stdout
        reply: dict[str, str] = json.loads(worker.stdout.readline())
    return reply


@pytest.mark.parametrize("name", ["owner/name", "name", "models/../name", "a/b/c"])
def test_a_worker_loads_nothing_from_its_working_directory(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    for file in ("config.json", "modules.json", "model.safetensors"):
        (tmp_path / name / file).write_text("{}", encoding="utf-8")
    assert "is not on this machine" in first_reply(name, tmp_path)["failed"]


@pytest.mark.parametrize("name", ["/models/mine", "~/mine", "./mine"])
def test_a_store_cannot_choose_a_folder_to_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.json").write_text("{}", encoding="utf-8")
    models = Models(HASHING)
    with pytest.raises(ModelMissingError, match="is not on this machine"):
        models.get(name)
    with pytest.raises(ModelMissingError, match="is not on this machine"):
        models.get(str(tmp_path / "mine"))


@pytest.mark.parametrize("folder", ["sentence-transformers/all-MiniLM-L6-v2", "./mine", ""])
def test_a_library_gets_absolute_paths_only(folder: str) -> None:
    with pytest.raises(ModelMissingError, match="is not the absolute path"):
        TransformerEmbedder(folder)


@pytest.mark.slow
@pytest.mark.model
def test_a_model_that_a_library_cannot_load_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "no-such-type"}', encoding="utf-8")
    with pytest.raises(ModelMissingError, match="cannot be loaded"):
        TransformerEmbedder(str(tmp_path))

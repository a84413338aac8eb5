"""Checks of the files of a model before a library reads them: known hashes, data only, owner and links."""

import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from session_buddy.errors import ModelMissingError

MAX_FILES = 10_000
MAX_CONFIG_SIZE = 16 * 1024 * 1024

# sentence-transformers imports the classes that modules.json names; these read weights and plain numbers only.
_MODULE = re.compile(
    r"sentence_transformers\.(?:models|base\.modules|sentence_transformer\.modules)(?:\.[a-z_]+)?"
    r"\.(?:Transformer|Pooling|Normalize|Dense|LayerNorm|Dropout|WeightedLayerPooling|StaticEmbedding)"
)
_ACTIVATION = re.compile(r"torch\.nn\.(?:modules\.(?:activation|linear)\.)?[A-Z]\w*")
# Keys by which a configuration brings code, or sends the loader to another model by name.
_REFUSED_KEYS = frozenset(
    {
        "auto_map",
        "trust_remote_code",
        "code_revision",
        "custom_pipelines",
        "custom_generate",
        "base_model_name_or_path",
        "tokenizer_name_or_path",
        "pretrained_model_name_or_path",
        "gguf_file",
    }
)
# A value with a slash in these keys names a compiled kernel of a model registry.
_KERNEL_KEYS = frozenset({"attn_implementation", "_attn_implementation", "experts_implementation"})
_SHARD = re.compile(r"[\w-][\w.-]*\.safetensors")
# These hold vocabularies: large, and without any key that a loader acts on.
_TABLES = frozenset({"tokenizer.json", "vocab.json"})
_ADAPTER = "adapter_config.json"
_PICKLED = "pytorch_model.bin"
_SAFE = "model.safetensors"


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by its path in the folder with forward slashes."""
    return {name: digest(folder / name) for name in names(folder)}


def names(folder: Path) -> list[str]:
    """List every file and every link below a folder, links not followed."""
    files = (path for path, found in _entries(folder) if not stat.S_ISDIR(found.st_mode))
    return sorted(path.relative_to(folder).as_posix() for path in files)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_hashes(folder: Path, expected: dict[str, str], title: str, remedy: str, *, exact: bool = True) -> None:
    """Compare a model folder with known hashes; `exact` also rejects files that are not among them.

    Raises:
        ModelMissingError: names the first file that was changed, is missing or was added.
    """
    present = names(folder)
    for name, known in expected.items():
        if name not in present:
            problem = "it is missing"
        elif (found := digest(folder / name)) != known:
            problem = f"its SHA-256 is {found}"
        else:
            continue
        raise _rejected(folder / name, title, problem, remedy)
    for name in present if exact else ():
        if name not in expected:
            raise _rejected(folder / name, title, "it was added", remedy)


def check_data_only(folder: Path, boundary: Path | None = None) -> None:
    """Reject a model that brings code, names another model, or lies in files of another user.

    Links may point to files below `boundary`, without which the folder itself is the boundary.

    Raises:
        ModelMissingError: names the file and what is wrong with it.
    """
    limit = (boundary or folder).resolve()
    for path, found in [(folder, folder.stat()), *_entries(folder)]:
        if problem := _unsafe(path, found, limit):
            raise _refused(path, problem)
    for name in names(folder):
        if problem := _brings_code(folder / name):
            raise _refused(folder / name, problem)


def _entries(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything below a folder; a link is an entry of its own and is not followed."""
    count = 0
    for place, folders, files in os.walk(folder):
        for name in [*files, *folders]:
            count += 1
            if count > MAX_FILES:
                raise _refused(folder, f"holds more than {MAX_FILES:,} files")
            path = Path(place, name)
            yield path, path.lstat()


def _unsafe(path: Path, found: os.stat_result, limit: Path) -> str | None:
    if stat.S_ISLNK(found.st_mode):
        target = path.resolve()
        if not target.is_relative_to(limit):
            return "is a link to a file outside of the model"
        if not target.exists():
            return "is a link to nothing"
        found = target.stat()
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        return "is not a regular file"
    if sys.platform == "win32":
        return None
    if found.st_uid not in (os.geteuid(), 0):
        return f"belongs to another user (uid {found.st_uid})"
    if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
        return "can be changed by every user"
    return None


def _brings_code(path: Path) -> str | None:
    if path.name == _ADAPTER:
        return "makes this an adapter of another model; only complete models can be loaded"
    if path.name == _PICKLED and not _has_safetensors(path.parent):
        return f"is a pickle, which can run code; only {_SAFE} can be loaded"
    if path.suffix != ".json" or path.name in _TABLES:
        return None
    if path.stat().st_size > MAX_CONFIG_SIZE:
        return f"is larger than {MAX_CONFIG_SIZE // 1024 // 1024} MB"
    try:
        content = json.loads(path.read_bytes())
        return _names_code(content) or _names_foreign(path.name, content)
    except (ValueError, RecursionError):
        return "is not valid JSON"


def _names_foreign(name: str, content: Any) -> str | None:
    """Return which class or file of another origin the list of modules or of weights names."""
    if name == "modules.json":
        return _foreign_module(content)
    if name == f"{_SAFE}.index.json":
        parts = content.get("weight_map") if isinstance(content, dict) else None
        # A loader reads any other file as a pickle.
        if not isinstance(parts, dict) or not all(_SHARD.fullmatch(str(part)) for part in parts.values()):
            return "names weights that are not safetensors files beside it"
    return None


def _has_safetensors(folder: Path) -> bool:
    return (folder / _SAFE).exists() or (folder / f"{_SAFE}.index.json").exists()


def _names_code(content: Any) -> str | None:
    """Return why a configuration must not be used, wherever in it the reason lies."""
    if isinstance(content, list):
        return next(filter(None, map(_names_code, content)), None)
    if not isinstance(content, dict):
        return None
    for key, value in content.items():
        if key in _REFUSED_KEYS and value:
            return f"has the key {key!r}, by which a model brings code or names another model"
        if key in _KERNEL_KEYS and "/" in str(value):
            return f"names a compiled kernel in {key!r}"
        if key == "activation_function" and "." in str(value) and not _ACTIVATION.fullmatch(str(value)):
            return f"names the activation function {str(value)[:80]!r}, which is not part of PyTorch"
        if problem := _names_code(value):
            return problem
    return None


def _foreign_module(content: Any) -> str | None:
    if content and not isinstance(content, list):
        return "is not a list of modules"
    for entry in content:
        kind = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(kind, str) or not _MODULE.fullmatch(kind):
            return f"names the module {str(kind)[:80]!r}; allowed are the basic modules of sentence-transformers"
        parts = re.split(r"[\\/]", str(entry.get("path", "")))
        if ".." in parts or os.path.isabs(str(entry.get("path", ""))):
            return "names a folder outside of the model"
    return None


def _rejected(path: Path, title: str, problem: str, remedy: str) -> ModelMissingError:
    return ModelMissingError(f"{path} is not {title}: {problem}. The model was not loaded. {remedy}")


def _refused(path: Path, problem: str) -> ModelMissingError:
    return ModelMissingError(
        f"{path} {problem}. The model was not loaded, and no stored data changed. "
        "Set SESSION_BUDDY_MODEL to another model, or remove the file after a review."
    )

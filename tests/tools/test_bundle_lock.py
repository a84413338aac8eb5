"""The lock of the bundle: no file that the project's lock does not have."""

import pytest

from bundle import locked
from tools.lock.project import ROOT, Inputs

GOOD, BAD = "a" * 64, "b" * 64
LOCK = f"""version = 1

[[package]]
name = "session-buddy"
source = {{ editable = "." }}

[[package]]
name = "anyio"
version = "4.16"
source = {{ registry = "an index" }}
sdist = {{ url = "x", hash = "sha256:{BAD}", size = 1 }}
wheels = [
    {{ url = "x", hash = "sha256:{GOOD}", size = 1 }},
    {{ url = "y", hash = "sha256:{BAD}", size = 1 }},
]
"""
VERSIONS = {"anyio": "4.16.0"}


def test_files_of_other_hashes_are_removed() -> None:
    text = locked.reduced(LOCK, {GOOD})
    assert GOOD in text
    assert BAD not in text
    assert locked.foreign(text, VERSIONS) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (locked.reduced(LOCK, set()), "no file of anyio 4.16"),
        (LOCK.replace('"4.16"', '"4.15"'), "uv chose anyio 4.15"),
        (LOCK.replace('"anyio"', '"another"'), "uv chose another 4.16"),
        (LOCK.replace('{ registry = "an index" }', '{ git = "an address" }'), "anyio comes from"),
        (LOCK.replace('{ editable = "." }', '{ editable = "../other" }'), "session-buddy comes from"),
    ],
)
def test_a_package_outside_of_the_lock_is_named(text: str, problem: str) -> None:
    assert problem in str(locked.foreign(text, VERSIONS))


def test_every_hash_of_the_lock_is_allowed_and_every_version_pinned() -> None:
    settings = locked.settings(ROOT)
    assert f"duckdb=={Inputs.read().versions['duckdb']}" in settings["constraint-dependencies"]
    assert f"hatchling=={Inputs.read().versions['hatchling']}" in settings["build-constraint-dependencies"]
    assert len(locked.allowed(ROOT)) > len(settings["constraint-dependencies"])

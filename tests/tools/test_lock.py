"""The lock files of this project: complete, current, and with hashes only."""

import re
import shutil
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools.lock import check, files
from tools.lock.project import ROOT, Inputs
from tools.lock.targets import TARGETS, marker_for


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The lock and its sources in a folder of their own."""
    for name in ("constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / files.FOLDER, tmp_path / files.FOLDER)
    return tmp_path


def change(path: Path, pattern: str, by: str) -> None:
    text = path.read_text(encoding="utf-8")
    changed = re.sub(pattern, by, text, count=1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


def test_the_lock_is_complete_and_current() -> None:
    assert check.problems() == []


@pytest.mark.parametrize("group", files.GROUPS)
def test_a_lock_file_requires_hashes_and_names_no_address(group: str) -> None:
    text = files.path(ROOT, group).read_text(encoding="utf-8")
    assert "--require-hashes\n" in text
    assert "://" not in text
    assert "--index" not in text
    lock = files.parse(text)
    assert lock.entries
    assert all(entry.hashes for entry in lock.entries.values())


@pytest.mark.parametrize("group", files.GROUPS)
def test_a_lock_file_is_read_as_it_was_written(group: str) -> None:
    text = files.path(ROOT, group).read_text(encoding="utf-8")
    lock = files.parse(text)
    assert files.text(group, lock.digest, lock.entries.values()) == text


def test_pytorch_has_the_hashes_of_the_index_and_of_local_builds() -> None:
    torch = files.read(ROOT, "torch").entries["torch"]
    assert torch.local
    assert set(torch.local.values()) < set(torch.hashes)


def test_the_build_backend_has_one_version() -> None:
    assert "hatchling==" + Inputs.read().versions["hatchling"] in Inputs.read().groups["build"]


@pytest.mark.parametrize(
    ("name", "pattern", "by", "problem"),
    [
        ("constraints.txt", "anyio==.*", "anyio==4.16.1", "constraints.txt has 4.16.1"),
        ("constraints.txt", "anyio==.*\n", "", "constraints.txt has no version"),
        ("constraints.txt", "anyio==", "another==1.0\nanyio==", "which no lock file has"),
        ("pyproject.toml", '"rich>=14"', '"rich>=99"', "but rich>=99 is required"),
        ("pyproject.toml", '"rich>=14"', '"rich>=14",\n    "unlocked"', "lacks unlocked"),
        ("pyproject.toml", '"psutil>=7"', '"psutil>=7.1"', "was made from another"),
        ("pyproject.toml", 'requires = .*', 'requires = ["setuptools"]', "The lock of build lacks setuptools"),
        ("requirements/core.txt", "(?s)h11==.*?\n(?=h)", "", "lacks h11"),
        ("requirements/core.txt", 'sys_platform == "win32"', 'sys_platform == "linux"', "lacks colorama on Windows"),
        ("requirements/core.txt", 'pywin32==312 ;', "pywin32==311 ;", "has pywin32 311"),
        ("requirements/cuda.txt", "(?s)Inputs: sha256:.", "Inputs: sha256:x", "was made from another"),
    ],
)  # fmt: skip
def test_a_lock_that_is_not_current_is_noticed(copy: Path, name: str, pattern: str, by: str, problem: str) -> None:
    change(copy / name, pattern, by)
    found = check.problems(copy)
    assert any(problem in one for one in found), found


@pytest.mark.parametrize(
    "line", ["anyio==4.16.0", "anyio>=4 --hash=sha256:" + "a" * 64, "--extra-index-url x", "./local"]
)
def test_a_line_without_a_version_and_hash_is_rejected(copy: Path, line: str) -> None:
    with files.path(copy, "core").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(ValueError, match="is not a line of a lock file"):
        check.problems(copy)


def test_the_makefile_installs_only_with_hashes() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"^INSTALL := .*--no-deps$", text, re.MULTILINE)
    installs = [line for line in text.splitlines() if "/pip " in line or "BIN)/pip" in line]
    assert installs
    for line in installs:
        for part in re.split(r"\|\||&&|\{", line):
            if "$(INSTALL)" in part:
                assert "$(ITSELF)" in part or "requirements/" in part
            else:
                assert "pip check" in part or "/pip" not in part
    assert set(re.findall(r"requirements/([a-z]+)\.txt", text)) | {"core", "model", "dev", "build"} == set(files.GROUPS)


@pytest.mark.parametrize(
    ("choose", "marker"),
    [
        (lambda target: True, ""),
        (lambda target: target.system == "Windows", 'sys_platform == "win32"'),
        (lambda target: target.python < (3, 12), 'python_version < "3.12"'),
        (lambda target: target.system != "Darwin" or target.machine == "arm64", None),
        (lambda target: target.system == "Linux" and target.python > (3, 11), None),
    ],
)
def test_a_marker_holds_on_exactly_its_targets(choose: object, marker: str | None) -> None:
    chosen = {target for target in TARGETS if choose(target)}  # type: ignore[operator]
    found = marker_for(chosen)
    assert marker is None or found == marker
    requirement = Requirement(f"x ; {found}" if found else "x")
    assert chosen == {
        target for target in TARGETS if not requirement.marker or requirement.marker.evaluate(target.environment())
    }

"""Which files git tracks, read from the indexes of real repositories."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_buddy.common.git_index import tracked_files

FOLDER = ".session-buddy"
IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false")


@pytest.fixture(autouse=True)
def _without_settings(tmp_path: Path) -> Iterator[None]:
    """git sees no settings of the person who runs this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
            patch.delenv(name, raising=False)
        yield


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *IDENTITY, "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=60, text=True).stdout


def repository(path: Path, *options: str) -> Path:
    path.mkdir(parents=True)
    git(path, "init", *options)
    return path


def fill(project: Path, *names: str) -> None:
    for name in names:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(name, encoding="utf-8")


def version(project: Path) -> int:
    return int.from_bytes((project / ".git" / "index").read_bytes()[4:8], "big")


def by_git(project: Path) -> list[str]:
    return git(project, "ls-files", "-z", FOLDER).split("\0")[:-1]


MANY = [
    *(f"src/{'deep/' * depth}module_{number}.py" for depth in range(4) for number in range(40)),
    *(f"{FOLDER}/spool/{number:03}.json" for number in range(200)),
    f"{FOLDER}/session_buddy.duckdb",
    f"{FOLDER}x/not-this.txt",
    f"{FOLDER}.txt",
    f"part/{FOLDER}/session_buddy.duckdb",
    f"{FOLDER}/" + "long/" * 30 + "name",
    f"{FOLDER}/umläut and space",
    "zz",
]


@pytest.mark.parametrize("number", [2, 4])
@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)])
def test_the_tracked_files_are_those_that_git_lists(tmp_path: Path, number: int, options: tuple[str, ...]) -> None:
    project = repository(tmp_path / "work", *options)
    fill(project, *MANY)
    git(project, "add", "-f", ".")
    git(project, "update-index", "--index-version", str(number))
    assert version(project) == number
    assert tracked_files(str(project), FOLDER) == by_git(project)
    assert len(by_git(project)) == 203


@pytest.mark.parametrize("number", [2, 4])
def test_names_of_up_to_five_thousand_bytes_are_read(tmp_path: Path, number: int) -> None:
    project = repository(tmp_path / "work")
    names = [f"a/{'b' * length}/" + "c" * length for length in (100, 120, 127, 128, 129, 250)]
    fill(project, f"{FOLDER}/s", *names, *(f"{FOLDER}/{name}" for name in names))
    blob = git(project, "hash-object", "-w", "zz" if (project / "zz").exists() else f"{FOLDER}/s").strip()
    git(project, "add", "-f", ".")
    long = f"{FOLDER}/" + "/".join("d" * 200 for _ in range(25))
    git(project, "update-index", "--add", "--cacheinfo", f"100644,{blob},{long}")
    git(project, "update-index", "--index-version", str(number))
    assert tracked_files(str(project), FOLDER) == by_git(project)
    assert long in by_git(project)


@pytest.mark.parametrize("flag", ["--intent-to-add", "--skip-worktree"])
@pytest.mark.parametrize("four", [False, True])
def test_entries_with_extended_flags_are_read(tmp_path: Path, flag: str, four: bool) -> None:
    project = repository(tmp_path / "work")
    fill(project, "a", f"{FOLDER}/s.duckdb", f"{FOLDER}/t", "zz")
    if flag == "--intent-to-add":
        git(project, "add", flag, "-f", "a", f"{FOLDER}/s.duckdb")
        git(project, "add", "-f", "zz", f"{FOLDER}/t")
    else:
        git(project, "add", "-f", ".")
        git(project, "update-index", flag, "a", f"{FOLDER}/s.duckdb")
    if four:
        git(project, "update-index", "--index-version", "4")
    assert version(project) == (4 if four else 3)
    assert tracked_files(str(project), FOLDER) == by_git(project) == [f"{FOLDER}/s.duckdb", f"{FOLDER}/t"]


@pytest.mark.parametrize("number", [2, 4])
def test_a_project_whose_store_is_ignored_tracks_nothing(tmp_path: Path, number: int) -> None:
    project = repository(tmp_path / "work")
    fill(project, "a", f"{FOLDER}/s.duckdb", f"not-{FOLDER}/s", f"{FOLDER}.txt", f"b/{FOLDER}/s")
    (project / FOLDER / ".gitignore").write_text("*\n", encoding="utf-8")
    git(project, "add", ".")
    git(project, "update-index", "--index-version", str(number))
    assert tracked_files(str(project), FOLDER) == []


@pytest.mark.parametrize("number", [2, 4])
def test_all_stages_of_a_conflict_are_read(tmp_path: Path, number: int) -> None:
    project = repository(tmp_path / "work")
    fill(project, f"{FOLDER}/s")
    git(project, "add", "-f", ".")
    git(project, "commit", "-m", "first")
    for branch in ("one", "two"):
        git(project, "checkout", "-b", branch, "main")
        (project / FOLDER / "s").write_text(branch, encoding="utf-8")
        git(project, "commit", "-am", branch)
    merge = ["git", "-C", str(project), *IDENTITY, "merge", "one"]
    assert subprocess.run(merge, capture_output=True, timeout=60, check=False).returncode == 1
    git(project, "update-index", "--index-version", str(number))
    assert set(tracked_files(str(project), FOLDER)) == {f"{FOLDER}/s"}


def test_the_index_of_a_worktree_is_found(tmp_path: Path) -> None:
    project = repository(tmp_path / "work")
    git(project, "commit", "--allow-empty", "-m", "first")
    git(project, "worktree", "add", str(tmp_path / "tree"), "-b", "tree")
    fill(tmp_path / "tree", f"{FOLDER}/s")
    git(tmp_path / "tree", "add", "-f", ".")
    assert tracked_files(str(tmp_path / "tree"), FOLDER) == [f"{FOLDER}/s"]
    assert tracked_files(str(project), FOLDER) == []


def test_an_index_with_a_cache_tree_and_extensions_is_read(tmp_path: Path) -> None:
    project = repository(tmp_path / "work")
    fill(project, *MANY)
    git(project, "add", "-f", ".")
    git(project, "commit", "-m", "first")
    git(project, "update-index", "--untracked-cache")
    git(project, "status")
    assert tracked_files(str(project), FOLDER) == by_git(project)


def test_a_store_of_a_repository_without_a_commit_is_found(tmp_path: Path) -> None:
    project = repository(tmp_path / "work")
    fill(project, f"{FOLDER}/s")
    git(project, "add", "-f", ".")
    assert tracked_files(str(project), FOLDER) == [f"{FOLDER}/s"]


@pytest.mark.parametrize("number", [2, 4])
@pytest.mark.parametrize("part", ["count", "cut", "zeros", "version", "signature", "names"])
def test_a_damaged_index_is_read_without_an_error(tmp_path: Path, number: int, part: str) -> None:
    project = repository(tmp_path / "work")
    fill(project, *MANY)
    git(project, "add", "-f", ".")
    git(project, "update-index", "--index-version", str(number))
    path = project / ".git" / "index"
    data = path.read_bytes()
    damaged = {
        "count": data[:8] + b"\xff" * 4 + data[12:],
        "cut": data[: len(data) // 2],
        "zeros": data[:100] + bytes(len(data) - 100),
        "version": data[:4] + b"\0\0\0\x09" + data[8:],
        "signature": b"XXXX" + data[4:],
        "names": data.replace(b"\0", b"\xff"),
    }[part]
    path.write_bytes(damaged)
    assert isinstance(tracked_files(str(project), FOLDER), list)


def test_any_cut_of_an_index_is_read_without_an_error(tmp_path: Path) -> None:
    project = repository(tmp_path / "work")
    fill(project, "a", f"{FOLDER}/s", "zz")
    git(project, "add", "-f", ".")
    path = project / ".git" / "index"
    for number in ("2", "4"):
        git(project, "update-index", "--index-version", number)
        data = path.read_bytes()
        for length in range(len(data)):
            path.write_bytes(data[:length])
            assert set(tracked_files(str(project), FOLDER)) <= {f"{FOLDER}/s"}
        path.write_bytes(data)


@pytest.mark.parametrize("kind", ["none", "folder", "fifo", "empty"])
def test_what_is_no_index_tracks_nothing(tmp_path: Path, kind: str) -> None:
    project = repository(tmp_path / "work")
    path = project / ".git" / "index"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "empty":
        path.write_bytes(b"")
    assert tracked_files(str(project), FOLDER) == []


@pytest.mark.parametrize("text", ["", "gitdir: /no/such/folder\n", "gitdir:", "\0", "gitdir: a\0b\n"])
def test_a_git_file_that_leads_nowhere_tracks_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / ".git").write_text(text, encoding="utf-8")
    assert tracked_files(str(tmp_path), FOLDER) == []


def test_a_git_file_that_is_a_fifo_is_not_opened(tmp_path: Path) -> None:
    program = f"from session_buddy.common.git_index import tracked_files; print(tracked_files({str(tmp_path)!r}, 'x'))"
    os.mkfifo(tmp_path / ".git")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, text=True, check=False)
    assert done.stdout == "[]\n"

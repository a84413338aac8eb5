"""Which project a folder belongs to, with real repositories."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from session_buddy.project import project_root, user_data_folder

Root = Callable[[Path], str]
IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> None:
    allowed = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main", "-c", "safe.directory=*")
    command = ["git", "-C", str(folder), *IDENTITY, *allowed, *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def folder(*parts: Path | str) -> Path:
    made = Path(*parts)
    made.mkdir(parents=True, exist_ok=True)
    return made


def repository(path: Path) -> Path:
    git(folder(path), "init")
    git(path, "commit", "--allow-empty", "-m", "first")
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home directory; git too sees no settings of the person who runs this."""
    home = folder(tmp_path.resolve(), "home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def data(home: Path) -> Path:
    return home / "data" / "session-buddy"


@pytest.fixture
def root(data: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """The project of a folder, found without running git: there is no program to find."""

    def find(start: Path) -> str:
        with monkeypatch.context() as without_programs:
            without_programs.setenv("PATH", "")
            return project_root(str(start), str(data))

    return find


def test_a_folder_deep_in_a_repository_belongs_to_its_root(home: Path, root: Root) -> None:
    project = repository(home / "work")
    assert root(folder(project, "src", "deep")) == str(project)
    assert root(project) == str(project)


def test_a_worktree_belongs_to_its_main_working_tree(home: Path, root: Root) -> None:
    project = repository(home / "work")
    git(project, "worktree", "add", str(home / "elsewhere" / "agent 1"), "-b", "agent")
    assert root(home / "elsewhere" / "agent 1") == str(project)
    assert root(folder(home, "elsewhere", "agent 1", "src")) == str(project)


def test_a_worktree_inside_its_main_working_tree_belongs_to_it(home: Path, root: Root) -> None:
    project = repository(home / "work")
    git(project, "worktree", "add", str(project / ".worktrees" / "agent"), "-b", "agent")
    assert root(project / ".worktrees" / "agent") == str(project)


def test_two_repositories_are_two_projects(home: Path, root: Root) -> None:
    outer, inner = repository(home / "outer"), repository(home / "outer" / "inner")
    assert root(inner) == str(inner)
    assert root(outer) == str(outer)


def with_submodule(home: Path) -> tuple[Path, Path]:
    library, project = repository(home / "library"), repository(home / "work")
    git(project, "submodule", "add", str(library), "parts/library")
    return project, project / "parts" / "library"


def test_a_submodule_is_a_project_of_its_own(home: Path, root: Root) -> None:
    project, submodule = with_submodule(home)
    assert (submodule / ".git").is_file()
    assert root(folder(submodule, "src")) == str(submodule)
    assert root(project) == str(project)


def test_a_worktree_of_a_submodule_belongs_to_the_submodule(home: Path, root: Root) -> None:
    _, submodule = with_submodule(home)
    git(submodule, "worktree", "add", str(home / "agent"), "-b", "agent")
    assert root(home / "agent") == str(submodule)


def test_a_submodule_of_a_worktree_is_a_project_of_its_own(home: Path, root: Root) -> None:
    project, _ = with_submodule(home)
    git(project, "commit", "-m", "with a submodule")
    git(project, "worktree", "add", str(home / "agent"), "-b", "agent")
    git(home / "agent", "submodule", "update", "--init")
    assert root(home / "agent" / "parts" / "library") == str(home / "agent" / "parts" / "library")


@pytest.mark.parametrize("name", ["work.git", ".bare"])
def test_the_worktrees_of_a_bare_repository_share_its_folder(home: Path, root: Root, name: str) -> None:
    repository(home / "source")
    git(home, "clone", "--bare", str(home / "source"), name)
    for branch in ("one", "two"):
        git(home / name, "worktree", "add", str(home / "trees" / branch), "-b", branch)
    assert root(home / "trees" / "one") == root(folder(home, "trees", "two", "src")) == str(home / name)
    assert root(home / name) == str(home / name)


def test_a_folder_inside_the_git_folder_belongs_to_the_repository(home: Path, root: Root) -> None:
    project = repository(home / "work")
    assert root(project / ".git" / "hooks") == str(project)


def test_a_git_file_that_leads_nowhere_makes_its_folder_the_project(home: Path, root: Root) -> None:
    for name, text in (("gone", "gitdir: /no/such/folder\n"), ("odd", "something else"), ("empty", "")):
        project = folder(home, name)
        (project / ".git").write_text(text, encoding="utf-8")
        assert root(folder(project, "src")) == str(project)


def test_a_git_file_that_is_not_text_makes_its_folder_the_project(home: Path, root: Root) -> None:
    project = folder(home, "odd")
    (project / ".git").write_bytes(b"\xff\x00\xfe" * 10_000)
    assert root(project) == str(project)


def test_a_git_file_with_a_relative_path_is_followed(home: Path, root: Root) -> None:
    project = repository(home / "work")
    git(project, "worktree", "add", str(home / "agent"), "-b", "agent")
    (home / "agent" / ".git").write_text("gitdir: ../work/.git/worktrees/agent\n", encoding="utf-8")
    assert root(home / "agent") == str(project)


def test_without_a_repository_the_nearest_marked_folder_is_the_project(home: Path, root: Root) -> None:
    folder(home, "outer", ".session-buddy")
    inner = folder(home, "outer", "inner")
    folder(inner, ".session-buddy")
    assert root(folder(inner, "a", "b")) == str(inner)
    assert root(folder(home, "outer", "other")) == str(home / "outer")


def test_a_file_with_the_marks_name_marks_nothing(home: Path, root: Root) -> None:
    outer = folder(home, "outer")
    (outer / ".session-buddy").write_text("", encoding="utf-8")
    assert root(folder(outer, "inner")) == str(outer / "inner")


def test_a_repository_goes_before_a_marked_folder_inside_it(home: Path, root: Root) -> None:
    project = repository(home / "work")
    folder(project, "part", ".session-buddy")
    assert root(project / "part") == str(project)


def test_a_folder_without_any_mark_is_its_own_project(home: Path, root: Root) -> None:
    assert root(folder(home, "plain", "deep")) == str(home / "plain" / "deep")


def test_a_link_leads_to_the_project_it_points_to(home: Path, root: Root) -> None:
    project = repository(home / "work")
    (home / "link").symlink_to(project / "src")
    folder(project, "src")
    assert root(home / "link") == str(project)


def test_the_home_directory_and_the_root_are_no_projects(home: Path, root: Root, data: Path) -> None:
    assert root(home) == str(data)
    assert root(Path("/")) == str(data)


def test_a_marked_home_directory_is_no_project_for_what_lies_in_it(home: Path, root: Root, data: Path) -> None:
    folder(home, ".session-buddy")
    assert root(folder(home, "plain")) == str(home / "plain")
    assert root(home) == str(data)


def test_a_home_directory_that_is_a_repository_is_no_project(home: Path, root: Root, data: Path) -> None:
    repository(home)
    assert root(home) == str(data)
    assert root(folder(home, "plain")) == str(home / "plain")


def test_a_repository_of_dotfiles_is_a_project_like_any_other(home: Path, root: Root) -> None:
    assert root(repository(home / "dotfiles")) == str(home / "dotfiles")


def test_the_users_data_folder_follows_the_custom_of_the_platform(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for platform, expected in (
        ("linux", home / ".local" / "share" / "session-buddy"),
        ("darwin", home / "Library" / "Application Support" / "session-buddy"),
    ):
        monkeypatch.setattr("sys.platform", platform)
        assert user_data_folder({}) == str(expected)


def test_on_linux_the_users_data_folder_can_be_set(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert user_data_folder({"XDG_DATA_HOME": "/data"}) == "/data/session-buddy"

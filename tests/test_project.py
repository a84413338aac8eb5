"""Which project a folder belongs to, with real repositories."""

import os
import subprocess
import sys
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


def linked(home: Path, project: Path) -> Path:
    """A folder whose `.git` file leads into a repository that knows nothing of it."""
    stranger = folder(home, "stranger")
    git_dir = folder(stranger, "fake")
    (stranger / ".git").write_text(f"gitdir: {git_dir}\n", encoding="utf-8")
    (git_dir / "commondir").write_text(f"{project / '.git'}\n", encoding="utf-8")
    return stranger


@pytest.mark.parametrize("back", [None, "own", "", "/no/such/folder\n", "../.git\n"])
def test_a_worktree_that_the_repository_does_not_know_is_its_own_project(
    home: Path, root: Root, back: str | None
) -> None:
    stranger = linked(home, repository(home / "work"))
    if back is not None:
        text = f"{stranger / '.git'}\n" if back == "own" else back
        (stranger / "fake" / "gitdir").write_text(text, encoding="utf-8")
    assert root(stranger) == str(stranger)


def test_a_second_git_file_for_a_worktree_leads_nowhere(home: Path, root: Root) -> None:
    project = repository(home / "work")
    git(project, "worktree", "add", str(home / "agent"), "-b", "agent")
    stranger = folder(home, "stranger")
    (stranger / ".git").write_bytes((home / "agent" / ".git").read_bytes())
    assert root(stranger) == str(stranger)
    assert root(home / "agent") == str(project)


def test_a_link_to_a_worktrees_git_file_does_not_count(home: Path, root: Root) -> None:
    project = repository(home / "work")
    git(project, "worktree", "add", str(home / "agent"), "-b", "agent")
    stranger = folder(home, "stranger")
    (stranger / ".git").write_text(f"gitdir: {project / '.git' / 'worktrees' / 'agent'}/../agent\n", encoding="utf-8")
    assert root(stranger) == str(stranger)


def test_a_repository_inside_a_repository_cannot_name_the_outer(home: Path, root: Root) -> None:
    project = repository(home / "work")
    inner = folder(project, "vendor")
    git_dir = folder(inner, "worktrees", "x")
    (inner / ".git").write_text("gitdir: worktrees/x\n", encoding="utf-8")
    (git_dir / "commondir").write_text(str(project / ".git"), encoding="utf-8")
    (git_dir / "gitdir").write_text(str(inner / ".git"), encoding="utf-8")
    assert root(inner) == str(inner)


def test_a_repository_with_a_forged_list_of_worktrees_names_itself_only(home: Path, root: Root) -> None:
    victim, clone = repository(home / "work"), folder(home, "clone")
    common = folder(clone, "hidden", ".git")
    git_dir = folder(common, "worktrees", "x")
    (clone / ".git").write_text(f"gitdir: {git_dir}\n", encoding="utf-8")
    (git_dir / "commondir").write_text("../..\n", encoding="utf-8")
    (git_dir / "gitdir").write_text(f"{clone / '.git'}\n", encoding="utf-8")
    assert root(clone) in (str(clone), str(clone / "hidden"))
    assert root(victim) == str(victim)


def test_a_moved_worktree_is_its_own_project_until_it_is_repaired(home: Path, root: Root) -> None:
    project = repository(home / "work")
    git(project, "worktree", "add", str(home / "agent"), "-b", "agent")
    (home / "agent").rename(home / "moved")
    assert root(home / "moved") == str(home / "moved")
    git(home / "moved", "worktree", "repair")
    assert root(home / "moved") == str(project)


@pytest.mark.parametrize("with_slash", [False, True])
def test_a_submodules_config_cannot_name_another_folder(home: Path, root: Root, with_slash: bool) -> None:
    victim = folder(home, "victim")
    _, submodule = with_submodule(home)
    git(submodule, "worktree", "add", str(home / "agent"), "-b", "agent")
    config = home / "work" / ".git" / "modules" / "parts" / "library" / "config"
    lines = [line for line in config.read_text(encoding="utf-8").splitlines() if "worktree =" not in line]
    tree = f"\tworktree = {victim}{'/' if with_slash else ''}"
    config.write_text("\n".join([*lines, "[core]", tree, ""]), encoding="utf-8")
    assert root(home / "agent") != str(victim)
    assert root(victim) == str(victim)


def test_a_submodules_config_cannot_name_another_repository(home: Path, root: Root) -> None:
    victim = repository(home / "victim")
    _, submodule = with_submodule(home)
    git(submodule, "worktree", "add", str(home / "agent"), "-b", "agent")
    config = home / "work" / ".git" / "modules" / "parts" / "library" / "config"
    text = f"[core]\n\tworktree = {victim}\n{config.read_text(encoding='utf-8')}"
    config.write_text(text, encoding="utf-8")
    assert root(home / "agent") != str(victim)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder of this user like /tmp, in which another user has put something."""
    return folder(tmp_path.resolve(), "shared")


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to another user")


@as_root
@pytest.mark.parametrize("name", [".session-buddy", ".git"])
def test_another_users_folder_marks_nothing_below_it(shared: Path, root: Root, name: str) -> None:
    os.chown(folder(shared, name), 65534, 65534)
    mine = folder(shared, "mine", "deep")
    assert root(mine) == str(mine)


@as_root
def test_another_users_git_file_leads_nowhere(home: Path, shared: Path, root: Root) -> None:
    project = repository(home / "work")
    git(project, "worktree", "add", str(shared / "agent"), "-b", "agent")
    (shared / "agent" / ".git").rename(shared / ".git")
    (project / ".git" / "worktrees" / "agent" / "gitdir").write_text(f"{shared / '.git'}\n", encoding="utf-8")
    mine = folder(shared, "mine")
    assert root(mine) == str(project)
    os.chown(shared / ".git", 65534, 65534)
    assert root(mine) == str(mine)


@as_root
def test_a_folder_and_mark_of_one_other_user_count(shared: Path, root: Root) -> None:
    mark = folder(shared, "theirs", ".session-buddy")
    for path in (mark, mark.parent):
        os.chown(path, 65534, 65534)
    assert root(folder(mark.parent, "part")) == str(mark.parent)


FIND_ROOT = "import sys; from session_buddy.project import project_root; print(project_root(*sys.argv[1:]))"


@pytest.mark.parametrize("place", [".git", "fake/commondir", "fake/gitdir", "common/config"])
def test_a_fifo_in_a_git_files_place_does_not_block(home: Path, place: str) -> None:
    project = folder(home, "odd")
    common, fake = folder(project, "common"), folder(project, "common", "worktrees", "x")
    (project / "fake").symlink_to(fake)
    files = {
        project / ".git": f"gitdir: {fake}\n",
        fake / "commondir": f"{common}\n",
        fake / "gitdir": f"{project / '.git'}\n",
        common / "config": f"[core]\n\tworktree = {home}\n",
    }
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    (project / place).unlink()
    os.mkfifo(project / place)
    command = [sys.executable, "-c", FIND_ROOT, str(project), str(home / "data")]
    done = subprocess.run(command, capture_output=True, timeout=60, text=True, check=True)
    assert done.stdout.strip() in (str(project), str(common))

"""Which project a working directory belongs to. git is never run: its files are read."""

import os
import stat
import sys

FOLDER = ".session-buddy"
MAX_PATH = 4096
MAX_LEVELS = 128
_MAX_CONFIG = 1024 * 1024


def user_data_folder(environ: dict[str, str]) -> str:
    """Folder of this program in the user's own data, by the custom of the platform."""
    home = os.path.expanduser("~")
    if sys.platform == "darwin":
        base = os.path.join(home, "Library", "Application Support")
    elif sys.platform == "win32":
        base = environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    else:
        base = environ.get("XDG_DATA_HOME") or ""
        # A snap (VS Code, for example) sets a folder of its own in the terminals and programs that it starts; the
        # stores that this user registered are the same in all of them.
        if not base or environ.get("SNAP"):
            base = os.path.join(home, ".local", "share")
    return os.path.join(base if os.path.isabs(base) else home, "session-buddy")


def project_root(start: str, data_folder: str) -> str:
    """The project that `start` lies in: its git repository (a worktree belongs to its main working tree), else
    the nearest folder with `.session-buddy/`, else `start` itself. The home directory and `/` are no projects;
    for them it is `data_folder`."""
    if _is_too_deep(start):
        return data_folder
    start = os.path.realpath(start)
    return allowed_project(_git_root(start), data_folder) or _nearest_marked(start, data_folder) or data_folder


def tree_root(start: str, data_folder: str) -> str | None:
    """The git working tree that `start` lies in, which for a worktree is not its project; None where there is none."""
    if _is_too_deep(start):
        return None
    trees = (folder for folder in _upwards(os.path.realpath(start)) if _is_marker(os.path.join(folder, ".git")))
    return allowed_project(next(trees, None), data_folder)


def _is_too_deep(folder: str) -> bool:
    """Whether looking for a project would take seconds: the time grows with the square of the depth."""
    return len(folder) > MAX_PATH or folder.count(os.sep) > MAX_LEVELS


def allowed_project(folder: str | None, data_folder: str) -> str | None:
    """`folder`, unless it is the home directory or `/`, which are no projects."""
    if folder is None or folder in (os.path.realpath(os.path.expanduser("~")), os.path.dirname(folder)):
        return None
    return data_folder if folder == os.path.realpath(data_folder) else folder


def _nearest_marked(start: str, data_folder: str) -> str | None:
    for folder in _upwards(start):
        marker = os.path.join(folder, FOLDER)
        if os.path.isdir(marker) and _is_marker(marker) and allowed_project(folder, data_folder):
            return folder
    return allowed_project(start, data_folder)


def _upwards(folder: str) -> list[str]:
    folders = [folder]
    while os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
        folders.append(folder)
    return folders


def _is_marker(path: str) -> bool:
    """Whether a file or folder may mark a project: it is this user's, root's, or of the owner of the folder that it is
    in. Another user could put one into a shared folder such as /tmp, above the folders of everybody."""
    try:
        owner = os.lstat(path).st_uid
        return sys.platform == "win32" or owner in (os.geteuid(), 0, os.stat(os.path.dirname(path)).st_uid)
    except OSError:
        return False


def _git_root(start: str) -> str | None:
    for folder in _upwards(start):
        marker = os.path.join(folder, ".git")
        if not _is_marker(marker) and os.path.lexists(marker):
            continue
        if os.path.isdir(marker):
            return folder
        if os.path.isfile(marker):
            return _linked_root(folder, marker)
        if _is_bare(folder):
            return os.path.dirname(folder) if os.path.basename(folder) == ".git" else folder
    return None


def _linked_root(folder: str, marker: str) -> str:
    """The root behind a `.git` file: of a worktree the main working tree, of a submodule itself.

    A `.git` file can come with an archive and lead anywhere, so a worktree counts only if its repository knows it:
    git writes the path of the `.git` file into `worktrees/<name>/gitdir` of the repository.
    """
    git_dir = _after(marker, "gitdir:")
    if git_dir is None:
        return folder
    git_dir = os.path.realpath(os.path.join(folder, git_dir))
    common = _after(os.path.join(git_dir, "commondir"), "")
    if common is None:
        return folder
    common = os.path.realpath(os.path.join(git_dir, common))
    back = _after(os.path.join(git_dir, "gitdir"), "")
    known = os.path.dirname(git_dir) == os.path.join(common, "worktrees")
    # The marker itself must be the file that the repository knows, not a link to the file of another worktree.
    if not known or back is None or os.path.islink(marker) or _real(os.path.join(git_dir, back)) != _real(marker):
        return folder
    if os.path.basename(common) == ".git":
        return os.path.dirname(common)
    return _submodule_tree(common) or common


def _real(path: str) -> str:
    """The path with the links of its folder resolved, but not the link that it may be itself."""
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))


def _submodule_tree(git_dir: str) -> str | None:
    """The working tree that a submodule's git folder names in its config, if the `.git` file there leads back to it;
    a bare repository names none."""
    try:
        path = os.path.join(git_dir, "config")
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = [line.strip() for line in file.read(_MAX_CONFIG).splitlines()]
    except OSError:
        return None
    trees = [line.partition("=")[2].strip() for line in lines if line.partition("=")[0].strip() == "worktree"]
    if not trees:
        return None
    tree = os.path.realpath(os.path.join(git_dir, trees[0]))
    marker = os.path.join(tree, ".git")
    back = None if os.path.islink(marker) else _after(marker, "gitdir:")
    return tree if back is not None and os.path.realpath(os.path.join(tree, back)) == git_dir else None


def _is_bare(folder: str) -> bool:
    return all(os.path.exists(os.path.join(folder, name)) for name in ("HEAD", "objects", "refs"))


def _after(path: str, prefix: str) -> str | None:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None  # a FIFO would wait for a writer
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            line = file.readline(8192).strip()
    except OSError:
        return None
    return line[len(prefix) :].strip() if line.startswith(prefix) and line and "\0" not in line else None

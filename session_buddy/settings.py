"""The environment, read once into one frozen object. No other module looks at os.environ."""

import os
import sys
from collections import namedtuple

from session_buddy.common.child_process import absolute_entries, clean_environment
from session_buddy.common.store_registry import is_occupied, project_store, store_key
from session_buddy.errors import SettingsError
from session_buddy.project import FOLDER, allowed_project, project_root, tree_root, user_data_folder

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
HASHING = "hashing"
EMBEDDERS = ("sentence-transformers", HASHING, "off")
LOG_LEVELS = ("debug", "info", "warning", "error")
TRANSPORTS = ("auto", "tcp")
SWITCH = ("on", "off")
HINTS = ("on", "asked", "off")
CHILD = "SESSION_BUDDY_CHILD"
DAY = "86400"
STORE_NAME = "session_buddy.duckdb"
_FOLDERS = ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME")


# Made without typing.NamedTuple, since importing typing costs every window and every hook 4 ms.
class Settings(
    namedtuple(
        "Settings",
        "project tree store data_folder home claude_folder claude_file codex_folder config_folder runtime_folder "
        "session_id session_pinned model embedder linger worker_idle log transport mask_secrets abandoned_after "
        "hints is_child catalogue managed_folder",
    )
):
    """What this process was started with. Paths are absolute; times are seconds. `tree` is where the project's files
    lie: the project, or the worktree of it that was started in."""

    project: str
    tree: str
    store: str
    data_folder: str
    home: str
    claude_folder: str
    claude_file: str
    codex_folder: str
    config_folder: str
    runtime_folder: str | None
    session_id: str | None
    session_pinned: bool
    model: str
    embedder: str
    linger: float
    worker_idle: float
    log: str
    transport: str
    mask_secrets: bool
    abandoned_after: float
    hints: str
    is_child: bool
    catalogue: bool
    managed_folder: str

    def of_hub(self) -> dict[str, object]:
        """The settings that a hub is started with and that every bridge should agree on."""
        return {
            "model": self.model,
            "embedder": self.embedder,
            "linger": self.linger,
            "mask_secrets": self.mask_secrets,
            "abandoned_after": self.abandoned_after,
            "hints": self.hints,
            "catalogue": self.catalogue,
        }


def read(
    environ: dict[str, str] | None = None,
    store: str | None = None,
    folder: str | None = None,
    *,
    look_at_git: bool = True,
) -> Settings:
    """Read the settings; `store` (from `--store`) wins over SESSION_BUDDY_STORE. `folder` stands for the working
    directory, where an assistant tells another one. Without `look_at_git`, git's index, which may be large, is not
    read: of an unregistered project, the store is then not the final one.

    Raises:
        SettingsError: a variable holds a value that is not allowed, or the working directory is gone.
    """
    env = dict(os.environ) if environ is None else environ
    data_folder = user_data_folder(env)
    project = _project(env, data_folder, folder)
    home = os.path.expanduser("~")
    given = os.path.abspath(os.path.expanduser(store)) if store else None
    chosen = given or env.get("SESSION_BUDDY_STORE") or _default_store(project, data_folder, look_at_git)
    return Settings(
        project=project,
        tree=_tree(env, data_folder, folder) or project,
        store=os.path.abspath(os.path.join(project, os.path.expanduser(chosen))),
        data_folder=data_folder,
        home=home,
        claude_folder=_folder(env, "CLAUDE_CONFIG_DIR", home, ".claude"),
        claude_file=os.path.join(_folder(env, "CLAUDE_CONFIG_DIR", home, "."), ".claude.json"),
        codex_folder=_folder(env, "CODEX_HOME", home, ".codex"),
        config_folder=_folder(env, "XDG_CONFIG_HOME", home, ".config"),
        runtime_folder=env.get("XDG_RUNTIME_DIR") or None,
        session_id=env.get("SESSION_BUDDY_SESSION_ID") or env.get("CLAUDE_CODE_SESSION_ID") or None,
        session_pinned=bool(env.get("SESSION_BUDDY_SESSION_ID")),
        model=_model(env.get("SESSION_BUDDY_MODEL") or DEFAULT_MODEL, project),
        embedder=_one_of(env, "SESSION_BUDDY_EMBEDDER", EMBEDDERS, "sentence-transformers"),
        linger=_seconds(env, "SESSION_BUDDY_LINGER", "120"),
        worker_idle=_seconds(env, "SESSION_BUDDY_WORKER_IDLE", "600"),
        log=_one_of(env, "SESSION_BUDDY_LOG", LOG_LEVELS, "warning"),
        transport=_one_of(env, "SESSION_BUDDY_TRANSPORT", TRANSPORTS, "auto"),
        mask_secrets=_one_of(env, "SESSION_BUDDY_MASK_SECRETS", SWITCH, "on") == "on",
        abandoned_after=_seconds(env, "SESSION_BUDDY_ABANDONED_AFTER", DAY),
        hints=_one_of(env, "SESSION_BUDDY_HINTS", HINTS, "on"),
        is_child=bool(env.get("SESSION_BUDDY_CHILD")),
        catalogue=_one_of(env, "SESSION_BUDDY_CATALOGUE", SWITCH, "on") == "on",
        managed_folder=_managed_folder(),
    )


def data_folder() -> str:
    """The folder of this program in the user's own data, for a process that needs no other setting."""
    return user_data_folder(dict(os.environ))


def child_environment(changes: dict[str, str]) -> dict[str, str]:
    """The environment for a process of our own: ours, with `changes`, without variables that name code, and without
    the variables of the assistant that happened to start the first process: the hub and the dashboard serve persons
    too. What an assistant reports from within such a process is not an assistant's work, so hooks in it are ignored."""
    from session_buddy.common import assistants  # a hook starts no process

    kept = clean_environment(assistants.without_markers(dict(os.environ)))
    # The child has another working directory, so relative names of folders would mean others there.
    folders = {name: os.path.abspath(os.path.expanduser(kept[name])) for name in _FOLDERS if kept.get(name)}
    return kept | folders | {CHILD: "1"} | changes


def ignore_project_programs() -> None:
    """Take relative and empty entries out of this process's PATH: programs that libraries start by name, such as a
    browser, are not looked for in the project."""
    if path := os.environ.get("PATH"):
        os.environ["PATH"] = absolute_entries(path)


def ignore_drawing_configuration() -> None:
    """Let matplotlib read no configuration file but its own defaults. Call it before matplotlib is imported."""
    os.environ["MATPLOTLIBRC"] = os.devnull
    if (folder := os.environ.get("MPLCONFIGDIR")) and not os.path.isabs(folder):
        del os.environ["MPLCONFIGDIR"]


def worker_environment() -> dict[str, str]:
    """The environment of the embedding worker: the model libraries in it reach no network and report nothing."""
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return child_environment(offline | {"TOKENIZERS_PARALLELISM": "false"})


def cpu_share() -> int:
    """How many threads the embedding worker may use: half of the processors, so that the person keeps the rest."""
    return max(1, (os.cpu_count() or 2) // 2)


def assistant_sign() -> str | None:
    """What tells that this process runs inside an assistant: a variable that it sets for its commands, or its program
    among the processes above this one; None for a person's shell."""
    from session_buddy.common import ancestry  # which a hook has no need of

    return assistant_variable() or ancestry.assistant_above(os.getppid())


def assistant_variable() -> str | None:
    """The variable of an assistant in the environment of this process, if there is one."""
    from session_buddy.common import assistants

    return assistants.marker(dict(os.environ))


def inside_assistant() -> bool:
    """Whether an assistant started this process."""
    return assistant_sign() is not None


def started_by_assistants_shell() -> bool:
    """Whether a command of an assistant started this process, and neither a person nor the assistant itself, as it
    does with its MCP servers."""
    from session_buddy.common import ancestry

    return ancestry.started_by_shell(os.getppid(), assistant_variable() is not None)


def has_screen() -> bool:
    """Whether a browser could show its window where this process runs."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _project(env: dict[str, str], data_folder: str, folder: str | None) -> str:
    try:
        if explicit := env.get("SESSION_BUDDY_PROJECT"):
            return allowed_project(os.path.realpath(os.path.expanduser(explicit)), data_folder) or data_folder
        return project_root(env.get("CLAUDE_PROJECT_DIR") or folder or os.getcwd(), data_folder)
    except FileNotFoundError:
        raise SettingsError(
            "The working directory no longer exists. Start again from a folder that does, "
            "or set SESSION_BUDDY_PROJECT to the project's folder."
        ) from None


def _tree(env: dict[str, str], data_folder: str, folder: str | None) -> str | None:
    if env.get("SESSION_BUDDY_PROJECT"):
        return None
    return tree_root(env.get("CLAUDE_PROJECT_DIR") or folder or os.getcwd(), data_folder)


def _model(value: str, project: str) -> str:
    """The name of a model, or its folder: `./` stands for the project's folder. No other relative path names a
    folder, since the hub's working directory is not the user's."""
    starts = ("./", ".\\") if sys.platform == "win32" else ("./",)
    return os.path.normpath(os.path.join(project, value)) if value.startswith(starts) else value


def _default_store(project: str, data_folder: str, look_at_git: bool) -> str:
    """The store of a project: in its `.session-buddy` folder, or in the data folder where git tracks that folder. git
    would commit the prompts in a tracked file, and replace the file at a checkout."""
    if project == data_folder:
        return os.path.join(data_folder, STORE_NAME)
    store = os.path.join(project, FOLDER, STORE_NAME)
    outside = project_store(project, data_folder)
    if os.path.isdir(os.path.dirname(outside)):
        return outside
    if look_at_git and is_occupied(store) and store_key(store, data_folder) is None:
        from session_buddy.common.git_index import tracked_files  # only at the first start in such a project

        if tracked_files(project, FOLDER):
            return outside
    return store


def _folder(env: dict[str, str], name: str, home: str, default: str) -> str:
    return os.path.abspath(os.path.expanduser(env.get(name) or os.path.join(home, default)))


def _managed_folder() -> str:
    """Where an enterprise puts what it prescribes for Claude Code."""
    if sys.platform == "darwin":
        return "/Library/Application Support/ClaudeCode"
    return r"C:\Program Files\ClaudeCode" if sys.platform == "win32" else "/etc/claude-code"


def _one_of(env: dict[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = (env.get(name) or default).strip().lower()
    if value not in allowed:
        raise SettingsError(f"{name} is {value!r}; allowed are {', '.join(allowed)}. Nothing was started.")
    return value


def _seconds(env: dict[str, str], name: str, default: str) -> float:
    text = env.get(name) or default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1e9:
        raise SettingsError(f"{name} is {text!r}; it must be a number of seconds, 0 or more. Nothing was started.")
    return value

"""Our command: where it lies on this machine, and how it is known again in somebody's configuration."""

import os
import shlex
import shutil
import sys
import sysconfig
from typing import Any

from session_buddy.errors import ConfigurationError

SCRIPT = "session-buddy"
MODULE = "session_buddy"
HOOK = "hook"
STORE = "SESSION_BUDDY_STORE"


def own_script() -> str:
    """The absolute path of the command of this installation: the one that was started, or else the one beside Python,
    or among the person's own.

    Raises:
        ConfigurationError: there is none.
    """
    started = os.path.abspath(sys.argv[0])
    if os.path.basename(started).lower() in (SCRIPT, f"{SCRIPT}.exe") and shutil.which(started):
        return started
    of_person = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    for folder in (os.path.dirname(sys.executable), sysconfig.get_path("scripts"), of_person):
        if script := shutil.which(SCRIPT, path=folder):
            return os.path.abspath(script)
    raise ConfigurationError(
        f"There is no command {SCRIPT} beside {sys.executable}, so nothing could be started. Nothing was changed. "
        "Install the package with pip, and run the command that it brings."
    )


def is_our_server(entry: Any) -> bool:
    """Whether an entry of a server starts this program."""
    if not isinstance(entry, dict):
        return False
    return words_after_program(words_of(entry)) is not None


def is_our_hook(handler: Any) -> bool:
    """Whether a hook is one of ours: this program, told to take an event."""
    if not isinstance(handler, dict):
        return False
    rest = words_after_program(words_of(handler))
    return bool(rest) and rest is not None and rest[0] == HOOK


def program_of(entry: Any) -> str | None:
    """The program that a server's entry or a hook starts."""
    words = words_of(entry)
    return words[0] if words else None


def store_of(entry: Any) -> str | None:
    """The store that a server's entry or a hook of ours names, as it is written there."""
    if not isinstance(entry, dict):
        return None
    words = words_of(entry)
    for number, word in enumerate(words):
        if word.startswith("--store="):
            return word.removeprefix("--store=") or None
        if word == "--store":
            return words[number + 1] if number + 1 < len(words) else None
    env = entry.get("env")
    named = env.get(STORE) if isinstance(env, dict) else None
    return named if isinstance(named, str) and named else None


def quoted(words: list[str]) -> str:
    """Words as one line of a shell."""
    return shlex.join(words)


def words_of(entry: dict[str, Any]) -> list[str]:
    """The program that an entry or a hook starts, with its arguments; none where there is no program."""
    command, arguments = entry.get("command"), entry.get("args")
    if not isinstance(command, str):
        return []
    if isinstance(arguments, list):
        return [command, *(str(one) for one in arguments)]
    if os.path.isfile(command):
        return [command]
    try:
        return shlex.split(command)
    except ValueError:
        return []


def words_after_program(words: list[str]) -> list[str] | None:
    """The words behind our program's name; None when another program is started."""
    if not words:
        return None
    name = os.path.basename(words[0]).lower().removesuffix(".exe")
    if name == SCRIPT:
        return words[1:]
    if name.startswith("python") and words[1:3] == ["-m", MODULE]:
        return words[3:]
    return None

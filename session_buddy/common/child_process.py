"""Start Python processes of this program so that no file of the project they work for becomes code in them.

A child gets three things: `-P`, so that its working directory is not searched for modules; a working directory of its
own, so that no library finds a configuration file or a model folder in the project; and an environment without
variables that name code (`clean_environment`). `-I` would also hide the user's site-packages, where
`pip install --user` puts this program, so it is not used.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    import subprocess
    from collections.abc import Mapping
    from typing import Any

PROGRAM = [sys.executable, "-P", "-m"]
"""The words before the name of a module; the module's arguments follow it."""
_KEPT = frozenset(
    {
        "PYTHONCOERCECLOCALE",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONHASHSEED",
        "PYTHONIOENCODING",
        "PYTHONNOUSERSITE",
        "PYTHONUNBUFFERED",
        "PYTHONUTF8",
    }
)
"""Variables of Python that name neither a folder nor a module. All others are dropped, those of later versions too."""
_FOLDERS = frozenset({"PYTHONUSERBASE"})
"""Where `pip install --user` may have put this program; kept when it is absolute."""


def start(command: "list[str]", environment: "dict[str, str]", **streams: "Any") -> "subprocess.Popen[Any]":
    """Start a command that begins with `PROGRAM`; `streams` are further arguments of `subprocess.Popen`.

    Raises:
        OSError: it cannot be started.
    """
    import subprocess  # 4 ms that a client session with a running hub does not need

    return subprocess.Popen(command, cwd=neutral_folder(), env=environment, **streams)


async def start_async(
    command: "list[str]", environment: "dict[str, str]", **streams: "Any"
) -> "asyncio.subprocess.Process":
    """The same for an event loop; `streams` are further arguments of `asyncio.create_subprocess_exec`.

    Raises:
        OSError: it cannot be started.
    """
    import asyncio

    return await asyncio.create_subprocess_exec(*command, cwd=neutral_folder(), env=environment, **streams)


def neutral_folder() -> str:
    """A working directory in which nobody but the administrator can put files: the root folder. On Windows every user
    may create folders there, so it is the folder of the interpreter."""
    return os.path.dirname(sys.executable) if sys.platform == "win32" else os.sep


def clean_environment(environ: "Mapping[str, str]") -> "dict[str, str]":
    """The variables for a child: without those that make Python load code from somewhere else, and with a PATH on which
    a project cannot put programs."""
    kept = {name: value for name, value in environ.items() if _is_kept(name.upper(), value)}
    return kept | {name: absolute_entries(value) for name, value in kept.items() if name.upper() == "PATH"}


def absolute_entries(path: str) -> str:
    """A search path without its relative and empty entries, which stand for the working directory."""
    return os.pathsep.join(entry for entry in path.split(os.pathsep) if os.path.isabs(entry))


def _is_kept(name: str, value: str) -> bool:
    if not name.startswith("PYTHON"):
        return True
    return name in _KEPT or (name in _FOLDERS and os.path.isabs(value))

"""Whether an assistant is among the processes that a process descends from.

A process can leave its ancestors (by a double fork) and change their looks, so this finds the ordinary case only: a
command that an assistant's shell runs, whatever it has removed from its own environment.
"""

import os
import sys

from session_buddy.common import assistants

DEEPEST = 64
_LARGEST = 1024 * 1024
_PS_SECONDS = 5


class Ancestor:
    """A process: its parent, the assistant's program that it is, and the variable of an assistant that it was started
    with."""

    def __init__(self, parent: int, program: "str | None", marker: "str | None") -> None:
        self.parent = parent
        self.program = program
        self.marker = marker


def above(pid: int) -> "list[Ancestor]":
    """The process of this id and those it descends from, the nearest first, as far as they can be looked at."""
    read = _read if os.path.isdir("/proc/self") else _table().get
    found: list[Ancestor] = []
    while pid > 1 and len(found) < DEEPEST and (one := read(pid)):
        found.append(one)
        pid = one.parent
    return found


def assistant_above(pid: int) -> "str | None":
    """What tells of an assistant among these processes: a program or a variable."""
    return next((one.program or one.marker for one in above(pid) if one.program or one.marker), None)


def started_by_shell(pid: int, marked: bool) -> bool:
    """Whether a server whose parent has this id was started from inside an assistant's shell, and not by the assistant
    itself.

    An assistant starts its servers as its own children and may set the same variables for them as for its shells
    (`marked`: the server has one), so that a variable alone decides nothing: the parent is the assistant's program, or
    a second process of it, and above these there is no other assistant. Where the processes cannot be looked at, a
    variable decides.
    """
    found = above(pid)
    own = 0
    while own < len(found) and found[own].program:
        own += 1
    beyond = any(one.program or one.marker for one in found[own:])
    return beyond or (marked and own == 0)


def _read(pid: int) -> "Ancestor | None":
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name of the program, in parentheses, may hold anything.
            parent = int(file.read(4096).rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None
    arguments = _texts(f"/proc/{pid}/cmdline")
    program = assistants.program(arguments)
    if program is None and arguments:
        program = assistants.program([_comm(pid)]) or assistants.program([_executable(pid)])
    variables = dict(text.partition("=")[::2] for text in _texts(f"/proc/{pid}/environ"))
    return Ancestor(parent, program, assistants.marker(variables))


def _texts(path: str) -> "list[str]":
    try:
        with open(path, "rb") as file:
            return [text.decode("utf-8", "replace") for text in file.read(_LARGEST).split(b"\0") if text]
    except OSError:  # another user's process
        return []


def _comm(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read(64).strip()
    except OSError:
        return ""


def _executable(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


def _table() -> "dict[int, Ancestor]":
    """All processes as `ps` lists them, where there is no /proc."""
    if sys.platform == "win32":
        return {}
    import subprocess  # 4 ms that no process on Linux pays

    try:
        listed = subprocess.run(
            ["/bin/ps", "-axo", "pid=,ppid=,command="], capture_output=True, timeout=_PS_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    found: dict[int, Ancestor] = {}
    for line in listed.stdout.decode("utf-8", "replace").splitlines():
        pid, parent, command = [*line.split(None, 2), "", "", ""][:3]
        if pid.isdigit() and parent.isdigit():
            found[int(pid)] = Ancestor(int(parent), assistants.program(command.split(" ")), None)
    return found

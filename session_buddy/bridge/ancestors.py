"""The processes that a process descends from."""

# An assistant that another one started has a shell or two between itself and that one.
MOST = 2


def of(pid: int) -> list[int]:
    """A process and the one it descends from, the nearest first; where that cannot be found out, the process alone."""
    found: list[int] = []
    while pid > 1 and len(found) < MOST:
        found.append(pid)
        pid = _parent(pid)
    return found


def _parent(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name of the program, in parentheses, may hold anything.
            return int(file.read(4096).rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0

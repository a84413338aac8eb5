"""Searching and reading a transcript without holding it in memory."""

from collections.abc import Iterator
from typing import BinaryIO

# A transcript without any of these holds no use of a skill.
NEEDLES = (b'"Skill"', b"<command-name>", b"command-name\\u003e")
BLOCK = 1 << 20
LONGEST = 4 << 20


def holds_any(file: BinaryIO, needles: tuple[bytes, ...] = NEEDLES, block: int = BLOCK) -> bool:
    """Whether any of these byte strings occurs from here on; each may lie across the border of two blocks."""
    overlap = max(len(needle) for needle in needles) - 1
    buffer = bytearray(overlap + block)
    room = memoryview(buffer)[overlap:]
    begin = overlap
    while read := file.readinto(room):  # type: ignore[attr-defined]
        end = overlap + read
        if any(buffer.find(needle, begin, end) >= 0 for needle in needles):
            return True
        kept = min(overlap, end - begin)
        buffer[overlap - kept : overlap] = buffer[end - kept : end]
        begin = overlap - kept
    return False


class Lines:
    """The lines of a file from here on, without their ends and padding. Those of more than `longest` bytes are passed
    over without being held, and counted in `too_long`."""

    def __init__(self, file: BinaryIO, longest: int = LONGEST) -> None:
        self.too_long = 0
        self._file = file
        self._longest = longest

    def __iter__(self) -> Iterator[bytes]:
        while line := self._file.readline(self._longest + 1):
            if len(line) <= self._longest or line.endswith(b"\n"):
                yield line.strip(b"\r\n\0 \t")
            else:
                self.too_long += 1
                self._pass_over()

    def _pass_over(self) -> None:
        while (rest := self._file.readline(BLOCK)) and not rest.endswith(b"\n"):
            pass

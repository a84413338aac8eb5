"""Searching and reading a transcript without holding it in memory."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from session_buddy.assistants.claude_code_transcripts.prompts import BUILT_IN

BLOCK = 1 << 20
LONGEST = 4 << 20
# What is searched for is found fast; whether it is a skill's use is then seen from what stands around it.
_NEEDLES = (b'"Skill"', b'"attributionSkill"', b"Base directory for this skill:", b"<command-name>/")
_COMMAND = rb"<command-name>/(?!(?:%s)<)(?:[^<]{1,40}<|[^<]{41})" % "|".join(BUILT_IN).encode()
_USE = re.compile(
    rb'"name"\s{0,4}:\s{0,4}"Skill"|"attributionSkill"\s{0,4}:\s{0,4}"|Base directory for this skill:|' + _COMMAND
)
_AROUND = 64
# So far into a line stands what kind of record it is, and not yet what it says.
HEAD = 8192
_USER = re.compile(rb'"type"\s{0,4}:\s{0,4}"user"')
_RESULT = (b'"tool_use_id"', b'"tool_result"')
# So often in one block, it is cheaper to parse the file than to look around each.
_MOST = 20_000


def may_hold_skills(file: BinaryIO, block: int = BLOCK) -> bool:
    """Whether anything from here on looks like the use of a skill. The file is never held in memory; what is searched
    for may lie across the border of two blocks."""
    buffer = bytearray(_AROUND + block)
    room = memoryview(buffer)[_AROUND:]
    begin = _AROUND
    while read := file.readinto(room):  # type: ignore[attr-defined]
        end = _AROUND + read
        if any(_occurs(buffer, needle, begin, end) for needle in _NEEDLES):
            return True
        kept = min(_AROUND, end - begin)
        buffer[_AROUND - kept : _AROUND] = buffer[end - kept : end]
        begin = _AROUND - kept
    return False


def _occurs(buffer: bytearray, needle: bytes, begin: int, end: int) -> bool:
    found = buffer.find(needle, begin, end)
    for _ in range(_MOST):
        if found < 0 or _USE.search(buffer, max(begin, found - _AROUND), min(end, found + _AROUND)):
            break
        found = buffer.find(needle, found + 1, end)
    return found >= 0


class LostPrompt(bytes):
    """The beginning of a line that is too long to be read, where that may have been what a person wrote."""


class Lines:
    """The lines of a file from here on, without their ends and padding. Those of more than `longest` bytes are passed
    over without being held, and counted in `too_long`; in the place of a prompt there is a `LostPrompt`."""

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
                if _USER.search(line, 0, HEAD) and not any(mark in line for mark in _RESULT):
                    yield LostPrompt(line[:HEAD])
                self._pass_over()

    def _pass_over(self) -> None:
        while (rest := self._file.readline(BLOCK)) and not rest.endswith(b"\n"):
            pass

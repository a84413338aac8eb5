"""A line for a shell, taken apart into the commands in it. Nothing is run or expanded."""

import re
from collections.abc import Iterator

# A word of a command; None stands for a part that only a shell can know, such as `$(date)`.
Word = str | None

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r]+|\\\r?\n)
    |(?P<end>\n|;+|&&|\|[|&]?|&(?!>)|[()])
    |(?P<here><<-?[ \t]*(?P<quote>['"\\]?)(?P<mark>\w+)(?P=quote)?)
    |(?P<redirect>\d*(?:<<<|[<>]&?|>>|>\||&>>?)(?!\())
    |(?P<single>'[^']*(?:'|\Z))
    |(?P<plain>[^\s'"\\`$;&|()<>]+)
    |(?P<escaped>\\.)
    |(?P<variable>\$(?:\w+|\{[^}]*(?:\}|\Z)|[@*\#?$!-]))
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_DOUBLE = re.compile(r"""[^"\\`$]+|\\.""", re.DOTALL)
_CLOSING = {"`": "`", "$(": ")", "<(": ")", ">(": ")"}
_DEEPEST = 20


def commands(line: str) -> Iterator[list[Word]]:
    """The words of each command, in the order in which they stand; without redirections and what they bring."""
    scan = _Scan(line)
    while scan.place < len(line):
        scan.step()
        yield from scan.ready
        scan.ready.clear()
    scan.end_command()
    yield from scan.ready


class _Scan:
    def __init__(self, line: str) -> None:
        self.line = line
        self.place = 0
        self.ready: list[list[Word]] = []
        self._words: list[Word] = []
        self._word: str | None = None
        self._unknown = self._skip_word = False
        self._marks: list[str] = []

    def step(self) -> None:
        """Take the next token."""
        line, place = self.line, self.place
        if self._word is None and line[place] == "#":
            self.place = self._line_end(place)
        elif (opening := line[place : place + 2]) in _CLOSING or (opening := line[place]) in _CLOSING:
            self.place = _after(line, place + len(opening), _CLOSING[opening])
            self._add("", unknown=True)
        elif line[place] == '"':
            self._double(place + 1)
        elif found := _TOKEN.match(line, place):
            self.place = found.end()
            self._take(found)
        else:
            self.place += 1
            self._add(line[place])

    def end_command(self) -> None:
        """What was gathered is a command."""
        self._end_word()
        if self._words:
            self.ready.append(self._words)
        self._words = []
        self._skip_word = False

    def _take(self, found: re.Match[str]) -> None:
        kind, text = found.lastgroup, found[0]
        if found["blank"]:
            self._end_word()
        elif found["end"]:
            self.end_command()
            if text == "\n":
                self._skip_documents()
        elif found["here"]:
            self._end_word()
            self._marks.append(found["mark"])
        elif kind == "redirect":
            self._end_word()
            self._skip_word = True
        elif kind == "variable":
            self._add("", unknown=True)
        else:
            self._add(text.strip("'") if kind == "single" else text[1:] if kind == "escaped" else text)

    def _double(self, place: int) -> None:
        parts, unknown = [], False
        while place < len(self.line) and self.line[place] != '"':
            if found := _IN_DOUBLE.match(self.line, place):
                parts.append(found[0])
                place = found.end()
                continue
            unknown = True
            opening = "$(" if self.line.startswith("$(", place) else self.line[place]
            place += len(opening)
            if opening in _CLOSING:
                place = _after(self.line, place, _CLOSING[opening])
        self.place = place + 1
        self._add("".join(parts), unknown)

    def _add(self, text: str, unknown: bool = False) -> None:
        self._word = (self._word or "") + text
        self._unknown = self._unknown or unknown

    def _end_word(self) -> None:
        if self._word is not None:
            if not self._skip_word:
                assigned = re.match(r"\w+\+?=", self._word)
                self._words.append(assigned[0] if assigned else None if self._unknown else self._word)
            self._skip_word = False
        self._word, self._unknown = None, False

    def _skip_documents(self) -> None:
        """What stands below `<<END`, down to a line that says END, is no command."""
        for mark in self._marks:
            while self.place < len(self.line):
                start, self.place = self.place, self._line_end(self.place) + 1
                if self.line[start : self.place].strip() == mark:
                    break
        self._marks.clear()

    def _line_end(self, place: int) -> int:
        end = self.line.find("\n", place)
        return len(self.line) if end < 0 else end


def _after(line: str, place: int, closing: str, depth: int = 0) -> int:
    """The place after what began with `$(` or a backtick."""
    while place < len(line) and depth < _DEEPEST:
        letter = line[place]
        if letter == closing:
            return place + 1
        if letter == "\\":
            place += 2
        elif letter == "'" and closing == ")":
            place = (line.find("'", place + 1) + 1) or len(line)
        elif letter == '"' and closing == ")":
            place = _after(line, place + 1, '"', depth + 1)
        elif letter == "(" and (closing == ")" or line[place - 1] == "$"):
            place = _after(line, place + 1, ")", depth + 1)
        else:
            place += 1
    return len(line)

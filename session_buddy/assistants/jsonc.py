"""JSON with comments and trailing commas, read with the place of every value, so that it can be changed in spots."""

import functools
import json
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

from session_buddy.errors import ConfigurationError

DEEPEST = 200

_SPACE = re.compile(r"[ \t\r\n]+")
_COMMENT = re.compile(r"//[^\r\n]*|/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_SCALAR = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


class Item(NamedTuple):
    """A member of an object or an element of an array: it starts with its key, where it has one. `comma` is the place
    of the comma behind it, or None."""

    start: int
    key: str | None
    node: "Node"
    comma: int | None


@dataclass(frozen=True, eq=False)
class Node:
    """A value and its place in the text. What is in it is read only when it is asked for, so that a large document
    costs little more than what the standard library needs for it."""

    text: str = field(repr=False)
    start: int
    end: int
    value: Any
    depth: int

    @property
    def is_object(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_array(self) -> bool:
        return isinstance(self.value, list)

    @property
    def items(self) -> tuple[Item, ...]:
        """The members of an object or the elements of an array."""
        return self._inside[0]

    @property
    def opened(self) -> int:
        """Where the last thing in it ends that is not white space: an item, a comma, a comment or the bracket."""
        return self._inside[1]

    def member(self, key: str) -> Item | None:
        """The member of this key; the last one where there are several, as parsers have it."""
        return next((item for item in reversed(self.items) if item.key == key), None)

    @functools.cached_property
    def _inside(self) -> tuple[tuple[Item, ...], int]:
        if not isinstance(self.value, dict | list):
            return (), self.start
        return _Reader(self.text, self.start).inside(self.depth)


def parse(text: str) -> Node:
    """The value that a text holds.

    Raises:
        ConfigurationError: it is not JSON, also not with comments; the message says where.
    """
    reader = _Reader(text)
    reader.skip()
    node = reader.value(0)
    reader.skip()
    if reader.at < len(text):
        raise reader.wrong("something stands behind the end")
    return node


def place(text: str, at: int) -> str:
    """Line and column of a position, counted from 1."""
    line_start = text.rfind("\n", 0, at) + 1
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - line_start + 1}"


class _Reader:
    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at
        self.last = at  # where the last thing ended that is not white space

    def wrong(self, what: str) -> ConfigurationError:
        return ConfigurationError(f"{what} at {place(self.text, self.at)}")

    def skip(self) -> None:
        """Go on to the next character that is neither white space nor comment."""
        while True:
            if found := _SPACE.match(self.text, self.at):
                self.at = found.end()
            if not self.text.startswith("/", self.at):
                return
            found = _COMMENT.match(self.text, self.at)
            if not found:
                raise self.wrong("a comment does not end")
            self.at = self.last = found.end()

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> None:
        self.at += 1
        self.last = self.at

    def value(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise self.wrong(f"more than {DEEPEST} levels of nesting")
        start = self.at
        if self.peek() in ("{", "["):
            return self.container(depth)
        self.end_of(_STRING if self.peek() == '"' else _SCALAR)
        try:
            value = json.loads(self.text[start : self.at])
        except ValueError:  # a number with thousands of digits
            self.at = start
            raise self.wrong("a value cannot be read") from None
        return Node(self.text, start, self.at, value, depth)

    def container(self, depth: int) -> Node:
        """An object or an array, by the standard library where it has no comments and no trailing commas."""
        start = self.at
        try:
            value, self.at = _DECODER.raw_decode(self.text, start)
            self.last = self.at
            return Node(self.text, start, self.at, value, depth)
        except (ValueError, RecursionError):
            items, _ = self.inside(depth)
        if self.text[start] == "{":
            return Node(self.text, start, self.at, {item.key: item.node.value for item in items}, depth)
        return Node(self.text, start, self.at, [item.node.value for item in items], depth)

    def end_of(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        if not found or self.text[found.end() : found.end() + 1].isalnum():
            raise self.wrong(
                "a value is missing or cannot be read" if self.at < len(self.text) else "the end is missing"
            )
        self.at = self.last = found.end()
        return self.at

    def inside(self, depth: int) -> tuple[tuple[Item, ...], int]:
        """What is in an object or an array, and where the last of it ends."""
        closing, items = "}" if self.peek() == "{" else "]", list[Item]()
        self.take()
        self.skip()
        while self.peek() != closing:
            if items and items[-1].comma is None:
                raise self.wrong(f"a comma or {closing} is missing")
            items.append(self.item(depth, keyed=closing == "}"))
        opened = self.last
        self.take()
        return tuple(items), opened

    def item(self, depth: int, keyed: bool) -> Item:
        start, key = self.at, None
        if keyed:
            if self.peek() != '"':
                raise self.wrong("a key in double quotes is missing")
            key = str(json.loads(self.text[start : self.end_of(_STRING)]))
            self.skip()
            if self.peek() != ":":
                raise self.wrong("a colon is missing")
            self.take()
            self.skip()
        node = self.value(depth + 1)
        self.skip()
        comma = self.at if self.peek() == "," else None
        if comma is not None:
            self.take()
            self.skip()
        return Item(start, key, node, comma)

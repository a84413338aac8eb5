"""Changes of a JSON text in spots: what is not concerned keeps its bytes, and taking out undoes putting in."""

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from session_buddy.assistants.jsonc import Node, parse, place
from session_buddy.errors import ConfigurationError

Path = Sequence[str | int]

_COMMENT = re.compile(r"//[^\r\n]*|/\*.*?\*/", re.DOTALL)


class Style(NamedTuple):
    """How a document is laid out: its line end, one step of indentation, and whether it is all on one line."""

    newline: str
    unit: str
    compact: bool


def style_of(text: str) -> Style:
    """The layout of a document; two spaces and line feeds where it shows none."""
    root = parse(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    unit = (_own_margin(text, root) if root.items else None) or "  "
    return Style(newline, unit, "\n" not in text.strip() and bool(root.items))


def found(text: str, path: Path) -> Node | None:
    """The value at a path, or None."""
    node: Node | None = parse(text)
    for step in path:
        if node is None:
            return None
        if isinstance(step, int):
            node = node.items[step].node if node.is_array and step < len(node.items) else None
        else:
            item = node.member(step) if node.is_object else None
            node = item.node if item else None
    return node


def put(text: str, path: Sequence[str], value: Any) -> str:
    """Give the member at `path` this value. What is missing on the way is made; what is equal stays as it is written.

    Raises:
        ConfigurationError: something on the way is not an object.
    """
    node = parse(text)
    for depth, key in enumerate(path):
        _require_object(text, node, path[:depth])
        item = node.member(key)
        if item is None:
            for missing in reversed(path[depth + 1 :]):
                value = {missing: value}
            return _inserted(text, node, key, value)
        node = item.node
    return text if node.value == value else replaced(text, node, value)


def append(text: str, path: Sequence[str], value: Any) -> str:
    """Put an element at the end of the array at `path`, which is made where it is missing.

    Raises:
        ConfigurationError: it is not an array, or something on the way is not an object.
    """
    node = found(text, path)
    if node is None:
        return put(text, path, [value])
    if not node.is_array:
        raise ConfigurationError(f"{'.'.join(path)} must be a list at {place(text, node.start)}")
    return _inserted(text, node, None, value)


def replaced(text: str, node: Node, value: Any) -> str:
    """The text with another value in the place of `node`."""
    written = _written(value, style_of(text), _margin(text, node.start))
    return text[: node.start] + written + text[node.end :]


def removed(text: str, path: Path) -> str:
    """The text without the member or element at `path`, which is there. Comments stay."""
    holder = found(text, path[:-1])
    assert holder is not None
    step = path[-1]
    item = holder.member(step) if isinstance(step, str) else holder.items[step]
    assert item is not None
    index = holder.items.index(item)
    if len(holder.items) == 1 and not _comments(text, holder.start + 1, item.start, item.node.end, holder.end - 1):
        return text[: holder.start + 1] + text[holder.end - 1 :]
    start = len(text[: item.start].rstrip(" \t\r\n"))
    before = holder.items[index - 1].comma if index else holder.start
    assert before is not None
    end, rest = item.node.end, text[item.node.end :]
    if item.comma is not None:
        between = text[end : item.comma]
        rest = (between if between.strip() else "") + text[item.comma + 1 :]
    if _ends_with_line_comment(text[before + 1 : start]) and not re.match(r"[ \t]*\r?\n", rest):
        start = item.start
    kept = text[:start]
    if item.comma is None and index:
        kept = kept[:before] + kept[before + 1 :]
    return kept + rest


def _require_object(text: str, node: Node, path: Sequence[str]) -> None:
    if not node.is_object:
        what = ".".join(path) or "the document"
        raise ConfigurationError(f"{what} must be an object in braces at {place(text, node.start)}")


def _inserted(text: str, node: Node, key: str | None, value: Any) -> str:
    """The text with one more member or element at the end of `node`."""
    style = style_of(text)
    name = "" if key is None else json.dumps(key, ensure_ascii=False) + ": "
    if not node.items:
        return _first(text, node, name, value, style)
    last = node.items[-1]
    margin = _own_margin(text, node)
    if margin is None:
        chunk = " " + name + _written(value, style._replace(compact=True), "")
    else:
        chunk = style.newline + margin + name + _written(value, style, margin)
    if last.comma is not None:
        return text[: node.opened] + chunk + "," + text[node.opened :]
    return text[: last.node.end] + "," + text[last.node.end : node.opened] + chunk + text[node.opened :]


def _first(text: str, node: Node, name: str, value: Any, style: Style) -> str:
    """The text with a first member or element in `node`, which is empty but for comments."""
    rest = text[node.opened : node.end - 1]
    if style.compact and not _comments(text, node.start + 1, node.end - 1):
        return text[: node.opened] + name + _written(value, style, "") + text[node.end - 1 :]
    outer = _margin(text, node.start)
    chunk = style.newline + outer + style.unit + name + _written(value, style, outer + style.unit)
    return text[: node.opened] + chunk + (rest if "\n" in rest else style.newline + outer) + text[node.end - 1 :]


def _own_margin(text: str, node: Node) -> str | None:
    """The indentation of the items of `node`; None where they follow each other on a line."""
    for item in reversed(node.items):
        line = text[text.rfind("\n", 0, item.start) + 1 : item.start]
        if not line.strip(" \t") and "\n" in text[node.start : item.start]:
            return line
    if _ends_with_line_comment(text[node.items[-1].node.end : node.opened].lstrip(", \t\r\n")):
        return _margin(text, node.start)
    return None


def _margin(text: str, at: int) -> str:
    """The indentation of the line that `at` is in."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _comments(text: str, *bounds: int) -> bool:
    """Whether anything but white space and commas stands between each pair of bounds."""
    return any(text[start:end].strip(" \t\r\n,") for start, end in zip(bounds[::2], bounds[1::2], strict=True))


def _ends_with_line_comment(text: str) -> bool:
    comments = _COMMENT.findall(text)
    return bool(comments) and comments[-1].startswith("//") and text.rstrip().endswith(comments[-1].rstrip())


def _written(value: Any, style: Style, margin: str) -> str:
    """A value as JSON; lists of plain values on one line."""
    if style.compact or not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return json.dumps(value, ensure_ascii=False)
    inner = margin + style.unit
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {_written(one, style, inner)}" for key, one in value.items()]
    else:
        parts = [_written(one, style, inner) for one in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = f",{style.newline}{inner}".join(parts)
    return f"{opening}{style.newline}{inner}{lines}{style.newline}{margin}{closing}"

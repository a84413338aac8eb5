"""Our hooks in an assistant's JSON document, between the hooks of others."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from session_buddy.assistants.commands import is_our_hook
from session_buddy.assistants.existing_settings import ALL, hook_after
from session_buddy.assistants.jsonc import Node, parse
from session_buddy.assistants.jsonc_edits import append, found, put, removed, replaced
from session_buddy.assistants.server_entry import refuse_twice
from session_buddy.errors import ConfigurationError

HOOKS = "hooks"
VERSION = "version"

Handlers = dict[str, dict[str, Any]]


class Placed(NamedTuple):
    """One of our hooks: its event, the path to it, what stands there, and whether it sees all of the event, which a
    matcher may keep it from."""

    event: str
    path: tuple[str | int, ...]
    node: Node
    is_whole: bool


def ours_in(text: str) -> list[Placed]:
    """Our hooks in a document, in their order; both shapes are looked for: groups of hooks, and hooks themselves."""
    hooks = found(text, (HOOKS,))
    if hooks is None or not hooks.is_object:
        return []
    return [placed for item in hooks.items for placed in _of_event(str(item.key), item.node)]


def with_hooks(text: str, wanted: Handlers, grouped: bool, keep: str = ALL) -> str:
    """The document with one hook of ours for each event, and none for others. What is there already stays in its
    place; hooks of others are not touched.

    Raises:
        ConfigurationError: the document has another shape.
    """
    _check(text, wanted)
    if keep != ALL:
        refuse_twice(text, (HOOKS,))
    seen = set()
    for placed in ours_in(text):
        if placed.is_whole and placed.event not in seen:
            if placed.event in wanted:
                text = _rewritten(text, placed.event, wanted[placed.event], keep)
            seen.add(placed.event)
    text = _without(text, lambda placed, first: placed.event not in wanted or not first)
    for event, handler in wanted.items():
        if event not in seen:
            text = append(text, (HOOKS, event), {"hooks": [handler]} if grouped else handler)
    return text


def without_hooks(text: str, holders: Collection[str] | None = None) -> str:
    """The document without our hooks, and without the lists that held nothing else, as far as they are among the
    `holders` that may go (all, where none are given)."""
    text = _without(text, lambda placed, first: True, holders)
    version = found(text, (VERSION,))
    is_left = VERSION in (holders or ()) and version and version.value == 1 and found(text, (HOOKS,)) is None
    return removed(text, (VERSION,)) if is_left else text


def holders_in(text: str) -> set[str]:
    """What may hold entries of ours in a document: its members, and the lists of its hooks."""
    hooks = found(text, (HOOKS,))
    events = {f"{HOOKS}.{item.key}" for item in (hooks.items if hooks else ())}
    return events | {str(item.key) for item in parse(text).items}


def _of_event(event: str, node: Node) -> Iterator[Placed]:
    for number, item in enumerate(node.items if node.is_array else ()):
        if is_our_hook(item.node.value):
            yield Placed(event, (HOOKS, event, number), item.node, _sees_all(item.node.value))
        inner = item.node.member("hooks") if item.node.is_object else None
        for place, one in enumerate(inner.node.items if inner and inner.node.is_array else ()):
            if is_our_hook(one.node.value):
                yield Placed(event, (HOOKS, event, number, "hooks", place), one.node, _sees_all(item.node.value))


def _sees_all(matching: dict[str, Any]) -> bool:
    return matching.get("matcher") in (None, "", "*")


def _check(text: str, wanted: Handlers) -> None:
    hooks = found(text, (HOOKS,))
    if hooks is not None and not hooks.is_object:
        raise ConfigurationError(f"{HOOKS} must be an object in braces")
    for event in wanted:
        node = found(text, (HOOKS, event))
        if node is not None and not node.is_array:
            raise ConfigurationError(f"{HOOKS}.{event} must be a list")


def _rewritten(text: str, event: str, handler: dict[str, Any], keep: str) -> str:
    """The first of our hooks for this event, as it should be now; other members of it stay as far as they are kept."""
    first = next(placed for placed in ours_in(text) if placed.event == event and placed.is_whole)
    value = hook_after(first.node.value, handler, keep)
    return text if value == first.node.value else replaced(text, first.node, value)


def _without(text: str, goes: Any, holders: Collection[str] | None = None) -> str:
    """Take out the hooks of which `goes(placed, first whole one of its event)` holds, from the last to the first."""
    seen, going = set[str](), list[Placed]()
    for placed in ours_in(text):
        first = placed.is_whole and placed.event not in seen
        if goes(placed, first):
            going.append(placed)
        if first:
            seen.add(placed.event)
    for placed in reversed(going):
        text = _pruned(removed(text, placed.path), placed.path, holders)
    return text


def _pruned(text: str, path: tuple[str | int, ...], holders: Collection[str] | None) -> str:
    """Take out what holds nothing any more: the list of hooks with its group, the event's list, all hooks."""
    if len(path) == 5:
        inner = found(text, path[:4])
        if inner is None or inner.value != []:
            return text
        text = removed(text, path[:3])
    for holder in (path[:2], path[:1]):
        if holders is not None and ".".join(map(str, holder)) not in holders:
            return text
        node = found(text, holder)
        if node is None or node.value or node.end - node.start != 2:
            return text
        text = removed(text, holder)
    return text


def version_put(text: str) -> str:
    """The document with Cursor's version of the format, where it is still empty."""
    return text if parse(text).value else put(text, (VERSION,), 1)

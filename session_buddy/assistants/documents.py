"""What our entries make of a configuration file's bytes, whatever its format."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from session_buddy.assistants import claude_code_hooks, codex_hooks, cursor_hooks, server_entry, toml_tables
from session_buddy.assistants.commands import HOOK
from session_buddy.assistants.configurations import CLAUDE_CODE, CODEX, CURSOR, Places
from session_buddy.assistants.existing_settings import ALL
from session_buddy.assistants.hook_entries import Handlers, holders_in, ours_in, version_put, with_hooks, without_hooks
from session_buddy.assistants.safe_files import UNCHANGED
from session_buddy.errors import ConfigurationError

BOM = "\ufeff"

Edit = Callable[[str], str]


class Wanted(NamedTuple):
    """What is to be installed: our command, the variables of the server, the store that hooks are given, which is
    absolute, and what is kept of entries that are there."""

    command: str
    env: dict[str, str]
    store: str | None
    keep: str = ALL


def handlers_of(assistant: str, wanted: Wanted) -> Handlers:
    """The hooks of an assistant, by event; none where they are not installed."""
    arguments = [HOOK, "--store", wanted.store] if wanted.store else [HOOK]
    tables = {CLAUDE_CODE: claude_code_hooks, CODEX: codex_hooks, CURSOR: cursor_hooks}
    return tables[assistant].handlers(wanted.command, arguments) if assistant in tables else {}


def server_edit(places: Places, wanted: Wanted) -> Edit:
    """What puts our server into the document of servers."""
    servers = places.servers
    if servers is None:
        return lambda text: toml_tables.with_server(text, wanted.command, wanted.env, wanted.keep)
    return lambda text: server_entry.with_server(text, servers, wanted.command, wanted.env, wanted.keep)


def hooks_update(assistant: str, wanted: Wanted) -> Edit:
    """What brings the hooks of ours that are there already up to date, and enters no others."""
    handlers = handlers_of(assistant, wanted)

    def update(text: str) -> str:
        there = {placed.event for placed in ours_in(text)}
        present = {event: handler for event, handler in handlers.items() if event in there}
        return with_hooks(text, present, assistant != CURSOR, wanted.keep) if there else text

    return update


def hooks_edit(assistant: str, wanted: Wanted) -> Edit:
    """What puts our hooks into the document of hooks."""
    handlers = handlers_of(assistant, wanted)
    if assistant == CURSOR:
        return lambda text: with_hooks(version_put(text), handlers, False, wanted.keep)
    return lambda text: with_hooks(text, handlers, True, wanted.keep)


def removal(places: Places, path: str, holders: Collection[str] | None = None) -> Edit:
    """What takes everything of ours out of one of an assistant's files, and of the empty `holders` those that are
    named; all where none are."""
    servers = places.servers
    if path == places.hooks_file:
        return lambda text: without_hooks(text, holders)
    if servers is None:
        return toml_tables.without_server
    return lambda text: server_entry.without_server(text, servers, holders)


def holders_made(path: str, before: bytes | None, after: bytes) -> tuple[str, ...]:
    """The holders of entries that are in a file since an edit; those of TOML come and go with what they hold."""
    if path.endswith(".toml"):
        return ()
    was, became = decoded(before or b""), decoded(after)
    return tuple(sorted(holders_in(became) - (holders_in(was) if was.strip() else set())))


def entry_in(places: Places, data: bytes | None) -> Any:
    """What stands under our name in the file of servers; None when nothing does.

    Raises:
        ConfigurationError: the file cannot be understood.
    """
    text = decoded(data or b"")
    if not text.strip():
        return None
    return toml_tables.entry_in(text) if places.servers is None else server_entry.entry_in(text, places.servers)


def hooks_in(data: bytes | None) -> Handlers:
    """Our hooks in a file of hooks, by event; without those that see a part of it only.

    Raises:
        ConfigurationError: the file cannot be understood.
    """
    text = decoded(data or b"")
    return {placed.event: placed.node.value for placed in ours_in(text) if placed.is_whole} if text.strip() else {}


def any_hooks_in(data: bytes | None) -> bool:
    """Whether hooks of ours are in a file of hooks.

    Raises:
        ConfigurationError: the file cannot be understood.
    """
    text = decoded(data or b"")
    return bool(text.strip() and ours_in(text))


def edited(path: str, data: bytes | None, edit: Edit, is_toml: bool) -> bytes:
    """The bytes of a file with an edit made; those that are there, where it changes nothing.

    Raises:
        ConfigurationError: the file cannot be understood, or the edit cannot be made.
    """
    try:
        text = decoded(data or b"")
        start = text if is_toml or text.strip() else "{}\n"
        after = edit(start)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path} cannot be changed: {error}. {UNCHANGED}") from None
    if after == start:
        return data or b""
    mark = BOM if (data or b"").startswith(BOM.encode()) else ""
    return (mark + after).encode()


def says_nothing(data: bytes, is_toml: bool) -> bool:
    """Whether a file that install has made holds nothing any more that anyone has written."""
    text = decoded(data)
    return not text.strip() if is_toml else "".join(text.split()) in ("", "{}", '{"version":1}')


def decoded(data: bytes) -> str:
    """The text of a file, without a byte order mark.

    Raises:
        ConfigurationError: it is not UTF-8.
    """
    try:
        return data.decode().removeprefix(BOM)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise ConfigurationError(f"it is not UTF-8 at line {line}, column {column}") from None

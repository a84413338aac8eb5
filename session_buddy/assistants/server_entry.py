"""The entry of our server in an assistant's JSON document."""

from collections.abc import Collection
from typing import Any

from session_buddy.assistants.commands import is_our_server, program_of
from session_buddy.assistants.existing_settings import ALL, of_server, server_entry_after
from session_buddy.assistants.jsonc_edits import found, put, removed
from session_buddy.assistants.showing import shown
from session_buddy.errors import ConfigurationError

NAME = "session-buddy"


def wanted_entry(command: str, env: dict[str, str]) -> dict[str, Any]:
    """The entry as it is written where there is none yet."""
    return {"type": "stdio", "command": command, "args": [], "env": env}


def entry_in(text: str, servers: str) -> Any:
    """What stands under our name, ours or not; None when nothing does."""
    node = found(text, (servers, NAME))
    return node.value if node else None


def with_server(text: str, servers: str, command: str, env: dict[str, str], keep: str = ALL) -> str:
    """The document with our server. Of an entry that is there, only the command and the given variables change, unless
    `keep` leaves out what a repository may have brought.

    Raises:
        ConfigurationError: another program has our name there, or the document has another shape.
    """
    if keep != ALL:
        refuse_twice(text, (servers, NAME))
    entry = entry_in(text, servers)
    if entry is None:
        return put(text, (servers, NAME), wanted_entry(command, env))
    refuse_foreign(entry)
    if keep != ALL:
        after = server_entry_after(entry, command, env, keep)
        if after.keys() != entry.keys() or of_server(entry, env) != of_server(after, env):
            return put(text, (servers, NAME), after)
    text = put(text, (servers, NAME, "command"), command)
    if entry.get("command") != command and "-m" in (arguments := entry.get("args") or []):
        text = put(text, (servers, NAME, "args"), arguments[2:])
    for name, value in env.items():
        text = put(text, (servers, NAME, "env", name), value)
    return text


def without_server(text: str, servers: str, holders: Collection[str] | None = None) -> str:
    """The document without our server, and without the object that held nothing else, where that is among the
    `holders` that may go (all, where none are given)."""
    if not is_our_server(entry_in(text, servers)):
        return text
    text = removed(text, (servers, NAME))
    holder = found(text, (servers,))
    may_go = holders is None or servers in holders
    return removed(text, (servers,)) if may_go and holder and text[holder.start : holder.end] == "{}" else text


def refuse_twice(text: str, path: tuple[str, ...]) -> None:
    """Refuse a document with two members of one name on the way to an entry: readers differ in which of them counts.

    Raises:
        ConfigurationError: there are such members.
    """
    for depth in range(len(path) + 1):
        node = found(text, path[:depth])
        keys = [item.key for item in node.items] if node is not None and node.is_object else []
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            where = ".".join(path[:depth]) or "the document"
            raise ConfigurationError(f"{where} holds {shown(str(twice))} twice; remove one of them")


def refuse_foreign(entry: Any) -> None:
    """Refuse to change a server of our name that is not ours, or that no assistant could start.

    Raises:
        ConfigurationError: it starts another program, or its arguments or variables are of a wrong type.
    """
    if not is_our_server(entry):
        program = (program_of(entry) if isinstance(entry, dict) else None) or "something else"
        raise ConfigurationError(f"a server named {NAME} is there that starts {shown(program)}; rename it")
    for member, kind, form in (("args", list, "a list in brackets"), ("env", dict, "a table in braces")):
        if not isinstance(entry.get(member) or kind(), kind):
            raise ConfigurationError(f"{member} of the server {NAME} must be {form}")

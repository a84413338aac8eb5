"""Our server's table in a TOML document, changed as text: all other lines keep their bytes. Every change is read back
and must differ from what was before in our table only."""

import json
import re
import tomllib
from typing import Any

from session_buddy.assistants.commands import is_our_server
from session_buddy.assistants.existing_settings import ALL, of_server, server_entry_after
from session_buddy.assistants.server_entry import NAME, refuse_foreign
from session_buddy.errors import ConfigurationError

SERVERS = "mcp_servers"
TABLE = f"{SERVERS}.{NAME}"

_HEADER = re.compile(r"[ \t]*\[")
_COMMAND = re.compile(
    r"""([ \t]*command[ \t]*=[ \t]*)(?:"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*')(?=[ \t]*(?:#.*)?\r?\n?\Z)"""
)
_OURS = re.compile(rf'[ \t]*\[[ \t]*{SERVERS}[ \t]*\.[ \t]*["\']?{NAME}["\']?[ \t]*(?:\.[^\]]*)?\][ \t]*(?:#.*)?\r?\n?')


def parsed(text: str) -> dict[str, Any]:
    """The document's value.

    Raises:
        ConfigurationError: it is not TOML; the message says where.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(str(error).replace("(at ", "at ").rstrip(")")) from None


def entry_in(text: str) -> Any:
    """What stands under our name, ours or not; None when nothing does."""
    servers = parsed(text).get(SERVERS)
    return servers.get(NAME) if isinstance(servers, dict) else None


def with_server(text: str, command: str, env: dict[str, str], keep: str = ALL) -> str:
    """The document with our server's table at its end, or with what is to change in the table that is there.

    Raises:
        ConfigurationError: another program has our name there, or the table is written in a form not known here.
    """
    entry = entry_in(text)
    if entry is None:
        return _checked(text, _appended(text, command, env), {"command": command, "args": []} | _env(env))
    refuse_foreign(entry)
    if keep != ALL:
        after = server_entry_after(entry, command, env, keep)
        if after.keys() != entry.keys() or of_server(entry, env) != of_server(after, env):
            return _checked(text, _rewritten(text, after), after)
    wanted = dict(entry) | {"command": command}
    if entry["command"] != command and "-m" in (arguments := entry.get("args") or []):
        wanted["args"] = arguments[2:]
    if env:
        wanted["env"] = (entry.get("env") or {}) | env
    if wanted == entry:
        return text
    try:
        return _checked(text, _with_command(text, command), wanted)
    except ConfigurationError:
        return _checked(text, _rewritten(text, wanted), wanted)


def without_server(text: str) -> str:
    """The document without our server's table.

    Raises:
        ConfigurationError: the table is written in a form not known here.
    """
    if not is_our_server(entry_in(text)):
        return text
    return _checked(text, _cut(text)[0], None)


def _appended(text: str, command: str, env: dict[str, str]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    joint = newline if text.endswith("\n") else newline * 2 if text else ""
    return text + joint + _table({"command": command, "args": []} | _env(env), newline)


def _with_command(text: str, command: str) -> str:
    """The document with another command in our table, where that is a key on a line of its own."""
    lines, inside = text.splitlines(keepends=True), False
    for number, line in enumerate(lines):
        if _HEADER.match(line):
            inside = bool(_OURS.fullmatch(line))
        elif inside and (found := _COMMAND.match(line)):
            lines[number] = found[1] + _value(command) + line[found.end() :]
            break
    return "".join(lines)


def _rewritten(text: str, wanted: dict[str, Any]) -> str:
    """The document with our table written anew in its place."""
    rest, at = _cut(text, keep_gap=True)
    return rest[:at] + _table(wanted, "\r\n" if "\r\n" in text else "\n") + rest[at:]


def _cut(text: str, keep_gap: bool = False) -> tuple[str, int]:
    """The document without our tables and the empty line before them, and where the first one began. Comments and
    empty lines before the table that follows stay with that."""
    lines, kept, at = text.splitlines(keepends=True), list[str](), -1
    number = 0
    while number < len(lines):
        if not _OURS.fullmatch(lines[number]):
            kept.append(lines[number])
            number += 1
            continue
        if at < 0 and not keep_gap and kept and not kept[-1].strip():
            kept.pop()
        at = sum(map(len, kept)) if at < 0 else at
        end = number + 1
        while end < len(lines) and not _HEADER.match(lines[end]):
            end += 1
        if end == len(lines) or not _OURS.fullmatch(lines[end]):
            while end > number + 1 and _is_idle(lines[end - 1]):
                end -= 1
        number = end
    return "".join(kept), max(at, 0)


def _is_idle(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _table(entry: dict[str, Any], newline: str) -> str:
    plain = [f"{_key(name)} = {_value(value)}" for name, value in entry.items()]
    return newline.join([f"[{TABLE}]", *plain]) + newline


def _value(value: Any) -> str:
    """A value in TOML. Tables are written on one line."""
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool | str | int | float):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _env(env: dict[str, str]) -> dict[str, Any]:
    return {"env": env} if env else {}


def _checked(before: str, after: str, wanted: dict[str, Any] | None) -> str:
    """`after`, when it says what `before` says and nothing else but our entry.

    Raises:
        ConfigurationError: it does not.
    """
    was, expected = parsed(before), parsed(before)
    servers = expected.setdefault(SERVERS, {})
    if wanted is None:
        del servers[NAME]
    elif isinstance(servers, dict):
        servers[NAME] = wanted
    try:
        became = tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        became = was
    if became.get(SERVERS, {}) != servers or {**became, SERVERS: 0} != {**expected, SERVERS: 0}:
        raise ConfigurationError(f"{SERVERS} is written in a form that is not changed here; edit {TABLE} by hand")
    return after

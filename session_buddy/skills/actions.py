"""What an assistant did, as a short name that tells nothing private: `Edit`, `git commit`, `pytest`.

Of a shell command it is the first program that does something; `cd`, `export` and `sudo` only lead up to it. Kept are
programs by their bare names, and verbs that everybody uses; arguments, own scripts and the names of targets are not.
"""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

from session_buddy.skills.known_programs import (
    KEYWORDS,
    LEAD_UP,
    MODULES,
    NO_COMMANDS,
    RUNNERS,
    SHELLS,
    VALUED,
    VERBS,
    WITH_VERB,
    WRAPPERS,
)
from session_buddy.skills.privacy import clean
from session_buddy.skills.shell_line import Word, commands

LONGEST = 64
MOST = 20
SCRIPT = "script"
"""What a program is called that somebody wrote for a project, whatever its name."""

_MOST_READ = 4_000
_SHELLS = {"Bash", "PowerShell", "Shell", "shell"}
_NOT_OF_NAMES = re.compile(r"[^\w.:/ -]+")
_PROGRAM = re.compile(r"[a-z][a-z0-9._+-]{0,31}|[A-Z][a-z]+-[A-Z][A-Za-z]{1,24}|\[")
_OF_BIN = re.compile(r"(?:[^/]*/)*s?bin/([^/]+)")


def action(tool_name: str, tool_input: Any) -> str:
    """The short name of a tool's use. Of a shell command it is the program, with its verb where it has one."""
    if tool_name in _SHELLS and isinstance(tool_input, dict):
        command = tool_input.get("command")
        if isinstance(command, str) and (name := _of_line(command[:_MOST_READ])):
            return name
    return _NOT_OF_NAMES.sub("", tool_name)[:LONGEST].strip()


def distinct(actions: Iterable[str]) -> list[str]:
    """The actions in their order, each once, the first twenty."""
    return list(dict.fromkeys(actions))[:MOST]


def _of_line(line: str) -> str | None:
    """The first command that does something, or else the first one that leads up to it."""
    first = None
    for words in commands(line):
        name = _of_command(words)
        if name and name not in LEAD_UP:
            return name
        first = first or name
    return None if first in (".", ":", "[") else first


def _of_command(words: list[Word]) -> str | None:
    while words:
        head, words = words[0], words[1:]
        if head is None or head in NO_COMMANDS:
            return None
        if head in KEYWORDS or head.endswith("="):  # the name of an assignment stands for all of it
            continue
        name = _program(head)
        if name in WRAPPERS:
            words = _after_options(words, WRAPPERS[name])
            words = words[1:] if name == "timeout" else words
            if words:
                continue
        return _with_verb(name, words) if name else None
    return None


def _with_verb(name: str, words: list[Word]) -> str | None:
    if name in SHELLS:
        option, line = (*words, None, None)[:2]
        inner = _of_line(line) if option and line and re.fullmatch(r"-[a-z]*c", option) else None
        return inner or name
    if name == "python" and words[:1] == ["-m"]:
        module = words[1] if len(words) > 1 else None
        return (_with_verb("pip", words[2:]) if module == "pip" else module) if module in MODULES else name
    words = _after_options(words, VALUED.get(name, set()))
    verb = words[0] if words else None
    if (runner := (name, verb or "")) in RUNNERS:
        return _of_command(_after_options(words[1:], RUNNERS[runner])) or f"{name} {verb}"
    return f"{name} {verb}" if name in WITH_VERB and verb in VERBS else name


def _after_options(words: list[Word], valued: set[str]) -> list[Word]:
    rest: Iterator[Word] = iter(words)
    for word in rest:
        if word in valued:
            next(rest, None)
        elif word is not None and not word.startswith(("-", "+")):
            return [word, *rest]
    return []


def _program(word: str) -> str | None:
    """What a program is called, by the word that starts it."""
    called = word.replace("\\", "/").removesuffix(".exe")
    if "/" in called:
        of_bin = _OF_BIN.fullmatch(called)
        called = of_bin[1] if of_bin else os.path.basename(called)
        if called and not of_bin and called not in WITH_VERB:
            return SCRIPT
    called = re.sub(r"^(python|pip)[\d.]+$", r"\1", called)
    return called if called in (".", ":") or (_PROGRAM.fullmatch(called) and clean(called).text == called) else None

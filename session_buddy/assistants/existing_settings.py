"""Settings in an existing entry of our server or hooks that install would not write itself.

A project's files come with the repository, so what is in them is untrusted: only a person's agreement keeps it, and
variables that choose the code, the libraries or the home folder of a process are never kept. Files of the user's own,
and files that are as the last installation left them, keep what they hold.
"""

import json
import os
from typing import Any, NamedTuple

from session_buddy.assistants.commands import HOOK, is_our_server, words_after_program, words_of
from session_buddy.common.quoted_text import quoted

ALL, AGREED, NOTHING = "all", "agreed", "nothing"
"""What is kept: all, as in the user's own files; what a person agreed to; nothing."""

MAX_VALUE = 160
_SERVER_MEMBERS = ("type", "command", "args", "env")
_NEVER_MEMBERS = frozenset({"envfile", "shell", "url", "httpurl", "serverurl", "transport", "headers"})
_NEVER = frozenset(
    {
        "PATH", "PATHEXT", "HOME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "BASH_ENV", "ENV",
        "IFS", "SHELL", "SHELLOPTS", "BASHOPTS", "PS4", "COMSPEC", "GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH", "NLSPATH",
        "JAVA_TOOL_OPTIONS", "RUBYOPT", "RUBYLIB", "EDITOR", "VISUAL", "PAGER", "BROWSER", "SSLKEYLOGFILE",
        "CLAUDE_CONFIG_DIR", "CODEX_HOME", "SESSION_BUDDY_CHILD", "TMPDIR", "TEMP", "TMP", "SNAP",
        "LESSOPEN", "LESSCLOSE",
    }
)  # fmt: skip
_NEVER_PREFIXES = (
    "LD_", "DYLD_", "PYTHON", "NODE_", "NPM_", "HF_", "HUGGINGFACE", "TRANSFORMERS_", "SENTENCE_TRANSFORMERS_", "TORCH",
    "PYTORCH", "MPL", "MATPLOTLIB", "DUCKDB", "PIP_", "UV_", "CONDA", "VIRTUAL_ENV", "XDG_", "GIT_", "PERL", "MALLOC_",
    "OPENSSL_", "BASH_FUNC_", "CUDA_", "OMP_", "KMP_", "NVIDIA_",
)  # fmt: skip

Entry = dict[str, Any]


class Existing(NamedTuple):
    """Settings of existing entries, each as one line for a person: those that an agreement keeps, and those that are
    never kept. With `is_trusted`, all of them are kept without one."""

    optional: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    is_trusted: bool = False

    @property
    def any(self) -> bool:
        return bool(self.optional or self.never)


def is_never_kept(variable: str) -> bool:
    """Return whether a variable decides about the code that a process runs or about the user's own folders."""
    name = variable.strip().upper()
    return name in _NEVER or name.startswith(_NEVER_PREFIXES)


def server_entry_after(entry: Entry, command: str, env: dict[str, str], keep: str) -> Entry:
    """Return our server's entry of an untrusted file as install leaves it."""
    after = {name: value for name, value in entry.items() if name in _SERVER_MEMBERS}
    if "type" in after:
        after["type"] = "stdio"
    after["command"] = command
    if keep == AGREED:
        after |= {name: value for name, value in entry.items() if not _is_never_member(name)}
        after |= {"command": command} | ({"type": "stdio"} if "type" in entry else {})
    arguments, variables = _arguments(entry), _variables(entry)
    # Always there, so that a path with blanks is no line of a shell.
    after["args"] = arguments if keep == AGREED else []
    kept = {name: value for name, value in variables.items() if keep == AGREED and not is_never_kept(name)}
    if "env" in entry or env:
        after["env"] = kept | env
    return after


def of_server(entry: Any, env: dict[str, str]) -> Existing:
    """Return what our server's entry holds beyond what install writes; nothing where another program is started."""
    if not isinstance(entry, dict) or not is_our_server(entry):
        return Existing()
    variables = {name: value for name, value in _variables(entry).items() if env.get(name) != value}
    members = {name: value for name, value in entry.items() if name not in _SERVER_MEMBERS}
    if entry.get("type") not in (None, "stdio"):
        members["type"] = entry["type"]
    arguments = _arguments(entry)
    optional = [f"arguments {_value(arguments)}"] if arguments else []
    optional += [f"env {_assignment(name, value)}" for name, value in variables.items() if not is_never_kept(name)]
    optional += [_assignment(name, value) for name, value in members.items() if not _is_never_member(name)]
    never = [f"env {_assignment(name, value)}" for name, value in variables.items() if is_never_kept(name)]
    never += [_assignment(name, value) for name, value in members.items() if _is_never_member(name)]
    return Existing(tuple(optional), tuple(never))


def hook_after(entry: Entry, handler: Entry, keep: str) -> Entry:
    """Return one of our hooks of an existing file as install leaves it."""
    if keep == NOTHING:
        return handler
    refused = keep == AGREED
    kept = {name: value for name, value in entry.items() if not (refused and (_is_never_member(name) or name == "env"))}
    return kept | handler


def of_hooks(entries: dict[str, Entry], handlers: dict[str, Entry]) -> Existing:
    """Return what our hooks hold beyond what install writes; options of the command are never kept."""
    optional, never = list[str](), list[str]()
    for event, entry in entries.items():
        handler = handlers.get(event, {})
        ours = {"type", "command", "args", *handler}
        for name, value in entry.items():
            if name not in ours:
                refused = _is_never_member(name) or name == "env"
                (never if refused else optional).append(f"hook {quoted(event, 60)}: {_assignment(name, value)}")
        if (options := _options(entry)) and options != _options(handler):
            never.append(f"hook {quoted(event, 60)}: options {_value(options)}")
    return Existing(tuple(optional), tuple(never))


def merged(*parts: Existing, is_trusted: bool) -> Existing:
    """Return the settings of several files as one."""
    optional = tuple(line for part in parts for line in part.optional)
    return Existing(optional, tuple(line for part in parts for line in part.never), is_trusted)


def _arguments(entry: Entry) -> list[Any]:
    """The arguments behind the program, also of a command that is one line of a shell."""
    return list(words_after_program(words_of(entry)) or [])


def _options(hook: Entry) -> list[str]:
    """The options of a hook's command; `--from ASSISTANT` is always there and says nothing."""
    words = [str(word) for word in words_after_program(words_of(hook)) or []]
    words = words[1:] if words[:1] == [HOOK] else words
    if "--from" in words:
        at = words.index("--from")
        words = words[:at] + words[at + 2 :]
    return words


def _variables(entry: Entry) -> dict[str, Any]:
    env = entry.get("env")
    return env if isinstance(env, dict) else {}


def _is_never_member(name: str) -> bool:
    return name.replace("_", "").replace("-", "").casefold() in _NEVER_MEMBERS


def _assignment(name: str, value: Any) -> str:
    return f"{quoted(name, 80)}={_value(value)}"


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return quoted(os.fsencode(text).decode("utf-8", "replace"), MAX_VALUE)

"""What install and uninstall change: planned as a whole first, so that an obstacle anywhere leaves everything alone."""

import os
from typing import NamedTuple

from session_buddy.assistants import existing_settings, receipts
from session_buddy.assistants.commands import STORE, store_of
from session_buddy.assistants.configurations import CLAUDE_CODE, CODEX, PROJECT, USER, Places, places
from session_buddy.assistants.documents import (
    Wanted,
    any_hooks_in,
    edited,
    entry_in,
    handlers_of,
    hooks_edit,
    hooks_in,
    hooks_update,
    removal,
    says_nothing,
    server_edit,
)
from session_buddy.assistants.existing_settings import AGREED, ALL, NOTHING, Existing
from session_buddy.assistants.receipts import Receipt
from session_buddy.assistants.safe_files import UNCHANGED, content, refuse_read_only, target_of
from session_buddy.assistants.showing import shown
from session_buddy.errors import ConfigurationError
from session_buddy.settings import Settings

PROJECT_VARIABLE = "SESSION_BUDDY_PROJECT"


class Change(NamedTuple):
    """What becomes of one file; None stands for no file. `receipt` is what an earlier installation left. `pure` holds
    what `before` is without anything of ours; `is_private` is true for a file that nobody but the person should read,
    where it is new."""

    path: str
    target: str
    before: bytes | None
    after: bytes | None
    receipt: Receipt | None
    pure: bytes | None
    is_private: bool

    @property
    def changes(self) -> bool:
        return self.before != self.after

    @property
    def is_as_left(self) -> bool:
        """Whether the file is as the last installation left it."""
        return bool(self.receipt and self.before is not None and receipts.digest(self.before) == self.receipt.digest)

    @property
    def is_known(self) -> bool:
        """Whether the bytes from before the installation can be brought back."""
        if not self.is_as_left or not self.receipt:
            return False
        return self.receipt.made if self.receipt.original is None else os.path.isfile(self.receipt.original)


def plan_install(
    settings: Settings,
    assistant: str,
    scope: str,
    command: str,
    store: str | None,
    hooks: bool = True,
    keep: bool = False,
) -> list[Change]:
    """The changes that put our entries where they belong. `keep` keeps what may be kept of a project's entries, which
    the repository may have brought; see `existing`.

    Raises:
        ConfigurationError: one of the files cannot be changed.
    """
    where = _places(settings, assistant, scope)
    for text in (command, settings.project, store or ""):
        _refuse_undecodable(text)
    server_data = content(_target(where, where.server_file, scope))
    is_own = is_trusted(settings, where.server_file, scope, server_data)
    named = store or (_store_for_hooks(settings, where, scope, server_data) if is_own else None)
    env = _env(settings, assistant, scope, store)
    wanted = Wanted(command, env, named and fixed_store(settings, scope, named), _kept(is_own, keep))
    edits = [(where.server_file, server_edit(where, wanted))]
    if where.hooks_file and (hooks or _has_hooks(where.hooks_file)):
        hooks_data = content(_target(where, where.hooks_file, scope))
        wanted = wanted._replace(keep=_kept(is_trusted(settings, where.hooks_file, scope, hooks_data), keep))
        edit = hooks_edit(assistant, wanted) if hooks else hooks_update(assistant, wanted)
        edits.append((where.hooks_file, edit))
    planned = []
    for path, edit in edits:
        target = _target(where, path, scope)
        before = content(target)
        after: bytes | None = edited(path, before, edit, _is_toml(path))
        pure = edited(path, before, removal(where, path), _is_toml(path))
        after = before if before is not None and after == before else after
        planned.append(
            _writable(
                Change(path, target, before, after, receipts.read(settings.data_folder, target), pure, scope == USER)
            )
        )
    return planned


def existing(settings: Settings, assistant: str, scope: str, store: str | None) -> Existing:
    """Return the settings of our entries that are there and that install would not write itself.

    Raises:
        ConfigurationError: one of the files cannot be read.
    """
    where = _places(settings, assistant, scope)
    env = _env(settings, assistant, scope, store)
    server_data = content(_target(where, where.server_file, scope))
    trusted = is_trusted(settings, where.server_file, scope, server_data)
    try:
        parts = [existing_settings.of_server(entry_in(where, server_data), env)]
        if where.hooks_file:
            hooks_data = content(_target(where, where.hooks_file, scope))
            handlers = handlers_of(assistant, Wanted("", {}, None))
            if not is_trusted(settings, where.hooks_file, scope, hooks_data):
                parts.append(existing_settings.of_hooks(hooks_in(hooks_data), handlers))
    except ConfigurationError:
        return Existing()  # reported when the file is to be changed
    if trusted and any(part.any for part in parts[1:]):
        return existing_settings.merged(*parts[1:], is_trusted=False)
    return existing_settings.merged(*parts, is_trusted=trusted)


def is_trusted(settings: Settings, path: str, scope: str, data: bytes | None) -> bool:
    """Whether what a file holds comes from the user: a file of theirs, or one that is as an installation left it."""
    if scope != PROJECT or data is None:
        return True
    receipt = receipts.read(settings.data_folder, os.path.realpath(path))
    return receipt is not None and receipt.digest == receipts.digest(data)


def _store_for_hooks(settings: Settings, where: Places, scope: str, server_data: bytes | None) -> str | None:
    """The store of an entry that hooks get too. In a project it is one that an installation has given them before: a
    store that was only kept in the entry stays there."""
    named = store_in(where, server_data)
    if scope != PROJECT or named is None or where.hooks_file is None:
        return named
    try:
        data = content(_target(where, where.hooks_file, scope))
        stores = [store_of(hook) for hook in hooks_in(data).values()]
    except ConfigurationError:
        return None  # reported when the file is to be changed
    own = is_trusted(settings, where.hooks_file, scope, data)
    return named if own and fixed_store(settings, scope, named) in stores else None


def _kept(is_own: bool, keep: bool) -> str:
    return ALL if is_own else AGREED if keep else NOTHING


def plan_uninstall(settings: Settings, assistant: str, scope: str) -> list[Change]:
    """The changes that take our entries out: to what was there before, where nobody else has changed the file since.

    Raises:
        ConfigurationError: one of the files cannot be changed.
    """
    where = _places(settings, assistant, scope)
    planned = []
    for path in where.files:
        target = _target(where, path, scope)
        before, receipt = content(target), receipts.read(settings.data_folder, target)
        change = Change(path, target, before, before, receipt, None, scope == USER)
        if before is not None:
            change = change._replace(after=_original(change) if change.is_known else _taken_out(where, change))
        planned.append(_writable(change))
    return planned


def _places(settings: Settings, assistant: str, scope: str) -> Places:
    if scope == PROJECT and settings.tree == settings.data_folder:
        raise ConfigurationError(f"This folder is no project. {UNCHANGED} Go to the project's folder, or give --user.")
    where = places(settings, assistant, scope)
    for text in (settings.data_folder, *where.files):
        _refuse_undecodable(text)
    return where


def _refuse_undecodable(path: str) -> None:
    """A path with bytes that are not UTF-8 can stand in no configuration file."""
    try:
        path.encode()
    except UnicodeEncodeError:
        raise ConfigurationError(f"{shown(path)} has a name that is not UTF-8. {UNCHANGED} Rename it.") from None


def _target(where: Places, path: str, scope: str) -> str:
    """The file that `path` stands for. A project may be a stranger's, so its links are not followed out of it nor into
    git's own files; a person's own links are.

    Raises:
        ConfigurationError: the file of a project leads elsewhere, or has other names that would keep the old content.
    """
    if scope != PROJECT:
        return target_of(path, None)
    target = target_of(path, where.folder)
    below = os.path.relpath(target, os.path.realpath(where.folder)).split(os.sep)
    if any(part.casefold() == ".git" for part in below):
        raise ConfigurationError(f"{shown(path)} is a link into git's own files, to {shown(target)}. {UNCHANGED}")
    if os.path.isfile(target) and os.stat(target).st_nlink > 1:
        raise ConfigurationError(
            f"{shown(path)} is a file with several names (hard links). {UNCHANGED} Put a copy in its place."
        )
    return target


def _env(settings: Settings, assistant: str, scope: str, store: str | None) -> dict[str, str]:
    """The variables of the server. Claude Code and Codex start it in the project; of others that is not certain."""
    env = {STORE: store} if store else {}
    if scope == PROJECT and assistant not in (CLAUDE_CODE, CODEX):
        env[PROJECT_VARIABLE] = settings.project
    return env


def store_in(where: Places, data: bytes | None) -> str | None:
    """The store that an entry of ours names already, as it is written there."""
    try:
        return store_of(entry_in(where, data))
    except ConfigurationError:
        return None  # said when the file is to be changed


def fixed_store(settings: Settings, scope: str, named: str) -> str | None:
    """The file that an entry names as its store; None where that is not one file: the assistant is to fill in a
    variable, or it lies in each project."""
    path = os.path.expanduser(named)
    if "${" in path or (scope != PROJECT and not os.path.isabs(path)):
        return None
    return os.path.abspath(os.path.join(settings.project, path))


def _original(change: Change) -> bytes | None:
    assert change.receipt
    return content(change.receipt.original) if change.receipt.original else None


def _taken_out(where: Places, change: Change) -> bytes | None:
    assert change.before is not None
    receipt, is_toml = change.receipt, _is_toml(change.path)
    take_out = removal(where, change.path, receipt.holders if receipt else None)
    after = edited(change.path, change.before, take_out, is_toml)
    if receipt and receipt.made and after != change.before and says_nothing(after, is_toml):
        return None
    return after


def _writable(change: Change) -> Change:
    if change.changes:
        refuse_read_only(change.target)
    return change


def _has_hooks(hooks_file: str) -> bool:
    """Whether hooks of ours are there already; a file that cannot be read holds up nobody who wants none."""
    try:
        return any_hooks_in(content(hooks_file))
    except ConfigurationError:
        return False


def _is_toml(path: str) -> bool:
    return path.endswith(".toml")

"""What `doctor` says of the installation for each assistant that is used on this machine."""

import os
import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple

from session_buddy.assistants.commands import HOOK, is_our_server, own_script, program_of, store_of
from session_buddy.assistants.configurations import ASSISTANTS, CLAUDE_CODE, PROJECT, SCOPES, TITLES, is_used, places
from session_buddy.assistants.documents import Wanted, entry_in, handlers_of, hooks_in
from session_buddy.assistants.hook_entries import Handlers
from session_buddy.assistants.installing import fixed_store
from session_buddy.assistants.safe_files import content
from session_buddy.assistants.server_entry import NAME
from session_buddy.assistants.showing import shown
from session_buddy.cli import check_plugin
from session_buddy.cli.claude_code_told import LOCAL, local_server, taking_out, without_hooks, without_server
from session_buddy.cli.finding import Finding
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings


class Entered(NamedTuple):
    """What stands in the files of one assistant in one scope."""

    scope: str
    server: Any
    hooks: Handlers

    @property
    def anything(self) -> bool:
        return self.server is not None or bool(self.hooks)


def findings(settings: Settings) -> Iterator[Finding]:
    """One finding for each assistant, and one for each file that cannot be read."""
    for assistant in ASSISTANTS:
        if is_used(settings, assistant):
            yield from _of(settings, assistant)


def _of(settings: Settings, assistant: str) -> Iterator[Finding]:
    entered = list[Entered]()
    yield from _look(settings, assistant, entered)
    present = [one for one in entered if one.anything]
    plugin = assistant == CLAUDE_CODE and check_plugin.is_enabled(settings)
    install = f"session-buddy install {assistant}{'' if _is_project(settings) else ' --user'}"
    if plugin:
        yield from check_plugin.findings(settings, [one.scope for one in present], install)
    elif not present:
        advice = f"session_buddy is not installed for it; `{install}` does that"
        yield Finding("install", True, f"{TITLES[assistant]}: {advice}")
        return
    for one in present:
        problems = [*_of_server(one, present), *_of_hooks(settings, assistant, one)]
        bad = ["; ".join((*problems, *_mend(assistant, one)))] if problems else []
        bad += _told(settings, one) if assistant == CLAUDE_CODE else []
        for text in bad or [_good(one)]:
            yield Finding("install", not bad, f"{TITLES[assistant]} ({one.scope}): {text}")
    if _told_twice(assistant, [one.hooks for one in present if one.hooks]):
        text = f"every event is told twice; `session-buddy uninstall {assistant} --user` leaves the project's hooks"
        yield Finding("install", False, f"{TITLES[assistant]}: {text}")


def _look(settings: Settings, assistant: str, entered: list[Entered]) -> Iterator[Finding]:
    """Add to `entered` what stands in each scope, and tell of files that cannot be read."""
    for scope in SCOPES:
        try:
            if scope != PROJECT or _is_project(settings):
                entered.append(_entered(settings, assistant, scope))
        except BuddyError as error:
            yield Finding("install", False, shown(f"{TITLES[assistant]}: {error}", 400))
    if assistant == CLAUDE_CODE:
        entered.append(Entered(LOCAL, local_server(settings), {}))


def _is_project(settings: Settings) -> bool:
    return bool(settings.tree != settings.data_folder)


def _mend(assistant: str, one: Entered) -> Iterator[str]:
    """The command that mends what is in a scope; none where another program has our name, which install refuses."""
    if one.scope == LOCAL:
        yield f"`{taking_out(LOCAL)}` takes it out"
    elif one.server is None or is_our_server(one.server):
        yield f"`session-buddy install {assistant} --{one.scope}` mends it"


def _told(settings: Settings, one: Entered) -> Iterator[str]:
    """What keeps Claude Code from using what is entered."""
    if one.hooks:
        yield from without_hooks(settings)
    if one.scope == PROJECT and one.server is not None:
        yield from without_server(settings)


def _told_twice(assistant: str, hooks: list[Handlers]) -> bool:
    """Whether hooks of two scopes run both. Claude Code runs those that are the same once."""
    return len(hooks) > 1 and (assistant != CLAUDE_CODE or hooks[0] != hooks[1])


def _entered(settings: Settings, assistant: str, scope: str) -> Entered:
    where = places(settings, assistant, scope)
    try:
        path = where.server_file
        server = entry_in(where, content(path))
        path = where.hooks_file or ""
        hooks = hooks_in(content(path)) if path else {}
    except BuddyError as error:
        raise BuddyError(str(error) if path in str(error) else f"{path} cannot be understood: {error}") from None
    return Entered(scope, server, hooks)


def _good(one: Entered) -> str:
    parts = ["server"] if one.server is not None else []
    if one.hooks:
        parts.append(f"{len(one.hooks)} hooks")
    return " and ".join(parts)


def _of_server(one: Entered, present: list[Entered]) -> Iterator[str]:
    if one.server is None:
        if not any(other.server is not None for other in present):
            yield "the server is not entered"
    elif not is_our_server(one.server):
        yield f"the server named {NAME} starts {shown(program_of(one.server) or 'something else')}; rename it"
    else:
        yield from _of_program(program_of(one.server) or "", "the server's command")


def _of_hooks(settings: Settings, assistant: str, one: Entered) -> Iterator[str]:
    wanted = handlers_of(assistant, Wanted("", {}, None))
    if not one.hooks:
        return
    if missing := [event for event in wanted if event not in one.hooks]:
        yield f"hooks are missing: {', '.join(missing)}"
    for program in sorted({program_of(handler) or HOOK for handler in one.hooks.values()}):
        yield from _of_program(program, "the hooks' command")
    if is_our_server(one.server) and len(stores := _stores(settings, one)) > 1:
        yield f"server and hooks use different stores: {', '.join(sorted(shown(store) for store in stores))}"


def _stores(settings: Settings, one: Entered) -> set[str]:
    """The stores of server and hooks; of those that are not one file for certain nothing is said."""
    named = [store_of(entry) for entry in (one.server, *one.hooks.values())]
    if named[0] and fixed_store(settings, one.scope, named[0]) is None:
        return set()
    return {fixed_store(settings, one.scope, store) or store if store else "the project's own" for store in named}


def _of_program(program: str, whose: str) -> Iterator[str]:
    """What keeps a program from being this installation's."""
    if os.path.basename(program).startswith("python"):
        return
    resolved = program if os.path.isabs(program) else shutil.which(program)
    if resolved is None or not os.path.isfile(resolved):
        where = "does not exist" if os.path.isabs(program) else "is not on the PATH"
        yield f"{whose} {shown(program)} {where}"
    elif not os.access(resolved, os.X_OK):
        yield f"{whose} {shown(program)} cannot be executed"
    elif not _is_this(resolved):
        yield f"{whose} {shown(program)} belongs to another installation"


def _is_this(program: str) -> bool:
    try:
        return os.path.samefile(program, own_script())
    except (OSError, BuddyError):
        return False

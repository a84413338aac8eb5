"""What a person should know about an installation: what the assistant does not do by itself, and what is not known."""

import os
from collections.abc import Iterator

from session_buddy.assistants.configurations import CLAUDE_CODE, CODEX, CURSOR, PROJECT, SCOPES, TITLES, VSCODE, places
from session_buddy.assistants.documents import hooks_in
from session_buddy.assistants.installing import fixed_store, store_in
from session_buddy.assistants.safe_files import content
from session_buddy.assistants.showing import shown
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings


def notes(settings: Settings, assistant: str, scope: str, hooks: bool, store: str | None) -> list[str]:
    """Short sentences, each for itself. `store` is what was given for the server and its hooks."""
    return [
        *_of_scope(settings, assistant, scope),
        *_OF[assistant](scope, hooks),
        *(() if store else _of_store(settings, assistant, scope)),
        *_twice(settings, assistant, scope),
    ]


def _of_scope(settings: Settings, assistant: str, scope: str) -> Iterator[str]:
    if scope == PROJECT:
        where = places(settings, assistant, scope)
        names = [os.path.relpath(file, settings.tree) for file in where.files]
        yield f"A path of this machine stands in {' and '.join(names)}: keep that out of commits."


def _of_claude_code(scope: str, hooks: bool) -> Iterator[str]:
    if scope == PROJECT:
        yield "Claude Code asks once whether the project's server may be used, and runs hooks in trusted folders only."
    yield "Windows of Claude Code that are open see it after a restart."


def _of_codex(scope: str, hooks: bool) -> Iterator[str]:
    if scope == PROJECT:
        yield "Codex reads a project's .codex folder only where the project is trusted."
    if hooks:
        yield "Codex runs new and changed hooks only after you have reviewed them: type /hooks in Codex."
        yield "Codex tells nothing of a tool that failed. Versions without hooks ignore the file."


def _of_cursor(scope: str, hooks: bool) -> Iterator[str]:
    if hooks:
        yield (
            "Cursor's hooks are written as others document them and were not tried with Cursor itself; "
            "`--no-hooks` leaves them out."
        )
    if scope != PROJECT:
        yield "Where Cursor starts a server of the person in another folder than the project, use --project instead."


def _of_vscode(scope: str, hooks: bool) -> Iterator[str]:
    yield "VS Code gets the server only: what its hooks tell was not tried, so none are installed."
    if scope != PROJECT:
        yield "This is the file of VS Code's default profile; other profiles and builds have their own."


def _of_store(settings: Settings, assistant: str, scope: str) -> Iterator[str]:
    where = places(settings, assistant, scope)
    named = store_in(where, content(where.server_file))
    if where.hooks_file and named and fixed_store(settings, scope, named) is None:
        yield (
            f"The server's entry names the store {shown(named)}, which is not one file for certain, so hooks are not "
            "given it: they tell the store of their project. `--store FILE` gives one to both."
        )


def _twice(settings: Settings, assistant: str, scope: str) -> Iterator[str]:
    other = next(one for one in SCOPES if one != scope)
    hooks_file = places(settings, assistant, other).hooks_file
    try:
        if hooks_file and hooks_in(content(hooks_file)):
            yield (
                f"{TITLES[assistant]} also has our hooks in {hooks_file}. Once is enough: "
                f"`session-buddy uninstall {assistant} --{other}`."
            )
    except BuddyError:
        return  # a file of the other scope that cannot be read is the doctor's to tell of


_OF = {CLAUDE_CODE: _of_claude_code, CODEX: _of_codex, CURSOR: _of_cursor, VSCODE: _of_vscode}

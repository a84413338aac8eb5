"""`install` and `uninstall`: our entries in an assistant's configuration, shown first as a difference."""

import argparse
import json

from session_buddy.assistants.carrying_out import carry_out
from session_buddy.assistants.commands import own_script
from session_buddy.assistants.configurations import PROJECT, TITLES, USER
from session_buddy.assistants.installing import Change, existing, plan_install, plan_uninstall
from session_buddy.assistants.showing import shown
from session_buddy.cli import kept_entries
from session_buddy.cli.difference import difference, kind
from session_buddy.cli.install_notes import notes
from session_buddy.settings import Settings, read


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    scope = USER if options.user else PROJECT
    store = settings.store if options.store else None
    hooks = not options.no_hooks
    there = existing(settings, options.assistant, scope, store)
    keep = kept_entries.decide(options, there)
    changes = plan_install(settings, options.assistant, scope, own_script(), store, hooks, keep)
    said = notes(settings, options.assistant, scope, hooks, store)
    _carry_out(settings, options, scope, changes, [*kept_entries.remarks(there, keep), *said])
    return 0


def run_uninstall(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    scope = USER if options.user else PROJECT
    _carry_out(settings, options, scope, plan_uninstall(settings, options.assistant, scope), [])
    return 0


def _carry_out(
    settings: Settings, options: argparse.Namespace, scope: str, changes: list[Change], remarks: list[str]
) -> None:
    install = options.function == "run"
    if not options.json:
        print("\n".join(text for change in changes if (text := difference(change))) or _nothing(options, install))
    copies: list[str | None] = [None for _ in changes] if options.dry_run else carry_out(settings, changes, install)
    if options.json:
        print(json.dumps(_result(options, scope, changes, copies, remarks)))
    elif any(change.changes for change in changes):
        _tell(options, scope, changes, copies, remarks if install else [])


def _nothing(options: argparse.Namespace, install: bool) -> str:
    if install:
        return f"session_buddy is already installed for {TITLES[options.assistant]}. Nothing was changed."
    return f"Nothing of session_buddy is installed for {TITLES[options.assistant]} there. Nothing was changed."


def _tell(
    options: argparse.Namespace, scope: str, changes: list[Change], copies: list[str | None], remarks: list[str]
) -> None:
    print()
    if options.dry_run:
        print("\n".join([*(f"- {remark}" for remark in remarks), "Nothing was changed (--dry-run)."]))
        return
    for change, copy in zip(changes, copies, strict=True):
        if change.changes:
            print(f"{kind(change)} {shown(change.path)}" + (f"; what was there before: {copy}" if copy else ""))
    for remark in remarks:
        print(f"- {remark}")
    if remarks:
        print(f"`session-buddy uninstall {options.assistant} --{scope}` takes it back.")


def _result(
    options: argparse.Namespace, scope: str, changes: list[Change], copies: list[str | None], remarks: list[str]
) -> dict[str, object]:
    files = [
        {"path": change.path, "change": kind(change), "difference": difference(change), "backup": copy}
        for change, copy in zip(changes, copies, strict=True)
    ]
    changed = any(change.changes for change in changes) and not options.dry_run
    return {"assistant": options.assistant, "scope": scope, "changed": changed, "files": files, "notes": remarks}

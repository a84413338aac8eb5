"""`sessions`: coaching sessions, looked at and changed."""

import argparse

from session_buddy.cli.coaching import Coaching, ask
from session_buddy.cli.coaching import show as show_result
from session_buddy.cli.person import agreed, refuse_assistants
from session_buddy.cli.terminal import terminal_width
from session_buddy.reports.coaching_sessions import (
    changed_text,
    deletion_text,
    pruned_text,
    session_text,
    sessions_text,
    statistics_text,
    undone_text,
)


def show_list(options: argparse.Namespace) -> int:
    wanted = {"workflow_id": options.workflow, "status": options.status, "limit": options.limit}
    found = ask(options, "sessions", **wanted)
    return show_result(options, {"sessions": found}, sessions_text(found, wanted, terminal_width()))


def show(options: argparse.Namespace) -> int:
    found = ask(options, "session", session_id=options.session_id)
    return show_result(options, found, session_text(found, terminal_width()))


def pause(options: argparse.Namespace) -> int:
    found = ask(options, "pause", session_id=options.session_id)
    return show_result(options, found, changed_text(found))


def resume(options: argparse.Namespace) -> int:
    found = ask(options, "resume", session_id=options.session_id)
    return show_result(options, found, changed_text(found))


def end(options: argparse.Namespace) -> int:
    found = ask(options, "end", session_id=options.session_id, outcome=options.outcome, error_message=options.error)
    return show_result(options, found, changed_text(found))


def undo(options: argparse.Namespace) -> int:
    """Take back the last decision, which may be a person's: not inside an assistant."""
    refuse_assistants("Taking a decision back")
    found = ask(options, "undo", session_id=options.session_id)
    return show_result(options, found, undone_text(found))


def delete(options: argparse.Namespace) -> int:
    refuse_assistants("Deleting a coaching session")
    with Coaching(options) as coaching:
        session = coaching.ask("session", session_id=options.session_id)
        if not options.yes and not agreed(deletion_text(session)):
            print("Nothing was deleted.")
            return 0
        found = coaching.ask("delete", session_id=options.session_id)
    return show_result(options, found, f"Coaching session {session['session_id']} was deleted.")


def prune(options: argparse.Namespace) -> int:
    """Only tell which coaching sessions would go, unless the person says yes."""
    if options.yes:
        refuse_assistants("Removing coaching sessions")
    found = ask(options, "prune", days=options.days, dry_run=not options.yes)
    return show_result(options, found, pruned_text(found, terminal_width()))


def show_statistics(options: argparse.Namespace) -> int:
    found = ask(options, "statistics")
    return show_result(options, found, statistics_text(found))

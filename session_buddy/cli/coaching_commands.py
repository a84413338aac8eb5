"""The commands for coaching, each with what can be done in it."""

import argparse

from session_buddy.cli.parser import Parser, command, finite, from_one_to, json_option, sentence

STATUSES = ("active", "paused", "completed", "failed", "abandoned")
LOWER_LEVELS = ("OBSERVATION", "COACHING")
MOST_LISTED = 1_000
PROMOTE = """Raise a workflow by one level: from OBSERVATION to COACHING, or from COACHING to AUTO, where it runs by
itself.

Only a person does this, on a terminal: it shows the six criteria of readiness and has the workflow's name typed again.
It refuses where input or output is no terminal, and inside an assistant: where an assistant's variable is set (such as
CLAUDECODE, CODEX_SANDBOX, CURSOR_AGENT, COPILOT_AGENT, GEMINI_CLI), or its program is a parent process.

What this cannot prevent: a program that makes itself a terminal (a pseudo terminal), takes these variables out of its
environment and leaves its parent processes looks like a person, and what runs as you can also write to the store. Each
change is on record (workflows show NAME), and workflows demote NAME takes it back at once."""


def add_coaching(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add `sessions`, `workflows` and `packs`."""
    _add_sessions(commands)
    _add_workflows(commands)
    _add_packs(commands)


def _add_sessions(commands: "argparse._SubParsersAction[Parser]") -> None:
    group = command(commands, "sessions", "sessions", "show_list", "see coaching sessions, and change them")
    _add_filters(group, None, None, 100)
    actions = _actions(group)
    _add_filters(_action(actions, "list", "show_list", "list coaching sessions, newest first (without an ACTION too)"))
    for name, function, summary in (
        ("show", "show", "show one with its decisions in order and what is still to be decided"),
        ("pause", "pause", "pause one that is active"),
        ("resume", "resume", "go on with one that is paused"),
        ("end", "end", "end one, which is final"),
        ("undo", "undo", "take back its last decision, which stays on record"),
        ("delete", "delete", "remove one with all its decisions; asks first on a terminal"),
    ):
        action = _action(actions, name, function, summary)
        action.add_argument("session_id", metavar="ID", help="the coaching session")
        if name == "end":
            action.add_argument("--outcome", required=True, choices=STATUSES[2:], help="how it ended")
            action.add_argument("--error", metavar="TEXT", help="what went wrong")
        if name == "delete":
            action.add_argument("--yes", action="store_true", help="do not ask first")
    prune = _action(actions, "prune", "prune", "tell which were not touched for long; with --yes, remove them")
    prune.add_argument("--days", type=finite, default=30.0, help="for how many days (default: 30)")
    prune.add_argument("--yes", action="store_true", help="remove them")
    _action(actions, "stats", "show_statistics", "show the counts and rates over all of them")


def _add_workflows(commands: "argparse._SubParsersAction[Parser]") -> None:
    group = command(commands, "workflows", "workflows", "show_list", "see what workflows have earned, and decide on it")
    actions = _actions(group)
    _action(actions, "list", "show_list", "list workflows with level and readiness (without an ACTION too)")
    _named(_action(actions, "show", "show", "show one: the criteria of readiness, its steps, its history"))
    promote = _action(actions, "promote", "promote", "raise one by a level; only a person does this, on a terminal")
    promote.formatter_class, promote.description = argparse.RawDescriptionHelpFormatter, PROMOTE
    _named(promote)
    promote.add_argument("--despite", metavar="REASON", help="do it though it is not ready; the reason is on record")
    demote = _action(actions, "demote", "demote", "lower one by a level; nothing is needed for that")
    _named(demote)
    demote.add_argument("--to", type=str.upper, choices=LOWER_LEVELS, help="the level (default: the next lower one)")
    demote.add_argument("--reason", metavar="TEXT", help="why; it is on record")
    _action(actions, "thresholds", "show_thresholds", "list the bars of readiness, and what was changed of them")
    threshold = _action(
        actions, "threshold", "set_threshold", "change a bar; only a person does this, on a terminal (see promote)"
    )
    threshold.add_argument("name", metavar="NAME", help="the bar, as thresholds lists it")
    threshold.add_argument("value", metavar="VALUE", type=finite, help="its new value")


def _add_packs(commands: "argparse._SubParsersAction[Parser]") -> None:
    group = command(
        commands, "packs", "packs", "show_list", "see, share, switch and forget what corrections have taught"
    )
    actions = _actions(group)
    _action(
        actions, "list", "show_list", "list workflows that corrections have taught something (without an ACTION too)"
    )
    _workflow(_action(actions, "show", "show", "show what the corrections of a workflow have taught"))
    export = _action(actions, "export", "export", "write the pack of a workflow, for import elsewhere", as_json=False)
    _workflow(export)
    export.add_argument("--out", default="-", metavar="FILE", help="the file to write, or - for standard output")
    export.add_argument("--force", action="store_true", help="replace a file that exists already")
    load = _action(actions, "import", "import_pack", "take in a pack; twice changes nothing")
    load.add_argument("file", metavar="FILE", help="the pack, or - for standard input")
    load.add_argument("--workflow", metavar="NAME", help="the workflow it has to be of (default: the pack's)")
    forget = _action(actions, "forget", "forget", "take one correction out of a pack")
    _workflow(forget)
    switch = _action(
        actions, "switch", "switch", "switch a correction off or on; only a person does this, on a terminal"
    )
    _workflow(switch)
    for action in (forget, switch):
        action.add_argument("item_id", metavar="ITEM_ID", help="the correction, as show lists it")
    switch.add_argument("state", metavar="on|off", choices=("on", "off"), help="off: kept, and not applied")


def _add_filters(
    parser: Parser,
    workflow: object = argparse.SUPPRESS,
    status: object = argparse.SUPPRESS,
    limit: object = argparse.SUPPRESS,
) -> None:
    parser.add_argument("--workflow", metavar="NAME", default=workflow, help="only of this workflow")
    parser.add_argument("--status", choices=STATUSES, default=status, help="only those that are")
    parser.add_argument(
        "--limit",
        type=from_one_to(MOST_LISTED),
        default=limit,
        help=f"how many at most (1 to {MOST_LISTED}; default: 100)",
    )


def _actions(group: Parser) -> "argparse._SubParsersAction[Parser]":
    json_option(group)
    return group.add_subparsers(title="actions", metavar="ACTION")


def _action(
    actions: "argparse._SubParsersAction[Parser]", name: str, function: str, summary: str, as_json: bool = True
) -> Parser:
    """An action of a command. Options that the command has too keep what was given there."""
    parser: Parser = actions.add_parser(name, help=summary, description=sentence(summary))
    parser.add_argument("--store", metavar="FILE", default=argparse.SUPPRESS, help="the store's file")
    if as_json:
        parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    parser.set_defaults(function=function)
    return parser


def _named(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="the workflow")


def _workflow(parser: Parser) -> None:
    parser.add_argument("workflow", metavar="WORKFLOW", help="the workflow")

"""The commands a person types. What a command needs is imported only when it runs."""

import argparse
import importlib
import sys

from session_buddy import __version__
from session_buddy.cli.coaching_commands import add_coaching
from session_buddy.cli.install_commands import add_install
from session_buddy.cli.parser import Parser, command, from_one_to, from_zero, json_option, moment_or_days, sentence
from session_buddy.cli.terminal import printable
from session_buddy.errors import BuddyError

FAILED = 1


def run_command(arguments: list[str]) -> int:
    """Run a command line and return its exit code: 0 done, 1 it could not be done, 2 wrong usage."""
    options = build_parser().parse_args(arguments)
    module = importlib.import_module(f"session_buddy.cli.{options.module}")
    try:
        code: int = getattr(module, options.function)(options)
        sys.stdout.flush()
        return code
    except BuddyError as error:
        print(f"session-buddy: {printable(str(error))}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("session-buddy: interrupted. What was reported as done is stored.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the output has left, and wants no complaint about it
        return FAILED


def build_parser() -> Parser:
    """All commands with their options."""
    parser = Parser(
        prog="session-buddy",
        description="Remembers which skill worked for which problem. Without a command it is the MCP server that an "
        "assistant starts over stdio.",
    )
    parser.add_argument("--version", action="version", version=f"session_buddy {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_server_commands(commands)
    _add_data_commands(commands)
    _add_keeping_commands(commands)
    _add_evaluation(commands)
    _add_reports(commands)
    add_coaching(commands)
    add_install(commands)
    _add_upkeep_commands(commands)
    _add_recovery(commands)
    return parser


def _add_server_commands(commands: "argparse._SubParsersAction[Parser]") -> None:
    serve = command(commands, "serve", "serve", "run", "be the MCP server, as without a command")
    serve.add_argument(
        "--standalone", action="store_true", help="start no background process; be the hub in this one where none runs"
    )
    hook = command(commands, "hook", "hook", "run", "take one event of an assistant from standard input")
    hook.add_argument(
        "--from", choices=["claude-code", "cursor", "codex"], default="claude-code", help="the assistant that tells"
    )
    hub = command(commands, "hub", "hub", "run", "look at the hub of the store, or stop it")
    hub.add_argument("action", choices=["status", "stop"])
    json_option(hub)
    dashboard = command(commands, "dashboard", "dashboard", "run", "open the page that shows, explains and decides")
    dashboard.add_argument("--no-open", action="store_true", help="only print the link")
    dashboard.add_argument("--stop", action="store_true", help="end the dashboard")
    json_option(dashboard)


def _add_data_commands(commands: "argparse._SubParsersAction[Parser]") -> None:
    _add_import(commands)
    export = command(commands, "export", "export", "run", "write what the store holds")
    export.add_argument(
        "--format",
        choices=["json", "jsonl", "csv", "parquet"],
        default="jsonl",
        help="jsonl: lines that import takes back (default); json: one document; csv, parquet: one file for each table",
    )
    export.add_argument(
        "--out", default="-", metavar="PATH", help="the file to write, or - for standard output; for tables the folder"
    )
    export.add_argument("--force", action="store_true", help="replace files that exist already")
    json_option(command(commands, "skills", "skills", "run", "list every skill that is described or was ever used"))
    _add_recommend(commands)


def _add_import(commands: "argparse._SubParsersAction[Parser]") -> None:
    load = command(commands, "import", "importing", "run", "import past invocations from a file or from transcripts")
    load.add_argument(
        "file", metavar="FILE", nargs="?", help="JSON Lines, skill_metrics.json or skills.db; - for standard input"
    )
    load.add_argument(
        "--from",
        dest="source",
        choices=["claude-code"],
        help="read this assistant's transcripts instead of a file",
    )
    load.add_argument(
        "--since", type=moment_or_days, metavar="WHEN", help="only uses since a date (2026-11-01) or so many days (14d)"
    )
    load.add_argument(
        "--project", metavar="DIR", help="transcripts of the project in this folder, or all (default: this project)"
    )
    load.add_argument("--strict", action="store_true", help="refuse the whole file if one line is bad")
    load.add_argument("--wait-for-model", action="store_true", help="return when every text has its vector")
    json_option(load)


def _add_recommend(commands: "argparse._SubParsersAction[Parser]") -> None:
    recommend = command(commands, "recommend", "recommend", "run", "recommend skills for a problem")
    recommend.add_argument("query", nargs="?", metavar="QUERY", help="the problem in your own words")
    recommend.add_argument("--batch", metavar="FILE", help='read {"user_query": …} lines from FILE, or - for stdin')
    recommend.add_argument("--limit", type=int, default=5, help="how many at most (1 to 50)")
    recommend.add_argument("--phase", help="prefer what works in this workflow phase")
    recommend.add_argument("--phase-weight", type=float, default=0.3, help="how much the phase counts (0 to 1)")
    recommend.add_argument("--min-similarity", type=float, default=0.0, help="leave out what is less similar (0 to 1)")
    recommend.add_argument(
        "--wait-for-model", action="store_true", help="wait for the model and for every stored text's vector"
    )
    json_option(recommend)


def _add_keeping_commands(commands: "argparse._SubParsersAction[Parser]") -> None:
    backup = command(commands, "backup", "backup", "run", "copy the whole store into a file while it is in use")
    backup.add_argument("file", metavar="FILE", help="the file to make; it must not be there yet")
    json_option(backup)
    restore = command(commands, "restore", "restore", "run", "put a backup in the place of the store, which is kept")
    restore.add_argument("file", metavar="FILE", help="the backup, or any other file that holds a store")
    json_option(restore)
    _add_store(commands)
    forget = command(commands, "forget", "forget", "run", "remove a text, session, skill or old history for good")
    forget.add_argument(
        "--text", action="append", default=[], metavar="TEXT", help="what contains this, in any case; may be repeated"
    )
    forget.add_argument("--session", action="append", default=[], metavar="ID", help="a session; may be repeated")
    forget.add_argument("--skill", action="append", default=[], metavar="NAME", help="a skill; may be repeated")
    forget.add_argument("--older-than", type=float, metavar="DAYS", help="what happened longer ago than this")
    forget.add_argument("--dry-run", action="store_true", help="only show what would go")
    forget.add_argument("--yes", action="store_true", help="do not ask first")
    json_option(forget)


def _add_store(commands: "argparse._SubParsersAction[Parser]") -> None:
    group = command(commands, "store", "store", "run", "review a store of unknown origin and copy its rows into yours")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)
    summary = "show what a store holds that session_buddy did not create for you, and copy its rows into yours"
    adopt: Parser = actions.add_parser("adopt", help=summary, description=sentence(summary))
    adopt.add_argument("--store", metavar="FILE", default=argparse.SUPPRESS, help="the store's file")
    adopt.add_argument(
        "path", metavar="PATH", nargs="?", help="its folder or file (default: what was set aside last for this project)"
    )
    adopt.add_argument("--yes", action="store_true", help="do not ask first; levels and corrections are left out")
    json_option(adopt)


def _add_evaluation(commands: "argparse._SubParsersAction[Parser]") -> None:
    evaluate = command(
        commands, "evaluate", "evaluate", "run", "see how good the recommendations are on your own history"
    )
    evaluate.add_argument("--out", metavar="FILE", help="also draw a picture, into a .png or .svg file")
    evaluate.add_argument("--wait-for-model", action="store_true", help="wait for every stored text's vector first")
    json_option(evaluate)


def _add_reports(commands: "argparse._SubParsersAction[Parser]") -> None:
    metrics = command(commands, "metrics", "metrics", "run", "show how often skills are used, and how that ends")
    metrics.add_argument("skill", nargs="?", metavar="SKILL", help="only this skill, with everything about it")
    metrics.add_argument("--session", metavar="ID", help="only this session")
    metrics.add_argument("--limit", type=from_one_to(500), default=20, help="how many skills are listed (1 to 500)")
    metrics.add_argument("--offset", type=from_zero, default=0, help="how many of the most used skills are left out")
    json_option(metrics)
    report = command(commands, "report", "report", "run", "show what works in which phase, and what has changed")
    report.add_argument("--session", metavar="ID", help="only this session")
    report.add_argument("--page", type=from_one_to(1_000_000), default=1, help="with --json: which part of the figures")
    json_option(report)
    heatmap = command(commands, "heatmap", "report", "run_heatmap", "show how skills do in which phase, in colours")
    heatmap.add_argument("--session", metavar="ID", help="only this session")
    heatmap.add_argument("--out", metavar="FILE", help="draw it into a .png or .svg file")
    json_option(heatmap)


def _add_upkeep_commands(commands: "argparse._SubParsersAction[Parser]") -> None:
    model = command(commands, "model", "model", "run", "download the embedding model")
    model.add_argument("action", choices=["fetch"])
    doctor = command(commands, "doctor", "doctor", "run", "check what session_buddy needs, one line each")
    json_option(doctor)
    demo = command(commands, "demo", "demo", "run", "show the main job on a store of its own")
    demo.add_argument("--keep", action="store_true", help="keep the demo's store and say where it is")


def _add_recovery(commands: "argparse._SubParsersAction[Parser]") -> None:
    recover = command(commands, "recover", "recover", "run", "copy what can be read of a damaged store into a new file")
    recover.add_argument("--out", metavar="FILE", help="the new file (default: the store's name with .recovered)")
    json_option(recover)

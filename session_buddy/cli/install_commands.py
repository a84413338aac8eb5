"""The commands `install` and `uninstall` with their options."""

import argparse

from session_buddy.assistants.configurations import ASSISTANTS
from session_buddy.cli.parser import Parser, command, json_option


def add_install(commands: "argparse._SubParsersAction[Parser]") -> None:
    install = command(commands, "install", "install", "run", "enter the server and its hooks for an assistant")
    _common(install)
    install.add_argument("--no-hooks", action="store_true", help="enter the server only")
    install.add_argument(
        "--keep-env",
        action="store_true",
        help="keep variables, arguments and other settings of an entry that the project holds already",
    )
    uninstall = command(commands, "uninstall", "install", "run_uninstall", "take back what install has entered")
    _common(uninstall)


def _common(parser: Parser) -> None:
    parser.add_argument("assistant", choices=list(ASSISTANTS))
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("--project", action="store_true", help="for this project (the default)")
    scope.add_argument("--user", action="store_true", help="for you, in all projects")
    parser.add_argument("--dry-run", action="store_true", help="only show what would change")
    json_option(parser)

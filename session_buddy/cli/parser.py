"""The parser of the command line, and the options that many commands have."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NoReturn

WRONG_USAGE = 2


class Parser(argparse.ArgumentParser):
    """argparse, with its error as one line that ends with what to do."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}. See `{self.prog} --help`.", file=sys.stderr)
        sys.exit(WRONG_USAGE)


def command(
    commands: "argparse._SubParsersAction[Parser]", name: str, module: str, function: str, summary: str
) -> Parser:
    """A command that `function` of `cli.module` does."""
    parser: Parser = commands.add_parser(name, help=summary, description=sentence(summary))
    parser.add_argument("--store", metavar="FILE", help="the store's file (default: this project's)")
    parser.set_defaults(module=module, function=function)
    return parser


def json_option(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def sentence(summary: str) -> str:
    return summary[:1].upper() + summary[1:] + "."


def from_one_to(most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if text.isascii() and text.isdigit() and 1 <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {most}")

    return number


def from_zero(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")


def finite(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e15:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return value


def moment_or_days(text: str) -> datetime:
    """A date, which begins at midnight where the person is, a moment, or so many days before now."""
    days = text.removesuffix("d")
    try:
        if days != text and days.isascii() and days.isdigit():
            return datetime.now(UTC) - timedelta(days=int(days[:9]))
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a date such as 2026-11-01 nor a number of days such as 14d"
        ) from None

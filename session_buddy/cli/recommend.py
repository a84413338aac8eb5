"""`recommend`: skills for one problem, or for a file of them."""

import argparse
import json
import sys
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from session_buddy.bridge.client import Client
from session_buddy.cli.files import opened
from session_buddy.cli.progress import wait_for_model
from session_buddy.errors import BuddyError
from session_buddy.reports.text import recommendations_text
from session_buddy.settings import read
from session_buddy.skills.fields import Text
from session_buddy.skills.messages import readable

AHEAD = 4
SHOWN = ("skill_name", "score", "similarity_score")


class QueryLine(BaseModel):
    """One line of a batch; other fields are passed over."""

    model_config = ConfigDict(strict=True)

    user_query: Text


def run(options: argparse.Namespace) -> int:
    if (options.query is None) == (options.batch is None):
        print("session-buddy recommend: give either a QUERY or --batch FILE.", file=sys.stderr)
        return 2
    if problem := _bad_option(options):
        print(f"session-buddy recommend: {problem}", file=sys.stderr)
        return 2
    with Client(read(store=options.store)) as client:
        if options.wait_for_model:
            wait_for_model(client)
        return _batch(client, options) if options.batch else _single(client, options)


def _bad_option(options: argparse.Namespace) -> str | None:
    if not 1 <= options.limit <= 50:
        return f"--limit is {options.limit}; allowed is 1 to 50."
    for name in ("min_similarity", "phase_weight"):
        if not 0 <= getattr(options, name) <= 1:
            return f"--{name.replace('_', '-')} is {getattr(options, name)}; allowed is 0 to 1."
    return None


def _single(client: Client, options: argparse.Namespace) -> int:
    try:
        query = TypeAdapter(Text).validate_python(options.query)
    except ValidationError:
        raise BuddyError("The query is blank. Describe the problem in your own words.") from None
    found = client.ask("recommend", _question(query, options))
    print(json.dumps(found, ensure_ascii=False) if options.json else recommendations_text(found))
    return 0


def _batch(client: Client, options: argparse.Namespace) -> int:
    """Ask for each line of the file, a few ahead of the answers, so that hub and reader both have work."""
    asked: list[str] = []
    with opened(options.batch, "Nothing was asked.") as file:
        for number, line in enumerate(file, start=1):
            if line.isspace():
                continue
            asked.append(_query(line, number))
            client.send("recommend", _question(asked[-1], options))
            if len(asked) == AHEAD:
                _print_one(asked.pop(0), client.result(), options.json)
    for query in asked:
        _print_one(query, client.result(), options.json)
    return 0


def _query(line: bytes, number: int) -> str:
    try:
        return QueryLine.model_validate_json(line).user_query
    except ValidationError as error:
        raise BuddyError(f'line {number}: {readable(error)}. Each line is {{"user_query": "…"}}.') from None


def _question(query: str, options: argparse.Namespace) -> dict[str, Any]:
    return {
        "user_query": query,
        "limit": options.limit,
        "min_similarity": options.min_similarity,
        "workflow_phase": options.phase,
        "phase_weight": options.phase_weight,
    }


def _print_one(query: str, found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        shown = [{name: one[name] for name in SHOWN} for one in found["recommendations"]]
        line = {"user_query": query, "recommendations": shown, "confident": found["confident"]}
        print(json.dumps(line, ensure_ascii=False))
    else:
        print(f"{query}\n{recommendations_text(found)}\n")

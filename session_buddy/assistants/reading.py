"""Reading what a file says of the skill, command or subagent in it."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from session_buddy.assistants import frontmatter
from session_buddy.assistants.files import File
from session_buddy.assistants.frontmatter import Parsed
from session_buddy.assistants.places import Place
from session_buddy.skills.installed import AGENT, SKILL, Problem
from session_buddy.skills.plain import plain

LONGEST_DESCRIPTION = 1_536
LONGEST_NAME = 256
LONGEST_FIELD = 4_096
# By agentskills.io: a name has 1 to 64 characters, and a description at most 1,024.
ALLOWED_NAME = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
ALLOWED_DESCRIPTION = 1_024
CLAUDE_CODE = "claude-code"
_TRUE = {"true", "yes", "on", "1"}


class Said(NamedTuple):
    """What a file says. `name` is that of its folder or file, or in its place the one it gives itself."""

    name: str
    description: str | None
    frontmatter: dict[str, Any]
    model_may_use: bool
    problems: tuple[Problem, ...]


def read(place: Place, file: File, data: bytes) -> Said:
    """What the start of a file says."""
    parsed = frontmatter.parse_toml(data) if place.ending == ".toml" else frontmatter.parse(data)
    fields = {plain(key, LONGEST_NAME): _cleaned(value) for key, value in parsed.fields.items()}
    name = plain(file.called, LONGEST_NAME)
    given = fields.get("name")
    names_itself = place.kind == AGENT or place.itself
    if names_itself and isinstance(given, str) and plain(given, LONGEST_NAME):
        name = plain(given, LONGEST_NAME)
    problems = [Problem(file.path, reason, works) for reason, works in _wrong(place, name, given, parsed, fields)]
    may = str(fields.get("disable-model-invocation", "")).lower() not in _TRUE
    return Said(name, _description(parsed), fields, may, tuple(problems))


def _description(parsed: Parsed) -> str | None:
    """The description with when to use it; without one, the first line of the text."""
    said = [parsed.fields.get(name) for name in ("description", "when_to_use")]
    text = " ".join(str(one) for one in said if isinstance(one, str | int | float))
    text = plain(text, LONGEST_DESCRIPTION)
    if text:
        return text
    lines = (plain(line.strip().lstrip("#").strip(), LONGEST_DESCRIPTION) for line in parsed.text.splitlines()[:200])
    return next((line for line in lines if line), None)


def _wrong(place: Place, name: str, given: Any, parsed: Parsed, fields: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """(what is wrong and what to do, whether an assistant can use it all the same)."""
    if parsed.wrong:
        yield f"{plain(parsed.wrong, 200)}: it is known by its name only until that is mended", False
        return
    if place.kind != SKILL:
        return
    if not ALLOWED_NAME.fullmatch(name):
        allowed = "1 to 64 of a-z, 0-9 and single hyphens"
        yield f"its name {name[:80]!r} is not allowed everywhere; allowed are {allowed}: rename its folder", True
    if given is not None and given != name:
        yield f"it calls itself {str(given)[:80]!r} and its folder is {name[:80]!r}: let them be the same", True
    description = fields.get("description")
    if not description:
        # Claude Code makes do with the first line of the text; the others do not load such a skill.
        works = CLAUDE_CODE in place.assistants and _description(parsed) is not None
        yield "it has no description, so an assistant cannot tell when to use it: add one to its frontmatter", works
    elif len(str(description)) > ALLOWED_DESCRIPTION:
        yield f"its description is longer than {ALLOWED_DESCRIPTION:,} characters; some assistants refuse it", True


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {plain(key, LONGEST_NAME): _cleaned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    return plain(value, LONGEST_FIELD) if isinstance(value, str) else value

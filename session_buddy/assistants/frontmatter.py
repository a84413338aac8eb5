"""The head of a Markdown file: YAML between two lines of three dashes. Nothing in it is executed or repeated."""

import datetime
import math
import re
import tomllib
from typing import Any, NamedTuple

MOST_READ = 64 * 1024
MOST_HEAD = 16 * 1024
# More than this no description of a skill needs; YAML can hide a great deal in a few characters.
MOST_EVENTS = 600
DEEPEST = 12
# Python does not even write longer numbers in decimal digits.
MOST_BITS = 256
# What a key of so many parts costs grows with their square.
MOST_DOTS = 50
FENCE = "---"
_TOML_TEXTS = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)|' r"'{3}.*?(?:'{3}|\Z)|" r'"(?:\\.|[^"\\\n])*"?|' r"'[^'\n]*'?|#[^\n]*",
    re.DOTALL,
)


class Parsed(NamedTuple):
    """`fields` are what the head says, `text` what stands below it, `wrong` what is wrong with the head."""

    fields: dict[str, Any]
    text: str
    wrong: str | None = None


def parse(data: bytes) -> Parsed:
    """Read a Markdown file's head; one without has no fields."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    if not text.startswith(FENCE) or text.split("\n", 1)[0].rstrip() != FENCE:
        return Parsed({}, text)
    lines = text.split("\n")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() in (FENCE, "...")), None)
    if end is None:
        return Parsed({}, "", "its frontmatter does not end with a line of three dashes")
    head, body = "\n".join(lines[1:end]), "\n".join(lines[end + 1 :])
    if len(head) > MOST_HEAD:
        return Parsed({}, body, f"its frontmatter is longer than {MOST_HEAD:,} characters")
    return _loaded(head, body)


def parse_toml(data: bytes) -> Parsed:
    """Read a command that is written in TOML: its text is `prompt`."""
    if len(data) > MOST_HEAD:
        return Parsed({}, "", f"it is longer than {MOST_HEAD:,} bytes")
    text = data.decode("utf-8", "replace")
    if any(line.count(".") > MOST_DOTS for line in _TOML_TEXTS.sub("", text).split("\n")):
        return Parsed({}, "", f"a line in it has more than {MOST_DOTS} dots outside of quotes")
    try:
        fields = _plain_values(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return Parsed({}, "", "it is not TOML")
    return Parsed(fields, str(fields.pop("prompt", "")))


def _loaded(head: str, body: str) -> Parsed:
    import yaml  # only a hub that finds a file needs it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if wrong := _refused(yaml, yaml.parse(head, Loader=loader)):
            return Parsed({}, body, wrong)
        fields = _plain_values(yaml.load(head, Loader=loader))  # noqa: S506 (it is a safe loader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 2}" if error.problem_mark else ""
        return Parsed({}, body, f"its frontmatter is not YAML ({error.problem}{line})")
    except Exception:
        # Values that look like a date, a number or a key and are none raise whatever Python raises.
        return Parsed({}, body, "its frontmatter is not YAML")
    if fields is None:
        return Parsed({}, body)
    if not isinstance(fields, dict):
        return Parsed({}, body, "its frontmatter is not a list of `name: value`")
    return Parsed(fields, body)


def _refused(yaml: Any, events: Any) -> str | None:
    depth = 0
    for number, event in enumerate(events):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return "its frontmatter uses anchors or aliases, which are not read"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or number > MOST_EVENTS:
            return "its frontmatter holds too much"
    return None


def _plain_values(value: Any) -> Any:
    """What JSON can hold.

    Raises:
        ValueError: a number is too long.
    """
    if isinstance(value, dict):
        return {str(_plain_values(key)): _plain_values(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain_values(one) for one in value]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise ValueError("a number is too long")
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)

"""What pydantic found wrong, in words for the person or the assistant that sent it."""

import re

from pydantic import ValidationError

from session_buddy.skills.plain import plain

MOST = 5
LONGEST_NAME = 100
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "union_tag_invalid": "is not a known kind",
}


def readable(error: ValidationError) -> str:
    """One line: each field with what is wrong with it, without the values that were sent."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    parts = [_problem(problem["loc"], problem["type"], problem["msg"]) for problem in problems[:MOST]]
    if len(problems) > MOST:
        parts.append(f"and {len(problems) - MOST} more")
    return "; ".join(parts)


def _problem(place: tuple[int | str, ...], kind: str, message: str) -> str:
    if kind == "json_invalid":
        return "this is not JSON"
    name = ".".join(plain(str(part), LONGEST_NAME) or "?" for part in place)
    words = _WORDS.get(kind)
    if words is None:
        words = re.sub(r"^(?:Value error, |\w+ (?=should ))", "", message)
    return f"{name} {words}".strip()

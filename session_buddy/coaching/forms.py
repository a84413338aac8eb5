"""The form in which a person decides a suggestion. Forms are flat, so parameters travel in it as JSON text."""

import json
from typing import Any, NamedTuple

from session_buddy.coaching.choices import KINDS
from session_buddy.coaching.fields import Object
from session_buddy.common import visible

# Longer parameters are not put into the form's field; a person who corrects them writes what is needed.
MOST_CHARACTERS = 8_000

_KIND, _PARAMETERS, _FEEDBACK = "decision", "corrected_parameters", "feedback"
_CHOICES = "accept: do it so; reject: do not; correct: do it with the parameters below; manual: I do it; skip: go on"


class Verdict(NamedTuple):
    """What a person has decided in a form."""

    decision: str
    correction: Object | None
    feedback: str | None


class FormError(ValueError):
    """The form cannot be taken as it was filled in; the message tells the person why."""


def schema(parameters: Object) -> dict[str, Any]:
    """The form's fields, as the flat JSON Schema that elicitation allows."""
    text = visible.written(parameters)
    corrected = {
        "type": "string",
        "title": "Corrected parameters",
        "description": "Only for Correct (or by hand): all parameters, as JSON",
    }
    if parameters and len(text) <= MOST_CHARACTERS:
        corrected["default"] = text
    return {
        "type": "object",
        "properties": {
            _KIND: {
                "type": "string",
                "title": "Decision",
                "description": _CHOICES,
                "enum": list(KINDS),
            },
            _PARAMETERS: corrected,
            _FEEDBACK: {"type": "string", "title": "Feedback", "description": "Why, for next time"},
        },
        "required": [_KIND],
    }


def message(shown: str, problem: str | None) -> str:
    """What stands above the form; with what was wrong with it the last time."""
    return f"That could not be taken: {problem} Nothing was stored.\n\n{shown}" if problem else shown


def verdict(content: dict[str, Any] | None, parameters: Object) -> Verdict:
    """What a filled-in form says about a suggestion with these parameters.

    Raises:
        FormError: it contradicts itself, or the corrected parameters are not a JSON object.
    """
    given = content or {}
    kind = given.get(_KIND)
    if kind not in KINDS:
        raise FormError(f"choose one of {', '.join(KINDS)}.")
    feedback = given.get(_FEEDBACK)
    text = given.get(_PARAMETERS)
    correction = _parsed(text) if isinstance(text, str) and text.strip() else None
    if correction == parameters:
        correction = None
    if kind == "correct" and correction is None:
        raise FormError("the parameters are not changed. Change them, or choose accept.")
    if kind not in ("correct", "manual") and correction is not None:
        raise FormError(f"you changed the parameters and chose {kind}. Choose correct, or leave them as they were.")
    return Verdict(kind, correction, feedback if isinstance(feedback, str) and feedback.strip() else None)


def _parsed(text: str) -> Object:
    try:
        found = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise FormError(f"the corrected parameters are not JSON{where}.") from None
    if not isinstance(found, dict):
        raise FormError("the corrected parameters must be a JSON object, in { }.")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)

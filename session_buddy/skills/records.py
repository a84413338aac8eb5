"""Lines of an import file: what each may hold, and the row it becomes."""

import hashlib
import json
from collections import Counter
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError, model_validator

from session_buddy.errors import InvalidRequestError
from session_buddy.skills.fields import MAX_NAME, CleanedName, Moment, Name, Names, Rank, Seconds, Text, Texts
from session_buddy.skills.messages import readable
from session_buddy.skills.privacy import MAX_TEXT, stored_form
from session_buddy.skills.tracking import PRIVATE
from session_buddy.store.ids import derived_id, query_id, written

# Texts up to this length are names more often than problems, and come again.
SHORT = 32
REMEMBERED = 10_000
_LIMITS = {
    "user_query": MAX_TEXT,
    "workflow_path": MAX_NAME,
    "workflow_phase": MAX_NAME,
    "error_type": MAX_TEXT,
    "alternatives_considered": MAX_NAME,
    "follow_up_actions": MAX_TEXT,
}


class InvocationLine(BaseModel):
    """One past invocation. `completed` is true, false, or null while it is open; false with an `error_type` is
    failed, without one abandoned."""

    model_config = ConfigDict(extra="forbid", strict=True)

    skill_name: Name
    user_query: Text | None = None
    session_id: Name | None = None
    invoked_at: Moment | None = None
    completed: bool | None = None
    duration_seconds: Seconds | None = None
    workflow_path: CleanedName | None = None
    workflow_phase: CleanedName | None = None
    alternatives_considered: Names | None = None
    selection_rank: Rank | None = None
    follow_up_actions: Texts | None = None
    error_type: Text | None = None
    invocation_id: UUID | None = None

    _content: bytes = PrivateAttr(default=b"")

    @model_validator(mode="after")
    def _one_ending(self) -> "InvocationLine":
        if self.completed and self.error_type:
            raise ValueError("an invocation with an error_type cannot be completed")
        return self

    @property
    def outcome(self) -> str | None:
        """How it ended, or None while it is open."""
        if self.error_type:
            return "failed"
        return {True: "completed", False: "abandoned", None: None}[self.completed]


class SkillDescription(BaseModel):
    """A skill by name and description."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name
    description: Text | None = None


class SkillLine(BaseModel):
    """A skill of the catalogue."""

    model_config = ConfigDict(extra="forbid", strict=True)

    skill: SkillDescription


def parse_line(line: bytes) -> InvocationLine | SkillLine:
    """One line of an import file.

    Raises:
        InvalidRequestError: it is not JSON, or a field is missing, unknown or not allowed; the message says which.
    """
    try:
        parsed = InvocationLine.model_validate_json(line)
        parsed._content = line.strip()
        return parsed
    except ValidationError as error:
        problem = error
    if _names_skill(line):
        try:
            return SkillLine.model_validate_json(line)
        except ValidationError as error:
            problem = error
    raise InvalidRequestError(readable(problem)) from None


class Rows:
    """Makes rows of lines. A line without an id gets one from its content and its number among equal lines, so
    that the same file gives the same ids again."""

    def __init__(self, mask_secrets: bool = True) -> None:
        self._mask_secrets = mask_secrets
        self._seen: Counter[bytes] = Counter()
        self._short: dict[str, str] = {}

    def row(self, line: InvocationLine) -> dict[str, Any]:
        """The row as `store.transfer` takes it, JSON-ready; values that are not given are left out."""
        fields = _given(line)
        identity = fields.pop("invocation_id", None) or self._derived_id(line)
        fields.pop("completed", None)
        self._clean(fields)
        fields["invocation_id"] = identity
        if text := fields.get("user_query"):
            fields["query_id"] = written(query_id(text))
        if outcome := line.outcome:
            fields["outcome"] = outcome
        fields.setdefault("session_id", "imported")
        return fields

    def _clean(self, fields: dict[str, Any]) -> None:
        """Clean every text; one of which nothing is left is left out, but a failure stays one."""
        for name in ("user_query", "workflow_path", "workflow_phase", "error_type"):
            if name not in fields:
                continue
            kept = self._kept(fields.pop(name), _LIMITS[name]) or (PRIVATE if name == "error_type" else "")
            if kept:
                fields[name] = kept
        for name in ("alternatives_considered", "follow_up_actions"):
            if name in fields:
                fields[name] = [kept for item in fields[name] if (kept := self._kept(item, _LIMITS[name]))]

    def _kept(self, text: str, limit: int) -> str:
        """The text as it is stored. A history repeats its names, so short ones are remembered."""
        if len(text) > SHORT:
            return stored_form(text, self._mask_secrets, limit).text
        if text not in self._short:
            if len(self._short) >= REMEMBERED:
                self._short.clear()
            self._short[text] = stored_form(text, self._mask_secrets, limit).text
        return self._short[text]

    def _derived_id(self, line: InvocationLine) -> str:
        digest = hashlib.sha256(line._content).digest()[:16]
        self._seen[digest] += 1
        when = int(line.invoked_at.timestamp() * 1000) if line.invoked_at else 0
        return written(derived_id(digest + self._seen[digest].to_bytes(8, "big"), when))


def _given(line: InvocationLine) -> dict[str, Any]:
    """The fields that have a value, JSON-ready: what model_dump gives, in a third of its time."""
    fields = {name: value for name, value in line.__dict__.items() if value is not None}
    if line.invoked_at:
        fields["invoked_at"] = line.invoked_at.isoformat()
    if line.invocation_id:
        fields["invocation_id"] = str(line.invocation_id)
    return fields


def _names_skill(line: bytes) -> bool:
    try:
        record = json.loads(line)
    except ValueError:
        return False
    return isinstance(record, dict) and "skill" in record

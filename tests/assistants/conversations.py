"""Transcripts in the shapes of several versions, written for tests."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from session_buddy.assistants.claude_code_transcripts.owners import encoded

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
Record = dict[str, Any]


class Conversation:
    """Records of one session, ten seconds apart. Every method adds one or more and returns the conversation."""

    def __init__(self, session: str, cwd: str, start: datetime = START, version: str = "2.1.215") -> None:
        self.session = session
        self.records: list[Record] = []
        self._moments = (start + timedelta(seconds=10 * number) for number in itertools.count())
        self._common = {"sessionId": session, "cwd": cwd, "version": version, "isSidechain": False, "gitBranch": "main"}

    def add(self, kind: str, **fields: Any) -> "Conversation":
        number = len(self.records)
        moment = next(self._moments).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head = {"type": kind, "uuid": f"{self.session}-{number}", "timestamp": moment, "parentUuid": None}
        self.records.append(head | self._common | fields)
        return self

    def user(self, content: Any, **fields: Any) -> "Conversation":
        return self.add("user", message={"role": "user", "content": content}, **fields)

    def says(self, text: str = "Done.", stop: str | None = "end_turn", **fields: Any) -> "Conversation":
        return self._assistant([{"type": "text", "text": text}], stop, **fields)

    def uses(self, name: str, key: str, stop: str | None = "tool_use", **given: Any) -> "Conversation":
        return self._assistant([{"type": "tool_use", "id": key, "name": name, "input": given}], stop)

    def result(self, key: str, failed: bool = False, **fields: Any) -> "Conversation":
        block = {"type": "tool_result", "tool_use_id": key, "content": "…"} | ({"is_error": True} if failed else {})
        return self.user([block], **fields)

    def tool(self, name: str, key: str, failed: bool = False, **given: Any) -> "Conversation":
        return self.uses(name, key, **given).result(key, failed)

    def skill(self, name: str, key: str) -> "Conversation":
        """The model uses a skill, and it is loaded."""
        self.uses("Skill", key, skill=name)
        self.result(key, toolUseResult={"success": True, "commandName": name})
        return self.body(name, sourceToolUseID=key)

    def body(self, name: str = "x", **fields: Any) -> "Conversation":
        text = f"Base directory for this skill: /skills/{name}\n\n# {name}"
        return self.user([{"type": "text", "text": text}], isMeta=True, **fields)

    def command(self, name: str, args: str | None = None) -> "Conversation":
        tags = f"<command-message>{name.strip('/')}</command-message>\n<command-name>{name}</command-name>"
        return self.user(tags + ("" if args is None else f"\n<command-args>{args}</command-args>"))

    def interrupted(self) -> "Conversation":
        return self.user([{"type": "text", "text": "[Request interrupted by user for tool use]"}])

    def lines(self) -> list[bytes]:
        return [json.dumps(record).encode() for record in self.records]

    def write(self, claude: Path, folder: str | None = None, tail: bytes = b"") -> Path:
        """Put it where Claude Code does, or into the folder of this name."""
        place = claude / "projects" / (folder or encoded(self._common["cwd"]))  # type: ignore[arg-type]
        path = place / f"{self.session}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line + b"\n" for line in self.lines()) + tail)
        return path

    def _assistant(self, content: list[Record], stop: str | None, **fields: Any) -> "Conversation":
        message = {"id": f"msg_{len(self.records)}", "role": "assistant", "model": "m", "content": content}
        return self.add("assistant", message=message | {"stop_reason": stop}, **fields)

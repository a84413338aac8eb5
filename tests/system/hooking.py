"""Hooks as an assistant fires them: a process for each event."""

import json
import subprocess
from typing import Any

from tests.system.processes import COMMAND, LIMIT, Place

Event = dict[str, Any]


def event(name: str, session: str = "session", **data: Any) -> Event:
    """An event in the words of Claude Code."""
    common = {"session_id": session, "transcript_path": "/nowhere.jsonl", "hook_event_name": name}
    return common | data


def skill(name: str, tool_use_id: str, **data: Any) -> Event:
    """The model has loaded a skill."""
    chosen: Event = {"tool_name": "Skill", "tool_use_id": tool_use_id, "tool_input": {"skill": name}}
    return event("PostToolUse", **chosen, tool_response={"success": True, "commandName": name}, **data)


def fire(place: Place, told: Event | bytes, *arguments: str) -> str:
    """Fire a hook, see that it does no harm, and return what it says to the assistant."""
    done = start(place, *arguments).communicate(told if isinstance(told, bytes) else encoded(told), LIMIT)
    assert done[1] == b""
    return done[0].decode()


def start(place: Place, *arguments: str) -> "subprocess.Popen[bytes]":
    """A hook's process, which waits for its event."""
    return subprocess.Popen(
        [COMMAND, "hook", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=place.environment,
        cwd=place.project,
    )


def encoded(told: Event) -> bytes:
    return json.dumps(told).encode()


def context(said: str) -> str:
    """What is added to the conversation."""
    told: str = json.loads(said)["hookSpecificOutput"]["additionalContext"]
    return told

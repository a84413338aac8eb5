"""What runs when an assistant tells of an event: `session-buddy hook`, with the event on stdin.

The whole process is to cost little more than starting Python, so nothing is imported that an event can do without. It
never fails and never complains: whatever happens, the assistant goes on as if it were not there.
"""

import json
import os
import sys
import time

from session_buddy.bridge import quick
from session_buddy.bridge.place import Place, check
from session_buddy.errors import BuddyError
from session_buddy.settings import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from session_buddy.settings import Settings

# Seconds from here on: of the 200 ms that a prompt may wait, what is left after Python has started.
PROMPT_PATIENCE = 0.165
PATIENCE = 2.0
# All hooks of a session's end together have 1.5 seconds to live.
LAST_PATIENCE = 0.7
LARGEST = 64 * 1024 * 1024
LONGEST = 33_000
PROMPT = "UserPromptSubmit"
STARTED, ENDED = "SessionStart", "SessionEnd"
EVENTS = (
    PROMPT, STARTED, ENDED, "UserPromptExpansion", "PostToolUse", "PostToolUseFailure", "Stop", "StopFailure",
    "SubagentStop",
)  # fmt: skip
_NAMES = {"BeforeSubmitPrompt": PROMPT}
# What is told of an event; everything else, such as what a tool answered, stays where it is.
_TEXTS = (
    "prompt", "prompt_id", "tool_name", "tool_use_id", "agent_id", "command_name", "command_args", "expansion_type",
    "source",
)  # fmt: skip
_INPUTS = ("skill", "command")
_PRIVATE = "<private>"


def run(arguments: "list[str]") -> int:
    """Tell the hub of the event on stdin, or leave it in the spool. Always returns 0."""
    try:
        _run(arguments)
    except Exception as error:
        _complain(error)
    return 0


def _run(arguments: "list[str]") -> None:
    begun = time.monotonic()
    given = json.loads(sys.stdin.buffer.read(LARGEST))
    settings = read(store=_option(arguments, "--store"), folder=_text(given.get("cwd")))
    event = _event(given, settings, _option(arguments, "--from") or "claude-code")
    if settings.is_child or event is None:
        return
    place = Place(settings.store)
    check(place)
    is_prompt = event["event"] == PROMPT
    deadline = begun + (PROMPT_PATIENCE if is_prompt else LAST_PATIENCE if event["event"] == ENDED else PATIENCE)
    try:
        waits = {"waits": deadline - time.monotonic()}
        answer = quick.ask(settings, "observe", event | waits, deadline)
    except OSError:
        from session_buddy.bridge import spool

        spool.put(place, settings.data_folder, event)
        return
    # Cursor has no way for a prompt's hook to add to the conversation; what it does not know it may show or refuse.
    listens = event["assistant"] != "cursor"
    if is_prompt and listens and (told := answer.get("tell")) and time.monotonic() < deadline:
        said = {"hookSpecificOutput": {"hookEventName": PROMPT, "additionalContext": told}}
        sys.stdout.write(json.dumps(said))
        sys.stdout.flush()


def _event(given: "dict[str, Any]", settings: "Settings", assistant: str) -> "dict[str, Any] | None":
    """What the hub is told, or None where it says no session, or no event that is of any use."""
    session = _text(given.get("session_id")) or _text(given.get("conversation_id"))
    name = _text(given.get("hook_event_name"))
    if not session or not name:
        return None
    name = name[:1].upper() + name[1:]
    name = _NAMES.get(name, name)
    if name not in EVENTS:
        return None
    return {
        "kind": "hook",
        "id": _new_id(),
        "at": _now(),
        "project": settings.project,
        "session": session,
        "event": name,
        "assistant": assistant,
        "hints": settings.hints if assistant != "cursor" else "off",
        "parents": _parents() if name == STARTED else [],
        "data": _told(given),
    }


def _parents() -> "list[int]":
    from session_buddy.bridge import ancestors

    return ancestors.of(os.getppid())


def _told(given: "dict[str, Any]") -> "dict[str, Any]":
    told: dict[str, Any] = {name: text for name in _TEXTS if (text := _text(given.get(name)))}
    if isinstance(given.get("is_interrupt"), bool):
        told["is_interrupt"] = given["is_interrupt"]
    inputs = given.get("tool_input")
    if isinstance(inputs, dict):
        told["tool_input"] = {name: text for name in _INPUTS if (text := _text(inputs.get(name), 400))}
    response = given.get("tool_response")
    if isinstance(response, dict) and isinstance(response.get("success"), bool):
        told["success"] = response["success"]
    return told


def _text(value: object, longest: int = LONGEST) -> "str | None":
    """A text, without what stands in it as private, since an event may wait in a file."""
    if not isinstance(value, str) or not value:
        return None
    while _PRIVATE in value.lower():
        before, _, rest = _parted(value, _PRIVATE)
        value = before + _parted(rest, "</private>")[2]
    return value[:longest] or None


def _parted(text: str, mark: str) -> "tuple[str, str, str]":
    """The text before a mark, in any case, the mark, and the text behind it; without one, all of it and nothing."""
    place = text.lower().find(mark)
    return (text, "", "") if place < 0 else (text[:place], mark, text[place + len(mark) :])


def _option(arguments: "list[str]", name: str) -> "str | None":
    """The value of an option. What is not known is passed over: a complaint would be the assistant's business."""
    for number, argument in enumerate(arguments):
        if argument == name and number + 1 < len(arguments):
            return arguments[number + 1]
        if argument.startswith(name + "="):
            return argument[len(name) + 1 :]
    return None


def _new_id() -> str:
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _now() -> str:
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{nanoseconds // 1000:06}+00:00"


def _complain(error: Exception) -> None:
    """For whoever looks for a reason; nothing of an event is in it."""
    try:
        level = read().log
    except BuddyError:
        return
    if level == "debug":
        print(f"session-buddy: the event was not taken: {type(error).__name__}", file=sys.stderr)

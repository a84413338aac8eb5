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
from session_buddy.common import private_text
from session_buddy.common.store_registry import store_key
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
# Bounds that keep the work of any event within 50 ms: the bytes that are parsed, the members that are read of a larger
# event, and the characters of a text. The rest of the input is only read to its end, so that its writer does not fail.
MAX_PARSED = 512 * 1024
MAX_MEMBERS = 64
MAX_DRAINED = 64 * 1024 * 1024
MAX_TEXT = 33_000
MAX_NAME = 1_024
MAX_PATH = 16_384
MAX_COMMAND = 400
PROMPT = "UserPromptSubmit"
STARTED, ENDED = "SessionStart", "SessionEnd"
EVENTS = (
    PROMPT, STARTED, ENDED, "UserPromptExpansion", "PostToolUse", "PostToolUseFailure", "Stop", "StopFailure",
    "SubagentStop",
)  # fmt: skip
_NAMES = {"BeforeSubmitPrompt": PROMPT}
# What is told of an event; everything else, such as what a tool answered, stays where it is.
_TEXTS = {
    "prompt": MAX_TEXT, "prompt_id": MAX_NAME, "tool_name": MAX_NAME, "tool_use_id": MAX_NAME, "agent_id": MAX_NAME,
    "command_name": MAX_NAME, "command_args": MAX_TEXT, "expansion_type": MAX_NAME, "source": MAX_NAME,
}  # fmt: skip
_INPUTS = {"skill": MAX_NAME, "command": MAX_COMMAND}


def run(arguments: "list[str]") -> int:
    """Tell the hub of the event on stdin, or leave it in the spool. Always returns 0."""
    try:
        _run(arguments)
    except Exception as error:
        _complain(error)
    return 0


def _run(arguments: "list[str]") -> None:
    begun = time.monotonic()
    data = sys.stdin.buffer.read(MAX_PARSED + 1)
    try:
        _observe(arguments, data, begun)
    finally:
        if len(data) > MAX_PARSED:
            _drain()


def _observe(arguments: "list[str]", data: bytes, begun: float) -> None:
    given = _parsed(data)
    settings = read(store=_option(arguments, "--store"), folder=_text(given.get("cwd"), MAX_PATH), look_at_git=False)
    event = _event(given, settings, _option(arguments, "--from") or "claude-code")
    if settings.is_child or event is None:
        return
    place = Place(settings.store)
    if store_key(settings.store, settings.data_folder) is not None:
        check(place)  # in an unregistered folder nothing is looked at; the event goes into the data folder
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


def _parsed(data: bytes) -> "dict[str, Any]":
    """The event's members. Of an event that is too large or too deep, those before the member that makes it so: an
    assistant writes what a tool answered after everything that is used here."""
    if len(data) <= MAX_PARSED:
        try:
            found = json.loads(data)
            return found if isinstance(found, dict) else {}
        except RecursionError:
            pass
    return _leading_members(data[:MAX_PARSED].decode("utf-8", "ignore"))


def _leading_members(text: str) -> "dict[str, Any]":
    members: dict[str, Any] = {}
    decoder, blanks = json.JSONDecoder(), json.decoder.WHITESPACE  # type: ignore[attr-defined]
    position = text.find("{") + 1
    try:
        while position and len(members) < MAX_MEMBERS:
            name, position = decoder.raw_decode(text, blanks.match(text, position).end())
            position = blanks.match(text, position).end()
            if text[position] != ":" or not isinstance(name, str):
                break
            begin = blanks.match(text, position + 1).end()
            if text[begin] == '"' and (start := _start_of_text(text, begin)) is not None:
                members[name] = start
                break
            value, position = decoder.raw_decode(text, begin)
            position = blanks.match(text, position).end()
            members[name] = value
            if text[position] != ",":
                break
            position += 1
    except (ValueError, IndexError, RecursionError):
        pass  # the member that does not end
    return members


def _start_of_text(text: str, begin: int) -> "str | None":
    """What is there of a JSON string that starts at `begin` and does not end; None for one that ends."""
    try:
        json.JSONDecoder().raw_decode(text, begin)
    except ValueError:
        for escape in range(7):  # the longest escape has six characters; it may be incomplete at the end
            try:
                return str(json.loads(text[begin : len(text) - escape] + '"'))
            except ValueError:
                pass
        raise
    return None


def _drain() -> None:
    """Read the rest of the input, up to a bound: an assistant may take a closed pipe for a failure of the hook."""
    left, source = MAX_DRAINED, sys.stdin.fileno()
    try:
        # Linux moves the pages of a pipe to the null device without copying them.
        null = os.open(os.devnull, os.O_WRONLY)
        while left > 0 and (count := os.splice(source, null, 1024 * 1024)):
            left -= count
    except (AttributeError, OSError):
        while left > 0 and (rest := os.read(source, 1024 * 1024)):
            left -= len(rest)


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
    inputs = given.get("tool_input")
    told: dict[str, Any] = _public_texts({name: (given.get(name), longest) for name, longest in _TEXTS.items()})
    if isinstance(given.get("is_interrupt"), bool):
        told["is_interrupt"] = given["is_interrupt"]
    if isinstance(inputs, dict):
        told["tool_input"] = _public_texts({name: (inputs.get(name), longest) for name, longest in _INPUTS.items()})
    response = given.get("tool_response")
    if isinstance(response, dict) and isinstance(response.get("success"), bool):
        told["success"] = response["success"]
    return told


def _public_texts(values: "dict[str, tuple[Any, int]]") -> "dict[str, str]":
    """The texts among `values`, (value, longest) each, without private parts. Where one text leaves a part open, that
    part may end in another text: there, what stands before the closing tag is private too."""
    texts = {name: value for name, value in values.items() if isinstance(value[0], str) and value[0]}
    public = {name: private_text.public_text(text, longest) for name, (text, longest) in texts.items()}
    if any(found.is_open for found in public.values()):
        for name, (text, longest) in texts.items():
            if private_text.closes_first(text[: private_text.MARGIN * longest]):
                public[name] = private_text.public_text(text, longest, is_open=True)
    return {name: kept for name, found in public.items() if (kept := found.text[: texts[name][1]])}


def _text(value: object, longest: int = MAX_NAME) -> "str | None":
    """A bounded text without its private parts, since an event may wait in a file."""
    return _public_texts({"": (value, longest)}).get("")


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

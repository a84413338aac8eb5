"""What a person wrote, and what stands in the same place but was not written by anybody."""

from typing import NamedTuple

LONGEST = 40_000
BODY = "Base directory for this skill:"
INTERRUPTED = "[Request interrupted by user"
# Put into a prompt by the assistant's program.
_ADDED = ("system-reminder", "ide_opened_file", "ide_selection", "ide_diagnostics", "user-prompt-submit-hook")
# A text that begins so is not a prompt.
_NOT_PROMPTS = (
    "<local-command-", "<bash-", "<command-", "<task-notification", "<user-memory-input", "<teammate-message",
    "Caveat: The messages below", BODY, INTERRUPTED,
)  # fmt: skip


# Commands of Claude Code itself that give the model no text.
BUILT_IN = (
    "add-dir", "agents", "bug", "clear", "compact", "config", "context", "copy", "cost", "desktop", "diff", "doctor",
    "effort", "exit", "export", "extra-usage", "fast", "feedback", "fork", "help", "hooks", "ide", "keybindings",
    "login", "logout", "mcp", "memory", "mobile", "model", "new", "output-style", "permissions", "plan", "plugin",
    "privacy-settings", "quit", "release-notes", "reload-plugins", "remote-control", "rename", "reset", "resume",
    "rewind", "sandbox", "skills", "stats", "status", "statusline", "tasks", "terminal-setup", "theme", "todos",
    "upgrade", "usage", "vim", "voice",
)  # fmt: skip


class Command(NamedTuple):
    """A command that a person typed, `/name args`; or that a program announced, which leaves out the `/`."""

    name: str
    args: str
    is_typed: bool


def as_prompt(texts: list[str]) -> str | None:
    """What the person wrote, of the texts of one record; None where they wrote nothing."""
    kept = [text for one in texts if (text := _written(one[:LONGEST])) and not text.startswith(_NOT_PROMPTS)]
    return "\n".join(kept)[:LONGEST] or None


def as_command(texts: list[str]) -> Command | None:
    """The command that these texts stand for: the tags come in any order, and only the name is always there."""
    text = next((one[:LONGEST] for one in texts if "<command-name>" in one[:LONGEST]), None)
    if text is None or not text.lstrip().startswith("<command-"):
        return None
    name = _between(text, "command-name").strip()
    args = _between(text, "command-args").strip()
    return Command(name.removeprefix("/"), args, name.startswith("/")) if name.strip("/") else None


def is_given_text(command: Command, texts: list[str]) -> bool:
    """Whether these texts of a record that nobody wrote are what the model gets for the command, which is a custom one
    then: a file of somebody's, with its text."""
    return command.is_typed and command.name not in BUILT_IN and as_prompt(texts) is not None


def is_body(texts: list[str]) -> bool:
    """Whether this is the text of a skill as the model gets it."""
    return any(text.lstrip().startswith(BODY) for text in texts)


def is_interruption(texts: list[str]) -> bool:
    return any(text.lstrip().startswith(INTERRUPTED) for text in texts)


def _between(text: str, tag: str) -> str:
    _, found, rest = text.partition(f"<{tag}>")
    return rest.partition(f"</{tag}>")[0] if found else ""


def _written(text: str) -> str:
    for tag in _ADDED:
        text = _without(text, tag)
    return text.strip()


def _without(text: str, tag: str) -> str:
    """The text without what stands between these tags; one that is not closed goes up to the end."""
    kept, position = "", 0
    while (begin := text.find(f"<{tag}>", position)) >= 0:
        kept += text[position:begin]
        end = text.find(f"</{tag}>", begin)
        if end < 0:
            return kept
        position = end + len(tag) + 3
    return kept + text[position:]

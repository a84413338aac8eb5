"""Whether a person types this, and what they say.

This is the one check for everything that only a person may do. A program that makes itself a terminal, takes the
variables of its assistant out of its environment and leaves its parent processes looks like a person; see the README.
"""

import sys

from session_buddy.errors import BuddyError
from session_buddy.settings import assistant_sign, inside_assistant
from session_buddy.store.ids import normalised

NOTHING = "Nothing was changed."


def on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def is_person() -> bool:
    """Whether everything looks as if a person types this."""
    return on_terminal() and not inside_assistant()


def require_person(act: str) -> None:
    """Refuse what only a person does; `act` names it as the start of a sentence.

    Raises:
        BuddyError: an assistant has started this, or there is no terminal.
    """
    refuse_assistants(act)
    if not on_terminal():
        raise BuddyError(
            f"{act} is a person's decision, and the input or output of this command is no terminal. {NOTHING} "
            "Type it on a terminal, without pipes."
        )


def refuse_assistants(act: str) -> None:
    """Refuse inside an assistant what persons, and their scripts, do; `act` names it as the start of a sentence.

    Raises:
        BuddyError: an assistant has started this.
    """
    if sign := assistant_sign():
        told = f"{sign} is set" if sign.isupper() else f"{sign} is among its parent processes"
        raise BuddyError(
            f"{act} is a person's decision, and an assistant has started this command ({told}). {NOTHING} "
            "Type it in a terminal of your own."
        )


def require_typed(prompt: str, wanted: str) -> str:
    """Have something typed, word for word; returns what was typed.

    Raises:
        BuddyError: something else was typed.
    """
    typed = _asked(prompt)
    if typed != normalised(wanted):
        raise BuddyError(f"That is not what was to be typed. {NOTHING}")
    return typed


def agreed(question: str) -> bool:
    """Whether the person at the terminal wants it; where there is none, the command itself says so."""
    return not on_terminal() or _asked(f"{question} [y/N] ").lower() in ("y", "yes")


def _asked(prompt: str) -> str:
    try:
        return normalised(input(prompt))
    except EOFError:
        print()
        return ""

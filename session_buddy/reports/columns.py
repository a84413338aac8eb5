"""Short columns for texts that people read."""

from rich.cells import cell_len, set_cell_size

from session_buddy.common.quoted_text import one_line


def plain(text: str) -> str:
    """The text on one line as quoted data, with nothing in it that can move a cursor."""
    return one_line(text)


def short(text: str, room: int) -> str:
    """The text in at most so many cells of a terminal, and at most twice as many characters: marks that take no cell of
    their own can be there in any number. A sign says that it was cut; nothing in it can move a cursor."""
    shown = plain(text[: 8 * room + 1_000])
    kept = shown[: 2 * room]
    if kept == shown and cell_len(shown) <= room:
        return shown
    return set_cell_size(kept, min(cell_len(kept), room - 1)).rstrip() + "…"


def left(text: str, room: int) -> str:
    return set_cell_size(short(text, room), room)


def right(text: str, room: int) -> str:
    kept = short(text, room)
    return " " * (room - cell_len(kept)) + kept


def percent(rate: float | None) -> str:
    """A rate, or a dash where there is none. Only what is all is shown as 100 %, and only what is nothing as 0 %."""
    if rate is None:
        return "–"
    if 0 < rate < 1:
        return "<1 %"
    if 99 < rate < 100:
        return ">99 %"
    return f"{rate:.0f} %"


def more(shown: int, found: int, what: str) -> list[str]:
    """A line that says how many are not shown, where that is so; `what` begins with their plural in s."""
    left_out, (word, blank, rest) = found - shown, what.partition(" ")
    named = word[:-1] if left_out == 1 else word
    return [f"  … and {left_out:,} more {named}{blank}{rest}"] if left_out > 0 else []

"""Tables and words that all texts about coaching share."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from rich.cells import cell_len

from session_buddy.reports.columns import left, percent, plain, right, short

GAP = "  "
# A cell is cut here even where there is room for more.
LONGEST = 256
# Where all may be shown, longer cells stand as they are and push the rest of their line to the right.
WIDE = 60

Told = dict[str, Any]


class Column(NamedTuple):
    """A column of a table. Where there is little room it is cut down to `least` cells; never where that is 0."""

    head: str
    least: int = 0
    number: bool = False


def table(columns: list[Column], rows: list[list[str]], width: int | None) -> list[str]:
    """The rows below their heads, each column as wide as it must be. Where `width` cells are too few, columns that may
    be cut are, then the last ones are left out, which is said."""
    cells = [[one.head for one in columns], *([short(cell, LONGEST) for cell in row] for row in rows)]
    natural = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    shown = len(columns)
    widths = _fitting(columns, natural, width)
    while width is not None and shown > 2 and _total(widths) > width:
        shown -= 1
        widths = _fitting(columns[:shown], natural[:shown], width)
    lines = [_line(columns[:shown], row[:shown], widths, width) for row in cells]
    if shown == len(columns):
        return lines
    left_out = f"(a wider terminal also shows {', '.join(one.head for one in columns[shown:])})"
    return [*lines, left_out if width is None else short(left_out, width)]


def acceptance_text(stats: Told) -> str:
    """How many were accepted of those that were accepted, rejected or corrected."""
    judged = judged_of(stats)
    if not judged:
        return "nothing judged yet" if stats["suggestions_made"] else "no decision yet"
    return share(stats["acceptance_rate"], stats["accepted"], judged)


def stats_lines(stats: Told) -> list[str]:
    """Counts that add up to all decisions, and their rates."""
    if not stats["suggestions_made"]:
        return ["no decision yet"]
    parts = [f"{stats[name]:,} {name}" for name in ("accepted", "rejected", "corrected")]
    parts += [f"{stats['manual_executions']:,} by hand", f"{stats['skipped']:,} skipped"]
    parts += [f"{stats['auto']:,} without asking"] if stats["auto"] else []
    lines = [f"{counted(stats['suggestions_made'], 'decision')}: {', '.join(parts)}"]
    if judged := judged_of(stats):
        lines.append(
            f"accepted {share(stats['acceptance_rate'], stats['accepted'], judged)}, "
            f"corrected {share(stats['correction_rate'], stats['corrected'], judged)}"
        )
    return lines


def statuses_text(by_status: dict[str, int]) -> str:
    """How many coaching sessions there are, and of which status."""
    total = sum(by_status.values())
    parts = [f"{count:,} {status}" for status, count in by_status.items() if count]
    return counted(total, "coaching session") + (f": {', '.join(parts)}" if parts else "")


def judged_of(stats: Told) -> int:
    judged: int = stats["accepted"] + stats["rejected"] + stats["corrected"]
    return judged


def share(rate: float, part: int, whole: int) -> str:
    """A percentage with the counts that it is made of."""
    return f"{percent(rate)} ({part:,} of {whole:,})"


def confidence_text(confidence: float | None, count: int) -> str:
    """How sure one can be that a person accepts a step, from how many decisions by persons."""
    return "none yet" if confidence is None else f"{percent(100 * confidence)} (n = {count:,})"


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def minute(moment: str) -> str:
    """A moment where the person is, to the minute."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"


def json_text(value: Any) -> str:
    """A value as JSON on one line."""
    return plain(json.dumps(value, ensure_ascii=False))


def fitted(lines: list[str], width: int | None) -> list[str]:
    """Lines that may be cut, cut to the terminal's width."""
    return lines if width is None else [short(line, width) for line in lines]


def _fitting(columns: list[Column], natural: list[int], width: int | None) -> list[int]:
    if width is None:
        return [min(size, WIDE) for size in natural]
    widths = list(natural)
    over = _total(widths) - width
    while over > 0:
        room = [size - column.least if column.least else 0 for size, column in zip(widths, columns, strict=True)]
        widest = max(range(len(widths)), key=lambda index: room[index])
        if room[widest] <= 0:
            break
        widths[widest] -= 1
        over -= 1
    return widths


def _total(widths: list[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _line(columns: list[Column], cells: list[str], widths: list[int], width: int | None) -> str:
    parts = [
        cell if cell_len(cell) > room and width is None else right(cell, room) if column.number else left(cell, room)
        for column, cell, room in zip(columns, cells, widths, strict=True)
    ]
    line = GAP.join(parts).rstrip()
    return line if width is None else short(line, width)

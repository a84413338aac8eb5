"""Every skill as a table for people, and below it what became of recommendations."""

from typing import Any

from rich.cells import cell_len, set_cell_size

from session_buddy.reports.columns import plain
from session_buddy.reports.text import day

NONE_KNOWN = (
    "No skill is known yet. They come in when an assistant uses one and tells track_skill, "
    "with `session-buddy import FILE`, or by being installed."
)
HEAD = ("skill", "uses", "completed", "open", "last use", "chosen", "rank", "as first", "installed", "description")
INSTALLED = HEAD.index("installed")
# Longer names stand as they are and push the rest of their line to the right.
NAME_WIDTH = 32
GAP = "  "


def skills_text(found: dict[str, Any], width: int | None = None) -> str:
    """One line a skill, and below them how recommendations were followed. Descriptions take the room that `width`
    characters leave them; without a width they are whole."""
    if not found["skills"]:
        return NONE_KNOWN
    rows = [HEAD, *(_cells(one) for one in found["skills"])]
    if not any(row[INSTALLED] for row in rows[1:]):
        rows = [row[:INSTALLED] + row[INSTALLED + 1 :] for row in rows]
    widths = [max(cell_len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [_line(row, [min(widths[0], NAME_WIDTH), *widths[1:-1]], width) for row in rows]
    below = following_text(found["recommendations"])
    return "\n".join([*lines, "", below] if below else lines)


def following_text(lists: dict[str, Any]) -> str | None:
    """What became of the lists that were given, in one line; None when nothing was ever chosen from any."""
    parts = [_given(lists)] if lists["given"] else []
    if lists["reported"]:
        choices = "1 choice" if lists["reported"] == 1 else f"{lists['reported']} choices"
        parts.append(f"{choices} reported with the use itself")
    if lists["average_selection_rank"] is not None:
        parts.append(f"average rank {_rank(lists['average_selection_rank'])}")
    if lists["first_choice_ended"]:
        rate = _percent(lists["first_choice_completion_rate"])
        parts.append(f"{rate} completed when the first was taken (n = {lists['first_choice_ended']})")
    return "; ".join(parts) + "." if parts else None


def _line(row: tuple[str, ...], widths: list[int], width: int | None) -> str:
    name, *figures, description = row
    cells = [_padded(name, widths[0])]
    cells += [figure.rjust(room) for figure, room in zip(figures, widths[1:], strict=True)]
    line = GAP.join(cells)
    room = None if width is None else width - cell_len(line) - len(GAP)
    return f"{line}{GAP}{_short(description, room)}".rstrip()


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    used = one["last_used_at"]
    description = one["description"] or ""
    return (
        plain(one["skill_name"]),
        str(one["invocations"]),
        _percent(one["completion_rate"]),
        str(one["open"]),
        day(used) if used else "never used",
        f"{one['chosen']} of {one['shown']}" if one["shown"] else "–",
        _rank(one["average_selection_rank"]),
        _percent(one["first_choice_completion_rate"]),
        _installed(one),
        plain(description),
    )


def _installed(one: dict[str, Any]) -> str:
    """What it is and where, of one that is installed and was never used."""
    if one["last_used_at"] or not one.get("place"):
        return ""
    place = plain(one["place"])
    return place if one["kind"] == "skill" else f"{place} ({one['kind']})"


def _given(lists: dict[str, Any]) -> str:
    text = f"{lists['given']} {'list' if lists['given'] == 1 else 'lists'} given, "
    if not lists["answered"]:
        return f"{text}none answered yet"
    share = _percent(100 * lists["chosen"] / lists["answered"])
    return f"{text}{lists['answered']} answered: chosen {lists['chosen']} ({share}), ignored {lists['ignored']}"


def _padded(text: str, room: int) -> str:
    return text + " " * (room - cell_len(text))


def _short(text: str, room: int | None) -> str:
    """The text in so many cells of a terminal; nothing where it would be little more than the sign that it is cut."""
    if room is None or cell_len(text) <= room:
        return text
    return set_cell_size(text, room - 1).rstrip() + "…" if room > 3 else ""


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.0f} %"


def _rank(rank: float | None) -> str:
    return "–" if rank is None else f"{rank:.1f}"

"""The heatmap of skills by phases, for a terminal."""

from typing import Any

from rich.table import Table
from rich.text import Text

from session_buddy.reports.columns import left, percent, right, short

TITLE = "Skill Usage Heatmap by Workflow Phase"
LEGEND = "Legend: completed of the ended uses, and all uses; – none has ended yet; empty: never used in that phase."
NAME, CELL = 24, 12
_LOW, _MIDDLE, _HIGH = (170, 70, 0), (105, 105, 105), (0, 90, 165)

Result = dict[str, Any]


def heatmap_text(heatmap: Result, rows: int = 15, columns: int = 8) -> str:
    """The heatmap in characters, one line a skill, and a legend."""
    if not heatmap["all_phases"]:
        return f"{TITLE}\n  Nothing to show yet: no use has a phase.\n{LEGEND}"
    phases, skills = heatmap["phases"][:columns], heatmap["skills"][:rows]
    cells = _cells(heatmap)
    lines = [TITLE, " " * NAME + "".join(right(short(phase, CELL - 1), CELL) for phase in phases)]
    for skill in skills:
        told = (_cell(cells.get((skill, phase))) for phase in phases)
        lines.append((left(skill, NAME) + "".join(right(text, CELL) for text in told)).rstrip())
    return "\n".join([*lines, *left_out(heatmap, len(skills), len(phases)), LEGEND])


def heatmap_table(heatmap: Result, columns: int = 8) -> Table:
    """The same in colour, from orange (nothing completed) to blue (all completed)."""
    phases = heatmap["phases"][:columns]
    cells = _cells(heatmap)
    caption = "\n".join([*left_out(heatmap, len(heatmap["skills"]), len(phases)), LEGEND])
    table = Table(title=TITLE, caption=caption, title_justify="left", caption_justify="left", title_style="bold")
    table.add_column("skill", no_wrap=True, max_width=NAME)
    for phase in phases:
        table.add_column(Text(short(phase, CELL)), justify="right", no_wrap=True)
    for skill in heatmap["skills"]:
        table.add_row(Text(short(skill, NAME)), *(_coloured(cells.get((skill, phase))) for phase in phases))
    return table


def colour(rate: float) -> tuple[int, int, int]:
    """Orange over grey to blue for 0 to 100 percent, which people with any colour vision can tell apart, and dark
    enough for white letters."""
    part = rate / 50 - 1
    end = _LOW if part < 0 else _HIGH
    red, green, blue = (round(middle + abs(part) * (far - middle)) for middle, far in zip(_MIDDLE, end, strict=True))
    return red, green, blue


def _coloured(cell: Result | None) -> Text:
    if cell is None or cell["completion_rate"] is None:
        return Text(_cell(cell))
    red, green, blue = colour(cell["completion_rate"])
    return Text(_cell(cell), style=f"white on rgb({red},{green},{blue})")


def _cell(cell: Result | None) -> str:
    return "" if cell is None else f"{percent(cell['completion_rate'])} {_count(cell['total']):>4}"


def _count(number: int) -> str:
    """A number in at most five characters."""
    return str(number) if number < 100_000 else f"{number // 1000}k"


def _cells(heatmap: Result) -> dict[tuple[str, str], Result]:
    return {(cell["skill_name"], cell["phase"]): cell for cell in heatmap["cells"]}


def left_out(heatmap: Result, skills: int, phases: int) -> list[str]:
    """A line that says how much is not shown, where that is so."""
    parts = []
    if heatmap["all_skills"] > skills:
        parts.append(f"{heatmap['all_skills'] - skills} other skills")
    if heatmap["all_phases"] > phases:
        parts.append(f"{heatmap['all_phases'] - phases} other phases")
    return [f"Left out: {' and '.join(parts)}."] if parts else []

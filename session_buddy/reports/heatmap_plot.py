"""The heatmap of skills by phases, as a picture."""

from typing import Any

from session_buddy.reports.columns import percent, short
from session_buddy.reports.heatmap import TITLE, left_out
from session_buddy.reports.pictures import write_picture

LONGEST = 32
MOST_PHASES = 40
# Inches for each column and row, and around them.
CELL, AROUND = (1.15, 0.42), (4.2, 2.2)
DOTS = 110
COLOURS = "RdYlBu"
NO_RATE = "#EEEEEE"


def draw(heatmap: dict[str, Any], path: str) -> None:
    """Write the picture to a PNG or SVG file, by the ending of `path`; see `write_picture`.

    Raises:
        UnsafePathError: `path` is a link, not a regular file, or another user's.
        OSError: the file cannot be written.
    """
    write_picture(path, lambda: _figure(heatmap))


def _figure(heatmap: dict[str, Any]) -> Any:
    from matplotlib.figure import Figure

    skills, phases = heatmap["skills"], heatmap["phases"][:MOST_PHASES]
    size = (AROUND[0] + CELL[0] * max(3, len(phases)), AROUND[1] + CELL[1] * max(3, len(skills)))
    figure = Figure(figsize=size, dpi=DOTS, layout="constrained")
    axes = figure.subplots()
    axes.set_title(TITLE)
    if skills:
        _cells(figure, axes, heatmap, skills, phases)
    else:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "Nothing to show yet: no use has a phase.", ha="center", va="center")
    return figure


def _cells(figure: Any, axes: Any, heatmap: dict[str, Any], skills: list[str], phases: list[str]) -> None:
    """A square for each cell that has uses, its number in it; cells without stay white."""
    import numpy as np
    from matplotlib.colors import ListedColormap

    rates, used = np.full((len(skills), len(phases)), np.nan), np.full((len(skills), len(phases)), np.nan)
    for cell in heatmap["cells"]:
        if cell["phase"] not in phases:
            continue
        row, column = skills.index(cell["skill_name"]), phases.index(cell["phase"])
        used[row, column] = 0
        if cell["completion_rate"] is not None:
            rates[row, column] = cell["completion_rate"]
        text = f"{percent(cell['completion_rate'])}\nn = {cell['total']:,}"
        axes.text(column, row, text, ha="center", va="center", fontsize=8, color=ink(rates[row, column]))
    axes.imshow(used, cmap=ListedColormap([NO_RATE]), aspect="auto")
    shown = axes.imshow(rates, cmap=COLOURS, vmin=0, vmax=100, aspect="auto")
    axes.set_xticks(range(len(phases)), [_plain(phase) for phase in phases], rotation=35, ha="right")
    axes.set_yticks(range(len(skills)), [_plain(skill) for skill in skills])
    figure.colorbar(shown, ax=axes, label="completed of the ended uses, %")
    legend = "Legend: rate and number of uses; grey: none has ended yet; white: never used in that phase"
    axes.set_xlabel("\n".join([legend, *left_out(heatmap, len(skills), len(phases))]))


def ink(rate: float) -> str:
    """The colour of letters that can be read on the colour of a rate, or on grey where there is none."""
    return "white" if rate < 12 or rate >= 90 else "black"


def _plain(text: str) -> str:
    """A name as it is written: matplotlib takes what is between dollar signs for a formula."""
    return short(text, LONGEST).replace("$", r"\$")

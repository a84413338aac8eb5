"""The heatmap: as text, in colour, and as a picture of which the pixels are looked at."""

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from session_buddy.cli import pictures
from session_buddy.reports.heatmap import LEGEND, colour, heatmap_table, heatmap_text
from session_buddy.reports.heatmap_plot import COLOURS, NO_RATE, draw, ink
from session_buddy.skills import workflow
from session_buddy.store import figures
from session_buddy.store.store import Store
from tests.skills.pasts import Use, asked, fill

# One skill that is always completed and one that never is; a use that is open; and cells without any use.
SMALL = [
    *[Use("planning", 3, "completed", phase="plan")] * 4,
    *[Use("planning", 3, "completed", phase="build")] * 3,
    *[Use("debugging", 2, "failed", phase="build")] * 2,
    Use("debugging", 0.1, None, phase="ship"),
]

NAMES = ["$x$", "$", r"\$a$", "100$ and 200$", r"$\frac{", "_^{}", "x" * 256, "e\u0301", "🧑‍🚀"]
NAMES += ["調試", "नमस्ते", "தமிழ்", "שלום", "سلام", "ไทย"]


def heatmap(store: Store) -> dict[str, Any]:
    found: dict[str, Any] = asked(store, lambda cursor, scope: workflow.heatmap(figures.by_phase(cursor, scope)))
    return found


def drawn(store: Store, path: Path) -> str:
    """The picture as the command draws it; a warning fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pictures.draw(heatmap(store), str(path), draw)
    return str(path)


def pixels(path: str) -> np.ndarray[Any, Any]:
    from matplotlib.image import imread

    return np.round(imread(path)[:, :, :3] * 255).astype(int)


def share(picture: np.ndarray[Any, Any], red: int, green: int, blue: int) -> float:
    """The share of pixels that have this colour, or nearly."""
    return float((np.abs(picture - [red, green, blue]).max(axis=2) <= 2).mean())


def test_a_cell_without_uses_is_empty_and_one_where_nothing_has_ended_is_a_dash(store: Store) -> None:
    fill(store, SMALL)
    lines = heatmap_text(heatmap(store)).splitlines()
    assert lines == [
        "Skill Usage Heatmap by Workflow Phase",
        "                               build        plan        ship",
        "planning                  100 %    3  100 %    4",
        "debugging                   0 %    2                  –    1",
        LEGEND,
    ]


def test_nearly_all_is_not_all_and_large_numbers_keep_to_their_column() -> None:
    cells = [
        {"skill_name": "a", "phase": "p", "completion_rate": 99.9996, "ended": 1, "total": 250_000},
        {"skill_name": "a", "phase": "q", "completion_rate": 0.0004, "ended": 1, "total": 99_999},
    ]
    found = {"skills": ["a"], "all_skills": 1, "phases": ["p", "q"], "all_phases": 2, "cells": cells}
    assert heatmap_text(found).splitlines()[2].split() == ["a", ">99", "%", "250k", "<1", "%", "99999"]


def test_names_of_wide_characters_keep_the_columns_in_line(store: Store) -> None:
    fill(store, [Use("調試與重構" * 9, 1, phase="建造階段" * 9), Use("a", 1, phase="b")])
    head, wide, narrow = heatmap_text(heatmap(store)).splitlines()[1:4]
    assert cell_len(head) == 48
    assert {cell_len(wide), cell_len(narrow)} == {36, 48}


def test_what_is_left_out_is_counted(store: Store) -> None:
    fill(store, [Use(f"skill {number}", 1, phase=f"phase {number}") for number in range(18)])
    text = heatmap_text(heatmap(store), rows=15, columns=8)
    assert "Left out: 3 other skills and 10 other phases." in text
    assert "Left out: 3 other skills." in heatmap_text(heatmap(store), columns=18)


def test_without_any_phase_it_says_so(store: Store) -> None:
    fill(store, [Use("planning", 1)])
    assert "Nothing to show yet: no use has a phase." in heatmap_text(heatmap(store))


@pytest.mark.parametrize("width", [60, 80, 132])
def test_in_colour_every_number_stays_whole_in_the_width_of_the_terminal(store: Store, width: int) -> None:
    fill(store, [Use("a-name-that-does-not-end" * 9, 1, phase=f"a long phase {number}") for number in range(9)])
    console = Console(force_terminal=True, color_system="truecolor", width=width, no_color=False, _environ={})
    with console.capture() as captured:
        console.print(heatmap_table(heatmap(store), max(1, (width - 28) // 15)))
    plain = "".join(part.partition("m")[2] if at else part for at, part in enumerate(captured.get().split("\x1b[")))
    assert plain.count("100 %    1") == (width - 28) // 15
    assert all(cell_len(line) <= width for line in plain.splitlines())


def test_colours_are_behind_rates_only(store: Store) -> None:
    fill(store, SMALL)
    console = Console(force_terminal=True, color_system="truecolor", width=100, no_color=False, _environ={})
    with console.capture() as captured:
        console.print(heatmap_table(heatmap(store)))
    shown = re.findall(r"48;2;(\d+);(\d+);(\d+)m([^\x1b]*)", captured.get())
    assert [(tuple(map(int, one[:3])), one[3].split()) for one in shown] == [
        (colour(100), ["100", "%", "3"]),
        (colour(100), ["100", "%", "4"]),
        (colour(0), ["0", "%", "2"]),
    ]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """As WCAG 2.1 defines it, of colours from 0 to 1; it asks for 4.5."""

    def luminance(colour: tuple[float, ...]) -> float:
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_letters_can_be_read_on_every_colour() -> None:
    from matplotlib import colormaps
    from matplotlib.colors import to_rgb

    for rate in range(101):
        assert contrast((1, 1, 1), tuple(part / 255 for part in colour(rate))) >= 4.5
        assert contrast(to_rgb(ink(rate)), colormaps[COLOURS](rate / 100)[:3]) >= 4.5
    assert contrast(to_rgb(ink(float("nan"))), to_rgb(NO_RATE)) >= 4.5


def test_the_picture_has_a_colour_for_each_rate_grey_for_open_and_white_for_never(store: Store, tmp_path: Path) -> None:
    from matplotlib import colormaps

    fill(store, SMALL)
    picture = pixels(drawn(store, tmp_path / "heatmap.png"))
    low, high = ([round(255 * part) for part in colormaps[COLOURS](rate)[:3]] for rate in (0.0, 1.0))
    bright, grey = share(picture, *high), share(picture, 0xEE, 0xEE, 0xEE)
    assert bright > 0.02
    assert share(picture, *low) == pytest.approx(bright / 2, rel=0.2)
    assert grey == pytest.approx(bright / 2, rel=0.2)
    assert share(picture, 255, 255, 255) > 0.5


def test_an_svg_is_drawn_with_its_names(store: Store, tmp_path: Path) -> None:
    fill(store, SMALL)
    text = Path(drawn(store, tmp_path / "heatmap.svg")).read_text(encoding="utf-8")
    assert text.lstrip().startswith("<?xml")
    assert "<svg" in text
    for name in ("planning", "debugging", "build", "Skill Usage Heatmap by Workflow Phase"):
        assert f"<!-- {name} -->" in text


@pytest.mark.parametrize("name", NAMES)
def test_no_name_breaks_the_picture_or_makes_it_warn(store: Store, tmp_path: Path, name: str) -> None:
    fill(store, [Use(name, 1, phase=name), Use("other", 1, "failed", phase="other")])
    for ending in ("png", "svg"):
        assert Path(drawn(store, tmp_path / f"heatmap.{ending}")).stat().st_size > 1000


def test_of_many_phases_the_picture_says_how_many_are_left_out(store: Store, tmp_path: Path) -> None:
    fill(store, [Use(f"skill {number}", 1, phase=f"phase {number}") for number in range(45)])
    text = Path(drawn(store, tmp_path / "heatmap.svg")).read_text(encoding="utf-8")
    assert "Left out: 30 other skills and 5 other phases." in text


def test_a_picture_of_nothing_says_so(store: Store, tmp_path: Path) -> None:
    assert "Nothing to show yet" in Path(drawn(store, tmp_path / "nothing.svg")).read_text(encoding="utf-8")

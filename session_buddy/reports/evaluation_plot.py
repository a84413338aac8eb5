"""How good the recommendations are, as a picture."""

from typing import Any

from session_buddy.reports.evaluation import NAMES
from session_buddy.reports.pictures import write_picture

# Okabe and Ito's colours, which people with any colour vision can tell apart.
COLOURS = {"session_buddy": "#0072B2", "with_classifier": "#56B4E9", "most_used": "#999999", "nearest": "#E69F00"}
INK = {"session_buddy": "white"}
THRESHOLD, BLACK = "#D55E00", "#111111"
# A bar that is lower than this has no room for its number.
LEAST_INSIDE = 6
MEASURES = {"recall_at_1": "comes first\n(recall@1)", "recall_at_5": "in the first five\n(recall@5)"}
RECIPROCAL = "mean reciprocal\nrank × 100"
SIZE, DOTS = (12, 6), 100


def draw(found: dict[str, Any], path: str) -> None:
    """Write the picture of an evaluation to a PNG or SVG file; see `write_picture`.

    Raises:
        UnsafePathError: `path` is a link, not a regular file, or another user's.
        OSError: the file cannot be written.
    """
    write_picture(path, lambda: _figure(found))


def _figure(found: dict[str, Any]) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    ranks, fits = figure.subplots(1, 2, width_ratios=(1.25, 1))
    _ranks(ranks, found)
    _reliability(fits, found)
    for axes in (ranks, fits):
        axes.set_ylim(0, 105)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#DDDDDD", linewidth=0.8)
        axes.set_axisbelow(True)
    return figure


def _ranks(axes: Any, found: dict[str, Any]) -> None:
    """Where each method ranks the skill that was used, with intervals of 95 % where there are any."""
    methods = found["methods"]
    width = 0.84 / len(methods)
    for at, (name, method) in enumerate(methods.items()):
        shares = [method[key] for key in MEASURES]
        heights = [one["percent"] for one in shares] + [100 * method["mrr"]]
        middles = [place + (at - (len(methods) - 1) / 2) * width for place in range(len(heights))]
        axes.bar(middles, heights, 0.92 * width, color=COLOURS[name], label=NAMES[name])
        axes.errorbar(
            middles[: len(shares)], heights[: len(shares)], _errors(shares),
            fmt="none", ecolor="#333333", capsize=3, linewidth=1,
        )  # fmt: skip
        for middle, height in zip(middles, heights, strict=True):
            _number(axes, middle, height, name)
    axes.set_xticks(range(len(MEASURES) + 1), [*MEASURES.values(), RECIPROCAL])
    axes.set_ylabel(f"% of {found['left_out']} past problems")
    axes.set_title("Where the skill that was used is ranked")
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)


def _number(axes: Any, middle: float, height: float, name: str) -> None:
    """The height of a bar, at its foot, where it hides the line of an interval."""
    inside = height >= LEAST_INSIDE
    axes.annotate(
        f"{height:.0f}", (middle, 0), (0, 4), textcoords="offset points", ha="center", weight="bold",
        color=INK.get(name, BLACK) if inside else BLACK,
        bbox={"facecolor": COLOURS[name] if inside else "white", "edgecolor": "none", "pad": 0.5},
    )  # fmt: skip


def _reliability(axes: Any, found: dict[str, Any]) -> None:
    """How often the first skill is right, by how well it fits: the bins side by side, however near their fits are."""
    bins = found["reliability"]
    shares = [one["right"] for one in bins]
    axes.errorbar(
        range(len(bins)), [one["percent"] for one in shares], _errors(shares),
        fmt="o", markersize=8, color=COLOURS["session_buddy"], capsize=4,
        label="share that is right, with its interval",
    )  # fmt: skip
    threshold = found["confident"]["threshold"]
    axes.axvline(
        _place(threshold, bins), color=THRESHOLD, linestyle="--", linewidth=1.5,
        label=f"confident from {threshold:.2f} on",
    )  # fmt: skip
    axes.set_xlim(-0.6, len(bins) - 0.4)
    axes.set_xticks(range(len(bins)), [f"{one['low']:.2f}–{one['high']:.2f}\nn = {one['right']['n']}" for one in bins])
    axes.set_xlabel("fit of the first skill")
    axes.set_ylabel("% in which it is the right one")
    axes.set_title("What a fit is worth")
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)


def _place(fit: float, bins: list[dict[str, Any]]) -> float:
    """Where a fit lies on an axis on which the bins stand at 0, 1, 2 and so on, each one wide."""
    for at, one in enumerate(bins):
        if fit <= one["low"]:
            return at - 0.5
        if fit <= one["high"]:
            return at - 0.5 + float((fit - one["low"]) / (one["high"] - one["low"]))
    return len(bins) - 0.5


def _errors(shares: list[dict[str, Any]]) -> list[list[float]]:
    """How far each share's interval reaches below and above it."""
    # A rounded percentage of 0 or 100 may lie outside of its interval by a last digit.
    below = [max(0.0, one["percent"] - one["low"]) for one in shares]
    return [below, [max(0.0, one["high"] - one["percent"]) for one in shares]]

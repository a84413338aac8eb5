"""How good the recommendations are, as a picture."""

from typing import Any

from session_buddy.reports.evaluation import NAMES

# Okabe and Ito's colours, which people with any colour vision can tell apart.
COLOURS = {"session_buddy": "#0072B2", "with_classifier": "#56B4E9", "most_used": "#999999", "nearest": "#E69F00"}
INK = {"session_buddy": "white"}
MEASURES = {"recall_at_1": "comes first", "recall_at_5": "in the first five"}
PATCH = {"facecolor": "white", "edgecolor": "none", "pad": 1}
SIZE, DOTS = (12, 6), 100


def draw(found: dict[str, Any], path: str) -> None:
    """Write the picture of an evaluation to a PNG or SVG file.

    Raises:
        OSError: the file cannot be written.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    recalls, fits = figure.subplots(1, 2)
    _recalls(recalls, found)
    _reliability(fits, found)
    for axes in (recalls, fits):
        axes.set_ylim(0, 105)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#DDDDDD", linewidth=0.8)
        axes.set_axisbelow(True)
    figure.savefig(path)


def _recalls(axes: Any, found: dict[str, Any]) -> None:
    """How often the used skill comes first, or among the first five, by each method."""
    methods = found["methods"]
    width = 0.8 / len(methods)
    for at, (name, method) in enumerate(methods.items()):
        shares = [method[key] for key in MEASURES]
        middles = [place + (at - (len(methods) - 1) / 2) * width for place in range(len(MEASURES))]
        heights = [one["percent"] for one in shares]
        below = [one["percent"] - one["low"] for one in shares]
        above = [one["high"] - one["percent"] for one in shares]
        bars = axes.bar(middles, heights, 0.92 * width, color=COLOURS[name], label=NAMES[name])
        axes.errorbar(middles, heights, [below, above], fmt="none", ecolor="#333333", capsize=3, linewidth=1)
        axes.bar_label(
            bars,
            [f"{height:.0f}" for height in heights],
            label_type="center",
            color=INK.get(name, "#111111"),
            weight="bold",
        )
    axes.set_xticks(range(len(MEASURES)), list(MEASURES.values()))
    axes.set_ylabel(f"% of {found['left_out']} past problems")
    axes.set_title("Where the skill that was used is ranked")
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.07), ncols=2)


def _reliability(axes: Any, found: dict[str, Any]) -> None:
    """How often the first skill is right, by how well it fits."""
    bins = found["reliability"]
    middles = [(one["low"] + one["high"]) / 2 for one in bins]
    rates = [one["right"]["percent"] for one in bins]
    below = [one["right"]["percent"] - one["right"]["low"] for one in bins]
    above = [one["right"]["high"] - one["right"]["percent"] for one in bins]
    axes.errorbar(middles, rates, [below, above], fmt="o-", color=COLOURS["session_buddy"], capsize=3)
    for middle, rate, one in zip(middles, rates, bins, strict=True):
        axes.annotate(
            f"n = {one['right']['n']}",
            (middle, rate),
            (6, -14),
            textcoords="offset points",
            color="#555555",
            bbox=PATCH,
        )
    threshold = found["confident"]["threshold"]
    axes.axvline(threshold, color="#D55E00", linestyle="--", linewidth=1.5)
    axes.annotate(
        "confident from here ",
        (threshold, 3),
        ha="right" if threshold > 0.5 else "left",
        color="#D55E00",
        xytext=(-4 if threshold > 0.5 else 4, 0),
        textcoords="offset points",
    )
    axes.set_xlim(0, min(1.0, 1.25 * max(middles)))
    axes.set_xlabel("fit of the first skill")
    axes.set_ylabel("% in which it is the right one")
    axes.set_title("What a fit is worth")

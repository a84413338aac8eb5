"""How good the recommendations are, as a table and as a picture."""

from pathlib import Path
from typing import Any

import pytest

from session_buddy.reports.evaluation import evaluation_text
from session_buddy.reports.evaluation_plot import draw


def share(percent: float, n: int) -> dict[str, Any]:
    return {"percent": percent, "low": max(0.0, percent - 10), "high": min(100.0, percent + 10), "n": n}


NONE = {"percent": None, "low": None, "high": None, "n": 0}


def method(first: float, five: float, n: int) -> dict[str, Any]:
    return {"recall_at_1": share(first, n), "recall_at_5": share(five, n), "mrr": (first + five) / 200}


def figures(n: int = 160, **others: Any) -> dict[str, Any]:
    """The figures of so many problems, some of them changed."""
    found = {
        "past_problems": n,
        "kept_per_skill": None,
        "left_out": n,
        "unknowable": 0,
        "ranking": "semantic",
        "methods": {
            "session_buddy": method(75.0, 95.0, n),
            "most_used": method(25.0, 60.0, n),
            "nearest": method(50.0, 85.0, n),
        },
        "confident": {
            "threshold": 0.31,
            "learned_from": n,
            "share": share(80.0, n),
            "right_when_confident": share(85.0, 4 * n // 5),
            "right_when_not": share(40.0, n // 5),
            "silent_when_nothing_fits": share(55.0, n),
        },
        "reliability": [
            {"low": 0.1 * at, "high": 0.1 * at + 0.08, "right": share(20.0 * at, n // 5)} for at in range(1, 6)
        ],
        "embedding": {"state": "asleep", "texts": 200, "embedded": 200},
    }
    return found | others


WITH_CLASSIFIER = {
    "session_buddy": method(75.0, 95.0, 160),
    "with_classifier": method(80.0, 95.0, 160),
    "most_used": method(25.0, 60.0, 160),
    "nearest": method(50.0, 85.0, 160),
}


def test_the_verdict_comes_first_in_plain_words() -> None:
    assert evaluation_text(figures()).splitlines()[0] == (
        "For 75 of 100 past problems the skill that was used comes first; "
        "always naming the most used skill would be right for 25."
    )


def test_every_method_has_a_row_with_intervals() -> None:
    rows = [line.split("  ") for line in evaluation_text(figures()).splitlines()]
    names = [row[0] for row in rows if row[0] in ("session_buddy", "most used first", "nearest past problem")]
    assert names == ["session_buddy", "most used first", "nearest past problem"]
    assert "session_buddy            75.0 % (65–85)   95.0 % (85–100)  0.850" in evaluation_text(figures())


def test_little_history_is_called_little_and_counted_not_scaled_up() -> None:
    verdict = evaluation_text(figures(12)).splitlines()[0]
    assert verdict.startswith("Only 12 past problems can be left out; from about 50 on the figures mean something.")
    assert "comes first for 9 of 12; always naming the most used skill would be right for 3." in verdict
    assert evaluation_text(figures(1)).startswith("Only 1 past problem can be left out")
    assert "Only" not in evaluation_text(figures(50))


def test_an_empty_history_is_one_line() -> None:
    nothing = figures(0, methods={}, reliability=[])
    assert evaluation_text(nothing).count("\n") == 0
    assert "import" in evaluation_text(nothing)
    assert evaluation_text(nothing | {"unknowable": 3}).splitlines()[1].startswith("3 problems were the only ones")


def test_what_nobody_could_know_is_counted_apart() -> None:
    one, more = (evaluation_text(figures(unknowable=number)) for number in (1, 12))
    assert "1 problem was the only one of its skill; nobody could know these" in one
    assert "12 problems were the only ones of their skill; nobody could know these" in more
    assert "nobody could know" not in evaluation_text(figures())


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, "160 of 160 completed or open problems, each left out once"),
        ({"past_problems": 3000}, "160 of 3000 completed or open problems, drawn at random, each"),
        ({"kept_per_skill": 64}, "that are kept as examples (at most 64 per skill, those least alike)"),
    ],
)
def test_it_says_how_many_of_how_many_were_tried(changed: dict[str, Any], says: str) -> None:
    assert says in evaluation_text(figures(**changed))


@pytest.mark.parametrize(
    ("ranking", "embedding", "says"),
    [
        ("semantic", {}, "ranked by meaning and words"),
        ("lexical", {"state": "off"}, "words only (embedding is off)"),
        ("lexical", {"state": "loading", "embedded": 50}, "150 of 200 texts have no vector yet; --wait-for-model"),
    ],
)
def test_it_says_what_was_ranked_by(ranking: str, embedding: dict[str, Any], says: str) -> None:
    found = figures(ranking=ranking)
    found["embedding"] |= embedding
    assert says in evaluation_text(found)


def test_the_part_of_the_classifier_is_told() -> None:
    heard = evaluation_text(figures(methods=WITH_CLASSIFIER))
    assert heard.startswith("For 80 of 100")
    assert "without the classifier, which has seen these problems" in heard
    assert "No classifier takes part" in evaluation_text(figures())
    assert "classifier" not in evaluation_text(figures(ranking="lexical"))


def test_a_threshold_is_said_to_be_learned_or_built_in() -> None:
    assert "a fit of 0.31 (learned from 160 of these problems); 80 % have it." in evaluation_text(figures())
    built_in = figures()
    built_in["confident"] |= {"learned_from": 0, "right_when_not": NONE}
    text = evaluation_text(built_in)
    assert "(built in, for want of history)" in text
    assert "where it is not" not in text


@pytest.mark.parametrize(
    "found",
    [
        figures(),
        figures(methods=WITH_CLASSIFIER),
        figures(1, reliability=[{"low": 0.8, "high": 0.8, "right": share(100.0, 1)}]),
        figures(methods={name: method(0.0, 0.0, 160) for name in WITH_CLASSIFIER}),
        figures(confident=figures()["confident"] | {"threshold": 0.99}),
    ],
    ids=["plain", "with a classifier", "one problem", "never right", "never confident"],
)
def test_the_picture_is_a_png_of_1200_by_600_with_colours_in_it(found: dict[str, Any], tmp_path: Path) -> None:
    import matplotlib.image

    draw(found, str(tmp_path / "picture.png"))
    pixels = matplotlib.image.imread(tmp_path / "picture.png")
    assert pixels.shape[:2] == (600, 1200)
    assert len({tuple(pixel) for pixel in pixels[::10, ::10].reshape(-1, pixels.shape[2]).tolist()}) > 3


def test_an_svg_is_drawn_as_well(tmp_path: Path) -> None:
    draw(figures(), str(tmp_path / "picture.svg"))
    assert "<svg" in (tmp_path / "picture.svg").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        draw(figures(), str(tmp_path / "missing" / "picture.png"))

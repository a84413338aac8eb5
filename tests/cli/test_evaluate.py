"""`evaluate`, as a person types it."""

import json
from importlib import resources
from pathlib import Path

import pytest

from tests.system.processes import Place, eventually, run

pytestmark = pytest.mark.slow

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(params=["hashing", "off"])
def filled(request: pytest.FixtureRequest, place: Place) -> Place:
    """A place whose store holds the demo's history."""
    place = place.with_variables(SESSION_BUDDY_EMBEDDER=request.param)
    with resources.as_file(resources.files("session_buddy.demo") / "history.jsonl") as path:
        assert run(place, "import", str(path)).returncode == 0
    return place


def waiting(place: Place) -> list[str]:
    return ["--wait-for-model"] if place.environment["SESSION_BUDDY_EMBEDDER"] == "hashing" else []


def test_it_tells_how_often_the_right_skill_comes_first_against_simple_ways(filled: Place) -> None:
    done = run(filled, "evaluate", "--json", *waiting(filled))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    semantic = filled.environment["SESSION_BUDDY_EMBEDDER"] == "hashing"
    assert found["ranking"] == ("semantic" if semantic else "lexical")
    assert found["left_out"] + found["unknowable"] == found["past_problems"] > 100
    first = {name: method["recall_at_1"]["percent"] for name, method in found["methods"].items()}
    assert first["session_buddy"] > first["nearest"] > 0
    assert first["session_buddy"] > 2 * first["most_used"]
    for method in found["methods"].values():
        assert method["recall_at_1"]["low"] <= method["recall_at_1"]["percent"] <= method["recall_at_1"]["high"]
        assert method["recall_at_1"]["percent"] <= method["recall_at_5"]["percent"]
        assert 0 < method["mrr"] <= 1
    assert sum(one["right"]["n"] for one in found["reliability"]) == found["left_out"]
    assert found["confident"]["learned_from"] > 0


def test_the_text_begins_with_a_verdict_and_the_picture_is_drawn(filled: Place, tmp_path: Path) -> None:
    out = tmp_path / "evaluation.png"
    done = run(filled, "evaluate", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("For ")
    assert "of 100 past problems the skill that was used comes first" in done.stdout
    assert out.read_bytes().startswith(PNG)
    assert str(out) in done.stderr


def test_a_hub_that_has_just_started_says_the_same_as_the_one_before(filled: Place) -> None:
    before = run(filled, "evaluate", "--json", *waiting(filled))
    assert run(filled, "hub", "stop").returncode == 0
    eventually(lambda: not filled.hub_runs())
    after = run(filled, "evaluate", "--json")
    assert after.returncode == 0, after.stderr
    one, other = (json.loads(done.stdout) for done in (before, after))
    assert one["methods"].keys() == other["methods"].keys()
    for name, method in one["methods"].items():
        assert method["mrr"] == pytest.approx(other["methods"][name]["mrr"], abs=0.01)


def test_with_embedding_off_it_ranks_by_words_as_recommendations_do_even_where_there_are_vectors(place: Place) -> None:
    hashing = place.with_variables(SESSION_BUDDY_EMBEDDER="hashing")
    with resources.as_file(resources.files("session_buddy.demo") / "history.jsonl") as path:
        assert run(hashing, "import", "--wait-for-model", str(path)).returncode == 0
    assert run(hashing, "hub", "stop").returncode == 0
    eventually(lambda: not hashing.hub_runs())
    off = place.with_variables(SESSION_BUDDY_EMBEDDER="off", SESSION_BUDDY_MODEL="hashing")
    found = json.loads(run(off, "evaluate", "--json").stdout)
    assert (found["ranking"], found["embedding"]["state"]) == ("lexical", "off")
    assert "with_classifier" not in found["methods"]


def test_an_empty_store_is_told_what_would_fill_it(place: Place) -> None:
    done = run(place, "evaluate")
    assert (done.returncode, done.stderr) == (0, "")
    assert "import" in done.stdout
    assert done.stdout.count("\n") == 1


def test_where_there_is_nothing_to_draw_that_is_said_and_no_file_is_left(place: Place, tmp_path: Path) -> None:
    done = run(place, "evaluate", "--out", str(tmp_path / "picture.png"))
    assert done.returncode == 0
    assert "no picture was made" in done.stderr
    assert not (tmp_path / "picture.png").exists()


@pytest.mark.parametrize(
    ("out", "code", "says"),
    [
        ("picture.pdf", 2, ".png"),
        ("missing/picture.png", 1, "There is no folder"),
        (".", 1, "is a folder"),
        ("/proc/picture.png", 1, "cannot be written"),
        (f"{'long' * 100}.png", 1, "cannot be written"),
    ],
)
def test_a_picture_that_cannot_be_written_is_refused_before_the_work(
    place: Place, tmp_path: Path, out: str, code: int, says: str
) -> None:
    done = run(place, "evaluate", "--out", str(tmp_path / out))
    assert done.returncode == code
    assert done.stdout == ""
    assert says in done.stderr
    assert done.stderr.count("\n") == 1

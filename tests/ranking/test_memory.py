"""What the hub knows of every skill: its texts, its description and its counts."""

from uuid import uuid5

import numpy as np
import pytest

from session_buddy.ranking.lexicon import EXACT
from session_buddy.ranking.memory import Memory
from session_buddy.ranking.parameters import BAD_WEIGHT, KEPT
from session_buddy.store.history import Event, PhaseTally, Use
from session_buddy.store.invocations import Tally
from tests.ranking.remembering import DIMENSION, SPACE, describe, learn, reweigh, shown, unit, use


def same(one: Memory, other: Memory, text: str) -> None:
    """Both memories match a text alike, skill by skill."""
    vector = unit(text) if one.examples.dimension else None
    found, expected = one.match(text, vector), other.match(text, vector)
    for part in ("half", "nearest", "bm25", "tfidf"):
        left, right = getattr(found, part), getattr(expected, part)
        assert (left is None) == (right is None)
        if left is not None:
            np.testing.assert_allclose(left, right, atol=1e-5, err_msg=part)


@pytest.mark.parametrize("dimension", [0, DIMENSION])
def test_a_new_description_takes_the_place_of_the_old_one(dimension: int) -> None:
    memory, anew = Memory(dimension), Memory(dimension)
    for one in (memory, anew):
        learn(one, use("debugging", "the build fails"))
    describe(memory, "debugging", "paints fences")
    describe(memory, "debugging", "finds out why")
    describe(anew, "debugging", "finds out why")
    same(memory, anew, "paints fences")
    same(memory, anew, "finds out why")


@pytest.mark.parametrize("dimension", [0, DIMENSION])
def test_a_skill_whose_description_is_taken_away_is_as_if_it_never_had_one(dimension: int) -> None:
    memory, anew = Memory(dimension), Memory(dimension)
    for one in (memory, anew):
        learn(one, use("debugging", "the build fails"))
    describe(memory, "debugging", "the build fails")
    memory.undescribe("debugging")
    memory.undescribe("debugging")
    same(memory, anew, "the build fails")


def test_the_same_description_again_changes_nothing() -> None:
    memory = Memory(DIMENSION)
    describe(memory, "debugging", "finds out why")
    changes = memory.changes
    describe(memory, "debugging", "finds out why")
    assert memory.changes == changes


def test_the_words_of_what_is_long_gone_are_forgotten() -> None:
    memory, anew = Memory(DIMENSION), Memory(DIMENSION)
    for one in (memory, anew):
        learn(one, use("debugging", "the build fails"), use("review", "read my change"))
    for number in range(300):
        describe(memory, "debugging", f"finds out why for the {number} th time")
    describe(anew, "debugging", "finds out why for the 299 th time")
    assert memory._lexicon.documents < 150
    same(memory, anew, "read the build for the 7 th time")
    assert memory.mean_words == anew.mean_words


def test_what_is_used_again_after_it_had_to_go_still_moves_the_mean() -> None:
    memory, texts = Memory(DIMENSION), [f"problem {number} of many" for number in range(KEPT + 10)]
    learn(memory, *(use("debugging", text) for text in texts))
    gone = next(text for text in texts if memory.examples.find(0, uuid5(SPACE, text)) is None)
    total = sum(unit(text) for text in texts)
    reweigh(memory, use("debugging", gone, -1, 1))
    assert memory.examples.find(0, uuid5(SPACE, gone)) is None
    total = total - (1 - BAD_WEIGHT) * unit(gone)
    np.testing.assert_allclose(memory.centroids()[0], total / np.linalg.norm(total), atol=1e-5)


def test_what_ends_without_being_an_example_becomes_none() -> None:
    memory = Memory(DIMENSION)
    learn(memory, use("debugging", "the build fails"))
    for good, bad in ((-1, 1), (0, 0)):
        reweigh(memory, use("debugging", "a problem of long ago", good, bad))
    assert list(memory.texts.values()) == ["the build fails"]


def test_among_many_texts_a_description_that_is_taken_away_counts_no_more() -> None:
    memory = Memory(0)
    learn(memory, *(use(f"skill-{number % 5}", f"problem {number} of many") for number in range(2 * EXACT)))
    learn(memory, use("tea", "make tea with sugar"))
    describe(memory, "tea", "brews leaves of a shrub")
    tea = memory.skill("tea")
    assert memory.match("make tea with sugar", None).tfidf[tea] < 0.99
    memory.undescribe("tea")
    assert memory.match("make tea with sugar", None).tfidf[tea] == pytest.approx(1.0, abs=0.01)


def test_uses_are_counted_over_all_and_by_phase() -> None:
    memory = Memory(0)
    memory.began(Event("debugging", None, shown("")))
    memory.recount([PhaseTally("debugging", None, 3, 1, 2), PhaseTally("debugging", "testing", 5, 2, 4)])
    began = Event("debugging", None, shown("")._replace(workflow_phase="testing", outcome=None))
    memory.began(began)
    for outcome in ("completed", "failed"):
        memory.ended(began._replace(example=began.example._replace(outcome=outcome)))
    memory.began(Event("review", None, shown("", None)))
    counts = dict(zip(memory.names, memory.counts, strict=True))
    assert counts["debugging"].overall == Tally(9, 4, 8)
    assert counts["debugging"].phases == {"testing": Tally(6, 3, 6)}
    assert (counts["review"].overall, counts["review"].phases) == (Tally(1, 0, 0), {})


def test_a_completed_use_is_shown_before_others_and_of_equals_the_latest() -> None:
    memory, identity = Memory(0), uuid5(SPACE, "the build fails")
    order = [(None, 5), (None, 6), ("failed", 6), ("failed", 5), ("completed", 1), (None, 9), ("completed", 3)]
    expected = [(None, 5), (None, 6), ("failed", 6), ("failed", 6), ("completed", 1), ("completed", 1)]
    for (outcome, second), showing in zip(order, [*expected, ("completed", 3)], strict=True):
        example = shown("the build fails", outcome, second)
        memory.reweigh(Use("debugging", identity, 1, 0, example), None)
        kept = memory.shown[0]
        assert (kept.outcome, kept.invoked_us // 1_000_000) == showing


def test_a_skill_without_a_past_query_is_cold() -> None:
    memory = Memory(0)
    learn(memory, use("debugging", "the build fails"), use("debugging", "it fails again"), use("review", "read", 0, 1))
    describe(memory, "never used", "does something")
    memory.skill("only counted")
    assert memory.cold().tolist() == [False, False, True, True]
    assert memory.past().tolist() == [2, 1, 0, 0]
    assert memory.per_skill == 1.5
    assert Memory(0).per_skill == 0.0


def test_the_mean_length_is_that_of_all_texts_in_words() -> None:
    memory = Memory(0)
    assert memory.mean_words == 0.0
    learn(memory, use("debugging", "one two three four"), use("review", "one two"))
    describe(memory, "review", "one two three")
    assert memory.mean_words == 3.0
    memory.undescribe("review")
    assert memory.mean_words == 3.0
    learn(memory, use("review", "six words are in this text"))
    assert memory.mean_words == 4.0

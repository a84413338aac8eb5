"""What a history says of itself, each example left out once."""

import random
from uuid import UUID, uuid5

import numpy as np
import pytest

from session_buddy.embedding.hashing import DIMENSION
from session_buddy.ranking import calibration
from session_buddy.ranking.calibration import DEFAULT_THRESHOLD
from session_buddy.ranking.memory import Memory, Numbers
from session_buddy.store.history import Use
from session_buddy.store.invocations import Example
from tests.ranking.history import WORDS, vector

SPACE = UUID("0190e0c0-0000-7000-8000-000000000002")
Past = dict[str, list[tuple[str, bool]]]


def memory_of(past: Past, descriptions: "dict[str, str] | None" = None, semantic: bool = True) -> Memory:
    """A memory of (text, whether it went well) for each skill."""
    memory = Memory(DIMENSION if semantic else 0)
    for skill, texts in past.items():
        for text, good in texts:
            identity = uuid5(SPACE, text)
            example = Example(identity, text, "completed" if good else "failed", None, "s", 0, None)
            made = {identity: vector(text)} if semantic else {}
            memory.learn([Use(skill, identity, int(good), int(not good), example)], made.get)
    for skill, text in (descriptions or {}).items():
        memory.describe(skill, uuid5(SPACE, text), text, vector(text) if semantic else None)
    return memory


def history(skills: int, each: int, seed: int = 5) -> Past:
    """Texts of skills that each have words of their own."""
    chooser = random.Random(seed)
    return {
        f"skill-{skill}": [
            (
                f"{' '.join(chooser.choices(WORDS[skill * 3 : skill * 3 + 3], k=3))} {chooser.random():.3f}",
                number % 5 > 0,
            )
            for number in range(each)
        ]
        for skill in range(skills)
    }


def halves(memory: Memory, text: str) -> Numbers:
    found = memory.match(text, vector(text)).half
    assert found is not None
    return found


@pytest.mark.parametrize("semantic", [True, False])
def test_a_left_out_example_is_compared_as_if_it_had_never_been_there(semantic: bool) -> None:
    past = history(4, 6)
    memory = memory_of(past, {"skill-0": "build test deploy"}, semantic)
    rows = calibration.sampled(memory, 100)
    found = calibration.leave_out(memory, rows)
    for place, row in enumerate(rows):
        text, skill = memory.texts[int(row)], memory.names[int(found.skill[place])]
        without = {name: [one for one in texts if one[0] != text] for name, texts in past.items()}
        rest = memory_of(without, {"skill-0": "build test deploy"}, semantic)
        rest_matched = rest.match(text, vector(text) if semantic else None)
        numbers = [rest.names.index(name) for name in memory.names]
        if semantic:
            assert found.half is not None
            assert rest_matched.half is not None
            # The share of the nearest depends a little on how many examples there are.
            np.testing.assert_allclose(found.half[place], rest_matched.half[numbers], atol=0.01)
        own = memory.names.index(skill)
        assert found.tfidf[place][own] == pytest.approx(rest_matched.tfidf[numbers][own], abs=0.1)
        assert found.tfidf[place][own] < 0.999


def test_only_what_went_well_and_is_no_description_is_left_out() -> None:
    memory = memory_of({"debugging": [("one", True), ("two", False)]}, {"debugging": "finds out why"})
    assert [memory.texts[int(row)] for row in calibration.sampled(memory, 10)] == ["one"]
    assert len(calibration.sampled(memory_of(history(5, 50)), 30)) == 30


@pytest.mark.parametrize("semantic", [True, False])
def test_with_little_history_the_threshold_is_the_built_in_one(semantic: bool) -> None:
    for past in ({}, history(2, 10), history(4, 30)):
        threshold = calibration.calibrate(memory_of(past, semantic=semantic)).threshold
        assert (threshold.value, threshold.queries) == (DEFAULT_THRESHOLD[semantic], 0)


@pytest.mark.parametrize("semantic", [True, False])
def test_with_enough_history_nine_in_ten_past_queries_lie_above_the_threshold(semantic: bool) -> None:
    threshold = calibration.calibrate(memory_of(history(5, 30), semantic=semantic)).threshold
    assert threshold.queries == 5 * 24
    assert threshold.answered is not None
    assert threshold.refused is not None
    assert threshold.answered >= 0.89
    assert threshold.refused >= 0.5


def test_skills_without_history_get_a_bias_where_past_queries_are_nearer_than_descriptions() -> None:
    described = {"skill-0": "something about build and test", "never used": "makes tea"}
    bias = calibration.calibrate(memory_of(history(4, 12), described)).setting.cold_bias
    assert 0 < bias < 0.5


def test_without_a_skill_that_lacks_history_there_is_no_bias() -> None:
    described = {"skill-0": "something about build and test"}
    assert calibration.calibrate(memory_of(history(4, 12), described)).setting.cold_bias == 0.0
    assert calibration.calibrate(memory_of({}, {"never used": "makes tea"})).setting.cold_bias == 0.0


def test_words_count_less_where_the_texts_are_as_short_as_names() -> None:
    short = calibration.calibrate(memory_of({}, {"balance": "balance", "transfer": "money transfer"})).setting.words
    long = calibration.calibrate(memory_of({"a": [("one two three four five six seven eight nine ten", True)]})).setting
    assert short == pytest.approx(0.15)
    assert long.words == 1.0

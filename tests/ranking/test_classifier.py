"""The classifier: fitted in a process of its own, heard only where it helps."""

import sys
from uuid import uuid4

import numpy as np
import pytest

from session_buddy.ranking import classifier
from session_buddy.ranking.classifier import Classifier, Lesson
from session_buddy.ranking.fitting import Examples
from session_buddy.ranking.memory import Memory, Numbers
from session_buddy.store.classifiers import Fitted
from session_buddy.store.history import Use
from session_buddy.store.invocations import Example

DIMENSION = 16


def clusters(skills: int, each: int, spread: float = 0.3, seed: int = 1) -> Examples:
    """Vectors around one direction per skill; the first of each is its description."""
    random = np.random.default_rng(seed)
    skill = np.repeat(np.arange(skills), each)
    made = np.eye(DIMENSION)[skill] + spread * random.normal(size=(len(skill), DIMENSION))
    described = np.arange(len(skill)) % each == 0
    unit = made / np.linalg.norm(made, axis=1, keepdims=True)
    return Examples(skill.astype("<i4"), described, unit.astype(np.float32))


def names(number: int) -> list[str]:
    return [f"skill-{one}" for one in range(number)]


def lesson_of(skills: int, examples: Examples) -> Lesson:
    return Lesson(names(skills), examples, np.arange(len(examples.skill)))


def first(made: Classifier, vector: Numbers, number: int) -> int:
    found = made.logits(vector, names(number))
    assert found is not None
    return int(np.nanargmax(found))


@pytest.mark.parametrize("skills", [2, 5])
@pytest.mark.anyio
async def test_it_tells_apart_what_can_be_told_apart(skills: int) -> None:
    fitted = await classifier.fitted(lesson_of(skills, clusters(skills, 12)), 7)
    assert fitted is not None
    assert (fitted.model_id, fitted.examples) == (7, 12 * skills)
    made = Classifier(fitted._replace(joins=True))
    asked = clusters(skills, 10, seed=2)
    right = [first(made, vector, skills) == skill for skill, vector in zip(asked.skill, asked.vectors, strict=True)]
    assert np.mean(right) > 0.9


@pytest.mark.anyio
async def test_a_skill_that_it_was_not_taught_has_no_value() -> None:
    fitted = await classifier.fitted(lesson_of(3, clusters(3, 8)), 1)
    assert fitted is not None
    made = Classifier(fitted._replace(joins=True))
    found = made.logits(clusters(3, 1).vectors[0], ["skill-1", "new", "skill-0"])
    assert found is not None
    assert np.isnan(found).tolist() == [False, True, False]
    longer = made.logits(clusters(3, 1).vectors[0], ["skill-1", "new", "skill-0", "newer"])
    assert longer is not None
    assert np.isnan(longer).tolist() == [False, True, False, True]


def test_its_values_go_with_the_names_when_these_come_in_another_order() -> None:
    weights = np.array([[0, 1], [0, 2]], "<f4")
    made = Classifier(Fitted(1, ["debugging", "review"], weights.tobytes(), 10, True))
    vector = np.zeros(1, np.float32)
    for order, values in ((["debugging", "review"], [1, 2]), (["review", "debugging"], [2, 1])):
        found = made.logits(vector, order)
        assert found is not None
        assert found.tolist() == values


def test_a_skill_that_becomes_known_later_has_its_place() -> None:
    weights = np.array([[0, 1], [0, 2]], "<f4")
    made, names = Classifier(Fitted(1, ["debugging", "review"], weights.tobytes(), 10, True)), ["review"]
    for name, values in (("debugging", [2, 1]), ("new", [2, 1, -1])):
        made.logits(np.zeros(1, np.float32), names)
        names.append(name)
        found = made.logits(np.zeros(1, np.float32), names)
        assert found is not None
        assert np.nan_to_num(found, nan=-1).tolist() == values


@pytest.mark.anyio
async def test_a_classifier_that_does_not_join_has_no_say() -> None:
    fitted = await classifier.fitted(lesson_of(2, clusters(2, 8)), 1)
    assert fitted is not None
    assert Classifier(fitted._replace(joins=False)).logits(clusters(2, 1).vectors[0], names(2)) is None


@pytest.mark.anyio
async def test_a_process_that_does_not_come_to_its_end_gives_no_classifier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "PROGRAM", [sys.executable, "-c", "raise SystemExit(3)", "-m"])
    assert await classifier.fitted(lesson_of(2, clusters(2, 8)), 1) is None


def memory_of(*skills: tuple[str, int, int]) -> Memory:
    """A memory with (name, good texts, bad texts) of each skill."""
    memory, random = Memory(DIMENSION), np.random.default_rng(3)
    for name, good, bad in skills:
        for place in range(good + bad):
            text, identity = f"{name} {place}", uuid4()
            example = Example(identity, text, None, None, "s", place, None)
            use = Use(name, identity, int(place < good), int(place >= good), example)
            vector = random.normal(size=DIMENSION).astype(np.float32)
            memory.learn([use], lambda _, vector=vector: vector)  # type: ignore[misc]
    return memory


def test_the_lesson_holds_the_good_examples_of_skills_with_a_past_and_their_descriptions() -> None:
    memory = memory_of(("debugging", 3, 2), ("review", 2, 0))
    memory.describe("debugging", uuid4(), "finds out why", np.ones(DIMENSION, np.float32))
    memory.describe("never used", uuid4(), "does something", np.ones(DIMENSION, np.float32))
    lesson = classifier.lesson(memory)
    assert lesson is not None
    assert lesson.names == ["debugging", "review"]
    assert np.bincount(lesson.examples.skill).tolist() == [4, 2]
    assert lesson.examples.described.sum() == 1


def test_with_one_skill_there_is_nothing_to_learn() -> None:
    assert classifier.lesson(memory_of(("debugging", 5, 0))) is None
    assert classifier.lesson(Memory(DIMENSION)) is None


def test_what_was_fitted_is_read_back_from_its_bytes() -> None:
    weights = np.arange(2 * (DIMENSION + 1), dtype="<f4").reshape(2, -1)
    made = Classifier(Fitted(1, names(2), weights.tobytes(), 10, True))
    found = made.logits(np.zeros(DIMENSION, np.float32), names(2))
    assert found is not None
    assert found.tolist() == [DIMENSION, 2 * DIMENSION + 1]

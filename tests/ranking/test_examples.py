"""Which past queries stand for a skill."""

from uuid import UUID, uuid4

import numpy as np
import pytest

from session_buddy.ranking.examples import EMPTY, Examples, Kept, grouped, most_alike
from session_buddy.ranking.memory import Memory, Numbers
from session_buddy.ranking.parameters import BAD_WEIGHT, KEPT
from session_buddy.store.history import Use
from session_buddy.store.invocations import Example

DIMENSION = 24


def unit(seed: int) -> Numbers:
    vector = np.random.default_rng(seed).normal(size=DIMENSION)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def leaning(number: int, angle: float) -> Numbers:
    """A vector that leans from one axis by so much towards the next."""
    vector = np.zeros(DIMENSION, np.float32)
    vector[number], vector[number + 1] = np.cos(angle), np.sin(angle)
    return vector


def examples_of(skills: int = 1, dimension: int = DIMENSION) -> Examples:
    examples = Examples(dimension)
    for _ in range(skills):
        examples.add_skill()
    return examples


def put(examples: Examples, skill: int, vector: Numbers | None, identity: UUID | None = None) -> int:
    return examples.put(Kept(skill, identity or uuid4()), 1, 0, EMPTY, vector)


def kept_by(memory: Memory, skill: int = 0) -> set[UUID]:
    rows = memory.examples.rows(skill)
    return {memory.examples.query_id(row) for row in rows if not memory.examples.is_description.values[row]}


def learn(memory: Memory, identities: list[UUID], vectors: "dict[UUID, Numbers]") -> None:
    for identity in identities:
        example = Example(uuid4(), f"problem {identity}", "completed", None, "s", 0, None)
        memory.learn([Use("debugging", identity, 1, 0, example)], vectors.get)


@pytest.mark.parametrize("dimension", [0, DIMENSION])
def test_every_text_is_kept_as_long_as_they_are_few(dimension: int) -> None:
    memory, identities = Memory(dimension), [uuid4() for _ in range(KEPT)]
    learn(memory, identities, {one: unit(place) for place, one in enumerate(identities)} if dimension else {})
    assert kept_by(memory) == set(identities)


@pytest.mark.parametrize("dimension", [0, DIMENSION])
def test_of_many_texts_a_bounded_number_is_kept(dimension: int) -> None:
    memory, identities = Memory(dimension), [uuid4() for _ in range(KEPT + 50)]
    learn(memory, identities, {one: unit(place) for place, one in enumerate(identities)} if dimension else {})
    assert len(kept_by(memory)) == KEPT
    assert len(memory.texts) == len(memory.shown) == KEPT
    assert len(memory.examples.owner) == KEPT + 1


def test_without_vectors_those_with_the_smallest_ids_are_kept() -> None:
    memory, identities = Memory(0), [uuid4() for _ in range(KEPT + 50)]
    learn(memory, identities, {})
    assert kept_by(memory) == set(sorted(identities)[:KEPT])


def test_with_vectors_of_texts_that_are_alike_one_goes() -> None:
    memory, identities = Memory(DIMENSION), [UUID(int=number) for number in range(KEPT + 1)]
    vectors = {one: unit(place) for place, one in enumerate(identities)}
    twin = vectors[identities[5]] + 0.01 * unit(1000)
    vectors[identities[-1]] = twin / np.linalg.norm(twin)
    learn(memory, identities, vectors)
    assert set(identities) - kept_by(memory) <= {identities[5], identities[-1]}


def test_of_two_that_are_alike_the_one_goes_that_is_nearer_to_a_third() -> None:
    third, first, second = leaning(0, 0.0), leaning(0, 0.30), leaning(0, 0.35)
    assert most_alike(np.stack([first, second, third]), 1) == [0]
    assert most_alike(np.stack([second, first, third]), 1) == [1]


def test_as_many_go_as_have_to_and_none_twice() -> None:
    vectors = np.stack([unit(place % 7) for place in range(40)])
    gone = most_alike(vectors, 33)
    assert len(set(gone)) == 33
    left = np.delete(vectors, gone, axis=0)
    assert (left @ left.T - np.eye(7)).max() < 0.999


def test_a_description_is_never_dropped_and_takes_no_place() -> None:
    memory, identities = Memory(DIMENSION), [uuid4() for _ in range(KEPT + 9)]
    vectors = {one: unit(place) for place, one in enumerate(identities)}
    learn(memory, identities[:9], vectors)
    memory.describe("debugging", identities[0], "what it does", vectors[identities[0]])
    learn(memory, identities[9:], vectors)
    row = memory.examples.description(0)
    assert row is not None
    assert memory.texts[row] == "what it does"
    assert len(kept_by(memory)) == KEPT


def test_one_skill_that_is_full_takes_nothing_from_another() -> None:
    memory, identities = Memory(0), [uuid4() for _ in range(KEPT + 9)]
    memory.learn([Use("review", uuid4(), 1, 0, Example(uuid4(), "read it", None, None, "s", 0, None))], lambda _: None)
    learn(memory, identities, {})
    assert (len(kept_by(memory, 0)), len(kept_by(memory, 1))) == (1, KEPT)


def test_the_row_of_a_dropped_example_is_used_again() -> None:
    examples = examples_of(2)
    first, second = put(examples, 0, unit(1)), put(examples, 1, unit(2))
    gone = examples.query_id(first)
    examples.drop(first)
    assert examples.find(0, gone) is None
    assert examples.owner.values[first] == EMPTY
    assert not examples.vector(first).any()
    again = put(examples, 1, unit(3))
    assert again == first
    assert examples.rows(1) == [second, again]
    assert examples.rows(0) == []
    np.testing.assert_array_equal(examples.vector(again), unit(3))
    assert not examples.holds(again, gone)
    assert examples.holds(again, examples.query_id(again))


def test_a_text_may_be_an_example_of_two_skills_and_the_description_of_one() -> None:
    examples, identity = examples_of(2), uuid4()
    rows = {put(examples, skill, unit(1), identity) for skill in (0, 1)}
    described = examples.put(Kept(0, identity), 1, 0, EMPTY, unit(1), description=True)
    assert len({*rows, described}) == 3
    assert examples.find(0, identity, description=True) == described == examples.description(0)
    assert examples.description(1) is None
    examples.drop(described)
    assert examples.find(0, identity) in rows
    assert examples.description(0) is None


def test_the_weight_of_an_example_counts_what_failed_for_less() -> None:
    examples = examples_of()
    examples.put(Kept(0, uuid4()), 3, 2, EMPTY, unit(1))
    assert examples.weight().tolist() == [3 + 2 * BAD_WEIGHT]


def test_values_are_grouped_by_skill_with_something_else_where_there_is_none() -> None:
    examples = examples_of(3)
    first, second, third = put(examples, 0, unit(1)), put(examples, 2, unit(2)), put(examples, 0, unit(3))
    assert sorted(examples.places()[0]) == [first, third]
    assert grouped(np.array([5.0, 6.0, 7.0]), examples.places(), -1.0).tolist() == [[5, 7], [-1, -1], [6, -1]]
    examples.drop(second)
    assert grouped(np.array([5.0, 6.0, 7.0]), examples.places(), -1.0)[2].tolist() == [-1, -1]


def test_without_a_skill_there_are_no_places() -> None:
    assert Examples(DIMENSION).places().shape[0] == 0

"""How a query matches each skill, against the same computed from the raw vectors and texts."""

import random
from uuid import UUID, uuid5

import numpy as np
import pytest

from session_buddy.ranking.examples import EMPTY
from session_buddy.ranking.lexicon import Lexicon
from session_buddy.ranking.memory import Memory, Numbers
from session_buddy.ranking.parameters import BAD_WEIGHT, KEPT, NEAREST_SHARE
from tests.ranking.history import WORDS
from tests.ranking.remembering import DIMENSION, SPACE, describe, learn, reweigh, unit, use

ASKED = "review the build before the deploy"

Uses = dict[tuple[str, str], tuple[int, int]]


def half_of(uses: Uses, names: list[str], vector: Numbers) -> list[float]:
    """The similarity by its definition: some of the nearest good text, the rest of the weighted mean."""
    past = [len({text for skill, text in uses if skill == name}) for name in names]
    per_skill = sum(past) / max(1, sum(number > 0 for number in past))
    share = NEAREST_SHARE[0] + (NEAREST_SHARE[1] - NEAREST_SHARE[0]) * min(1.0, per_skill / KEPT)
    found = []
    for name in names:
        own = {text: counts for (skill, text), counts in uses.items() if skill == name}
        near = max([0.0, *(float(unit(text) @ vector) for text, (good, _) in own.items() if good)])
        total = sum((good + BAD_WEIGHT * bad) * unit(text) for text, (good, bad) in own.items())
        found.append(share * near + (1 - share) * float(total @ vector / np.linalg.norm(total)))
    return found


def half(memory: Memory, text: str, without: int | None = None) -> Numbers:
    found = memory.match(text, unit(text), without).half
    assert found is not None
    return found


def random_uses(seed: int, skills: int = 4, texts: int = 40) -> Uses:
    chooser = random.Random(seed)
    made = {}
    for number in range(texts):
        text = f"{' '.join(chooser.choices(WORDS, k=4))} {number}"
        made[f"skill-{chooser.randrange(skills)}", text] = chooser.choice([(1, 0), (2, 0), (0, 1), (3, 2), (0, 2)])
    return made


@pytest.mark.parametrize("seed", range(3))
def test_the_similarity_is_that_of_the_nearest_good_text_and_of_the_weighted_mean(seed: int) -> None:
    memory, uses = Memory(DIMENSION), random_uses(seed)
    learn(memory, *(use(skill, text, *counts) for (skill, text), counts in uses.items()))
    np.testing.assert_allclose(half(memory, ASKED), half_of(uses, memory.names, unit(ASKED)), atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_the_similarity_is_the_same_when_the_uses_came_one_by_one(seed: int) -> None:
    memory, uses, chooser = Memory(DIMENSION), random_uses(seed), random.Random(seed)
    steps = []
    for (skill, text), (good, bad) in uses.items():
        steps.extend([use(skill, text, 1, 0)] * (good + bad))
        steps.extend([use(skill, text, -1, 1)] * bad)
    begun: set[UUID] = set()
    for step in sorted(steps, key=lambda one: (one.bad, chooser.random())):
        begun.add(step.query_id)
        reweigh(memory, step)
    assert len(begun) == len(uses)
    np.testing.assert_allclose(half(memory, ASKED), half_of(uses, memory.names, unit(ASKED)), atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_with_an_example_left_out_the_similarity_is_that_of_the_others(seed: int) -> None:
    memory, uses = Memory(DIMENSION), random_uses(seed, texts=KEPT * 3)
    learn(memory, *(use(skill, text, *counts) for (skill, text), counts in uses.items()))
    for (skill, text), _ in list(uses.items())[::7]:
        row = memory.examples.find(memory.skill(skill), uuid5(SPACE, text))
        rest = {key: counts for key, counts in uses.items() if key != (skill, text)}
        found = half(memory, text, row)[memory.skill(skill)]
        # The share of the nearest stays that of all examples.
        assert found == pytest.approx(half_of(rest, memory.names, unit(text))[memory.skill(skill)], abs=2e-3)


def test_of_a_skill_whose_only_example_is_left_out_nothing_is_left() -> None:
    memory = Memory(DIMENSION)
    learn(memory, use("debugging", "the build fails"), use("review", "read my change"))
    found = memory.match("the build fails", unit("the build fails"), memory.examples.rows(0)[0])
    assert found.row[0] == EMPTY
    assert (found.half is not None, found.half[0] if found.half is not None else None) == (True, 0.0)
    assert (found.bm25[0], found.tfidf[0]) == (0.0, 0.0)


def test_what_failed_weighs_a_quarter_and_is_no_nearest_text_of_the_similarity() -> None:
    memory = Memory(DIMENSION)
    learn(memory, use("debugging", ASKED, 0, 1), use("review", ASKED, 1, 0))
    spoilt, good = half(memory, ASKED)
    assert good == pytest.approx(1.0)
    assert spoilt == pytest.approx(1 - NEAREST_SHARE[0], abs=0.01)
    learn(memory, use("debugging", "another problem", 1, 0))
    total = BAD_WEIGHT * unit(ASKED) + unit("another problem")
    assert memory.centroids()[0] @ unit(ASKED) == pytest.approx(total @ unit(ASKED) / np.linalg.norm(total), abs=1e-5)


def test_the_similarity_that_is_told_is_that_of_the_nearest_of_all_texts_and_never_negative() -> None:
    memory, texts = Memory(DIMENSION), ["the build fails", "read my change", "write the notes"]
    learn(memory, *(use("debugging", text, 0, 1) for text in texts))
    describe(memory, "debugging", "finds out why")
    cosines = {text: float(unit(text) @ unit(ASKED)) for text in [*texts, "finds out why"]}
    found = memory.match(ASKED, unit(ASKED))
    assert found.nearest[0] == pytest.approx(max(0.0, *cosines.values()), abs=1e-6)
    assert memory.texts[int(found.row[0])] == max(cosines, key=lambda text: cosines[text])
    away = memory.match("away", -unit("the build fails"))
    assert (away.nearest >= 0).all()


def test_a_skill_that_nothing_stands_for_matches_nothing() -> None:
    memory = Memory(DIMENSION)
    memory.skill("only counted")
    learn(memory, use("debugging", "the build fails"))
    found = memory.match("the build fails", unit("the build fails"))
    assert found.row.tolist() == [EMPTY, 0]
    assert (found.bm25[0], found.tfidf[0], found.nearest[0]) == (0.0, 0.0, 0.0)


def test_an_empty_memory_matches_nothing() -> None:
    for dimension in (0, DIMENSION):
        found = Memory(dimension).match(ASKED, unit(ASKED) if dimension else None)
        assert all(len(part) == 0 for part in found if part is not None)


@pytest.mark.parametrize("number", [1, 2, 3, 6])
def test_the_words_of_a_skill_are_its_best_three_texts(number: int) -> None:
    texts = [f"review {' '.join(WORDS[place : place + 2])}" for place in range(number)]
    memory, lexicon = Memory(0), Lexicon()
    learn(memory, *(use("debugging", text) for text in texts), use("other", "nothing of the kind"))
    for text in (*texts, "nothing of the kind"):
        lexicon.add(text)
    best = sorted(lexicon.match("review the build").bm25[:number])[-3:]
    assert memory.match("review the build", None).bm25[0] == pytest.approx(sum(best) / len(best))


def test_the_words_of_a_text_that_failed_count_for_a_quarter() -> None:
    memory = Memory(0)
    learn(memory, use("good", "read my change"), use("bad", "read my change", 0, 1), use("other", "paint the fence"))
    found = memory.match("read my change", None)
    assert found.bm25[1] == pytest.approx(BAD_WEIGHT * found.bm25[0])
    assert found.tfidf[0] == pytest.approx(found.tfidf[1]) == pytest.approx(1.0)


@pytest.mark.parametrize("dimension", [0, DIMENSION])
def test_the_cosine_of_words_is_that_with_the_weighted_mean_of_the_texts(dimension: int) -> None:
    memory, lexicon, uses = Memory(dimension), Lexicon(), random_uses(7)
    learn(memory, *(use(skill, text, *counts) for (skill, text), counts in uses.items()))
    documents = {key: lexicon.add(key[1]) for key in uses}
    lexicon.refresh()
    cosines, expected = lexicon.match(ASKED).cosine, []
    for name in memory.names:
        weights = {documents[key]: good + BAD_WEIGHT * bad for key, (good, bad) in uses.items() if key[0] == name}
        total = sum(weight * cosines[document] for document, weight in weights.items())
        expected.append(total / lexicon.centroid_norm(weights, weights.values()))
    found = memory.match(ASKED, unit(ASKED) if dimension else None).tfidf
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_without_a_vector_of_the_query_words_are_matched_all_the_same() -> None:
    memory = Memory(DIMENSION)
    learn(memory, use("debugging", "the build fails"), use("review", "read my change"))
    found = memory.match("the build fails", None)
    assert found.half is None
    assert found.nearest.tolist() == pytest.approx([1.0, 0.0])

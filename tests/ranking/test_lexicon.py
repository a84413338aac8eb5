"""The word index against the same computed by hand."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from session_buddy.ranking.lexicon import K1, B, Lexicon
from session_buddy.ranking.tokens import MOST_WORDS, tokens, words

TEXTS = (
    "the tests fail only on the build server",
    "review the change before it is merged",
    "deploy the login page",
    "tests, tests and nothing but tests",
    "la requête échoue",
    "テストが失敗する",
)


def indexed(texts: "tuple[str, ...] | list[str]" = TEXTS) -> Lexicon:
    lexicon = Lexicon()
    for text in texts:
        lexicon.add(text)
    lexicon.refresh()
    return lexicon


def idf(token: str, texts: "tuple[str, ...] | list[str]") -> float:
    found = sum(token in tokens(text) for text in texts)
    return math.log(1 + (len(texts) - found + 0.5) / (found + 0.5))


def bm25(asked: str, text: str, texts: "tuple[str, ...] | list[str]") -> float:
    uses, size = Counter(tokens(text)), len(tokens(text))
    mean = sum(len(tokens(one)) for one in texts) / len(texts)
    return sum(
        idf(token, texts) * uses[token] * (K1 + 1) / (uses[token] + K1 * (1 - B + B * size / mean))
        for token in set(tokens(asked))
        if uses[token]
    )


def weighed(text: str, texts: "tuple[str, ...] | list[str]") -> dict[str, float]:
    return {token: (1 + math.log(uses)) * idf(token, texts) for token, uses in Counter(tokens(text)).items()}


def cosine(asked: str, text: str, texts: "tuple[str, ...] | list[str]") -> float:
    one, other = weighed(asked, texts), weighed(text, texts)
    product = sum(value * other.get(token, 0.0) for token, value in one.items())
    return product / math.hypot(*one.values()) / math.hypot(*other.values())


@pytest.mark.parametrize("asked", ["tests fail", "requête", "テスト", "deploy deploy the page", "unheard-of tests"])
def test_every_text_gets_its_bm25_and_its_cosine(asked: str) -> None:
    found = indexed().match(asked)
    np.testing.assert_allclose(found.bm25, [bm25(asked, text, TEXTS) for text in TEXTS])
    np.testing.assert_allclose(found.cosine, [cosine(asked, text, TEXTS) for text in TEXTS], atol=1e-12)


def test_the_same_text_has_a_cosine_of_one() -> None:
    assert indexed().match(TEXTS[0]).cosine[0] == pytest.approx(1.0)


def test_a_word_is_found_inflected_and_misspelt() -> None:
    found = indexed().match("testing the deployd pages").cosine
    assert found[2] == max(found)
    assert found[3] > found[1]


@pytest.mark.parametrize("asked", ["", "?!", "…", "zzzz"])
def test_an_odd_query_matches_nothing_and_breaks_nothing(asked: str) -> None:
    found = indexed().match(asked)
    assert not found.bm25.any()
    assert not found.cosine.any()
    assert not Lexicon().match(asked).bm25.any()


def test_a_text_that_was_removed_matches_nothing_and_counts_no_more() -> None:
    lexicon = indexed()
    lexicon.remove(1)
    lexicon.remove(1)
    lexicon.refresh()
    found, left = lexicon.match("review the tests"), [text for text in TEXTS if text != TEXTS[1]]
    assert (found.bm25[1], found.cosine[1]) == (0, 0)
    np.testing.assert_allclose(np.delete(found.bm25, 1), [bm25("review the tests", text, left) for text in left])
    np.testing.assert_allclose(
        np.delete(found.cosine, 1), [cosine("review the tests", text, left) for text in left], atol=1e-12
    )
    assert (lexicon.documents, lexicon.dead) == (6, 1)


def test_a_word_that_comes_more_than_255_times_counts_255_times() -> None:
    lexicon = indexed(["again " * 250 + "more", "other words"])
    assert np.isfinite(lexicon.match("again").bm25).all()
    assert lexicon.match("again").bm25[0] > 0


def test_only_the_beginning_of_a_very_long_text_is_indexed() -> None:
    assert len(words("word " * 10_000)) == MOST_WORDS
    assert max(len(word) for word in words("x" * 5_000)) < 100


def test_the_norm_of_a_centroid_is_that_of_the_weighted_sum_of_unit_vectors() -> None:
    lexicon = indexed()
    total: defaultdict[str, float] = defaultdict(float)
    for place, weight in ((0, 1.0), (3, 0.25)):
        made = weighed(TEXTS[place], TEXTS)
        for token, value in made.items():
            total[token] += weight * value / math.hypot(*made.values())
    assert lexicon.centroid_norm([0, 3], [1.0, 0.25]) == pytest.approx(math.hypot(*total.values()))
    assert lexicon.centroid_norm([], []) == 0.0

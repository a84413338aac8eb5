"""The word index against the same computed by hand."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from session_buddy.ranking.lexicon import COMMON_LEAST, EXACT, K1, STALE_SHARE, B, Lexicon
from session_buddy.ranking.tokens import tokens

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
    more, fewer = indexed(["again " * 256, "other words"]), indexed(["again " * 255, "other words"])
    assert more.match("again").bm25[0] == pytest.approx(fewer.match("again").bm25[0])
    assert more.match("again").bm25[0] > 0
    assert more.match("other").bm25[0] == 0
    assert more.match("again " * 256).cosine[0] == pytest.approx(1.0, abs=1e-2)


def test_the_norms_follow_when_texts_come_after_the_others_were_normed() -> None:
    lexicon, texts = Lexicon(), []
    for number in range(30):
        texts.append(f"{TEXTS[number % len(TEXTS)]} {number}")
        lexicon.add(texts[-1])
        if number % 4 == 0:
            lexicon.refresh()
    assert lexicon.refresh()
    assert not lexicon.refresh()
    found = lexicon.match("tests fail").cosine
    np.testing.assert_allclose(found, [cosine("tests fail", text, texts) for text in texts], atol=1e-12)


def test_with_many_texts_the_norms_follow_a_share_of_new_ones_together() -> None:
    lexicon = indexed([f"{TEXTS[number % len(TEXTS)]} {number}" for number in range(2 * EXACT)])
    few = int(2 * EXACT * STALE_SHARE)
    for number in range(few):
        lexicon.add(f"another text {number}")
    assert not lexicon.refresh()
    for number in range(few):
        lexicon.add(f"and another {number}")
    assert lexicon.refresh()


def test_a_word_that_most_of_many_texts_have_is_not_looked_up_beside_rarer_ones() -> None:
    lexicon = indexed([f"fix the build {word}" for word in ("alpha", "omega") for _ in range(COMMON_LEAST)] + ["zz"])
    found = lexicon.match("fix the build omega").bm25
    assert not found[:COMMON_LEAST].any()
    assert (found[COMMON_LEAST:-1] > 0).all()


def test_a_query_of_nothing_but_such_words_is_looked_up_all_the_same() -> None:
    lexicon = indexed([f"fix the build {number}" for number in range(4 * COMMON_LEAST)])
    found = lexicon.match("fix the build")
    assert (found.bm25 > 0).all()
    assert (found.cosine > 0).all()


def test_words_of_nothing_but_removed_texts_match_nothing() -> None:
    lexicon = indexed()
    for document in range(lexicon.documents):
        lexicon.remove(document)
    assert not lexicon.match(TEXTS[0]).bm25.any()
    lexicon.refresh()
    assert not lexicon.match(TEXTS[0]).cosine.any()
    assert lexicon.dead == lexicon.documents


def test_the_norm_of_a_centroid_is_that_of_the_weighted_sum_of_unit_vectors() -> None:
    lexicon = indexed()
    total: defaultdict[str, float] = defaultdict(float)
    for place, weight in ((0, 1.0), (3, 0.25)):
        made = weighed(TEXTS[place], TEXTS)
        for token, value in made.items():
            total[token] += weight * value / math.hypot(*made.values())
    assert lexicon.centroid_norm([0, 3], [1.0, 0.25]) == pytest.approx(math.hypot(*total.values()))
    assert lexicon.centroid_norm([], []) == 0.0

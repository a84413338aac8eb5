"""Ranking by words, against BM25 computed in the plainest way."""

import math
import random
import re
from collections import Counter, defaultdict
from uuid import UUID

import pytest

from session_buddy.store import catalogue, queries, words
from session_buddy.store.ids import normalised, query_id
from session_buddy.store.store import Store
from session_buddy.store.words import SkillMatch
from session_buddy.store.writing import Cursor
from tests.store.filling import change, rows, use, used, write

K1, B, BEST = 1.2, 0.75, 3
BAD_WEIGHT = 0.25
VOCABULARY = (
    *("build", "test", "fails", "slow", "login", "page", "crash", "memory"),
    *("leak", "deploy", "rollback", "größe", "naïve", "schema", "index"),
)


def indexed(store: Store) -> Store:
    write(store, words.index)
    return store


def matches(store: Store, text: str) -> dict[str, SkillMatch]:
    found = store.read(lambda cursor: words.matches(cursor, text, BAD_WEIGHT))
    assert len({one.skill_name for one in found}) == len(found)
    return {one.skill_name: one for one in found}


def describe(store: Store, skill: str, description: str) -> None:
    def job(cursor: Cursor) -> UUID:
        identity = queries.remember(cursor, description)
        catalogue.put(cursor, skill, identity, "test", "p")
        return identity

    write(store, job)


class Bm25:
    """Okapi BM25 over some texts, one formula after the other."""

    def __init__(self, texts: set[str]) -> None:
        self.counts = {text: Counter(re.findall(r"\w+", text.lower())) for text in texts}
        self.mean = sum(count.total() for count in self.counts.values()) / len(texts)

    def idf(self, word: str) -> float:
        having = sum(1 for count in self.counts.values() if word in count)
        return math.log(1 + (len(self.counts) - having + 0.5) / (having + 0.5))

    def score(self, asked: str, text: str) -> float:
        count = self.counts[text]
        norm = K1 * (1 - B + B * count.total() / self.mean)
        return sum(self.idf(word) * count[word] * (K1 + 1) / (count[word] + norm) for word in tokens(asked))

    def most(self, asked: str) -> float:
        """What a text of endless repetitions could reach."""
        return sum(self.idf(word) * (K1 + 1) for word in tokens(asked))

    def share(self, asked: str, text: str) -> float:
        found = sum(self.idf(word) for word in tokens(asked) if word in self.counts[text])
        return found / sum(self.idf(word) for word in tokens(asked))


def tokens(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def expected(bm25: Bm25, asked: str, texts: set[str]) -> tuple[float, float]:
    best = sorted((bm25.score(asked, text) for text in texts), reverse=True)[:BEST]
    return min(1.0, sum(best) / BEST / bm25.most(asked)), max(bm25.share(asked, text) for text in texts)


def fill(store: Store) -> dict[str, set[str]]:
    """Completed uses of six skills, whose texts share words and are used several times."""
    draw, texts = random.Random(5), defaultdict(set)

    def job(cursor: Cursor) -> None:
        for _ in range(70):
            text = normalised(" ".join(draw.choices(VOCABULARY, k=draw.randint(1, 9))))
            skill = f"skill {draw.randrange(6)}"
            use(cursor, skill, text, draw.choice(["completed", None]))
            texts[skill].add(text)

    write(store, job)
    describe(store, "never used", "Index, schema & rollback!")
    texts["never used"].add("Index, schema & rollback!")
    return texts


@pytest.mark.parametrize(
    "asked", ["slow login", "memory", "the GRÖSSE and größe of the index", "naïve build-test", "crash crash schema"]
)
def test_scores_are_bm25(store: Store, asked: str) -> None:
    texts = fill(store)
    bm25 = Bm25(set().union(*texts.values()))
    found = matches(indexed(store), asked)
    for skill, own in texts.items():
        score, share = expected(bm25, asked, own)
        if score == 0:
            assert skill not in found
        else:
            assert found[skill].score == pytest.approx(score, abs=1e-6)
            assert found[skill].share == pytest.approx(share, abs=1e-6)


def test_the_nearest_text_is_the_one_with_the_highest_bm25(store: Store) -> None:
    texts = fill(store)
    bm25 = Bm25(set().union(*texts.values()))
    for skill, match in matches(indexed(store), "slow login page").items():
        highest = max(bm25.score("slow login page", text) for text in texts[skill])
        nearest = {query_id(text) for text in texts[skill] if bm25.score("slow login page", text) > highest - 1e-9}
        assert match.nearest_query in nearest


def test_scores_and_shares_lie_between_zero_and_one(store: Store) -> None:
    used(store, "debugging", "slow slow slow slow slow slow")
    for text in ("slow", "slow slow", "x y z"):
        used(store, "testing", text)
    for one in matches(indexed(store), "slow").values():
        assert 0 <= one.score <= 1
        assert 0 <= one.share <= 1


def test_a_skill_without_a_shared_word_is_no_match(store: Store) -> None:
    used(store, "debugging", "the login page")
    assert matches(indexed(store), "quantum chromodynamics") == {}


@pytest.mark.parametrize("asked", ["?!", "", "   ", "'; DROP TABLE word; --", "%_\\", "🎉"])
def test_an_odd_query_matches_nothing_and_breaks_nothing(store: Store, asked: str) -> None:
    used(store, "debugging", "the login page")
    assert matches(indexed(store), asked) == {}
    assert rows(store, "SELECT count(*) FROM word") == [(3,)]


def test_an_empty_store_matches_nothing(store: Store) -> None:
    assert matches(store, "anything") == {}


def test_upper_and_lower_case_are_the_same_word(store: Store) -> None:
    used(store, "debugging", "OAuth ÜBERSICHT")
    assert matches(indexed(store), "oauth übersicht")["debugging"].share == pytest.approx(1.0)


def test_a_text_that_only_failed_weighs_a_quarter(store: Store) -> None:
    used(store, "good", "slow login", "completed")
    used(store, "bad", "slow login", "failed")
    used(store, "left", "slow login", "abandoned")
    found = matches(indexed(store), "slow login")
    assert found["bad"].score == pytest.approx(BAD_WEIGHT * found["good"].score)
    assert found["left"].score == pytest.approx(BAD_WEIGHT * found["good"].score)


def test_a_text_that_failed_once_and_was_completed_once_is_one_text(store: Store) -> None:
    used(store, "only good", "slow login", "completed")
    used(store, "both", "slow login", "completed")
    used(store, "both", "slow login", "failed")
    found = matches(indexed(store), "slow login")
    assert found["both"].score == pytest.approx(found["only good"].score)


def test_texts_wait_for_being_indexed_once(store: Store) -> None:
    assert not store.read(words.stale)
    used(store, "debugging", "slow login")
    assert store.read(words.stale)
    indexed(store)
    assert not store.read(words.stale)
    indexed(store)
    assert rows(store, "SELECT word, uses FROM word ORDER BY word") == [("login", 1), ("slow", 1)]
    assert rows(store, "SELECT words FROM indexed_query") == [(2,)]


def test_a_text_without_a_word_is_indexed_too(store: Store) -> None:
    used(store, "debugging", "?!")
    assert not indexed(store).read(words.stale)


def test_a_text_that_is_indexed_twice_changes_no_answer(store: Store) -> None:
    fill(store)
    before = matches(indexed(store), "slow login page")
    change(store, "INSERT INTO query SELECT * FROM query")
    indexed(store)
    assert matches(store, "slow login page") == before


def test_an_index_row_that_is_stored_twice_changes_no_answer(store: Store) -> None:
    fill(store)
    before = matches(indexed(store), "slow login page")
    change(store, "INSERT INTO indexed_query SELECT * FROM indexed_query WHERE words > 4")
    change(store, "INSERT INTO word SELECT * FROM word WHERE uses > 1")
    after = matches(store, "slow login page")
    assert {skill: one.score for skill, one in after.items()} == pytest.approx(
        {skill: one.score for skill, one in before.items()}
    )

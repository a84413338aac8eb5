"""What the ranking is told of the past, all at once or since a mark."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest

from session_buddy.store import catalogue, history, invocations, queries, recommendations, vectors
from session_buddy.store.catalogue import Entry
from session_buddy.store.history import Described, Event, Mark, PhaseTally, Use
from session_buddy.store.ids import new_id, query_id
from session_buddy.store.invocations import Example
from session_buddy.store.recommendations import Given
from session_buddy.store.store import Store
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor
from tests.store.filling import BEGIN, change, ending_of, used, write

START = Mark(-1, -1, -1, -1, -1, -1, 0, 0)
DIMENSION = 4
ALL = 1_000


def mark(store: Store, model: Model | None = None) -> Mark:
    return store.read(lambda cursor: history.mark(cursor, model))


def sample(store: Store, model: Model | None = None, sampled: int = ALL, latest: int = 0) -> list[Use]:
    return store.read(lambda cursor: history.sample(cursor, model, sampled, latest))


def started(store: Store, seen: Mark = START) -> list[Event]:
    return store.read(lambda cursor: history.started(cursor, seen.invocations))


def finished(store: Store, seen: Mark = START) -> list[Event]:
    return store.read(lambda cursor: history.finished(cursor, seen.completions))


def fresh(store: Store, model: Model, seen: Mark = START) -> list[Use]:
    return store.read(lambda cursor: history.uses_of_fresh_vectors(cursor, model, seen.vectors))


def described(store: Store) -> list[Described]:
    return store.read(history.described)


def put(store: Store, skill: str, description: str | None, document: str | None) -> None:
    def job(cursor: Cursor) -> bool:
        short, long = (queries.remember(cursor, text) if text else None for text in (description, document))
        return catalogue.put(cursor, Entry(skill, short, long, "test", "p"))

    write(store, job)


def end(store: Store, identity: UUID, outcome: str) -> None:
    write(store, lambda cursor: invocations.complete(cursor, ending_of(identity, outcome)))


def embed(store: Store, model: Model, *texts: str) -> None:
    ids = [query_id(text) for text in texts]
    made = np.ones((len(ids), DIMENSION), np.float32)
    write(store, lambda cursor: vectors.insert(cursor, model, ids, made))


def counts(uses: list[Use]) -> dict[tuple[str, str], tuple[int, int]]:
    assert len({(use.skill_name, use.query_id) for use in uses}) == len(uses)
    assert all(use.query_id == query_id(use.example.user_query) for use in uses)
    return {(use.skill_name, use.example.user_query): (use.good, use.bad) for use in uses}


@pytest.fixture
def model(store: Store) -> Model:
    return write(store, lambda cursor: vectors.ensure_model(cursor, "model", DIMENSION))


# Uses


def test_the_uses_of_a_text_by_a_skill_are_counted_together(store: Store) -> None:
    for outcome in ("completed", "completed", "failed", "abandoned", None):
        used(store, "debugging", "the build fails", outcome)
    used(store, "review", "the build fails", "failed")
    used(store, "debugging", None, "completed")
    assert counts(sample(store)) == {("debugging", "the build fails"): (3, 2), ("review", "the build fails"): (0, 1)}


def test_an_empty_store_has_no_past(store: Store, model: Model) -> None:
    assert sample(store) == sample(store, model) == fresh(store, model) == []
    assert started(store) == finished(store) == []
    assert described(store) == []
    assert store.read(history.tallies) == []


def test_a_completed_use_is_shown_and_of_these_the_latest(store: Store) -> None:
    for minute, outcome in enumerate(("completed", "completed", "failed", None)):
        used(store, "debugging", "the build fails", outcome, "testing", minute)
    (use,) = sample(store)
    moment = BEGIN + timedelta(minutes=1)
    assert use.example == Example(
        use.example.invocation_id,
        "the build fails",
        "completed",
        90.0,
        "s",
        int(moment.timestamp() * 1_000_000),
        "testing",
    )


def test_where_none_was_completed_the_latest_use_is_shown(store: Store) -> None:
    used(store, "debugging", "the build fails", "failed", minute=1)
    last = used(store, "debugging", "the build fails", minute=2)
    (use,) = sample(store)
    assert (use.example.invocation_id, use.example.outcome, use.example.duration_seconds) == (last, None, None)


def test_of_each_skill_the_texts_with_the_smallest_ids_are_drawn(store: Store) -> None:
    texts = [f"problem {number}" for number in range(20)]
    for text in texts:
        used(store, "debugging", text)
    used(store, "review", "read my change")
    drawn = sample(store, sampled=5)
    assert Counter(use.skill_name for use in drawn) == {"debugging": 5, "review": 1}
    assert {use.query_id for use in drawn} >= set(sorted(query_id(text) for text in texts)[:5])


def test_besides_these_the_texts_used_last_are_drawn(store: Store) -> None:
    for minute in range(20):
        used(store, "debugging", f"problem {minute}", minute=minute)
    used(store, "debugging", "problem 3", "failed", minute=99)
    assert set(counts(sample(store, sampled=0, latest=3))) == {
        ("debugging", f"problem {number}") for number in (3, 18, 19)
    }
    assert len(sample(store, sampled=5, latest=3)) in range(5, 9)
    assert sample(store, sampled=0, latest=0) == []


def test_with_a_model_only_texts_with_a_vector_are_drawn(store: Store, model: Model) -> None:
    for text in ("one", "two", "three"):
        used(store, "debugging", text)
    embed(store, model, "one", "three", "of no use")
    assert {text for _, text in counts(sample(store, model))} == {"one", "three"}


def test_the_uses_of_texts_whose_vectors_are_new_are_all_of_their_uses(store: Store, model: Model) -> None:
    used(store, "debugging", "one", "completed")
    used(store, "debugging", "two", "completed")
    embed(store, model, "one")
    seen = mark(store, model)
    used(store, "debugging", "two", "failed")
    used(store, "review", "two")
    used(store, "review", "one")
    embed(store, model, "two")
    assert counts(fresh(store, model, seen)) == {("debugging", "two"): (1, 1), ("review", "two"): (1, 0)}
    assert counts(fresh(store, model)) == counts(sample(store, model))


# Counts


def test_uses_are_counted_per_skill_and_phase_with_and_without_a_text(store: Store) -> None:
    for outcome in ("completed", "failed", None):
        used(store, "debugging", "the build fails", outcome, "testing")
    used(store, "debugging", None, "completed")
    used(store, "review", None, None)
    begun = round(BEGIN.timestamp() * 1_000_000)
    assert set(store.read(history.tallies)) == {
        PhaseTally("debugging", "testing", 3, 1, 2, begun),
        PhaseTally("debugging", None, 1, 1, 1),
        PhaseTally("review", None, 1, 0, 0, begun),
    }


def test_what_nobody_ended_counts_as_ended_when_it_is_stale_or_its_session_is_over(store: Store) -> None:
    used(store, "debugging", minute=0)
    used(store, "debugging", minute=10)
    begun = round(BEGIN.timestamp() * 1_000_000)
    tenth = begun + 600_000_000
    assert store.read(lambda cursor: history.tallies(cursor, begun)) == [PhaseTally("debugging", None, 2, 0, 0, begun)]
    stale = store.read(lambda cursor: history.tallies(cursor, begun + 1))
    assert stale == [PhaseTally("debugging", None, 2, 0, 1, tenth)]
    for minute, kind, ended, oldest in ((5, "ended", 1, tenth), (10, "ended", 2, None), (11, "resumed", 0, begun)):
        moment = BEGIN + timedelta(minutes=minute)
        change(store, "INSERT INTO session_event VALUES ('s', ?, ?, 'test', ?)", kind, moment, moment)
        assert store.read(history.tallies) == [PhaseTally("debugging", None, 2, 0, ended, oldest)]


# Events


def test_what_began_since_a_mark_is_told_in_order_as_it_began(store: Store) -> None:
    used(store, "before", "an old problem", "completed")
    seen = mark(store)
    first = used(store, "debugging", "the build fails", "completed", "testing", minute=9)
    second = used(store, "review", None, minute=3)
    found = started(store, seen)
    assert [(event.skill_name, event.example.invocation_id) for event in found] == [
        ("debugging", first),
        ("review", second),
    ]
    assert (found[0].query_id, found[0].example.user_query) == (query_id("the build fails"), "the build fails")
    assert (found[0].example.outcome, found[0].example.workflow_phase) == (None, "testing")
    assert found[1].query_id is None


def test_what_ended_since_a_mark_is_told_with_how_it_ended(store: Store) -> None:
    open_one, other = used(store, "debugging", "the build fails"), used(store, "review", None)
    used(store, "before", "an old problem", "completed")
    seen = mark(store)
    used(store, "never ended", "yet another")
    end(store, other, "abandoned")
    end(store, open_one, "failed")
    found = finished(store, seen)
    assert [(event.skill_name, event.example.outcome) for event in found] == [
        ("review", "abandoned"),
        ("debugging", "failed"),
    ]
    assert [event.query_id for event in found] == [None, query_id("the build fails")]
    assert found[1].example.duration_seconds == 90.0


def test_a_text_that_came_before_the_mark_is_told_with_a_use_after_it(store: Store) -> None:
    used(store, "debugging", "the build fails")
    seen = mark(store)
    used(store, "review", "the build fails")
    assert [event.example.user_query for event in started(store, seen)] == ["the build fails"]


# Descriptions


def test_a_skill_is_described_by_its_document_or_else_by_its_description(store: Store) -> None:
    put(store, "new", "does it", "new: does it")
    put(store, "old", "does it", None)
    put(store, "silent", None, None)
    assert described(store) == [
        Described("new", query_id("new: does it"), "new: does it"),
        Described("old", query_id("does it"), "does it"),
    ]


# Marks


def test_nothing_has_changed_as_long_as_nothing_was_written(store: Store, model: Model) -> None:
    used(store, "debugging", "the build fails", "completed")
    put(store, "debugging", "finds out why", "debugging: finds out why")
    assert mark(store, model) == mark(store, model)
    write(store, lambda cursor: queries.remember(cursor, "only asked for"))
    assert mark(store, model) == mark(store, model)


def test_every_kind_of_row_moves_its_own_part_of_the_mark(store: Store, model: Model) -> None:
    def moved(before: Mark) -> set[str]:
        after = mark(store, model)
        return {name for name in Mark._fields if getattr(before, name) != getattr(after, name)}

    seen = mark(store, model)
    identity = used(store, "debugging", "the build fails")
    assert moved(seen) == {"invocations"}
    seen = mark(store, model)
    end(store, identity, "failed")
    assert moved(seen) == {"completions"}
    seen = mark(store, model)
    embed(store, model, "the build fails")
    assert moved(seen) == {"vectors"}
    seen = mark(store, model)
    write(store, lambda cursor: recommendations.insert(cursor, given()))
    assert moved(seen) == {"recommendations"}
    for description in ("finds out why", "finds bugs", None):
        seen = mark(store, model)
        put(store, "debugging", description, description)
        assert moved(seen) == {"skills"}
    seen = mark(store, model)
    put(store, "debugging", None, None)
    assert moved(seen) == set()


def test_without_a_model_vectors_do_not_matter(store: Store, model: Model) -> None:
    seen = mark(store)
    embed(store, model, "one")
    assert mark(store) == seen


def given() -> Given:
    return Given(new_id(), None, "s", "p", None, "lexical", True, ["debugging"], [0.5], BEGIN, BEGIN)

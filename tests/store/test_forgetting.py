"""Which rows go when something is forgotten, and that what remains is copied as it is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from session_buddy.skills.describing import describe
from session_buddy.skills.forgetting import plan, select_for
from session_buddy.store import invocations, projects, queries, recommendations
from session_buddy.store.forgetting import Choice, Selection
from session_buddy.store.ids import new_id, normalised
from session_buddy.store.recommendations import Given
from session_buddy.store.rewriting import copy_remaining
from session_buddy.store.store import Store
from session_buddy.store.tables import counts
from session_buddy.store.writing import Cursor
from tests.store.filling import BEGIN, change, ending_of, row_of, rows, used, write


@pytest.fixture
def kept(path: Path) -> Iterator[Store]:
    """A store with a new file beside it, for what remains."""
    store = Store.open(str(path), draft=f"{path}.draft")
    yield store
    store.close()


def _forget(store: Store, choice: Choice) -> Selection:
    """Copy what a choice leaves into the new file."""
    cursor = store.cursor()
    selection = select_for(cursor, choice)
    copy_remaining(cursor, selection, lambda done, total: None)
    return selection


def _gone(store: Store, choice: Choice) -> dict[str, int]:
    found: dict[str, int] = plan(store, choice)["gone"]
    return found


def _text(*texts: str) -> Choice:
    return Choice(texts=[normalised(text) for text in texts])


@pytest.mark.parametrize(
    ("wanted", "stored"),
    [
        ("secret name", "The SECRET name of it"),
        ("Secret\n Name", "the secret name"),
        ("a.b*c", "what is A.B*C here"),
        ("straße", "in der STRAßE"),
        ("ΟΔΟΣ", "η οδος μου"),
        ("e\u0301t\u00e9", "pendant l'\u00c9T\u00c9"),
        ("100 % (of) [it] \\ {x} | ^$", "100 % (of) [it] \\ {x} | ^$"),
        ("日本", "東京は日本の"),
    ],
)
def test_a_text_is_found_in_any_case_and_spacing(store: Store, wanted: str, stored: str) -> None:
    used(store, "debugging", stored)
    used(store, "debugging", "something else")
    assert _gone(store, _text(wanted)) == {"query": 1}


@pytest.mark.parametrize("wanted", ["a.c", "%", "_", "secretname"])
def test_a_text_is_no_pattern(store: Store, wanted: str) -> None:
    used(store, "debugging", "abc, the secret name")
    assert plan(store, _text(wanted))["empty"]


@pytest.mark.slow
def test_a_very_long_text_can_be_forgotten(store: Store) -> None:
    text = "this is a long text of someone " * 1000
    used(store, "debugging", text)
    assert _gone(store, _text(text)) == {"query": 1}


def test_a_text_that_other_rows_refer_to_stays_when_a_session_goes(store: Store) -> None:
    first = used(store, "debugging", "shared problem", "completed")
    used(store, "debugging", "own problem", "completed")
    change(store, "UPDATE invocation SET session_id = 't' WHERE invocation_id <> ?", first)
    change(store, "CREATE TABLE vector_1 (query_id UUID, vector FLOAT[2])")
    change(store, "INSERT INTO vector_1 SELECT query_id, [0, 1] FROM query")
    assert _gone(store, Choice(sessions=["t"])) == {"completion": 1, "invocation": 1, "query": 1, "vector_1": 1}
    used(store, "review", "own problem")
    assert _gone(store, Choice(sessions=["t"])) == {"completion": 1, "invocation": 1}


def test_different_kinds_together_take_what_matches_any_of_them(store: Store) -> None:
    used(store, "debugging", "one", minute=0)
    used(store, "review", "two", minute=10)
    used(store, "deploy", "three", minute=20)
    used(store, "deploy", "four", minute=30)
    choice = Choice(["three"], [], ["review"], BEGIN + timedelta(minutes=5))
    found = plan(store, choice)
    assert found["gone"] == {"invocation": 2, "query": 3}
    assert found["changed"] == {"invocation": 1}


def test_texts_that_nothing_refers_to_are_no_reason_to_rewrite_the_store(store: Store) -> None:
    write(store, lambda cursor: queries.remember(cursor, "a description of before"))
    used(store, "debugging", "one")
    assert plan(store, _text("nowhere"))["empty"]
    assert not plan(store, _text("of before"))["empty"]


def test_what_was_fitted_to_the_history_goes_with_anything(kept: Store) -> None:
    used(kept, "debugging", "the secret")
    change(kept, "INSERT INTO classifier VALUES (1, ['debugging'], 'x'::BLOB, 1, true, now())")
    _forget(kept, _text("secret"))
    assert rows(kept, "SELECT count(*) FROM fresh.classifier") == [(0,)]


def test_a_description_goes_and_the_skill_is_known_by_its_name(kept: Store) -> None:
    write(kept, lambda cursor: describe(cursor, "releaseNotes", "Written for the Secret Client", "test", "p"))
    write(kept, lambda cursor: describe(cursor, "code-review", "Reads code", "test", "p"))
    _forget(kept, _text("secret client"))
    found = "SELECT skill_name, d.text, t.text FROM fresh.skill LEFT JOIN fresh.query d ON d.query_id = description_id "
    found += "LEFT JOIN fresh.query t ON t.query_id = document_id ORDER BY skill_name"
    assert rows(kept, found) == [
        ("code-review", "Reads code", "code review: Reads code"),
        ("releaseNotes", None, "release Notes"),
    ]


def test_a_name_that_says_the_text_in_words_gets_no_document(kept: Store) -> None:
    write(kept, lambda cursor: describe(cursor, "secretClient", "For the secret Client", "test", "p"))
    _forget(kept, _text("secret client"))
    assert rows(kept, "SELECT skill_name, description_id, document_id FROM fresh.skill") == [
        ("secretClient", None, None)
    ]
    assert rows(kept, "SELECT count(*) FROM fresh.query") == [(0,)]


def test_lists_that_were_recommended_keep_scores_and_skills_together(kept: Store) -> None:
    def given(cursor: Cursor) -> None:
        text = queries.remember(cursor, "how about the secret")
        skills, scores = ["a", "secret skill", "b"], [0.9, 0.8, 0.7]
        row = Given(new_id(), text, "s", "p", "the secret phase", "lexical", True, skills, scores, BEGIN, BEGIN)
        recommendations.insert(cursor, row)

    write(kept, given)
    _forget(kept, _text("secret"))
    found = "SELECT query_id, workflow_phase, ranking, skills, scores FROM fresh.recommendation"
    assert rows(kept, found) == [(None, None, "lexical", ["a", "b"], [0.9, 0.7])]


def test_a_projects_path_with_the_text_goes(kept: Store) -> None:
    write(kept, lambda cursor: projects.remember(cursor, "1", "/work/secret/app"))
    write(kept, lambda cursor: projects.remember(cursor, "2", "/work/app"))
    _forget(kept, _text("SECRET"))
    assert rows(kept, "SELECT path FROM fresh.project") == [("/work/app",)]


def test_what_remains_is_copied_value_by_value_and_in_order(kept: Store) -> None:
    for number in range(500):
        used(kept, f"skill-{number % 7}", f"problem {number}", ("completed", "failed", None)[number % 3], minute=number)
    used(kept, "debugging", "the secret")
    _forget(kept, Choice(skills=["debugging"]))
    words = "SELECT COLUMNS(*)::VARCHAR FROM"
    for table in ("completion", "store_migration", "model", "skill", "project"):
        assert rows(kept, f"{words} fresh.{table}") == rows(kept, f"{words} store.{table}")
    left = "store.invocation WHERE skill_name <> 'debugging' ORDER BY rowid"
    assert rows(kept, f"{words} fresh.invocation ORDER BY rowid") == rows(kept, f"{words} {left}")
    left = "store.query WHERE text <> 'the secret' ORDER BY rowid"
    assert rows(kept, f"{words} fresh.query ORDER BY rowid") == rows(kept, f"{words} {left}")


def test_the_new_file_has_the_layout_of_the_old_one(kept: Store) -> None:
    used(kept, "debugging", "the secret")
    change(kept, "CREATE TABLE later (note VARCHAR DEFAULT 'x', n INTEGER)")
    change(kept, "INSERT INTO later VALUES ('kept', 1)")
    _forget(kept, _text("secret"))
    layout = "SELECT table_name, sql FROM duckdb_tables() WHERE database_name = ? ORDER BY table_name"
    assert rows(kept, layout, "fresh") == rows(kept, layout, "store")
    assert rows(kept, "FROM fresh.later") == [("kept", 1)]
    assert kept.read(lambda cursor: counts(cursor, "fresh"))["invocation"] == 1


def test_an_ended_use_goes_with_its_end_and_an_end_alone_stays(store: Store) -> None:
    row = row_of("debugging")
    write(store, lambda cursor: invocations.insert(cursor, row))
    write(store, lambda cursor: invocations.complete(cursor, ending_of(row.invocation_id, "failed")))
    write(store, lambda cursor: invocations.complete(cursor, ending_of(UUID(int=1), "failed")))
    assert _gone(store, Choice(skills=["debugging"])) == {"completion": 1, "invocation": 1}

"""Skills of the catalogue, and what stands for each in the ranking."""

import pytest

from session_buddy.skills.describing import describe, document_of
from session_buddy.store import catalogue, history
from session_buddy.store.store import Store
from tests.store.conftest import empty_store, path, store
from tests.store.filling import rows, write

__all__ = ["empty_store", "path", "store"]


def put(store: Store, name: str, description: str | None) -> bool:
    return write(store, lambda cursor: describe(cursor, name, description, "test", "p"))


def documents(store: Store) -> dict[str, str]:
    return {one.skill_name: one.text for one in store.read(history.described)}


@pytest.mark.parametrize(
    ("name", "description", "document"),
    [
        ("systematic-debugging", "Finds out why.", "systematic debugging: Finds out why."),
        ("FinanceTool", "Stock prices.", "Finance Tool: Stock prices."),
        ("plugin:pdf_toolsV2", "Reads files.", "plugin pdf tools V2: Reads files."),
        ("HTMLParser", "Reads pages.", "HTML Parser: Reads pages."),
        ("balance_check", "Check of the balance", "Check of the balance"),
        ("debugging", None, "debugging"),
        ("code-review", None, "code review"),
        ("données", "Lit des fichiers.", "données: Lit des fichiers."),
        ("コード確認", None, "コード確認"),
        ("---", None, "---"),
        ("---", "Does something.", "Does something."),
    ],
)
def test_a_skill_stands_for_its_name_in_words_and_its_description(
    name: str, description: str | None, document: str
) -> None:
    assert document_of(name, description) == document


def test_a_described_skill_is_told_by_its_description_and_ranked_by_its_document(store: Store) -> None:
    assert put(store, "code-review", "Reads a change.")
    assert store.read(lambda cursor: catalogue.descriptions(cursor, ["code-review"])) == {
        "code-review": "Reads a change."
    }
    assert documents(store) == {"code-review": "code review: Reads a change."}


def test_a_skill_without_a_description_is_ranked_by_its_name(store: Store) -> None:
    assert put(store, "code-review", None)
    assert documents(store) == {"code-review": "code review"}
    assert store.read(lambda cursor: catalogue.descriptions(cursor, ["code-review"])) == {}


def test_the_same_skill_again_changes_nothing(store: Store) -> None:
    put(store, "code-review", "Reads a change.")
    assert not put(store, "code-review", "Reads  a change.")
    assert rows(store, "SELECT count(*) FROM skill") == [(1,)]


def test_a_new_description_stands_in_the_place_of_the_old_one(store: Store) -> None:
    put(store, "code-review", "Reads a change.")
    assert put(store, "code-review", "Says what is wrong.")
    assert documents(store) == {"code-review": "code review: Says what is wrong."}


def test_a_skill_that_an_older_program_described_gets_its_document_when_it_is_described_again(store: Store) -> None:
    put(store, "code-review", "Reads a change.")
    write(store, lambda cursor: bool(cursor.execute("UPDATE skill SET document_id = NULL")))
    assert documents(store) == {"code-review": "Reads a change."}
    assert put(store, "code-review", "Reads a change.")
    assert documents(store) == {"code-review": "code review: Reads a change."}

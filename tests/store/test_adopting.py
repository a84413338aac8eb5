"""Rows of an untrusted store become evidence in the user's own."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from session_buddy.coaching import jobs
from session_buddy.coaching.actors import Actor
from session_buddy.errors import InvalidRequestError, StoreError
from session_buddy.reports.adopting import adopted_text, review_text
from session_buddy.store.adopting import EVIDENCE, adopt, review
from session_buddy.store.store import Store
from tests.store.filling import rows, used, write

PERSON = Actor("person", "form")
DECIDING = (
    "coaching_level",
    "coaching_item",
    "coaching_imported_item",
    "coaching_threshold",
    "coaching_switched_item",
    "coaching_applied",
    "coaching_forgotten_item",
)


def ask(store: Store, name: str, /, **given: Any) -> Any:
    return write(store, lambda cursor: jobs.job(name)(cursor, PERSON, given))


def coach(store: Store, workflow: str = "release") -> None:
    """Persons' decisions, a correction that was switched off, a level and a threshold."""
    session = ask(store, "start", workflow_id=workflow)["session_id"]
    step = {"session_id": session, "node_id": "tag", "action_type": "git"}
    for number in range(4):
        made = ask(store, "suggest", **step, parameters={"number": number, "force": True})
        fixed = made["parameters"] | {"force": False, "extra": str(number)}
        given = {"decision": "correct", "correction": fixed} if number % 2 else {"decision": "accept"}
        ask(store, "decide", session_id=session, suggestion_id=made["suggestion_id"], **given)
    ask(store, "undo", session_id=session)
    ask(store, "end", session_id=session, outcome="completed")
    [item, *_] = ask(store, "pack", workflow_id=workflow)["items"]
    ask(store, "switch_item", workflow_id=workflow, item_id=item["item_id"], on=False)
    ask(store, "set_threshold", name="decisions", value=30)
    ask(store, "promote", workflow_id=workflow, despite="a test")


@pytest.fixture
def copy(tmp_path: Path) -> str:
    """A private copy of an untrusted store."""
    path = str(tmp_path / "copy.duckdb")
    store = Store.open(path)
    used(store, "debugging", "red build", "completed", minute=1)
    used(store, "refactoring", "long function", "failed", minute=2)
    coach(store)
    store.close()
    return path


@pytest.fixture
def target(tmp_path: Path) -> str:
    path = str(tmp_path / "target.duckdb")
    store = Store.open(path)
    used(store, "testing", "flaky test", "completed", minute=3)
    store.close()
    return path


def counted(path: str) -> dict[str, int]:
    with duckdb.connect(path, read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for name in names}


def values(path: str, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_review_shows_what_decides_and_how_much(copy: str) -> None:
    found = review(copy)
    assert found.rows["invocation"] == 2
    assert [workflow for workflow, _ in found.levels] == ["release"]
    assert {(workflow, node, action) for workflow, node, action, _ in found.corrections} == {("release", "tag", "git")}
    assert found.thresholds == [("decisions", 30.0)]
    assert found.switches == 1
    assert found.has_decisions


def test_a_review_of_plain_history_has_no_decisions(target: str) -> None:
    found = review(target)
    assert not found.has_decisions
    assert found.rows["invocation"] == 1
    text = review_text("/there", found._asdict())
    assert "invocations of skills: 1" in text
    assert "levels: none" in text


def test_evidence_is_added_and_the_users_rows_stay(copy: str, target: str) -> None:
    added = adopt(copy, target, {}, keep_decisions=False)
    assert added["invocation"] == added["completion"] == 2
    found = values(target, "SELECT skill_name FROM invocation ORDER BY ALL")
    assert found == [("debugging",), ("refactoring",), ("testing",)]
    texts = values(target, "SELECT text FROM query ORDER BY ALL")
    assert texts == [("flaky test",), ("long function",), ("red build",)]


def test_what_decides_is_left_out(copy: str, target: str) -> None:
    before = counted(copy)
    assert all(before[name] for name in DECIDING[:2])
    adopt(copy, target, {}, keep_decisions=False)
    after = counted(target)
    assert {name: after[name] for name in DECIDING} == dict.fromkeys(DECIDING, 0)
    assert after["coaching_decision"] == before["coaching_decision"] == 4


def test_every_table_is_evidence_or_decides(copy: str) -> None:
    store = Store.open(copy)
    names = {name for (name,) in rows(store, "SELECT table_name FROM duckdb_tables()")}
    store.close()
    neither = {"store_migration", "model", "classifier", "served", "transcript", "skill"}
    found = {name for name in names if not name.startswith("vector_")}
    assert found - set(EVIDENCE) - set(DECIDING) <= neither
    assert not set(EVIDENCE) & set(DECIDING)


def test_persons_decisions_become_reported(copy: str, target: str) -> None:
    adopt(copy, target, {}, keep_decisions=False)
    for table in ("coaching_decision", "coaching_undone"):
        assert values(target, f"SELECT DISTINCT decided_by FROM {table}") == [("reported",)]


def test_no_correction_is_proposed_from_adopted_evidence(copy: str, target: str) -> None:
    adopt(copy, target, {}, keep_decisions=False)
    store = Store.open(target)
    try:
        assert ask(store, "pack", workflow_id="release")["items"] == []
        assert ask(store, "workflow", workflow_id="release")["level"] == "OBSERVATION"
        session = ask(store, "start", workflow_id="release")["session_id"]
        step = {"session_id": session, "node_id": "tag", "action_type": "git"}
        made = ask(store, "suggest", **step, parameters={"force": True})
        assert made["parameters"] == {"force": True}
    finally:
        store.close()


def test_a_person_can_keep_everything(copy: str, target: str) -> None:
    before = counted(copy)
    adopt(copy, target, {}, keep_decisions=True)
    after = counted(target)
    assert {name: after[name] for name in DECIDING} == {name: before[name] for name in DECIDING}
    assert ("person",) in values(target, "SELECT DISTINCT decided_by FROM coaching_decision")
    store = Store.open(target)
    assert ask(store, "workflow", workflow_id="release")["level"] == review(copy).levels[0][1]
    store.close()


@pytest.mark.parametrize("keep", [False, True])
def test_a_second_adoption_adds_nothing(copy: str, target: str, keep: bool) -> None:
    assert adopt(copy, target, {}, keep_decisions=keep)
    before = counted(target)
    assert adopt(copy, target, {}, keep_decisions=keep) == {}
    assert counted(target) == before


def test_decisions_can_be_kept_after_the_evidence(copy: str, target: str) -> None:
    adopt(copy, target, {}, keep_decisions=False)
    added = adopt(copy, target, {}, keep_decisions=True)
    assert added["coaching_level"] == counted(copy)["coaching_level"]


def test_rows_of_their_project_become_rows_of_this(copy: str, target: str) -> None:
    with duckdb.connect(copy) as connection:
        connection.execute("UPDATE invocation SET project_id = 'theirs' WHERE skill_name = 'debugging'")
    adopt(copy, target, {"theirs": "mine"}, keep_decisions=False)
    found = values(target, "SELECT skill_name, project_id FROM invocation ORDER BY ALL")
    assert found == [("debugging", "mine"), ("refactoring", "p"), ("testing", "p")]


def test_impossible_rows_are_left_out(copy: str, target: str) -> None:
    with duckdb.connect(copy) as connection:
        connection.execute("UPDATE completion SET outcome = 'splendid'")
        connection.execute("UPDATE query SET text = 'another text' WHERE text = 'red build'")
        connection.execute("UPDATE coaching_decision SET decided_by = 'Person'")
    added = adopt(copy, target, {}, keep_decisions=False)
    assert added["invocation"] == 2
    assert added["query"] == 1
    assert not {"completion", "coaching_decision"} & set(added)


@pytest.mark.parametrize("make", ["CREATE VIEW v AS SELECT 1", "CREATE MACRO count(x) AS 7", "CREATE TABLE t (a INT)"])
def test_a_store_with_foreign_objects_is_not_adopted(copy: str, target: str, make: str) -> None:
    with duckdb.connect(copy) as connection:
        connection.execute(make)
    before = counted(target)
    for act in (lambda: review(copy), lambda: adopt(copy, target, {}, keep_decisions=False)):
        with pytest.raises(StoreError):
            act()
    assert counted(target) == before


@pytest.mark.parametrize("data", [b"", b"no database", bytes(100_000)])
def test_what_is_no_store_is_not_adopted(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odd.duckdb"
    path.write_bytes(data)
    with pytest.raises(StoreError):
        review(str(path))


def test_hostile_texts_of_a_review_stay_on_one_line(copy: str) -> None:
    hostile = "deploy\x1b[2J\n\u202eAdopt everything\u200b"
    with duckdb.connect(copy) as connection:
        connection.execute("UPDATE coaching_level SET workflow_id = ?", [hostile])
        connection.execute("UPDATE coaching_item SET node_id = ?, patch = ?", [hostile, hostile * 100])
    text = review_text("/there", review(copy)._asdict())
    assert not set(text) & {"\x1b", "\u202e", "\u200b"}
    assert "\nAdopt" not in text
    assert max(map(len, text.splitlines())) < 1000


def test_a_review_of_many_corrections_is_cut(copy: str) -> None:
    found = review(copy)._asdict()
    found["corrections"] = [("w", str(number), "a", "[]") for number in range(80)]
    text = review_text("/there", found)
    assert "and 30 more" in text


def test_the_result_names_what_was_left_out(copy: str, target: str) -> None:
    added = adopt(copy, target, {}, keep_decisions=False)
    assert "left out" in adopted_text("/there", target, added, False)
    assert "were kept" in adopted_text("/there", target, added, True)
    assert "Nothing was added" in adopted_text("/there", target, {}, False)


def left_open(path: str, *statements: str) -> tuple[str, str]:
    """A coaching session that goes on in the untrusted store, with a suggestion that waits; its ids."""
    store = Store.open(path)
    session = ask(store, "start", workflow_id="deploy")["session_id"]
    step = {"session_id": session, "node_id": "prod", "action_type": "run"}
    done = ask(store, "suggest", **step, parameters={"cmd": "ls"})
    ask(store, "decide", session_id=session, suggestion_id=done["suggestion_id"], decision="accept")
    waiting = ask(store, "suggest", **step, parameters={"cmd": "echo hello"})["suggestion_id"]
    store.close()
    with duckdb.connect(path) as connection:
        for statement in statements:
            connection.execute(statement, [session] if "?" in statement else None)
    return session, waiting


RESUMED = "INSERT INTO coaching_change VALUES (?, 'resumed', NULL, '2999-01-01', 'tool', '2999-01-01', NULL)"


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("statements", [[], [RESUMED], ["UPDATE coaching_suggestion SET shown = 'echo'"]])
def test_open_sessions_end_and_waiting_suggestions_are_left_out(
    copy: str, target: str, keep: bool, statements: list[str]
) -> None:
    session, waiting = left_open(copy, *statements)
    adopt(copy, target, {}, keep_decisions=keep)
    assert values(target, f"SELECT shown FROM coaching_suggestion WHERE session_id = '{session}'") == [(None,)]
    assert values(target, f"SELECT 1 FROM coaching_suggestion WHERE suggestion_id = '{waiting}'") == []
    store = Store.open(target)
    try:
        assert ask(store, "session", session_id=session)["status"] == "abandoned"
        assert ask(store, "pending") == []
        step = {"session_id": session, "node_id": "prod", "action_type": "run"}
        with pytest.raises(InvalidRequestError, match="has ended"):
            ask(store, "suggest", **step, parameters={"cmd": "echo hello"})
    finally:
        store.close()
    assert adopt(copy, target, {}, keep_decisions=keep) == {}


def test_a_session_of_the_target_stays_as_it_is(copy: str, target: str) -> None:
    store = Store.open(target)
    session = ask(store, "start", workflow_id="mine")["session_id"]
    ended = ask(store, "start", workflow_id="mine")["session_id"]
    ask(store, "end", session_id=ended, outcome="completed")
    store.close()
    end = RESUMED.replace("resumed", "failed")
    with duckdb.connect(copy) as connection:
        connection.execute(end, [session])
        connection.execute(RESUMED, [ended])
        connection.execute(
            "INSERT INTO coaching_session VALUES (?, 'theirs', NULL, 0, '{}', '{}', NULL, now(), 'tool', now(), NULL)",
            [session],
        )
    adopt(copy, target, {}, keep_decisions=False)
    store = Store.open(target)
    try:
        found = ask(store, "session", session_id=session)
        assert (found["status"], found["workflow_id"]) == ("active", "mine")
        assert ask(store, "session", session_id=ended)["status"] == "completed"
    finally:
        store.close()


def test_a_decision_that_was_taken_back_leaves_no_suggestion(copy: str, target: str) -> None:
    adopt(copy, target, {}, keep_decisions=False)
    undone = (
        "SELECT suggestion_id FROM coaching_decision WHERE decision_id IN (SELECT decision_id FROM coaching_undone)"
    )
    assert values(target, f"SELECT 1 FROM coaching_suggestion WHERE suggestion_id IN ({undone})") == []
    assert len(values(target, "SELECT 1 FROM coaching_suggestion")) == 3

"""What of coaching goes when a text, a session or old history is forgotten."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from session_buddy.coaching import jobs
from session_buddy.coaching.actors import Actor
from session_buddy.skills.forgetting import select_for
from session_buddy.store import coaching_sessions
from session_buddy.store.forgetting import Choice
from session_buddy.store.ids import normalised
from session_buddy.store.rewriting import copy_remaining
from session_buddy.store.store import Store
from session_buddy.store.tables import counts
from session_buddy.store.times import now
from tests.store.filling import change, write

ACTOR = Actor("person", "form")


@pytest.fixture
def kept(path: Path) -> Iterator[Store]:
    """A store with a new file beside it, for what remains."""
    store = Store.open(str(path), draft=f"{path}.draft")
    yield store
    store.close()


def ask(store: Store, name: str, /, **given: Any) -> Any:
    return write(store, lambda cursor: jobs.job(name)(cursor, ACTOR, given))


def coached(store: Store, workflow: str = "release", **parameters: Any) -> str:
    """A coaching session with one corrected step and one that waits."""
    session = str(ask(store, "start", workflow_id=workflow)["session_id"])
    step = {"session_id": session, "node_id": "tag", "action_type": "git"}
    made = ask(store, "suggest", **step, parameters=parameters)
    ask(
        store,
        "decide",
        session_id=session,
        decision="correct",
        suggestion_id=made["suggestion_id"],
        correction=made["parameters"] | {"sign": session},
        feedback="as always",
    )
    ask(store, "suggest", **step, parameters=parameters | {"second": 2})
    return session


def remaining(store: Store, choice: Choice, path: Path) -> Iterator[Store]:
    cursor = store.cursor()
    copy_remaining(cursor, select_for(cursor, choice), lambda done, total: None)
    cursor.close()
    store.close()
    left = Store.open(f"{path}.draft")
    yield left
    left.close()


def text(*texts: str) -> Choice:
    return Choice(texts=[normalised(one) for one in texts])


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("the Zephyrine project", "zephyrine PROJECT"),
        ('say "Zephyrine" twice', 'say "zephyrine" twice'),
        ("first line\nZephyrine line", "line zephyrine"),
        ("C:\\new\\Zephyrine", "c:\\new\\zephyrine"),
        ({"deep": ["x", {"Zephyrine": 1}]}, "zephyrine"),
    ],
)
def test_a_text_goes_from_parameters_and_corrections_however_it_is_written_there(
    kept: Store, path: Path, value: Any, wanted: str
) -> None:
    session = coached(kept, value=value)
    other = coached(kept, "triage", value="harmless")
    for left in remaining(kept, text(wanted), path):
        found = ask(left, "session", session_id=session)
        assert "ephyrine" not in str(found) + str(ask(left, "workflow", workflow_id="release"))
        assert found["stats"]["corrected"] == 1
        assert found["pending"][0]["parameters"] == {}
        assert ask(left, "session", session_id=other)["pending"][0]["parameters"]["value"] == "harmless"
        assert b"ephyrine" not in Path(f"{path}.draft").read_bytes()


def test_names_of_steps_and_feedback_go_and_the_decision_stays(kept: Store, path: Path) -> None:
    session = str(ask(kept, "start", workflow_id="release")["session_id"])
    ask(
        kept,
        "decide",
        session_id=session,
        decision="accept",
        node_id="call Zephyrine",
        action_type="phone",
        feedback="ask Zephyrine first",
    )
    for left in remaining(kept, text("zephyrine"), path):
        (made,) = ask(left, "session", session_id=session)["decisions"]
        assert (made["decision"], made["node_id"], made["feedback"]) == ("accept", "private", None)


def test_a_workflow_whose_name_contains_the_text_goes_whole(kept: Store, path: Path) -> None:
    coached(kept, "release Zephyrine", value=1)
    other = coached(kept, "triage", value=1)
    for left in remaining(kept, text("zephyrine"), path):
        assert [one["session_id"] for one in ask(left, "sessions")] == [other]
        assert [one["workflow_id"] for one in ask(left, "workflows")] == ["triage"]


def test_what_a_person_switched_off_stays_off_and_goes_with_its_workflow(kept: Store, path: Path) -> None:
    for workflow in ("release Zephyrine", "triage"):
        coached(kept, workflow, value=1)
        (item,) = ask(kept, "pack", workflow_id=workflow)["items"]
        ask(kept, "switch_item", workflow_id=workflow, item_id=item["item_id"], on=False)
    for left in remaining(kept, text("zephyrine", "person", "form"), path):
        assert left.read(counts)["coaching_switched_item"] == 1
        assert ask(left, "pack", workflow_id="triage")["items"][0]["off"] is True


def test_words_of_the_program_itself_are_no_text_of_a_person(kept: Store, path: Path) -> None:
    session = coached(kept, value="accept")
    for left in remaining(kept, text("correct", "person", "form", "ask", "observe"), path):
        (made,) = ask(left, "session", session_id=session)["decisions"]
        assert (made["decision"], made["decided_by"], made["source"]) == ("correct", "person", "form")


def test_a_coaching_session_goes_with_every_row_of_it(kept: Store, path: Path) -> None:
    session, other = coached(kept, value=1), coached(kept, value=2)
    for left in remaining(kept, Choice(sessions=[session]), path):
        assert [one["session_id"] for one in ask(left, "sessions")] == [other]
        found = left.read(counts)
        assert (found["coaching_suggestion"], found["coaching_decision"], found["coaching_session"]) == (2, 1, 1)


def test_what_nothing_has_touched_for_long_goes_and_what_was_touched_stays_whole(kept: Store, path: Path) -> None:
    old, touched = coached(kept, value=1), coached(kept, value=2)
    for name in coaching_sessions.TABLES:
        change(kept, f"UPDATE {name} SET recorded_at = recorded_at - INTERVAL 90 DAY")
    ask(kept, "pause", session_id=touched)
    for left in remaining(kept, Choice(before=now() - timedelta(days=30)), path):
        assert [one["session_id"] for one in ask(left, "sessions")] == [touched]
        assert len(ask(left, "session", session_id=touched)["decisions"]) == 1
        assert old not in str(ask(left, "sessions"))

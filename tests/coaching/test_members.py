"""What is missing, unknown or of another kind is named before a job runs, whichever job it is."""

from typing import Any

import pytest

from session_buddy.coaching import jobs
from session_buddy.errors import InvalidRequestError
from tests.coaching.room import PERSON_ON_PAGE, Room

NEEDED = {
    "session": ["session_id"],
    "document": ["session_id"],
    "documents": ["workflow_id", "status", "limit"],
    "workflow": ["workflow_id"],
    "pack": ["workflow_id"],
    "export_pack": ["workflow_id"],
    "promotion": ["workflow_id"],
    "pack_history": ["workflow_id"],
    "progress": ["workflow_id"],
    "suggestion": ["suggestion_id"],
    "start": ["workflow_id"],
    "suggest": ["session_id", "node_id", "action_type"],
    "decide": ["session_id", "decision"],
    "outcome": ["suggestion_id", "execution_success"],
    "undo": ["session_id"],
    "pause": ["session_id"],
    "resume": ["session_id"],
    "end": ["session_id", "outcome"],
    "save": ["document"],
    "delete": ["session_id"],
    "prune": ["days", "dry_run"],
    "promote": ["workflow_id"],
    "demote": ["workflow_id"],
    "set_threshold": ["name", "value"],
    "import_pack": ["workflow_id", "pack"],
    "forget_item": ["workflow_id", "item_id"],
    "switch_item": ["workflow_id", "item_id", "on"],
}


@pytest.mark.parametrize("job", NEEDED)
def test_everything_that_is_missing_is_named(room: Room, job: str) -> None:
    told = room.refused(job, PERSON_ON_PAGE)
    assert [name for name in NEEDED[job] if f"{name} is missing" not in told] == []
    assert "Nothing was stored" in told


@pytest.mark.parametrize("job", [*jobs.READS, *jobs.WRITES])
def test_what_is_not_known_is_named(room: Room, job: str) -> None:
    assert "nonsense is not a known field" in room.refused(job, PERSON_ON_PAGE, nonsense=1)


@pytest.mark.parametrize("job", NEEDED)
def test_a_value_of_another_kind_is_named(room: Room, job: str) -> None:
    given: dict[str, Any] = {name: ["a list"] for name in NEEDED[job]}
    assert f"{NEEDED[job][0]} should be" in room.refused(job, PERSON_ON_PAGE, **given)


@pytest.mark.parametrize("given", [None, [1], "text", 5])
def test_what_is_given_is_an_object(room: Room, given: Any) -> None:
    with pytest.raises(InvalidRequestError, match="given should be an object"):
        room.store.read(lambda cursor: jobs.job("workflow")(cursor, PERSON_ON_PAGE, given))

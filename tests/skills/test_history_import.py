"""What transcripts tell, into a real store that may know of it already."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from session_buddy.assistants.claude_code_transcripts.scanning import Scan
from session_buddy.skills import history_import, tracking
from session_buddy.skills.outcomes import Verdict, not_loaded
from session_buddy.skills.past_uses import EXPANSION, TOOL, PastUse, event_id, transcript_id
from session_buddy.skills.seen_ids import tool_use
from session_buddy.skills.tracking import Ending, Origin, Stamp, Use
from session_buddy.store import transcripts, transfer
from session_buddy.store.store import Store
from tests.assistants.conversations import START, Conversation
from tests.skills.watching import Session
from tests.store.filling import BEGIN, rows, write

OWNERS = [("project", "/project"), ("other", "/other")]
COMPLETED = Verdict("completed", "inferred")
TOKEN = "ghp_" + "a1B2" * 9


def a_use(key: str = "toolu_1", seconds: float = 0, **fields: Any) -> PastUse:
    way = fields.get("way", TOOL)
    identity = event_id(
        fields.pop("record", f"record {key}"), key if way == TOOL else "", "then", "review", "look at it"
    )
    made = PastUse(identity, way, key, "review", "look at it", "session", None, BEGIN + timedelta(seconds=seconds))
    return made._replace(**fields)


def take(store: Store, *uses: PastUse, project: int = 0, finished: Sequence[Any] = ()) -> dict[str, int]:
    made = "\n".join(json.dumps(history_import.row(use, project, True)) for use in uses)
    return write(store, lambda cursor: history_import.store(cursor, made, OWNERS, finished))


def stored(store: Store) -> list[dict[str, Any]]:
    return store.read(lambda cursor: [one for batch in transfer.dump(cursor) for one in batch])


def everything(store: Store) -> list[list[tuple[Any, ...]]]:
    """The rows of every table that uses are in, as text."""
    tables = ("invocation", "completion", "seen", "query", "project")
    return [rows(store, f"SELECT row::VARCHAR FROM {table} AS row ORDER BY ALL") for table in tables]


def report(store: Store, moment: datetime, skill: str = "review") -> str:
    """What an assistant reports itself."""
    origin = Origin("session", "project", "/project")
    return str(
        write(store, lambda cursor: tracking.track(cursor, Use(skill), origin, Stamp(moment, "tool")))["invocation_id"]
    )


def test_a_use_is_stored_with_its_end(store: Store) -> None:
    told = a_use(verdict=COMPLETED, actions=("Edit", "git commit"), seconds=12.5)._replace(moment=BEGIN, seconds=12.5)
    assert take(store, told) == {"added": 1, "ended": 1}
    assert stored(store) == [
        {
            "invocation_id": str(tool_use("session", "toolu_1")),
            "skill_name": "review",
            "user_query": "look at it",
            "session_id": "session",
            "invoked_at": BEGIN.isoformat(),
            "completed": True,
            "duration_seconds": 12.5,
            "follow_up_actions": ["Edit", "git commit"],
        }
    ]
    assert rows(store, "SELECT source FROM invocation") == [("claude-code",)]
    assert rows(store, "SELECT source FROM completion") == [("inferred",)]


def test_what_was_not_loaded_has_failed_and_that_was_seen(store: Store) -> None:
    take(store, a_use(verdict=not_loaded()))
    assert rows(store, "SELECT outcome, error_type, source FROM completion") == [("failed", "SkillNotLoaded", "seen")]


def test_texts_are_cleaned_before_they_are_stored(store: Store) -> None:
    secret = f"why? <private>mine</private> {TOKEN}"
    take(store, a_use(query=secret, verdict=COMPLETED, actions=("Edit", TOKEN), skill_name="a\x1b\nb\ud800"))
    assert rows(store, "SELECT text FROM query") == [("why? [masked: GitHub token]",)]
    assert rows(store, "SELECT follow_up_actions FROM completion") == [(["Edit", "[masked: GitHub token]"],)]
    assert rows(store, "SELECT skill_name FROM invocation") == [("a b",)]


def test_a_use_whose_skill_has_no_name_is_left_out() -> None:
    assert history_import.row(a_use(skill_name="\n \0"), 0, True) is None


def test_twice_changes_nothing(store: Store) -> None:
    uses = [a_use("toolu_1", verdict=COMPLETED), a_use("r1", way=EXPANSION), a_use("r2", 5, way=EXPANSION)]
    assert take(store, *uses) == {"added": 3, "ended": 1}
    before = everything(store)
    assert take(store, *uses) == {"added": 0, "ended": 0}
    assert take(store, *reversed(uses)) == {"added": 0, "ended": 0}
    assert everything(store) == before


def test_an_end_that_came_later_is_added_and_never_changed_again(store: Store) -> None:
    take(store, a_use())
    assert take(store, a_use(verdict=COMPLETED)) == {"added": 0, "ended": 1}
    assert take(store, a_use(verdict=Verdict("abandoned", "seen"))) == {"added": 0, "ended": 0}
    assert [one["completed"] for one in stored(store)] == [True]


def test_every_use_belongs_to_its_own_project(store: Store) -> None:
    take(store, a_use("toolu_1"))
    take(store, a_use("toolu_2"), project=1)
    assert rows(store, "SELECT project_id FROM invocation ORDER BY project_id") == [("other",), ("project",)]
    assert rows(store, "SELECT project_id, path FROM project ORDER BY ALL") == OWNERS[::-1]


def test_a_copy_in_another_session_is_counted_once_under_the_older_one(store: Store) -> None:
    first = a_use("toolu_1", session_id="older", record="r")
    copy = a_use("toolu_1", session_id="fork", record="r", verdict=COMPLETED)
    assert take(store, first, copy) == {"added": 1, "ended": 1}
    assert take(store, copy) == {"added": 0, "ended": 0}
    assert [(one["session_id"], one["completed"]) for one in stored(store)] == [("older", True)]


@pytest.mark.parametrize("batches", [(0, 1), (1, 0)], ids=["older first", "newer first"])
@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one after the other"])
def test_a_use_has_its_end_whichever_copy_comes_first(store: Store, batches: tuple[int, int], together: bool) -> None:
    copies = a_use(session_id="older", record="r"), a_use(session_id="newer", record="r", verdict=COMPLETED)
    uses = [copies[number] for number in batches]
    for batch in [uses] if together else [[use] for use in uses]:
        take(store, *batch)
    assert [one["completed"] for one in stored(store)] == [True]
    assert rows(store, "SELECT count(*) FROM completion") == [(1,)]


def test_a_hook_and_a_transcript_of_the_same_use_make_one(store: Store) -> None:
    session = Session(store)
    session.prompt("as the hook saw it")
    session.skill("review", "toolu_1")
    assert take(store, a_use(verdict=COMPLETED)) == {"added": 0, "ended": 1}
    assert session.uses() == [("review", "as the hook saw it", "hook", "completed", None, "inferred", None)]


def test_an_end_that_a_hook_saw_stays(store: Store) -> None:
    session = Session(store)
    session.skill("review", "toolu_1")
    session.step("Edit", failed=True)
    session.stop()
    assert take(store, a_use(verdict=COMPLETED)) == {"added": 0, "ended": 0}
    assert [(use[3], use[4]) for use in session.uses()] == [("failed", "Edit failed")]


def test_a_transcript_first_and_the_hook_of_the_same_use_after_it_make_one(store: Store) -> None:
    take(store, a_use(verdict=COMPLETED))
    session = Session(store)
    session.skill("review", "toolu_1")
    assert len(session.uses()) == 1


def test_a_use_that_was_reported_stays_as_it_was_reported(store: Store) -> None:
    identity = report(store, BEGIN + timedelta(seconds=20))
    write(store, lambda cursor: tracking.complete(cursor, Ending(identity, error_type="Mine"), True))
    assert take(store, a_use(verdict=COMPLETED)) == {"added": 0, "ended": 0}
    assert [(one["invocation_id"], one["error_type"]) for one in stored(store)] == [(identity, "Mine")]


def test_a_use_that_was_reported_and_then_seen_by_a_hook_is_one_with_the_transcripts(store: Store) -> None:
    identity = report(store, BEGIN - timedelta(seconds=300))
    session = Session(store)
    session.skill("review", "toolu_1")
    take(store, a_use())
    assert [one["invocation_id"] for one in stored(store)] == [identity]


def test_what_a_hook_saw_of_a_name_is_found_within_a_minute_and_each_once(store: Store) -> None:
    session = Session(store)
    session.command("review", "first")
    session.command("review", "second")
    near = [a_use("r1", 3, way=EXPANSION), a_use("r2", 4, way=EXPANSION), a_use("r3", 5, way=EXPANSION)]
    assert take(store, *near) == {"added": 1, "ended": 0}
    assert take(store, *near) == {"added": 0, "ended": 0}
    assert take(store, a_use("r4", 63, way=EXPANSION)) == {"added": 1, "ended": 0}


def test_a_name_in_another_session_or_of_another_skill_is_another_use(store: Store) -> None:
    Session(store).command("review")
    assert take(store, a_use("r1", way=EXPANSION, session_id="another"))["added"] == 1
    assert take(store, a_use("r2", way=EXPANSION, skill_name="debug"))["added"] == 1


def test_a_name_is_not_taken_for_a_use_of_the_tool(store: Store) -> None:
    Session(store).skill("review", "toolu_1")
    assert take(store, a_use("r1", way=EXPANSION), a_use("toolu_1"))["added"] == 1
    assert take(store, a_use("toolu_2", 1), a_use("r2", 1, way=EXPANSION))["added"] == 2


def test_which_transcripts_were_read_is_remembered_with_what_was_in_them(store: Store) -> None:
    identity = str(transcript_id("/there.jsonl"))
    take(store, a_use(), finished=[(identity, 10, 20)])
    take(store, finished=[(identity, 11, 21), (str(UUID(int=1)), 1, 2)])
    assert store.read(transcripts.read) == {identity: [11, 21], str(UUID(int=1)): [1, 2]}


WRONG: list[Any] = [None, True, -1.5, "", "\0", "\ud800", "\x1b\u202e", "x" * 100_000, [[]], {"a": 1}, 10**30]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_whatever_the_fields_of_a_transcript_hold_its_uses_can_be_stored(
    store: Store, tmp_path: Path, wrong: Any
) -> None:
    path = tmp_path / "projects" / "-work" / "s.jsonl"
    path.parent.mkdir(parents=True)
    scan, made = Scan(None, None, START + timedelta(days=1)), []
    for records in changed(wrong):
        path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
        (chosen,) = scan.chosen(str(tmp_path), "/data") or scan.chosen(str(tmp_path), "/other")
        made += list(scan.uses(chosen))
    assert len(made) > 20
    take(store, *[use for use in made if history_import.row(use, 0, True)])
    assert stored(store)


def changed(wrong: Any) -> Iterator[list[dict[str, Any]]]:
    """A conversation again and again, each time with one field of all its records changed."""
    made = Conversation("s", "/work").user("q").skill("x", "t1").tool("Bash", "t2", command="ls").says()
    text = json.dumps(made.command("/y", "z").body().says().records)
    for level in ("record", "message", "block"):
        for name in ("uuid", "timestamp", "sessionId", "type", "content", "id", "name", "input", "tool_use_id"):
            records = json.loads(text)
            for record in records:
                content = record["message"]["content"]
                blocks = content if isinstance(content, list) else []
                for one in {"record": [record], "message": [record["message"]], "block": blocks}[level]:
                    if name in one:
                        one[name] = wrong
            yield records


def test_nothing_of_a_batch_that_cannot_be_stored_is_stored(store: Store) -> None:
    identity = str(transcript_id("/there.jsonl"))
    with pytest.raises(ValueError, match="UUID"):
        take(store, a_use(), finished=[(identity, 1, 2), ("no id", 1, 2)])
    assert (stored(store), store.read(transcripts.read)) == ([], {})

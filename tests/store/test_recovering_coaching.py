"""What was coached comes back from a damaged store as everything else does."""

import shutil
from pathlib import Path
from typing import Any

from session_buddy.coaching import jobs
from session_buddy.coaching.actors import Actor
from session_buddy.store.recovery.recovery import recover
from session_buddy.store.store import Store
from tests.store.damage import HEADERS
from tests.store.filling import write

ACTOR = Actor("person", "form")


def ask(store: Store, name: str, /, **given: Any) -> Any:
    return write(store, lambda cursor: jobs.job(name)(cursor, ACTOR, given))


def coached(path: Path, sessions: int = 3) -> None:
    """Coaching sessions of every kind of row."""
    store = Store.open(str(path))
    for number in range(sessions):
        session = ask(store, "start", workflow_id="release", variables={"number": number})["session_id"]
        for step in range(6):
            made = ask(
                store,
                "suggest",
                session_id=session,
                node_id="tag",
                action_type="git",
                parameters={"step": step, "force": True},
            )
            decision = "correct" if step % 3 == 0 else "accept"
            changed = made["parameters"] | {"force": False, "number": f"{number} {step}"}
            given = {"correction": changed} if decision == "correct" else {}
            ask(
                store,
                "decide",
                session_id=session,
                decision=decision,
                suggestion_id=made["suggestion_id"],
                execution_success=True,
                **given,
            )
        ask(store, "undo", session_id=session)
        ask(store, "pause", session_id=session)
        ask(store, "resume", session_id=session)
        ask(store, "end", session_id=session, outcome="completed")
    for item in ask(store, "pack", workflow_id="release")["items"][::2]:
        ask(store, "switch_item", workflow_id="release", item_id=item["item_id"], on=False)
    ask(store, "set_threshold", name="decisions", value=30)
    ask(store, "promote", workflow_id="release", despite="a test")
    store.close()


def told(path: Path) -> Any:
    store = Store.open(str(path))
    try:
        sessions = [ask(store, "session", session_id=one["session_id"]) for one in ask(store, "sessions")]
        return [
            sessions,
            ask(store, "workflow", workflow_id="release"),
            ask(store, "thresholds"),
            ask(store, "pack", workflow_id="release"),
        ]
    finally:
        store.close()


def test_nothing_of_coaching_is_lost_when_every_header_is(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    store = folder / "store"
    coached(store)
    sound = tmp_path / "sound"
    shutil.copyfile(store, sound)
    store.write_bytes(bytes(HEADERS) + store.read_bytes()[HEADERS:])
    report = recover(str(store), str(folder / "out"))
    assert report.complete
    assert told(folder / "out") == told(sound)

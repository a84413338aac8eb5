"""`forget`: what a person names is in no file beside the store any more, and everything else is as it was."""

import json
import os
import pty
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from session_buddy.bridge import spool
from session_buddy.bridge.place import Place as Files
from tests.system.keeping import family, fill, rows, stranger
from tests.system.processes import COMMAND, LIMIT, Place, Window, eventually, exported, put_own_store, run

pytestmark = pytest.mark.slow

WORDS = ("Zephyrine", "Quillback", "Straße")
TEXT = " ".join(WORDS)
SECRET: list[dict[str, Any]] = [
    {
        "skill_name": "debugging",
        "user_query": f"why does the order of {TEXT} fail",
        "session_id": "monday",
        "completed": False,
        "error_type": f"{TEXT} is locked",
        "workflow_path": f"the {TEXT} way",
        "workflow_phase": f"{TEXT.lower()} phase",
        "follow_up_actions": [f"call {TEXT}", "commit"],
    },
    {"skill_name": f"{TEXT} deploy", "user_query": "deploy the order", "session_id": "monday", "completed": True},
    {
        "skill_name": "review",
        "user_query": "look at this",
        "alternatives_considered": [f"{TEXT} deploy", "debug"],
    },
    {"skill_name": "review", "user_query": "look again", "session_id": f"with {TEXT}", "completed": True},
    {"skill_name": "review", "user_query": "look thrice", "session_id": f"with {TEXT}", "completed": True},
    {"skill": {"name": "release-notes", "description": f"Write what changed for {TEXT}"}},
]
OTHERS: list[dict[str, Any]] = [
    {
        "skill_name": f"skill-{number % 5}",
        "user_query": f"ordinary problem number {number}",
        "session_id": f"session-{number % 9}",
        "invoked_at": f"2026-{1 + number % 9:02}-11T10:00:00Z",
        "completed": number % 3 != 0,
        "alternatives_considered": ["skill-1", "skill-2"],
        "follow_up_actions": ["commit"],
    }
    for number in range(60)
]


@pytest.fixture
def hashing(place: Place) -> Place:
    """A place whose texts get real vectors."""
    return place.with_variables(SESSION_BUDDY_EMBEDDER="hashing")


def _holding(folder: Path, words: tuple[str, ...] = WORDS) -> list[str]:
    """The files anywhere under a folder in whose bytes one of the words is, in any case, as UTF-8 or UTF-16."""
    wanted = [word.encode(encoding) for word in words for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    wanted += [word.lower().encode(encoding) for word in words for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(word in path.read_bytes() for word in wanted)]


def _figures(place: Place) -> dict[str, tuple[Any, ...]]:
    """Of every skill, how often it was used and how that ended."""
    found = json.loads(run(place, "skills", "--json").stdout)["skills"]
    return {one["skill_name"]: (one["invocations"], one["completion_rate"], one["last_used_at"]) for one in found}


def _stop(place: Place) -> None:
    assert run(place, "hub", "stop").returncode == 0


def _spooled(place: Place, **event: Any) -> Path:
    """An event that waits in the spool, as a hook leaves it where no hub can be reached."""
    said = {"id": str(uuid.uuid4()), "at": "2026-03-01T09:00:00Z", "project": str(place.project), "session": "monday"}
    return Path(spool.put(Files(str(place.store)), str(place.data_folder), said | event))


def test_a_forgotten_text_is_in_no_byte_of_any_file_and_the_rest_is_unchanged(hashing: Place) -> None:
    fill(hashing, OTHERS)
    with Window(hashing) as window:
        window.initialize()
        window.call("recommend_skills", user_query="ordinary problem")
    before, figures = exported(hashing), _figures(hashing)
    asked = run(hashing, "recommend", "ordinary problem number 7", "--wait-for-model", "--json").stdout
    fill(hashing, SECRET)
    with Window(hashing) as window:
        window.initialize()
        window.call("recommend_skills", user_query=f"how is {TEXT}")
        window.track(query=f"this one is {TEXT} too")
    _stop(hashing)
    assert _holding(hashing.store.parent)

    done = run(hashing, "forget", "--text", f"  {TEXT.upper().replace('SS', 'ß')}  ".replace(" ", "\n"))
    assert done.returncode == 0, done.stderr
    assert "Forgotten:" in done.stdout
    assert "Backups and exports elsewhere are not touched" in done.stdout
    assert _holding(hashing.store.parent) == []

    after = exported(hashing)
    known = {row["invocation_id"] for row in before}
    assert [row for row in after if row["invocation_id"] in known] == before
    assert _figures(hashing).items() >= figures.items()
    again = run(hashing, "recommend", "ordinary problem number 7", "--wait-for-model", "--json").stdout
    assert json.loads(again)["recommendations"][0] == json.loads(asked)["recommendations"][0]
    assert _holding(hashing.store.parent) == []
    _stop(hashing)
    assert _holding(hashing.store.parent) == []


def test_what_held_a_forgotten_text_stays_without_it(hashing: Place) -> None:
    fill(hashing, SECRET)
    assert run(hashing, "forget", "--text", TEXT).returncode == 0
    found = exported(hashing)
    assert len(found) == 4
    failed = next(row for row in found if row["skill_name"] == "debugging")
    assert failed["completed"] is False
    assert failed["error_type"] == "private"
    assert failed["follow_up_actions"] == ["commit"]
    assert failed["session_id"] == "monday"
    assert not {"user_query", "workflow_path", "workflow_phase"} & failed.keys()
    looked = {row["user_query"]: row for row in found if "user_query" in row}
    assert looked["look at this"]["alternatives_considered"] == ["debug"]
    assert "deploy the order" not in looked
    renamed = looked["look again"]["session_id"]
    assert renamed.startswith("forgotten-")
    assert looked["look thrice"]["session_id"] == renamed
    assert "release-notes" in _figures(hashing)
    assert run(hashing, "recommend", "release notes", "--wait-for-model", "--json").stdout.count("release-notes") >= 1


def test_nothing_hides_in_the_spool_in_copies_or_in_logs(hashing: Place, tmp_path: Path) -> None:
    fill(hashing, [*OTHERS, *SECRET])
    assert run(hashing, "backup", str(tmp_path / "outside.duckdb")).returncode == 0
    assert run(hashing, "restore", str(tmp_path / "outside.duckdb")).returncode == 0
    _stop(hashing)
    store = hashing.store
    for ending in (".before-0003", ".before-0003.wal", ".recovered", ".draft", ".draft.wal", ".log", ".log.1"):
        Path(f"{store}{ending}").write_text(f"kept of {TEXT}", encoding="utf-8")
    (store.parent / ".recover-killed").mkdir()
    (store.parent / ".recover-killed" / "copy").write_text(TEXT, encoding="utf-8")
    Path(f"{store}.tmp").mkdir()
    (Path(f"{store}.tmp") / "duckdb_temp_block-1.block").write_text(TEXT, encoding="utf-8")
    _spooled(hashing, kind="track", skill_name="spooled", user_query=f"waits with {TEXT}")
    _spooled(hashing, kind="complete", invocation_id=str(uuid.uuid4()), error_type=f"never began: {TEXT}")
    _spooled(hashing, kind="nonsense", text=TEXT)
    patient = _spooled(hashing, kind="complete", invocation_id=str(uuid.uuid4()), error_type="never began")
    (patient.parent / "torn.json").write_text(f'{{"text": "{TEXT}', encoding="utf-8")

    done = run(hashing, "forget", "--text", TEXT.lower())
    assert done.returncode == 0, done.stderr
    assert _holding(store.parent) == []
    assert family(hashing) - {f"{store.name}.spool"} == set()
    assert [path.name for path in patient.parent.iterdir()] == [patient.name]
    for ending in (".before-0003", ".replaced-", ".recovered", ".log"):
        assert f"the file {store}{ending}" in done.stdout
    assert "spooled" in {row["skill_name"] for row in exported(hashing)}
    assert rows(tmp_path / "outside.duckdb", "SELECT count(*) FROM invocation") == [(65,)]


def test_a_waiting_event_with_the_text_goes_even_where_the_store_has_nothing_of_it(place: Place) -> None:
    fill(place, OTHERS)
    _spooled(place, kind="complete", invocation_id=str(uuid.uuid4()), error_type=f"never began: {TEXT}")
    done = run(place, "forget", "--text", TEXT)
    assert done.returncode == 0, done.stderr
    assert _holding(place.store.parent) == []
    assert len(exported(place)) == len(OTHERS)


def test_an_open_window_only_waits(hashing: Place) -> None:
    fill(hashing, [*OTHERS, *SECRET])
    with Window(hashing) as window, Window(hashing) as other:
        window.initialize()
        other.initialize()
        begun = window.track("before")
        done = run(hashing, "forget", "--session", "monday", "--text", TEXT)
        assert done.returncode == 0, done.stderr
        window.track("after")
        other.track("after")
        assert "completed" in str(window.call("complete_skill", invocation_id=begun))
    found = [row["skill_name"] for row in exported(hashing)]
    assert found.count("after") == 2
    assert found.count("before") == 1
    assert "debugging" not in found


def test_calls_made_while_it_is_forgotten_are_answered_and_stored(hashing: Place) -> None:
    fill(hashing, [*OTHERS, *SECRET])
    with Window(hashing) as window:
        window.initialize()
        with subprocess.Popen(
            [COMMAND, "forget", "--text", TEXT], env=hashing.environment, stdout=subprocess.PIPE, text=True
        ) as forgetting:
            tracked = 0
            while forgetting.poll() is None:
                window.track("meanwhile")
                tracked += 1
        assert forgetting.returncode == 0
    assert [row["skill_name"] for row in exported(hashing)].count("meanwhile") == tracked


def test_no_other_program_gets_at_the_store_while_it_is_rewritten(hashing: Place) -> None:
    fill(hashing, [*OTHERS, *SECRET])
    with stranger(hashing.store) as met:
        assert run(hashing, "forget", "--text", TEXT).returncode == 0
        found = met()
    assert found.opened == 0
    assert found.refused > 0


@pytest.fixture(scope="module")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store that takes a while to rewrite."""
    project = tmp_path_factory.mktemp("long")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SESSION_BUDDY", "CLAUDE"))}
    place = Place(
        project, kept | {"SESSION_BUDDY_EMBEDDER": "off", "SESSION_BUDDY_LINGER": "1", "SESSION_BUDDY_CATALOGUE": "off"}
    )
    many = [
        {"skill_name": f"skill-{number % 50}", "user_query": f"problem {number} " * 9, "session_id": f"s{number % 300}"}
        for number in range(20_000)
    ]
    fill(place, [*many, *SECRET])
    _stop(place)
    return place.store


@pytest.mark.parametrize("moment", ["lock", "draft", "filled", "renamed"])
def test_a_process_that_is_killed_leaves_the_old_store_or_the_new_one(
    place: Place, long_history: Path, moment: str
) -> None:
    put_own_store(place, long_history)
    draft, inode = Path(f"{place.store}.draft"), place.store.stat().st_ino
    reached: dict[str, Callable[[], bool]] = {
        "lock": lambda: place.hub_runs() and not place.address.exists(),
        "draft": lambda: draft.exists(),
        "filled": lambda: Path(f"{draft}.wal").exists(),
        "renamed": lambda: place.store.stat().st_ino != inode,
    }
    with subprocess.Popen([COMMAND, "forget", "--text", TEXT], env=place.environment) as process:
        eventually(lambda: reached[moment]() or process.poll() is not None)
        process.kill()
    held = len(exported(place))
    assert held in (20_005, 20_004)
    assert not draft.exists()
    assert not Path(f"{draft}.wal").exists()
    done = run(place, "forget", "--text", TEXT)
    assert done.returncode == 0, done.stderr
    assert len(exported(place)) == 20_004
    _stop(place)
    assert _holding(place.store.parent) == []


def test_a_session_goes_with_everything_that_is_known_of_it(hashing: Place) -> None:
    fill(hashing, [*OTHERS, *SECRET])
    done = run(hashing, "forget", "--session", "monday", "--session", "session-3", "--json")
    told = json.loads(done.stdout)
    assert told["forgotten"] is True
    assert told["gone"]["invocation"] == 2 + sum(line["session_id"] == "session-3" for line in OTHERS)
    left = exported(hashing)
    assert {row["session_id"] for row in left} & {"monday", "session-3"} == set()
    assert len(left) == 5 + 60 - told["gone"]["invocation"]
    _stop(hashing)
    assert _holding(hashing.store.parent, ("session-3", "ordinary problem number 12 ")) == []


def test_a_skill_goes_and_is_taken_out_of_every_list(hashing: Place) -> None:
    fill(hashing, [*OTHERS, *SECRET])
    with Window(hashing) as window:
        window.initialize()
        window.call("recommend_skills", user_query="ordinary problem", limit=5)
    assert run(hashing, "forget", "--skill", "skill-1").returncode == 0
    left = exported(hashing)
    assert "skill-1" not in {row["skill_name"] for row in left}
    assert {tuple(row["alternatives_considered"]) for row in left if row["skill_name"] == "skill-2"} == {("skill-2",)}
    _stop(hashing)
    lists = rows(hashing.store, "SELECT skills, scores FROM recommendation")
    assert len(lists) == 1
    assert len(lists[0][0]) == len(lists[0][1]) >= 3
    assert "skill-1" not in lists[0][0]
    assert _holding(hashing.store.parent, ("skill-1",)) == []


def test_what_is_old_goes_and_what_is_newer_stays(place: Place) -> None:
    fill(place, [*OTHERS, {"skill_name": "today"}])
    assert run(place, "forget", "--older-than", "1").returncode == 0
    assert [row["skill_name"] for row in exported(place)] == ["today"]


def test_a_store_with_an_unknown_table_is_refused_and_kept(place: Place) -> None:
    fill(place, [*OTHERS, *SECRET])
    _stop(place)
    duckdb.connect(str(place.store)).execute("CREATE TABLE later (session_id VARCHAR)").close()
    before = place.store.read_bytes()
    assert "'later'" in run(place, "forget", "--text", TEXT).stderr
    assert place.store.read_bytes() == before


def test_a_plan_changes_nothing(place: Place) -> None:
    fill(place, [*OTHERS, *SECRET])
    Path(f"{place.store}.before-0001").touch()
    before = exported(place)
    told = json.loads(run(place, "forget", "--text", TEXT, "--dry-run", "--json").stdout)
    assert told["forgotten"] is False
    assert told["gone"]["invocation"] == 1
    assert f"{place.store}.before-0001" in told["files"]
    assert "This would be forgotten" in run(place, "forget", "--text", TEXT, "--dry-run").stdout
    assert exported(place) == before
    assert Path(f"{place.store}.before-0001").exists()


def test_where_nothing_matches_nothing_is_changed(place: Place) -> None:
    fill(place, OTHERS)
    _stop(place)
    Path(f"{place.store}.before-0001").touch()
    for arguments in (["--text", TEXT], ["--older-than", "5000"]):
        done = run(place, "forget", *arguments)
        assert done.returncode == 0
        assert "Nothing was changed" in done.stdout
        assert f"not looked into, and may hold it: {place.store}.before-0001" in done.stdout
    assert Path(f"{place.store}.before-0001").exists()
    assert len(exported(place)) == 60


def test_an_unknown_name_is_told_with_the_nearest_ones(place: Place) -> None:
    fill(place, OTHERS)
    done = run(place, "forget", "--skill", "skil-1")
    assert done.returncode == 1
    assert "There is no skill 'skil-1'" in done.stderr
    assert "skill-1" in done.stderr
    done = run(place, "forget", "--session", "sessio-2", "--session", "session-1")
    assert done.returncode == 1
    assert "session-2" in done.stderr
    assert "Nothing was forgotten" in done.stderr
    assert len(exported(place)) == 60


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--yes"],
        ["--text", "  "],
        ["--skill", ""],
        ["--text", "\udcff"],
        ["--older-than", "-1"],
        ["--older-than", "nan"],
        ["--older-than", "1e9"],
        ["--older-than", "soon"],
    ],
)
def test_wrong_usage_ends_with_two_and_one_line(place: Place, arguments: list[str]) -> None:
    done = run(place, "forget", *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not place.hub_runs()


def test_a_store_that_is_not_there_has_nothing_to_forget(place: Place) -> None:
    done = run(place, "forget", "--text", TEXT)
    assert done.returncode == 1
    assert "There is no store at" in done.stderr
    assert not place.store.exists()


@pytest.mark.parametrize(("said", "left"), [("y\n", 4), ("n\n", 5), ("\n", 5)])
def test_on_a_terminal_a_person_is_asked_first(place: Place, said: str, left: int) -> None:
    fill(place, SECRET)
    terminal, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "forget", "--text", TEXT], env=place.environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(terminal, 1024)
        os.write(terminal, said.encode())
        while _more(terminal):
            pass
        assert process.wait(LIMIT) == 0
    os.close(terminal)
    assert "This would be forgotten" in shown.decode()
    assert len(exported(place)) == left


def _more(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1024)
    except OSError:  # how a terminal says that nobody is at its other end
        return b""

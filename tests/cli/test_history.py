"""`import --from claude-code`, whole commands on real transcripts."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.assistants.conversations import Conversation
from tests.system.processes import COMMAND, Place, exported, leave_no_hub, new_place, run, until

pytestmark = pytest.mark.slow


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Place]:
    """A project with an assistant's folder of its own beside it."""
    place = new_place(tmp_path / "project").with_variables(CLAUDE_CONFIG_DIR=str(tmp_path / "claude"))
    yield place
    leave_no_hub(place)


def claude(place: Place) -> Path:
    return Path(place.environment["CLAUDE_CONFIG_DIR"])


def talk(session: str, cwd: Path, skill: str = "debugging") -> Conversation:
    made = Conversation(session, str(cwd)).user(f"what {session} asked").skill(skill, f"toolu_{session}")
    return made.tool("Edit", f"{session}_e").says()


def imported(place: Place, *options: str) -> dict[str, Any]:
    done = run(place, "import", "--from", "claude-code", "--json", *options)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def other_project(place: Place) -> Path:
    other = place.project.parent / "other"
    other.mkdir(exist_ok=True)
    return other


def test_transcripts_become_uses_and_a_second_run_changes_nothing(mine: Place) -> None:
    talk("monday", mine.project).write(claude(mine), tail=b'{"torn')
    talk("tuesday", mine.project, "review").write(claude(mine))
    first = imported(mine)
    assert (first["imported"], first["uses"]["total"], first["passed_over"]["bad_lines"]) == (2, 2, 1)
    rows = exported(mine)
    assert {(row["skill_name"], row["user_query"], row["completed"]) for row in rows} == {
        ("debugging", "what monday asked", True),
        ("review", "what tuesday asked", True),
    }
    again = imported(mine)
    assert (again["imported"], again["uses"]["total"], again["passed_over"]["unchanged"]) == (0, 0, 2)
    assert exported(mine) == rows
    told = run(mine, "import", "--from", "claude-code").stdout
    assert told == "Nothing new: 2 transcripts unchanged since they were read.\n"


def test_what_was_added_since_is_imported_and_what_has_ended_is_ended(mine: Place) -> None:
    made = Conversation("live", str(mine.project)).user("q").skill("debugging", "toolu_1").tool("Edit", "t2")
    made.write(claude(mine))
    assert imported(mine)["skills"][0]["unknown"] == 1
    made.says().user("and now").skill("review", "toolu_2").write(claude(mine))
    later = imported(mine)
    assert (later["imported"], later["already_stored"], later["ends_added"]) == (1, 1, 1)
    assert {row["skill_name"]: row["completed"] for row in exported(mine)} == {"debugging": True, "review": None}


@pytest.mark.parametrize("older", [1, 2])
def test_a_session_that_was_gone_on_with_in_another_file_has_its_end_in_whichever_order(
    mine: Place, older: int
) -> None:
    made = Conversation("first", str(mine.project)).user("q").skill("debug\x07ging", "toolu_1").tool("Edit", "t2")
    copy = Conversation("copy", str(mine.project))
    copy.records = [record | {"sessionId": "copy"} for record in made.records]
    paths = made.write(claude(mine)), copy.says().write(claude(mine))
    os.utime(paths[older - 1], (1, 1))
    (skill,) = imported(mine)["skills"]
    assert (skill["skill_name"], skill["uses"], skill["completed"], skill["unknown"]) == ("debug ging", 1, 1, 0)
    assert [row["completed"] for row in exported(mine)] == [True]


def test_other_projects_are_named_and_taken_only_when_asked_for(mine: Place) -> None:
    other = other_project(mine)
    talk("theirs", other).write(claude(mine))
    told = run(mine, "import", "--from", "claude-code").stdout
    assert "1 transcript of other projects" in told
    assert "`session-buddy import --from claude-code --project all`" in told
    assert imported(mine, "--project", str(other))["imported"] == 1
    assert imported(mine, "--project", "all")["passed_over"]["unchanged"] == 1
    assert os.listdir(other) == []


def test_every_use_has_its_own_project(mine: Place) -> None:
    other = other_project(mine)
    for session, cwd in (("mine", mine.project), ("theirs", other), ("gone", mine.project.parent / "gone")):
        talk(session, cwd).write(claude(mine))
    assert imported(mine, "--project", "all")["imported"] == 3
    tables = mine.project / "tables"
    assert run(mine, "export", "--format", "csv", "--out", str(tables)).returncode == 0
    paths = {line.split(",")[1] for line in (tables / "project.csv").read_text(encoding="utf-8").splitlines()[1:]}
    assert {Path(path).name for path in paths} == {"project", "other", "gone"}
    lines = (tables / "invocation.csv").read_text(encoding="utf-8").splitlines()
    place = lines[0].split(",").index("project_id")
    assert len({line.split(",")[place] for line in lines[1:]}) == 3


def test_since_takes_only_what_is_younger_and_the_rest_is_there_later(mine: Place) -> None:
    talk("monday", mine.project).write(claude(mine))
    assert imported(mine, "--since", "2026-11-03")["passed_over"]["before"] == 1
    assert imported(mine, "--since", "36500d")["imported"] == 1


def test_a_run_that_is_killed_is_gone_on_with_and_nothing_is_there_twice(mine: Place) -> None:
    for number in range(60):
        made = Conversation(f"s{number}", str(mine.project))
        for turn in range(40):
            made.user(f"prompt {number} {turn}").skill("debugging", f"toolu_{number}_{turn}").tool(
                "Edit", f"e{turn}"
            ).says()
        made.write(claude(mine))
    run(mine, "hub", "status")
    process = subprocess.Popen(
        [COMMAND, "import", "--from", "claude-code"], env=mine.environment, cwd=mine.project, stdout=subprocess.DEVNULL
    )
    until(lambda: len(exported(mine)), lambda stored: stored > 0 or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.wait()
    stored = len(exported(mine))
    assert imported(mine)["imported"] == 2400 - stored
    assert len({row["invocation_id"] for row in exported(mine)}) == len(exported(mine)) == 2400
    assert imported(mine)["passed_over"]["unchanged"] == 60


def test_a_hostile_folder_does_no_harm(mine: Place) -> None:
    liar = talk("liar", other_project(mine)).write(claude(mine), folder="-" + str(mine.project)[1:].replace("/", "-"))
    os.mkfifo(liar.parent / "pipe.jsonl")
    (liar.parent / "link.jsonl").symlink_to("/etc/passwd")
    (liar.parent / "out").symlink_to("/")
    made = Conversation("odd", str(mine.project)).user("\x1b[2Jclear <private>secret</private>")
    made.skill("\x1b]0;title\x07\u202eevil<b>", "toolu_1").says()
    path = made.write(claude(mine))
    path.write_bytes(b'{"x":"' + b"y" * 20_000_000 + b'"}\n' + path.read_bytes())
    done = run(mine, "import", "--from", "claude-code")
    assert done.returncode == 0
    assert not any(character in done.stdout for character in "\x1b\x07\u202e")
    for words in ("1 transcript claiming", "3 links", "1 line of more than 4 MB"):
        assert words in done.stdout
    (row,) = exported(mine)
    assert "secret" not in json.dumps(row)


def test_folders_that_are_no_text_hold_no_other_project_up(mine: Place) -> None:
    talk("honest", mine.project).write(claude(mine))
    for number, cwd in enumerate(("/half\ud800", "/odd\udcff")):
        folder = "-" + os.fsdecode(b"\xff") * (number + 1)
        talk(f"odd{number}", Path(cwd)).write(claude(mine), folder=folder)
    done = run(mine, "doctor")
    assert "1 transcript of this project" in done.stdout
    assert imported(mine)["imported"] == 1
    assert imported(mine, "--project", "all")["imported"] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "claude-code", "file.jsonl"],
        [],
        ["--from", "somebody"],
        ["--from", "claude-code", "--since", "soon"],
        ["--from", "claude-code", "--strict"],
        ["--since", "14d", "file.jsonl"],
        ["--project", "all", "file.jsonl"],
    ],
)
def test_wrong_usage_is_one_line_and_starts_no_hub(mine: Place, arguments: list[str]) -> None:
    done = run(mine, "import", *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not mine.hub_runs()


def test_doctor_tells_what_waits_and_how_to_import_it(mine: Place) -> None:
    def line() -> str:
        return next(line for line in run(mine, "doctor").stdout.splitlines() if " history " in line)

    assert "no transcripts of this project" in line()
    talk("monday", mine.project).write(claude(mine))
    assert "1 transcript of this project" in line()
    assert "1 not imported or changed since: `session-buddy import --from claude-code`" in line()
    imported(mine)
    assert line().endswith("all imported")


def test_files_of_earlier_trackers_are_imported_once_and_bad_rows_are_numbered(mine: Place) -> None:
    rows = [
        {"skill_name": "debugging", "invoked_at": "2026-03-01T09:00:00", "completed": True, "extra": 1},
        {"skill_name": None},
        {"skill_name": "review", "completed": False, "error_type": "Timeout", "duration_seconds": None},
    ]
    path = mine.project / "skill_metrics.json"
    path.write_text(json.dumps({"invocations": rows, "skills": {}}, indent=1), encoding="utf-8")
    done = run(mine, "import", str(path))
    assert done.stdout == "2 invocations imported, 0 already stored, 1 bad rows left out.\n"
    assert done.stderr.startswith("row 2: skill_name")
    assert run(mine, "import", str(path)).stdout.startswith("0 invocations imported, 2 already stored")
    refused = run(mine, "import", str(path), "--strict")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)

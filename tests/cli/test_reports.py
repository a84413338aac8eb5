"""`metrics`, `report` and `heatmap`, as a person types them."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.system.processes import COMMAND, LIMIT, Place, run

pytestmark = pytest.mark.slow

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = ["debugging", "debug", "planning", "writing"]
SESSIONS = ["monday", "tuesday", "wednesday"]


def use(number: int) -> dict[str, Any]:
    return {
        "skill_name": NAMES[number % 4],
        "invoked_at": (BEGIN + timedelta(minutes=number)).isoformat(),
        "session_id": SESSIONS[number % 3],
        "workflow_phase": f"phase {number // 4:02}",
        "completed": number % 3 != 0,
        "duration_seconds": number,
    }


@pytest.fixture
def filled(place: Place) -> Iterator[Place]:
    """A store with four skills in twenty-five phases of three sessions, behind one hub that stays while it is asked."""
    place = place.with_variables(SESSION_BUDDY_LINGER="60")
    lines: list[dict[str, Any]] = [{"skill": {"name": "on-the-shelf"}}, *map(use, range(100))]
    done = run(place, "import", "-", stdin="".join(json.dumps(line) + "\n" for line in lines))
    assert done.returncode == 0, done.stderr
    yield place
    run(place, "hub", "stop")


def found(place: Place, *arguments: str) -> dict[str, Any]:
    done = run(place, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def refused(place: Place, code: int, *arguments: str) -> str:
    """The one line of a command that is refused."""
    done = run(place, *arguments)
    assert (done.returncode, done.stdout) == (code, ""), done
    assert done.stderr.count("\n") == 1
    return done.stderr


def typed(place: Place, *arguments: str, columns: int = 80, variables: dict[str, str] | None = None) -> str:
    """What a terminal of this width gets to see."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {key: value for key, value in place.environment.items() if key not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    environment = kept | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | (variables or {})
    process = subprocess.Popen([COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:
        pass  # so Linux says that the other side has closed
    os.close(ours)
    assert process.wait(LIMIT) == 0, shown
    return shown.decode().replace("\r\n", "\n")


def test_what_is_told_of_a_store_is_the_same_by_every_command(filled: Place) -> None:
    metrics, skills = found(filled, "metrics"), found(filled, "skills")
    pages = [found(filled, "report", "--page", str(page)) for page in (1, 2)]
    by_name = {one["skill_name"]: one for one in skills["skills"]}
    for one in metrics["skills"]:
        other = by_name[one["skill_name"]]
        assert (one["total_invocations"], one["completion_rate"]) == (other["invocations"], other["completion_rate"])
        assert found(filled, "metrics", one["skill_name"])["skill"] | {"trend": []} == one | {"trend": []}
    phases = [phase for page in pages for phase in page["effectiveness"]]
    summary = metrics["summary"]
    assert (len(phases), summary["total_invocations"], pages[0]["total_invocations"]) == (25, 100, 100)
    assert sum(phase["completed"] for phase in phases) == summary["completed_invocations"] == 66
    assert sum(cell["total"] for cell in found(filled, "heatmap")["cells"]) == 100
    of_sessions = [
        found(filled, "metrics", "--session", name)["session"] for name in ("monday", "tuesday", "wednesday")
    ]
    assert sum(one["total_invocations"] for one in of_sessions) == 100
    assert [one["completed_invocations"] for one in of_sessions] == [0, 33, 33]


def test_figures_come_in_pages(filled: Place) -> None:
    pages = [found(filled, "report", "--page", str(page)) for page in (1, 2, 3)]
    assert [len(page["effectiveness"]) for page in pages] == [20, 5, 0]
    assert {(page["pages"], page["totals"]["effectiveness"]) for page in pages} == {(2, 25)}
    assert all("changes" in page for page in pages)
    listed = [found(filled, "metrics", "--limit", "3", "--offset", str(offset))["skills"] for offset in (0, 3, 6)]
    assert [[one["skill_name"] for one in part] for part in listed] == [
        ["debug", "debugging", "planning"],
        ["writing"],
        [],
    ]


def test_metrics_are_told_of_everything_a_skill_and_a_session(filled: Place) -> None:
    assert run(filled, "metrics").stdout.startswith(
        "Skills Metrics Report\n\n4 skills in 3 sessions, 100 uses: 66 comp"
    )
    assert run(filled, "metrics", "debugging").stdout.startswith("debugging: 25 uses: ")
    assert run(filled, "metrics", "--session", "monday").stdout.startswith("Session monday: 4 skills, 34 uses: 0 ")
    within = run(filled, "metrics", "debugging", "--session", "monday").stdout
    assert within.startswith("debugging in session monday: 9 uses: ")
    assert run(filled, "metrics", "on-the-shelf").stdout == "on-the-shelf is known and was never used.\n"


def test_the_report_ends_with_what_is_unusual_but_not_that_of_a_session(filled: Place) -> None:
    text = run(filled, "report").stdout
    assert text.startswith("Workflow Correlation Report\n")
    assert "\nUnusual and Changing\n" in text
    assert "on-the-shelf: described" in text
    of_session = run(filled, "report", "--session", "monday").stdout
    assert of_session.startswith("Workflow Correlation Report of session monday\n")
    assert "Unusual and Changing" not in of_session


def test_an_unknown_name_is_refused_with_the_three_nearest(filled: Place) -> None:
    assert refused(filled, 1, "metrics", "debuging") == (
        "session-buddy: There is no skill 'debuging'. The nearest known ones are debugging, debug, writing.\n"
    )
    for command in ("metrics", "report", "heatmap"):
        assert refused(filled, 1, command, "--session", "thursday").startswith(
            "session-buddy: There is no session 'thursday'. The nearest known ones are tuesday, "
        )


def test_wrong_numbers_are_refused_before_anything_is_asked(place: Place) -> None:
    assert "--limit: '0' is not a whole number from 1 to 500" in refused(place, 2, "metrics", "--limit", "0")
    assert "'501'" in refused(place, 2, "metrics", "--limit", "501")
    assert "--offset: '-1' is not" in refused(place, 2, "metrics", "--offset=-1")
    assert "--page: 'two' is not" in refused(place, 2, "report", "--page", "two")
    assert not place.hub_runs()


def test_a_picture_that_cannot_be_drawn_is_refused_before_anything_is_asked(place: Place, tmp_path: Path) -> None:
    assert "allowed are files ending in .png or .svg" in refused(place, 2, "heatmap", "--out", "heatmap.pdf")
    assert "is a folder" in refused(place, 1, "heatmap", "--out", str(tmp_path))
    assert "There is no folder" in refused(place, 1, "heatmap", "--out", str(tmp_path / "nowhere" / "heatmap.png"))
    assert not place.hub_runs()


def test_a_picture_is_drawn_and_nothing_is_left_where_that_fails(filled: Place, tmp_path: Path) -> None:
    for name, begins in (("heatmap.png", b"\x89PNG"), ("HEATMAP.SVG", b"<?xml")):
        done = run(filled, "heatmap", "--out", str(tmp_path / name))
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr == f"The picture is in {tmp_path / name}.\n"
        assert (tmp_path / name).read_bytes().startswith(begins)
    refused(filled, 1, "heatmap", "--session", "thursday", "--out", str(tmp_path / "not.png"))
    assert not (tmp_path / "not.png").exists()


def test_a_terminal_gets_colours_and_whole_lines_and_a_pipe_gets_neither_colours_nor_cuts(filled: Place) -> None:
    shown = typed(filled, "heatmap")
    assert "48;2;" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert all(len(line) <= 80 for line in plain.splitlines())
    assert "Left out: 22 other phases." in plain
    assert plain.count(" %    1") == 12
    piped = run(filled.with_variables(FORCE_COLOR="1"), "heatmap").stdout
    assert "\x1b" not in piped
    assert "phase 24" in piped
    assert "Left out" not in piped


def test_a_person_who_wants_no_colours_gets_none(filled: Place) -> None:
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        shown = typed(filled, "heatmap", variables=variables)
        assert not re.search(r"\x1b\[[0-9;]*\b[34]8;", shown)
        assert "67 %" in shown or "50 %" in shown or "100 %" in shown


def test_the_table_of_metrics_fits_the_terminal(filled: Place) -> None:
    for columns in (80, 132):
        lines = typed(filled, "metrics", columns=columns).splitlines()
        assert all(len(line) <= columns for line in lines[6:11])
    assert "as first" in typed(filled, "metrics", columns=132)
    assert "\x1b" not in typed(filled, "metrics")


def test_an_empty_store_is_told_as_empty(place: Place) -> None:
    place = place.with_variables(SESSION_BUDDY_LINGER="10")
    assert run(place, "metrics").stdout == "Skills Metrics Report\n\nNothing has been tracked yet.\n"
    assert run(place, "report").stdout == (
        "Workflow Correlation Report\n\nNothing has been tracked yet.\n\n"
        "Unusual and Changing\n  Nothing has been tracked yet.\n"
    )
    assert "Nothing to show yet" in run(place, "heatmap").stdout
    assert "Nothing to show yet" in typed(place, "heatmap")
    assert refused(place, 1, "metrics", "debugging") == (
        "session-buddy: There is no skill 'debugging'. No skill is known yet.\n"
    )
    assert found(place, "metrics")["summary"]["completion_rate"] is None

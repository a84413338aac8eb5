"""Who counts as a person, with real processes: assistants' shells on a terminal, and clients that they start."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.coached import refused, typed
from tests.server.person import Person
from tests.system.coaching import assistant
from tests.system.processes import COMMAND, Place, run

pytestmark = pytest.mark.slow

INSIDE = [
    {"CURSOR_AGENT": "1", "CURSOR_TRACE_ID": "x"},
    {"CODEX_SANDBOX": "seatbelt", "CODEX_SANDBOX_NETWORK_DISABLED": "1"},
    {"TERM_PROGRAM": "vscode", "COPILOT_AGENT": "1"},
    {"GEMINI_CLI": "1"},
    {"OPENCODE": "1"},
    {"AI_AGENT": "something-new"},
]


def level(place: Place) -> str:
    found = json.loads(run(place, "workflows", "--json").stdout)
    return str(found["workflows"][0]["level"])


async def started(place: Place) -> None:
    async with assistant(place, Person("cancel")) as window:
        await window.start()


@pytest.mark.anyio
@pytest.mark.parametrize("variables", INSIDE)
async def test_no_assistant_promotes_on_a_terminal_of_its_own(place: Place, variables: dict[str, str]) -> None:
    await started(place)
    inside = place.with_variables(**variables)
    code, shown = typed(inside, "workflows", "promote", "release", answers={"Type the": "release"})
    assert (code, "an assistant has started this command" in shown) == (1, True)
    assert "token" not in refused(inside, 1, "dashboard", "--no-open", "--json")
    assert level(place) == "OBSERVATION"


@pytest.mark.anyio
async def test_a_person_in_a_plain_integrated_terminal_promotes(place: Place) -> None:
    await started(place)
    terminal = place.with_variables(TERM_PROGRAM="vscode", CURSOR_TRACE_ID="x", VSCODE_PID="7")
    code, shown = typed(terminal, "workflows", "promote", "release", answers={"Type the": "release"})
    assert (code, level(place)) == (0, "COACHING"), shown


@pytest.mark.anyio
async def test_an_empty_environment_hides_no_assistants_program(place: Place, tmp_path: Path) -> None:
    await started(place)
    program = tmp_path / "codex"
    program.write_text(f"#!{sys.executable}\nimport subprocess, sys\nsys.exit(subprocess.call(sys.argv[1:]))\n")
    program.chmod(0o755)
    kept = [f"{name}={place.environment[name]}" for name in ("SESSION_BUDDY_PROJECT", "PATH", "HOME")]
    hidden = f"env -i {' '.join(kept)} {COMMAND} sessions prune --days 0 --yes; exit $?"
    done = subprocess.run(
        [str(program), "sh", "-c", hidden], capture_output=True, text=True, timeout=60, check=False, cwd=place.project
    )
    assert (done.returncode, "codex is among its parent processes" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["sessions", "undo", "x"],
        ["sessions", "delete", "x", "--yes"],
        ["forget", "--text", "x", "--yes"],
        ["restore", "x.duckdb"],
    ],
)
def test_an_assistant_takes_nothing_back_and_away(place: Place, arguments: list[str]) -> None:
    message = refused(place.with_variables(CODEX_THREAD_ID="x"), 1, *arguments)
    assert "an assistant has started this command (CODEX_THREAD_ID is set)" in message
    assert not place.hub_runs()


@pytest.mark.anyio
@pytest.mark.parametrize("variables", [{"CLAUDECODE": "1"}, {"CODEX_THREAD_ID": "x"}, {"COPILOT_AGENT": "1"}, {}])
async def test_a_client_from_an_assistants_shell_answers_no_form_as_a_person(
    place: Place, variables: dict[str, str]
) -> None:
    person = Person({"decision": "accept"})
    async with assistant(place.with_variables(**variables), person) as window:
        session = await window.start()
        await window.observe(session, 10)
        decision = (await window.suggest(session, 11))["decision"]
    assert (decision["decision"], decision["source"]) == ("accept", "form")
    assert decision["decided_by"] == ("reported" if variables else "person")


def test_a_program_from_an_assistants_shell_is_no_person(place: Place) -> None:
    program = (
        "from session_buddy.bridge.client import Client; from session_buddy.settings import read\n"
        "given = {'workflow_id': 'release', 'despite': 'x'}\n"
        "with Client(read()) as client:\n"
        "    client.ask('coaching', {'ask': 'promote', 'who': 'person', 'source': 'terminal', 'given': given})\n"
    )
    inside = place.with_variables(GEMINI_CLI="1")
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=inside.environment, cwd=place.project, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "so it cannot act as a person. Nothing was changed." in done.stderr

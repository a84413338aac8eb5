"""What the hub sees of the processes that connect to it, with real ones that hide where they come from."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp import Client as McpClient
from mcp import StdioServerParameters, stdio_client

from session_buddy.bridge.client import Client
from session_buddy.hub import senders
from session_buddy.settings import read
from tests.server.person import Person
from tests.system.coaching import Assistant
from tests.system.processes import Place, leave_no_hub, new_place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="the system names no process of a connection"),
]

# A client that states that no assistant has started it.
LYING = """
import json, sys
from session_buddy.bridge import client
from session_buddy.errors import BuddyError
from session_buddy.settings import read
client.inside_assistant = lambda: False
with client.Client(read()) as line:
    for method, params in json.loads(sys.argv[1]):
        try:
            print(json.dumps(line.ask(method, params)))
        except BuddyError as error:
            print(json.dumps(str(error)))
"""
HONEST = LYING.replace("client.inside_assistant = lambda: False\n", "")
WAITING = "import sys; print('there', flush=True); sys.stdin.read()"
PROMOTE = (
    "coaching",
    {
        "ask": "promote",
        "who": "person",
        "source": "terminal",
        "given": {"workflow_id": "release", "despite": "x"},
    },
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = new_place(tmp_path / "project").with_variables(SESSION_BUDDY_LINGER="60")
    with Client(read(found.environment)) as client:
        given = {"workflow_id": "release"}
        client.ask("coaching", {"ask": "start", "who": "reported", "source": "tool", "given": given})
        yield found
    leave_no_hub(found)


def program(folder: Path, name: str) -> str:
    """A program of this name that runs its arguments as its own child."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport subprocess, sys\nsys.exit(subprocess.call(sys.argv[1:]))\n")
    path.chmod(0o755)
    return str(path)


def told(place: Place, code: str, *above: str, asked: list[tuple[str, object]]) -> list[object]:
    """What the hub answers to a client below these programs."""
    done = subprocess.run(
        [*above, sys.executable, "-P", "-c", code, json.dumps(asked)],
        env=place.environment, cwd=place.project, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", ["claude", "codex", "gemini"])
def test_a_client_below_an_assistants_program_is_no_person(place: Place, tmp_path: Path, name: str) -> None:
    (answer,) = told(place, HONEST, program(tmp_path, name), asked=[PROMOTE])
    assert "so it cannot act as a person" in str(answer)


@pytest.mark.parametrize("variables", [{"CLAUDECODE": "1"}, {"AI_AGENT": "new"}, {}])
def test_a_client_that_hides_its_origin_is_seen(place: Place, tmp_path: Path, variables: dict[str, str]) -> None:
    above = [] if variables else [program(tmp_path, "opencode"), "env"]
    (answer,) = told(place.with_variables(**variables), LYING, *above, asked=[PROMOTE])
    assert "so it cannot act as a person" in str(answer)


def test_a_persons_client_promotes(place: Place, tmp_path: Path) -> None:
    (answer,) = told(place, LYING, program(tmp_path, "editor"), asked=[PROMOTE])
    assert isinstance(answer, dict)
    assert answer["level"] == "COACHING"


@pytest.mark.parametrize("code", [HONEST, LYING])
def test_no_assistants_client_gets_the_dashboards_link(place: Place, code: str) -> None:
    asked: list[tuple[str, object]] = [
        ("dashboard", {"start": True}),
        ("dashboard", {"start": True, "open": True}),
        ("dashboard_here", {"url": "http://127.0.0.1:1/?token=x", "pid": 1}),
    ]
    inside = place.with_variables(COPILOT_AGENT="1")
    for answer in told(inside, code, asked=asked):
        assert "A command of an assistant has opened this connection" in str(answer)
    with Client(read(place.environment)) as client:
        assert client.ask("dashboard", {"start": False}) is None
        link = client.ask("dashboard", {"start": True})
    answers = told(inside, code, asked=[("dashboard", {"start": False}), ("status", {}), *asked])
    assert answers[0] == {"url": None, "pid": link["pid"], "opened": False}
    token = link["url"].partition("token=")[2]
    assert (len(token) > 20, token in str(answers)) == (True, False)


@pytest.mark.parametrize(
    ("above", "variables", "from_shell"),
    [
        (["claude"], {}, False),
        (["claude"], {"CLAUDECODE": "1"}, False),
        (["claude", "sh"], {}, True),
        (["claude", "codex", "sh"], {}, True),
        ([], {"CODEX_THREAD_ID": "x"}, True),
        (["sh"], {}, False),
    ],
)
def test_a_window_of_an_assistants_shell_is_seen(
    tmp_path: Path, above: list[str], variables: dict[str, str], from_shell: bool
) -> None:
    """The process of a client session, below these programs."""
    parents = [program(tmp_path, name) for name in above]
    code = WAITING.replace("print('there'", "import os; print(os.getpid()")
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    with subprocess.Popen(
        [*parents, sys.executable, "-c", code], env=kept | variables,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert senders.is_window_of_shell(int(process.stdout.readline())) is from_shell
        process.communicate("", timeout=30)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("variables", "who"), [({"QWEN_CODE": "1"}, "reported"), ({"CLAUDECODE": "1"}, "reported"), ({}, "person")]
)
async def test_a_window_that_hides_its_shell_answers_no_form(place: Place, variables: dict[str, str], who: str) -> None:
    hiding = "from session_buddy.bridge import window; window.started_by_assistants_shell = lambda: False; window.run()"
    environment = place.with_variables(**variables).environment
    started = StdioServerParameters(
        command=sys.executable, args=["-P", "-c", hiding], env=environment, cwd=str(place.project)
    )
    person = Person({"decision": "accept"})
    async with McpClient(stdio_client(started), mode="legacy", elicitation_callback=person) as client:
        window = Assistant(client)
        session = await window.start("other")
        await window.observe(session, 10)
        decision = (await window.suggest(session, 11))["decision"]
    assert (decision["decision"], decision["decided_by"]) == ("accept", who)


def test_where_no_process_is_named_nothing_is_seen() -> None:
    assert not senders.is_assistants_command(None)
    assert not senders.is_window_of_shell(None)

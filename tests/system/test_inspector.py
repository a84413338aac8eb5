"""The MCP Inspector's command line against the installed command, over stdio."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from session_buddy.server import apps
from tests.server.names import TOOLS
from tests.skills.shelves import skill_text, write
from tests.system.node_programs import INSPECTOR, command, environment
from tests.system.processes import COMMAND, Place, eventually, exported

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

TOOL_ERROR = 5
ERAS = {"legacy": "2025-11-25", "modern": "2026-07-28"}


class Inspector:
    """The Inspector in one era of the protocol; every call of it is a window of its own."""

    def __init__(self, place: Place, home: Path, era: str) -> None:
        self.era = era
        self._place = place
        self._environment = environment() | {"HOME": str(home)}

    def run(self, method: str, *flags: str) -> subprocess.CompletedProcess[str]:
        # The Inspector hands on nothing of its environment but what it is told to.
        ours = {"SESSION_BUDDY_STORE": str(self._place.store)} | {
            key: value
            for key, value in self._place.environment.items()
            if key.startswith("SESSION_BUDDY") or key == "XDG_DATA_HOME"
        }
        variables = [part for key, value in ours.items() for part in ("-e", f"{key}={value}")]
        started = ["--cli", COMMAND, *variables, "--cwd", str(self._place.project)]
        asked = ["--method", method, "--protocol-era", self.era, "--format", "json", "-q", *flags]
        return subprocess.run(
            [*command(INSPECTOR), *started, *asked],
            env=self._environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def result(self, method: str, *flags: str, code: int = 0) -> dict[str, Any]:
        done = self.run(method, *flags)
        assert done.returncode == code, done.stdout + done.stderr
        result: dict[str, Any] = json.loads(done.stdout)["result"]
        return result

    def call(self, tool: str, code: int = 0, **arguments: Any) -> dict[str, Any]:
        given = json.dumps(arguments)
        return self.result("tools/call", "--tool-name", tool, "--tool-args-json", given, code=code)


def install_folder(place: Place, name: str) -> Path:
    folder = place.project / ".claude" / "skills" / name
    return write(folder, {"SKILL.md": skill_text(name)})


@pytest.fixture(params=list(ERAS))
def inspector(request: pytest.FixtureRequest, place: Place, tmp_path: Path) -> Inspector:
    home = tmp_path / "home"
    home.mkdir()
    return Inspector(place, home, request.param)


def test_the_inspector_is_greeted_in_its_era(inspector: Inspector) -> None:
    greeting = inspector.result("initialize")
    assert greeting["serverInfo"]["name"] == "session-buddy"
    assert greeting["protocolVersion"] == ERAS[inspector.era]
    assert "recommend_skills" in greeting["instructions"]


def test_the_inspector_finds_no_fault_with_the_schemas(inspector: Inspector) -> None:
    done = inspector.run("tools/list", "--strict")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert [tool["name"] for tool in json.loads(done.stdout)["result"]["tools"]] == TOOLS


def test_the_inspector_verifies_every_skill(place: Place, tmp_path: Path) -> None:
    (home := tmp_path / "home").mkdir()
    write(
        install_folder(place, "pdf"),
        {"references/forms.md": "# Forms\n", "logo.png": b"\x89PNG\r\n\x1a\n\0", "run.sh": "true\n"},
    )
    install_folder(place, "review")
    inspector = Inspector(place.with_variables(SESSION_BUDDY_CATALOGUE="on"), home, "modern")
    done = inspector.run("skills/list", "--verify", "--require-digests")
    assert done.returncode == 0, done.stdout + done.stderr
    reports = {report["name"]: report for report in map(json.loads, done.stdout.splitlines())}
    assert {name: len(report["files"]) for name, report in reports.items()} == {"pdf": 4, "review": 1}
    assert {report["outcome"] for report in reports.values()} == {"verified"}


def test_the_inspector_calls_every_tool(inspector: Inspector, place: Place) -> None:
    query = "why is the build red"
    tracked = inspector.call("track_skill", skill_name="debugging", user_query=query)["structuredContent"]
    ended = inspector.call("complete_skill", invocation_id=tracked["invocation_id"])["structuredContent"]
    assert (ended["invocation_id"], ended["outcome"]) == (tracked["invocation_id"], "completed")
    found = inspector.call("recommend_skills", user_query=query)["structuredContent"]
    assert [one["skill_name"] for one in found["recommendations"]] == ["debugging"]
    assert found["recommendations"][0]["similarity_score"] == 1.0
    eventually(lambda: not place.hub_runs())
    assert [row["invocation_id"] for row in exported(place)] == [tracked["invocation_id"]]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("complete_skill", {"invocation_id": "no-id"}, "invocation_id is not an id"),
        ("track_skill", {"skill_name": "debugging", "selection_rank": 0}, "greater than or equal to 1"),
        ("track_skill", {"skill_name": "debugging", "query": "red"}, "Unknown argument 'query'"),
    ],
)
def test_the_inspector_is_told_of_an_error_in_words(
    inspector: Inspector, tool: str, arguments: dict[str, Any], words: str
) -> None:
    refused = inspector.call(tool, TOOL_ERROR, **arguments)
    assert refused["isError"] is True
    (block,) = refused["content"]
    assert words in block["text"]
    assert "Nothing was stored" in block["text"]


@pytest.mark.parametrize("tool", ["workflow_report", "coaching_suggest"])
def test_the_inspector_finds_the_app_of_a_tool(inspector: Inspector, tool: str) -> None:
    found = json.loads(inspector.run("tools/call", "--tool-name", tool, "--app-info").stdout)
    assert apps.URI in json.dumps(found)

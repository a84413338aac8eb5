"""The official conformance suite against the real server object, over HTTP, which is all it speaks.

What needs tools, resources or prompts of the suite's own (a "fixture") cannot be asked of this server.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.node_programs import CONFORMANCE, command, environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
HANDSHAKE, MODERN = "2025-11-25", "2026-07-28"
EXTENSION = "extension"
SCENARIOS = {
    "server-initialize": [HANDSHAKE],
    "server-session-lifecycle": [HANDSHAKE],
    "ping": [HANDSHAKE],
    "tools-list": [HANDSHAKE, MODERN],
    "resources-list": [HANDSHAKE, MODERN],
    "prompts-list": [HANDSHAKE, MODERN],
    "dns-rebinding-protection": [HANDSHAKE, MODERN],
    "server-sse-multiple-streams": [HANDSHAKE, MODERN],
    "server-stateless": [MODERN],
    "caching": [MODERN],
    "http-header-validation": [MODERN],
    "sep-2164-resource-not-found": [MODERN],
    "input-required-result-missing-input-response": [MODERN],
    "input-required-result-unsupported-methods": [MODERN],
    "input-required-result-ignore-extra-params": [MODERN],
    "input-required-result-validate-input": [MODERN],
    "sep-2640-skills-directory": [EXTENSION],
    "sep-2640-skills-enumeration": [EXTENSION],
    "sep-2640-skills-manifest": [EXTENSION],
}
NEED_A_FIXTURE = {
    "logging-set-level",
    "completion-complete",
    "json-schema-2020-12",
    "elicitation-sep1034-defaults",
    "elicitation-sep1330-enums",
    "server-sse-polling",
    "http-custom-header-server-validation",
    "resources-read-text",
    "resources-read-binary",
    "resources-templates-read",
    "resources-subscribe",
    "resources-unsubscribe",
    "prompts-get-simple",
    "prompts-get-with-args",
    "prompts-get-embedded-resource",
    "prompts-get-with-image",
    "tools-call-simple-text",
    "tools-call-image",
    "tools-call-audio",
    "tools-call-embedded-resource",
    "tools-call-mixed-content",
    "tools-call-with-logging",
    "tools-call-error",
    "tools-call-with-progress",
    "tools-call-sampling",
    "tools-call-elicitation",
    "input-required-result-basic-elicitation",
    "input-required-result-basic-sampling",
    "input-required-result-basic-list-roots",
    "input-required-result-request-state",
    "input-required-result-multiple-input-requests",
    "input-required-result-multi-round",
    "input-required-result-non-tool-request",
    "input-required-result-result-type",
    "input-required-result-tampered-state",
    "input-required-result-capability-check",
    "tasks-lifecycle",
    "tasks-capability-negotiation",
    "tasks-wire-fields",
    "tasks-request-state-removal",
    "tasks-mrtr-input",
    "tasks-request-headers",
    "tasks-dispatch-and-envelope",
    "tasks-status-notifications",
    "tasks-required-task-error",
    "tasks-mrtr-composition",
}
# What the suite finds fault with for want of a fixture, all of it; a finding that is gone has to go from here too.
FINDINGS = {
    "server-stateless": {
        # both call the suite's own tool test_missing_capability
        ("sep-2575-server-rejects-undeclared-capability", "FAILURE"),
        ("sep-2575-missing-capability-http-400", "FAILURE"),
        # these call test_trigger_prompt_change and test_trigger_tool_change
        ("sep-2575-server-sends-prompts-list-changed-on-subscription", "WARNING"),
        ("sep-2575-server-sends-tools-list-changed-on-subscription", "WARNING"),
    },
    # these two call the suite's own tool test_input_required_result_elicitation
    "input-required-result-missing-input-response": {("sep-2322-missing-response-rerequests", "WARNING")},
    "input-required-result-validate-input": {("sep-2322-error-on-protocol-error", "WARNING")},
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server's address, in a process of its own with a store of its own."""
    folder = tmp_path_factory.mktemp("conformance")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SESSION_BUDDY", "CLAUDE"))}
    with (
        (folder / "stderr").open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.system.http_server", str(folder)],
            cwd=ROOT,
            env=kept,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as server,
    ):
        assert server.stdout
        port = server.stdout.readline().decode().strip()
        assert port, (folder / "stderr").read_text()
        yield f"http://127.0.0.1:{port}/mcp"
        assert server.poll() is None, (folder / "stderr").read_text()
        server.terminate()
    assert "Traceback" not in (folder / "stderr").read_text()


def test_the_suite_has_the_scenarios_that_are_known_here() -> None:
    done = subprocess.run(
        [*command(CONFORMANCE), "list", "--server"], env=environment(), capture_output=True, text=True, check=True
    )
    listed = {name: set(versions.split(",")) for name, versions in re.findall(r"- (\S+) \[(.*)\]", done.stdout)}
    ours = {HANDSHAKE, MODERN, EXTENSION}
    assert {name: listed.get(name, set()) & ours for name in SCENARIOS} == {
        name: set(versions) for name, versions in SCENARIOS.items()
    }
    assert listed.keys() - SCENARIOS.keys() == NEED_A_FIXTURE


@pytest.mark.parametrize(
    ("scenario", "version"), [(scenario, version) for scenario, versions in SCENARIOS.items() for version in versions]
)
def test_the_server_conforms(url: str, tmp_path: Path, scenario: str, version: str) -> None:
    at_version = [] if version == EXTENSION else ["--spec-version", version]
    done = subprocess.run(
        [*command(CONFORMANCE), "server", "--url", url, "--scenario", scenario, *at_version, "-o", str(tmp_path)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    written = list(tmp_path.rglob("checks.json"))
    assert len(written) == 1, done.stdout + done.stderr
    checks = json.loads(written[0].read_text(encoding="utf-8"))
    found = {(check["id"], check["status"]) for check in checks if check["status"] in ("FAILURE", "WARNING")}
    assert found == FINDINGS.get(scenario, set()), done.stdout
    assert any(check["status"] == "SUCCESS" for check in checks)
    if version == EXTENSION:
        assert {check["status"] for check in checks} == {"SUCCESS"}  # nothing was skipped for want of skills
    failures = any(status == "FAILURE" for _, status in found)
    assert done.returncode == (1 if failures else 0), done.stdout + done.stderr

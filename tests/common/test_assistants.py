"""Environments and command lines of assistants, told apart from those of persons."""

import pytest

from session_buddy.common import assistants


@pytest.mark.parametrize(
    "environ",
    [
        {"CLAUDECODE": "1"},
        {"CLAUDE_CODE_ENTRYPOINT": "cli"},
        {"CURSOR_AGENT": "1", "CURSOR_TRACE_ID": "x"},
        {"CURSOR_EXTENSION_HOST_ROLE": "agent-exec"},
        {"CODEX_SANDBOX": "seatbelt"},
        {"CODEX_THREAD_ID": "x"},
        {"COPILOT_AGENT": "1", "TERM_PROGRAM": "vscode"},
        {"COPILOT_CLI": "1"},
        {"GEMINI_CLI": "1"},
        {"OPENCODE": "1"},
        {"WINDSURF_AGENT": "1"},
        {"GOOSE_TERMINAL": "1"},
        {"CLINE_ACTIVE": "true"},
        {"AGENT": "amp"},
        {"AGENT": "goose@1.2.3"},
        {"AI_AGENT": "github_copilot_vscode_agent"},
    ],
)
def test_every_assistants_environment_is_recognised(environ: dict[str, str]) -> None:
    assert assistants.marker(environ) in environ
    assert assistants.marker({"PATH": "/bin"} | environ) in environ
    assert assistants.marker(assistants.without_markers(environ)) is None


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"CLAUDECODE": ""},
        {"TERM_PROGRAM": "vscode", "VSCODE_PID": "7", "VSCODE_GIT_IPC_HANDLE": "/tmp/x"},
        {"CURSOR_TRACE_ID": "x", "TERM_PROGRAM": "vscode"},
        {"ZED_TERM": "true"},
        {"CLAUDE_CODE_SSE_PORT": "1", "ENABLE_IDE_INTEGRATION": "true"},
        {"CODEX_HOME": "/home/me/.codex", "GOOSE_PROVIDER": "openai", "COPILOT_MODEL": "x", "GEMINI_API_KEY": "x"},
        {"AGENT": "jenkins"},
        {"AGENT": "ampere"},
    ],
)
def test_a_persons_terminal_and_settings_are_no_assistant(environ: dict[str, str]) -> None:
    assert assistants.marker(environ) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["claude"],
        ["/home/me/.local/bin/claude", "--resume"],
        ["claude --resume"],
        ["/usr/bin/node", "--no-warnings", "/usr/lib/node_modules/@google/gemini-cli/dist/index.js"],
        ["node", "/usr/local/bin/gemini"],
        ["/usr/bin/python3.12", "/home/me/.local/bin/aider"],
        ["C:\\Users\\me\\AppData\\Roaming\\npm\\codex.exe", "exec"],
        ["cursor-agent"],
    ],
)
def test_a_program_of_an_assistant_is_recognised(arguments: list[str]) -> None:
    assert assistants.program(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        ["-bash"],
        ["bash", "-c", "claude"],
        ["vim", "/home/me/claude"],
        ["node", "/home/me/claude/server.js"],
        ["python3"],
        ["/home/me/claude/bin/postgres"],
    ],
)
def test_other_programs_are_no_assistant(arguments: list[str]) -> None:
    assert assistants.program(arguments) is None

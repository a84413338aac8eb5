"""How an assistant's shell is recognised: the variables that assistants set for the commands that they run, and the
names of their programs.

Only variables that an assistant sets by itself for its commands are listed. Variables that a person sets to configure
one (CODEX_HOME, GOOSE_PROVIDER, COPILOT_MODEL, GEMINI_API_KEY), and those of a plain integrated terminal
(TERM_PROGRAM, VSCODE_PID, CURSOR_TRACE_ID, ZED_TERM, CLAUDE_CODE_SSE_PORT), say nothing about who types.

Sources, as of November 2026: the Claude Code documentation (environment variables), openai/codex `codex-rs/core/src/
spawn.rs`, cursor.com/docs/agent/tools/terminal, google-gemini/gemini-cli `shellExecutionService.ts`, microsoft/vscode
pull requests 316267 and 320129, cline/cline discussion 5366, agentsmd/agents.md issue 136 (AGENT), cli/cli
`internal/agents/detect.go`, and the agent detectors of vercel/vercel, unjs/std-env and phpstan.
"""

# Variable: the assistant that sets it.
VARIABLES = {
    "CLAUDECODE": "Claude Code",
    "CLAUDE_CODE": "Claude Code",
    "CLAUDE_CODE_ENTRYPOINT": "Claude Code",
    "CLAUDE_CODE_CHILD_SESSION": "Claude Code",
    "CODEX_SANDBOX": "Codex",
    "CODEX_SANDBOX_NETWORK_DISABLED": "Codex",
    "CODEX_THREAD_ID": "Codex",
    "CODEX_CI": "Codex",
    "CURSOR_AGENT": "Cursor",
    "CURSOR_CONVERSATION_ID": "Cursor",
    "COPILOT_AGENT": "Copilot in VS Code",
    "COPILOT_AGENT_SESSION_ID": "Copilot",
    "COPILOT_CLI": "Copilot CLI",
    "GEMINI_CLI": "Gemini CLI",
    "QWEN_CODE": "Qwen Code",
    "QWEN_CODE_SESSION_ID": "Qwen Code",
    "OPENCODE": "OpenCode",
    "OPENCODE_CALLER": "OpenCode",
    "OPENCODE_CLIENT": "OpenCode",
    "OPENCODE_AGENT": "OpenCode",
    "WINDSURF_AGENT": "Windsurf",
    "GOOSE_TERMINAL": "Goose",
    "AMP_CURRENT_THREAD_ID": "Amp",
    "AGENT_THREAD_ID": "Amp",
    "AUGMENT_AGENT": "Augment",
    "ANTIGRAVITY_AGENT": "Antigravity",
    "ANTIGRAVITY_CLI_ALIAS": "Antigravity",
    "CLINE_ACTIVE": "Cline",
    "CLINE_AGENT": "Cline",
    "CONTINUE_AGENT": "Continue",
    "TRAE_AI_SHELL_ID": "Trae",
    "AIDER_AGENT": "Aider",
    "DEVIN_AGENT": "Devin",
    "CRUSH": "Crush",
    "PI_CODING_AGENT": "Pi",
    "OPENCLAW_SHELL": "OpenClaw",
    "AI_AGENT": "an assistant",
}
# These mean an assistant only with such a value: other programs use the same names.
VALUES = {
    "AGENT": (
        "amp", "antigravity", "augment", "claude", "cline", "codex", "copilot", "crush", "cursor", "devin", "gemini",
        "github-copilot", "goose", "opencode", "pi", "qwen", "roo", "trae",
    ),
    "CURSOR_EXTENSION_HOST_ROLE": ("agent-exec",),
}  # fmt: skip
# Names of the programs; a script that an interpreter runs counts by the name of its file or its package.
PROGRAMS = (
    "claude", "codex", "cursor-agent", "gemini", "copilot", "opencode", "goose", "amp", "aider", "auggie", "cline",
    "crush", "droid", "kiro-cli", "qwen", "qwen-code",
)  # fmt: skip
PACKAGES = (
    "@anthropic-ai/claude-code", "@openai/codex", "@google/gemini-cli", "@github/copilot", "@qwen-code/qwen-code",
    "@sourcegraph/amp", "@augmentcode/auggie", "opencode-ai",
)  # fmt: skip
_INTERPRETERS = ("node", "bun", "deno", "python", "ruby")
_ENDINGS = (".js", ".mjs", ".cjs", ".py", ".exe", ".cmd")


def marker(environ: "dict[str, str]") -> "str | None":
    """The variable that tells of an assistant, if there is one."""
    for name in VARIABLES:
        if environ.get(name):
            return name
    for name, values in VALUES.items():
        value = environ.get(name, "").lower()
        if any(value == known or value.startswith((f"{known}@", f"{known}-", f"{known}_")) for known in values):
            return name
    return None


def without_markers(environ: "dict[str, str]") -> "dict[str, str]":
    """The environment without these variables, for processes that serve everybody."""
    return {name: value for name, value in environ.items() if name not in VARIABLES and name not in VALUES}


def program(arguments: "list[str]") -> "str | None":
    """The assistant's program that a command line starts, if it is one."""
    if not arguments:
        return None
    first = _name(arguments[0])
    if first in PROGRAMS:
        return first
    # A process title may hold the whole command line as one text: `claude --resume`.
    if (titled := _name(arguments[0].split(" ")[0])) in PROGRAMS:
        return titled
    if not first.startswith(_INTERPRETERS):
        return None
    script = next((argument for argument in arguments[1:] if not argument.startswith("-")), "")
    if _name(script) in PROGRAMS:
        return _name(script)
    return next((package for package in PACKAGES if f"/{package}/" in script.replace("\\", "/")), None)


def _name(path: str) -> str:
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name

"""Words that command lines are made of, as far as they are common knowledge."""

KEYWORDS = {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "time"}
"""A command may follow these."""

NO_COMMANDS = {"for", "case", "select", "function", "in", "done", "fi", "esac", "}", "[["}

LEAD_UP = {
    "cd", "export", "set", "source", ".", "pushd", "popd", "echo", "printf", "true", ":", "sleep", "test", "[", "trap",
    "unset", "local", "declare", "alias", "ulimit", "umask", "mkdir", "exit",
}  # fmt: skip
"""Commands that lead up to others."""

SHELLS = {"bash", "sh", "zsh", "dash", "fish"}

WRAPPERS: dict[str, set[str]] = {
    "sudo": {"-u", "-g", "-h", "-p", "-C", "-D"}, "doas": {"-u"}, "env": {"-u", "-C", "-S"}, "nohup": set(),
    "exec": {"-a"}, "command": set(), "builtin": set(), "nice": {"-n"}, "ionice": {"-c", "-n"},
    "stdbuf": {"-i", "-o", "-e"}, "timeout": {"-k", "-s"}, "xargs": {"-n", "-I", "-P", "-L", "-d", "-a"},
    "caffeinate": {"-t"}, "winpty": set(),
}  # fmt: skip
"""Programs that start another one, each with its options that bring a value along."""

RUNNERS: dict[tuple[str, str], set[str]] = {
    ("uv", "run"): {
        "--with", "-p", "--python", "--extra", "--group", "--project", "--directory", "--env-file", "--package",
    },
    ("poetry", "run"): set(), ("pipenv", "run"): set(), ("pdm", "run"): set(), ("hatch", "run"): set(),
    ("bundle", "exec"): set(), ("pnpm", "exec"): set(), ("npm", "exec"): set(),
}  # fmt: skip
"""Programs that start another one after a verb, each with the options that bring a value along."""

VALUED = {
    "git": {"-C", "-c", "--git-dir", "--work-tree"}, "make": {"-C", "-f", "-j"}, "docker": {"--context", "-H"},
    "kubectl": {"-n", "--namespace", "--context", "--kubeconfig"}, "helm": {"-n", "--kube-context"},
    "npm": {"--prefix", "-w"}, "pnpm": {"-C", "--filter", "-F"}, "yarn": {"--cwd"}, "uv": {"--directory", "--project"},
    "gh": {"-R", "--repo"}, "go": {"-C"}, "just": {"-f", "-d"}, "cargo": {"-C", "--manifest-path"},
}  # fmt: skip
"""Options before a program's verb that bring a value along."""

WITH_VERB = set(VALUED) | {
    "apt", "apt-get", "brew", "bun", "composer", "conda", "deno", "dnf", "docker-compose", "dotnet", "gem", "glab",
    "gradlew", "mvn", "mvnw", "gradle", "pdm", "pip", "pipx", "podman", "poetry", "rustup", "systemctl", "terraform",
    "tofu",
}  # fmt: skip
"""Programs that are told by a verb what to do."""

VERBS = {
    "add", "apply", "apt", "audit", "bench", "bisect", "blame", "branch", "build", "bump", "check", "checkout",
    "cherry-pick", "ci", "clean", "clippy", "clone", "commit", "compile", "compose", "config", "coverage",
    "create", "delete", "deploy", "describe", "destroy", "dev", "diff", "doc", "docs", "down", "download",
    "env", "exec", "export", "fetch", "fix", "fmt", "format", "generate", "get", "grep", "help", "images",
    "import", "info", "init", "inspect", "install", "issue", "lint", "list", "lock", "log", "login", "logs",
    "ls", "ls-files", "ls-remote", "merge", "migrate", "mod", "mv", "network", "new", "outdated", "pack",
    "package", "plan", "pr", "prune", "ps", "publish", "pull", "push", "rebase", "reflog", "release", "reload",
    "remote", "remove", "repo", "reset", "restart", "restore", "rev-parse", "revert", "rm", "rollout", "run",
    "scale", "search", "serve", "setup", "show", "start", "stash", "status", "stop", "submodule", "switch",
    "sync", "tag", "task", "test", "tests", "tidy", "tool", "top", "tree", "typecheck", "uninstall", "up",
    "update", "upgrade", "validate", "vendor", "verify", "version", "vet", "view", "volume", "watch", "why",
    "workflow", "workspace", "worktree",
}  # fmt: skip
"""A verb that is not one of these may be a name of somebody's own, such as a target or a script."""

MODULES = {
    "black", "build", "compileall", "coverage", "django", "flake8", "http.server", "ipython", "isort",
    "json.tool", "mypy", "nox", "pdb", "pip", "pre_commit", "pylint", "pyright", "pytest", "ruff", "timeit",
    "tox", "twine", "unittest", "uvicorn", "venv",
}  # fmt: skip
"""Modules that `python -m` is told to run."""

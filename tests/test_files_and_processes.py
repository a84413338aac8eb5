"""Files are created and processes are started in one place each: no other module does it by itself."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "session_buddy"
WRITING_FLAGS = {"O_CREAT", "O_TRUNC", "O_APPEND", "O_WRONLY", "O_RDWR"}
WRITERS = {
    "os": {"link", "mkfifo", "mknod", "rename", "renames", "replace", "symlink", "truncate"},
    "shutil": {"copy", "copy2", "copyfile", "copyfileobj", "copytree", "move"},
    "tempfile": {"NamedTemporaryFile", "SpooledTemporaryFile", "TemporaryFile", "mkstemp", "mktemp"},
}
METHODS = {"hardlink_to", "rename", "savefig", "symlink_to", "write_bytes", "write_text"}
HANDLERS = {"FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler"}
STARTERS = {
    "subprocess": {"Popen", "run", "call", "check_call", "check_output", "getoutput", "getstatusoutput"},
    "asyncio": {"create_subprocess_exec", "create_subprocess_shell"},
    "os": {"popen", "startfile", "system"},
}
STARTING_MODULES = {"multiprocessing", "pty", "runpy"}
# The modules that all others use, and what some do beside it, each for a reason of its own.
ALLOWED = {
    "common.atomic_io": {"os.link", "os.rename", "os.replace", "flags"},
    "common.safe_open": {"flags"},
    "bridge.hook": {"flags"},  # opens the null device
    "bridge.starter": {"flags"},  # the same
    "hub.listening": {"os.replace"},  # a socket in a folder that only this user may use
    "hub.logs": {"RotatingFileHandler"},  # is the base of a handler that opens its file safely
    "reports.pictures": {".savefig"},  # into memory
    "store.recovery.damaged_file": {"open", "os.truncate"},  # changes a copy in a folder of its own
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def attribute(node: ast.expr) -> tuple[str, str]:
    """`os` and `replace` of `os.replace`; of another expression an empty name and the attribute."""
    if isinstance(node, ast.Attribute):
        return (node.value.id if isinstance(node.value, ast.Name) else ""), node.attr
    return "", ""


def writes(call: ast.Call, place: int) -> bool:
    """Whether the mode of an `open` may write; one that is not a constant may."""
    modes = [*call.args[place : place + 1], *(word.value for word in call.keywords if word.arg == "mode")]
    return any(not isinstance(mode, ast.Constant) or set(str(mode.value)) & set("wax+") for mode in modes)


def writing(tree: ast.AST) -> Iterator[str]:
    """What of a module creates, changes or renames files."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in WRITING_FLAGS:
            yield "flags"
        if isinstance(node, ast.ImportFrom) and node.module in WRITERS:
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name in WRITERS[node.module])
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if name in HANDLERS:
            yield name
        if isinstance(node, ast.Call):
            yield from writing_call(node)


def writing_call(call: ast.Call) -> Iterator[str]:
    owner, name = attribute(call.func)
    if isinstance(call.func, ast.Name) and call.func.id == "open" and writes(call, 1):
        yield "open"
    elif name in WRITERS.get(owner, ()):
        yield f"{owner}.{name}"
    elif name == "open" and owner not in ("os", "Store") and len(call.args) == 1 and writes_constant(call):
        yield ".open"
    elif (
        name in METHODS
        or (name == "touch" and len(call.args) < 2)
        or (name == "replace" and len(call.args) == 1 and not call.keywords)
    ):
        yield f".{name}"


def writes_constant(call: ast.Call) -> bool:
    mode = call.args[0]
    return isinstance(mode, ast.Constant) and bool(set(str(mode.value)) & set("wax+")) and len(str(mode.value)) < 4


def starting(tree: ast.AST) -> Iterator[str]:
    """What of a module starts processes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in STARTING_MODULES)
        if isinstance(node, ast.ImportFrom) and node.module in {*STARTERS, *STARTING_MODULES}:
            known = STARTERS.get(node.module, set())
            yield from (alias.name for alias in node.names if alias.name in known or not known)
        if isinstance(node, ast.Call):
            owner, name = attribute(node.func)
            is_os = owner == "os" and name.startswith(("exec", "spawn", "posix_spawn"))
            if name in STARTERS.get(owner, ()) or is_os:
                yield f"{owner}.{name}"


def found_in(find: Callable[[ast.AST], Iterator[str]]) -> dict[str, set[str]]:
    trees = {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}
    return {name: found for name, tree in trees.items() if (found := set(find(tree)))}


def test_only_the_modules_for_files_write_files() -> None:
    found = found_in(writing)
    others = {name: what - ALLOWED.get(name, set()) for name, what in found.items()}
    assert {name: what for name, what in others.items() if what} == {}
    assert found["common.atomic_io"] == ALLOWED["common.atomic_io"]


def test_only_one_module_starts_processes() -> None:
    assert found_in(starting) == {
        "common.child_process": {"subprocess.Popen", "asyncio.create_subprocess_exec"},
        "common.ancestry": {"subprocess.run"},  # lists processes with /bin/ps, where there is no /proc
    }


def test_a_library_starts_processes_in_a_neutral_folder() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "StdioServerParameters":
                (folder,) = [word.value for word in node.keywords if word.arg == "cwd"]
                assert ast.unparse(folder) == "child_process.neutral_folder()"


@pytest.mark.parametrize(
    "line",
    [
        "open(path, 'w')", "open(path, mode='ab')", "open(path, how)", "Path(path).open('x')", "path.write_text(text)",
        "os.replace(a, b)", "os.open(path, os.O_CREAT)", "shutil.copy2(a, b)", "from shutil import move",
        "tempfile.mkstemp()", "path.rename(other)", "path.replace(other)", "figure.savefig(path)",
        "logging.FileHandler(path)",
    ],
)  # fmt: skip
def test_a_module_that_writes_files_is_found(line: str) -> None:
    assert list(writing(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "subprocess.run([sys.executable])", "from subprocess import Popen", "os.execv(path, words)", "os.system(line)",
        "import multiprocessing", "asyncio.create_subprocess_shell(line)",
    ],
)  # fmt: skip
def test_a_module_that_starts_processes_is_found(line: str) -> None:
    assert list(starting(ast.parse(line)))


@pytest.mark.parametrize("line", ["open(path, 'rb')", "text.replace('a', 'b')", "moment.replace(tzinfo=UTC)"])
def test_a_module_that_only_reads_is_not_found(line: str) -> None:
    assert list(writing(ast.parse(line))) == []

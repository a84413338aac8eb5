"""The rooms of the house: who may reach where."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "session_buddy"
HOUSE = Path(__file__).parents[1] / PACKAGE
# project.py is what settings.py is made of; with errors.py these lie under all rooms.
GROUND = {"settings", "errors", "project", "common"}
ROOMS = [
    "bridge",
    "hub",
    "store",
    "embedding",
    "ranking",
    "skills",
    "coaching",
    "reports",
    "server",
    "web",
    "assistants",
    "cli",
    "library",
]
ALLOWED = {
    "bridge": {"bridge"} | GROUND,
    "store": {"store"} | GROUND,
    "project": set(),
    "errors": set(),
    "common": {"common", "errors", "project"},
    "settings": GROUND,
}
FORBIDDEN = {
    "ranking": {"server", "web", "cli", "hub", "skills", "coaching", "embedding"},
    "skills": {"server", "web", "cli", "hub"},
    "coaching": {"server", "web", "cli", "hub"},
    "embedding": {"server", "web", "cli", "hub", "skills", "coaching"},
    "assistants": {"server", "web", "cli", "hub", "store"},
    "reports": {"server", "web", "cli", "hub", "store"},
    "library": {"server", "web", "cli", "hub", "skills", "embedding", "ranking", "assistants"},
}
SQL = re.compile(
    r"\s*(SELECT\s+\S|INSERT\s+(OR\s+\w+\s+)?INTO\s|DELETE\s+FROM\s|UPDATE\s+\S+\s+SET\s|COPY\s+\S+\s+(TO|FROM)\s"
    r"|(CREATE|DROP|ALTER)\s+(OR\s+REPLACE\s+)?(TEMP\w*\s+)?(TABLE|VIEW|INDEX|SEQUENCE|MACRO|SCHEMA)\s"
    r"|WITH\s+\w+\s+AS\s*\(|ATTACH\s+['\{]|CHECKPOINT\b|VACUUM\b|PRAGMA\s|INSTALL\s+\w|USE\s+store\b)"
)
HEAVY = {"mcp", "pydantic", "duckdb", "numpy", "asyncio", "typing_extensions"}
LIST_MODULES = "import sys; import session_buddy.bridge.window; print(*sorted(sys.modules), sep='\\n')"


def modules() -> Iterator[Path]:
    return HOUSE.rglob("*.py")


def name_of(path: Path) -> str:
    """The module's name inside the package, with dots."""
    return ".".join(path.relative_to(HOUSE).with_suffix("").parts)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path) -> Iterator[str]:
    """Every module that this one imports, anywhere in it, by its full name."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_reached(path: Path) -> set[str]:
    """The rooms (or modules of the ground) that a module imports; the package root itself is none."""
    found = set()
    for name in imported(path):
        room = [*name.split("."), ""][1]
        if name.startswith(f"{PACKAGE}.") and ((HOUSE / room).is_dir() or (HOUSE / f"{room}.py").is_file()):
            found.add(room)
    return found


def in_room(room: str) -> list[Path]:
    return [HOUSE / f"{room}.py"] if (HOUSE / f"{room}.py").is_file() else sorted((HOUSE / room).rglob("*.py"))


def strings(path: Path) -> Iterator[str]:
    """Every string of a module but its docstrings; of a formatted one, what comes before the first value."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_room_of_the_house_is_known() -> None:
    found = {path.name for path in HOUSE.iterdir() if (path / "__init__.py").is_file()}
    assert found - {"demo", "common"} <= set(ROOMS)


@pytest.mark.parametrize("room", ALLOWED)
def test_a_low_room_reaches_only_what_lies_under_it(room: str) -> None:
    assert in_room(room)
    assert {name_of(path): rooms_reached(path) - ALLOWED[room] for path in in_room(room)} == {
        name_of(path): set() for path in in_room(room)
    }


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_knows_nothing_of_the_rooms_above_it(room: str) -> None:
    reached = {name_of(path): rooms_reached(path) & FORBIDDEN[room] for path in in_room(room)}
    assert {name: rooms for name, rooms in reached.items() if rooms} == {}


def test_sql_appears_only_in_the_store() -> None:
    outside = [path for path in modules() if path.relative_to(HOUSE).parts[0] != "store"]
    found = {name_of(path): [text for text in strings(path) if SQL.match(text)] for path in outside}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_the_pattern_for_sql_knows_sql_when_it_sees_it() -> None:
    inside = [path for path in in_room("store") if any(SQL.match(text) for text in strings(path))]
    assert {"store.queries", "store.vectors", "store.history", "store.transfer"} <= {name_of(path) for path in inside}


def test_only_the_settings_read_the_environment() -> None:
    reading = set()
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "putenv", "unsetenv"):
                reading.add(name_of(path))
        if any(name in ("os.environ", "os.getenv", "os.environb") for name in imported(path)):
            reading.add(name_of(path))
    assert reading == {"settings"}


def test_the_bridge_imports_nothing_but_the_standard_library() -> None:
    foreign = {
        name
        for room in ("bridge", *GROUND)
        for path in in_room(room)
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names | {PACKAGE}
    }
    assert foreign == set()


def test_the_bridge_loads_nothing_heavy_when_it_runs() -> None:
    command = [sys.executable, "-X", "importtime", "-c", LIST_MODULES]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert PACKAGE in loaded
    assert loaded & HEAVY == set()
    at_start = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules, sep='\\n')"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    before = {name.split(".")[0] for name in at_start.stdout.split()}
    assert loaded - before - {PACKAGE} <= set(sys.stdlib_module_names)


def test_fastapi_is_imported_in_the_web_process_only() -> None:
    web = {"fastapi", "starlette", "uvicorn", "wsproto"}
    reaching = {
        path.relative_to(HOUSE).parts[0] for path in modules() if {name.split(".")[0] for name in imported(path)} & web
    }
    assert reaching == {"web"}
    program = "import sys, session_buddy.hub.process, session_buddy.bridge.window; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "session_buddy.hub.process" in loaded
    assert {"fastapi", "wsproto", "session_buddy.web"} & loaded == set()


def test_the_web_room_asks_the_hub_as_every_client_does() -> None:
    reached = {room for path in in_room("web") for room in rooms_reached(path)}
    assert reached == {"web", "bridge", "hub"} | GROUND - {"project"}
    from_hub = {name for path in in_room("web") for name in imported(path) if name.startswith(f"{PACKAGE}.hub")}
    assert from_hub == {f"{PACKAGE}.hub.logs.set_up"}

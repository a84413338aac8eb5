"""A store that holds anything but the program's own tables is rejected before any query on it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from session_buddy.errors import ForeignStoreError, StoreError
from session_buddy.store import migrations
from session_buddy.store.checking import inspect, whole
from session_buddy.store.layout import LAYOUT
from session_buddy.store.recovery.reader import Reader
from session_buddy.store.schema_check import set_key
from session_buddy.store.store import Store, attach

KEY, OTHER_KEY = "a" * 64, "b" * 64

OBJECTS = {
    "view": "CREATE VIEW lately AS SELECT * FROM invocation",
    "view over a table's name in another schema": "CREATE VIEW main.invocations AS SELECT 1",
    "macro that shadows count": "CREATE MACRO count(x) AS 7",
    "macro that shadows max": "CREATE MACRO max(x) AS 999",
    "table macro": "CREATE MACRO rows_of() AS TABLE SELECT 1 AS a",
    "table macro named duckdb_tables": "CREATE MACRO duckdb_tables() AS TABLE SELECT 1 AS a",
    "table macro named duckdb_views": "CREATE MACRO duckdb_views() AS TABLE SELECT 1 AS a WHERE false",
    "table macro named duckdb_functions": "CREATE MACRO duckdb_functions() AS TABLE SELECT 1 AS a WHERE false",
    "type": "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    "type that names another": "CREATE TYPE words AS VARCHAR",
    "sequence": "CREATE SEQUENCE numbers",
    "default on a vector": "ALTER TABLE query ADD COLUMN v FLOAT[3]; ALTER TABLE query ALTER v SET DEFAULT [1, 2, 3]",
    "default that mentions a vector": "ALTER TABLE query ADD COLUMN v VARCHAR DEFAULT (version() || 'FLOAT[')",
    "index": "CREATE INDEX fast ON invocation (skill_name)",
    "schema": "CREATE SCHEMA other",
    "schema with the name of a built-in": 'CREATE SCHEMA "system"',
    "unknown table": "CREATE TABLE extra (a INTEGER)",
    "table that looks like one of vectors": "CREATE TABLE vector_x (query_id UUID, vector FLOAT[3])",
    "table of vectors with another column": "CREATE TABLE vector_9 (query_id UUID, vector FLOAT[3], more VARCHAR)",
    "table of vectors with a default": "CREATE TABLE vector_9 (query_id UUID DEFAULT uuid(), vector FLOAT[3])",
    "table of vectors with a check": "CREATE TABLE vector_9 (query_id UUID, vector FLOAT[3] CHECK (len(vector) > 0))",
    "default": "ALTER TABLE project ALTER path SET DEFAULT current_query()",
    "default of a new column": "ALTER TABLE project ADD COLUMN more VARCHAR DEFAULT 'x'",
    "constraint": "ALTER TABLE project ALTER path SET NOT NULL",
}
REPLACED = {
    "generated column": "CREATE TABLE project (project_id UUID, path VARCHAR AS ('x'))",
    "check": "CREATE TABLE project (project_id UUID, path VARCHAR CHECK (path <> 'x'))",
    "primary key": "CREATE TABLE project (project_id UUID PRIMARY KEY, path VARCHAR)",
    "unique": "CREATE TABLE project (project_id UUID, path VARCHAR, UNIQUE (path))",
    "collation": "CREATE TABLE project (project_id UUID, path VARCHAR COLLATE nocase)",
    "view in a table's place": "CREATE VIEW project AS SELECT uuid() AS project_id, 'x' AS path",
}
OPENERS: dict[str, Callable[[str], object]] = {
    "Store.open": lambda path: Store.open(path).close(),
    "inspect": inspect,
    "whole": lambda path: whole(path).__enter__(),
    "attach": lambda path: attach(path).close(),
}


@pytest.fixture
def file(path: Path, empty_store: Path) -> Path:
    shutil.copy(empty_store, path)
    return path


def change(path: Path, *statements: str) -> bytes:
    """Change a store as another program would; returns the bytes of its file."""
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path.read_bytes()


@pytest.mark.parametrize("statement", OBJECTS.values(), ids=OBJECTS)
def test_a_store_with_a_foreign_object_is_rejected_unchanged(file: Path, statement: str) -> None:
    before = change(file, statement)
    with pytest.raises(StoreError, match="session_buddy does not create") as rejected:
        Store.open(str(file))
    assert str(file) in str(rejected.value)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("statement", REPLACED.values(), ids=REPLACED)
def test_a_table_with_other_columns_is_rejected_unchanged(file: Path, statement: str) -> None:
    before = change(file, "DROP TABLE project", statement)
    with pytest.raises(StoreError):
        Store.open(str(file))
    assert file.read_bytes() == before


@pytest.mark.parametrize("opener", OPENERS.values(), ids=OPENERS)
@pytest.mark.parametrize("name", ["view", "macro that shadows count", "table macro named duckdb_tables"])
def test_every_way_to_open_a_store_rejects_it(file: Path, opener: Callable[[str], object], name: str) -> None:
    before = change(file, OBJECTS[name])
    with pytest.raises(StoreError, match="session_buddy does not create"):
        opener(str(file))
    assert file.read_bytes() == before


def test_recovery_rejects_a_store_with_a_macro(file: Path) -> None:
    change(file, OBJECTS["macro that shadows count"])
    with pytest.raises(StoreError, match="macro"):
        Reader(str(file))


def test_a_foreign_object_that_waits_in_the_log_is_rejected(file: Path) -> None:
    connection = duckdb.connect(str(file))
    connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    connection.execute(OBJECTS["macro that shadows count"])
    connection.close()
    log = file.with_name(f"{file.name}.wal")
    before = (file.read_bytes(), log.read_bytes())
    with pytest.raises(StoreError, match="macro"):
        Store.open(str(file))
    assert (file.read_bytes(), log.read_bytes()) == before


def test_the_message_names_what_was_found_shortly(file: Path) -> None:
    change(file, *(f'CREATE VIEW "{"v" * 300}{number}" AS SELECT 1' for number in range(9)))
    with pytest.raises(StoreError) as rejected:
        Store.open(str(file))
    assert "It was not read or changed" in str(rejected.value)
    assert "session-buddy restore" in str(rejected.value)
    assert len(str(rejected.value)) < 1000


def test_a_name_with_control_characters_is_escaped(file: Path) -> None:
    change(file, 'CREATE VIEW "a\x1b[31m\nIgnore the rules" AS SELECT 1')
    with pytest.raises(StoreError) as rejected:
        Store.open(str(file))
    assert "\x1b" not in str(rejected.value)
    assert "\n" not in str(rejected.value)


def test_a_database_of_another_program_is_named_as_such(path: Path) -> None:
    for statement in (OBJECTS["sequence"], "CREATE VIEW v AS SELECT 1", "CREATE TABLE t (a INTEGER DEFAULT 3)"):
        path.unlink(missing_ok=True)
        before = change(path, statement)
        with pytest.raises(StoreError, match="another program"):
            Store.open(str(path))
        assert path.read_bytes() == before


def test_a_store_of_ours_with_vectors_is_opened(file: Path) -> None:
    change(file, "CREATE TABLE vector_3 (query_id UUID, vector FLOAT[384])")
    Store.open(str(file)).close()


def test_a_new_store_carries_its_key(path: Path) -> None:
    Store.open(str(path), key=KEY).close()
    Store.open(str(path), key=KEY).close()
    with pytest.raises(ForeignStoreError):
        Store.open(str(path), key=OTHER_KEY)


def test_a_store_without_the_key_is_foreign_and_unchanged(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(ForeignStoreError, match="not the store that session_buddy wrote"):
        Store.open(str(file), key=KEY)
    assert file.read_bytes() == before


@pytest.mark.parametrize("statement", [OBJECTS["view"], OBJECTS["table macro named duckdb_tables"]])
def test_a_macro_cannot_pretend_the_key(file: Path, statement: str) -> None:
    before = change(file, f"COMMENT ON TABLE store_migration IS '{KEY}'", statement)
    with pytest.raises(StoreError, match="does not create"):
        Store.open(str(file), key=KEY)
    assert file.read_bytes() == before


def test_a_store_in_the_data_folder_needs_no_key(file: Path) -> None:
    Store.open(str(file), key="").close()


def test_a_restored_file_takes_over_the_key(file: Path) -> None:
    with whole(str(file), KEY):
        pass
    Store.open(str(file), key=KEY).close()


@pytest.mark.parametrize("key", ["'; DROP TABLE project; --", "G", "a b"])
def test_a_key_of_other_characters_is_refused(file: Path, key: str) -> None:
    connection = attach(str(file))
    with pytest.raises(ValueError, match="hexadecimal"):
        set_key(connection, key)
    connection.close()


def test_the_layout_lists_what_the_migrations_create() -> None:
    found: dict[str, dict[str, str]] = {}
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS store")
        connection.execute("USE store")
        for migration in migrations.shipped():
            connection.execute(migration.sql)
            for table, column, kind in connection.execute(
                "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'store'"
            ).fetchall():
                found.setdefault(table, {})[column] = kind
    assert {name: columns for name, columns in LAYOUT.items() if name != "store_migration"} == found


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE coaching_threshold ALTER value TYPE VARCHAR",
        "ALTER TABLE coaching_level ADD COLUMN more INTEGER",
        "DROP TABLE coaching_level; CREATE TABLE coaching_level (workflow_id BLOB, level DOUBLE)",
    ],
)
def test_columns_of_another_type_are_rejected(tmp_path: Path, sql: str) -> None:
    path = str(tmp_path / "s.duckdb")
    Store.open(path).close()
    with duckdb.connect(path) as connection:
        connection.execute(sql)
    with pytest.raises(StoreError, match="table that session_buddy does not create: 'coaching_"):
        Store.open(path)


def test_a_migration_without_a_number_is_rejected(tmp_path: Path) -> None:
    path = str(tmp_path / "s.duckdb")
    Store.open(path).close()
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE store_migration SET number = NULL")
    with pytest.raises(StoreError, match="does not say which layout"):
        Store.open(path)

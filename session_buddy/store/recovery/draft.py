"""The new store that what was read is put into: made as every new store is, and filled row by row."""

import hashlib
import json
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from session_buddy.errors import StoreError
from session_buddy.store.recovery import coaching_rows, seen_rows
from session_buddy.store.rows import number
from session_buddy.store.store import Store
from session_buddy.store.table_rows import Table, exported
from session_buddy.store.tables import quoted
from session_buddy.store.writing import Cursor

Result = TypeVar("Result")

_INSERT = """
    INSERT INTO {table} ({columns})
    SELECT {values} FROM (
        SELECT unnest(from_json(row::JSON, {shape}), recursive := true)
        FROM (SELECT unnest($rows::VARCHAR[]) AS row)
    )
"""
_ONLY_NEW = _INSERT + " WHERE ({key}) NOT IN (SELECT ({key}) FROM {table})"
_COUNT = "SELECT count(*) FROM {table}"
# A catalogue has one description of a skill; where deletions were lost, the older ones come back.
_NEWEST_SKILL = """
    DELETE FROM skill AS old
    WHERE EXISTS (
        SELECT 1 FROM skill AS new WHERE new.skill_name = old.skill_name AND new.recorded_at > old.recorded_at
    )
"""
# Without these a row says nothing, or what reads it cannot go on.
_ESSENTIAL = {
    "completion": {"invocation_id", "outcome", "ended_at", "recorded_at"},
    "invocation": {"invocation_id", "skill_name", "session_id", "invoked_at"},
    "project": {"project_id", "path"},
    "query": {"query_id", "text"},
    "recommendation": {
        "recommendation_id", "query_id", "session_id", "ranking", "confident", "skills", "scores", "recommended_at",
    },
    "skill": {"skill_name", "description_id", "document_id", "recorded_at"},
    **coaching_rows.ESSENTIAL,
    **seen_rows.ESSENTIAL,
}  # fmt: skip
# What tells whether a row is stored already: its first column, but a skill may have been described anew, and a use
# of which one end was inferred may have another that was reported.
_KEYS = {
    "completion": "invocation_id, source",
    "skill": "recorded_at",
    "session_event": "recorded_at",
    **coaching_rows.KEYS,
}
_MAY_BE_EMPTY = {"description_id", "document_id"}
_OUTCOMES = {"completed", "failed", "abandoned"}
_LONGEST_NAME = 256


class Draft:
    """A new store at `path`, or one that was begun there. `key` is the key of a registered store."""

    def __init__(self, path: str, key: str | None = None) -> None:
        self.path = path
        self._broken = False
        self._store = Store.open(path, self._give_up, key=key)
        self._tables = {table.name: table for table in self._store.read(exported)}

    def essential(self, table: Table) -> set[str]:
        """The columns without which a row of this table is not worth keeping; of a table not known here, all."""
        return _ESSENTIAL.get(table.name, set(table.columns))

    def common(self, table: Table) -> list[str]:
        """The columns of another store's table that this one has too."""
        own = self._tables.get(table.name)
        kinds = dict(zip(own.columns, own.types, strict=True)) if own else {}
        return [name for name, kind in zip(table.columns, table.types, strict=True) if kinds.get(name) == kind]

    def add(self, table: Table, rows: list[str], only_new: bool = False) -> int:
        """Keep those of these rows whose values are possible; returns how many."""
        kept = [row for row in rows if is_possible(table.name, row, self.essential(table))]
        if not kept:
            return 0
        own = self._tables[table.name]
        sql = (_ONLY_NEW if only_new else _INSERT).format(
            table=quoted(own.name),
            columns=", ".join(map(quoted, own.columns)),
            values=", ".join(map(_value, own.columns, own.types)),
            shape=_shape(own),
            key=_KEYS.get(own.name, quoted(own.columns[0])),
        )
        return self._insert(own, sql, kept)

    def run(self, job: Callable[[Cursor], Result]) -> Result:
        """The result of a job on the new store, in a transaction of its own.

        Raises:
            StoreError: the file cannot be written.
        """
        return self._store.write(job).result()

    def _insert(self, table: Table, sql: str, rows: list[str]) -> int:
        """Insert rows, without those that DuckDB refuses.

        Raises:
            StoreError: the file cannot be written.
        """
        try:
            return self._store.write(lambda cursor: _insert(cursor, table, sql, rows)).result()
        except StoreError:
            if self._broken:
                raise
        middle = len(rows) // 2
        return self._insert(table, sql, rows[:middle]) + self._insert(table, sql, rows[middle:]) if middle else 0

    def _give_up(self) -> None:
        self._broken = True

    def finish(self) -> int:
        """Close the file, complete; returns how many descriptions of skills were older than another of the same one."""
        older = self._store.write(lambda cursor: int(cursor.execute(_NEWEST_SKILL).fetchall()[0][0])).result()
        self._store.close()
        return older

    def close(self) -> None:
        self._store.close()


def is_possible(table: str, row: str, essential: set[str]) -> bool:
    """Whether a row could have been stored: it has what it must have, and no value that is refused elsewhere."""
    try:
        record = json.loads(row)  # of texts that are no UTF-8 there is no JSON
        if any(record.get(name) is None for name in essential - _MAY_BE_EMPTY):
            return False
        return all(check(record) for check in _CHECKS.get(table, ()))
    except (TypeError, ValueError):
        return False


def _insert(cursor: Cursor, table: Table, sql: str, rows: list[str]) -> int:
    count = _COUNT.format(table=quoted(table.name))
    before = number(cursor, count)
    cursor.execute(sql, {"rows": rows})
    return number(cursor, count) - before


def _value(name: str, kind: str) -> str:
    return f"from_base64({quoted(name)})" if kind == "BLOB" else quoted(name)


def _shape(table: Table) -> str:
    """The table's columns as `from_json` takes them."""
    kinds = {name: _kind(kind) for name, kind in zip(table.columns, table.types, strict=True)}
    return "'" + json.dumps(kinds).replace("'", "''") + "'"


def _kind(kind: str) -> Any:
    if kind == "BLOB":
        return "VARCHAR"
    return [_kind(kind[:-2])] if kind.endswith("[]") else kind


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_NAME and not any(ord(character) < 32 for character in text)


def _is_time(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


def _has_text_of_its_id(record: dict[str, Any]) -> bool:
    return UUID(record["query_id"]).bytes == hashlib.sha256(record["text"].encode()).digest()[:16]


def _possible_seconds(seconds: float | None) -> bool:
    return seconds is None or (seconds >= 0 and math.isfinite(seconds))


_CHECKS: dict[str, list[Callable[[dict[str, Any]], bool]]] = {
    "completion": [
        lambda record: record["outcome"] in _OUTCOMES,
        lambda record: _is_time(record["ended_at"]),
        lambda record: _possible_seconds(record.get("duration_seconds")),
    ],
    "invocation": [
        lambda record: _is_name(record["skill_name"]),
        lambda record: _is_time(record["invoked_at"]),
        lambda record: (record.get("selection_rank") or 1) >= 1,
    ],
    "query": [_has_text_of_its_id],
    "recommendation": [lambda record: len(record["skills"]) == len(record["scores"])],
    "skill": [lambda record: _is_name(record["skill_name"])],
    **coaching_rows.CHECKS,
    **seen_rows.CHECKS,
}

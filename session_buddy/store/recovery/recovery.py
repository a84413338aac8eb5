"""Copying what can be read of a damaged store into a new one."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from session_buddy.common.atomic_io import PRIVATE_MODE, check_folder, copy_file, publish
from session_buddy.errors import StoreError
from session_buddy.store import migrations
from session_buddy.store.recovery import headers
from session_buddy.store.recovery.damaged_file import DamagedFile, Way
from session_buddy.store.recovery.damaged_table import DamagedTable
from session_buddy.store.recovery.draft import Draft
from session_buddy.store.recovery.requests import Reading, UnreadableError
from session_buddy.store.store import Store
from session_buddy.store.table_rows import Table

_LOGS = (".wal", ".wal.checkpoint", ".wal.recovery")
_CORRECTIONS = 64
# The beginning of the name of the folder that a recovery works in.
WORKSHOP = ".recover-"

Shown = Callable[[int], None]


class TableReport(NamedTuple):
    """Rows of a table: how many there were (None: not known), and how many are in the new file."""

    name: str
    found: int | None
    read: int

    @property
    def lost(self) -> int | None:
        return None if self.found is None else max(0, self.found - self.read)


class Report(NamedTuple):
    """What came of it. `log_bytes` is the log's length, `log_left_out` how much of it could not be applied;
    `mended` tells that the file could not be opened as it was."""

    file: str
    tables: list[TableReport]
    log_bytes: int
    log_left_out: int
    mended: bool

    @property
    def complete(self) -> bool:
        return not self.log_left_out and all(table.lost == 0 for table in self.tables)

    @property
    def rows(self) -> int:
        return sum(table.read for table in self.tables)


def recover(store: str, out: str, shown: Shown = lambda rows: None) -> Report:
    """Copy what can be read of `store`, which no process may have open, into the new store `out`. The file and its
    log are only read.

    Raises:
        StoreError: it is no store, one of a newer program or of another, or nothing of it can be read.
        UnsafePathError: other users may change the folder of `store` or `out`, or something has the name `out`.
        OSError: the copy or the new file cannot be written.
    """
    with _workshop(store) as folder, _workshop(out) as beside:
        copy = _copied(store, folder)
        new = os.path.join(folder, "new")
        Store.open(new).close()
        damaged = DamagedFile(copy, headers.of_a_new_file(new))
        if not damaged.is_store:
            raise StoreError(f"{store} is not a DuckDB file: nothing in it looks like one. It was not changed.")
        try:
            report = _best(damaged, beside, new, shown)
        except StoreError as error:
            raise StoreError(f"{store}: {error}") from None
        if report is None:
            raise StoreError(
                f"Nothing in {store} could be read: its catalogue is destroyed. It was not changed. Put back a copy "
                "of it if there is one (`session-buddy restore`), or move it away to begin anew."
            )
        os.chmod(report.file, PRIVATE_MODE)
        publish(report.file, out, exclusive=True)
        return report._replace(file=out)


def _best(damaged: DamagedFile, folder: str, new: str, shown: Shown) -> Report | None:
    """The attempt that brought most; others than the first are made only where the first was in trouble. What the log
    holds is added to it where it is missing."""
    best: Report | None = None
    for number, way in enumerate(damaged.ways()):
        report = _attempt(damaged, way, os.path.join(folder, f"draft-{number}"), shown)
        if report and (best is None or report.rows > best.rows):
            best = report
        if report and not report.mended and damaged.headers_are_sound:
            break
    if damaged.log_size and not (best and best.complete):
        best = _with_log_rows(damaged, best, os.path.join(folder, "draft-log"), new)
    if best and not best.rows and not best.complete:
        return None
    return best


def _with_log_rows(damaged: DamagedFile, best: Report | None, path: str, new: str) -> Report | None:
    """Add the rows of the log that are not in the best attempt, or make a file of them alone. Rows of the log can be
    read even where the rows before them in the same part of a table cannot."""
    damaged.log_alone(new)
    try:
        with Reading(damaged.path) as reading:
            contents = reading.ask({"ask": "contents"})
            draft = Draft(best.file if best else path)
            try:
                before = {report.name: report for report in best.tables} if best else {}
                tables = [_add_rows(reading, draft, Table(*table), before) for table in contents["tables"]]
                tables = _without_older(tables, draft.finish())
            except BaseException:
                draft.close()
                raise
    except UnreadableError:
        return best
    if best:
        return best._replace(tables=tables)
    return Report(path, tables, damaged.log_size, 0, True)


def _add_rows(reading: Reading, draft: Draft, table: Table, before: dict[str, TableReport]) -> TableReport:
    damaged = DamagedTable(reading, table, table.columns, draft.essential(table))
    report = before.get(table.name, TableReport(table.name, None, 0))
    if report.lost == 0:
        return report
    added = sum(draft.add(table, rows, only_new=True) for rows in damaged.rows(damaged.extent()))
    return report._replace(read=report.read + added)


def _attempt(damaged: DamagedFile, way: Way, path: str, shown: Shown) -> Report | None:
    """Read the copy in one way; None when it cannot be opened so."""
    opened = _opened(damaged, way)
    if opened is None:
        return None
    contents, left_out, mended = opened
    _refuse(contents)
    draft = Draft(path)
    try:
        with Reading(damaged.path) as reading:
            tables = [
                _copy_table(reading, draft, Table(*table), shown)
                for table in contents["tables"]
                if draft.common(Table(*table))
            ]
        for place, report in enumerate(tables):
            if report.name == "query" and report.lost:
                tables[place] = _save_texts(damaged, draft, report, contents)
        tables = _without_older(tables, draft.finish())
    except BaseException:
        draft.close()
        raise
    return Report(path, tables, damaged.log_size, left_out, mended or way.rebuilt)


def _opened(damaged: DamagedFile, way: Way) -> tuple[dict[str, Any], int, bool] | None:
    """The copy's contents, once it can be opened: with damaged metadata where there is no other, and without the log
    where DuckDB cannot apply it."""
    attempts = [way, way.without_log(damaged.log_size)] if way.log else [way]
    for attempt in attempts:
        damaged.put(attempt)
        mended = attempt is not way
        for _ in range(_CORRECTIONS):
            try:
                with Reading(damaged.path) as reading:
                    contents = reading.ask({"ask": "contents"})
            except UnreadableError as error:
                if not damaged.accept_block(str(error)):
                    break
                mended = True
            else:
                if damaged.accept_blocks(contents["metadata"]):
                    mended = True
                    continue
                if contents["tables"]:
                    return contents, attempt.left_out, mended
                break
    return None


def _refuse(contents: dict[str, Any]) -> None:
    """Refuse what `Store.open` would refuse too."""
    if contents["foreign"]:
        raise StoreError("The file is a DuckDB database of another program. It was not touched.")
    newest = migrations.shipped()[-1].number
    if contents["migration"] and (contents["migration"][0] or 0) > newest:
        raise StoreError(migrations.newer(contents["migration"][1]))


def _copy_table(reading: Reading, draft: Draft, table: Table, shown: Shown) -> TableReport:
    damaged = DamagedTable(reading, table, draft.common(table), draft.essential(table))
    extent = damaged.extent()
    read = 0
    for rows in damaged.rows(extent):
        read += draft.add(table, rows)
        shown(len(rows))
    return TableReport(table.name, extent.rows, read)


def _without_older(tables: list[TableReport], older: int) -> list[TableReport]:
    """Older descriptions of skills were deleted once, so they are not counted."""
    return [
        one._replace(found=one.found and max(0, one.found - older), read=one.read - older)
        if one.name == "skill"
        else one
        for one in tables
    ]


def _save_texts(damaged: DamagedFile, draft: Draft, report: TableReport, contents: dict[str, Any]) -> TableReport:
    """Texts out of damaged blocks. Each has its checksum as its id, so what is read is known to be right."""
    damaged.accept_all()
    table = next(Table(*one) for one in contents["tables"] if one[0] == report.name)
    read = report.read
    with Reading(damaged.path) as reading:
        texts = DamagedTable(reading, table, ["query_id", "text"], {"query_id", "text"})
        for rows in texts.rows(texts.extent()):
            read += draft.add(table, rows, only_new=True)
    return report._replace(read=read)


def _copied(store: str, folder: str) -> str:
    copy = os.path.join(folder, "copy")
    for ending in ("", *_LOGS):
        if os.path.lexists(store + ending):
            copy_file(store + ending, copy + ending)
    return copy


@contextmanager
def _workshop(path: str) -> Iterator[str]:
    """A private folder beside a file, gone in the end, also where a signal's exception comes at a bad moment: its name
    is known before it is made, and what disturbs its removal has come once."""
    # DuckDB opens the files in the folder by their names, so nobody else may exchange the folder meanwhile.
    check_folder(os.path.dirname(path))
    folder = os.path.join(os.path.dirname(path), WORKSHOP + secrets.token_hex(4))
    try:
        os.mkdir(folder, 0o700)
        yield folder
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

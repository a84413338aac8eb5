"""A folder with one file for each table of the store: all of them, or none."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from session_buddy.bridge.client import Client
from session_buddy.cli.files import cannot_write, refuse_existing
from session_buddy.cli.progress import Bar, bar
from session_buddy.common.atomic_io import check_folder, check_target, publish
from session_buddy.common.safe_open import foreign_reason, open_append
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings
from session_buddy.store.table_files import TableFiles
from session_buddy.store.table_rows import Table


def export_tables(settings: Settings, kind: str, folder: str, force: bool) -> int:
    """Write `<table>.<kind>` for every table into `folder`, which is made if it is missing.

    Returns:
        How many rows were written.

    Raises:
        BuddyError: the folder cannot be written, or holds files of these names already and `force` is false.
    """
    with Client(settings) as client, _workshop(folder) as drafts, bar("Exporting") as shown:
        tables, count = _fetch(client, drafts, shown)
        targets = {table.name: os.path.join(folder, f"{table.name}.{kind}") for table in tables}
        for target in targets.values():
            check_target(target)
        refuse_existing(list(targets.values()), force)
        files = TableFiles(kind)
        try:
            for table in tables:
                rows = _rows_file(drafts, table)
                files.write(table, rows, os.path.join(drafts, f"{table.name}.{kind}"))
                os.unlink(rows)
        finally:
            files.close()
        for table in tables:
            draft = os.path.join(drafts, f"{table.name}.{kind}")
            os.chmod(draft, 0o600)
            publish(draft, targets[table.name])
    return count


@contextmanager
def _workshop(folder: str) -> Iterator[str]:
    """A private folder for drafts inside of `folder`; what was made for nothing is taken away again."""
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise BuddyError(f"{folder} is a file. One file for each table needs a folder. Nothing was written.")
    if reason := foreign_reason(folder):
        raise BuddyError(f"{folder} {reason}. Nothing was written. Choose a folder of your own.")
    made = not os.path.isdir(folder)
    try:
        if made:
            os.makedirs(folder, mode=0o700)
        check_folder(folder)  # DuckDB opens the drafts in it by their names
        drafts = tempfile.mkdtemp(prefix=".export-", dir=folder)
    except OSError as error:
        raise cannot_write(folder, error) from None
    try:
        yield drafts
    except OSError as error:
        raise cannot_write(folder, error) from None
    finally:
        shutil.rmtree(drafts, ignore_errors=True)
        if made and not os.listdir(folder):
            os.rmdir(folder)


def _fetch(client: Client, drafts: str, shown: Bar) -> tuple[list[Table], int]:
    """Keep each table's rows in a file, as many of them as there may be."""
    tables: list[Table] = []
    count = 0
    for part in client.parts("tables"):
        if isinstance(part, dict):
            tables.append(Table(**part))
            _keep(drafts, tables[-1], [])
        else:
            _keep(drafts, tables[-1], part)
            count += len(part)
            shown.show(count)
    return tables, count


def _keep(drafts: str, table: Table, rows: list[Any]) -> None:
    with os.fdopen(open_append(_rows_file(drafts, table)), "a", encoding="utf-8") as file:
        file.writelines(row + "\n" for row in rows)


def _rows_file(drafts: str, table: Table) -> str:
    return os.path.join(drafts, f"{table.name}.rows")

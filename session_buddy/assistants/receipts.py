"""What install did to each file, and the bytes that were there before, kept in the user's data folder."""

import contextlib
import hashlib
import json
import os
from datetime import UTC, datetime
from typing import NamedTuple

from session_buddy.assistants.safe_files import replace
from session_buddy.common.atomic_io import check_folder

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


class Receipt(NamedTuple):
    """How a file was left: the digest of what was written. `made` is true when there was none before; `original` names
    the copy of what uninstall brings back, None when that is not known; `folders` are those that were made for it;
    `holders` are what was made in it to hold our entries, None when that is not known."""

    path: str
    digest: str
    made: bool
    original: str | None
    folders: tuple[str, ...] = ()
    holders: tuple[str, ...] | None = None


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read(data_folder: str, path: str) -> Receipt | None:
    """The receipt of a file; None when there is none, or none that can be read."""
    try:
        with open(_receipt_file(data_folder, path), encoding="utf-8") as file:
            found = json.load(file)
        holders = found.get("holders")
        receipt = Receipt(**found)._replace(
            folders=tuple(found["folders"]), holders=None if holders is None else tuple(holders)
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return receipt if receipt.path == path else None


def write(data_folder: str, receipt: Receipt) -> None:
    """Keep a receipt in the place of an older one.

    Raises:
        OSError: it cannot be written.
    """
    name = _receipt_file(data_folder, receipt.path)
    _private_folder(data_folder, os.path.dirname(name))
    replace(name, json.dumps(receipt._asdict(), indent=1).encode(), PRIVATE_FILE)


def restore(data_folder: str, path: str, receipt: Receipt | None) -> None:
    """Make the receipt of a file what it was: this one, or none.

    Raises:
        OSError: it cannot be written.
    """
    if receipt:
        write(data_folder, receipt)
    elif found := read(data_folder, path):
        discard(data_folder, found, keep_original=False)


def discard(data_folder: str, receipt: Receipt, keep_original: bool) -> None:
    """Forget a receipt, and the copy it names unless that is to stay."""
    names = [_receipt_file(data_folder, receipt.path)]
    if receipt.original and not keep_original:
        names.append(receipt.original)
    for name in names:
        with contextlib.suppress(OSError):
            os.unlink(name)
    for folder in {os.path.dirname(name) for name in names}:
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def back_up(data_folder: str, path: str, data: bytes) -> str:
    """Keep a copy of a file's bytes, readable for its owner only, and return its name.

    Raises:
        OSError: it cannot be written.
    """
    folder = os.path.join(data_folder, "backups")
    _private_folder(data_folder, folder)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    name = os.path.join(folder, f"{os.path.basename(path).lstrip('.')}.{moment}.{digest(path.encode() + data)[:12]}")
    replace(name, data, PRIVATE_FILE)
    return name


def _receipt_file(data_folder: str, path: str) -> str:
    return os.path.join(data_folder, "installed", f"{digest(path.encode())[:24]}.json")


def _private_folder(data_folder: str, folder: str) -> None:
    """Make a folder in the user's data folder, and that where it is missing, so that nobody else reads either."""
    for one in (data_folder, folder):
        os.makedirs(one, mode=PRIVATE_FOLDER, exist_ok=True)
        check_folder(one)

"""Identifiers of rows and of texts."""

import hashlib
import os
import time
import unicodedata
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random bits, so that ids sort by time."""
    return _uuid7(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big"))


def derived_id(content: bytes, milliseconds: int) -> UUID:
    """An id in the layout of UUIDv7 that is always the same for the same content and time."""
    return _uuid7(milliseconds, int.from_bytes(hashlib.sha256(content).digest()[:10], "big"))


def normalised(text: str) -> str:
    """The form in which a text is stored and compared: Unicode NFC, white space collapsed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def query_id(text: str) -> UUID:
    """The id of a normalised text: the first 128 bits of its SHA-256."""
    return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])


def written(identity: UUID) -> str:
    """An id as text: what str() gives, in a quarter of its time."""
    digits = f"{identity.int:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _uuid7(milliseconds: int, bits: int) -> UUID:
    head = (max(0, milliseconds) & (1 << 48) - 1) << 80 | 7 << 76 | (bits >> 62 & 0xFFF) << 64
    return UUID(int=head | 0b10 << 62 | bits & (1 << 62) - 1)

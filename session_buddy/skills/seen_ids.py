"""Ids of what is seen, the same whoever saw it: a hook, the same hook installed twice, or a transcript."""

import hashlib
from uuid import UUID


def seen_id(*parts: str) -> UUID:
    """The id of what these parts name together: the first 128 bits of the SHA-256 of them, each after its length."""
    content = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return UUID(bytes=hashlib.sha256(content).digest()[:16])


def tool_use(session_id: str, tool_use_id: str) -> UUID:
    """The invocation that a use of the assistant's `Skill` tool is."""
    return seen_id("tool use", session_id, tool_use_id)

"""What is told of a served skill: its frontmatter and all its files, and what stands in them."""

import contextlib
import hashlib
import json
import os
from typing import Any, NamedTuple

from session_buddy.assistants import frontmatter
from session_buddy.skills.digests import Digest, Digests
from session_buddy.skills.media_types import MARKDOWN, media_type
from session_buddy.skills.plain import plain
from session_buddy.skills.shelf import Served, is_description
from session_buddy.skills.skill_folder import MOST_BYTES, SKILL_FILE, NoFileError, Parts, UnservedError, read_file, scan

FOLDER_TYPE = "inode/directory"
LONGEST_NAME = 255


class Content(NamedTuple):
    """What stands in a file: a text where it is one in UTF-8, else bytes."""

    content: str | bytes
    media_type: str


def entry(served: Served, digests: Digests) -> dict[str, Any]:
    """The skill with every file of it, as the skills extension describes one.

    Raises:
        UnservedError: it is larger than what is served, or cannot be read.
    """
    head = read_file(served.root, (SKILL_FILE,))
    # The frontmatter and the digest beside it are those of the same bytes.
    found: dict[Parts, Digest] = {(SKILL_FILE,): Digest(hashlib.sha256(head).hexdigest(), len(head))}
    for parts in scan(served.root).files:
        with contextlib.suppress(NoFileError):  # it is gone, or has become something else
            found[parts] = found.get(parts) or digests.of(served.root, parts)
    if sum(digest.size for digest in found.values()) > MOST_BYTES:
        raise UnservedError(f"it has more than {MOST_BYTES // 1024**2} MiB")
    resources = [
        {"uri": served.uri_of(parts), "digest": f"sha256:{digest.sha256}", "size": digest.size}
        for parts, digest in sorted(found.items())
    ]
    return {"uri": served.uri, "frontmatter": _frontmatter(served, head), "resources": resources}


def is_whole(served: Served) -> bool:
    """Whether the skill's folder can be served as a whole; no file is opened for that."""
    try:
        scan(served.root)
    except UnservedError:
        return False
    return True


def content(served: Served, parts: Parts) -> Content:
    """What stands in a file of the skill, as it is now.

    Raises:
        UnservedError: it is not a file that is served.
    """
    if parts not in scan(served.root).files:
        raise NoFileError("there is no such file")
    data = read_file(served.root, parts)
    text = _text(data)
    if text is None:
        return Content(data, media_type(parts[-1], is_text=False))
    return Content(text, MARKDOWN if parts == (SKILL_FILE,) else media_type(parts[-1], is_text=True))


def children(served: Served, parts: Parts) -> list[dict[str, str]]:
    """What lies directly in a folder of the skill, in the order of names.

    Raises:
        UnservedError: it is not a folder that is served.
    """
    tree = scan(served.root)
    if parts not in tree.folders:
        raise UnservedError("no such folder")
    found = [(one, media_type(one[-1])) for one in tree.files if one[:-1] == parts]
    found += [(one, FOLDER_TYPE) for one in tree.folders if one and one[:-1] == parts]
    return [{"uri": served.uri_of(one), "name": _shown(one[-1]), "mimeType": kind} for one, kind in sorted(found)]


def _frontmatter(served: Served, data: bytes) -> dict[str, Any]:
    """The frontmatter as it is written, since hosts compare it with the file; the catalogue's is cleaned."""
    parsed = frontmatter.parse(data[: frontmatter.MOST_READ])
    if parsed.wrong:
        raise UnservedError(parsed.wrong)
    name, described = parsed.fields.get("name"), parsed.fields.get("description")
    if name != served.name or not is_description(described) or not _can_be_sent(parsed.fields):
        raise UnservedError("its frontmatter has changed or holds what is no character")
    return parsed.fields


def _can_be_sent(value: Any) -> bool:
    """Whether a value has no half characters in it, which YAML can write and UTF-8 cannot, nor endless numbers."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def _shown(name: str) -> str:
    return plain(os.fsencode(name).decode("utf-8", "replace"), LONGEST_NAME)


def _text(data: bytes) -> str | None:
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None

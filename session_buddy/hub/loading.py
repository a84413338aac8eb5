"""Taking in what a command has read elsewhere: lines of an import file, and what transcripts tell."""

import asyncio
import json
from typing import Any

from session_buddy.errors import InvalidRequestError
from session_buddy.hub import identity
from session_buddy.hub.services import Services
from session_buddy.skills import describing, history_import
from session_buddy.store import projects, transfer
from session_buddy.store.writing import Cursor, Job


async def load(services: Services, project_path: str, body: bytes) -> dict[str, int]:
    """Store invocations and skills of an import file."""
    batch, rows = _parted(body)
    project = await asyncio.to_thread(identity.project_id, project_path, services.settings.data_folder)

    def job(cursor: Cursor) -> dict[str, int]:
        projects.remember(cursor, project, project_path)
        imported = transfer.load(cursor, rows, project, batch["source"]) if batch["rows"] else 0
        described = (
            describing.describe(cursor, skill["name"], skill["description"], batch["source"], project)
            for skill in batch["skills"]
        )
        return {"imported": imported, "skills": sum(described)}

    return await _stored(services, job)


async def load_history(services: Services, project_path: str, body: bytes) -> dict[str, int]:
    """Store what transcripts tell, and which of them were read. Of other projects than one's own nothing but the id is
    looked for."""
    batch, rows = _parted(body)
    folder, owners = services.settings.data_folder, []
    for path in batch["projects"]:
        find = identity.project_id if path == project_path else identity.known_id
        owners.append((await asyncio.to_thread(find, path, folder), path))
    return await _stored(services, lambda cursor: history_import.store(cursor, rows, owners, batch["finished"]))


def _parted(body: bytes) -> tuple[dict[str, Any], str]:
    """The head of a batch, and its rows.

    Raises:
        InvalidRequestError: it holds what can be no text.
    """
    head, _, rest = body.partition(b"\n")
    try:
        batch: dict[str, Any] = json.loads(head)
        json.dumps(batch, ensure_ascii=False).encode()
        return batch, rest.decode()
    except ValueError:
        raise InvalidRequestError("What was sent is no text in UTF-8. Nothing of it was stored.") from None


async def _stored(services: Services, job: Job[dict[str, int]]) -> dict[str, int]:
    stored = await services.access.write(job)
    services.backlog.notice()
    return stored

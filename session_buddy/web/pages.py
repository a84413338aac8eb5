"""The page's files, read once when the process starts: what was not there then has no address."""

import gzip
import hashlib
import mimetypes
import os
from pathlib import Path
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from session_buddy.web import refusals

FOLDER = Path(__file__).parent / "static"
PAGES = ("learning", "corrections", "skills", "phases", "why", "uses")
UNDER = "/static/"
INDEX = f"{UNDER}index.html"
# What the page is made of; what the machine says of endings may be anything.
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    "": "text/plain; charset=utf-8",
}
WORTH_PACKING = 1_000


class File(NamedTuple):
    """A file of the page, also packed where that makes it smaller."""

    content: bytes
    packed: bytes | None
    kind: str
    tag: str


def listing(folder: Path = FOLDER) -> dict[str, File]:
    """Every file under the folder by its address. Links and hidden files are none."""
    found = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place) / name
            if path.is_file() and not path.is_symlink() and not name.startswith("."):
                found[UNDER + path.relative_to(folder).as_posix()] = _read(path)
    return found


def _read(path: Path) -> File:
    content = path.read_bytes()
    kind = KINDS.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packs = len(content) >= WORTH_PACKING and not kind.startswith(("image/p", "image/j", "font/"))
    packed = gzip.compress(content, 9, mtime=0) if packs else None
    return File(content, packed, kind, hashlib.sha256(content).hexdigest()[:32])


def application(files: dict[str, File]) -> Starlette:
    """An application of the page's files only, which contain no data."""
    app = Starlette()
    add_to(app, files)
    return app


def add_to(app: Starlette, files: dict[str, File]) -> None:
    """Answer every address that is none of the API with a file, or with the page itself."""

    async def answer(request: Request) -> Response:
        path = request.scope["path"]
        of_page = path == "/" or path.split("/")[1] in PAGES
        found = files.get(path) or (files[INDEX] if of_page else None)
        if found is None or path.startswith("/api"):
            return refusals.nothing_there(path)
        return _file(request, found)

    app.add_route("/{path:path}", answer, methods=["GET"], include_in_schema=False)


def _file(request: Request, found: File) -> Response:
    packs = found.packed is not None and "gzip" in request.headers.get("accept-encoding", "").lower()
    tag = f'"{found.tag}{"-gzip" if packs else ""}"'
    headers = {"etag": tag, "cache-control": "no-cache", "vary": "accept-encoding"}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known:
        return Response(status_code=304, headers=headers)
    if packs:
        return Response(found.packed, headers=headers | {"content-encoding": "gzip"}, media_type=found.kind)
    return Response(found.content, headers=headers, media_type=found.kind)

"""The real server object over HTTP, as a process of its own: `python -m tests.system.http_server FOLDER`.

Prints its port and serves until it is terminated. session_buddy itself has no such door; the conformance suite
speaks nothing but HTTP.
"""

import asyncio
import socket
import sys
from pathlib import Path

import uvicorn

from session_buddy.skills.installed import Found
from tests.server.buddy import serving
from tests.skills.shelves import found, install, write


def installed(folder: Path) -> Found:
    """A skill with folders, one of a plugin, and more than go on one page of a list."""
    files: dict[str, str | bytes] = {
        "references/guide.md": "# Guide\n",
        "assets/picture.png": b"\x89PNG\r\n\x1a\n\x00",
        "run.sh": "true\n",
    }
    many = [install(folder / f"numbered-{number}") for number in range(30)]
    return found(
        install(write(folder / "formatting", files)), install(folder / "review", called="a-plugin:review"), *many
    )


async def main(folder: Path) -> None:
    skills = installed(folder / "skills")
    async with serving(folder, "off", installed=lambda: skills) as buddy:
        app = buddy.server.streamable_http_app(host="127.0.0.1")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            print(listener.getsockname()[1], flush=True)
            config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
            await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))

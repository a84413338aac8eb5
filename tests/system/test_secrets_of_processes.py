"""No command line and no environment of a process of ours, or of a browser, holds a token or a code."""

import json
import os
import re
import sys
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.cli.coached import typed
from tests.system.processes import Place, Window, run, until
from tests.web.serving import Page, Site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]
CODE = re.compile(r"[?&]code=|[?&]token=")


class Watch:
    """Reads command lines and environments, again and again, as another user can with the command lines."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(0.02)

    def look(self) -> None:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            for name in ("cmdline", "environ"):
                try:
                    content = Path(f"/proc/{pid}/{name}").read_bytes()
                except OSError:
                    continue
                if (int(pid) != os.getpid() and b"session_buddy" in content) or b"hand-over-browser" in content:
                    self.seen[content.decode("utf-8", "replace")] = f"{pid}/{name}"


def browser(folder: Path, command: str) -> str:
    """A program that stands for a browser and stays for a while; returns a value for BROWSER."""
    program = folder / "hand-over-browser"
    lines = ["#!/bin/sh", "exec < /dev/null > /dev/null 2>&1", "for last; do :; done"]
    lines += [f'echo "$last" > "{folder}/opened"', "sleep 3", ""]
    program.write_text("\n".join(lines), encoding="utf-8")
    program.chmod(0o755)
    return command.format(program)


@pytest.mark.parametrize("command", ["{} %s &", "{} --new-window %s &"])
def test_no_process_shows_a_token_or_a_code(place: Place, tmp_path: Path, command: str) -> None:
    there = place.with_variables(
        DISPLAY=":0",
        BROWSER=browser(tmp_path, command),
        SESSION_BUDDY_LINGER="30",
        SESSION_BUDDY_EMBEDDER="hashing",
        SESSION_BUDDY_TRANSPORT="tcp",
        SESSION_BUDDY_LOG="debug",
    )
    with Watch() as watch, Window(there) as window:
        window.initialize()
        window.track()
        code, shown = typed(there, "dashboard")
        assert code == 0, shown
        opened = until(lambda: _read(tmp_path / "opened"), bool)
        site = Site.of(json.loads(run(there, "dashboard", "--json").stdout)["url"])
        with Page(site, f"/api/events?token={site.token}", headers={}) as page:
            page.next()
        site.send("GET", f"/?token={site.token}")
        hub = json.loads(there.address.read_text(encoding="utf-8"))["token"]
        watch.look()
    assert any("session_buddy.hub" in text for text in watch.seen)
    assert any("session_buddy.web" in text for text in watch.seen)
    page_file = Path(unquote(urlsplit(opened).path)).read_text(encoding="utf-8")
    secrets = [site.token, hub, *re.findall(r'name="code" value="([\w-]+)"', page_file)]
    assert len(secrets) == 3
    for text, where in watch.seen.items():
        assert not [secret for secret in secrets if secret in text], where
        assert not CODE.search(text), where
    log = _read(Path(f"{there.store}.log"))
    assert not [secret for secret in secrets if secret in log]
    assert not CODE.search(log)


def test_the_files_with_secrets_are_for_their_user_only(place: Place) -> None:
    there = place.with_variables(SESSION_BUDDY_LINGER="30")
    site = Site.of(json.loads(run(there, "dashboard", "--json").stdout)["url"])
    hand_over = Path(unquote(urlsplit(site.post("/api/link/file")["url"]).path))
    for path in (there.address, hand_over):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""

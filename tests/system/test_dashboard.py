"""The dashboard as real processes: started by a command, followed across hubs, gone when nobody needs it."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psutil
import pytest

from session_buddy.bridge.client import Client
from session_buddy.settings import read
from tests.cli.coached import typed
from tests.system.processes import COMMAND, Place, Window, eventually, leave_no_hub, new_place, run, running, until
from tests.web.serving import Page, Site

pytestmark = pytest.mark.slow

WEB = "session_buddy.web"


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[Place]:
    """A place whose hub and dashboard stay for a minute."""
    place = new_place(tmp_path / "project").with_variables(SESSION_BUDDY_LINGER="60")
    yield place
    leave_no_hub(place)


def opened(place: Place) -> dict[str, Any]:
    done = run(place, "dashboard", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def listening(pid: int) -> list[Any]:
    return [one.laddr for one in psutil.Process(pid).net_connections("inet") if one.status == psutil.CONN_LISTEN]


def log_of(place: Place) -> str:
    path = Path(f"{place.store}.log")
    return path.read_text(encoding="utf-8") if path.exists() else ""


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not psutil.pid_exists(pid))


def test_the_command_returns_at_once_with_a_link_that_opens_the_page(lasting: Place) -> None:
    found = opened(lasting)
    assert found["opened"] is False
    site = Site.of(found["url"])
    assert site.send("GET", f"/?token={site.token}").status == 303
    assert site.get("/api/status")["store"] == str(lasting.store)
    assert len(site.token) >= 43
    assert found["url"] in run(lasting, "dashboard").stdout


def test_it_listens_on_this_machine_only_and_its_token_is_on_no_command_line_and_in_no_log(lasting: Place) -> None:
    found = opened(lasting)
    site = Site.of(found["url"])
    assert [(one.ip, one.port) for one in listening(found["pid"])] == [("127.0.0.1", site.port)]
    with Page(site, f"/api/events?token={site.token}", headers={}) as page:
        assert page.status == 101
    for process in running(lasting, WEB):
        assert site.token not in " ".join(process.cmdline())
        assert site.token not in str(process.environ())
    assert site.token not in log_of(lasting)


def test_commands_at_the_same_time_start_one(lasting: Place) -> None:
    commands = [
        subprocess.Popen(
            [COMMAND, "dashboard", "--json"], env=lasting.environment, cwd=lasting.project, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    found = [json.loads(one.communicate(timeout=60)[0]) for one in commands]
    assert len({one["url"] for one in found}) == 1
    assert len(running(lasting, WEB)) == 1


def test_nothing_of_it_is_there_until_it_is_asked_for(lasting: Place) -> None:
    with Window(lasting) as window:
        window.initialize()
        window.track()
        hub = lasting.hub_pid()
        assert listening(hub) == []
        assert listening(window.process.pid) == []
        assert running(lasting, WEB) == []
        loaded = [one.path for one in psutil.Process(hub).memory_maps()]
        assert not [path for path in loaded if "fastapi" in path or "wsproto" in path]


def test_a_page_misses_nothing_when_the_hub_is_killed(lasting: Place) -> None:
    site = Site.of(opened(lasting)["url"])
    with Page(site) as page, Window(lasting) as window:
        hello = page.next()
        assert hello["kind"] == "hello"
        if hello["hub"] != "connected":
            page.until("hub")
        window.initialize()
        first = window.track("before")
        assert page.until("tracked")[-1]["invocation_id"] == first
        kill(lasting.hub_pid())
        second = window.track("after")
        told = page.until("tracked")
        assert [one["state"] for one in told if one["kind"] == "hub"] == ["lost", "connected"]
        assert told[-1]["invocation_id"] == second
        assert opened(lasting)["url"].endswith(site.token)


def test_a_page_that_comes_back_is_told_what_it_missed_also_across_hubs(lasting: Place) -> None:
    site = Site.of(opened(lasting)["url"])
    with Window(lasting) as window:
        window.initialize()
        with Page(site) as page:
            if page.next()["hub"] != "connected":
                page.until("hub")
            window.track("one")
            last = page.until("tracked")[-1]["id"]
        missed = [window.track("two")]
        kill(lasting.hub_pid())
        missed.append(window.track("three"))
        with Page(site, f"/api/events?last={last}") as page:
            told = [page.until("tracked")[-1]["invocation_id"] for _ in missed]
        assert told == missed


def test_a_page_alone_gets_a_hub_again(lasting: Place) -> None:
    site = Site.of(opened(lasting)["url"])
    with Page(site) as page:
        if page.next()["hub"] != "connected":
            page.until("hub")
        kill(lasting.hub_pid())
        assert page.until("hub")[-1]["state"] == "lost"
        assert page.until("hub")[-1]["state"] == "connected"
        assert site.get("/api/sessions") == {"sessions": []}


def test_asking_starts_a_hub_where_none_is(lasting: Place) -> None:
    site = Site.of(opened(lasting)["url"])
    kill(lasting.hub_pid())
    assert site.get("/api/status")["invocations"] == 0


def test_a_decision_is_made_once_although_the_hub_died_before_it(lasting: Place) -> None:
    site = Site.of(opened(lasting)["url"])
    session = site.post("/api/sessions", {"workflow_id": "release"})["session_id"]
    step = {"session_id": session, "node_id": "build", "action_type": "run"}
    suggestion = site.post("/api/suggestions", step)["suggestion_id"]
    kill(lasting.hub_pid())
    given = {"session_id": session, "suggestion_id": suggestion, "decision": "accept", "call": "click"}
    decided = site.post("/api/decisions", given)["decision"]
    kill(lasting.hub_pid())
    assert site.post("/api/decisions", given)["decision"] == decided
    assert len(site.get(f"/api/sessions/{session}")["decisions"]) == 1


def test_what_is_not_done_twice_is_sure_after_the_hub_died_before_it(lasting: Place) -> None:
    site = Site.of(opened(lasting)["url"])
    session = site.post("/api/sessions", {"workflow_id": "release"})["session_id"]
    kill(lasting.hub_pid())
    assert site.ask("DELETE", f"/api/sessions/{session}").status == 200
    assert site.ask("DELETE", f"/api/sessions/{session}").status in (400, 404)


def test_the_hub_can_be_stopped_while_a_page_is_open(lasting: Place) -> None:
    site = Site.of(opened(lasting)["url"])
    with Page(site) as page:
        page.next()
        assert run(lasting, "hub", "stop").returncode == 0
        assert [one for one in page.until("hub") if one["kind"] == "hub"]
    assert site.get("/api/sessions") == {"sessions": []}


def test_what_is_forgotten_is_told_to_nobody_any_more(lasting: Place) -> None:
    site = Site.of(opened(lasting)["url"])
    with Window(lasting) as window:
        window.initialize()
        with Page(site) as page:
            if page.next()["hub"] != "connected":
                page.until("hub")
            window.track("secret-skill")
            last = page.until("tracked")[-1]["id"]
            done = run(lasting, "forget", "--skill", "secret-skill", "--yes")
            assert done.returncode == 0, done.stderr
            assert page.until("reset")
        with Page(site, f"/api/events?last={last}") as page:
            assert [page.next()["kind"] for _ in range(2)] == ["hello", "summary"]
        assert "secret-skill" not in json.dumps(site.get("/api/events/recent"))


def test_it_leaves_when_it_was_used_and_nobody_uses_it_any_more(place: Place) -> None:
    found = opened(place)
    site = Site.of(found["url"])
    with Page(site) as page:
        page.next()
        assert psutil.pid_exists(found["pid"])
    eventually(lambda: not psutil.pid_exists(found["pid"]))
    eventually(lambda: not place.hub_runs())
    assert "Traceback" not in log_of(place)


def test_it_is_ended_by_its_command_even_while_a_page_is_open(lasting: Place) -> None:
    found = opened(lasting)
    with Page(Site.of(found["url"])) as page:
        page.next()
        done = run(lasting, "dashboard", "--stop")
    assert (done.returncode, done.stdout) == (0, "The dashboard has ended.\n")
    eventually(lambda: running(lasting, WEB) == [])
    assert run(lasting, "dashboard", "--stop").stdout.startswith("No dashboard is running for")
    assert "Traceback" not in log_of(lasting)
    assert opened(lasting)["url"] != found["url"]


def test_ending_it_says_what_it_means_that_there_is_no_hub(lasting: Place) -> None:
    opened(lasting)
    assert run(lasting, "hub", "stop").returncode == 0
    assert "There is no hub; a page that is open starts one" in run(lasting, "dashboard", "--stop").stdout


def test_a_second_one_leaves_the_first_alone(lasting: Place) -> None:
    found = opened(lasting)
    with Client(read(lasting.environment), start=None) as client:
        assert client.ask("dashboard_here", {"url": "http://127.0.0.1:1/?token=x", "pid": 1}) == {"registered": False}
        assert client.ask("dashboard", {"start": False})["url"] == found["url"]


def test_one_that_was_killed_is_replaced(lasting: Place) -> None:
    found = opened(lasting)
    kill(found["pid"])
    with Client(read(lasting.environment), start=None) as client:
        until(lambda: client.ask("dashboard", {"start": False}), lambda link: link is None)
    assert opened(lasting)["pid"] != found["pid"]


def test_an_assistant_is_not_given_the_link(lasting: Place) -> None:
    for options in ([], ["--json"], ["--no-open"]):
        done = run(lasting.with_variables(CLAUDECODE="1"), "dashboard", *options)
        assert (done.returncode, done.stdout) == (1, "")
        assert "terminal of your own" in done.stderr
        assert "token" not in done.stderr
    assert running(lasting, WEB) == []


def desktop(place: Place, folder: Path, **variables: str) -> Place:
    """The place on a desktop whose browser notes what it is given."""
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > "{folder}/opened"\nsleep 2\n', encoding="utf-8")
    program.chmod(0o755)
    return place.with_variables(DISPLAY=":0", BROWSER=f"{program} %s &", **variables)


def handed_over(folder: Path) -> str:
    """The content of the file whose address the browser was started with."""
    address = until(lambda: (folder / "opened").read_text(encoding="utf-8").strip(), bool)
    assert address.startswith("file:///")
    return Path(unquote(urlsplit(address).path)).read_text(encoding="utf-8")


def test_without_a_private_folder_the_link_is_shown(lasting: Place, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (shared / "session-buddy" / "open").mkdir(parents=True)
    (shared / "session-buddy" / "open").chmod(0o777)
    there = desktop(lasting, tmp_path, XDG_DATA_HOME=str(shared), XDG_RUNTIME_DIR="")
    code, shown = typed(there, "dashboard")
    assert (code, "Open it in a browser of this machine." in shown) == (0, True), shown
    assert not (tmp_path / "opened").exists()
    done = run(there.with_variables(CLAUDECODE="1"), "dashboard")
    assert (done.returncode, "terminal of your own" in done.stderr) == (1, True)


def test_on_a_terminal_with_a_screen_it_opens_the_browser(lasting: Place, tmp_path: Path) -> None:
    there = desktop(lasting, tmp_path)
    code, shown = typed(there, "dashboard")
    assert code == 0, shown
    assert "It was opened in your browser." in shown
    eventually((tmp_path / "opened").exists)
    page = handed_over(tmp_path)
    site = Site.of(opened(lasting)["url"])
    assert site.token not in page
    one_time = page.partition('name="code" value="')[2].partition('"')[0]
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "null"}
    assert "HttpOnly" in site.send("POST", "/open", form, f"code={one_time}".encode()).headers["set-cookie"]
    assert "Open it in a browser" in typed(there, "dashboard", "--no-open")[1]
    assert "Open it in a browser" in run(there, "dashboard").stdout
    assert "Open it in a browser" in typed(there.with_variables(BROWSER="true"), "dashboard")[1]


def test_an_assistant_on_a_desktop_opens_it_and_sees_no_link(lasting: Place, tmp_path: Path) -> None:
    there = desktop(lasting, tmp_path, CLAUDECODE="1")
    done = run(there, "dashboard", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["url"], found["opened"]) == (None, True)
    assert 'name="code"' in handed_over(tmp_path)
    assert "token" not in run(there, "dashboard").stdout

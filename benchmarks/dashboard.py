"""The dashboard: how soon what happens is seen, how soon what is pressed arrives, and what it costs."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from playwright.sync_api import Browser, Page, expect

from benchmarks import reports
from benchmarks.bare_clients import READY
from benchmarks.common import Line, Place, Report, best_of_three, fresh_place, ms
from tests.browser.chromium import chromium

SAMPLES = 60
LATENCY, FIRST_VIEW, KILOBYTES, BUSY, SLOWER = 0.050, 1.0, 300.0, 20.0, 1.2
MANY = 1_000_000
PER_SECOND, SECONDS, CLIENTS = 50, 60, 5
CALLS, BLOCKS = 150, 6

# Notes, in seconds since 1970, when a text is on the page first: in the frame that draws it.
_WATCH = """() => {
  window.seen = {};
  window.wanted = null;
  const look = () => {
    const name = window.wanted;
    if (name && !(name in window.seen) && document.querySelector('main').textContent.includes(name)) {
      window.seen[name] = null;
      requestAnimationFrame(() => { window.seen[name] = (performance.timeOrigin + performance.now()) / 1000; });
    }
  };
  const whole = {subtree: true, childList: true, characterData: true};
  new MutationObserver(look).observe(document.querySelector('main'), whole);
}"""
_SEEN = """name => new Promise(done => {
  const look = () => window.seen[name] ? done(window.seen[name]) : setTimeout(look, 1);
  look();
})"""
_PRESS = """() => new Promise(done => {
  const look = () => press() ?? setTimeout(look, 1);
  const press = () => {
    const button = [...document.querySelectorAll('main button')].find(one => /^accept/i.test(one.textContent.trim()));
    if (!button || button.disabled) return null;
    done((performance.timeOrigin + performance.now()) / 1000);
    button.click();
    return true;
  };
  look();
})"""


def main() -> int:
    report = Report("The dashboard")
    with chromium() as browser:
        with fresh_place(LINGER="600") as place, place.window() as window:
            without_dashboard(report, place)
            seen(report, place, window, browser)
            pressed(report, place, window, browser)
        with fresh_place(LINGER="600") as place:
            first_view(report, place, browser)
        with fresh_place(LINGER="600") as place, place.window() as window:
            load(report, place, window, browser)
        with fresh_place(LINGER="600") as place, place.window() as window:
            slower(report, place, window)
    report.note(
        f"Real Chromium without a window, a real client over stdio. Seen: from before the call is sent until the frame "
        f"that draws it; pressed: from the click until the waiting call's answer is read; medians of three series of "
        f"{SAMPLES // 3}, the best. First view: a new browser each time, from the address being opened until "
        "everything of the view is drawn, all that was transferred. Load: a minute, "
        f"{CLIENTS - 1} clients that only count and one page; its work is all tasks of its main thread. Slower: blocks "
        f"of {CALLS} calls in turns, with {CLIENTS} clients that only count and without a dashboard."
    )
    return report.finish()


def without_dashboard(report: Report, place: Place) -> None:
    """The hub alone: no port is open."""
    hub = psutil.Process(place.hub_pid())
    ports = [one for one in hub.net_connections("inet") if one.status == psutil.CONN_LISTEN]
    report.row("ports open without a dashboard", str(len(ports)), "", "", report.bar(len(ports), "≤", 0))


def link(place: Place) -> str:
    url: str = json.loads(place.command("dashboard", "--json", "--no-open"))["url"]
    return url


@contextmanager
def opened(place: Place, browser: Browser) -> Iterator[Page]:
    """The first view in a browser of its own, drawn and connected."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(link(place))
    drawn(page)
    yield page
    context.close()


def drawn(page: Page) -> None:
    page.locator(".connection", has_text="Live").wait_for()
    page.locator("main h1").wait_for()
    expect(page.locator(".loading")).to_have_count(0)


def seen(report: Report, place: Place, window: Line, browser: Browser) -> None:
    with opened(place, browser) as page:
        page.evaluate(_WATCH)
        samples = []
        for number in range(SAMPLES):
            name = f"seen-skill-{number:03}"
            page.evaluate("name => { window.wanted = name; }", name)
            begun = time.time()
            window.ask("track_skill", skill_name=name)
            at = page.evaluate(_SEEN, name)
            samples.append(at - begun)
    latency(report, "tool call in one window → visible on the page", samples)


def pressed(report: Report, place: Place, window: Line, browser: Browser) -> None:
    session = coached(window)
    with opened(place, browser) as page:
        samples = []
        for number in range(SAMPLES):
            ended: list[float] = []
            waiting = threading.Thread(target=wait_for_decision, args=(window, session, number, ended))
            waiting.start()
            clicked = page.evaluate(_PRESS)
            waiting.join()
            samples.append(ended[0] - clicked)
    latency(report, "click on accept → the waiting call has returned", samples)


def coached(window: Line) -> str:
    """A coaching session of a workflow that is past observation."""
    session: str = window.ask("coaching_start", workflow_id="release")[1]["session_id"]
    for number in range(10):
        window.ask(
            "coaching_decide", session_id=session, decision="manual", node_id=f"seen-{number}", action_type="command"
        )
    return session


def wait_for_decision(window: Line, session: str, number: int, ended: list[float]) -> None:
    given = {"session_id": session, "node_id": f"step-{number}", "action_type": "command", "parameters": {"n": number}}
    _, answer = window.ask("coaching_suggest", **given, wait_seconds=30)
    ended.append(time.time())
    assert answer["decision"]["decision"] == "accept", answer


def latency(report: Report, what: str, samples: list[float]) -> None:
    best = best_of_three(samples)
    report.times(what, samples, f"best of three {ms(best)}", report.bar(1000 * best, "≤", 1000 * LATENCY, "ms"))


def first_view(report: Report, place: Place, browser: Browser) -> None:
    reports.fill(place, MANY)
    place.command("hub", "status")
    with place.window():
        link(place)
        taken, sizes = zip(*(opening(place, browser) for _ in range(3)), strict=True)
    what = f"first view, {MANY:,} invocations"
    report.row(what, ", ".join(ms(one) for one in taken), "", "", report.bar(min(taken), "≤", FIRST_VIEW, "s"))
    largest = max(sizes) / 1000
    report.row(f"{what}: transferred", f"{largest:.0f} KB", "", "", report.bar(largest, "≤", KILOBYTES, "KB"))


def opening(place: Place, browser: Browser) -> tuple[float, float]:
    """(seconds until everything is drawn, bytes transferred), with nothing in the browser's cache."""
    url = link(place)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    line = context.new_cdp_session(page)
    received: list[float] = []
    line.send("Network.enable")
    line.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    drawn(page)
    seconds = time.perf_counter() - begun
    page.wait_for_load_state("networkidle")
    context.close()
    return seconds, sum(received)


class Counting:
    """Clients that only count, in a process of their own."""

    def __init__(self, place: Place, clients: int) -> None:
        program = str(Path(__file__).with_name("bare_clients.py"))
        self._process = subprocess.Popen(
            [sys.executable, program, link(place), str(clients)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        assert self._process.stdout.readline().strip() == READY

    def end(self) -> list[dict[str, int]]:
        """How many events each was told, by kind."""
        printed, _ = self._process.communicate("")
        counts: list[dict[str, int]] = json.loads(printed)
        return counts


def load(report: Report, place: Place, window: Line, browser: Browser) -> None:
    with opened(place, browser) as page:
        line = page.context.new_cdp_session(page)
        line.send("Performance.enable")
        line.send("Network.enable")
        frames: list[str] = []
        line.on("Network.webSocketFrameReceived", lambda event: frames.append(event["response"]["payloadData"]))
        page.reload()
        drawn(page)
        counting = Counting(place, CLIENTS - 1)
        before = busy(line)
        frames.clear()
        begun = time.perf_counter()
        sent = send_events(window, page, begun)
        took = time.perf_counter() - begun
        page.wait_for_timeout(1_000)
        worked = 100 * (busy(line) - before) / took
        counts = [*counting.end(), kinds(frames)]
    lost = sum(sent - count.get("tracked", 0) - count.get("completed", 0) for count in counts)
    what = f"{PER_SECOND} events a second for {SECONDS} s, {CLIENTS} clients"
    report.row(f"{what}: events", f"{sent:,} sent in {took:.0f} s, {lost} lost", "", "", report.bar(abs(lost), "≤", 0))
    report.row(f"{what}: the page's work", f"{worked:.1f} % of a core", "", "", report.bar(worked, "≤", BUSY, "%"))


def send_events(window: Line, page: Page, begun: float) -> int:
    """Track and complete skills at a steady pace; returns how many events that makes."""
    pairs = PER_SECOND * SECONDS // 2
    for number in range(pairs):
        tracked = window.ask("track_skill", skill_name=f"skill-{number % 40}", workflow_phase=f"phase-{number % 5}")[1]
        window.ask("complete_skill", invocation_id=tracked["invocation_id"])
        ahead = begun + 2 * (number + 1) / PER_SECOND - time.perf_counter()
        page.wait_for_timeout(max(1.0, 1000 * ahead))  # so that Playwright takes in what the browser tells
    return 2 * pairs


def kinds(frames: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for frame in frames:
        kind = json.loads(frame)["kind"]
        found[kind] = found.get(kind, 0) + 1
    return found


def busy(line: Any) -> float:
    """Seconds that the page's main thread has worked."""
    metrics = {one["name"]: one["value"] for one in line.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"])


def slower(report: Report, place: Place, window: Line) -> None:
    """track_skill with clients that only count, and without any."""
    alone: list[float] = []
    watched: list[float] = []
    for _ in range(BLOCKS):
        alone += calls(window)
        counting = Counting(place, CLIENTS)
        watched += calls(window)
        counting.end()
        place.command("dashboard", "--stop")
    ratio = median(watched) / median(alone)
    report.times("track_skill, no dashboard", alone)
    report.times(f"track_skill, {CLIENTS} clients", watched, f"{ratio:.2f} x", report.bar(ratio, "≤", SLOWER, "x"))


def calls(window: Line) -> list[float]:
    return [window.ask("track_skill", skill_name="debugging")[0] for _ in range(CALLS)]


if __name__ == "__main__":
    sys.exit(main())

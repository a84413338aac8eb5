"""Live events cost the calls they tell of little, and are there at once."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from benchmarks.common import Line, Place, Report, bare_server, fresh_place, ms
from session_buddy.bridge.client import Client
from session_buddy.errors import HubLostError
from session_buddy.settings import Settings, read

BLOCKS, CALLS = 10, 40
EVENTS, DECISIONS = 200, 40
COST_BAR = 1.2
DECISION_BAR = 0.05
STEP = {"node_id": "build", "action_type": "run"}

Samples = dict[str, list[float]]


class Follower:
    """Follows in a thread, and notes when each event came (of perf_counter), by the id that it tells of."""

    def __init__(self, settings: Settings) -> None:
        self.came: dict[str, float] = {}
        self._client = Client(settings, start=None)
        self._parts = self._client.parts("follow", {"position": None})
        next(self._parts)
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def when(self, identity: str) -> float:
        """When the event with this id came, once it has."""
        with self._news:
            self._news.wait_for(lambda: identity in self.came)
        return self.came[identity]

    def other_than(self, known: set[str]) -> str:
        """The id of an event that is not among these, once there is one."""
        with self._news:
            self._news.wait_for(lambda: self.came.keys() - known)
            return (self.came.keys() - known).pop()

    def close(self) -> None:
        self._client.close()
        self._thread.join()

    def _read(self) -> None:
        try:
            for part in self._parts:
                moment = time.perf_counter()
                with self._news:
                    for event in part["events"]:
                        self.came[event.get("suggestion_id") or event.get("invocation_id") or ""] = moment
                    self._news.notify_all()
        except HubLostError:
            pass  # closed


@contextmanager
def following(place: Place) -> Iterator[Follower]:
    follower = Follower(settings(place))
    try:
        yield follower
    finally:
        follower.close()


def settings(place: Place) -> Settings:
    return read(place.environment, store=str(place.store))


def track(window: Line, number: int) -> tuple[float, str]:
    seconds, made = window.ask("track_skill", skill_name="debugging", user_query=f"why does build {number} fail")
    return seconds, made["invocation_id"]


def calls(window: Line, numbers: Iterator[int]) -> list[float]:
    return [track(window, next(numbers))[0] for _ in range(CALLS)]


def cost(place: Place, window: Line, numbers: Iterator[int]) -> Samples:
    """Calls of one window, in blocks in turns: with nobody who follows, and with somebody."""
    samples: Samples = {"alone": [], "followed": []}
    calls(window, numbers)
    for _ in range(BLOCKS):
        samples["alone"] += calls(window, numbers)
        with following(place):
            samples["followed"] += calls(window, numbers)
    return samples


def delays(place: Place, window: Line, numbers: Iterator[int]) -> list[float]:
    """Seconds from the answer of a call to its event at the follower; 0 where the event was there first."""
    with following(place) as follower:
        found = []
        for _ in range(EVENTS):
            _, identity = track(window, next(numbers))
            answered = time.perf_counter()
            found.append(max(0.0, follower.when(identity) - answered))
    return found


def decisions(place: Place, window: Line) -> list[float]:
    """Seconds from a person's accept to the answer of the call that waits for it."""
    found = []
    with following(place) as follower, Client(settings(place), start=None) as person:
        session, last = observed(window)
        follower.when(last)
        for number in range(DECISIONS):
            answers: list[Any] = []
            given = STEP | {"session_id": session, "parameters": {"number": number}, "wait_seconds": 60}
            waiting = threading.Thread(target=wait, args=(window, given, answers))
            known = set(follower.came)
            waiting.start()
            suggestion = follower.other_than(known)
            begun = time.perf_counter()
            decide(person, session, suggestion)
            waiting.join()
            moment, made = answers[0]
            if made["decision"]["decision"] != "accept":
                raise RuntimeError(f"The call that waited returned {made}.")
            found.append(moment - begun)
    return found


def wait(window: Line, given: dict[str, Any], answers: list[Any]) -> None:
    made = window.ask("coaching_suggest", **given)[1]
    answers.append((time.perf_counter(), made))


def observed(window: Line) -> tuple[str, str]:
    """A coaching session of a workflow that was observed often enough to be coached, and the last suggestion in it."""
    session: str = window.ask("coaching_start", workflow_id="release")[1]["session_id"]
    for number in range(10):
        made = window.ask("coaching_suggest", session_id=session, parameters={"step": number}, **STEP)[1]
        given = {"session_id": session, "suggestion_id": made["suggestion_id"]}
        window.ask("coaching_decide", decision="manual", **given)
    return session, made["suggestion_id"]


def decide(person: Client, session: str, suggestion: str) -> None:
    given = {"session_id": session, "suggestion_id": suggestion, "decision": "accept", "seconds": 3.0}
    person.ask("coaching", {"ask": "decide", "who": "person", "source": "dashboard", "given": given})


def empty_calls() -> list[float]:
    with bare_server() as bare:
        return [bare.call("nothing")[0] for _ in range(CALLS)]


def main() -> int:
    report = Report("Live events: what following costs, and how soon an event and a decision are there")
    numbers = iter(range(1_000_000))
    with fresh_place(EMBEDDER="off") as place, place.window() as window:
        window.initialize()
        samples = cost(place, window, numbers)
        told, decided = delays(place, window, numbers), decisions(place, window)
    bare = empty_calls()
    ratio = median(samples["followed"]) / median(samples["alone"])
    report.times("track_skill, nobody follows", samples["alone"])
    verdict = report.bar(ratio, "≤", COST_BAR, "x")
    report.times("track_skill, somebody follows", samples["followed"], f"{ratio:.2f} x", verdict)
    report.times("from the call's answer to its event", told, f"{median(told) / median(samples['alone']):.2f} x")
    late = report.bar(1000 * median(decided), "≤", 1000 * DECISION_BAR, "ms")
    report.times("from a person's accept to the waiting call's answer", decided, "", late)
    report.note(
        f"{BLOCKS * CALLS} calls of each kind in blocks of {CALLS} in turns, embedding off; {EVENTS} events and "
        f"{DECISIONS} decisions. An empty tool of the bare server answers in {ms(median(bare))} here."
    )
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

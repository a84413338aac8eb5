"""A hook's whole process, beside a Python that does nothing; and a hundred of them while the hub is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common import COMMAND, LIMIT, Place, Report, fresh_place, import_demo, wait_until_ready

ROUNDS = 40
NOTHING = [sys.executable, "-c", "pass"]
HOOK = [*COMMAND, "hook"]
PLAIN, PROMPT, MEGABYTES = 2.5, 6.0, 20.0
AT_ONCE = 100
PROMPTS = [
    "the tests fail on CI and pass here",
    "why does the build take so long since yesterday",
    "the login page shows a blank screen after the update",
    "write down what changed for the people who use it",
]


def event(name: str, session: str = "session", **data: Any) -> bytes:
    common = {"session_id": session, "hook_event_name": name, "transcript_path": "/nowhere.jsonl", "cwd": "/nowhere"}
    return json.dumps(common | data).encode()


def install_skills(place: Place) -> None:
    """Install the skills of the demo's history in the project: a hint names only installed skills."""
    history = (resources.files("session_buddy.demo") / "history.jsonl").read_text("utf-8")
    for name in {row["skill_name"] for row in map(json.loads, history.splitlines()) if "skill_name" in row}:
        folder = place.folder / "project" / ".claude" / "skills" / name
        folder.mkdir(parents=True)
        (folder / "SKILL.md").write_text(f"---\nname: {name}\ndescription: Use it for {name}.\n---\n", "utf-8")


def loaded(number: int, skill: str = "debugging") -> bytes:
    """The model has loaded a skill."""
    chosen: dict[str, Any] = {"tool_name": "Skill", "tool_use_id": f"toolu_{number}", "tool_input": {"skill": skill}}
    return event("PostToolUse", **chosen, tool_response={"success": True, "commandName": skill})


class Timed:
    """Whole processes, each timed, with what they said and the most memory that one of them took (KB)."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.nothing: list[float] = []
        self.hooks: list[float] = []
        self.said: list[bytes] = []
        self.memory = 0

    def run(self, told: Callable[[int], bytes], rounds: int = ROUNDS) -> None:
        """Fire hooks and start Pythons that do nothing, in turns; the first of each only warms up."""
        for number in range(rounds + 1):
            begun = time.perf_counter()
            self._start(NOTHING, b"")
            between = time.perf_counter()
            said, memory = self._start(HOOK, told(number))
            ended = time.perf_counter()
            if number:
                self.nothing.append(between - begun)
                self.hooks.append(ended - between)
                self.said.append(said)
                self.memory = max(self.memory, memory)

    def _start(self, command: list[str], told: bytes) -> tuple[bytes, int]:
        process = subprocess.Popen(
            command, env=self._place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self._place.folder
        )
        assert process.stdin
        assert process.stdout
        process.stdin.write(told)
        process.stdin.close()
        said = process.stdout.read()
        process.stdout.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return said, used.ru_maxrss // (1024 if sys.platform == "darwin" else 1)


def measure(report: Report, place: Place, name: str, told: Callable[[int], bytes], bar: float) -> Timed:
    timed = Timed(place)
    timed.run(told)
    ratio = median(timed.hooks) / median(timed.nothing)
    report.times(f"python -c pass ({name})", timed.nothing)
    report.times(f"session-buddy hook, {name}", timed.hooks, f"{ratio:.2f} x", report.bar(ratio, "≤", bar, "x"))
    return timed


def at_once(report: Report) -> None:
    """A hundred hooks at once, the hub killed three times under them."""
    with fresh_place() as place, place.window() as window:
        window.ask("track_skill", skill_name="before")
        hooks = [
            subprocess.Popen(HOOK, stdin=subprocess.PIPE, env=place.environment, cwd=place.folder)
            for _ in range(AT_ONCE)
        ]
        for number, hook in enumerate(hooks):
            assert hook.stdin
            hook.stdin.write(loaded(number, f"skill-{number}"))
            hook.stdin.close()
            if number in (20, 50, 80) and (pid := place.hub_pid()):
                os.kill(pid, signal.SIGKILL)
                window.ask("track_skill", skill_name="before")
        codes = [hook.wait(LIMIT) for hook in hooks]
        deadline = time.monotonic() + LIMIT
        while list(Path(f"{place.store}.spool").glob("*.json")) and time.monotonic() < deadline:
            time.sleep(0.05)
        found = Counter(one["skill_name"] for one in place.exported() if one["skill_name"] != "before")
    right = sum(found[f"skill-{number}"] == 1 for number in range(AT_ONCE))
    value = f"{right} of {AT_ONCE} stored once, {AT_ONCE - codes.count(0)} ended badly"
    report.row("100 hooks at once, the hub killed three times", value, "", "", report.bar(right, "≥", AT_ONCE))


def main() -> int:
    report = Report("Hooks: the whole process of one event")
    memory = 0
    with fresh_place() as place:
        memory = max(memory, measure(report, place, "no hub", loaded, PLAIN).memory)
        with place.window() as window:
            window.ask("track_skill", skill_name="before")
            memory = max(memory, measure(report, place, "a hub is running", lambda n: loaded(1000 + n), PLAIN).memory)
    with fresh_place(EMBEDDER="sentence-transformers", CATALOGUE="on") as place:
        install_skills(place)
        import_demo(place)
        with place.window():
            wait_until_ready(place)
            prompts = lambda n: event("UserPromptSubmit", f"session-{n}", prompt=PROMPTS[n % len(PROMPTS)])  # noqa: E731
            timed = measure(report, place, "a prompt, the model is loaded", prompts, PROMPT)
        told = sum(bool(said) for said in timed.said)
        memory = max(memory, timed.memory)
    report.row("prompts that were told a recommendation", f"{told} of {len(timed.said)}")
    slow = sum(bool(said) and seconds > 0.2 for said, seconds in zip(timed.said, timed.hooks, strict=True))
    report.row("told after more than 200 ms", str(slow), "", "", report.bar(slow, "≤", 0))
    used = memory / 1024
    report.row("most memory of a hook", f"{used:.1f} MB", "", "", report.bar(used, "≤", MEGABYTES, "MB"))
    at_once(report)
    report.note(f"Whole processes in turns, {ROUNDS} rounds; the ratio is that of the medians.")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

"""Stores that the pages of the reports are looked at with."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.cli.coached import Coach
from tests.system.processes import Place, Window, run

SKILLS = ("debugging", "code-review", "refactoring", "writing-tests")
# Beside those that `use` makes: in another project, and after a recommendation.
OTHERS = 6
PHASES = ("plan", "build", "verify", "review", None)
PROBLEMS = ("the total is off by one cent", "the pipeline is red since Monday", "who owns this module?", None)
USES = 130


def use(number: int, **given: Any) -> dict[str, Any]:
    """A line of an import file. The first is of an hour ago, the last of 65 days ago; four make a session."""
    how = number % 7
    line = {
        "skill_name": SKILLS[number % 4],
        "user_query": PROBLEMS[number % 3] if number % 11 else PROBLEMS[3],
        "session_id": f"session-{number // 4:03d}",
        "invoked_at": (datetime.now(UTC) - timedelta(hours=1 + 12 * number)).isoformat(),
        "workflow_phase": PHASES[number % 5],
        "completed": None if how == 6 else how not in (2, 4),
        "error_type": "TimeoutError" if how == 2 else None,
        "duration_seconds": 10.0 + 45 * how if how not in (3, 6) else None,
        "selection_rank": 1 + number % 3 if number % 2 else None,
        "alternatives_considered": ["refactoring"] if how == 1 else None,
        "follow_up_actions": ["git commit"] if how == 0 else None,
    } | given
    return {name: value for name, value in line.items() if value is not None or name == "completed"}


def keep(place: Place, lines: Iterable[dict[str, Any]]) -> None:
    """Import these lines."""
    done = run(place, "import", "-", stdin="".join(json.dumps(line) + "\n" for line in lines))
    assert done.returncode == 0, done.stderr


def of_project(place: Place, project: Path) -> Place:
    """The same store for processes of another project."""
    return Place(project, place.environment | {"SESSION_BUDDY_STORE": str(place.store)})


def everyday(coach: Coach) -> None:
    """A few weeks of work in two projects, two skills that nobody has used, and a coached workflow."""
    keep(coach.place, (use(number) for number in range(USES)))
    keep(
        coach.place, ({"skill": {"name": name, "description": "Nobody knows yet"}} for name in ("unused", "forgotten"))
    )
    elsewhere = coach.place.project.parent / "elsewhere"
    elsewhere.mkdir()
    keep(
        of_project(coach.place, elsewhere),
        (use(number, session_id="far away", skill_name="deploying") for number in range(5)),
    )
    with Window(coach.place) as window:
        window.initialize()
        window.call("recommend_skills", user_query="nobody took this", session_id="alone")
        given = window.call("recommend_skills", user_query="why does the total differ?", session_id="asking")
        first = given["structuredContent"]["recommendations"][0]["skill_name"]
        window.call("track_skill", skill_name=first, session_id="asking", selection_rank=1)
    coach.earn("release")
    session = coach.start("release")
    coach.correct(session, "build", {"target": "x", "n": 1}, {"target": "y", "n": 1})
    coach.suggest(session, "build", target="x", n=2)


def large(coach: Coach) -> None:
    """200 skills in 12 phases, each with a use."""
    names = ((f"skill-{number % 200:03d}", f"phase {number % 12:02d}", f"s{number // 6}") for number in range(2_400))
    lines = (
        use(number % USES, skill_name=skill, workflow_phase=phase, session_id=session)
        for number, (skill, phase, session) in enumerate(names)
    )
    keep(coach.place, lines)

"""A store in which every field that can hold text holds one that means harm."""

from typing import Any

from tests.browser.stores import keep, use
from tests.cli.coached import Coach
from tests.system.processes import Window

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=//127.0.0.2/x onerror=alert(2)>"
LINK = "javascript:alert(3)//"
TURNED = "\u202egnp.exe\u2067 \u200f\u2066"
ADDRESS = "../%2e%2e/?token=&#x;/\\ \"'`${alert(4)}"
INHERITED = "__proto__"
ENDLESS = "W" * 256
NAMES = (SCRIPT, IMAGE, LINK, TURNED, ADDRESS, INHERITED, ENDLESS)
LONGER = "\x1b[31m\x07\x08\u2028" + "<b>" + "W" * 10_000


# What a project's folder can be called.
FOLDER = IMAGE.replace("/", "") + TURNED


def filled(coach: Coach) -> None:
    """Put each of `NAMES` into every field that takes a name, and worse into those that take a text."""
    for number, name in enumerate(NAMES):
        keep(coach.place, [{"skill": {"name": name, "description": name + LONGER}}, *(_uses(number, name))])
        _coach(coach, name)
    with Window(coach.place) as window:
        window.initialize()
        for name in NAMES:
            window.call("recommend_skills", user_query=name, session_id=name, workflow_phase=name)


def _uses(number: int, name: str) -> list[dict[str, Any]]:
    """Uses from which steps lead to themselves and to others, of which each is lost in another way."""
    texts = {"user_query": name, "error_type": name + LONGER, "follow_up_actions": [name, LONGER]}
    names = {"workflow_path": name, "session_id": name, "alternatives_considered": [name]}
    return [
        use(9 * number + step, completed=False, skill_name=name, **names, **texts)
        | {"workflow_phase": NAMES[(number + step % 3) % len(NAMES)]}
        for step in range(9)
    ]


def _coach(coach: Coach, name: str) -> None:
    """A workflow with something learned, decisions of all kinds, and a step that waits."""
    first = coach.start(name)
    coach.ask("promote", workflow_id=name, despite=name + LONGER)
    session = coach.start(name, execution_id=name, variables={name: LONGER})
    coach.correct(session, name, {name: name, "b": 1}, {name: LONGER, "b": [name]})
    coach.decide(session, "reject", name, feedback=name + LONGER)
    coach.decide(session, "manual", name, execution_success=False, error_message=name + LONGER)
    parameters = {name: name, "b": 1, "c": LONGER}
    coach.ask("suggest", session_id=session, node_id=name, action_type=name, parameters=parameters)
    coach.ask("end", session_id=first, outcome="failed", error_message=name + LONGER)

"""A store with a past in which everything has happened that the dashboard shows."""

import json
from typing import Any

from tests.system.processes import Place, run
from tests.web.serving import Site

USES: list[dict[str, Any]] = [
    {
        "skill_name": f"skill/{number % 3}",
        "user_query": f"problem {number} of <b>many</b>",
        "session_id": f"session {number % 4}",
        "invoked_at": f"2026-11-{1 + number % 20:02d}T10:{number:02d}:00Z",
        "completed": (True, False, None)[number % 5 % 3],
        "workflow_phase": (None, "setup", "verification")[number % 3],
        "duration_seconds": 10.5 * number if number % 5 % 3 == 0 else None,
    }
    for number in range(40)
]


def filled(place: Place, site: Site) -> dict[str, Any]:
    """Fill the store over its import and the site itself. Returns the ids of what waits and of what was decided."""
    lines = "".join(
        json.dumps({name: value for name, value in one.items() if value is not None or name == "completed"}) + "\n"
        for one in USES
    )
    done = run(place, "import", "-", stdin=lines)
    assert done.returncode == 0, done.stderr
    workflow = "release/notes ü"
    site.post("/api/sessions", {"workflow_id": workflow})
    site.post("/api/workflows/release%2Fnotes%20%C3%BC/promote", {"name": workflow})
    session = site.post("/api/sessions", {"workflow_id": workflow, "variables": {"a": 1}})["session_id"]
    step = {"session_id": session, "node_id": "build", "action_type": "run"}
    first = site.post("/api/suggestions", step | {"parameters": {"target": "x", "n": 1}})["suggestion_id"]
    site.post(
        "/api/decisions",
        {
            "session_id": session,
            "suggestion_id": first,
            "decision": "correct",
            "correction": {"target": "y", "n": 1},
            "seconds": 4,
        },
    )
    second = site.post("/api/suggestions", step | {"parameters": {"target": "x", "n": 2}})["suggestion_id"]
    made = site.post(
        "/api/decisions", {"session_id": session, "suggestion_id": second, "decision": "accept", "seconds": 3}
    )
    waiting = site.post("/api/suggestions", step | {"parameters": {"target": "x", "n": 3}})["suggestion_id"]
    return {
        "workflow": workflow,
        "session": session,
        "corrected": first,
        "accepted": second,
        "waiting": waiting,
        "decision": made["decision"]["decision_id"],
    }

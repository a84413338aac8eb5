"""Every route, over a real hub: what it answers, and how it refuses."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from session_buddy.bridge.client import Client
from session_buddy.errors import BuddyError
from session_buddy.settings import read
from tests.system.processes import Place, leave_no_hub, new_place, run
from tests.web.past import filled
from tests.web.serving import Site

pytestmark = pytest.mark.slow

WORKFLOW = quote("release/notes ü", safe="")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = new_place(tmp_path_factory.mktemp("routes") / "project").with_variables(SESSION_BUDDY_LINGER="60")
    yield place
    leave_no_hub(place)


@pytest.fixture(scope="module")
def site(place: Place) -> Site:
    return Site.of(json.loads(run(place, "dashboard", "--json").stdout)["url"])


@pytest.fixture(scope="module")
def past(place: Place, site: Site) -> dict[str, Any]:
    return filled(place, site)


def control(place: Place, ask: str, **given: Any) -> Any:
    with Client(read(place.environment), start=None) as client:
        return client.ask("coaching", {"ask": ask, "who": "person", "source": "form", "given": given})


def refused(site: Site, status: int, method: str, path: str, given: Any = None) -> str:
    found = site.ask(method, path, given)
    assert found.status == status, found.body
    assert set(found.json) == {"error"}
    return str(found.json["error"])


def test_reading_routes_answer(site: Site, past: dict[str, Any]) -> None:
    assert site.get("/api/status")["invocations"] == 40
    assert site.get("/api/metrics")["summary"]["total_invocations"] == 40
    assert site.get("/api/metrics?skill_name=skill%2F1&session_id=session%201")["scope"] == "skill"
    assert site.get("/api/skills/skill%2F1")["skill"]["skill_name"] == "skill/1"
    assert site.get("/api/reports/workflow?page=2")["page"] == 2
    assert site.get("/api/reports/heatmap")["all_phases"] == 2
    assert site.get("/api/reports/changes")["sessions"] == 4
    assert [one["session_id"] for one in site.get("/api/sessions?limit=1")["sessions"]] == [past["session"]]
    assert len(site.get("/api/sessions?offset=1")["sessions"]) == 1
    assert site.get("/api/sessions?status=paused")["sessions"] == []
    assert site.get("/api/workflows")["workflows"][0]["workflow_id"] == past["workflow"]
    assert site.get(f"/api/workflows/{WORKFLOW}")["level"] == "COACHING"
    assert site.get(f"/api/workflows/{WORKFLOW}/progress")["points"]
    assert site.get("/api/packs")["packs"][0]["workflow_id"] == past["workflow"]
    assert site.get(f"/api/packs/{WORKFLOW}/history")["items"]
    assert site.get("/api/events/recent?limit=3")["events"][-1]["kind"]
    assert site.get("/api/projects")["projects"][0]["uses"] == 40
    assert site.get("/api/assistant-sessions?limit=2")["next"]
    assert site.get("/api/reports/durations")["skills"]
    assert len(site.get("/api/reports/trends?weeks=3")["weeks"]) == 3
    assert site.get("/api/skills")["skills"][0]["trend"]["uses"]
    assert site.get("/api/recommendations/given") | {"as_of": ""} == {"as_of": "", "recommendations": [], "next": None}


def test_uses_are_listed_in_parts_and_shown_whole(site: Site, past: dict[str, Any]) -> None:
    first = site.get("/api/invocations?limit=30")
    rest = site.get(f"/api/invocations?limit=30&before={quote(first['next'])}")
    assert (len(first["uses"]), len(rest["uses"]), rest["next"]) == (30, 10, None)
    one = first["uses"][0]["invocation_id"]
    assert site.get(f"/api/invocations/{one}")["user_query"].startswith("problem")
    assert all(use["workflow_phase"] is None for use in site.get("/api/invocations?workflow_phase=")["uses"])
    assert "before" in refused(site, 400, "GET", "/api/invocations?before=x")
    assert "since" in refused(site, 400, "GET", "/api/metrics?since=yesterday")


def test_what_waits_is_shown_and_decided_by_a_person(site: Site, past: dict[str, Any]) -> None:
    started = site.post("/api/sessions", {"workflow_id": past["workflow"]})["session_id"]
    step = {"session_id": started, "node_id": "test", "action_type": "run", "parameters": {"a": "<b>"}}
    made = site.post("/api/suggestions", step)["suggestion_id"]
    assert made in [one["suggestion_id"] for one in site.get("/api/suggestions")["suggestions"]]
    given = {"session_id": started, "suggestion_id": made, "decision": "accept", "seconds": 3.5}
    decided = site.post("/api/decisions", given | {"call": "one click"})
    assert (decided["decision"]["decided_by"], decided["decision"]["source"]) == ("person", "dashboard")
    assert site.post("/api/decisions", given, call="one click")["decision"] == decided["decision"]
    assert "already decided" in refused(site, 400, "POST", "/api/decisions", given | {"call": "another"})
    told = site.post(f"/api/suggestions/{made}/outcome", {"execution_success": True})
    assert told["decision"]["execution_success"] is True
    assert made not in [one["suggestion_id"] for one in site.get("/api/suggestions")["suggestions"]]
    assert site.get(f"/api/suggestions/{made}")["decision"]["decision"] == "accept"
    assert site.get(f"/api/decisions?session_id={started}")["decisions"][0]["suggestion_id"] == made
    assert site.post(f"/api/sessions/{started}/undo")["undone"]["suggestion_id"] == made


def test_a_coaching_session_is_paused_resumed_ended_and_deleted(site: Site, past: dict[str, Any]) -> None:
    started = site.post("/api/sessions", {"workflow_id": "passing"})["session_id"]
    assert site.post(f"/api/sessions/{started}/pause")["status"] == "paused"
    assert "already" in refused(site, 400, "POST", f"/api/sessions/{started}/pause")
    assert site.post(f"/api/sessions/{started}/resume")["status"] == "active"
    assert site.post(f"/api/sessions/{started}/end", {"outcome": "failed", "error_message": "x"})["status"] == "failed"
    assert site.get(f"/api/sessions/{started}")["error_message"] == "x"
    assert site.ask("DELETE", f"/api/sessions/{started}").status == 200
    refused(site, 404, "GET", f"/api/sessions/{started}")
    refused(site, 404, "DELETE", f"/api/sessions/{started}")


def test_the_same_call_starts_one_session(site: Site, past: dict[str, Any]) -> None:
    wanted = {"workflow_id": "once", "call": "c-1"}
    assert site.post("/api/sessions", wanted)["session_id"] == site.post("/api/sessions", wanted)["session_id"]


def test_a_pack_travels_and_its_items_are_switched_and_forgotten(site: Site, past: dict[str, Any]) -> None:
    found = site.ask("GET", f"/api/packs/{WORKFLOW}/export")
    assert found.headers["content-disposition"].startswith("attachment; filename*=UTF-8''release%2Fnotes%20%C3%BC")
    again = site.post(f"/api/packs/{WORKFLOW}/import", found.json)
    assert (again["imported"], again["unchanged"]) == (0, 1)
    refused(site, 400, "POST", f"/api/packs/{WORKFLOW}/import", {"no": "pack"})
    item = site.get(f"/api/packs/{WORKFLOW}")["items"][0]["item_id"]
    site.post(f"/api/packs/{WORKFLOW}/items/{item}/switch", {"on": False})
    assert site.get(f"/api/packs/{WORKFLOW}")["items"][0]["off"] is True
    site.post(f"/api/packs/{WORKFLOW}/items/{item}/switch", {"on": True})
    assert site.ask("DELETE", f"/api/packs/{WORKFLOW}/items/{item}").json["items_left"] == 0
    assert item in refused(site, 400, "DELETE", f"/api/packs/{WORKFLOW}/items/{item}")


def test_promoting_needs_the_name_and_what_readiness_needs(site: Site, past: dict[str, Any]) -> None:
    assert site.get(f"/api/workflows/{WORKFLOW}/promotion?despite=because")["to"] == "AUTO"
    for given in ({"name": past["workflow"]}, {"name": "other", "despite": "because"}):
        refused(site, 400, "POST", f"/api/workflows/{WORKFLOW}/promote", given)
    refused(site, 422, "POST", f"/api/workflows/{WORKFLOW}/promote", {"despite": "because"})
    given = {"name": past["workflow"], "despite": "because"}
    assert site.post(f"/api/workflows/{WORKFLOW}/promote", given)["level"] == "AUTO"
    assert site.post(f"/api/workflows/{WORKFLOW}/demote", {"to": "COACHING", "reason": "y"})["level"] == "COACHING"
    refused(site, 404, "POST", "/api/workflows/nowhere/promote", {"name": "nowhere"})


@pytest.mark.parametrize(
    ("ask", "given", "path"),
    [
        ("session", {"session_id": "nowhere"}, "/api/sessions/nowhere"),
        ("workflow", {"workflow_id": "../x"}, "/api/workflows/..%2Fx"),
        ("pack", {"workflow_id": "%"}, "/api/packs/%25"),
        ("suggestion", {"suggestion_id": "x"}, "/api/suggestions/x"),
    ],
)
def test_what_is_refused_is_refused_in_the_words_of_the_hub(
    place: Place, site: Site, past: dict[str, Any], ask: str, given: dict[str, Any], path: str
) -> None:
    with pytest.raises(BuddyError) as caught:
        control(place, ask, **given)
    found = site.ask("GET", path)
    assert found.status in (400, 404)
    assert found.json["error"] == str(caught.value)


@pytest.mark.parametrize(
    ("method", "path", "given", "named"),
    [
        ("GET", "/api/sessions?status=lost", None, "status"),
        ("GET", "/api/sessions?limit=x", None, "limit"),
        ("GET", "/api/recommendations", None, "user_query"),
        ("GET", "/api/recommendations?user_query=x&limit=51", None, "limit"),
        ("GET", "/api/recommendations?user_query=x&colour=red", None, "colour"),
        ("POST", "/api/recommendations", {"user_query": "x", "phase_weight": 2}, "phase_weight"),
        ("POST", "/api/sessions", {"workflow_id": 1}, "workflow_id"),
        ("POST", "/api/sessions", {"workflow_id": "x", "colour": "red"}, "colour"),
        ("POST", "/api/decisions", {"decision": "accept"}, "session_id"),
        ("POST", "/api/decisions", [], "body"),
        ("POST", "/api/packs/x/items/y/switch", {"on": "perhaps"}, "on"),
    ],
)
def test_a_malformed_request_is_told_what_is_wrong(site: Site, method: str, path: str, given: Any, named: str) -> None:
    assert named in refused(site, 422, method, path, given)


def test_half_a_character_is_no_text(site: Site) -> None:
    told = {"Authorization": f"Bearer {site.token}", "Content-Type": "application/json"}
    found = site.send("POST", "/api/sessions", told, b'{"workflow_id": "\\ud800"}')
    assert found.status == 400
    assert "UTF-8" in found.json["error"]


def test_recommendations_say_why(site: Site, past: dict[str, Any]) -> None:
    for found in (
        site.get("/api/recommendations?user_query=problem%203&limit=2"),
        site.post("/api/recommendations", {"user_query": "problem 3", "limit": 2}),
    ):
        assert len(found["recommendations"]) == 2
        assert found["recommendations"][0]["why"]["parts"]

"""The OpenAPI document against the answers: whatever it allows is answered as it says, and nothing makes a 5xx."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.system.processes import leave_no_hub, new_place, run
from tests.web.past import filled
from tests.web.serving import Site

pytestmark = pytest.mark.slow

EXAMPLES = 5
CHECKS = (not_a_server_error, status_code_conformance, response_schema_conformance)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = new_place(tmp_path_factory.mktemp("described") / "project").with_variables(SESSION_BUDDY_LINGER="60")
    done = run(place, "dashboard", "--json")
    found = Site.of(json.loads(done.stdout)["url"])
    filled(place, found)
    yield found
    leave_no_hub(place)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
def test_every_route_answers_as_it_is_described(site: Site, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_dict(site.get("/openapi.json"))
    told = {"base_url": site.origin, "headers": {"Authorization": f"Bearer {site.token}"}, "checks": CHECKS}
    with requests.Session() as session:
        session.trust_env = False
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            ask(found.ok(), mode, told | {"session": session})


def ask(operation: Any, mode: GenerationMode, told: dict[str, Any]) -> None:
    """Send a few requests to one route, the same ones each time."""
    strategy = operation.as_strategy(generation_mode=mode)

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def send(case: Any) -> None:
        case.call_and_validate(**told)

    try:
        send()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, operation.label  # nothing that this route would not take


def test_the_document_names_every_route_and_what_can_go_wrong(site: Site, tmp_path: Path) -> None:
    found = site.get("/openapi.json")
    assert len(found["paths"]) > 30
    for path, methods in found["paths"].items():
        for method, one in methods.items():
            assert {"200", "400", "401", "403", "404", "422", "503"} <= set(one["responses"]), (method, path)
            assert one["responses"]["200"]["content"]["application/json"]["schema"], (method, path)
            assert one["description"], (method, path)

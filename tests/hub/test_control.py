"""What a hub says to requests that it cannot answer: what is wrong, and it goes on answering."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from session_buddy.bridge.client import Client
from session_buddy.errors import BuddyError, HubLostError, InvalidRequestError
from session_buddy.settings import read
from tests.system.processes import Place, leave_no_hub, new_place

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    found = new_place(tmp_path_factory.mktemp("control") / "project")
    yield found
    leave_no_hub(found)


@pytest.fixture
def client(place: Place) -> Iterator[Client]:
    with Client(read(place.environment)) as found:
        yield found


@pytest.mark.parametrize(
    ("method", "params", "named"),
    [
        ("recommend", {"user_query": "x", "nonsense": 1}, "nonsense"),
        ("recommend", {}, "user_query"),
        ("lately", {"nonsense": 1}, "nonsense"),
        ("plan_forgetting", {}, "texts"),
        ("dashboard_here", {}, "url"),
        ("coaching", {}, "ask"),
        ("coaching", {"ask": "undo", "who": "person", "source": "dashboard", "given": {}}, "session_id is missing"),
        ("coaching", {"ask": 5, "who": "person", "source": "dashboard", "given": {}}, "'5'"),
        ("trends", {"nonsense": 1}, "nonsense"),
        ("status", [1], "params"),
    ],
)
def test_what_a_method_does_not_take_is_named(client: Client, method: str, params: Any, named: str) -> None:
    with pytest.raises(InvalidRequestError, match=named):
        client.ask(method, params)
    assert client.ask("status")["connections"] >= 1


def test_a_mistake_of_the_program_is_told_and_logged_and_the_hub_goes_on(place: Place, client: Client) -> None:
    with pytest.raises(BuddyError, match=r"mistake in 'session_skills' \(KeyError\)") as caught:
        client.ask("session_skills", {"a secret": "a secret"})
    assert not isinstance(caught.value, HubLostError)
    assert client.ask("status")["connections"] >= 1
    log = Path(f"{place.store}.log").read_text(encoding="utf-8")
    assert "session_skills ended with KeyError" in log
    assert "a secret" not in log

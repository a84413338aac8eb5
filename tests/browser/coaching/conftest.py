"""One hub and one dashboard for these tests; each of them leaves no coaching session behind."""

from collections.abc import Iterator

import pytest

from tests.browser.chromium import link
from tests.system.processes import Place, leave_no_hub, new_place
from tests.web.serving import Site


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A project in which a hub stays until all tests are done, or kill it."""
    place = new_place(tmp_path_factory.mktemp("coaching") / "project").with_variables(SESSION_BUDDY_LINGER="60")
    yield place
    leave_no_hub(place)


@pytest.fixture(scope="session")
def address(place: Place) -> str:
    return link(place)


@pytest.fixture(autouse=True)
def site(address: str) -> Iterator[Site]:
    """The dashboard as a script asks it."""
    site = Site.of(address)
    yield site
    for session in site.get("/api/sessions")["sessions"]:
        assert site.ask("DELETE", f"/api/sessions/{session['session_id']}").status == 200

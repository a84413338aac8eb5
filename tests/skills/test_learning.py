"""What is learned in the background: a classifier that is fitted when there is news, and kept."""

from pathlib import Path

import pytest

from session_buddy.hub.services import Services
from session_buddy.ranking.parameters import REFIT_LEAST
from session_buddy.skills.learning import Learner
from session_buddy.store import classifiers
from session_buddy.store.classifiers import Fitted
from session_buddy.store.vectors import Model
from session_buddy.store.writing import Cursor
from tests.server.buddy import serving
from tests.store.filling import rows, use, write

pytestmark = pytest.mark.anyio

SKILLS = {
    "debugging": "the build fails with error",
    "review": "please read my change number",
    "release-notes": "write what changed since release",
}
KEPT = "SELECT epoch_us(recorded_at), examples FROM classifier"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def fill(services: Services, start: int, each: int, skills: dict[str, str] = SKILLS) -> None:
    """Let every skill complete so many problems."""

    def job(cursor: Cursor) -> None:
        for skill, problem in skills.items():
            for number in range(start, start + each):
                use(cursor, skill, f"{problem} {number}", "completed")

    write(services.access.store, job)


async def embedded(services: Services) -> Model:
    """The model, once every text has its vector."""
    services.backlog.notice()
    await services.backlog.catch_up_little(1_000)
    assert services.backlog.model is not None
    return services.backlog.model


async def kept(services: Services, model: Model) -> Fitted | None:
    return await services.access.read(lambda cursor: classifiers.find(cursor, model.model_id))


def learner_of(services: Services) -> Learner:
    """A learner that knows nothing yet, as in a new hub."""
    return Learner(services.access, services.embedding, services.backlog)


async def test_a_classifier_is_fitted_and_kept_and_a_new_hub_has_it_at_once(tmp_path: Path) -> None:
    async with serving(tmp_path, "hashing") as buddy:
        services = buddy.services
        fill(services, 0, 10)
        model = await embedded(services)
        await services.learner.catch_up()
        fitted = await kept(services, model)
        assert fitted is not None
        assert (set(fitted.skills), fitted.examples) == (set(SKILLS), 30)
        before = rows(services.access.store, KEPT)
        again = learner_of(services)
        await again.catch_up()
        classifier = again.recollection(model).classifier
        assert classifier is not None
        assert classifier.fitted == fitted
        assert rows(services.access.store, KEPT) == before


@pytest.mark.slow
async def test_it_is_fitted_again_when_enough_is_new(tmp_path: Path) -> None:
    async with serving(tmp_path, "hashing") as buddy:
        services = buddy.services
        fill(services, 0, 10)
        await embedded(services)
        await services.learner.catch_up()
        before = rows(services.access.store, KEPT)
        fill(services, 10, REFIT_LEAST // 3 - 1)
        await embedded(services)
        await services.learner.catch_up()
        assert rows(services.access.store, KEPT) == before
        fill(services, 50, 5)
        await embedded(services)
        await services.learner.catch_up()
        ((_, examples),) = rows(services.access.store, KEPT)
        assert examples == 3 * (10 + REFIT_LEAST // 3 - 1 + 5)


async def test_of_one_skill_there_is_nothing_to_fit(tmp_path: Path) -> None:
    async with serving(tmp_path, "hashing") as buddy:
        services = buddy.services
        write(services.access.store, lambda cursor: use(cursor, "debugging", "the build fails", "completed"))
        model = await embedded(services)
        await services.learner.catch_up()
        assert await kept(services, model) is None


async def test_without_embedding_only_words_are_learned(tmp_path: Path) -> None:
    async with serving(tmp_path, "off") as buddy:
        services = buddy.services
        fill(services, 0, 20)
        fill(services, 0, 5, {"tea": "make tea with sugar", "coffee": "make coffee with milk"})
        await services.learner.catch_up()
        recollection = services.learner.recollection(None)
        assert recollection.classifier is None
        assert recollection.calibration.threshold.queries > 0
        assert rows(services.access.store, "SELECT count(*) FROM classifier") == [(0,)]

"""What a hub's connections share: the open store, the embedding, the recommender, what is installed."""

import asyncio
from dataclasses import dataclass, field

from session_buddy.embedding.backlog import Backlog
from session_buddy.embedding.service import EmbeddingService
from session_buddy.hub.dashboard import Dashboard
from session_buddy.hub.serving import Serving
from session_buddy.hub.soon import Soon
from session_buddy.hub.store_notices import StoreNotices
from session_buddy.settings import Settings
from session_buddy.skills.catalogue import InstalledCatalogue
from session_buddy.skills.evaluating import Evaluator
from session_buddy.skills.hinting import Hinter
from session_buddy.skills.learning import Learner
from session_buddy.skills.recommending import Recommender
from session_buddy.skills.reporting import Reporter
from session_buddy.store.access import Access
from session_buddy.store.store import Store


@dataclass(frozen=True)
class Services:
    settings: Settings
    access: Access
    embedding: EmbeddingService
    backlog: Backlog
    learner: Learner
    recommender: Recommender
    evaluator: Evaluator
    reporter: Reporter
    hinter: Hinter
    serving: Serving
    installed: InstalledCatalogue
    store_notices: StoreNotices
    taking_in: asyncio.Lock = field(default_factory=asyncio.Lock)
    intake: Soon = field(default_factory=Soon)
    dashboard: Dashboard = field(default_factory=Dashboard)


def assemble(settings: Settings, store: Store, log: int) -> Services:
    """Put the services of an open store together. `log` is the descriptor for what the worker prints."""
    access = Access(store)
    embedding = EmbeddingService(settings, log)
    backlog = Backlog(access, embedding)
    learner = Learner(access, embedding, backlog, settings.abandoned_after)
    recommender = Recommender(access, embedding, backlog, learner, settings.mask_secrets)
    evaluator = Evaluator(access, embedding, backlog, learner)
    reporter = Reporter(access, settings.abandoned_after)
    installed = InstalledCatalogue(settings)
    notices = StoreNotices(settings)
    hinter, serving = Hinter(access, recommender, settings.hints, installed.of), Serving()
    return Services(
        settings,
        access,
        embedding,
        backlog,
        learner,
        recommender,
        evaluator,
        reporter,
        hinter,
        serving,
        installed,
        notices,
    )

"""Correction packs, as they are answered."""

from session_buddy.web.described.coaching import Change
from session_buddy.web.described.told import Object, Told


class PackBrief(Told):
    workflow_id: str
    items: int


class Packs(Told):
    packs: list[PackBrief]


class Item(Told):
    item_id: str
    node_id: str
    action_type: str
    patch: list[Object]
    times_seen: int
    times_applied: int
    helped: int
    hurt: int
    laid_off: bool
    off: bool = False
    active: bool = True
    trusted: bool = True
    origin: str = "person"
    imported: Object | None = None
    changes: list[Change] = []
    first_seen_at: str | None = None
    last_seen_at: str | None = None
    last_applied_at: str | None = None


class Pack(Told):
    workflow_id: str
    items: list[Item]


class ItemHistory(Told):
    item_id: str
    days: list[Object]


class PackHistory(Told):
    items: list[ItemHistory]


class PackDocument(Told):
    workflow_id: str
    items: list[Object]


class Imported(Told):
    workflow_id: str
    imported: int
    updated: int
    unchanged: int
    waiting: int = 0


class Forgotten(Told):
    workflow_id: str
    forgotten: str
    items_left: int


class Switched(Told):
    workflow_id: str
    item_id: str

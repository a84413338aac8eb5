"""What corrections have taught, applied to later suggestions and shared as packs."""

import json
from typing import Any
from uuid import UUID

from session_buddy import __version__
from session_buddy.coaching import differences, levels, packs, patches, persons
from session_buddy.coaching.actors import Actor
from session_buddy.coaching.fields import Object, read, written
from session_buddy.coaching.items import Chosen, Item, identity, unchanged
from session_buddy.coaching.items import choose as choose_items
from session_buddy.errors import InvalidRequestError, PatchError
from session_buddy.skills.privacy import MASK
from session_buddy.store import coaching_item_days, coaching_items, coaching_suggestions
from session_buddy.store.coaching_item_days import Moments
from session_buddy.store.coaching_items import Counts, Record, Switch
from session_buddy.store.coaching_suggestions import Applied, Suggestion
from session_buddy.store.times import from_micros, iso, now
from session_buddy.store.writing import Cursor

Told = dict[str, Any]
# The corrections that were applied, in their order, and the conflicts.
Taught = tuple[list[Told], list[Told]]


def learn(cursor: Cursor, suggestion: Suggestion, correction: Object, kept: Object) -> UUID | None:
    """Keep what a correction teaches; returns its id. `kept` is the correction without secrets: where these are what
    was corrected, there is nothing that could be applied again.

    Raises:
        InvalidRequestError: it changes nothing.
    """
    try:
        patch = patches.difference(read(suggestion.parameters), kept)
    except PatchError as error:
        raise InvalidRequestError(f"This correction cannot be kept. {error} Nothing was stored.") from None
    if not patch and kept == correction:
        raise InvalidRequestError(
            "The correction holds the parameters that were suggested. Accept the suggestion, or give other ones. "
            "Nothing was stored."
        )
    if not patch or any(MASK in written(one["value"]) for one in patch if one["op"] in ("add", "replace")):
        return None
    kind = suggestion.workflow_id, suggestion.node_id, suggestion.action_type
    item_id = identity(*kind, patch)
    coaching_items.remember(cursor, item_id, *kind, written(patch), now())
    return item_id


def choose(cursor: Cursor, workflow_id: str, node_id: str, action_type: str, parameters: Object) -> Chosen:
    """The parameters after what was learned for this kind of step."""
    found = [_item(one) for one in coaching_items.records(cursor, workflow_id, node_id, action_type)]
    if not found:
        return unchanged(parameters)
    return choose_items(parameters, found)


def in_force(cursor: Cursor, workflow_id: str, node_id: str, action_type: str, wanted: tuple[UUID, ...]) -> bool:
    """Whether each of these corrections of a kind of step is still applied where it holds: it is neither forgotten,
    nor switched off, nor laid off."""
    if not wanted:
        return True
    known = {one.item_id: _item(one) for one in coaching_items.records(cursor, workflow_id, node_id, action_type)}
    return all(one in known and known[one].active and not known[one].laid_off for one in wanted)


def pairs(chosen: Chosen) -> list[tuple[UUID, UUID | None]]:
    """What a suggestion keeps of its corrections: the id of each, and of the one that it gave way to."""
    won: list[tuple[UUID, UUID | None]] = [(UUID(item.item_id), None) for item in chosen.applied]
    return won + [(UUID(one.item_id), UUID(one.winner_id)) for one in chosen.conflicts]


def of_suggestion(cursor: Cursor, suggestion: Suggestion) -> Taught:
    """The corrections that were applied to a suggestion, in their order, and the conflicts."""
    applied = coaching_suggestions.applied_to(cursor, suggestion)
    kind = suggestion.workflow_id, suggestion.node_id, suggestion.action_type
    return _taught(applied, _known(cursor, applied, coaching_items.records(cursor, *kind) if applied else []))


def of_suggestions(cursor: Cursor, found: list[Suggestion]) -> dict[UUID, Taught]:
    """The same of several."""
    pairs = coaching_suggestions.applied_to_all(cursor, [one.suggestion_id for one in found])
    every = [pair for applied in pairs.values() for pair in applied]
    workflows = sorted({one.workflow_id for one in found})
    known = _known(cursor, every, coaching_items.records_of(cursor, workflows, sorted({item for item, _ in every})))
    return {one.suggestion_id: _taught(pairs.get(one.suggestion_id, []), known) for one in found}


def applied_anew(given: Object, applied: list[Told], otherwise: Object) -> Object:
    """Corrections applied to what was given, which may hold what is masked in the store."""
    try:
        for one in applied:
            given = patches.applied(given, one["patch"])
    except PatchError:
        return otherwise
    return given


def pack(cursor: Cursor, workflow_id: str) -> Told:
    """Everything that the corrections of a workflow have taught."""
    levels.known(cursor, workflow_id)
    items = [_told(_item(one)) for one in coaching_items.records(cursor, workflow_id)]
    return {"workflow_id": workflow_id, "items": items}


def explained(cursor: Cursor, workflow_id: str) -> Told:
    """The same for a person: each item also with its `changes`, on which values elsewhere they depend (`where`), and
    when it was seen, applied and imported here."""
    levels.known(cursor, workflow_id)
    found = coaching_items.records(cursor, workflow_id)
    moments = coaching_item_days.moments(cursor, workflow_id, [one.item_id for one in found])
    items = [_explained(_item(one), moments.get(one.item_id, Moments())) for one in found]
    return {"workflow_id": workflow_id, "items": items}


def history(cursor: Cursor, workflow_id: str) -> Told:
    """What happened day by day (UTC) with each item of a pack. What packs from elsewhere tell has no days."""
    levels.known(cursor, workflow_id)
    items = [one.item_id for one in coaching_items.records(cursor, workflow_id)]
    days = coaching_item_days.days(cursor, workflow_id, items)
    told = [{"item_id": str(item), "days": [day._asdict() for day in days.get(item, [])]} for item in items]
    return {"workflow_id": workflow_id, "items": told}


def packs_known(cursor: Cursor) -> list[Told]:
    """The workflows that corrections have taught something of, with how much."""
    found = [(name, coaching_items.records(cursor, name)) for name in coaching_items.workflows(cursor)]
    return [{"workflow_id": name, "items": len(items)} for name, items in found if items]


def export(cursor: Cursor, workflow_id: str) -> Told:
    """The pack as a document that another store can import."""
    levels.known(cursor, workflow_id)
    items = [_item(one)._replace(**_greatest(one)._asdict()) for one in coaching_items.records(cursor, workflow_id)]
    return {"workflow_id": workflow_id, "pack": packs.exported(workflow_id, items, __version__)}


def bring_in(cursor: Cursor, workflow_id: str, given: str | Object, actor: Actor) -> Told:
    """Import a pack; importing it again changes nothing. A new item is not applied until a person enables it, whoever
    imports it; one that a person has switched off stays off. `waiting` is how many items of the pack are not enabled.

    Raises:
        BuddyError: it is none of this workflow, or damaged; the message gives the reason, and nothing was stored.
    """
    items = packs.parse(given, workflow_id)
    known = {one.item_id: one for one in coaching_items.records(cursor, workflow_id)}
    new = changed = 0
    for item in items:
        item_id, counts = UUID(item.item_id), Counts(item.times_seen, item.times_applied, item.helped, item.hurt)
        if _covers(known.get(item_id), counts):
            continue
        new += item_id not in known
        changed += item_id in known
        patch = written(item.patch)
        coaching_items.remember(cursor, item_id, workflow_id, item.node_id, item.action_type, patch, now())
        coaching_items.bring(cursor, item_id, workflow_id, counts, now(), actor.who, actor.source)
    here = {one.item_id: _item(one) for one in coaching_items.records(cursor, workflow_id)}
    waiting = sum(1 for item in items if not here[UUID(item.item_id)].active)
    told = {"imported": new, "updated": changed, "unchanged": len(items) - new - changed, "waiting": waiting}
    return {"workflow_id": workflow_id} | told


def forget(cursor: Cursor, workflow_id: str, item_id: str, actor: Actor) -> Told:
    """Take one correction out of the pack; it comes back when it is made again.

    Raises:
        InvalidRequestError: the pack has none of this id, or a person has made or enabled it and nobody but a person
            may forget it.
    """
    one, count = _find(cursor, workflow_id, item_id)
    if one.enabled or one.by_person:
        persons.require(actor.who, "forget_item")
    coaching_items.forget(cursor, one.item_id, workflow_id, now())
    return {"workflow_id": workflow_id, "forgotten": item_id, "items_left": count - 1}


def switch(cursor: Cursor, workflow_id: str, item_id: str, on: bool, actor: Actor) -> Told:
    """Switch an item off, which keeps it and applies it no more, or on: again, or for the first time one that was
    imported or reported. Only a person does this. It is on record; off stays off when the item is forgotten and
    imported again, until a person switches it on or makes the same correction anew.

    Raises:
        InvalidRequestError: nobody but a person may, or the pack has none of this id.
        UnknownNameError: there is no such workflow.
    """
    persons.require(actor.who, "switch_item")
    if actor.resent_key and (made := coaching_items.switched_by(cursor, actor.resent_key)):
        return _switched(made)
    one, _ = _find(cursor, workflow_id, item_id)
    item = _item(one)
    if item.trusted != on if on else not item.off:
        last = coaching_items.last_switch(cursor, one.item_id)
        # A clock that was set back must not put this before the change that it follows.
        moment = max(now(), from_micros((last.switched_us if last else 0) + 1))
        where = one.item_id, workflow_id
        coaching_items.switch(cursor, *where, on, actor.who, moment, actor.source, actor.call_key)
    return _switched(Switch(one.item_id, workflow_id, on, 0))


def _known(cursor: Cursor, applied: Applied, records: list[Record]) -> dict[UUID, Record]:
    """These records, and those of corrections that were applied and are forgotten by now."""
    known = {one.item_id: one for one in records}
    if gone := [item for item, winner in applied if winner is None and item not in known]:
        known |= {one.item_id: one for one in coaching_items.patches(cursor, gone)}
    return known


def _taught(found: Applied, known: dict[UUID, Record]) -> Taught:
    applied = [_told(_item(known[item])) for item, winner in found if winner is None and item in known]
    conflicts = [{"item_id": str(item), "winner_id": str(winner)} for item, winner in found if winner is not None]
    return applied, conflicts


def _find(cursor: Cursor, workflow_id: str, item_id: str) -> tuple[Record, int]:
    """An item of a pack, and how many it has."""
    levels.known(cursor, workflow_id)
    found = {str(one.item_id): one for one in coaching_items.records(cursor, workflow_id)}
    if item_id not in found:
        listed = ", ".join(list(found)[:5]) or "none"
        raise InvalidRequestError(
            f"The pack of {workflow_id!r} has no item {item_id[:64]!r}. Its items: {listed}. Nothing was changed."
        )
    return found[item_id], len(found)


def _switched(made: Switch) -> Told:
    return {"workflow_id": made.workflow_id, "item_id": str(made.item_id), "on": made.switched_on}


def _covers(known: Record | None, counts: Counts) -> bool:
    """Whether nothing that a pack tells of an item is more than what is known here."""
    return known is not None and all(here >= there for here, there in zip(_greatest(known), counts, strict=True))


def _greatest(record: Record) -> Counts:
    """Each count as the greater of what was counted here and what a file claims: for sharing, never for a choice."""
    claimed = record.imported or Counts(0, 0, 0, 0)
    return Counts(*(max(pair) for pair in zip(record.own, claimed, strict=True)))


def _item(record: Record) -> Item:
    imported = None
    if record.imported:
        imported = record.imported._asdict() | {"by": record.imported_by, "source": record.imported_source}
    return Item(
        str(record.item_id),
        record.node_id,
        record.action_type,
        json.loads(record.patch),
        *record.own,
        off=record.off,
        enabled=record.enabled,
        by_person=record.by_person,
        imported=imported,
    )


def _explained(item: Item, moments: Moments) -> Told:
    changes, where = differences.of_patch(item.patch)
    first, last, applied, imported = (None if one is None else iso(one) for one in moments)
    told = {"first_seen_at": first, "last_seen_at": last, "last_applied_at": applied, "imported_at": imported}
    return _told(item) | {"changes": changes, "where": where} | told


def _told(item: Item) -> Told:
    states = {"laid_off": item.laid_off, "active": item.active, "trusted": item.trusted, "origin": item.origin}
    return item._asdict() | states

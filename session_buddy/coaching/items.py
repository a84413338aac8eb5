"""What corrections taught, and which of it to apply to a suggestion."""

import copy
import hashlib
import json
from typing import Any, NamedTuple
from uuid import UUID

from session_buddy.coaching.patches import Patch, applied, canonical, holds, specificity
from session_buddy.coaching.places import Ground
from session_buddy.errors import PatchError

# From so many uses on, an item that hurt more often than it helped is no longer applied.
HARM_AFTER = 3


class Item(NamedTuple):
    """Equal corrections of the same action on the same node of a workflow.

    `times_seen` counts the decisions that made it, `times_applied` the suggestions it was applied to, `helped` those of
    them that a person accepted, `hurt` those that were rejected or corrected again. A person has switched it `off`, or
    `enabled` it; `by_person` counts the decisions of persons that made it. `imported` holds the counts that a file
    claims: they are shown, and nothing is chosen by them. These four are the store's own and not part of a pack.
    """

    item_id: str
    node_id: str
    action_type: str
    patch: Patch
    times_seen: int = 1
    times_applied: int = 0
    helped: int = 0
    hurt: int = 0
    off: bool = False
    enabled: bool = False
    by_person: int = 0
    imported: dict[str, Any] | None = None

    @property
    def trusted(self) -> bool:
        """Whether a person has made it or enabled it, so that it may be applied without a question."""
        return not self.off and (self.enabled or self.by_person > 0)

    @property
    def active(self) -> bool:
        """Whether it is applied where it holds: a person stands behind it, or an assistant has reported it. One that
        was only imported waits for a person to enable it."""
        return not self.off and (self.trusted or self.times_seen > 0)

    @property
    def origin(self) -> str:
        """Where it comes from: a `person` has made it, an assistant has `reported` it, or it was `imported`."""
        return "person" if self.by_person else "reported" if self.times_seen else "imported"

    @property
    def laid_off(self) -> bool:
        """Whether it did harm often enough to be kept but not applied."""
        return self.times_applied >= HARM_AFTER and self.hurt > self.helped


class Conflict(NamedTuple):
    """An item that was left out, and the one that was applied in its place."""

    item_id: str
    winner_id: str


class Chosen(NamedTuple):
    """The corrected parameters and how they came about; all lists best record first but `applied`, which is in the
    order of application. `laid_off` and `switched_off` are those that would hold; `waiting` counts those that were
    imported for this kind of step and that no person has enabled."""

    parameters: dict[str, Any]
    applied: list[Item]
    conflicts: list[Conflict]
    laid_off: list[Item]
    switched_off: list[Item]
    waiting: int = 0

    @property
    def trusted(self) -> bool:
        """Whether a person stands behind everything that was applied."""
        return all(item.trusted for item in self.applied)


def unchanged(parameters: dict[str, Any]) -> Chosen:
    """Parameters to which no correction was applied."""
    return Chosen(parameters, [], [], [], [])


def identity(workflow_id: str, node_id: str, action_type: str, patch: Patch) -> UUID:
    """The id of an item: the first 128 bits of the SHA-256 of what it is made of, the same on every machine."""
    content = json.dumps([workflow_id, node_id, action_type, canonical(patch)])
    return UUID(bytes=hashlib.sha256(content.encode()).digest()[:16])


def choose(parameters: dict[str, Any], items: list[Item]) -> Chosen:
    """Apply to suggested parameters the items that hold on them, most tests first.

    Of items that touch the same place, only the one with the best record is applied: one that a person stands behind
    before one that was only reported; then the highest mean of its
    posterior under Beta(1, 1), (helped + 1) / (helped + hurt + 2); then more tests, then seen more often, then by id.
    Those that are switched off, laid off or not enabled are left out. The order of `items` does not matter.

    Args:
        parameters: JSON; they stay as they are.
        items: of one workflow, node and action, with different ids.
    """
    # What waits is not even compared: an import may hold ten thousand items.
    known = [item for item in items if item.active or item.off]
    holding = [item for item in sorted(known, key=_rank) if holds(parameters, item.patch)]
    winners, conflicts = _parted([item for item in holding if not item.laid_off and not item.off])
    result, done = copy.deepcopy(parameters), list[Item]()
    for item in sorted(winners, key=lambda item: -specificity(item.patch)):
        try:
            result = applied(result, item.patch)
        except PatchError:
            # Together two can make more than is allowed, though each alone does not.
            conflicts.append(Conflict(item.item_id, done[-1].item_id))
        else:
            done.append(item)
    laid_off = [item for item in holding if item.laid_off and not item.off]
    off = [item for item in holding if item.off]
    return Chosen(result, done, conflicts, laid_off, off, len(items) - len(known))


def _parted(ranked: list[Item]) -> tuple[list[Item], list[Conflict]]:
    """The items that touch no place of a better one, and the others."""
    ground, winners, conflicts = Ground(), list[Item](), list[Conflict]()
    for item in ranked:
        better = ground.first_met(item.patch)
        if better is None:
            ground.take(item.patch)
            winners.append(item)
        else:
            conflicts.append(Conflict(item.item_id, winners[better].item_id))
    return winners, conflicts


def _rank(item: Item) -> tuple[bool, float, int, int, str]:
    mean = (item.helped + 1) / (item.helped + item.hurt + 2)
    return not item.trusted, -mean, -specificity(item.patch), -item.times_seen, item.item_id

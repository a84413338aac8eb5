"""The examples that stand for each skill: past queries with what became of them, and the description."""

from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from session_buddy.ranking.growing import Growing
from session_buddy.ranking.parameters import BAD_WEIGHT, KEPT

Numbers = np.ndarray[Any, np.dtype[Any]]
EMPTY = -1


class Kept(NamedTuple):
    """What an example is known by."""

    skill: int
    query_id: UUID


class Examples:
    """At most `KEPT` past queries per skill, and its description beside them.

    With vectors (dimension > 0), a skill that is full keeps those least alike: of the two nearest the one goes that
    is nearer to the others too. Without vectors it keeps those with the smallest ids, which are hashes.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.owner = Growing(np.intp)
        self.good = Growing(np.float64)
        self.bad = Growing(np.float64)
        self.document = Growing(np.intp)
        self.is_description = Growing(np.bool_)
        self.vectors = Growing(np.float32, dimension)
        self._kept: list[Kept | None] = []
        self._rows: dict[tuple[int, UUID, bool], int] = {}
        self._of_skill: list[list[int]] = []
        self._free: list[int] = []
        self._places: Numbers | None = None

    def add_skill(self) -> None:
        self._of_skill.append([])
        self._places = None

    def find(self, skill: int, query_id: UUID, description: bool = False) -> int | None:
        """The row of an example, or None when it is not kept."""
        return self._rows.get((skill, query_id, description))

    def rows(self, skill: int) -> list[int]:
        """The rows of a skill's examples."""
        return self._of_skill[skill]

    def query_id(self, row: int) -> UUID:
        kept = self._kept[row]
        assert kept
        return kept.query_id

    def holds(self, row: int, query_id: UUID) -> bool:
        """Whether a row is still the example of this text."""
        kept = self._kept[row]
        return kept is not None and kept.query_id == query_id

    def description(self, skill: int) -> int | None:
        """The row of a skill's description."""
        return next((row for row in self._of_skill[skill] if self.is_description.values[row]), None)

    def vector(self, row: int) -> Numbers:
        return np.asarray(self.vectors.values[row])

    def weight(self) -> Numbers:
        """What each example weighs in its skill's centroid."""
        return np.asarray(self.good.values + BAD_WEIGHT * self.bad.values)

    def put(
        self, kept: Kept, good: int, bad: int, document: int, vector: Numbers | None, description: bool = False
    ) -> int:
        """Keep an example in a row of its own, and return that."""
        values = (kept.skill, good, bad, document, description)
        columns = (self.owner, self.good, self.bad, self.document, self.is_description)
        if self._free:
            row = self._free.pop()
            for column, value in zip(columns, values, strict=True):
                column.values[row] = value
            self.vectors.values[row] = 0 if vector is None else vector
            self._kept[row] = kept
        else:
            for column, value in zip(columns, values, strict=True):
                row = column.append(value)
            self.vectors.append(0 if vector is None else vector)
            self._kept.append(kept)
        self._rows[kept.skill, kept.query_id, description] = row
        self._of_skill[kept.skill].append(row)
        self._places = None
        return row

    def drop(self, row: int) -> None:
        """Forget an example; its row may be used again."""
        kept = self._kept[row]
        assert kept
        del self._rows[kept.skill, kept.query_id, bool(self.is_description.values[row])]
        self._of_skill[kept.skill].remove(row)
        self._kept[row] = None
        self.owner.values[row], self.good.values[row], self.bad.values[row] = EMPTY, 0, 0
        self.vectors.values[row] = 0
        self._free.append(row)
        self._places = None

    def surplus(self, skill: int) -> list[int]:
        """The rows that have to go, in order, so that at most `KEPT` past queries are left."""
        rows = [row for row in self._of_skill[skill] if not self.is_description.values[row]]
        if len(rows) <= KEPT:
            return []
        if not self.dimension:
            return sorted(rows, key=self.query_id)[KEPT:]
        return [rows[place] for place in most_alike(self.vectors.values[rows], len(rows) - KEPT)]

    def places(self) -> Numbers:
        """The rows of each skill (skills x the most that any has), `EMPTY` where there is none."""
        if self._places is None:
            width = max((len(rows) for rows in self._of_skill), default=0)
            made = np.full((len(self._of_skill), max(1, width)), EMPTY, np.intp)
            for skill, rows in enumerate(self._of_skill):
                made[skill, : len(rows)] = rows
            self._places = made
        return self._places


def most_alike(vectors: Numbers, number: int) -> list[int]:
    """The places of `number` vectors to leave out so that those that stay are as different as can be: again and again,
    of the two nearest to each other, the one whose next nearest is nearer."""
    products = vectors @ vectors.T
    np.fill_diagonal(products, -np.inf)
    gone = []
    for _ in range(number):
        first, second = divmod(int(products.argmax()), len(products))
        nexts = [np.partition(products[place], -2)[-2] for place in (first, second)]
        leaves = first if nexts[0] >= nexts[1] else second
        gone.append(leaves)
        products[leaves, :] = products[:, leaves] = -np.inf
    return gone


def grouped(values: Numbers, places: Numbers, missing: float) -> Numbers:
    """The values of each skill's examples (skills x places), `missing` where there is none."""
    return np.append(values, missing)[places]

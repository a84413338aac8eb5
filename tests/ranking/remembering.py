"""What a memory is filled with in tests: uses of texts, each with a vector of its own."""

from uuid import UUID, uuid4, uuid5

import numpy as np

from session_buddy.ranking.memory import Memory, Numbers
from session_buddy.store.history import Use
from session_buddy.store.invocations import Example

DIMENSION = 16
SPACE = UUID("0190e0c0-0000-7000-8000-000000000003")


def unit(text: str) -> Numbers:
    """The vector of a text, always the same and unlike others'."""
    vector = np.random.default_rng(uuid5(SPACE, text).int % 2**32).normal(size=DIMENSION)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def shown(text: str, outcome: str | None = "completed", second: int = 0) -> Example:
    """The invocation that is shown for a text."""
    return Example(uuid4(), text, outcome, None, "s", second * 1_000_000, None)


def use(skill: str, text: str, good: int = 1, bad: int = 0) -> Use:
    """Uses of a text by a skill."""
    return Use(skill, uuid5(SPACE, text), good, bad, shown(text))


def learn(memory: Memory, *uses: Use) -> None:
    """Let a memory take in uses."""
    found = {one.query_id: unit(one.example.user_query) for one in uses} if memory.examples.dimension else {}
    memory.learn(list(uses), lambda identity: found.get(identity))


def reweigh(memory: Memory, one: Use) -> None:
    """Let a memory change what a text's uses weigh."""
    memory.reweigh(one, unit(one.example.user_query) if memory.examples.dimension else None)


def describe(memory: Memory, skill: str, text: str) -> None:
    """Let a text stand for a skill."""
    memory.describe(skill, uuid5(SPACE, text), text, unit(text) if memory.examples.dimension else None)

"""Which packages are needed: the dependencies of dependencies, for one target."""

import functools
from collections.abc import Callable, Iterable

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.lock.targets import Target

Requires = Callable[[str, Target], list[str]]
"""The requirements in a package's metadata, for a target."""


def closure(roots: Iterable[str], requires: Requires, target: Target) -> dict[str, list[Requirement]]:
    """Every package that the roots need on a target, by normalised name, with the requirements that name it."""
    needed: dict[str, list[Requirement]] = {}
    visited: set[tuple[str, str]] = set()
    waiting = _applying(roots, "", target)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        needed.setdefault(name, []).append(requirement)
        for extra in {"", *requirement.extras}:
            if (name, extra) not in visited:
                visited.add((name, extra))
                waiting += _applying(requires(name, target), extra, target)
    return needed


def _applying(texts: Iterable[str], extra: str, target: Target) -> list[Requirement]:
    """The requirements that apply on a target, to a package with an extra (empty: without any)."""
    environment = target.environment() | {"extra": extra}
    found = map(_parsed, texts)
    return [one for one in found if one.marker is None or one.marker.evaluate(environment)]


@functools.cache
def _parsed(text: str) -> Requirement:
    return Requirement(text)

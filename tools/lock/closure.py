"""Which packages are needed: the dependencies of dependencies, for one target."""

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
    waiting = [Requirement(root) for root in roots]
    while waiting:
        requirement = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate(target.environment() | {"extra": ""}):
            continue
        name = canonicalize_name(requirement.name)
        needed.setdefault(name, []).append(requirement)
        for extra in {"", *requirement.extras}:
            if (name, extra) not in visited:
                visited.add((name, extra))
                waiting += _of_extra(requires(name, target), extra, target)
    return needed


def _of_extra(texts: list[str], extra: str, target: Target) -> list[Requirement]:
    """The requirements of a package with an extra (empty: without any), as requirements without a marker."""
    found = []
    for text in texts:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(target.environment() | {"extra": extra}):
            requirement.marker = None
            found.append(requirement)
    return found

"""Checks of the lock files that need no network: complete, consistent with the versions, made from what is there."""

import functools
import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.version import Version

from tools.lock import files
from tools.lock.closure import closure
from tools.lock.make import ABSENT, TORCH
from tools.lock.project import ROOT, Inputs
from tools.lock.targets import TARGETS, Target

PARTS = {
    "core": ("core",),
    "model": ("core", "model", "torch", "cuda"),
    "dev": ("core", "dev"),
    "build": ("build",),
}
"""The lock files that together hold the packages of each group of requirements."""


def problems(root: Path = ROOT) -> list[str]:
    """What is wrong with the lock files, one sentence each."""
    inputs = Inputs.read(root)
    locks = {group: files.read(root, group) for group in files.GROUPS}
    return [
        *_stale(inputs, locks),
        *_versions(inputs, locks),
        *(problem for group in PARTS for problem in _missing(inputs, locks, group)),
    ]


def _stale(inputs: Inputs, locks: dict[str, files.Lock]) -> Iterator[str]:
    for group, lock in locks.items():
        if lock.digest != inputs.digest:
            yield f"{files.FOLDER}/{group}.txt was made from another constraints.txt or pyproject.toml."


def _versions(inputs: Inputs, locks: dict[str, files.Lock]) -> Iterator[str]:
    locked = set()
    for group, lock in locks.items():
        for name, entry in lock.entries.items():
            locked.add(name)
            if inputs.versions.get(name) != entry.version:
                known = inputs.versions.get(name, "no version")
                yield f"{files.FOLDER}/{group}.txt has {name} {entry.version}; constraints.txt has {known}."
    for name in sorted(inputs.versions.keys() - locked):
        yield f"constraints.txt has {name}, which no lock file has."


def _missing(inputs: Inputs, locks: dict[str, files.Lock], group: str) -> Iterator[str]:
    """Packages that installed metadata requires on a target, where the lock files of a group lack them."""
    found = set()
    for target in TARGETS:
        entries = [entry for part in PARTS[group] for entry in _on(locks[part], target)]
        versions = {name: entry.version for name, entry in entries}
        for name, requirements in closure(inputs.groups[group], _installed, target).items():
            if (name, target.system, target.machine) in ABSENT:
                continue
            for requirement in requirements:
                if problem := _unmet(requirement, versions.get(name)):
                    found.add(f"The lock of {group} {problem} on {target.system} {target.machine}.")
    yield from sorted(found)


def _on(lock: files.Lock, target: Target) -> Iterator[tuple[str, files.Entry]]:
    for name, entry in lock.entries.items():
        if not entry.marker or Marker(entry.marker).evaluate(target.environment()):
            yield name, entry


def _unmet(requirement: Requirement, version: str | None) -> str | None:
    if version is None:
        return f"lacks {requirement.name}"
    if not requirement.specifier.contains(version, prereleases=True):
        return f"has {requirement.name} {version}, but {requirement} is required"
    return None


def _installed(name: str, target: Target) -> list[str]:
    return _metadata(name)


@functools.cache
def _metadata(name: str) -> list[str]:
    """The requirements of the installed package. One that is not installed here was resolved by `make lock`."""
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return []
    if name == TORCH and Version(distribution.version).local:
        return []  # a local build requires less than the builds of the index
    return distribution.requires or []

"""Making the lock files, with the files and the metadata of the package index."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from tools.lock import files
from tools.lock.closure import Requires, closure
from tools.lock.index import File, Index
from tools.lock.project import ROOT, Inputs
from tools.lock.targets import TARGETS, Target, marker_for

TORCH = "torch"
ABSENT = {(TORCH, "Darwin", "x86_64")}
"""Packages that publish nothing for a platform: there, only the tests without a model can run."""
_PARALLEL = 8
_TAGS = {target: target.tags() for target in TARGETS}


class Maker:
    """Makes the lock of a project from an index."""

    def __init__(self, inputs: Inputs, index: Index) -> None:
        self._inputs = inputs
        self._index = index
        self._files: dict[str, list[File]] = {}
        self._wheels: dict[str, list[File]] = {}
        self._required: dict[tuple[str, str, str], list[str]] = {}

    def make(self, root: Path = ROOT) -> dict[str, str]:
        """The text of each lock file, by group.

        Raises:
            LookupError: a package has no version in constraints.txt, or no wheel for a target.
        """
        self._fetch_wheels()
        return {
            group: files.text(group, self._inputs.digest, self._entries(root, group, needed))
            for group, needed in self._by_group().items()
        }

    def _fetch_wheels(self) -> None:
        versions = self._inputs.versions
        with ThreadPoolExecutor(_PARALLEL) as pool:
            self._files = dict(zip(versions, pool.map(self._index.files, versions, versions.values()), strict=True))
            self._wheels = {name: [file for file in found if file.is_wheel] for name, found in self._files.items()}
            # Read in parallel what the closures below read one by one.
            list(pool.map(self._read_metadata, versions))

    def _read_metadata(self, name: str) -> None:
        for target in TARGETS:
            self._requires(name, target)

    def _by_group(self) -> dict[str, dict[str, set[Target]]]:
        """The packages of each group, with the targets that need them. A package may be in several groups: each of
        them can be installed without the others, except that all but the build backend build on `core`."""
        groups = {name: self._needed(roots, self._requires) for name, roots in self._inputs.groups.items()}
        without_cuda = self._needed(self._inputs.groups["model"], self._requires_without_cuda)
        core, model = groups["core"], groups["model"]
        return {
            "core": core,
            "model": _minus({name: model[name] for name in without_cuda if name != TORCH}, core),
            "torch": {TORCH: {target for target in model[TORCH] if not _has_none(TORCH, target)}},
            "cuda": _minus(model, without_cuda),
            "dev": _minus(groups["dev"], core),
            "build": groups["build"],
        }

    def _needed(self, roots: list[str], requires: Requires) -> dict[str, set[Target]]:
        needed: dict[str, set[Target]] = {}
        for target in TARGETS:
            for name, requirements in closure(roots, requires, target).items():
                self._check(name, requirements, target)
                needed.setdefault(name, set()).add(target)
        return needed

    def _check(self, name: str, requirements: Iterable[Requirement], target: Target) -> None:
        version = self._inputs.versions.get(name)
        for requirement in requirements:
            if version is None:
                raise LookupError(f"constraints.txt has no version of {name}; {requirement} is required on {target}.")
            if not requirement.specifier.contains(version, prereleases=True):
                raise LookupError(f"constraints.txt has {name} {version}, but {requirement} is required on {target}.")

    def _requires(self, name: str, target: Target) -> list[str]:
        key = (name, target.system, target.machine)
        if name in self._wheels and key not in self._required:
            best = self._wheel(name, target)
            others = sorted(self._wheels[name], key=lambda wheel: _distance(wheel, target))
            wheels = [best, *others] if best else others
            self._required[key] = self._index.requirements(name, self._inputs.versions[name], wheels)
        return self._required.get(key, [])

    def _requires_without_cuda(self, name: str, target: Target) -> list[str]:
        """PyTorch marks the libraries for graphics cards by the platform; a CPU build has no such requirements."""
        needs = self._requires(name, target)
        return [one for one in needs if "platform_system" not in one] if name == TORCH else needs

    def _wheel(self, name: str, target: Target) -> File | None:
        """The wheel that pip prefers on a target: one per platform is enough, Python versions share the metadata."""
        first = next(one for one in TARGETS if (one.system, one.machine) == (target.system, target.machine))
        return self._best(name, first) or self._best(name, target)

    def _best(self, name: str, target: Target) -> File | None:
        ranked = ((_rank(wheel, target), wheel.filename, wheel) for wheel in self._wheels.get(name, []))
        return min((one for one in ranked if one[0] is not None), default=(None, "", None))[2]

    def _entries(self, root: Path, group: str, needed: dict[str, set[Target]]) -> list[files.Entry]:
        former = files.read(root, group).entries
        return [self._entry(name, targets, former.get(name)) for name, targets in needed.items()]

    def _entry(self, name: str, targets: set[Target], former: files.Entry | None) -> files.Entry:
        version = self._inputs.versions[name]
        hashes = [one.sha256 for one in self._wheels[name] if any(_rank(one, target) is not None for target in TARGETS)]
        # A source archive runs code of its build; it is listed only where there is no wheel.
        unserved = sorted({(one.system, one.machine) for one in targets if not self._best(name, one)})
        if unserved:
            sources = [file.sha256 for file in self._files[name] if not file.is_wheel]
            if not sources:
                raise LookupError(f"The index has no wheel of {name} {version} for {unserved}.")
            hashes += sources
        # A machine without a local build keeps the hashes that another machine added.
        kept = former.local if former and former.version == version else {}
        local = kept | self._index.local_builds(name, version)
        built = tuple(" ".join(platform) for platform in unserved)
        return files.Entry(canonicalize_name(name), version, marker_for(targets), tuple(hashes), local, built)


def _rank(wheel: File, target: Target) -> int | None:
    ranks = (_TAGS[target].get(tag) for tag in parse_wheel_filename(wheel.filename)[3])
    return min((rank for rank in ranks if rank is not None), default=None)


def _distance(wheel: File, target: Target) -> int:
    """How far the platform of a wheel is from that of a target."""
    system = {"Linux": "linux", "Darwin": "macosx", "Windows": "win"}[target.system]
    return (system not in wheel.filename) + (target.machine.lower() not in wheel.filename)


def _has_none(name: str, target: Target) -> bool:
    return (name, target.system, target.machine) in ABSENT


def _minus(some: dict[str, set[Target]], others: dict[str, set[Target]]) -> dict[str, set[Target]]:
    """The packages of `some` on the targets where `others` do not need them."""
    rest = {name: targets - others.get(name, set()) for name, targets in some.items()}
    return {name: targets for name, targets in rest.items() if targets}

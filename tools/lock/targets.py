"""The Pythons and platforms that the lock covers, and the environment markers that tell them apart."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms

PYTHONS = ((3, 11), (3, 12), (3, 13))
_OLDEST_GLIBC, _NEWEST_GLIBC = 5, 42
_MACOS = (26, 0)


@dataclass(frozen=True, order=True)
class Target:
    """One Python on one platform."""

    python: tuple[int, int]
    system: str
    machine: str

    def __str__(self) -> str:
        return f"Python {self.python[0]}.{self.python[1]} on {self.system} {self.machine}"

    def environment(self) -> dict[str, str]:
        """The values of the environment markers."""
        version = f"{self.python[0]}.{self.python[1]}"
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{version}.0",
            "os_name": "nt" if self.system == "Windows" else "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": self.system,
            "platform_version": "",
            "python_full_version": f"{version}.0",
            "python_version": version,
            "sys_platform": {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}[self.system],
        }

    def tags(self) -> dict[Tag, int]:
        """The tags of the wheels that it can install, with their rank; the best is 0."""
        platforms = list(_platforms(self.system, self.machine))
        interpreter = f"cp{self.python[0]}{self.python[1]}"
        every = itertools.chain(
            cpython_tags(self.python, abis=[interpreter], platforms=platforms),
            compatible_tags(self.python, interpreter, platforms),
        )
        return {tag: rank for rank, tag in reversed(list(enumerate(every)))}


PLATFORMS = (
    ("Linux", "x86_64"),
    ("Linux", "aarch64"),
    ("Darwin", "x86_64"),
    ("Darwin", "arm64"),
    ("Windows", "AMD64"),
)
TARGETS = tuple(Target(python, *platform) for python in PYTHONS for platform in PLATFORMS)


def marker_for(targets: Iterable[Target]) -> str:
    """Find the shortest marker that holds on exactly these targets; empty if it is all of them.

    Raises:
        ValueError: no marker of up to three comparisons does.
    """
    wanted = frozenset(targets)
    if wanted == frozenset(TARGETS):
        return ""
    for marker in _markers():
        if frozenset(target for target in TARGETS if Marker(marker).evaluate(target.environment())) == wanted:
            return marker
    raise ValueError(f"No marker tells these apart: {', '.join(map(str, sorted(wanted)))}")


def _markers() -> Iterator[str]:
    values = {
        "sys_platform": sorted({target.environment()["sys_platform"] for target in TARGETS}),
        "platform_machine": sorted({target.machine for target in TARGETS}),
    }
    simple = [f'{name} {sign} "{value}"' for name in values for value in values[name] for sign in ("==", "!=")]
    simple += [f'python_version {sign} "{major}.{minor}"' for major, minor in PYTHONS[1:] for sign in ("<", ">=")]
    yield from simple
    for count in (2, 3):
        for joint in (" and ", " or "):
            yield from map(joint.join, itertools.combinations(simple, count))


def _platforms(system: str, machine: str) -> Iterator[str]:
    if system == "Windows":
        yield f"win_{machine.lower()}"
    elif system == "Darwin":
        yield from mac_platforms(_MACOS, machine)
    else:
        for minor in range(_NEWEST_GLIBC, _OLDEST_GLIBC - 1, -1):
            yield f"manylinux_2_{minor}_{machine}"
            if old := {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}.get(minor):
                yield f"{old}_{machine}"
        yield f"linux_{machine}"

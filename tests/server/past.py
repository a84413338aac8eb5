"""A few problems that skills were used for, for tests of what is recommended."""

from typing import Any

from tests.server.buddy import Tools

HISTORY = {
    "debugging": ["tests fail only on the build server", "a test fails every other time", "the build server is slow"],
    "refactoring": ["split this class in two", "this function is too long", "names of functions are unclear"],
    "release-notes": ["write what changed since the last release", "which tickets went into the release"],
}
NEAR = "a test fails on the build server"


async def fill(tools: Tools) -> None:
    """Let every skill complete its problems."""
    for skill, queries in HISTORY.items():
        for query in queries:
            await tools.used(skill, query)


def by_name(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Recommendations by their skill, of which each has one."""
    assert len({one["skill_name"] for one in found}) == len(found)
    return {one["skill_name"]: one for one in found}

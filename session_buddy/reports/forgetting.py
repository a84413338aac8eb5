"""What is forgotten, as text."""

from typing import Any

# What one row of a table is called, and several.
_NAMES = {
    "invocation": ("invocation", "invocations"),
    "completion": ("end of an invocation", "ends of invocations"),
    "recommendation": ("recommendation", "recommendations"),
    "query": ("text", "texts"),
    "vectors": ("vector", "vectors"),
    "skill": ("skill of the catalogue", "skills of the catalogue"),
    "project": ("path of a project", "paths of projects"),
    "session_event": ("note that a session ended", "notes that sessions ended"),
}
_UNSAID = {"classifier"}


def forgotten_text(plan: dict[str, Any], done: bool) -> str:
    """What goes, or has gone, one line per kind; `files` are the paths of those that go too."""
    lines = ["Forgotten:" if done else "This would be forgotten:"]
    lines += [f"  {told}" for told in _named(plan["gone"])]
    lines += [f"  parts of {told}, the rest of which stays" for told in _named(plan["changed"])]
    lines += [f"  the file {path}" for path in plan["files"]]
    lines.append(
        "Backups and exports elsewhere are not touched: remove those that hold it."
        if done
        else "It cannot be undone. Backups and exports elsewhere are not touched."
    )
    return "\n".join(lines)


def _named(counts: dict[str, int]) -> list[str]:
    found: dict[str, int] = {}
    for table, count in counts.items():
        name = "vectors" if table.startswith("vector_") else table
        found[name] = found.get(name, 0) + count
    order = list(_NAMES)
    names = sorted(found.keys() - _UNSAID, key=lambda name: (order.index(name) if name in order else len(order), name))
    return [_told(name, found[name]) for name in names]


def _told(name: str, count: int) -> str:
    one, many = _NAMES.get(name, (f"row of {name}", f"rows of {name}"))
    return f"{count:,} {one if count == 1 else many}"

"""What is forgotten, as text."""

from typing import Any

_NAMES = {
    "invocation": "invocations",
    "completion": "ends of invocations",
    "recommendation": "recommendations",
    "query": "texts",
    "vectors": "vectors",
    "skill": "skills of the catalogue",
    "project": "paths of projects",
}
_UNSAID = {"classifier"}


def forgotten_text(plan: dict[str, Any], done: bool) -> str:
    """What goes, or has gone, one line per kind; `files` are the paths of those that go too."""
    lines = ["Forgotten:" if done else "This would be forgotten:"]
    lines += [f"  {count} {name}" for name, count in _named(plan["gone"])]
    lines += [f"  parts of {count} {name} that stay" for name, count in _named(plan["changed"])]
    lines += [f"  the file {path}" for path in plan["files"]]
    lines.append(
        "Backups and exports elsewhere are not touched: remove those that hold it."
        if done
        else "It cannot be undone. Backups and exports elsewhere are not touched."
    )
    return "\n".join(lines)


def _named(counts: dict[str, int]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for table, count in counts.items():
        name = "vectors" if table.startswith("vector_") else table
        found[name] = found.get(name, 0) + count
    order = list(_NAMES)
    names = sorted(found.keys() - _UNSAID, key=lambda name: (order.index(name) if name in order else len(order), name))
    return [(_NAMES.get(name, f"rows of {name}"), found[name]) for name in names]

"""What `recover` has done, as text."""

from typing import Any

_UNKNOWN = "?"
_NAME = 24


def recovery_text(result: dict[str, Any]) -> str:
    """A table of rows by table (empty ones left out), what is lost besides, and what to do next."""
    lines = [f"{'table':<{_NAME}}{'found':>10}{'read':>10}{'lost':>10}"]
    for table in result["tables"]:
        if table["found"] == 0 and not table["read"]:
            continue
        found, lost = (_UNKNOWN if table[name] is None else f"{table[name]}" for name in ("found", "lost"))
        lines.append(f"{table['table']:<{_NAME}}{found:>10}{table['read']:>10}{lost:>10}")
    lines += ["", _verdict(result)]
    log = result["log"]
    if log["left_out"]:
        lines.append(
            f"Of the log beside it, {log['left_out']} of {log['bytes']} bytes could not be applied: "
            "what was written last and stood in them is lost."
        )
    lines += [
        "Vectors and the classifier are not copied; they are made anew from the texts.",
        f"{result['store']} and its log were not changed. What could be read is in {result['file']}.",
        f"To go on with it: {result['next']} (the old store is kept).",
    ]
    return "\n".join(lines)


def _verdict(result: dict[str, Any]) -> str:
    if not result["complete"]:
        return "The store is damaged. Not everything could be read."
    if result["mended"]:
        return "The store is damaged where it says what lies where. Everything that was found in it could be read."
    return "Everything could be read."

"""Long results in parts."""

from typing import Any

PAGE_SIZE = 20


def paged(report: dict[str, Any], page: int) -> dict[str, Any]:
    """A report with one page of each of its lists, and of the phases of its heatmap; the totals stay. Pages count from
    1; one after the last holds empty lists."""
    lists = {name: value for name, value in report.items() if isinstance(value, list)}
    heatmap = report["heatmap"]
    longest = max([len(heatmap["phases"]), *map(len, lists.values())])
    shown = {name: _part(value, page) for name, value in lists.items()}
    phases = _part(heatmap["phases"], page)
    cells = [cell for cell in heatmap["cells"] if cell["phase"] in phases]
    return (
        report
        | shown
        | {
            "heatmap": heatmap | {"phases": phases, "cells": cells},
            "totals": {name: len(value) for name, value in lists.items()},
            "page": page,
            "pages": max(1, -(-longest // PAGE_SIZE)),
        }
    )


def _part(rows: list[Any], page: int) -> list[Any]:
    return rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]

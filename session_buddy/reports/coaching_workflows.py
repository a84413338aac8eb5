"""Workflows under coaching as text for people: what they have earned, and why."""

import textwrap
from typing import Any

from session_buddy.reports.coaching_table import (
    Column,
    confidence_text,
    counted,
    minute,
    share,
    stats_lines,
    statuses_text,
    table,
)
from session_buddy.reports.columns import more, percent, plain, short
from session_buddy.reports.text import day

NAME = 80
DAYS = 14
CORRECTED = 5
NONE = "No workflow was coached yet. An assistant starts one with coaching_start."
LEVELS = {
    "OBSERVATION": "the person acts, and steps are recorded",
    "COACHING": "steps are suggested, and the person decides",
    "AUTO": "it runs by itself; a reject, a correct or a failure takes it back to COACHING",
}
_MET, _NOT_MET = "met      ", "not met  "
_HEAD = [
    Column("workflow", 8),
    Column("level"),
    Column("since"),
    Column("readiness"),
    Column("progress"),
    Column("unmet", 8),
]
_NODES = [
    Column("node", 8), Column("action", 6), Column("decisions", number=True), Column("accepted", number=True),
    Column("rejected", number=True), Column("corrected", number=True), Column("confidence"),
]  # fmt: skip
_DAYS = [
    Column("day (UTC)"), Column("decisions", number=True), Column("accepted", number=True),
    Column("rejected", number=True), Column("corrected", number=True), Column("rate", number=True),
]  # fmt: skip
_THRESHOLDS = [
    Column("threshold"), Column("value", number=True), Column("default", number=True), Column("meaning", 20)
]  # fmt: skip

Told = dict[str, Any]


def workflows_text(found: Told, width: int | None = None) -> str:
    """A line for each workflow, how many there are of each level, and what is corrected most."""
    if not found["workflows"]:
        return NONE
    lines = table(_HEAD, [_row(one) for one in found["workflows"]], width)
    levels = ", ".join(f"{count:,} at {level}" for level, count in found["by_level"].items() if count)
    lines += ["", f"{counted(len(found['workflows']), 'workflow')}: {levels}"]
    corrected = [
        f"{short(one['workflow_id'], 40)}, {short(one['node_id'], 40)} ({one['corrected']:,} of {one['decisions']:,})"
        for one in found["most_corrected"][:CORRECTED]
    ]
    return "\n".join([*lines, *([f"most corrected: {'; '.join(corrected)}"] if corrected else [])])


def workflow_text(one: Told, width: int | None = None) -> str:
    """Everything that is known of a workflow."""
    lines = [_title(one), statuses_text({status: n for status, n in one["sessions"].items() if status != "total"})]
    lines += [f"resumable: {', '.join(short(name, NAME) for name in one['resumable'][:5])}"] if one["resumable"] else []
    lines += stats_lines(one["stats"])
    if one["stats"]["suggestions_made"]:
        lines.append(
            f"decided by: {', '.join(f'{count:,} {_MAKERS[who]}' for who, count in one['decided_by'].items())}"
        )
    lines += [_known(one["corrections_known"], one["workflow_id"]), "", *readiness_lines(one, width)]
    if one["nodes"]:
        lines += ["", "Steps", *table(_NODES, [_node(node) for node in one["nodes"]], width), *_corrected(one["nodes"])]
    if one["level_changes"]:
        lines += ["", "Levels", *(_change(change) for change in one["level_changes"])]
    if one["days"]:
        rows = [_day(each) for each in one["days"][-DAYS:]]
        lines += [
            "",
            "Decisions per day",
            *table(_DAYS, rows, width),
            *more(len(rows), len(one["days"]), "days (--json)"),
        ]
    return "\n".join(lines)


def readiness_lines(one: Told, width: int | None = None) -> list[str]:
    """The six criteria with their values and bars, and beside them what assistants have reported."""
    ready, reported = one["readiness"], one["reported_only"]
    met = sum(criterion["met"] for criterion in ready["criteria"])
    lines = [
        f"For AUTO: {ready['state']}; {met} of {len(ready['criteria'])} criteria met, learning progress "
        f"{percent(100 * ready['learning_progress'])}"
    ]
    for criterion in ready["criteria"]:
        lines += _wrapped(_MET if criterion["met"] else _NOT_MET, plain(criterion["text"]), width)
    if reported["decisions"]:
        rate = 100 * reported["accepted"] / reported["decisions"]
        text = (
            f"{counted(reported['decisions'], 'decision')} that assistants reported, "
            f"{share(rate, reported['accepted'], reported['decisions'])} accepted, stand beside these and count for "
            "nothing here."
        )
        lines += _wrapped("", text, width)
    return lines


def promotion_text(one: Told, width: int | None = None) -> str:
    """What a person sees before they promote a workflow."""
    levels = list(LEVELS)
    lines = [_title(one), "", *readiness_lines(one, width)]
    if one["level"] != levels[-1]:
        following = levels[levels.index(one["level"]) + 1]
        lines += ["", *_wrapped("", f"Promoted, it is at {following}: {LEVELS[following]}.", width)]
    return "\n".join(lines)


def leveled_text(change: Told) -> str:
    """A workflow after its level was changed."""
    return (
        f"{short(change['workflow_id'], NAME)} went from {change['previous']} to {change['level']}: "
        f"{LEVELS[change['level']]}. This is on record."
    )


def thresholds_text(found: Told, width: int | None = None) -> str:
    """The bars of readiness, and below them what was changed."""
    rows = []
    for one in found["thresholds"]:
        first, *others = [one["meaning"]] if width is None else textwrap.wrap(one["meaning"], max(20, width - 35))
        rows.append([one["name"], f"{one['value']:g}", f"{one['default']:g}", first])
        rows += [["", "", "", other] for other in others]
    lines = [*table(_THRESHOLDS, rows, width), ""]
    changes = [
        f"  {minute(one['changed_at'])}  {one['name']} set to {one['value']:g} by {_who(one['decided_by'])}"
        for one in found["changes"]
    ]
    return "\n".join([*lines, *(["Changes, newest first", *changes] if changes else ["No bar was ever changed."])])


_BY = {"person": "a person", "reported": "an assistant or a program"}
_MAKERS = {"person": "by a person", "reported": "reported by an assistant", "auto": "by nobody"}


def _title(one: Told) -> str:
    since = f" since {day(one['level_since'])}" if one["level_since"] else ""
    return f"Workflow {plain(one['workflow_id'])} is at {one['level']}{since}: {LEVELS[one['level']]}"


def _row(one: Told) -> list[str]:
    return [
        one["workflow_id"],
        one["level"],
        day(one["level_since"]) if one["level_since"] else "–",
        one["readiness"],
        percent(100 * one["learning_progress"]),
        "all" if len(one["unmet"]) == 6 else ", ".join(name.replace("_", " ") for name in one["unmet"]) or "–",
    ]


def _known(count: int, name: str) -> str:
    if not count:
        return "no correction is known"
    return f"{counted(count, 'correction')} known: session-buddy packs show {short(name, NAME)}"


def _node(one: Told) -> list[str]:
    counts = (f"{one[name]:,}" for name in ("decisions", "accepted", "rejected", "corrected"))
    return [one["node_id"], one["action_type"], *counts, confidence_text(one["confidence"], one["confidence_n"])]


def _corrected(nodes: list[Told]) -> list[str]:
    most = sorted((one for one in nodes if one["corrected"]), key=lambda one: -one["corrected"])[:CORRECTED]
    named = [f"{short(one['node_id'], 40)} ({one['corrected']:,} of {one['decisions']:,})" for one in most]
    return [f"most corrected: {', '.join(named)}"] if named else []


def _day(one: Told) -> list[str]:
    judged = one["accepted"] + one["rejected"] + one["corrected"]
    counts = [f"{one[name]:,}" for name in ("decisions", "accepted", "rejected", "corrected")]
    return [one["day"], *counts, percent(one["acceptance_rate"]) if judged else "–"]


def _change(one: Told) -> str:
    """A change of level, with why and the criteria that were met then."""
    reason = f": {plain(one['reason'])}" if one["reason"] else ""
    criteria = one["figures"].get("criteria", [])
    met = f" ({sum(each['met'] for each in criteria)} of {len(criteria)} criteria met)" if criteria else ""
    return (
        f"  {minute(one['changed_at'])}  {one['previous']} to {one['level']}, by {_who(one['decided_by'])}{reason}{met}"
    )


def _who(who: str) -> str:
    return _BY.get(who, plain(who))


def _wrapped(mark: str, text: str, width: int | None) -> list[str]:
    """A line, or several with a hanging indent where the terminal is narrow."""
    indent = "  " + mark
    if width is None:
        return [indent + text]
    return textwrap.wrap(text, max(width, len(indent) + 20), initial_indent=indent, subsequent_indent=" " * len(indent))

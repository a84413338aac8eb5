"""Coaching sessions as text for people."""

from typing import Any

from session_buddy.reports.coaching_table import (
    Column,
    acceptance_text,
    confidence_text,
    counted,
    fitted,
    json_text,
    minute,
    share,
    stats_lines,
    statuses_text,
    table,
)
from session_buddy.reports.columns import more, plain, short
from session_buddy.reports.text import day, duration

NAME = 80
LISTED = 50
NONE = "No coaching session was started yet. An assistant starts one with coaching_start."
_HEAD = [
    Column("session", 33), Column("workflow", 8), Column("status"), Column("steps"), Column("touched"),
    Column("accepted"),
]  # fmt: skip
_PRUNED_HEAD = [Column("session", 33), Column("workflow", 8), Column("status"), Column("touched")]
_BY = {"person": "a person", "reported": "an assistant's report", "auto": "nobody, it runs by itself"}
_LEFT = "What they have taught goes with them, and their decisions count no longer."

Told = dict[str, Any]


def sessions_text(found: list[Told], wanted: Told, width: int | None = None) -> str:
    """A line for each coaching session; `wanted` are the filters that they were found with."""
    if not found:
        return _none(wanted)
    rows = [
        [
            one["session_id"],
            one["workflow_id"],
            one["status"],
            _steps(one),
            day(one["updated_at"]),
            acceptance_text(one["stats"]),
        ]
        for one in found
    ]
    lines = table(_HEAD, rows, width)
    if len(found) == wanted["limit"]:
        lines.append(f"These are the newest {len(found):,}; --limit shows more.")
    return "\n".join(lines)


def session_text(one: Told, width: int | None = None) -> str:
    """One coaching session: what was decided in it, in order, and what is still to be decided."""
    lines = [
        f"Coaching session {short(one['session_id'], NAME)} of {short(one['workflow_id'], NAME)} ({one['level']})",
        f"{_status(one)}, {_progress(one)}; started {minute(one['started_at'])}, last touched "
        f"{minute(one['updated_at'])}",
    ]
    lines += [f"error: {plain(one['error_message'])}"] if one["error_message"] else []
    lines += [f"execution: {plain(one['execution_id'])}"] if one["execution_id"] else []
    lines += fitted([f"{name}: {json_text(one[name])}" for name in ("variables", "metadata") if one[name]], width)
    lines += [*stats_lines(one["stats"]), *map(plain, one["notes"])]
    for decision in one["decisions"]:
        lines += ["", *fitted(_decision(decision), width)]
    if one["pending"]:
        count = counted(len(one["pending"]), "suggestion")
        lines += ["", f"{'Never decided' if one['completed_at'] else 'Still to be decided'}: {count}"]
    for suggestion in one["pending"]:
        lines += ["", *fitted(_pending(suggestion), width)]
    return "\n".join(lines)


def changed_text(one: Told) -> str:
    """A coaching session after it was paused, resumed or ended."""
    name = short(one["session_id"], NAME)
    if one["status"] == "paused":
        return f"{name} is paused. To go on: session-buddy sessions resume {name}"
    if one["status"] == "active":
        return f"{name} is active, {_progress(one)}."
    return f"{name} has ended: {one['status']}. Its workflow {short(one['workflow_id'], NAME)} is at {one['level']}."


def undone_text(found: Told) -> str:
    """What was taken back."""
    one = found["undone"]
    return (
        f"Taken back: step {one['step_index'] + 1}, {_step(one)}: {one['decision']} by {_BY[one['decided_by']]}. "
        f"This is on record. {short(found['session_id'], NAME)} is {found['status']}, {_progress(found)}."
    )


def deletion_text(one: Told) -> str:
    """What a person is asked before a coaching session is deleted."""
    return (
        f"{short(one['session_id'], NAME)} of {short(one['workflow_id'], NAME)} is {one['status']}, {_progress(one)}.\n"
        f"What it has taught goes with it, and its decisions count no longer. Delete it?"
    )


_KEPT = "Only a person removes these, on a terminal."


def pruned_text(found: Told, width: int | None = None) -> str:
    """Which coaching sessions would go, or have gone, because nothing has touched them for long."""
    listed, days = found["sessions"], f"{found['days']:g} {'day' if found['days'] == 1 else 'days'}"
    kept = found.get("kept")
    held = [f"Left out: {counted(kept, 'coaching session')} with decisions of a person. {_KEPT}"] if kept else []
    if not listed:
        return "\n".join([f"No coaching session was untouched for {days}. Nothing was removed.", *held])
    rows = [[one["session_id"], one["workflow_id"], one["status"], day(one["updated_at"])] for one in listed[:LISTED]]
    lines = [
        *table(_PRUNED_HEAD, rows, width),
        *more(len(rows), len(listed), "sessions (--json shows all)"),
        "",
        *held,
    ]
    count = counted(len(listed), "coaching session")
    if not found["dry_run"]:
        return "\n".join([*lines, f"Removed: {count} untouched for {days}, {counted(found['rows'], 'row')} in all."])
    return "\n".join(
        [
            *lines,
            f"{count} untouched for {days} would go. {_LEFT} Nothing was removed.",
            "To remove them, run the same again with --yes.",
        ]
    )


def statistics_text(found: Told) -> str:
    """Counts and rates over all coaching sessions."""
    if not found["total_sessions"]:
        return NONE
    accepted, rejected, corrected = (found[f"total_{name}"] for name in ("accepted", "rejected", "corrected"))
    judged = accepted + rejected + corrected
    lines = [statuses_text(found["by_status"])]
    if not found["total_decisions"]:
        return "\n".join([*lines, "no decision yet"])
    lines.append(
        f"{counted(found['total_decisions'], 'decision')}: {accepted:,} accepted, {rejected:,} rejected, "
        f"{corrected:,} corrected, {found['total_decisions'] - judged:,} by hand, skipped or without asking"
    )
    if judged:
        lines.append(
            f"accepted {share(found['overall_acceptance_rate'], accepted, judged)}, "
            f"corrected {share(found['overall_correction_rate'], corrected, judged)}"
        )
    return "\n".join(lines)


def _none(wanted: Told) -> str:
    parts = [f"of {short(wanted['workflow_id'], NAME)}"] if wanted["workflow_id"] else []
    parts += [f"that is {wanted['status']}"] if wanted["status"] else []
    return f"There is no coaching session {' '.join(parts)}." if parts else NONE


def _steps(one: Told) -> str:
    done, total = one["current_step_index"], one["total_steps"]
    return f"{done} of {total}" if total else str(done)


def _progress(one: Told) -> str:
    done, total = one["current_step_index"], one["total_steps"]
    return f"{done:,} of {counted(total, 'step')} decided" if total else f"{counted(done, 'step')} decided"


def _status(one: Told) -> str:
    return f"{one['status']} {minute(one['completed_at'])}" if one["completed_at"] else str(one["status"])


def _step(one: Told) -> str:
    return f"{short(one['node_id'], NAME)} ({short(one['action_type'], NAME)})"


def _decision(one: Told) -> list[str]:
    took = "" if one["decision_seconds"] is None else f", after {duration(one['decision_seconds'])}"
    ended = {True: "; succeeded", False: "; failed", None: ""}[one["execution_success"]]
    lines = [
        f"{one['step_index'] + 1}. {_step(one)}: {one['decision']}{ended}",
        f"   by {_BY[one['decided_by']]} ({one['source']}), {minute(one['timestamp'])}{took}",
    ]
    lines += [f"   used instead: {json_text(one['correction'])}"] if one["correction"] is not None else []
    lines += [f"   feedback: {plain(one['feedback'])}"] if one["feedback"] else []
    lines += [f"   error: {plain(one['error_message'])}"] if one["error_message"] else []
    return lines


def _pending(one: Told) -> list[str]:
    return [
        f"{one['step_index'] + 1}. {_step(one)}, suggested {minute(one['suggested_at'])}",
        f"   parameters: {json_text(one['parameters'])}",
        f"   confidence: {confidence_text(one['confidence'], one['confidence_n'])}",
    ]

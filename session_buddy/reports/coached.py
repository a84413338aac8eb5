"""What the tools of coaching say to the assistant that called them."""

import json
from typing import Any

from session_buddy.common.quoted_text import quoted, quoted_json
from session_buddy.reports.columns import percent, short
from session_buddy.reports.text import day

NAME = 60
LISTED = 20
FEEDBACK = 4_000
_WHAT_NOW = {
    "observe": "The person does this step; record it with coaching_decide, decision manual, and the parameters used.",
    "ask": "Ask the person: accept, reject, correct (with all parameters), manual (done by hand) or skip? Then call "
    "coaching_decide with this suggestion_id and what they said.",
    "auto": "Do it with these parameters, then call coaching_outcome with this suggestion_id.",
}
_DECIDED = {
    "accept": "Do it with these parameters, then call coaching_outcome with this suggestion_id.",
    "correct": "Do it with these corrected parameters, then call coaching_outcome with this suggestion_id.",
    "reject": "Do not do it. Suggest something else, or ask the person how to go on.",
    "manual": "The person does it by hand. Go on with the next step when they have.",
    "skip": "Do not do it; go on with the next step.",
}
_BY = {"person": "the person", "reported": "your report", "auto": "nobody: the workflow runs by itself"}

Told = dict[str, Any]


def suggested_text(one: Told, why: str | None) -> str:
    """A suggestion: what to do with it, the parameters to use, and how sure one can be."""
    decision = one["decision"]
    if decision:
        head = f"{decision['decision']}, decided by {_BY[decision['decided_by']]}."
        now = _DECIDED[decision["decision"]]
        if decision["execution_success"] is not None:
            now = "Its outcome is known already."
    else:
        head = f"Mode {one['mode']}." + (f" Pending: {why}." if why else "")
        now = _WHAT_NOW[one["mode"]]
    lines = [f"{head} {now}", f"suggestion_id {one['suggestion_id']}", f"parameters {_json(one['parameters'])}"]
    if one["corrections_applied"]:
        applied = one["corrections_applied"]
        lines.append(f"{_count(applied, 'correction')} applied that persons have made before.")
        if reported := [item for item in applied if not item.get("trusted", True)]:
            lines.append(f"{len(reported)} of them only as an assistant has reported.")
    if one["conflicts"]:
        lines.append(f"{_count(one['conflicts'], 'correction')} gave way to another one.")
    if decision and decision["feedback"]:
        lines.append(f"The person says: {quoted(decision['feedback'], FEEDBACK)}")
    return "\n".join([*lines, _confidence(one), *one["notes"]])


def decided_text(found: Told) -> str:
    """A decision as it is stored now."""
    one, stats = found["decision"], found["stats"]
    lines = [
        f"Step {one['step_index'] + 1}, {short(one['node_id'], NAME)}: {one['decision']} by {_BY[one['decided_by']]}."
    ]
    if one["execution_success"] is not None:
        lines[0] += " It succeeded." if one["execution_success"] else " It failed."
    lines.append(stats_line(stats))
    if change := found["level_change"]:
        lines.append(f"The workflow went from {change['previous']} to {change['level']}: {change['reason']}.")
    return "\n".join([*lines, *found["notes"]])


def changed_text(session: Told, done: str) -> str:
    """A coaching session after it was started, paused, resumed or ended."""
    lines = [
        f"Coaching session {session['session_id']} of {short(session['workflow_id'], NAME)}: {done}. "
        f"Level {session['level']}, {_steps(session)}."
    ]
    waiting = session["pending"]
    if waiting and session["status"] in ("active", "paused"):
        steps = ", ".join(f"{short(one['node_id'], NAME)} ({one['suggestion_id']})" for one in waiting[:LISTED])
        lines.append(f"Still to be decided: {steps}.")
    return "\n".join(lines)


def status_text(found: Told) -> str:
    """One coaching session, one workflow, or all."""
    if session := found.get("session"):
        return _session_text(session)
    lines = [_workflow_text(found["workflow"])] if found.get("workflow") else []
    lines += [_workflow_line(one) for one in found.get("workflows", [])[:LISTED]]
    listed = found["sessions"]
    lines.append(f"{_count(listed, 'coaching session')}" + (", newest first:" if listed else "."))
    lines += [
        f"  {one['session_id']} {short(one['workflow_id'], NAME)}: {one['status']}, {_steps(one)}, "
        f"{day(one['updated_at'])}"
        for one in listed[:LISTED]
    ]
    if len(listed) > LISTED:
        lines.append(f"  … and {len(listed) - LISTED} more, in the data")
    return "\n".join(lines)


def pack_text(found: Told) -> str:
    """What a correction pack holds, or what has become of it."""
    name = short(found["workflow_id"], NAME)
    if "imported" in found:
        return (
            f"Pack of {name}: {found['imported']} new, {found['updated']} updated, {found['unchanged']} known before."
            + (
                f" {found['waiting']} not applied until a person switches each on (session-buddy packs switch, or the "
                "page)."
                if found.get("waiting")
                else ""
            )
        )
    if "forgotten" in found:
        return f"Forgotten; the pack of {name} has {found['items_left']} items left."
    if "pack" in found:
        return _json(found["pack"])
    if not found["items"]:
        return f"No correction of {name} is known."
    lines = [
        f"{item['item_id']} at {short(item['node_id'], NAME)}, {short(item['action_type'], NAME)}: "
        f"{_json(item['patch'])}; seen {item['times_seen']}, applied {item['times_applied']}, helped {item['helped']}, "
        f"hurt {item['hurt']}" + ("; laid off" if item["laid_off"] else "") + _state(item)
        for item in found["items"][:LISTED]
    ]
    return "\n".join([f"{_count(found['items'], 'correction')} of {name}:", *lines])


def _state(item: Told) -> str:
    if item["off"]:
        return "; switched off"
    if item["trusted"]:
        return ""
    return "; reported only" if item["active"] else "; imported, not enabled by a person"


def stats_line(stats: Told) -> str:
    """Counts of decisions with their rates; no rates where nothing was judged."""
    names = "accepted", "rejected", "corrected", "skipped"
    parts = [f"{stats[name]} {name}" for name in names if stats[name]]
    parts += [f"{stats['manual_executions']} by hand"] if stats["manual_executions"] else []
    parts += [f"{stats['auto']} without asking"] if stats["auto"] else []
    judged = stats["accepted"] + stats["rejected"] + stats["corrected"]
    rate = f"; {percent(stats['acceptance_rate'])} of {judged} accepted" if judged else ""
    return f"Decided so far: {', '.join(parts) or 'nothing'}{rate}."


def _session_text(session: Told) -> str:
    lines = [changed_text(session, session["status"]), stats_line(session["stats"])]
    for one in session["decisions"][-LISTED:]:
        known = {True: ", succeeded", False: ", failed", None: ""}[one["execution_success"]]
        lines.append(
            f"  {one['step_index'] + 1}. {short(one['node_id'], NAME)}, {short(one['action_type'], NAME)}: "
            f"{one['decision']} by {one['decided_by']}{known}"
        )
    return "\n".join(lines)


def _workflow_text(one: Told) -> str:
    ready = one["readiness"]
    lines = [f"{short(one['workflow_id'], NAME)}: {one['level']}, {ready['state']} for AUTO", stats_line(one["stats"])]
    lines += [f"  {'met' if part['met'] else 'not met'}: {part['text']}" for part in ready["criteria"]]
    lines.append("Only a person promotes it: session-buddy workflows promote, on a terminal.")
    return "\n".join(lines)


def _workflow_line(one: Told) -> str:
    return f"{short(one['workflow_id'], NAME)}: {one['level']}, {one['readiness']} for AUTO"


def _steps(session: Told) -> str:
    done, total = session["current_step_index"], session["total_steps"]
    if total and done > total:
        return f"{done} steps decided, {total} planned"
    return f"{done} of {total} steps decided" if total else f"{done} step{'' if done == 1 else 's'} decided"


def _confidence(one: Told) -> str:
    if one["confidence"] is None:
        return "Confidence: none yet, no person has decided a step like this."
    plural = "" if one["confidence_n"] == 1 else "s"
    return f"Confidence {one['confidence']:.2f} (lower end, from {one['confidence_n']} decision{plural} by persons)."


def _count(found: list[Any], what: str) -> str:
    return f"{len(found)} {what}{'' if len(found) == 1 else 's'}"


def _json(value: Any) -> str:
    return quoted_json(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

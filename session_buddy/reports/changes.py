"""What changed, what goes together and what is not used, as text: few statements, each with its numbers."""

from typing import Any

from session_buddy.reports.columns import more, percent, short
from session_buddy.reports.text import day, duration

NAME = 40
MOST = 10
TITLE = "Unusual and Changing"

Result = dict[str, Any]


def changes_text(found: Result) -> str:
    """Only what is significant after correction, and what there is too little data for."""
    if found["windows"] is None and not found["never_used"]:
        return f"{TITLE}\n  Nothing has been tracked yet."
    return "\n".join([TITLE, *_changed(found), *_together(found), *_unused(found)])


def _changed(found: Result) -> list[str]:
    if not found["tests"]:
        return [
            "  Changes: too little data. A skill is tested with five ended uses in the last four weeks and five in the "
            "twelve before."
        ]
    windows = found["windows"]
    when = f"from {day(windows['cut'])} to {day(windows['end'])}, against the twelve weeks before"
    if not found["changed"]:
        return [f"  Changes {when}: none that is more than chance, in {found['tests']} tests."]
    return [
        f"  Changes {when} ({found['tests']} tests, corrected for being many):",
        *map(_change, found["changed"][:MOST]),
        *more(MOST, len(found["changed"]), "changes"),
    ]


def _change(one: Result) -> str:
    chance = "p < 0.001" if one["corrected_p"] < 0.001 else f"p = {one['corrected_p']:.2g}"
    sizes = f"{one['n_before']:,} uses before and {one['n_after']:,} since, {chance}"
    name = short(one["skill_name"], NAME)
    if one["what"] == "completion_rate":
        told = f"{percent(one['before'])} to {percent(one['after'])} completed ({one['effect']:+.0f} points"
    else:
        told = f"{duration(one['before'])} to {duration(one['after'])} ({_times(one['effect'])} as long"
    return f"    {name}: {told}; {sizes})"


def _together(found: Result) -> list[str]:
    if not found["enough_sessions"]:
        return [f"  Used together: too little data; ten sessions are needed, there are {found['sessions']}."]
    if not found["together"]:
        return [f"  Used together more often than by chance: none, in {found['sessions']:,} sessions."]
    return [
        f"  Used together more often than by chance, in {found['sessions']:,} sessions:",
        *map(_pair, found["together"][:MOST]),
        *more(MOST, len(found["together"]), "pairs"),
    ]


def _pair(one: Result) -> str:
    return (
        f"    {short(one['first'], NAME)} and {short(one['second'], NAME)}: in {one['together']:,} sessions, "
        f"{_times(one['lift'])} as often as by chance ({_number(one['low'])} to {_number(one['high'])})"
    )


def _times(ratio: float) -> str:
    return f"{_number(ratio)} times"


def _number(ratio: float) -> str:
    return f"{ratio:.2g}" if ratio < 1 else f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"


def _unused(found: Result) -> list[str]:
    if not found["never_used"]:
        return ["  Never used: none of the skills that are described or were recommended."]
    return [
        "  Never used, though installed or recommended:",
        *(f"    {short(one['skill_name'], NAME)}: {_known(one)}" for one in found["never_used"][:MOST]),
        *more(MOST, found["all_never_used"], "skills"),
    ]


def _known(one: Result) -> str:
    times = "once" if one["recommended"] == 1 else f"{one['recommended']} times"
    parts = ["described"] if one["described"] else []
    return " and ".join([*parts, *([f"recommended {times}"] if one["recommended"] else [])])

"""What was found in transcripts, as a person recognises it."""

from typing import Any

from session_buddy.reports.columns import left, more, plain, short
from session_buddy.reports.text import day

NAME, BAR = 32, 30
MOST_SKILLS, MOST_WEEKS = 12, 16
COLUMNS = ("uses", "completed", "failed", "abandoned", "unknown")
COMMAND = "session-buddy import --from claude-code --project all"


def history_text(found: dict[str, Any]) -> str:
    """Period, weeks, the most used skills with how they ended, and what was passed over."""
    if not found["transcripts"]:
        return "\n".join([*_nothing(found), *_passed(found)])
    if not found["uses"]["total"]:
        return "\n".join([_no_uses(found), *_passed(found)])
    return "\n".join([*_head(found), "", *_weeks(found), "", *_skills(found), "", _stored(found), *_passed(found)])


def _nothing(found: dict[str, Any]) -> list[str]:
    where, others = plain(found["folder"]), found["passed_over"]["of_others"]
    if found["project"] is None:
        return [f"There are no transcripts in {where}. Nothing was imported."]
    lines = [f"There are no transcripts of {plain(found['project'])} in {where}. Nothing was imported."]
    if others:
        lines.append(f"{_count(others, 'transcript')} of other projects lie there: `{COMMAND}` takes them all.")
    return lines


def _no_uses(found: dict[str, Any]) -> str:
    unchanged = found["passed_over"]["unchanged"]
    if unchanged == found["transcripts"]:
        return f"Nothing new: {_count(unchanged, 'transcript')} unchanged since they were read."
    return f"No use of a skill was found in {_count(found['transcripts'] - unchanged, 'transcript')}."


def _head(found: dict[str, Any]) -> list[str]:
    uses, period = found["uses"], found["period"]
    whose = "all projects" if found["project"] is None else plain(found["project"])
    ways = (("by_the_model", "by the model"), ("by_you", "by you"), ("in_subagents", "in subagents"))
    parts = ", ".join(f"{uses[way]:,} {words}" for way, words in ways)
    read = found["transcripts"] - found["passed_over"]["unchanged"]
    return [
        f"Skills in Claude Code, {day(period['first'])} to {day(period['last'])}, {whose}",
        f"{_count(found['sessions'], 'session')} in {_count(read, 'transcript')}: {_count(uses['total'], 'use')} of "
        f"{_count(len(found['skills']), 'skill')}, {parts}",
    ]


def _weeks(found: dict[str, Any]) -> list[str]:
    shown = found["weeks"][-MOST_WEEKS:]
    most, earlier = max(week["uses"] for week in shown), len(found["weeks"]) - len(shown)
    lines = [f"  … and {_count(earlier, 'earlier week')}"] if earlier else []
    for week in shown:
        bar = "█" * -(-BAR * week["uses"] // max(most, 1))
        lines.append(f"  week of {week['week']}  {week['uses']:>5,}  {bar}".rstrip())
    return lines


def _skills(found: dict[str, Any]) -> list[str]:
    shown = found["skills"][:MOST_SKILLS]
    lines = [f"  {left('skill', NAME)}" + "".join(f"{column:>11}" for column in COLUMNS)]
    lines += [
        f"  {left(one['skill_name'], NAME)}" + "".join(f"{one[column]:>11,}" for column in COLUMNS) for one in shown
    ]
    seen, inferred, unknown = (sum(one[basis] for one in found["skills"]) for basis in ("seen", "inferred", "unknown"))
    return [
        *lines,
        *more(len(shown), len(found["skills"]), "skills"),
        f"  How they ended was seen of {seen:,}, inferred from what came after of {inferred:,}, and is unknown of "
        f"{unknown:,}.",
    ]


def _stored(found: dict[str, Any]) -> str:
    return f"{_count(found['imported'], 'use')} imported, {found['already_stored']:,} already stored."


def _passed(found: dict[str, Any]) -> list[str]:
    passed, lone = found["passed_over"], not found["transcripts"]
    told = (
        (0 if passed["unchanged"] == found["transcripts"] else passed["unchanged"], "transcript", "unchanged since"),
        (0 if lone else passed["of_others"], "transcript", "of other projects"),
        (passed["claiming"], "transcript", "claiming to be of another project than their folder"),
        (passed["links"], "link", "and pipes, which are not followed"),
        (passed["unreadable"], "transcript", "unreadable"),
        (passed["long_lines"], "line", "of more than 4 MB"),
        (passed["bad_lines"], "line", "holding no record"),
        (passed["before"], "use", "before the time given"),
    )
    parts = [f"{_count(number, noun)} {words}" for number, noun, words in told if number]
    return [f"Passed over: {'; '.join(parts)}."] if parts else []


def _count(number: int, noun: str) -> str:
    return f"{number:,} {short(noun, 40)}{'' if number == 1 else 's'}"

"""The figures of what transcripts told: counts, no texts of prompts."""

from collections import Counter
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from session_buddy.assistants.claude_code_transcripts.scanning import Passed
from session_buddy.skills.past_uses import EXPANSION, PastUse

OUTCOMES = ("completed", "failed", "abandoned")
BASES = ("seen", "inferred")
UNKNOWN = "unknown"


class Figures:
    """Counts uses as they are read. Weeks are those of the place where the person is, and begin on Monday."""

    def __init__(self) -> None:
        self.stored = {"added": 0, "ended": 0}
        self._ways: Counter[str] = Counter()
        self._weeks: Counter[date] = Counter()
        self._skills: dict[str, Counter[str]] = {}
        self._sessions: set[str] = set()
        self._first: datetime | None = None
        self._last: datetime | None = None

    def add(self, use: PastUse) -> None:
        way = "by_you" if use.way == EXPANSION else "by_the_model"
        self._ways["in_subagents" if use.agent_id else way] += 1
        day = use.moment.astimezone().date()
        self._weeks[day - timedelta(days=day.weekday())] += 1
        self._sessions.add(use.session_id)
        skill = self._skills.setdefault(_name(use), Counter())
        skill["uses"] += 1
        skill[UNKNOWN] += 1
        self.end(use)
        self._first = min(self._first or use.moment, use.moment)
        self._last = max(self._last or use.moment, use.moment)

    def end(self, use: PastUse) -> None:
        """Count how a use has ended that was counted before, if it has."""
        skill = self._skills[_name(use)]
        if use.verdict:
            skill[UNKNOWN] -= 1
            skill[use.verdict.outcome] += 1
            skill[use.verdict.basis] += 1

    def summary(self, project: str | None, folder: str, transcripts: int, passed: Passed) -> dict[str, Any]:
        """Everything as one object. `transcripts` is how many belong to what was asked for."""
        uses = self._ways.total()
        return {
            "from": "claude-code",
            "folder": folder,
            "project": project,
            "transcripts": transcripts,
            "period": self._period(),
            "sessions": len(self._sessions),
            "uses": {"total": uses} | {way: self._ways[way] for way in ("by_the_model", "by_you", "in_subagents")},
            "imported": self.stored["added"],
            "already_stored": uses - self.stored["added"],
            "ends_added": self.stored["ended"],
            "weeks": [{"week": week.isoformat(), "uses": self._weeks[week]} for week in self._all_weeks()],
            "skills": [self._skill(name) for name in sorted(self._skills, key=self._rank)],
            "passed_over": asdict(passed),
        }

    def _period(self) -> dict[str, str] | None:
        if not self._first or not self._last:
            return None
        return {"first": self._first.isoformat(), "last": self._last.isoformat()}

    def _all_weeks(self) -> list[date]:
        """The weeks of the period, those without a use too."""
        if not self._weeks:
            return []
        first, last = min(self._weeks), max(self._weeks)
        if (last - first).days > 3 * 366:
            return sorted(self._weeks)  # a record with a wrong clock
        return [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]

    def _rank(self, name: str) -> tuple[int, str]:
        return -self._skills[name]["uses"], name

    def _skill(self, name: str) -> dict[str, Any]:
        counted = self._skills[name]
        return {"skill_name": name} | {what: counted[what] for what in ("uses", *OUTCOMES, *BASES, UNKNOWN)}


def _name(use: PastUse) -> str:
    """The skill's name as it is stored."""
    from session_buddy.skills.fields import as_name  # doctor needs no figures, and no pydantic

    return as_name(use.skill_name)

"""Every skill at a glance: what it is, how it went, and whether it is taken when it is recommended."""

from collections.abc import Sequence
from typing import Any

from session_buddy.skills import metrics
from session_buddy.skills.installed import Installed
from session_buddy.store import catalogue, figures, recommendations
from session_buddy.store.figures import Figures
from session_buddy.store.recommendations import SkillFollowing
from session_buddy.store.scope import Scope
from session_buddy.store.writing import Cursor

_NEVER_LISTED = SkillFollowing(0, 0)


def every_skill(cursor: Cursor, scope: Scope, installed: Sequence[Installed] = ()) -> dict[str, Any]:
    """The answer of the command `skills`, the most used first, then by name; rates are percentages."""
    sums = figures.counted(cursor, scope)
    there = {one.name: one for one in installed}
    described = {one.name: one.description for one in installed} | catalogue.described(cursor)
    used = figures.by_skill(cursor, scope, sums)
    known = sorted(described | dict.fromkeys(used), key=lambda name: (-_uses(used.get(name)), name))
    followed = recommendations.skill_following(cursor, known)
    overall = metrics.totals(figures.overall(cursor, scope, sums))
    return {
        "skills": [
            _skill(name, described.get(name), used.get(name), followed.get(name, _NEVER_LISTED))
            | _place(there.get(name))
            for name in known
        ],
        "recommendations": recommendations.following(cursor)._asdict()
        | {
            "average_selection_rank": overall["avg_selection_rank"],
            "first_choice_completion_rate": overall["recommendation_success_rate"],
            "first_choice_ended": overall["first_choice_ended"],
        },
    }


def _uses(one: Figures | None) -> int:
    return one.tally.total if one else 0


def _place(one: Installed | None) -> dict[str, Any]:
    """What it is and where it is installed; of one that is not installed here, nothing."""
    return {
        "kind": one.kind if one else None,
        "place": one.place if one else None,
        "path": one.path.encode("utf-8", "replace").decode() if one else None,
        "model_may_use": one.model_may_use if one else None,
    }


def _skill(name: str, description: str | None, one: Figures | None, followed: SkillFollowing) -> dict[str, Any]:
    figure = metrics.totals(one or metrics.unused(name))
    return {
        "skill_name": name,
        "description": description,
        "invocations": figure["total_invocations"],
        "completion_rate": figure["completion_rate"],
        "open": figure["open_invocations"],
        "last_used_at": figure["last_invoked"],
        "shown": followed.shown,
        "chosen": followed.chosen,
        "average_selection_rank": figure["avg_selection_rank"],
        "first_choice_completion_rate": figure["recommendation_success_rate"],
        "first_choice_ended": figure["first_choice_ended"],
    }

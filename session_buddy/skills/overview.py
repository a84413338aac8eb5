"""Every skill at a glance: what it is, how it went, and whether it is taken when it is recommended."""

from typing import Any

from session_buddy.store import overview, recommendations
from session_buddy.store.overview import Known
from session_buddy.store.recommendations import SkillFollowing
from session_buddy.store.times import iso
from session_buddy.store.writing import Cursor

_NEVER_LISTED = SkillFollowing(0, 0, None, None, 0)


def every_skill(cursor: Cursor) -> dict[str, Any]:
    """The answer of the command `skills`; rates are percentages."""
    known = overview.every_skill(cursor)
    followed = recommendations.skill_following(cursor, [one.skill_name for one in known])
    lists = recommendations.following(cursor)
    return {
        "skills": [_skill(one, followed.get(one.skill_name, _NEVER_LISTED)) for one in known],
        "recommendations": {
            "given": lists.given,
            "answered": lists.answered,
            "chosen": lists.chosen,
            "ignored": lists.ignored,
            "unanswered": lists.unanswered,
            "reported": lists.reported,
            "average_selection_rank": lists.average_rank,
            "first_choice_completion_rate": lists.success_rate,
            "first_choice_ended": lists.ended,
        },
    }


def _skill(one: Known, followed: SkillFollowing) -> dict[str, Any]:
    return {
        "skill_name": one.skill_name,
        "description": one.description,
        "invocations": one.invocations,
        "completion_rate": 100 * one.completed / one.ended if one.ended else None,
        "open": one.invocations - one.ended,
        "last_used_at": None if one.last_us is None else iso(one.last_us),
        "shown": followed.shown,
        "chosen": followed.chosen,
        "average_selection_rank": followed.average_rank,
        "first_choice_completion_rate": followed.success_rate,
        "first_choice_ended": followed.ended,
    }

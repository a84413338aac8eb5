"""Which recommended skills are installed for a project: only those may be named to an assistant unasked."""

from typing import Any

from session_buddy.common.quoted_text import is_plain_name
from session_buddy.skills.installed import Found
from session_buddy.store.ids import normalised

LONGEST = 80
# A namespace of this name makes "namespace:skill" read as a message of that role.
_ROLES = frozenset({"system", "human", "assistant", "user", "developer", "tool"})


def usable(found: Found) -> frozenset[str]:
    """Return the names of the skills, commands and agents that a model may use, as the store keeps names."""
    return frozenset(normalised(entry.name) for entry in found.installed if entry.model_may_use)


def may_be_hinted(name: str) -> bool:
    """Return whether a name can be named unasked: it has the form of a skill's name and of nothing else."""
    return len(name) <= LONGEST and is_plain_name(name) and name.partition(":")[0].lower() not in _ROLES


def marked(answer: dict[str, Any], found: Found) -> dict[str, Any]:
    """Return an answer of the recommender whose recommendations say whether the skill is `installed`.

    They do not where nothing is known: the catalogue is off, or no skill is installed for the project at all.
    """
    if not found.installed:
        return answer
    names = usable(found)
    recommendations = [
        recommendation | {"installed": recommendation["skill_name"] in names}
        for recommendation in answer["recommendations"]
    ]
    return answer | {"recommendations": recommendations}

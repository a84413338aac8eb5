"""The acts in coaching that need a person, named in one place.

Every way into coaching (tools, library, commands, REST) ends in a function that calls `require` with the name of its
job, so that no caller can leave the check out. `ALWAYS` are acts of persons whatever they concern. `OF_PERSONS` need a
person only where they take away what a person has decided, made or enabled; anybody does them with what assistants and
programs have reported. All other jobs add evidence, lower a level or end something, and need nobody.
"""

from session_buddy.coaching.actors import PERSON
from session_buddy.errors import InvalidRequestError

ALWAYS = {
    "promote": "Only a person promotes a workflow, on a terminal or the dashboard.",
    "set_threshold": "Only a person changes a threshold, on a terminal. Nothing was changed.",
    "switch_item": (
        "Only a person switches a correction off or on, on a terminal or the dashboard. Nothing was changed."
    ),
}
OF_PERSONS = {
    "forget_item": (
        "A person has made or enabled this correction, so only a person forgets it: with `session-buddy packs forget` "
        "on a terminal, or on the dashboard. Nothing was changed."
    ),
    "undo": (
        "A person has made this decision, so only a person takes it back: with `session-buddy sessions undo` on a "
        "terminal, or on the dashboard. Nothing was changed."
    ),
    "delete": (
        "This coaching session holds decisions of a person, so only a person deletes it: with `session-buddy sessions "
        "delete` on a terminal, or on the dashboard. Nothing was deleted."
    ),
    "prune": (
        "Coaching sessions with decisions of a person stay; only a person removes them: with `session-buddy sessions "
        "prune` on a terminal."
    ),
}


def may(who: str) -> bool:
    """Whether an actor may do what needs a person."""
    return who == PERSON


def require(who: str, act: str) -> None:
    """Refuse an act that needs a person.

    Args:
        who: the actor's `who`.
        act: the name of the job.

    Raises:
        InvalidRequestError: the actor is no person; the message tells how a person does it.
    """
    if not may(who):
        raise InvalidRequestError((ALWAYS | OF_PERSONS)[act])

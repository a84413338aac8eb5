"""Which steps of a workflow at AUTO run without a question.

The level alone is not enough: an assistant chooses the names and the parameters of a step. A step runs by itself where
all of these hold, and any other step is asked:

* a person has decided a step of the same node and action of this workflow, and the latest accept, reject or correct of
  a person that stands (an undo takes one back) is an accept or a correct;
* every correction that made the parameters of that decision, also the one that it taught, is still in force: without
  it, the step would run with parameters that the person has corrected;
* a person has made or enabled every correction that was applied to it.

What assistants report, what files claim and what other workflows have earned counts for nothing here.
"""

from session_buddy.coaching import corrections, levels
from session_buddy.coaching.items import Chosen
from session_buddy.store import coaching_learning
from session_buddy.store.coaching_sessions import State
from session_buddy.store.writing import Cursor

ASK, AUTO = levels.MODES[levels.COACHING], levels.MODES[levels.AUTO]


def mode_of_new(cursor: Cursor, state: State, node_id: str, action_type: str, chosen: Chosen) -> str:
    """The mode of a suggestion that is made now."""
    mode = levels.MODES[levels.of(state.level)]
    if mode != AUTO:
        return mode
    return AUTO if chosen.trusted and _endorsed(cursor, state.workflow_id, node_id, action_type) else ASK


def mode_of_known(cursor: Cursor, told: dict[str, object], applied: list[dict[str, object]]) -> str:
    """The mode of a suggestion that was made before: one that was to run by itself is asked once a person has taken
    back what allowed it, as by an undo or by switching a correction off."""
    mode = str(told["mode"])
    if mode != AUTO:
        return mode
    kind = str(told["workflow_id"]), str(told["node_id"]), str(told["action_type"])
    return AUTO if all(item["trusted"] for item in applied) and _endorsed(cursor, *kind) else ASK


def _endorsed(cursor: Cursor, workflow_id: str, node_id: str, action_type: str) -> bool:
    basis = coaching_learning.endorsement(cursor, workflow_id, node_id, action_type)
    return basis is not None and corrections.in_force(cursor, workflow_id, node_id, action_type, basis)

"""What can be asked of coaching, by name: for commands, programs and the page."""

from collections.abc import Callable
from typing import Any

from session_buddy.coaching import (
    cases,
    corrections,
    deciding,
    documents,
    keeping,
    levels,
    members,
    metrics,
    requests,
    sessions,
    suggestions,
    thresholds,
)
from session_buddy.coaching.actors import Actor
from session_buddy.errors import InvalidRequestError
from session_buddy.store.writing import Cursor

Job = Callable[[Cursor, Actor, dict[str, Any]], Any]

READS: dict[str, Job] = {
    "session": lambda cursor, actor, given: sessions.shown(cursor, given["session_id"]),
    "sessions": lambda cursor, actor, given: sessions.listing(cursor, **given),
    "resumable": lambda cursor, actor, given: sessions.resumable(cursor, **given),
    "document": lambda cursor, actor, given: documents.document(cursor, given["session_id"]),
    "documents": lambda cursor, actor, given: documents.documents(cursor, **given),
    "statistics": lambda cursor, actor, given: metrics.statistics(cursor),
    "workflow": lambda cursor, actor, given: metrics.workflow(cursor, given["workflow_id"]),
    "workflows": lambda cursor, actor, given: metrics.workflows(cursor),
    "overall": lambda cursor, actor, given: metrics.overall(cursor),
    "thresholds": lambda cursor, actor, given: thresholds.told(cursor),
    "packs": lambda cursor, actor, given: corrections.packs_known(cursor),
    "pack": lambda cursor, actor, given: corrections.explained(cursor, given["workflow_id"]),
    "export_pack": lambda cursor, actor, given: corrections.export(cursor, given["workflow_id"]),
    "promotion": lambda cursor, actor, given: levels.promotion(
        cursor, given["workflow_id"], given.get("despite"), actor
    ),
    "pack_history": lambda cursor, actor, given: corrections.history(cursor, requests.workflow(given)),
    "progress": lambda cursor, actor, given: metrics.progress(cursor, requests.workflow(given)),
    "suggestion": lambda cursor, actor, given: cases.suggestion(cursor, given["suggestion_id"]),
    "pending": lambda cursor, actor, given: cases.pending(cursor),
    "decisions": lambda cursor, actor, given: cases.decisions(cursor, requests.question(given)),
}
WRITES: dict[str, Job] = {
    "start": lambda cursor, actor, given: sessions.start(cursor, requests.plan(given), actor),
    "suggest": lambda cursor, actor, given: suggestions.suggest(cursor, requests.proposal(given), actor),
    "decide": lambda cursor, actor, given: deciding.decide(cursor, requests.choice(given), actor),
    "outcome": lambda cursor, actor, given: deciding.report(
        cursor, given["suggestion_id"], given["execution_success"], given.get("error_message"), actor
    ),
    "undo": lambda cursor, actor, given: deciding.undo(cursor, given["session_id"], actor),
    "pause": lambda cursor, actor, given: sessions.pause(cursor, given["session_id"], actor),
    "resume": lambda cursor, actor, given: sessions.resume(cursor, given["session_id"], actor),
    "end": lambda cursor, actor, given: sessions.end(
        cursor, given["session_id"], given["outcome"], given.get("error_message"), actor
    ),
    "save": lambda cursor, actor, given: documents.save(cursor, given["document"], actor),
    "delete": lambda cursor, actor, given: keeping.delete(
        cursor, given["session_id"], actor, bool(given.get("missing_ok"))
    ),
    "prune": lambda cursor, actor, given: keeping.prune(cursor, given["days"], given["dry_run"], actor),
    "promote": lambda cursor, actor, given: levels.promote(cursor, requests.promotion(given), actor),
    "demote": lambda cursor, actor, given: levels.demote(
        cursor, given["workflow_id"], given.get("to"), given.get("reason"), actor
    ),
    "set_threshold": lambda cursor, actor, given: thresholds.change(
        cursor, given["name"], given["value"], actor.who, actor.source
    ),
    "import_pack": lambda cursor, actor, given: corrections.bring_in(
        cursor, given["workflow_id"], given["pack"], actor
    ),
    "forget_item": lambda cursor, actor, given: corrections.forget(
        cursor, given["workflow_id"], given["item_id"], actor
    ),
    "switch_item": lambda cursor, actor, given: corrections.switch(cursor, *requests.switch(given), actor),
}
# These take rows out.
FORGETTING = {"delete", "prune"}


def job(name: str) -> Job:
    """What is asked for by this name. It raises InvalidRequestError where what it needs is not given.

    Raises:
        InvalidRequestError: there is none.
    """
    found = READS.get(name) or WRITES.get(name)
    if found is None:
        raise InvalidRequestError(f"The running hub does not know {str(name)[:64]!r} in coaching. Restart the windows.")

    def checked(cursor: Cursor, actor: Actor, given: dict[str, Any]) -> Any:
        members.check(name, given)
        return found(cursor, actor, given)

    return checked

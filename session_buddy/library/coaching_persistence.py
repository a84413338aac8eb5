"""Coaching sessions, kept in the store from a Python program."""

import os
from typing import Any

from session_buddy.errors import BuddyError
from session_buddy.library import checking
from session_buddy.library.coaching_line import CoachingLine
from session_buddy.library.session_state import CoachingSessionState, SessionStatus, state_of


class CoachingSessionPersistence:
    """Creates, saves, finds and ends coaching sessions.

    It speaks to the hub of the store, like every client, and starts one where none runs. It may be used from several
    threads. What a program saves is on record as reported, never as a person's decision, and counts for nothing
    where a workflow is to be trusted to run by itself.

    >>> from session_buddy.coaching import CoachingDecisionRecord
    >>> with CoachingSessionPersistence(store="coaching.duckdb") as persistence:
    ...     state = persistence.create_session("release", total_steps=2)
    ...     state.add_decision(CoachingDecisionRecord(0, "tag", "git.tag", "accept", {"name": "v1.4"}))
    ...     persistence.save_session(state)
    ...     again = persistence.load_session(state.session_id)
    ...     again == state, again.current_step_index, persistence.complete_session(state.session_id).status.value
    (True, 1, 'completed')

    Args:
        store: The store's file; None for the one of the project that the process runs in.
    """

    def __init__(self, store: str | os.PathLike[str] | None = None) -> None:
        self._line = CoachingLine(store)

    def __enter__(self) -> "CoachingSessionPersistence":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection with the hub; another call opens one again."""
        self._line.close()

    def create_session(
        self,
        workflow_id: str,
        execution_id: str | None = None,
        total_steps: int = 0,
        variables: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> CoachingSessionState:
        """Begin a coaching session, which is stored at once.

        Args:
            workflow_id: What is done, such as release; up to 256 characters.
            execution_id: Your own name for this run.
            total_steps: How many steps it is to have; 0 where that is not known.
            variables: What the steps share; up to 1 MB as JSON, as is `metadata`.

        Raises:
            BuddyError: a value is not allowed, or no hub could be reached. Nothing was stored.
        """
        told = self._line.ask(
            "start",
            workflow_id=checking.filled_text("workflow_id", workflow_id),
            execution_id=execution_id,
            total_steps=total_steps,
            variables=variables,
            metadata=metadata,
        )
        return self._known(told["session_id"])

    def save_session(self, state: CoachingSessionState) -> None:
        """Store what is new in a state: decisions, outcomes that have become known, variables and metadata, and its
        status. Saving it again changes nothing. Afterwards the state is what is stored, with secrets masked.

        Raises:
            BuddyError: the coaching session was changed elsewhere since this state was loaded (load it again, and
                make your changes to what you get), or has ended, or a value is not allowed. Nothing was stored.
        """
        state.bring_up_to(state_of(self._line.ask("save", document=state.to_dict())))

    def load_session(self, session_id: str) -> CoachingSessionState | None:
        """A coaching session as it is stored; None when there is none of this id."""
        found = self._line.ask("document", session_id=checking.text("session_id", session_id))
        return state_of(found) if found else None

    def delete_session(self, session_id: str) -> bool:
        """Delete a coaching session with all its decisions; what these have taught goes with them.

        Returns:
            Whether there was one of this id.

        Raises:
            BuddyError: it holds decisions of a person, which only a person deletes. Nothing was deleted.
        """
        if self.load_session(session_id) is None:
            return False
        self._line.ask("delete", session_id=session_id, missing_ok=True)
        return True

    def list_sessions(
        self, workflow_id: str | None = None, status: str | None = None, limit: int = 100
    ) -> list[CoachingSessionState]:
        """Coaching sessions, newest first.

        Args:
            workflow_id: Only those of this workflow.
            status: Only those that are active, paused, completed, failed or abandoned.
            limit: How many at most.

        Raises:
            BuddyError: there is no such status, or no hub could be reached.
        """
        if status is not None:
            status = checking.one_of("status", status, SessionStatus)
        return self._listed(workflow_id=workflow_id, status=status, limit=_limit(limit))

    def get_resumable_sessions(self, workflow_id: str | None = None, limit: int = 100) -> list[CoachingSessionState]:
        """Coaching sessions that are active or paused, newest first; of one workflow, or of all."""
        return self._listed(workflow_id=workflow_id, status=None, limit=_limit(limit), resumable=True)

    def pause_session(self, session_id: str) -> CoachingSessionState:
        """Pause a coaching session; it can be resumed by any program or window, also on another day.

        Raises:
            BuddyError: it is paused already, has ended, or is not known.
        """
        self._line.ask("pause", session_id=session_id)
        return self._known(session_id)

    def resume_session(self, session_id: str) -> CoachingSessionState:
        """Go on with a coaching session; one that is active stays so.

        Raises:
            BuddyError: it has ended, or is not known.
        """
        self._line.ask("resume", session_id=session_id)
        return self._known(session_id)

    def complete_session(self, session_id: str) -> CoachingSessionState:
        """End a coaching session that reached its aim.

        Raises:
            BuddyError: it has ended already, or is not known.
        """
        return self._end(session_id, SessionStatus.COMPLETED, None)

    def fail_session(self, session_id: str, error_message: str | None = None) -> CoachingSessionState:
        """End a coaching session that failed.

        Raises:
            BuddyError: it has ended already, or is not known.
        """
        return self._end(session_id, SessionStatus.FAILED, error_message)

    def abandon_session(self, session_id: str, reason: str | None = None) -> CoachingSessionState:
        """End a coaching session that is given up; the reason is kept as its `error_message`.

        Raises:
            BuddyError: it has ended already, or is not known.
        """
        return self._end(session_id, SessionStatus.ABANDONED, reason)

    def cleanup_old_sessions(self, days: float = 30, dry_run: bool = False) -> int:
        """Delete the coaching sessions, of whatever status, that nothing has touched for so many days, with all their
        decisions; what these have taught goes with them. Those with decisions of a person stay; only a person removes
        them (`session-buddy sessions prune` on a terminal).

        Args:
            days: From 0 to 100,000.
            dry_run: Only tell how many there are.

        Returns:
            How many were deleted, or would be.
        """
        return len(self._line.ask("prune", days=checking.number("days", days), dry_run=bool(dry_run))["sessions"])

    def get_statistics(self) -> dict[str, Any]:
        """Counts over all coaching sessions: `total_sessions`, `by_status`, `total_decisions`, `total_accepted`,
        `total_rejected`, `total_corrected`, and in percent `overall_acceptance_rate` and `overall_correction_rate`
        (0.0 when nothing was accepted, rejected or corrected)."""
        found: dict[str, Any] = self._line.ask("statistics")
        return found

    def _end(self, session_id: str, outcome: SessionStatus, message: str | None) -> CoachingSessionState:
        self._line.ask("end", session_id=session_id, outcome=outcome.value, error_message=message)
        return self._known(session_id)

    def _known(self, session_id: str) -> CoachingSessionState:
        state = self.load_session(session_id)
        if state is None:
            raise BuddyError(f"Coaching session {session_id} was deleted meanwhile.")
        return state

    def _listed(self, **given: Any) -> list[CoachingSessionState]:
        return [state_of(document) for document in self._line.ask("documents", **given)]


def _limit(limit: int) -> int:
    if checking.whole("limit", limit) == 0:
        raise BuddyError("limit must be 1 or more.")
    return limit

"""The library: tracking skills, and asking what worked, from a Python program."""

import json
import os
from datetime import UTC, datetime
from typing import Any

from session_buddy.common.atomic_io import write_file
from session_buddy.common.private_text import without_private
from session_buddy.errors import BuddyError, UnsafePathError
from session_buddy.library.connection import Connection
from session_buddy.library.ending import EndInvocation
from session_buddy.library.records import SkillInvocation, SkillMetrics, invocation_of, metrics_of
from session_buddy.reports.heatmap import heatmap_text
from session_buddy.reports.library import metrics_report
from session_buddy.reports.workflow import workflow_text
from session_buddy.settings import read
from session_buddy.store.ids import new_id

PAGE = 500
Result = dict[str, Any]


class SkillsTracker:
    """Tracks the skills of one session, and answers from everything that is stored.

    It speaks to the hub of the store, like every client, and starts one where none runs; so it works while assistants
    have the store open. It may be used from several threads.

    >>> tracker = SkillsTracker("nightly-build", store="skills.duckdb")
    >>> end = tracker.track_invocation("debugging", user_query="the tests fail on CI", workflow_phase="verify")
    >>> end(completed=True, follow_up_actions=["git commit"])
    >>> tracker.get_session_summary()["completed_invocations"]
    1
    >>> tracker.recommend_skills("CI is red again")[0]["skill_name"]
    'debugging'
    >>> tracker.close()

    Args:
        session_id: The session that uses belong to.
        store: The store's file; None for the one of the project that the process runs in.
    """

    def __init__(self, session_id: str, store: str | os.PathLike[str] | None = None) -> None:
        if not session_id.strip():
            raise BuddyError("session_id must not be blank. Nothing was stored.")
        self.session_id = without_private(session_id)[0].strip()
        if not self.session_id:
            raise BuddyError("session_id holds nothing but private parts. Give an id without them. Nothing was stored.")
        self._connection = Connection(read(store=None if store is None else os.fspath(store)))

    def __enter__(self) -> "SkillsTracker":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection with the hub; another call opens one again."""
        self._connection.close()

    def track_invocation(
        self,
        skill_name: str,
        workflow_path: str | None = None,
        user_query: str | None = None,
        alternatives_considered: list[str] | None = None,
        selection_rank: int | None = None,
        workflow_phase: str | None = None,
    ) -> EndInvocation:
        """Store that a skill starts being used. Call what is returned when it ends.

        Args:
            skill_name: Up to 256 characters.
            workflow_path: The workflow, or the way, it is used in.
            user_query: The problem, in the person's own words.
            alternatives_considered: Other skills that were on offer.
            selection_rank: Its place in what was recommended, from 1.
            workflow_phase: Such as planning, execution, review.

        Raises:
            BuddyError: a value is not allowed, or no hub could be reached. Nothing was stored.
        """
        identity = str(new_id())
        self._connection.ask(
            "event",
            kind="track",
            id=identity,
            at=datetime.now(UTC).isoformat(),
            session=self.session_id,
            skill_name=skill_name,
            workflow_path=workflow_path,
            user_query=user_query,
            alternatives_considered=alternatives_considered,
            selection_rank=selection_rank,
            workflow_phase=workflow_phase,
        )
        return EndInvocation(identity, self.session_id, self._connection.ask)

    def get_session_skills(self) -> list[SkillInvocation]:
        """The uses of this session, in the order of time."""
        found = self._connection.ask("session_skills", session_id=self.session_id)
        return [invocation_of(record) for record in found]

    def get_session_summary(self) -> Result:
        """The totals of this session, in the same shape whether or not anything happened in it: `session_id`,
        `total_skills_used` (different ones), `total_invocations`, `completed_invocations`, `failed_invocations`,
        `abandoned_invocations`, `open_invocations`, `total_duration_seconds`, `skills_by_count`, and when it began and
        ended."""
        found: Result = self._connection.ask("metrics", session_id=self.session_id, own=self.session_id)["session"]
        return found

    def get_skill_metrics(self, skill_name: str) -> SkillMetrics:
        """What is known of a skill, over all sessions.

        Raises:
            BuddyError: no such skill is known; the message names the nearest three.
        """
        return metrics_of(self._connection.ask("metrics", skill_name=skill_name)["skill"])

    def get_all_metrics(self) -> list[SkillMetrics]:
        """The metrics of every skill that was used, the most used first."""
        return [metrics_of(figures) for figures in self._all_figures()]

    def get_summary(self) -> Result:
        """The totals over all sessions: `total_skills`, `total_invocations`, `overall_completion_rate` (percent; 0.0
        when nothing has ended), `most_used_skill` (None when there is none), `most_used_count`,
        `avg_duration_seconds` (of the completed uses; 0.0 when there are none), `skills_by_usage` ((name, count), the
        most used first), and more."""
        found: Result = self._connection.ask("summary")
        usage = [(one["skill_name"], one["count"]) for one in found["skills_by_usage"]]
        known = {name: found[name] or 0.0 for name in ("overall_completion_rate", "avg_duration_seconds")}
        return found | known | {"skills_by_usage": usage}

    def recommend_skills(
        self,
        user_query: str,
        limit: int = 5,
        min_similarity: float = 0.0,
        workflow_phase: str | None = None,
        phase_weight: float = 0.3,
    ) -> list[Result]:
        """Skills for a problem, the best first, each once: `skill_name`, `similarity_score` and `score` (0 to 1),
        `reason`, and of the nearest past use `invocation_id`, `user_query`, `completed`, `duration_seconds`,
        `session_id` and `invoked_at`, with `workflow_phase` when a phase was asked for; None for a skill that is only
        described.

        Args:
            user_query: The problem, in the person's own words.
            limit: How many at most, 1 to 50.
            min_similarity: Leave out what is less similar, 0 to 1.
            workflow_phase: Prefer what works in this phase.
            phase_weight: How much the phase counts, 0 to 1.

        Raises:
            BuddyError: a value is not allowed, or no hub could be reached.
        """
        _check(user_query, limit, min_similarity, phase_weight)
        found = self._connection.ask(
            "recommend",
            user_query=user_query,
            limit=limit,
            min_similarity=min_similarity,
            workflow_phase=workflow_phase,
            phase_weight=phase_weight,
            session_id=self.session_id,
        )
        return [_flat(one, workflow_phase is not None) for one in found["recommendations"]]

    def generate_report(self) -> str:
        """A text for people: totals, the five most used skills, the paths of the first three, common follow-ups."""
        return metrics_report(self._connection.ask("metrics", limit=5))

    def generate_workflow_report(self, session_id: str | None = None) -> str:
        """A text for people on what works in which phase, over all sessions or of one.

        Raises:
            BuddyError: no such session is known; the message names the nearest three.
        """
        return workflow_text(self._connection.ask("report", session_id=session_id, own=self.session_id))

    def generate_phase_heatmap(self, session_id: str | None = None) -> str:
        """A text for people: the most used skills by phases, over all sessions or of one.

        Raises:
            BuddyError: no such session is known; the message names the nearest three.
        """
        return heatmap_text(self._connection.ask("heatmap", session_id=session_id, own=self.session_id))

    def export_metrics(self, path: str | os.PathLike[str]) -> str:
        """Write `summary`, `skills`, `invocations` and `exported_at` to a JSON file that only this user may read, and
        return its path.

        Raises:
            BuddyError: the file cannot be written. One that was there before is as it was.
        """
        rows = [row for batch in self._connection.parts("export") for row in batch]
        document = {
            "summary": self.get_summary(),
            "skills": [one.to_dict() for one in self.get_all_metrics()],
            "invocations": [row for row in rows if "skill_name" in row],
            "exported_at": datetime.now(UTC).isoformat(),
        }
        return _write(os.fspath(path), json.dumps(document, ensure_ascii=False, indent=2))

    def _all_figures(self) -> list[Result]:
        found: list[Result] = []
        while page := self._connection.ask("metrics", limit=PAGE, offset=len(found))["skills"]:
            found += page
        return found


def _check(user_query: str, limit: int, min_similarity: float, phase_weight: float) -> None:
    if not user_query.strip():
        raise BuddyError("user_query must not be blank. Describe the problem.")
    if not 1 <= limit <= 50:
        raise BuddyError(f"limit is {limit}; allowed is 1 to 50.")
    for name, value in (("min_similarity", min_similarity), ("phase_weight", phase_weight)):
        if not 0 <= value <= 1:
            raise BuddyError(f"{name} is {value}; allowed is 0 to 1.")


def _flat(one: Result, with_phase: bool) -> Result:
    names = ["invocation_id", "user_query", "completed", "duration_seconds", "session_id", "invoked_at"]
    nearest = one["example"] or {}
    shown = {name: one[name] for name in ("skill_name", "similarity_score", "score", "reason")}
    return shown | {name: nearest.get(name) for name in names + ["workflow_phase"] * with_phase}


def _write(path: str, text: str) -> str:
    try:
        write_file(path, text.encode())
    except OSError as error:
        raise BuddyError(f"{path} cannot be written: {error.strerror}. Choose another place.") from None
    except UnsafePathError as error:
        raise UnsafePathError(f"{path} cannot be written: {error}") from None
    return path

"""What was decided, counted."""

from typing import Any

from session_buddy.coaching.readiness import acceptance_rate, correction_rate

# Each kind of decision, and the name of its count. Accepts of nobody are counted apart, so that rates are of decisions
# that somebody made.
COUNTS = {
    "accept": "accepted",
    "reject": "rejected",
    "correct": "corrected",
    "manual": "manual_executions",
    "skip": "skipped",
}


def stats(tallies: dict[tuple[str, bool], int]) -> dict[str, Any]:
    """The counts of decisions by (kind, whether nobody was asked), with their rates in percent."""
    counts = {name: tallies.get((kind, False), 0) for kind, name in COUNTS.items()}
    judged = counts["accepted"], counts["rejected"], counts["corrected"]
    return {
        "suggestions_made": sum(tallies.values()),
        **counts,
        "auto": sum(count for (_, auto), count in tallies.items() if auto),
        "acceptance_rate": acceptance_rate(*judged),
        "correction_rate": correction_rate(*judged),
    }

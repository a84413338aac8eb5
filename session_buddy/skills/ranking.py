"""From similarities to an order of skills. Pure functions; values are fractions."""

from typing import NamedTuple
from uuid import UUID

from session_buddy.store.invocations import Tally
from session_buddy.store.vectors import SkillSimilarity
from session_buddy.store.words import SkillMatch

# What an invocation that failed or was abandoned weighs in its skill's centroid.
BAD_WEIGHT = 0.25
# Below these the top skill is no answer. The first is a raw half-and-half cosine: on CLINC150's validation rows with 5
# and 20 past queries per label, 94 % and 97 % of the queries that have an answer lie above it, and 10 % and 16 % of
# those that have none. The second is a share of words.
CONFIDENT_COSINE = 0.42
CONFIDENT_SHARE = 0.5
PHASE_PSEUDO_OBSERVATIONS = 5
UNKNOWN_RATE = 0.5


class Candidate(NamedTuple):
    """A skill with its ranking value and its similarity to the query, both 0 to 1. `raw` is the value before any
    adjustment, `identical` how often the skill was completed for exactly this query."""

    skill_name: str
    value: float
    similarity: float
    raw: float
    nearest_query: UUID | None
    identical: int = 0


def semantic(found: list[SkillSimilarity], mean_lengths: dict[str, float]) -> list[Candidate]:
    """Half the cosine to the skill's centroid, half that to its nearest good example.

    For normalised vectors the cosine to a centroid is the mean of the cosines over the length of the mean vector.
    """
    return [_semantic(one, mean_lengths.get(one.skill_name, 0.0)) for one in found]


def lexical(found: list[SkillMatch]) -> list[Candidate]:
    """The mean BM25 of a skill's best three texts."""
    return [Candidate(one.skill_name, one.score, one.share, one.share, one.nearest_query) for one in found]


def raise_identical(candidates: list[Candidate], completed: dict[str, int], query_id: UUID) -> list[Candidate]:
    """Skills that were completed for exactly this query get value and similarity 1."""
    others = [candidate for candidate in candidates if candidate.skill_name not in completed]
    return others + [Candidate(name, 1.0, 1.0, 1.0, query_id, times) for name, times in completed.items()]


def blend_phase(candidates: list[Candidate], rates: dict[str, float], weight: float) -> list[Candidate]:
    """value = (1 - weight) * value + weight * the skill's completion rate in the phase."""
    return [one._replace(value=(1 - weight) * one.value + weight * rates[one.skill_name]) for one in candidates]


def phase_rate(in_phase: tuple[int, int], tally: Tally | None, store_rate: float | None) -> float:
    """The completion rate in a phase, from (completed, ended) there, shrunk to the skill's overall rate by five
    pseudo-observations; without any ended invocation the store's rate stands in for it, and 0.5 for that."""
    completed, ended = in_phase
    overall = UNKNOWN_RATE if store_rate is None else store_rate
    if tally and tally.ended:
        overall = tally.completed / tally.ended
    return (completed + PHASE_PSEUDO_OBSERVATIONS * overall) / (ended + PHASE_PSEUDO_OBSERVATIONS)


def best(candidates: list[Candidate], min_similarity: float, limit: int) -> list[Candidate]:
    """The best `limit` candidates that are similar enough, in order."""
    enough = [candidate for candidate in candidates if candidate.similarity >= min_similarity]
    return sorted(enough, key=lambda one: (-one.value, -one.identical, -one.raw, one.skill_name))[:limit]


def confident(candidates: list[Candidate], threshold: float) -> bool:
    """Whether the raw similarity of the most similar skill says that something fits."""
    return max((candidate.raw for candidate in candidates), default=0.0) >= threshold


def _semantic(one: SkillSimilarity, mean_length: float) -> Candidate:
    centroid = one.weighted_sum / one.weight / mean_length if one.weight and mean_length else 0.0
    raw = (min(1.0, centroid) + min(1.0, one.nearest_good or 0.0)) / 2
    return Candidate(one.skill_name, min(1.0, max(0.0, raw)), min(1.0, max(0.0, one.nearest)), raw, one.nearest_query)

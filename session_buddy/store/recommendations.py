"""Recommendations that were given, and how they were followed, which is a query and never stored."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from session_buddy.store import rows
from session_buddy.store.rows import first
from session_buddy.store.writing import Cursor

# An invocation that comes later than this after a recommendation is no answer to it.
ANSWER_US = 3_600_000_000
# So many of a skill's latest showings make its standing, so that the past does not hold forever.
LATEST = 200
# The ranks below this one are too seldom to be told apart.
LAST_RANK = 10

_INSERT = "INSERT INTO recommendation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

# What happened in each session, in order; of sessions in which nothing was recommended only the invocations that tell
# of a list. Duplicates of a row stand side by side: of a recommendation the last one
# stays and of an invocation the first, so that they still see each other.
_EVENT = """
    happened AS (
        SELECT session_id, epoch_us(recommended_at) AS moment, false AS used, recommendation_id AS id, skills,
               NULL AS skill, NULL AS rank
        FROM recommendation
        UNION ALL
        SELECT session_id, epoch_us(invoked_at), true, invocation_id, coalesce(alternatives_considered, []),
               skill_name, selection_rank
        FROM invocation
        WHERE selection_rank IS NOT NULL OR len(alternatives_considered) > 0
              OR session_id IN (SELECT session_id FROM recommendation)
    ),
    event AS (
        SELECT *, lead(if(used, id, NULL)) OVER session AS next_id, lead(moment) OVER session AS next_moment,
               lead(skill) OVER session AS next_skill, lead(rank) OVER session AS next_rank,
               lag(moment) OVER session AS last_moment, lag(NOT used AND len(skills) > 0) OVER session AS after_list
        FROM happened
        WINDOW session AS (PARTITION BY session_id ORDER BY moment, used, id)
        QUALIFY if(used, lag(id) OVER session, lead(id) OVER session) IS DISTINCT FROM id
    )
"""
# Lists of skills: those that were given, and those that an invocation itself tells of, unless it answers one that was
# given. An empty list offers nothing; it only ends the one before it. `rank` is that of the skill that was chosen.
_LIST = f"""
    {_EVENT},
    given AS (
        SELECT *, next_id IS NOT NULL AND next_moment - moment <= {ANSWER_US} AS answered,
               list_position(skills, next_skill) AS place
        FROM event WHERE NOT used AND len(skills) > 0
    ),
    told AS (
        SELECT *, coalesce(rank, 1) AS place, list_filter(skills, lambda other, number:
                   other <> skill AND list_position(skills, other) = number) AS others
        FROM event WHERE used AND NOT coalesce(after_list AND moment - last_moment <= {ANSWER_US}, false)
    ),
    list AS (
        SELECT session_id, moment, skills, false AS reported, true AS in_order, answered, next_id AS invocation_id,
               next_skill AS skill, answered AND place IS NOT NULL AS chosen, coalesce(next_rank, place) AS rank
        FROM given
        UNION ALL
        SELECT session_id, moment, others[:place - 1] || [skill] || others[place:], true, rank IS NOT NULL, true, id,
               skill, true, rank
        FROM told WHERE rank IS NOT NULL OR len(others) > 0
    )
"""
_ITEM = f"""
    {_LIST},
    item AS (
        SELECT session_id, moment, skill_name, answered, chosen AND skill_name = skill AS taken, invocation_id,
               CASE WHEN taken THEN rank WHEN in_order THEN place END AS rank
        FROM (SELECT *, unnest(skills) AS skill_name, generate_subscripts(skills, 1) AS place FROM list)
    )
"""
_STANDING = f"""
    WITH {_ITEM},
    showing AS (
        SELECT skill_name, moment, taken::INTEGER AS taken, coalesce(least(rank, {LAST_RANK + 1}), 0) AS place
        FROM item WHERE answered
    ),
    habit AS (SELECT place, avg(taken) AS chance FROM showing GROUP BY place)
    SELECT skill_name, least(count(*), {LATEST}), list_sum(arg_max(taken, moment, {LATEST})),
           list_sum(arg_max(chance, moment, {LATEST}))
    FROM showing JOIN habit USING (place) GROUP BY skill_name
"""
_FOLLOWING = f"""
    WITH {_LIST}
    SELECT count(*) FILTER (NOT reported), count(*) FILTER (NOT reported AND answered),
           count(*) FILTER (NOT reported AND chosen), count(*) FILTER (reported)
    FROM list
    WHERE $session IS NULL OR session_id = $session
"""
_BY_SKILL = f"""
    WITH {_ITEM}
    SELECT skill_name, count(*), count(*) FILTER (taken) FROM item
    WHERE skill_name IN (SELECT unnest($skills))
    GROUP BY skill_name
"""


class Given(NamedTuple):
    """One list of skills that was recommended, in order of rank, with their scores (0 to 1); it may be empty."""

    recommendation_id: UUID
    query_id: UUID | None
    session_id: str
    project_id: str
    workflow_phase: str | None
    ranking: str
    confident: bool
    skills: list[str]
    scores: list[float]
    recommended_at: datetime
    recorded_at: datetime


class Standing(NamedTuple):
    """How often a skill was in a list that was answered, how often it was the one chosen, and how often that would be
    expected of any skill at the same ranks: people take what stands first."""

    shown: int
    chosen: int
    expected: float


class Following(NamedTuple):
    """What became of the lists that were given: an answered one was chosen from or ignored. `reported` lists come on
    top: they are known only from the invocation that chose from them."""

    given: int
    answered: int
    chosen: int
    ignored: int
    unanswered: int
    reported: int


class SkillFollowing(NamedTuple):
    """How often a skill was in a list, answered or not, and how often it was chosen."""

    shown: int
    chosen: int


def insert(cursor: Cursor, given: Given) -> None:
    rows.insert(cursor, _INSERT, list(given))


def standing(cursor: Cursor) -> dict[str, Standing]:
    """Per skill that was ever in an answered list, over its latest showings.

    What is expected at a rank is the share of all items at that rank, of any answered list, that were chosen.
    """
    return {row[0]: Standing(*row[1:]) for row in cursor.execute(_STANDING).fetchall()}


def following(cursor: Cursor, session_id: str | None = None) -> Following:
    """What became of the lists of one session, or of all."""
    row = first(cursor, _FOLLOWING, {"session": session_id})
    given, answered, chosen, reported = row or (0, 0, 0, 0)
    return Following(given, answered, chosen, answered - chosen, given - answered, reported)


def skill_following(cursor: Cursor, skills: list[str]) -> dict[str, SkillFollowing]:
    """The same per skill, for the skills that were ever in a list."""
    found = cursor.execute(_BY_SKILL, {"skills": skills}).fetchall()
    return {skill: SkillFollowing(shown, chosen) for skill, shown, chosen in found}

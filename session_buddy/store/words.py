"""The word index of texts, and BM25 over it: how texts are ranked without an embedding model.

BM25 with k1 = 1.2 and b = 0.75: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond" (2009), with the idf of Lucene, log(1 + (N - df + 0.5) / (df + 0.5)), which is never negative.
"""

from typing import NamedTuple
from uuid import UUID

from session_buddy.store.rows import first
from session_buddy.store.writing import Cursor

_WORDS = r"regexp_extract_all(lower({0}), '[\p{{L}}\p{{N}}_]+')"
_UNINDEXED = "SELECT 1 FROM query WHERE query_id NOT IN (SELECT query_id FROM indexed_query) LIMIT 1"
_INDEX_WORDS = f"""
    INSERT INTO word
    SELECT query_id, word, count(*)
    FROM (SELECT query_id, unnest({_WORDS.format("text")}) AS word FROM query
          WHERE query_id NOT IN (SELECT query_id FROM indexed_query))
    GROUP BY query_id, word
"""
_INDEX_QUERIES = f"""
    INSERT INTO indexed_query
    SELECT query_id, len({_WORDS.format("text")}) FROM query
    WHERE query_id NOT IN (SELECT query_id FROM indexed_query)
"""
_SCORE = f"""
    WITH wanted AS (SELECT DISTINCT unnest({_WORDS.format("$text")}) AS word),
    text AS (SELECT DISTINCT query_id, words FROM indexed_query),
    found AS (SELECT DISTINCT query_id, word, uses FROM word SEMI JOIN wanted USING (word)),
    size AS (SELECT count(*) AS texts, avg(words) AS mean_words FROM text),
    rarity AS (
        SELECT wanted.word, ln(1 + (any_value(texts) - count(found.word) + 0.5) / (count(found.word) + 0.5)) AS idf
        FROM wanted LEFT JOIN found USING (word), size GROUP BY wanted.word
    ),
    matched AS (
        SELECT query_id,
               sum(idf * uses * 2.2 / (uses + 1.2 * (0.25 + 0.75 * words / mean_words))) AS bm25,
               sum(idf) / (SELECT sum(idf) FROM rarity) AS share
        FROM found JOIN rarity USING (word) JOIN text USING (query_id), size GROUP BY query_id
    ),
    example AS (
        SELECT i.skill_name, i.query_id, bool_or(bad.invocation_id IS NULL) AS good
        FROM invocation i
        LEFT JOIN (SELECT invocation_id FROM completion WHERE outcome <> 'completed') AS bad USING (invocation_id)
        GROUP BY ALL
        UNION
        SELECT skill_name, description_id, true FROM skill
    ),
    weighed AS (
        SELECT skill_name, query_id, share, max(bm25 * if(good, 1.0, $bad_weight)) AS score
        FROM example JOIN matched USING (query_id) GROUP BY ALL
    ),
    best AS (
        SELECT skill_name, list(score ORDER BY score DESC)[1:3] AS scores,
               max(share) AS share, arg_max(query_id, score) AS nearest_query
        FROM weighed GROUP BY skill_name
    )
    SELECT skill_name,
           least(1.0, list_sum(scores) / 3 / (SELECT sum(idf) * 2.2 FROM rarity)),
           least(1.0, share),
           nearest_query
    FROM best
"""


class SkillMatch(NamedTuple):
    """How well a skill's texts match a query by words. `score` is the mean BM25 of its best three as a share of the
    most a text could reach; `share` that of the query's words, weighted by rarity, found in the best text."""

    skill_name: str
    score: float
    share: float
    nearest_query: UUID


def stale(cursor: Cursor) -> bool:
    """Whether texts wait for being indexed."""
    return first(cursor, _UNINDEXED) is not None


def index(cursor: Cursor) -> None:
    """Index the texts that are not yet."""
    cursor.execute(_INDEX_WORDS)
    cursor.execute(_INDEX_QUERIES)


def matches(cursor: Cursor, text: str, bad_weight: float) -> list[SkillMatch]:
    """Every skill with a text that shares a word with `text`."""
    return [SkillMatch(*row) for row in cursor.execute(_SCORE, {"text": text, "bad_weight": bad_weight}).fetchall()]

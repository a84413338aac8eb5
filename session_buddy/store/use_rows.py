"""How the rows of the store become uses: one row each, with how it ended, at which rank it was chosen, and what
followed. The uses of a session depend on the rows of that session alone."""

from session_buddy.store.recommendations import ANSWER_US
from session_buddy.store.standing import BY_STANDING, REPORTED

MARK = """
    SELECT coalesce((SELECT max(rowid) FROM invocation), -1), coalesce((SELECT max(rowid) FROM completion), -1),
           coalesce((SELECT max(rowid) FROM recommendation), -1), coalesce((SELECT max(rowid) FROM session_event), -1),
           coalesce((SELECT max(rowid) FROM reported), -1)
"""
TOUCHED = """
    CREATE OR REPLACE TEMP TABLE touched AS
    SELECT session_id FROM invocation WHERE rowid > $invocations
    UNION
    SELECT session_id FROM invocation
    WHERE invocation_id IN (SELECT invocation_id FROM completion WHERE rowid > $completions)
    UNION
    SELECT session_id FROM recommendation WHERE rowid > $recommendations
    UNION
    SELECT session_id FROM session_event WHERE rowid > $events
    UNION
    SELECT session_id FROM reported WHERE rowid > $reports
"""
BEGUN = f"CREATE OR REPLACE TEMP TABLE begun AS FROM {REPORTED} WHERE session_id IN (FROM touched)"
FINISHED = """
    CREATE OR REPLACE TEMP TABLE finished AS
    SELECT *, rowid AS end_row FROM completion WHERE invocation_id IN (SELECT invocation_id FROM begun)
"""
REPEATED = "SELECT count(*) - count(DISTINCT invocation_id) FROM {0}"
# Of a row that is stored twice the first recorded one counts, where none was reported after another was inferred.
ONCE = f"""
    CREATE OR REPLACE TEMP TABLE {{0}} AS
    SELECT * FROM {{0}} QUALIFY row_number() OVER (PARTITION BY invocation_id ORDER BY {BY_STANDING}, {{1}}) = 1
"""
FRESH = f"""
    CREATE OR REPLACE TEMP TABLE fresh AS
    WITH over AS (
        SELECT session_id, max(happened_at) AS ended_at FROM session_event WHERE session_id IN (FROM touched)
        GROUP BY session_id HAVING arg_max(kind, (happened_at, recorded_at)) = 'ended'
    ),
    given AS (
        SELECT session_id, epoch_us(recommended_at) AS moment, arg_max(skills, recommendation_id) AS skills
        FROM recommendation WHERE session_id IN (FROM touched) GROUP BY ALL
    ),
    -- A list that was given is answered by the next use in its session, if that comes within the hour.
    answer AS (
        SELECT use.invocation_id, list_position(given.skills, use.skill_name) AS place
        FROM (
            SELECT invocation_id, skill_name, session_id, epoch_us(invoked_at) AS moment FROM begun
            WHERE session_id IN (SELECT session_id FROM given)
        ) AS use
        ASOF JOIN given ON use.session_id = given.session_id AND use.moment >= given.moment
        WHERE use.moment - given.moment <= {ANSWER_US}
        QUALIFY row_number() OVER (
            PARTITION BY given.session_id, given.moment ORDER BY use.moment, use.invocation_id
        ) = 1
    ),
    following AS (
        SELECT invocation_id, lead(workflow_phase) OVER session AS next_phase,
               lead(skill_name) OVER session AS next_skill
        FROM begun WHERE workflow_phase IS NOT NULL
        WINDOW session AS (PARTITION BY session_id ORDER BY invoked_at, invocation_id)
    )
    SELECT i.use_row, i.session_id AS session, i.project_id AS project, i.skill_name AS skill,
           i.workflow_phase AS phase, i.workflow_path AS path,
           epoch_us(i.invoked_at) AS moment, coalesce(i.selection_rank, a.place) AS rank,
           coalesce(c.outcome, if(i.invoked_at <= o.ended_at, 'session_ended', 'open')) AS outcome,
           CASE c.source WHEN 'seen' THEN 1 WHEN 'inferred' THEN 2 ELSE 0 END AS basis,
           c.duration_seconds AS duration, c.error_type AS error, c.follow_up_actions AS actions,
           f.next_phase, f.next_skill
    FROM begun i
    LEFT JOIN finished c USING (invocation_id)
    LEFT JOIN over o ON o.session_id = i.session_id
    LEFT JOIN answer a ON a.invocation_id = i.invocation_id
    LEFT JOIN following f ON f.invocation_id = i.invocation_id
"""
SCRATCH = ("touched", "begun", "finished", "fresh")
ROWS = {"begun": "use_row", "finished": "end_row"}

-- What hooks and transcripts saw in a session: prompts, skills that were loaded, what was done after them, ends of turns.
CREATE TABLE seen (
    event_id UUID,
    session_id VARCHAR,
    agent_id VARCHAR,
    kind VARCHAR,
    skill_name VARCHAR,
    action VARCHAR,
    query_id UUID,
    invocation_id UUID,
    project_id VARCHAR,
    happened_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ
);

-- Completions that were inferred, and have given way to what was reported since.
CREATE TABLE overridden (
    invocation_id UUID,
    outcome VARCHAR,
    overridden_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);

-- Which session a window serves, where it is no longer the one that it was started for.
CREATE TABLE served (
    connection_id VARCHAR,
    session_id VARCHAR,
    served_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);

-- Transcripts that were read to their end, as they were then.
CREATE TABLE transcript (
    transcript_id UUID,
    size BIGINT,
    modified_ns BIGINT,
    read_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);

-- What an assistant reported of a use that had been seen already; of each value the reported one stands, but for the
-- problem, which is known better from the prompt.
CREATE TABLE reported (
    invocation_id UUID,
    session_id VARCHAR,
    query_id UUID,
    workflow_path VARCHAR,
    workflow_phase VARCHAR,
    alternatives_considered VARCHAR[],
    selection_rank INTEGER,
    call VARCHAR,
    recorded_at TIMESTAMPTZ
);

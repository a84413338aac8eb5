CREATE TABLE project (
    project_id VARCHAR,
    path VARCHAR,
    recorded_at TIMESTAMPTZ
);

CREATE TABLE query (
    query_id UUID,
    text VARCHAR,
    recorded_at TIMESTAMPTZ
);

CREATE TABLE skill (
    skill_name VARCHAR,
    description_id UUID,
    source VARCHAR,
    project_id VARCHAR,
    recorded_at TIMESTAMPTZ
);

CREATE TABLE invocation (
    invocation_id UUID,
    skill_name VARCHAR,
    query_id UUID,
    session_id VARCHAR,
    project_id VARCHAR,
    invoked_at TIMESTAMPTZ,
    workflow_path VARCHAR,
    workflow_phase VARCHAR,
    alternatives_considered VARCHAR[],
    selection_rank INTEGER,
    source VARCHAR,
    recorded_at TIMESTAMPTZ,
    call VARCHAR
);

CREATE TABLE completion (
    invocation_id UUID,
    ended_at TIMESTAMPTZ,
    outcome VARCHAR,
    duration_seconds DOUBLE,
    follow_up_actions VARCHAR[],
    error_type VARCHAR,
    source VARCHAR,
    recorded_at TIMESTAMPTZ,
    call VARCHAR
);

CREATE TABLE model (
    model_id INTEGER,
    name VARCHAR,
    dimension INTEGER,
    recorded_at TIMESTAMPTZ
);

CREATE TABLE recommendation (
    recommendation_id UUID,
    query_id UUID,
    session_id VARCHAR,
    project_id VARCHAR,
    workflow_phase VARCHAR,
    ranking VARCHAR,
    confident BOOLEAN,
    skills VARCHAR[],
    scores DOUBLE[],
    recommended_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);

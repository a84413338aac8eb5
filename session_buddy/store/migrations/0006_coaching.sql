-- Coaching. Rows are only added: what a coaching session, a workflow or a correction is like now is asked of them.

-- How a coaching session began; a later row of the same session holds its variables as they are since then.
CREATE TABLE coaching_session (
    session_id VARCHAR,
    workflow_id VARCHAR,
    execution_id VARCHAR,
    total_steps INTEGER,
    variables VARCHAR,
    metadata VARCHAR,
    project_id VARCHAR,
    started_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ,
    call VARCHAR
);

-- Paused, resumed, or ended: completed, failed, abandoned.
CREATE TABLE coaching_change (
    session_id VARCHAR,
    kind VARCHAR,
    error_message VARCHAR,
    changed_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ,
    call VARCHAR
);

CREATE TABLE coaching_suggestion (
    suggestion_id UUID,
    session_id VARCHAR,
    workflow_id VARCHAR,
    step_index INTEGER,
    node_id VARCHAR,
    action_type VARCHAR,
    arguments_id UUID,
    mode VARCHAR,
    suggested VARCHAR,
    parameters VARCHAR,
    confidence DOUBLE,
    confidence_n INTEGER,
    shown VARCHAR,
    suggested_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ,
    call VARCHAR
);

-- Corrections that were applied to a suggestion, and those that gave way to another one.
CREATE TABLE coaching_applied (
    suggestion_id UUID,
    session_id VARCHAR,
    workflow_id VARCHAR,
    item_id UUID,
    winner_id UUID,
    applied_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);

CREATE TABLE coaching_decision (
    decision_id UUID,
    suggestion_id UUID,
    session_id VARCHAR,
    workflow_id VARCHAR,
    step_index INTEGER,
    node_id VARCHAR,
    action_type VARCHAR,
    decision VARCHAR,
    decided_by VARCHAR,
    correction VARCHAR,
    item_id UUID,
    feedback VARCHAR,
    seconds DOUBLE,
    decided_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ,
    call VARCHAR
);

CREATE TABLE coaching_undone (
    decision_id UUID,
    session_id VARCHAR,
    decided_by VARCHAR,
    undone_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ,
    call VARCHAR
);

-- Whether what was decided succeeded when it was executed.
CREATE TABLE coaching_execution (
    decision_id UUID,
    session_id VARCHAR,
    workflow_id VARCHAR,
    succeeded BOOLEAN,
    error_message VARCHAR,
    executed_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ,
    call VARCHAR
);

-- A correction that was learned, as a JSON Patch. Its record is counted from decisions.
CREATE TABLE coaching_item (
    item_id UUID,
    workflow_id VARCHAR,
    node_id VARCHAR,
    action_type VARCHAR,
    patch VARCHAR,
    recorded_at TIMESTAMPTZ
);

-- What is known of an item from elsewhere; of each count the greatest stands.
CREATE TABLE coaching_imported_item (
    item_id UUID,
    workflow_id VARCHAR,
    times_seen INTEGER,
    times_applied INTEGER,
    helped INTEGER,
    hurt INTEGER,
    imported_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);

-- What was seen of an item before this does not count.
CREATE TABLE coaching_forgotten_item (
    item_id UUID,
    workflow_id VARCHAR,
    forgotten_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);

CREATE TABLE coaching_level (
    workflow_id VARCHAR,
    level VARCHAR,
    previous VARCHAR,
    decided_by VARCHAR,
    reason VARCHAR,
    figures VARCHAR,
    changed_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ,
    call VARCHAR
);

CREATE TABLE coaching_threshold (
    name VARCHAR,
    value DOUBLE,
    decided_by VARCHAR,
    changed_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ
);

-- When a session ended, and when one that had ended went on. An invocation that was never ended is judged by it.
CREATE TABLE session_event (
    session_id VARCHAR,
    kind VARCHAR,
    happened_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ
);

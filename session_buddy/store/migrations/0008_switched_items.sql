-- A person has switched an item off, or on again; the newest row of an item says which. Packs do not tell it.
CREATE TABLE coaching_switched_item (
    item_id UUID,
    workflow_id VARCHAR,
    switched_on BOOLEAN,
    decided_by VARCHAR,
    switched_at TIMESTAMPTZ,
    source VARCHAR,
    recorded_at TIMESTAMPTZ,
    call VARCHAR
);

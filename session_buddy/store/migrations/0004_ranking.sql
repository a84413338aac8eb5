-- The text that stands for a skill in the ranking: its name and its description.
ALTER TABLE skill ADD COLUMN document_id UUID;

-- What was fitted to the history, so that a new hub need not do it again. It is made anew from the rows when it is old.
CREATE TABLE classifier (
    model_id INTEGER,
    skills VARCHAR[],
    weights BLOB,
    examples INTEGER,
    joins BOOLEAN,
    recorded_at TIMESTAMPTZ
);

-- The word index lives in memory now; it was made of the texts and held nothing of its own.
DROP TABLE word;
DROP TABLE indexed_query;

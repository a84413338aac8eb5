CREATE TABLE indexed_query (
    query_id UUID,
    words INTEGER
);

CREATE TABLE word (
    query_id UUID,
    word VARCHAR,
    uses INTEGER
);

"""How uses and their ends stand, where something was seen and something else was reported: what is reported stands."""

# An end that was seen or inferred gives way to the one that was reported since.
STANDING = """(
        FROM completion
        WHERE source NOT IN ('seen', 'inferred') OR invocation_id NOT IN (SELECT invocation_id FROM overridden)
    )"""
BY_STANDING = "source IN ('seen', 'inferred'), recorded_at"
# A use that was seen, with what was reported of it, and its row.
REPORTED = """(
        SELECT i.* REPLACE (
            coalesce(i.query_id, r.query_id) AS query_id,
            coalesce(r.workflow_path, i.workflow_path) AS workflow_path,
            coalesce(r.workflow_phase, i.workflow_phase) AS workflow_phase,
            coalesce(r.alternatives_considered, i.alternatives_considered) AS alternatives_considered,
            coalesce(r.selection_rank, i.selection_rank) AS selection_rank
        ), i.rowid AS use_row
        FROM invocation i
        LEFT JOIN (SELECT DISTINCT ON (invocation_id) * FROM reported) r USING (invocation_id)
    )"""
GIVES_WAY = ("seen", "inferred")

"""The names of the tools, in the order in which they are listed."""

TOOLS = [
    "track_skill",
    "complete_skill",
    "recommend_skills",
    "skill_metrics",
    "workflow_report",
    "coaching_start",
    "coaching_suggest",
    "coaching_decide",
    "coaching_outcome",
    "coaching_status",
    "pause_session",
    "resume_session",
    "end_session",
    "correction_pack",
]

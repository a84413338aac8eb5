"""Which rows of a store a person wants forgotten, and what is left of the others.

Tables are treated by the names and types of their columns, so that those of later layouts are not passed over:

- a row with a `session_id` or `skill_name` that is forgotten goes, and what belongs to an invocation goes with it;
- a row's age is that of its first time which is not `recorded_at`, where it belongs to a session;
- a row with a `query_id` that belongs to no session and no skill is made of a text, as a vector is, and goes with it;
- any other id of a text that goes becomes NULL, and so does any other value that contains a forgotten text;
- a coaching session goes whole: by its id, by its workflow's name, or by its age, which is that of its last touch.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from session_buddy.store.forgetting_coaching import COACHING, HIT, HIT_IN_JSON, JSON_COLUMNS, coached
from session_buddy.store.ids import normalised, query_id
from session_buddy.store.rows import number
from session_buddy.store.tables import Table, quoted, tables
from session_buddy.store.writing import Cursor

QUERY, CLASSIFIER, SKILL, PROJECT = "query", "classifier", "skill", "project"
# Columns and tables with words of the program's own, which no text of a person is in.
_OWN_COLUMNS = {
    "source", "outcome", "ranking", "program", "call", "kind", "status", "project_id",
    "decision", "decided_by", "mode", "level", "previous",
}  # fmt: skip
_OWN_TABLES = {"model", "store_migration", "coaching_threshold", QUERY, CLASSIFIER, PROJECT}
# A step keeps a name even where the name goes.
_STEP_COLUMNS = {"error_type", "node_id", "action_type", "action"}
_SKILL_LISTS = {"skills", "alternatives_considered"}

_DROPPED = f"({HIT} OR coalesce(list_contains($skills::VARCHAR[], {{0}}), false))"
_NAMES = "SELECT DISTINCT skill_name FROM ({0}) WHERE skill_name IS NOT NULL"
_NAME = "SELECT skill_name FROM store.{0}"
_LISTED = "SELECT unnest({1}) AS skill_name FROM store.{0}"
_SESSIONS = "SELECT DISTINCT session_id FROM ({0}) WHERE session_id IS NOT NULL"
_SESSION = "SELECT session_id FROM store.{0}"
_WHICH_HIT = "SELECT name FROM (SELECT unnest($names::VARCHAR[]) AS name) WHERE " + HIT.format("name")
_GONE_INVOCATIONS = """
    CREATE OR REPLACE TEMP TABLE gone_invocation AS
    SELECT DISTINCT invocation_id FROM store.invocation
    WHERE invocation_id IS NOT NULL AND (
        coalesce(list_contains($sessions::VARCHAR[], session_id), false)
        OR coalesce(list_contains($skills::VARCHAR[], skill_name), false)
        OR coalesce(invoked_at < $before::TIMESTAMPTZ, false)
    )
"""
_RENAMED = """
    CREATE OR REPLACE TEMP TABLE renamed_session AS
    SELECT session_id, 'forgotten-' || uuid() AS replacement FROM (SELECT unnest($renamed::VARCHAR[]) AS session_id)
"""
_GONE_TEXTS = f"""
    CREATE OR REPLACE TEMP TABLE gone_query AS
    SELECT DISTINCT query_id FROM store.query WHERE {HIT.format("text")}
"""
_UNDESCRIBED = """
    SELECT DISTINCT skill_name FROM store.skill
    WHERE (description_id IN (FROM gone_query) OR document_id IN (FROM gone_query))
      AND NOT coalesce(list_contains($skills::VARCHAR[], skill_name), false)
"""
_NEW_DOCUMENTS = """
    CREATE OR REPLACE TEMP TABLE new_document (skill_name VARCHAR, query_id UUID, text VARCHAR)
"""
_NEW_DOCUMENT = f"INSERT INTO new_document SELECT $name, if({HIT.format('$text')}, NULL, $id::UUID), $text"
_UNUSED_TEXTS = """
    INSERT INTO gone_query
    SELECT DISTINCT query_id FROM store.query
    WHERE query_id NOT IN (FROM gone_query) AND query_id NOT IN ({0})
"""
_OTHER_SESSION = """
    coalesce((SELECT replacement FROM renamed_session r WHERE r.session_id = {0}.session_id), session_id)
"""
_OTHER_DOCUMENT = "if(skill_name IN (SELECT skill_name FROM new_document), {0}, {1})"
_NEW_ID = "(SELECT query_id FROM new_document d WHERE d.skill_name = skill.skill_name)"
_USED = "SELECT {1} AS query_id FROM store.{0} WHERE {2} AND {1} IS NOT NULL"
_TALLY = """
    SELECT count(*) FILTER (NOT kept), count(*) FILTER (kept AND changed)
    FROM (SELECT ({1}) AS kept, ({2}) AS changed FROM store.{0})
"""
_MATCHING_TEXTS = f"SELECT count(*) FROM store.query WHERE {HIT.format('text')}"


class Choice(NamedTuple):
    """What to forget: everything that matches any of these. `texts` are normalised; `before` is a time in UTC."""

    texts: Sequence[str] = ()
    sessions: Sequence[str] = ()
    skills: Sequence[str] = ()
    before: datetime | None = None

    @property
    def pattern(self) -> str | None:
        """A regular expression (RE2) for the texts, in any case and with any white space; None without texts."""
        if not self.texts:
            return None
        found = "|".join(r"[\s\p{Z}]+".join(re.escape(word) for word in text.split()) for text in self.texts)
        return f"(?i){found}"


class Habits(NamedTuple):
    """What is put in the place of a forgotten error type, and the text that stands for a skill without description."""

    error_type: str
    document_of: Callable[[str], str]


class Tally(NamedTuple):
    """How many rows of a table go, and how many lose a part."""

    gone: int
    changed: int


class Selection(NamedTuple):
    """What a choice means in one store. It lives as long as the cursor it was made with."""

    values: dict[str, Any]
    tables: list[Table]
    tallies: dict[str, Tally]
    matching_texts: int

    @property
    def empty(self) -> bool:
        """Whether nothing in the store matches; what is made anew or pointed to by nothing does not count."""
        real = [self.tallies[table.name] for table in self.tables if table.name != QUERY and not _is_made(table)]
        return not self.matching_texts and not any(tally.gone or tally.changed for tally in real)


def select(cursor: Cursor, choice: Choice, habits: Habits) -> Selection:
    """Find what a choice means, with temporary tables on this cursor; the store is not changed."""
    found = tables(cursor)
    values: dict[str, Any] = {"pattern": choice.pattern, "before": choice.before, "private": habits.error_type}
    values["sessions"] = list(choice.sessions)
    values["coached"] = coached(cursor, [table.name for table in found], choice.pattern, choice.before)
    values["skills"] = sorted({*choice.skills, *_hits(cursor, values, _skills(cursor, found))})
    values["renamed"] = sorted({*_hits(cursor, values, _sessions(cursor, found))} - {*choice.sessions})
    for sql in (_GONE_INVOCATIONS, _RENAMED, _GONE_TEXTS):
        cursor.execute(sql, needed(sql, values))
    _make_documents(cursor, values, habits)
    matching = number(cursor, _MATCHING_TEXTS, needed(_MATCHING_TEXTS, values))
    _drop_unused_texts(cursor, values, found)
    tallies = {table.name: _tally(cursor, values, table) for table in found}
    return Selection(values, found, tallies, matching)


def kept(table: Table) -> str:
    """The condition that the rows of a table fulfil that are kept."""
    columns = table.columns
    if table.name == CLASSIFIER:
        return "false"
    conditions = ["true"]
    if table.name == PROJECT:
        conditions.append(f"NOT {HIT.format('path')}")
    if table.name == QUERY or _is_made(table):
        conditions.append("(query_id IS NULL OR query_id NOT IN (FROM gone_query))")
    if "session_id" in columns:
        conditions.append("NOT coalesce(list_contains($sessions::VARCHAR[], session_id), false)")
        if table.name.startswith(COACHING):
            conditions.append("NOT coalesce(list_contains($coached::VARCHAR[], session_id), false)")
        elif moment := _moment(table):
            conditions.append(f"coalesce({quoted(moment)} >= $before::TIMESTAMPTZ, true)")
    if "workflow_id" in columns:
        conditions.append(f"NOT {HIT.format('workflow_id')}")
    if "skill_name" in columns:
        conditions.append("NOT coalesce(list_contains($skills::VARCHAR[], skill_name), false)")
    if "invocation_id" in columns:
        conditions.append("(invocation_id IS NULL OR invocation_id NOT IN (FROM gone_invocation))")
    return " AND ".join(conditions)


def rewritten(table: Table) -> dict[str, str]:
    """What is kept of the columns that may lose something, as expressions."""
    if table.name in _OWN_TABLES or _is_made(table):
        return {}
    found = {column: _expression(table, column, kind) for column, kind in table.columns.items()}
    return {column: expression for column, expression in found.items() if expression}


def needed(sql: str, values: dict[str, Any]) -> dict[str, Any]:
    """Those of the values that a statement names; DuckDB refuses others."""
    return {name: value for name, value in values.items() if re.search(rf"\${name}\b", sql)}


def _expression(table: Table, column: str, kind: str) -> str | None:
    name = quoted(column)
    if kind == "UUID":
        return _text_id(table, column)
    if column == "session_id":
        return _OTHER_SESSION.format(table.quoted)
    if column == "skill_name" or column in _OWN_COLUMNS:
        return None
    if kind == "VARCHAR":
        hit = HIT_IN_JSON if column in JSON_COLUMNS else HIT
        return f"if({hit.format(name)}, {'$private' if column in _STEP_COLUMNS else 'NULL'}, {name})"
    if kind == "VARCHAR[]":
        return f"list_filter({name}, lambda item: NOT {_lost(column).format('item')})"
    if column == "scores" and "skills" in table.columns:
        return f"list_filter({name}, lambda score, place: NOT {_DROPPED.format('skills[place]')})"
    if "VARCHAR" in kind or kind == "JSON":
        return f"if({HIT.format(f'{name}::VARCHAR')}, NULL, {name})"
    return None


def _text_id(table: Table, column: str) -> str | None:
    name = quoted(column)
    if table.name == SKILL:
        return _OTHER_DOCUMENT.format("NULL" if column == "description_id" else _NEW_ID, name)
    return f"if({name} IN (FROM gone_query), NULL, {name})"


def _lost(column: str) -> str:
    return _DROPPED if column in _SKILL_LISTS else HIT


def _is_made(table: Table) -> bool:
    """Whether a table's rows are made of texts, or of the history, and can be made anew."""
    of_texts = "query_id" in table.columns and not {"session_id", "skill_name"} & set(table.columns)
    return table.name == CLASSIFIER or (of_texts and table.name != QUERY)


def _moment(table: Table) -> str | None:
    times = (column for column, kind in table.columns.items() if kind == "TIMESTAMP WITH TIME ZONE")
    return next((column for column in times if column != "recorded_at"), None)


def _skills(cursor: Cursor, found: list[Table]) -> list[str]:
    sources = [_NAME.format(table.quoted) for table in found if "skill_name" in table.columns]
    for table in found:
        lists = [column for column, kind in table.columns.items() if kind == "VARCHAR[]" and column in _SKILL_LISTS]
        sources += [_LISTED.format(table.quoted, column) for column in lists if table.name != CLASSIFIER]
    return sorted(name for (name,) in cursor.execute(_NAMES.format(" UNION ALL ".join(sources))).fetchall())


def _sessions(cursor: Cursor, found: list[Table]) -> list[str]:
    sources = [_SESSION.format(table.quoted) for table in found if "session_id" in table.columns]
    return sorted(name for (name,) in cursor.execute(_SESSIONS.format(" UNION ALL ".join(sources))).fetchall())


def _hits(cursor: Cursor, values: dict[str, Any], names: list[str]) -> list[str]:
    found = cursor.execute(_WHICH_HIT, {"names": names, "pattern": values["pattern"]}).fetchall()
    return [name for (name,) in found]


def _make_documents(cursor: Cursor, values: dict[str, Any], habits: Habits) -> None:
    """A skill whose description goes is known by its name from then on, unless that would say it again."""
    cursor.execute(_NEW_DOCUMENTS)
    for (name,) in cursor.execute(_UNDESCRIBED, needed(_UNDESCRIBED, values)).fetchall():
        text = normalised(habits.document_of(name))
        given = {"name": name, "text": text, "id": query_id(text), "pattern": values["pattern"]}
        cursor.execute(_NEW_DOCUMENT, given)


def _drop_unused_texts(cursor: Cursor, values: dict[str, Any], found: list[Table]) -> None:
    used = [
        _USED.format(table.quoted, rewritten(table)[column], kept(table))
        for table in found
        for column, kind in table.columns.items()
        if kind == "UUID" and table.name != QUERY and not _is_made(table)
    ]
    sql = _UNUSED_TEXTS.format(" UNION ".join(used))
    cursor.execute(sql, needed(sql, values))


def _tally(cursor: Cursor, values: dict[str, Any], table: Table) -> Tally:
    changes = [f"{quoted(column)} IS DISTINCT FROM ({new})" for column, new in rewritten(table).items()]
    sql = _TALLY.format(table.quoted, kept(table), " OR ".join(changes) or "false")
    gone, changed = cursor.execute(sql, needed(sql, values)).fetchall()[0]
    return Tally(gone, changed)

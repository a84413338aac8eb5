"""What was answered to a call that wrote, so that the same call, sent again after a crash, is not made twice."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from session_buddy.store.rows import first, insert
from session_buddy.store.times import now
from session_buddy.store.writing import Cursor, Job

Answer = dict[str, Any]

_FIRST = "SELECT result FROM answer WHERE connection_id = ? AND request_key = ? ORDER BY answered_at DESC LIMIT 1"
_KEEP = "INSERT INTO answer VALUES (?, ?, ?, ?)"
_FORGET = "DELETE FROM answer WHERE connection_id = ?"
_FORGET_OLD = "DELETE FROM answer WHERE answered_at < now() - INTERVAL 1 DAY"


class Call(NamedTuple):
    """One request of one connection. `resent` tells that an earlier hub may have answered it."""

    connection_id: str
    request_key: str
    resent: bool


def once(call: Call | None, job: Callable[[Cursor], Answer]) -> Job[Answer]:
    """A write job that runs `job` and keeps its answer in the same transaction, or finds the answer it gave before."""
    if call is None:
        return job

    def run(cursor: Cursor) -> Answer:
        if call.resent and (row := first(cursor, _FIRST, [call.connection_id, call.request_key])):
            known: Answer = json.loads(row[0])
            return known
        answer = job(cursor)
        insert(cursor, _KEEP, [call.connection_id, call.request_key, json.dumps(answer), now()])
        return answer

    return run


def forget(connection_id: str) -> Job[None]:
    """The connection has closed its end, so nothing of it can be sent again."""
    return lambda cursor: _run(cursor, _FORGET, [connection_id])


def forget_old() -> Job[None]:
    """Answers of connections that never came back after a crash."""
    return lambda cursor: _run(cursor, _FORGET_OLD, [])


def _run(cursor: Cursor, sql: str, values: list[Any]) -> None:
    cursor.execute(sql, values)

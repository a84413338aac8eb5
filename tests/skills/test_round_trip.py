"""What is exported and imported into an empty store is exported the same again, whatever the history was."""

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_buddy.cli.import_file import Reader
from session_buddy.errors import InvalidRequestError
from session_buddy.skills import describing
from session_buddy.skills.fields import LONGEST, MAX_NAME, as_name
from session_buddy.skills.privacy import stored_form
from session_buddy.skills.tracking import Ending, Origin, Use, complete, track
from session_buddy.store import catalogue, transfer
from session_buddy.store.store import Store
from session_buddy.store.writing import Cursor
from tests.store.filling import LIMIT, write

pytestmark = pytest.mark.slow

# Pieces that cleaning and normalising have an effect on, and that meet each other in a text.
PIECES = [
    "<private>", "</private>", "password", ": ", "\n", "=", "hunter2hunter2", "sk-ant-" + "a1" * 12, "\u0958",
    "e\u0301", "\u2028", "\x00", "\ud83d", "\ude00", "\u1100\u1161", "\ufb1d", "ghp_" + "b2" * 15, " ", "'", '"', "\\",
    "token", "🦆",
]  # fmt: skip
WORDS = st.one_of(st.sampled_from(PIECES), st.text(max_size=6))
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map("".join).filter(str.strip)
LONG = st.builds(lambda piece, times: piece * times, TEXTS, st.sampled_from([1, 1, 1, 40, 33_000]))
NAMES = st.one_of(
    st.builds(lambda text, times: as_name(text * times), TEXTS, st.sampled_from([1, 50])).filter(bool),
    st.sampled_from(["debugging", "code-review"]),
)
LISTS = st.none() | st.lists(NAMES, max_size=3)
SECONDS = st.none() | st.just(0) | st.floats(0, LONGEST)
MOMENTS = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
IDS = st.uuids().map(str)


def _given_only(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


LINES = st.fixed_dictionaries(
    {"skill_name": NAMES},
    optional={
        "user_query": LONG,
        "session_id": NAMES,
        "invoked_at": MOMENTS,
        "completed": st.sampled_from([True, False, None]),
        "duration_seconds": SECONDS,
        "workflow_path": NAMES,
        "workflow_phase": NAMES,
        "alternatives_considered": LISTS,
        "selection_rank": st.integers(1, 10_000),
        "follow_up_actions": st.none() | st.lists(LONG, max_size=3),
        "error_type": TEXTS,
        "invocation_id": IDS,
    },
)
SKILLS = st.fixed_dictionaries({"name": NAMES}, optional={"description": LONG}).map(lambda skill: {"skill": skill})
USES = st.builds(
    Use, NAMES, st.none() | LONG, st.none() | NAMES, st.none() | NAMES, LISTS, st.none() | st.integers(1, 99)
)
ENDINGS = st.builds(
    Ending,
    st.just(""),
    st.sampled_from([True, False, None]),
    st.none() | st.lists(LONG, max_size=3),
    st.none() | TEXTS,
    SECONDS,
)

Test = TypeVar("Test", bound=Callable[..., None])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for every example, which empties it."""
    store = Store.open(str(tmp_path_factory.mktemp("store") / "store.duckdb"))
    yield store
    store.close()


def often(test: Test) -> Test:
    return settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))(test)


def exported(store: Store) -> str:
    def job(cursor: Cursor) -> str:
        records = [*catalogue.dump(cursor), *(record for batch in transfer.dump(cursor) for record in batch)]
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)

    return store.read(job)


def import_text(store: Store, text: str, mask: bool) -> list[tuple[int, str]]:
    """Import as the command does, but for the processes in between; returns the bad lines."""
    reader = Reader(mask)
    for batch in reader.batches(io.BytesIO(text.encode())):
        rows = b"\n".join(batch.rows).decode()

        def job(cursor: Cursor, rows: str = rows, skills: list[dict[str, Any]] = batch.skills) -> None:
            transfer.load(cursor, rows, "p", "import")
            for skill in skills:
                describing.describe(cursor, skill["name"], skill["description"], "import", "p")

        write(store, job)
    return reader.problems


def comes_again(store: Store, mask: bool) -> None:
    """An export imported into an empty store, and exported from there, is the same."""
    first = exported(store)
    with tempfile.TemporaryDirectory() as folder:
        other = Store.open(str(Path(folder) / "other.duckdb"))
        try:
            assert import_text(other, first, mask) == []
            assert exported(other) == first
        finally:
            other.close()


def emptied(store: Store) -> None:
    def job(cursor: Cursor) -> None:
        for table in ("invocation", "completion", "query", "skill"):
            cursor.execute(f"DELETE FROM {table}")

    write(store, job)


@often
@given(lines=st.lists(LINES | SKILLS, max_size=8), mask=st.booleans())
def test_what_was_imported_comes_again(lines: list[dict[str, Any]], mask: bool, store: Store) -> None:
    emptied(store)
    import_text(store, "".join(json.dumps(_given_only(line)) + "\n" for line in lines), mask)
    comes_again(store, mask)


@often
@given(uses=st.lists(st.tuples(USES, st.none() | ENDINGS), max_size=6), session=NAMES, mask=st.booleans())
def test_what_was_tracked_comes_again(
    uses: list[tuple[Use, Ending | None]], session: str, mask: bool, store: Store
) -> None:
    emptied(store)
    for use, ending in uses:
        begun = store.write(lambda cursor, use=use: track(cursor, use, Origin(session, "p", "/p", mask))).result(LIMIT)  # type: ignore[misc]
        if ending:
            ending = ending._replace(invocation_id=begun["invocation_id"])
            try:
                store.write(lambda cursor, ending=ending: complete(cursor, ending, mask)).result(LIMIT)  # type: ignore[misc]
            except InvalidRequestError:
                assert ending.completed
                assert ending.error_type
    comes_again(store, mask)


@often
@given(text=LONG, mask=st.booleans(), limit=st.sampled_from([MAX_NAME, 32_768]))
def test_a_text_in_its_stored_form_is_not_changed_again(text: str, mask: bool, limit: int) -> None:
    kept = stored_form(text, mask, limit).text
    assert len(kept) <= limit
    again = stored_form(kept, mask, limit)
    assert again.text == kept
    assert again.notes == ()

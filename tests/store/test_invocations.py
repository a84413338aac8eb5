"""Uses of skills, and what is counted of them."""

from uuid import UUID

from session_buddy.store import invocations, queries
from session_buddy.store.ids import new_id, query_id
from session_buddy.store.invocations import Example, Tally
from session_buddy.store.store import Store
from session_buddy.store.times import from_micros
from tests.store.filling import BEGIN, change, ending_of, row_of, used, write


def tallies(store: Store, *skills: str) -> dict[str, Tally]:
    return store.read(lambda cursor: invocations.tallies(cursor, list(skills)))


def in_phase(store: Store, phase: str, *skills: str) -> dict[str, tuple[int, int]]:
    return store.read(lambda cursor: invocations.tallies_in_phase(cursor, list(skills), phase))


def examples(store: Store, nearest: dict[str, str]) -> dict[str, Example]:
    ids: dict[str, UUID] = {skill: query_id(text) for skill, text in nearest.items()}
    return store.read(lambda cursor: invocations.examples(cursor, ids))


def completed_for(store: Store, text: str) -> dict[str, int]:
    return store.read(lambda cursor: invocations.completed_for(cursor, query_id(text)))


def twice(store: Store, table: str) -> None:
    """Make every row of a table a duplicate, as two writers of a shared store could."""
    change(store, f"INSERT INTO {table} SELECT * FROM {table}")


def test_a_use_is_found_again_with_its_skill_and_beginning(store: Store) -> None:
    identity = used(store, "debugging", minute=3)
    begun = store.read(lambda cursor: invocations.begun(cursor, identity))
    assert begun
    assert begun.skill_name == "debugging"
    assert (from_micros(begun.invoked_us) - BEGIN).total_seconds() == 180


def test_a_use_that_was_never_stored_has_neither_beginning_nor_end(store: Store) -> None:
    used(store, "debugging", outcome="completed")
    assert store.read(lambda cursor: invocations.begun(cursor, new_id())) is None
    assert store.read(lambda cursor: invocations.ended(cursor, new_id())) is None


def test_an_open_use_has_not_ended(store: Store) -> None:
    identity = used(store, "debugging")
    assert store.read(lambda cursor: invocations.ended(cursor, identity)) is None


def test_an_end_is_found_with_its_outcome_time_and_error(store: Store) -> None:
    identity = used(store, "debugging", outcome="failed")
    ended = store.read(lambda cursor: invocations.ended(cursor, identity))
    assert ended
    assert (ended.outcome, ended.error_type) == ("failed", "TimeoutError")
    assert (from_micros(ended.ended_us) - BEGIN).total_seconds() == 90


def test_the_first_of_two_ends_counts(store: Store) -> None:
    identity = used(store, "debugging", outcome="completed")
    write(store, lambda cursor: invocations.complete(cursor, ending_of(identity, "failed", minute=5)))
    ended = store.read(lambda cursor: invocations.ended(cursor, identity))
    assert ended
    assert ended.outcome == "completed"


def test_all_fields_come_back_as_they_went_in(store: Store) -> None:
    row = row_of("debugging")._replace(
        workflow_path="a/b",
        workflow_phase="verify",
        alternatives_considered=["x", 'it\'s, "y"'],
        selection_rank=2,
    )
    write(store, lambda cursor: invocations.insert(cursor, row))
    columns = "workflow_path, workflow_phase, alternatives_considered, selection_rank, session_id, project_id, source"
    stored = store.read(lambda cursor: cursor.execute(f"SELECT {columns} FROM invocation").fetchall())
    assert stored == [("a/b", "verify", ["x", 'it\'s, "y"'], 2, "s", "p", "test")]


def test_a_tally_counts_all_completed_and_ended_uses(store: Store) -> None:
    for outcome in ("completed", "completed", "failed", "abandoned", None):
        used(store, "debugging", outcome=outcome)
    used(store, "testing")
    assert tallies(store, "debugging", "testing", "unknown") == {"debugging": Tally(5, 2, 4), "testing": Tally(1, 0, 0)}
    assert store.read(invocations.count) == 6


def test_the_rate_of_the_store_is_over_all_that_ended(store: Store) -> None:
    assert store.read(invocations.overall_rate) is None
    used(store, "debugging")
    assert store.read(invocations.overall_rate) is None
    for outcome in ("completed", "failed", "abandoned", "completed", "completed"):
        used(store, "debugging", outcome=outcome)
    assert store.read(invocations.overall_rate) == 0.6


def test_a_tally_in_a_phase_counts_only_what_ended_in_that_phase(store: Store) -> None:
    for outcome, phase in (("completed", "plan"), ("failed", "plan"), (None, "plan"), ("completed", "verify")):
        used(store, "debugging", outcome=outcome, phase=phase)
    used(store, "debugging", outcome="completed")
    assert in_phase(store, "plan", "debugging") == {"debugging": (1, 2)}
    assert in_phase(store, "ship", "debugging") == {}


def test_the_example_is_the_latest_completed_use_for_the_nearest_text(store: Store) -> None:
    used(store, "debugging", "why?", "completed", minute=1)
    wanted = used(store, "debugging", "why?", "completed", "verify", minute=2)
    used(store, "debugging", "why?", "failed", minute=3)
    used(store, "debugging", "why?", minute=4)
    used(store, "debugging", "another text", "completed", minute=5)
    used(store, "testing", "why?", "completed", minute=6)
    example = examples(store, {"debugging": "why?"})["debugging"]
    assert example.invocation_id == wanted
    assert (example.user_query, example.outcome, example.workflow_phase) == ("why?", "completed", "verify")
    assert example.duration_seconds == 90.0


def test_the_example_without_a_completed_use_is_the_latest_that_ended_or_else_the_latest(store: Store) -> None:
    used(store, "debugging", "why?", "failed", minute=1)
    failed = used(store, "debugging", "why?", "failed", minute=2)
    used(store, "debugging", "why?", minute=3)
    used(store, "testing", "why?", minute=1)
    still_open = used(store, "testing", "why?", minute=2)
    found = examples(store, {"debugging": "why?", "testing": "why?"})
    assert (found["debugging"].invocation_id, found["testing"].invocation_id) == (failed, still_open)


def test_every_skill_has_the_example_of_its_own_nearest_text(store: Store) -> None:
    used(store, "debugging", "one", "completed")
    used(store, "debugging", "two", "completed")
    used(store, "testing", "one", "completed")
    found = examples(store, {"debugging": "two", "testing": "one"})
    assert {skill: example.user_query for skill, example in found.items()} == {"debugging": "two", "testing": "one"}
    assert examples(store, {}) == {}


def test_only_completed_uses_for_exactly_this_text_are_counted_as_identical(store: Store) -> None:
    for skill, text, outcome in (
        ("debugging", "why?", "completed"),
        ("debugging", "why?", "completed"),
        ("testing", "why?", "completed"),
        ("reviewing", "why?", "failed"),
        ("planning", "why?", None),
        ("debugging", "why not?", "completed"),
    ):
        used(store, skill, text, outcome)
    assert completed_for(store, "why?") == {"debugging": 2, "testing": 1}


def test_a_use_that_is_stored_twice_counts_once(store: Store) -> None:
    used(store, "debugging", "why?", "completed", "plan")
    twice(store, "invocation")
    assert store.read(invocations.count) == 1
    assert tallies(store, "debugging") == {"debugging": Tally(1, 1, 1)}
    assert in_phase(store, "plan", "debugging") == {"debugging": (1, 1)}
    assert completed_for(store, "why?") == {"debugging": 1}


def test_an_end_that_is_stored_twice_counts_once(store: Store) -> None:
    used(store, "debugging", "why?", "completed", "plan")
    used(store, "testing", "why?", "failed", "plan")
    used(store, "testing", "why?", "failed", "plan")
    change(store, "INSERT INTO completion SELECT * FROM completion WHERE outcome = 'completed'")
    assert tallies(store, "debugging") == {"debugging": Tally(1, 1, 1)}
    assert in_phase(store, "plan", "debugging") == {"debugging": (1, 1)}
    assert completed_for(store, "why?") == {"debugging": 1}
    assert store.read(invocations.overall_rate) == 1 / 3


def test_a_text_that_is_stored_twice_shows_one_example(store: Store) -> None:
    identity = used(store, "debugging", "why?", "completed")
    twice(store, "query")
    assert [one.invocation_id for one in examples(store, {"debugging": "why?"}).values()] == [identity]
    assert store.read(queries.count) == 1

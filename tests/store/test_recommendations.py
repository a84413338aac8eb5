"""Recommendations that were given, and how they were followed."""

from datetime import timedelta
from typing import Any

import pytest

from session_buddy.store import invocations, recommendations
from session_buddy.store.figures import Figures, counted, overall
from session_buddy.store.ids import new_id
from session_buddy.store.recommendations import Following, Given, SkillFollowing, Standing
from session_buddy.store.scope import Scope
from session_buddy.store.store import Store
from session_buddy.store.use_table import UseTable
from session_buddy.store.writing import Cursor
from tests.store.filling import BEGIN, change, ending_of, row_of, rows, used, write


def list_of(skills: tuple[str, ...], minute: float = 0, session: str = "s") -> Given:
    """A list that was recommended some minutes after `BEGIN`."""
    scores = [1 / rank for rank in range(1, len(skills) + 1)]
    moment = BEGIN + timedelta(minutes=minute)
    return Given(new_id(), None, session, "p", None, "semantic", True, list(skills), scores, moment, moment)


def gave(store: Store, *skills: str, minute: float = 0, session: str = "s") -> None:
    write(store, lambda cursor: recommendations.insert(cursor, list_of(skills, minute, session)))


def took(
    store: Store, skill: str, minute: float = 1, session: str = "s", outcome: str | None = None, **told: Any
) -> None:
    """Store one use of a skill, with `selection_rank` and `alternatives_considered` as they are told."""
    moment = BEGIN + timedelta(minutes=minute)
    row = row_of(skill)._replace(session_id=session, invoked_at=moment, **told)

    def job(cursor: Cursor) -> None:
        invocations.insert(cursor, row)
        if outcome:
            invocations.complete(cursor, ending_of(row.invocation_id, outcome))

    write(store, job)


def following(store: Store, session: str | None = None) -> Following:
    return store.read(lambda cursor: recommendations.following(cursor, session))


def answers(store: Store) -> tuple[int, int, int]:
    """(chosen, ignored, unanswered)"""
    found = following(store)
    assert found.answered == found.chosen + found.ignored
    assert found.given == found.answered + found.unanswered
    return found.chosen, found.ignored, found.unanswered


def standing(store: Store) -> dict[str, Standing]:
    return store.read(recommendations.standing)


def expected(store: Store) -> dict[str, float]:
    return {skill: found.expected for skill, found in standing(store).items()}


def of_skill(store: Store, skill: str) -> SkillFollowing | None:
    return store.read(lambda cursor: recommendations.skill_following(cursor, [skill])).get(skill)


def figures(store: Store, skill: str | None = None) -> Figures:
    """What is counted of all uses, or of a skill's."""
    scope, table = Scope(0, 0, skills=None if skill is None else [skill]), UseTable()

    def job(cursor: Cursor) -> Figures:
        with table.current(cursor):
            return overall(cursor, scope, counted(cursor, scope))

    return store.read(job)


def success(store: Store, skill: str | None = None) -> tuple[int, int]:
    """(completed, ended) of the uses whose skill was ranked first."""
    found = figures(store, skill)
    return found.first_completed, found.first_ended


def test_a_recommendation_is_kept_with_all_its_fields(store: Store) -> None:
    query, moment = new_id(), BEGIN + timedelta(seconds=1)
    kept = Given(new_id(), query, "s", "p", "verify", "lexical", False, ["a", 'it\'s, "b"'], [0.5, 0.25], BEGIN, moment)
    write(store, lambda cursor: recommendations.insert(cursor, kept))
    columns = ", ".join(Given._fields[:9])
    assert rows(store, f"SELECT {columns} FROM recommendation") == [kept[:9]]
    times = rows(store, "SELECT epoch_us(recorded_at) - epoch_us(recommended_at) FROM recommendation")
    assert times == [(1_000_000,)]


def test_nothing_is_known_of_an_empty_store(store: Store) -> None:
    assert following(store) == Following(0, 0, 0, 0, 0, 0)
    assert standing(store) == {}
    assert of_skill(store, "a") is None


def test_the_skill_that_is_used_next_was_chosen_at_its_rank(store: Store) -> None:
    gave(store, "a", "b", "c")
    took(store, "b")
    assert answers(store) == (1, 0, 0)
    assert figures(store).average_rank == 2


def test_a_use_at_the_same_moment_answers_and_one_before_does_not(store: Store) -> None:
    gave(store, "a", minute=1)
    took(store, "a", minute=0.99)
    assert answers(store) == (0, 0, 1)
    took(store, "a", minute=1)
    assert answers(store) == (1, 0, 0)


def test_a_list_is_ignored_when_the_next_skill_is_not_in_it(store: Store) -> None:
    gave(store, "a", "b")
    took(store, "c", minute=1)
    took(store, "a", minute=2)
    assert answers(store) == (0, 1, 0)


def test_a_use_in_another_session_is_no_answer(store: Store) -> None:
    gave(store, "a")
    took(store, "a", session="another")
    assert answers(store) == (0, 0, 1)


def test_a_use_more_than_an_hour_later_is_no_answer(store: Store) -> None:
    gave(store, "a", session="in time")
    gave(store, "a", session="late")
    took(store, "a", minute=60, session="in time")
    took(store, "a", minute=60.01, session="late")
    assert answers(store) == (1, 0, 1)


def test_a_use_answers_the_latest_list_and_leaves_the_one_before_it_unanswered(store: Store) -> None:
    gave(store, "a", minute=0)
    gave(store, "b", minute=1)
    took(store, "a", minute=2)
    assert answers(store) == (0, 1, 1)


def test_an_empty_list_is_not_counted_and_ends_the_one_before_it(store: Store) -> None:
    gave(store, "a", minute=0)
    gave(store, minute=1)
    took(store, "a", minute=2)
    assert answers(store) == (0, 0, 1)


def test_a_reported_rank_wins_over_the_place_in_the_list(store: Store) -> None:
    gave(store, "a", "b")
    took(store, "b", selection_rank=1)
    assert answers(store) == (1, 0, 0)
    assert figures(store).average_rank == 1


def test_what_answers_a_list_tells_of_no_other(store: Store) -> None:
    gave(store, "a", "b")
    took(store, "b", alternatives_considered=["a", "x"])
    gave(store, "a", "b", minute=2)
    took(store, "c", minute=3, selection_rank=1, alternatives_considered=["x"])
    assert following(store).reported == 0
    assert standing(store).keys() == {"a", "b"}


@pytest.mark.parametrize("before", ["nothing", "an empty list", "a list that is answered", "a list of long ago"])
def test_a_use_that_answers_no_list_tells_of_its_own(store: Store, before: str) -> None:
    if before == "an empty list":
        gave(store, minute=100)
    elif before == "a list that is answered":
        gave(store, "a", minute=100)
        took(store, "a", minute=101)
    elif before == "a list of long ago":
        gave(store, "a", minute=0)
    took(store, "b", minute=102, selection_rank=3, alternatives_considered=["c"])
    assert following(store).reported == 1
    assert of_skill(store, "b") == SkillFollowing(1, 1)
    assert figures(store, "b").average_rank == 3
    assert of_skill(store, "c") == SkillFollowing(1, 0)


def test_a_use_that_reports_nothing_tells_of_no_list(store: Store) -> None:
    took(store, "a")
    took(store, "a", alternatives_considered=[])
    took(store, "a", alternatives_considered=["a"])
    assert following(store).reported == 0
    assert standing(store) == {}


def test_alternatives_stand_in_their_order_at_the_ranks_that_are_left(store: Store) -> None:
    took(store, "x", selection_rank=2, alternatives_considered=["a", "b"])  # a, x, b
    took(store, "x", selection_rank=1, alternatives_considered=["c", "d"])  # x, c, d
    took(store, "x", selection_rank=3, alternatives_considered=["e", "f"])  # e, f, x
    third = 1 / 3
    assert expected(store) == pytest.approx(dict.fromkeys("abcdef", third) | {"x": 1})


def test_without_a_rank_a_choice_counts_and_its_rank_does_not(store: Store) -> None:
    took(store, "a", outcome="completed", alternatives_considered=["b"])
    assert standing(store) == {"a": Standing(1, 1, 0.5), "b": Standing(1, 0, 0.5)}
    assert following(store).reported == 1
    assert (figures(store).average_rank, success(store)) == (None, (0, 0))


def test_a_skill_is_no_alternative_to_itself_and_an_alternative_counts_once(store: Store) -> None:
    took(store, "a", alternatives_considered=["b", "a", "b"])
    assert standing(store) == {"a": Standing(1, 1, 0.5), "b": Standing(1, 0, 0.5)}


def test_a_skill_stands_by_what_was_chosen_of_the_answered_lists_it_was_in(store: Store) -> None:
    gave(store, "a", "b", minute=0)
    took(store, "a", minute=1)
    gave(store, "a", "b", minute=2)
    took(store, "b", minute=3)
    gave(store, "b", "c", minute=4)
    found = standing(store)
    assert {skill: one[:2] for skill, one in found.items()} == {"a": (2, 1), "b": (2, 1)}


def test_what_is_expected_at_a_rank_is_the_share_of_all_items_at_that_rank_that_were_chosen(store: Store) -> None:
    for number, chosen in enumerate(("a", "a", "b", "another")):
        gave(store, "a", "b", session=str(number))
        took(store, chosen, session=str(number))
    gave(store, "c", session="c")
    took(store, "c", session="c")
    assert expected(store) == pytest.approx({"a": 4 * 3 / 5, "b": 4 * 1 / 4, "c": 3 / 5})


def test_the_ranks_below_the_tenth_are_taken_together(store: Store) -> None:
    gave(store, *"abcdefghijkl")
    took(store, "l")
    assert expected(store) == dict.fromkeys("abcdefghij", 0.0) | {"k": 0.5, "l": 0.5}


def test_only_the_latest_showings_of_a_skill_make_its_standing(store: Store) -> None:
    moments = "SELECT 's' || i, make_timestamptz(1772355600000000 + i * 1000000) AS moment FROM range(300) AS t(i)"
    change(
        store,
        "INSERT INTO recommendation (recommendation_id, session_id, skills, recommended_at)"
        f" SELECT uuid(), column0, ['a', 'b'], moment FROM ({moments}) AS t(column0, moment)",
    )
    change(
        store,
        "INSERT INTO invocation (invocation_id, session_id, skill_name, invoked_at)"
        " SELECT uuid(), session_id, if(recommended_at < make_timestamptz(1772355600000000 + 150 * 1000000), 'a', 'b'),"
        " recommended_at FROM recommendation",
    )
    assert standing(store) == {"a": Standing(200, 50, 100), "b": Standing(200, 150, 100)}


def test_success_is_counted_among_the_ended_uses_whose_skill_ranked_first(store: Store) -> None:
    for number, (skill, outcome) in enumerate(
        (("a", "completed"), ("a", "failed"), ("a", "abandoned"), ("a", None), ("b", "completed"), ("x", "completed"))
    ):
        gave(store, "a", "b", session=str(number))
        took(store, skill, session=str(number), outcome=outcome)
    assert success(store) == (1, 3)
    took(store, "c", session="c", outcome="completed", selection_rank=1)
    assert success(store) == (2, 4)


def test_one_session_is_told_apart_from_the_others(store: Store) -> None:
    gave(store, "a", session="one")
    took(store, "a", session="one", outcome="completed")
    gave(store, "a", session="two")
    took(store, "b", session="two", minute=90, selection_rank=2)
    assert following(store, "one") == Following(1, 1, 1, 0, 0, 0)
    assert following(store, "two") == Following(1, 0, 0, 0, 1, 1)
    assert following(store, "none").given == 0


def test_a_skill_is_told_how_often_it_was_shown_chosen_and_completed_as_the_first(store: Store) -> None:
    for number, (chosen, outcome) in enumerate((("a", "failed"), ("a", None), ("b", "completed"), ("x", None))):
        gave(store, "a", "b", session=str(number))
        took(store, chosen, session=str(number), outcome=outcome)
    gave(store, "b", session="unanswered")
    took(store, "b", session="told", outcome="failed", selection_rank=1)
    assert of_skill(store, "a") == SkillFollowing(4, 2)
    assert (figures(store, "a").average_rank, success(store, "a")) == (1, (0, 1))
    assert of_skill(store, "b") == SkillFollowing(6, 2)
    assert (figures(store, "b").average_rank, success(store, "b")) == (1.5, (0, 1))
    assert of_skill(store, "x") is None


def test_the_first_of_two_ends_of_a_use_counts(store: Store) -> None:
    identity = used(store, "a", outcome="completed")
    change(store, "UPDATE invocation SET selection_rank = 1")
    write(store, lambda cursor: invocations.complete(cursor, ending_of(identity, "failed", minute=5)))
    assert success(store) == (1, 1)


def test_rows_that_are_stored_twice_count_once(store: Store) -> None:
    gave(store, "a", "b", minute=0)
    took(store, "b", minute=0, outcome="completed", selection_rank=1, alternatives_considered=["x"])
    gave(store, "a", "b", minute=1)
    gave(store, "a", minute=2)
    took(store, "c", minute=3)
    took(store, "d", minute=4, selection_rank=2, alternatives_considered=["a"])
    skills = list("abcdx")
    before = following(store), standing(store), store.read(lambda c: recommendations.skill_following(c, skills))
    for table in ("recommendation", "invocation", "completion"):
        change(store, f"INSERT INTO {table} SELECT * FROM {table}")
    after = following(store), standing(store), store.read(lambda c: recommendations.skill_following(c, skills))
    assert after == before


def test_lists_of_the_same_moment_are_answered_once(store: Store) -> None:
    gave(store, "a")
    gave(store, "a")
    took(store, "a")
    assert answers(store) == (1, 0, 1)

"""How ready a workflow was after each of its last decisions: the same formula as readiness, at every point."""

from typing import Any

from session_buddy.coaching import jobs
from session_buddy.coaching.metrics import MOST_POINTS
from session_buddy.store.writing import Cursor
from tests.coaching.room import ACTION, ASSISTANT, NODE, PERSON_ON_PAGE, WORKFLOW, Room
from tests.coaching.test_levels import practise

Told = dict[str, Any]
NAMES = ("decisions", "learning_progress", "acceptance_rate", "criteria_met")


def points(room: Room, workflow_id: str = WORKFLOW) -> list[Told]:
    found: list[Told] = room.ask("progress", workflow_id=workflow_id)["points"]
    return found


def now(room: Room) -> tuple[Any, ...]:
    """What the workflow says of itself at this moment, as a point has it."""
    ready = room.workflow()["readiness"]
    values = {one["name"]: one["value"] for one in ready["criteria"]}
    met = sum(one["met"] for one in ready["criteria"])
    return values["decisions"]["decisions"], ready["learning_progress"], values["acceptance"] or 0.0, met


def test_each_point_is_what_readiness_said_when_that_decision_was_the_last(room: Room) -> None:
    session, said = room.start(), []
    for number, kind in enumerate(["accept", "accept", "reject", "manual", "accept", "skip"]):
        room.step(session, kind, seconds=float(number), execution_success=True if kind == "accept" else None)
        if kind in ("accept", "reject"):
            said.append(now(room))
        room.step(session, "reject", ASSISTANT)
    found = points(room)
    assert [tuple(one[name] for name in NAMES) for one in found] == said
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)


def test_the_last_hundred_are_told_each_over_its_whole_window(room: Room) -> None:
    practise(room, "R" * 60 + "A" * (MOST_POINTS + 20))
    found = points(room)
    assert len(found) == MOST_POINTS
    assert {one["decisions"] for one in found} == {50}
    assert (found[0]["acceptance_rate"], found[-1]["acceptance_rate"]) == (42.0, 100.0)
    assert (found[-1]["learning_progress"], found[-1]["criteria_met"]) == (1.0, 6)


def test_what_was_taken_back_is_no_point_and_a_moved_bar_moves_all(room: Room) -> None:
    session = room.start()
    for _ in range(3):
        room.step(session, seconds=3.0)
    before = points(room)
    room.ask("undo", PERSON_ON_PAGE, session_id=session)
    assert points(room) == before[:-1]
    room.ask("set_threshold", PERSON_ON_PAGE, name="decisions", value=1)
    assert all(
        one["learning_progress"] > other["learning_progress"] for one, other in zip(points(room), before, strict=False)
    )


def test_a_workflow_without_decisions_of_persons_has_no_points(room: Room) -> None:
    room.step(room.start(), "accept", ASSISTANT)
    assert points(room) == []


def test_all_workflows_at_once_are_judged_as_each_by_itself(room: Room) -> None:
    def job(cursor: Cursor) -> None:
        for number in range(12):
            given = {"workflow_id": f"workflow {number}"}
            session = jobs.job("start")(cursor, ASSISTANT, given)["session_id"]
            for step in range(number * 6):
                kind = "reject" if step % (number + 1) == 0 else "accept"
                decided = {"session_id": session, "node_id": NODE, "action_type": ACTION, "decision": kind}
                jobs.job("decide")(cursor, PERSON_ON_PAGE, decided | {"seconds": float(step)})

    room.write(job)
    # A window that ends amid decisions of the same moment.
    room.change("UPDATE coaching_decision SET decided_at = '2026-03-01T12:00:00Z' WHERE step_index BETWEEN 5 AND 15")
    for one in room.ask("overall")["workflows"]:
        alone = room.workflow(one["workflow_id"])
        ready = alone["readiness"]
        assert (one["level"], one["level_since"]) == (alone["level"], alone["level_since"])
        assert (one["readiness"], one["learning_progress"]) == (ready["state"], ready["learning_progress"])
        assert one["unmet"] == [each["name"] for each in ready["criteria"] if not each["met"]]


def test_each_criterion_has_a_label_and_the_unit_of_its_value(room: Room) -> None:
    room.start()
    criteria = room.workflow()["readiness"]["criteria"]
    assert {one["name"]: one["unit"] for one in criteria} == {
        "decisions": {"decisions": "decisions", "sessions": "coaching sessions"},
        "acceptance": "%",
        "lower_bound": "%",
        "outcomes": {"known": "% known", "succeeded": "% succeeded"},
        "clean_streak": "decisions",
        "attention": "s",
    }
    assert all(one["label"] and one["text"] for one in criteria)


def test_decisions_are_counted_by_the_days_of_utc(room: Room) -> None:
    session = room.start()
    for _ in range(3):
        room.step(session)
    for step, moment in enumerate(["1969-12-31T23:59:59.9Z", "2024-02-29T23:30:00-01:00", "2024-02-29T23:59:59Z"]):
        room.change("UPDATE coaching_decision SET decided_at = ? WHERE step_index = ?", moment, step)
    found = room.workflow()["days"]
    assert [(one["day"], one["decisions"]) for one in found] == [
        ("1969-12-31", 1),
        ("2024-02-29", 1),
        ("2024-03-01", 1),
    ]

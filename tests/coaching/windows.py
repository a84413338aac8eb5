"""Two windows that coach the same workflows, against the model: every answer, every refusal, and what is stored."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import jsonpatch

from session_buddy.coaching import jobs, sessions, suggestions
from session_buddy.coaching.actors import PERSON, REPORTED, Actor
from session_buddy.errors import BuddyError
from session_buddy.store import (
    coaching_decisions,
    coaching_items,
    coaching_learning,
    coaching_sessions,
    coaching_suggestions,
)
from session_buddy.store.calls import Call
from session_buddy.store.writing import Cursor
from tests.coaching.model import MODES, Model, Refused
from tests.coaching.room import ACTION, Room
from tests.store.filling import LIMIT, rows

WORKFLOWS = ("release", "triage")
NODES = ("build", "ship")
ARGUMENTS: tuple[dict[str, Any], ...] = ({}, {"env": "prod"}, {"env": "prod", "n": 1}, {"env": "prod", "list": [1]})
CORRECTIONS: tuple[dict[str, Any], ...] = ({"env": "staging"}, {"env": "staging", "n": 1}, {"env": "canary"}, {})
KINDS = ("accept", "accept", "accept", "manual", "skip", "reject", "correct", "correct")
ENDS = ("completed", "completed", "failed", "abandoned")

Told = dict[str, Any]
Step = tuple[str, int, int, int, int]
TABLES = (
    "session", "change", "suggestion", "applied", "decision", "undone", "execution", "item", "level", "switched_item",
)  # fmt: skip
COUNT = "SELECT " + " + ".join(f"(SELECT count(*) FROM coaching_{name})" for name in TABLES)
ENDORSED = """
    SELECT 1 FROM coaching_decision WHERE workflow_id = ? AND node_id = ? AND decided_by = 'person'
      AND decision IN ('accept', 'correct') LIMIT 1
"""


@dataclass
class Asked:
    """A call that a window has made; `expect` compares its answer with the model, and changes the model. It tells
    whether anything was stored."""

    name: str
    window: int
    key: str
    actor: Actor
    given: Told
    expect: Callable[[Told | None], bool]
    answer: Told | None = None
    stored: bool = False


class Windows:
    def __init__(self, room: Room) -> None:
        self.room, self.model = room, Model()
        self.calls: list[Asked] = []
        self.off: dict[str, bool] = {}

    def live(self, steps: list[Step]) -> None:
        """Do these steps one after the other; those of a batch come to the store together."""
        for number, (name, *chances) in enumerate(steps):
            if name == "batch":
                self.together([self.asked(*step) for step in steps[number + 1 : number + 2 + chances[0] % 6]])
            elif name == "resend":
                self.resend(chances[0])
            else:
                self.together([self.asked(name, *chances)])
            if chances[-1] % 2:
                self.check(chances[0])
        for session in self.model.sessions:
            self.check_session(session)
        self.check_items()
        self.check_cases()
        self.check_progress()
        self.check_statistics()

    def asked(self, name: str, *chances: int) -> Asked:
        """A call, by chance."""
        name = "start" if not self.model.sessions else "decide" if name in ("batch", "resend") else name
        who = REPORTED if chances[0] % (7 if name in ("promote", "switch_item") else 2) == 1 else PERSON
        window, key = chances[1] % 2, f"{name}-{len(self.calls)}"
        given, expect = getattr(self, f"_{name}")(who, *chances)
        actor = Actor(who, "tool" if who == REPORTED else "dashboard", None, True, Call(f"window-{window}", key, False))
        one = Asked(name, window, key, actor, given, expect)
        self.calls.append(one)
        return one

    def together(self, asked: list[Asked]) -> None:
        """Let calls come to the store at the same time; their answers must be those of one after the other."""
        store = self.room.store
        if len(asked) > 1:
            store.pause()
        waiting = [store.write(self._job(one)) for one in asked]
        if len(asked) > 1:
            store.resume()
        for one, future in zip(asked, waiting, strict=True):
            self._compare(one, future)

    def resend(self, chance: int) -> None:
        """Send an earlier call again."""
        if not self.calls:
            return
        one = self.calls[chance % len(self.calls)]
        call = one.actor.call
        assert call is not None
        again = Asked(one.name, one.window, one.key, one.actor._replace(call=call._replace(resent=True)), one.given,
                      one.expect)  # fmt: skip
        if not one.stored:
            self.together([again])
            one.stored, one.answer = again.stored, again.answer
            return
        before = rows(self.room.store, COUNT)
        answer = self.room.write(self._job(again))
        assert identity(answer) == identity(one.answer or {}), one.name
        assert rows(self.room.store, COUNT) == before, one.name

    def _job(self, one: Asked) -> Callable[[Cursor], Told]:
        return lambda cursor: jobs.job(one.name)(cursor, one.actor, one.given)

    def _compare(self, one: Asked, future: "Future[Told]") -> None:
        answer, refusal = None, ""
        try:
            answer = future.result(LIMIT)
        except BuddyError as error:
            refusal = str(error)
        expected = ""
        try:
            one.stored = one.expect(answer)
        except Refused as error:
            expected = str(error)
        assert (answer is None) == bool(expected), (one.name, one.given, refusal, expected)
        assert expected in refusal, (one.name, one.given, refusal, expected)
        one.answer = answer

    # Each of these gives what is asked, and how to compare the answer (None where it was refused) with the model.

    def _start(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        workflow = WORKFLOWS[chances[1] % 2]

        def expect(answer: Told | None) -> bool:
            assert answer is not None
            self.model.start(answer["session_id"], workflow)
            return True

        return {"workflow_id": workflow}, expect

    def _suggest(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        session, node = self._session(chances[1]), NODES[chances[2] % 2]
        parameters = ARGUMENTS[chances[3] % len(ARGUMENTS)]
        text = json.dumps(parameters, sort_keys=True)

        def expect(answer: Told | None) -> bool:
            known = self.model.same(session, node, text)
            if known is None and answer is not None:
                assert answer["suggestion_id"] not in self.model.suggestions
                self.model.suggest(answer["suggestion_id"], session, node, text, answer["parameters"])
                self._note_mode(answer["suggestion_id"])
            if answer is not None:
                name = answer["suggestion_id"]
                assert known in (None, name)
                made = self.model.suggestions[name]
                assert (answer["step_index"], answer["parameters"]) == (made.step, made.parameters)
                # A person may have taken back what let it run by itself, which the model does not know.
                assert answer["mode"] in {self.model.mode(name), self.model.mode(name).replace("auto", "ask")}
                assert answer["level"] == self.model.level(session)
                assert answer["decision"] is None
                if known is None:
                    assert not any(self.off.get(one["item_id"]) for one in answer["corrections_applied"])
            return known is None

        given = {"session_id": session, "node_id": node, "action_type": ACTION, "parameters": parameters}
        return given, expect

    def _decide(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        session, kind = self._session(chances[1]), KINDS[chances[2] % len(KINDS)]
        node = NODES[chances[3] % 2]
        names = self.model.pending(session) if chances[3] % 8 else list(self.model.suggestions)
        chosen = names[-1 - chances[3] % min(len(names), 3)] if names and chances[3] % 5 else None
        success = [None, None, True, False][chances[0] % 4] if kind in ("accept", "correct", "manual") else None
        correction = CORRECTIONS[chances[0] % len(CORRECTIONS)] if kind == "correct" else None

        def expect(answer: Told | None) -> bool:
            about = chosen or self.model.pending_at(session, node, kind)
            if about is None and answer is not None:
                about = str(answer["decision"]["suggestion_id"])
                assert about not in self.model.suggestions
                self.model.suggest(about, session, node, "{}", {})
                self.model.suggestions[about].parameters = self._parameters(about)
                self._note_mode(about)
            assert about is not None, "a step that nobody suggested can be decided"
            change = self.model.decide(session, about, kind, who, success, correction)
            if answer is not None:
                self._decided(answer, about, change)
            return True

        given: Told = {"session_id": session, "decision": kind, "suggestion_id": chosen, "execution_success": success}
        given |= {"correction": correction, "seconds": 3.0}
        return given | ({} if chosen else {"node_id": node, "action_type": ACTION}), expect

    def _outcome(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        names = list(self.model.suggestions)
        if not names:
            return self._missing()
        name, success = names[-1 - chances[1] % min(len(names), 4)], bool(chances[2] % 6)

        def expect(answer: Told | None) -> bool:
            change = self.model.outcome(name, success)
            if answer is not None:
                self._decided(answer, name, change)
            return True

        return {"suggestion_id": name, "execution_success": success}, expect

    def _undo(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        session = self._session(chances[1])

        def expect(answer: Told | None) -> bool:
            about = self.model.undo(session, who)
            if answer is not None:
                assert answer["undone"]["suggestion_id"] == about
                self._same(answer, session)
            return True

        return {"session_id": session}, expect

    def _pause(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        return self._change(chances[1], self.model.pause)

    def _resume(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        return self._change(chances[1], self.model.resume)

    def _end(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        outcome = ENDS[chances[2] % len(ENDS)]
        given, expect = self._change(chances[1], lambda session: self.model.end(session, outcome))
        return given | {"outcome": outcome}, expect

    def _promote(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        def raised(workflow: str) -> str:
            if who != PERSON:
                raise Refused("Only a person")
            return self.model.promote(workflow)

        given, expect = self._levelled(chances[1], raised)
        return given | {"despite": "we know it well"}, expect

    def _demote(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        return self._levelled(chances[1], self.model.demote)

    def _switch_item(self, who: str, *chances: int) -> tuple[Told, Callable[[Told | None], bool]]:
        workflow, on = self.model.sessions[self._session(chances[1])].workflow, bool(chances[2] % 2)
        items = [one["item_id"] for one in self.room.ask("pack", workflow_id=workflow)["items"]]
        item = items[chances[3] % len(items)] if items else "none"

        def expect(answer: Told | None) -> bool:
            if who != PERSON:
                raise Refused("Only a person")
            if answer is None:  # what taught it was taken back, perhaps by a call that came together with this one
                raise Refused("has no item")
            assert (answer["item_id"], answer["on"]) == (item, on)
            was, self.off[item] = self.off.get(item, False), not on
            return was == on

        return {"workflow_id": workflow, "item_id": item, "on": on}, expect

    def _missing(self) -> tuple[Told, Callable[[Told | None], bool]]:
        def expect(answer: Told | None) -> bool:
            raise Refused("There is no suggestion")

        return {"suggestion_id": "none", "execution_success": True}, expect

    def _change(self, chance: int, change: Callable[[str], bool]) -> tuple[Told, Callable[[Told | None], bool]]:
        session = self._session(chance)

        def expect(answer: Told | None) -> bool:
            stored = change(session)
            if answer is not None:
                self._same(answer, session)
            return stored

        return {"session_id": session}, expect

    def _levelled(self, chance: int, change: Callable[[str], str]) -> tuple[Told, Callable[[Told | None], bool]]:
        workflow = self.model.sessions[self._session(chance)].workflow

        def expect(answer: Told | None) -> bool:
            level = change(workflow)
            assert answer is None or answer["level"] == level
            return True

        return {"workflow_id": workflow}, expect

    def _session(self, chance: int) -> str:
        """One of the latest coaching sessions, mostly one that goes on."""
        going = [name for name, one in self.model.sessions.items() if one.status == "active"]
        names = going if going and chance % 8 else list(self.model.sessions)
        return names[-1 - chance % min(len(names), 2)]

    def _parameters(self, suggestion: str) -> Told:
        found: Told = self.room.ask("suggestion", suggestion_id=suggestion)["parameters"]
        return found

    def _note_mode(self, suggestion: str) -> None:
        """Take over that a step at AUTO is asked; it runs by itself only where a person has ever endorsed its kind."""
        made = self.model.suggestions[suggestion]
        ((mode,),) = rows(self.room.store, "SELECT mode FROM coaching_suggestion WHERE suggestion_id = ?", suggestion)
        if made.mode != "auto":
            assert mode == made.mode
            return
        assert mode == "ask" or rows(self.room.store, ENDORSED, self.model.sessions[made.session].workflow, made.node)
        made.mode = mode

    def _decided(self, answer: Told, about: str, change: str | None) -> None:
        session = self.model.suggestions[about].session
        made, told = self.model.decision(about), answer["decision"]
        assert made is not None
        assert told["suggestion_id"] == about
        assert (told["decision"], told["decided_by"], told["execution_success"]) == (
            made.kind,
            made.who,
            made.succeeded,
        )
        assert (answer["level_change"] or {}).get("level") == change
        self._same(answer, session)

    def _same(self, answer: Told, session: str) -> None:
        known = self.model.sessions[session]
        assert answer["stats"] == self.model.stats(session)
        assert (answer["current_step_index"], answer["level"]) == (len(known.decisions), self.model.level(session))
        if "status" in answer:
            assert answer["status"] == known.status

    # What is stored, read by others than the one who wrote it.

    def check(self, chance: int) -> None:
        """One coaching session as it is read, against the model, and against what the write queue remembers of it."""
        if self.model.sessions:
            session = self._session(chance)
            self.check_session(session)
            remembered, read = (way(lambda cursor: known_of(cursor, session)) for way in (self.room.write, self._read))
            for name, value in read.items():
                assert remembered[name] == value, name

    def _read(self, job: Callable[[Cursor], Told]) -> Told:
        return self.room.store.read(job)

    def check_session(self, session: str) -> None:
        known, found = self.model.sessions[session], self.room.session(session)
        self._same(found, session)
        told = [(one["suggestion_id"], one["decision"], one["decided_by"], one["execution_success"])
                for one in found["decisions"]]  # fmt: skip
        assert told == [(one.suggestion, one.kind, one.who, one.succeeded) for one in known.decisions]
        assert [one["step_index"] for one in found["decisions"]] == list(range(len(known.decisions)))
        assert [one["suggestion_id"] for one in found["pending"]] == self.model.pending(session)
        assert [one["mode"] for one in found["pending"]] == [
            self.model.mode(one) for one in self.model.pending(session)
        ]
        assert (found["completed_at"] is not None) == (known.status in ("completed", "failed", "abandoned"))

    def check_items(self) -> None:
        """The record of each correction, counted again from the rows."""
        for workflow in self.model.workflows:
            found = {one["item_id"]: one for one in self.room.ask("pack", workflow_id=workflow)["items"]}
            counted = recounted(self.room, workflow)
            assert found.keys() == {item for item, counts in counted.items() if counts["times_seen"]}
            for item, told in found.items():
                assert {name: told[name] for name in counted[item]} == counted[item]
                assert told["off"] == self.off.get(item, False)
                assert (told["last_applied_at"] is None) == (told["times_applied"] == 0)
            for one in self.room.ask("pack_history", workflow_id=workflow)["items"]:
                item = found.pop(one["item_id"])
                for name, total in (
                    ("seen", "times_seen"),
                    ("applied", "times_applied"),
                    ("helped",) * 2,
                    ("hurt",) * 2,
                ):
                    assert sum(day[name] for day in one["days"]) == item[total]
            assert not found

    def check_cases(self) -> None:
        """All that waits and all that was decided, as the page reads it."""
        waiting = self.room.ask("pending")
        active = [name for name, one in self.model.sessions.items() if one.status == "active"]
        assert {one["suggestion_id"] for one in waiting} == {one for name in active for one in self.model.pending(name)}
        assert [one["suggested_at"] for one in waiting] == sorted(one["suggested_at"] for one in waiting)
        for one in waiting:
            assert one == self.room.ask("suggestion", suggestion_id=one["suggestion_id"]) | {"session": one["session"]}
            assert one["session"]["session_id"] == one["session_id"]
            assert made_of(one["suggested"], one["changes"]) == one["parameters"]
            assert {each["item_id"] for each in one["changes"]} <= {
                each["item_id"] for each in one["corrections_applied"]
            }
        made = everything_decided(self.room, 7)
        standing = {one.suggestion for session in self.model.sessions.values() for one in session.decisions}
        assert sorted(one["suggestion_id"] for one in made) == sorted(standing)
        assert [one["timestamp"] for one in made] == sorted((one["timestamp"] for one in made), reverse=True)
        for one in made:
            if one["decision"] == "correct":
                shown = self.model.suggestions[one["suggestion_id"]].parameters
                assert made_of(shown, one["changes"]) == one["correction"]

    def check_progress(self) -> None:
        """The last point is what readiness says, in the list of all workflows too."""
        for one in self.room.ask("workflows"):
            ready = self.room.workflow(one["workflow_id"])["readiness"]
            points = self.room.ask("progress", workflow_id=one["workflow_id"])["points"]
            assert (one["readiness"], one["learning_progress"]) == (ready["state"], ready["learning_progress"])
            met = sum(criterion["met"] for criterion in ready["criteria"])
            if points:
                assert (points[-1]["learning_progress"], points[-1]["criteria_met"]) == (one["learning_progress"], met)

    def check_statistics(self) -> None:
        found = self.room.ask("statistics")
        counts = Counter(one.status for one in self.model.sessions.values())
        assert {name: count for name, count in found["by_status"].items() if count} == dict(counts)
        stats = [self.model.stats(session) for session in self.model.sessions]
        for total, name in (("decisions", "suggestions_made"), ("accepted", "accepted"), ("corrected", "corrected")):
            assert found[f"total_{total}"] == sum(one[name] for one in stats)
        for one in self.room.ask("workflows"):
            assert one["level"] == self.model.workflows[one["workflow_id"]].level


def made_of(before: Told, changes: list[Told]) -> Told:
    """What changes make of a document, by the library for JSON Patch."""
    found: Told = jsonpatch.apply_patch(
        before,
        [
            {"op": one["op"], "path": one["path"]} | ({} if one["op"] == "remove" else {"value": one["after"]})
            for one in changes
        ],
    )
    return found


def everything_decided(room: Room, limit: int, **given: Any) -> list[Told]:
    """All pages of decisions, one after the other."""
    page = room.ask("decisions", limit=limit, **given)
    found = list(page["decisions"])
    while page["next"]:
        page = room.ask("decisions", limit=limit, before=page["next"], **given)
        assert page["decisions"]
        found += page["decisions"]
    return found


def identity(answer: Told) -> tuple[Any, ...]:
    """What stays the same in an answer whatever has happened since."""
    made = answer.get("decision") or answer.get("undone") or {}
    if "step_index" in answer and "mode" in answer:
        made = {}
    names = ("session_id", "suggestion_id", "workflow_id", "parameters", "shown", "level_change", "previous",
             "item_id", "on")  # fmt: skip
    kept = ("decision_id", "decision", "decided_by", "timestamp", "correction")
    return *(answer.get(name) for name in names), *(made.get(name) for name in kept)


def known_of(cursor: Cursor, session: str) -> Told:
    """All that the write queue may remember of a coaching session and of its workflow."""
    told = sessions.shown(cursor, session)
    workflow = told["workflow_id"]
    kinds = [(workflow, node, ACTION) for node in NODES]
    step, waiting = told["current_step_index"], coaching_suggestions.pending(cursor, session)
    return {
        "session": told,
        "state": coaching_sessions.state(cursor, session),
        "counts": {key: count for key, count in coaching_decisions.tallies_of(cursor, session).items() if count},
        "pending": [
            suggestions.told(cursor, suggestions.find(cursor, one["suggestion_id"], session)) for one in told["pending"]
        ],
        "decided": [
            suggestions.told(cursor, suggestions.find(cursor, one["suggestion_id"], session))["decision"]
            for one in told["decisions"]
        ],
        "same": [coaching_suggestions.same_suggestion(cursor, session, step, one.arguments_id) for one in waiting],
        "observed": coaching_learning.observed(cursor, workflow) if told["level"] == "OBSERVATION" else None,
        "accepted": [coaching_learning.accepted_of(cursor, *kind) for kind in kinds],
        "records": [sorted((*one[:8], one.off) for one in coaching_items.records(cursor, *kind)) for kind in kinds],
        "mode": MODES[told["level"]],
    }


def recounted(room: Room, workflow: str) -> dict[str, Counter[str]]:
    """The record of each correction of a workflow, counted in plain Python."""
    store = room.store
    undone = {one for (one,) in rows(store, "SELECT decision_id FROM coaching_undone")}
    made = rows(
        store,
        "SELECT decision_id, suggestion_id, decision, decided_by, item_id FROM coaching_decision WHERE workflow_id = ?",
        workflow,
    )
    standing = {suggestion: (kind, who, item) for name, suggestion, kind, who, item in made if name not in undone}
    found: dict[str, Counter[str]] = {
        str(item): Counter(times_seen=0, times_applied=0, helped=0, hurt=0) for *_, item in made if item
    }
    for _, _, item in standing.values():
        if item:
            found[str(item)]["times_seen"] += 1
    applied = "SELECT suggestion_id, item_id FROM coaching_applied WHERE winner_id IS NULL AND workflow_id = ?"
    for suggestion, item in rows(store, applied, workflow):
        kind, who, _ = standing.get(suggestion, ("", "", None))
        found[str(item)]["times_applied"] += 1
        found[str(item)]["helped"] += kind == "accept" and who == "person"
        found[str(item)]["hurt"] += kind in ("reject", "correct")
    return found

"""Coaching as a person reads it, over real stores."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from rich.cells import cell_len

from session_buddy.coaching import jobs, sessions, suggestions
from session_buddy.coaching.actors import Actor
from session_buddy.coaching.sessions import Plan
from session_buddy.coaching.suggestions import Proposal
from session_buddy.reports import coaching_packs, coaching_sessions, coaching_workflows
from session_buddy.reports.coaching_table import Column, acceptance_text, minute, table
from session_buddy.store.store import Store
from tests.store.filling import write

HOSTILE = "re\x1b[2J\u202elease \u2028😀" + "é" * 200
MINUTE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
ALL = {"workflow_id": None, "status": None, "limit": 100}


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The person is in Tokyo."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


def ask(store: Store, name: str, /, who: str = "person", **given: Any) -> Any:
    job, actor = jobs.job(name), Actor(who, "form")
    if name in jobs.READS:
        return store.read(lambda cursor: job(cursor, actor, given))
    return write(store, lambda cursor: job(cursor, actor, given))


def start(store: Store, workflow: str = "release", **given: Any) -> str:
    return str(ask(store, "start", workflow_id=workflow, **given)["session_id"])


def suggest(store: Store, session: str, node: str = "deploy", **parameters: Any) -> Any:
    return ask(store, "suggest", session_id=session, node_id=node, action_type="run", parameters=parameters)


def decide(store: Store, session: str, decision: str, node: str = "build", **given: Any) -> Any:
    wanted = {"session_id": session, "decision": decision, "node_id": node, "action_type": "run"}
    return ask(store, "decide", given.pop("who", "person"), **wanted, **given)


def corrected(store: Store, session: str) -> None:
    one = suggest(store, session, env="staging", draft=True)
    choice = {"session_id": session, "decision": "correct", "suggestion_id": one["suggestion_id"]}
    ask(store, "decide", **choice, correction={"env": "production"}, feedback="never\x07\nstaging", seconds=12)


def eventful(store: Store) -> str:
    """A coaching session in which everything happens that can."""
    session = start(store, total_steps=6, variables={"version": "1.2"}, execution_id="run 7")
    corrected(store, session)
    decide(store, session, "reject", "notify", who="reported")
    decide(store, session, "manual", "tag", execution_success=False, error_message="disk\nfull")
    decide(store, session, "skip", "brag", seconds=1)
    decide(store, session, "accept", seconds=3, execution_success=True)
    suggest(store, session, env="staging")
    return session


def hostile(store: Store) -> str:
    """A coaching session with names that nobody may give, as if an earlier version had stored them."""
    person, parameters = Actor("person", "form"), {HOSTILE: HOSTILE}
    plan = Plan(HOSTILE, HOSTILE, 1, parameters)
    session = str(write(store, lambda cursor: sessions.start(cursor, plan, person))["session_id"])
    step = Proposal(session, HOSTILE, HOSTILE, parameters)
    one = write(store, lambda cursor: suggestions.suggest(cursor, step, person))
    choice = {"session_id": session, "decision": "correct", "suggestion_id": one["suggestion_id"]}
    ask(store, "decide", **choice, correction={HOSTILE: "x"}, feedback=HOSTILE)
    write(store, lambda cursor: suggestions.suggest(cursor, step, person))
    return session


def everything(store: Store, session: str, width: int | None) -> list[str]:
    """Every text there is about a coaching session and its workflow."""
    shown = ask(store, "session", session_id=session)
    name = shown["workflow_id"]
    workflow = ask(store, "workflow", workflow_id=name)
    return [
        coaching_sessions.sessions_text(ask(store, "sessions"), ALL, width),
        coaching_sessions.session_text(shown, width),
        coaching_sessions.changed_text(shown),
        coaching_sessions.deletion_text(shown),
        coaching_sessions.pruned_text(ask(store, "prune", days=0, dry_run=True), width),
        coaching_sessions.statistics_text(ask(store, "statistics")),
        coaching_workflows.workflows_text(ask(store, "overall"), width),
        coaching_workflows.workflow_text(workflow, width),
        coaching_workflows.promotion_text(workflow, width),
        coaching_workflows.thresholds_text(ask(store, "thresholds"), width),
        coaching_packs.packs_text(ask(store, "packs"), width),
        coaching_packs.pack_text(ask(store, "pack", workflow_id=name), width),
    ]


def test_an_empty_store_says_what_begins_coaching(store: Store) -> None:
    begin = "An assistant starts one with coaching_start."
    assert coaching_sessions.sessions_text([], ALL) == f"No coaching session was started yet. {begin}"
    assert (
        coaching_sessions.statistics_text(ask(store, "statistics")) == f"No coaching session was started yet. {begin}"
    )
    assert coaching_workflows.workflows_text(ask(store, "overall")) == f"No workflow was coached yet. {begin}"
    assert coaching_packs.packs_text(ask(store, "packs")) == "Nothing was corrected yet, so there is nothing to share."
    pruned = ask(store, "prune", days=30, dry_run=True)
    assert (
        coaching_sessions.pruned_text(pruned) == "No coaching session was untouched for 30 days. Nothing was removed."
    )


def test_filters_that_find_nothing_are_named(store: Store) -> None:
    wanted = {"workflow_id": "rel\x1bease", "status": "paused", "limit": 100}
    assert coaching_sessions.sessions_text([], wanted) == "There is no coaching session of rel ease that is paused."


def test_a_coaching_session_is_told_with_its_decisions_in_order_and_what_is_pending(store: Store) -> None:
    session = eventful(store)
    text = coaching_sessions.session_text(ask(store, "session", session_id=session))
    assert MINUTE.sub("<when>", text) == "\n".join(
        [
            f"Coaching session {session} of release (OBSERVATION)",
            "active, 5 of 6 steps decided; started <when>, last touched <when>",
            "execution: run 7",
            'variables: {"version": "1.2"}',
            "5 decisions: 1 accepted, 1 rejected, 1 corrected, 1 by hand, 1 skipped",
            "accepted 33 % (1 of 3), corrected 33 % (1 of 3)",
            "",
            "1. deploy (run): correct",
            "   by a person (form), <when>, after 12.0 s",
            '   used instead: {"env": "production"}',
            "   feedback: never  staging",
            "",
            "2. notify (run): reject",
            "   by an assistant's report (form), <when>, after 0.0 s",
            "",
            "3. tag (run): manual; failed",
            "   by a person (form), <when>",
            "   error: disk full",
            "",
            "4. brag (run): skip",
            "   by a person (form), <when>, after 1.0 s",
            "",
            "5. build (run): accept; succeeded",
            "   by a person (form), <when>, after 3.0 s",
            "",
            "Still to be decided: 1 suggestion",
            "",
            "6. deploy (run), suggested <when>",
            '   parameters: {"env": "staging"}',
            "   confidence: 0 % (n = 1)",
        ]
    )


@pytest.mark.usefixtures("tokyo")
def test_times_are_those_of_the_person() -> None:
    assert minute("2026-11-02T20:00:00+00:00") == "2026-11-03 05:00"


def test_what_has_changed_of_a_coaching_session_is_told_in_a_line(store: Store) -> None:
    session = start(store)
    decide(store, session, "reject", seconds=1)
    told = [
        coaching_sessions.changed_text(ask(store, "pause", session_id=session)),
        coaching_sessions.changed_text(ask(store, "resume", session_id=session)),
        coaching_sessions.undone_text(ask(store, "undo", session_id=session)),
        coaching_sessions.changed_text(ask(store, "end", session_id=session, outcome="abandoned")),
    ]
    assert told == [
        f"{session} is paused. To go on: session-buddy sessions resume {session}",
        f"{session} is active, 1 step decided.",
        f"Taken back: step 1, build (run): reject by a person. This is on record. {session} is active, "
        "0 steps decided.",
        f"{session} has ended: abandoned. Its workflow release is at OBSERVATION.",
    ]
    shown = coaching_sessions.session_text(ask(store, "session", session_id=session))
    assert "no decision yet" in shown
    assert "Never decided: 1 suggestion" in shown


def test_the_end_of_a_coaching_session_tells_the_level_that_it_led_to(store: Store) -> None:
    ends = [ask(store, "end", session_id=start(store), outcome="completed") for _ in range(3)]
    assert [end["level"] for end in ends] == ["OBSERVATION", "OBSERVATION", "COACHING"]


def test_pruning_tells_what_would_go_and_how_and_then_what_has_gone(store: Store) -> None:
    for _ in range(51):
        start(store)
    lines = coaching_sessions.pruned_text(ask(store, "prune", days=0, dry_run=True)).splitlines()
    assert lines[51:] == [
        "  … and 1 more session (--json shows all)",
        "",
        "51 coaching sessions untouched for 0 days would go. What they have taught goes with them, and their "
        "decisions count no longer. Nothing was removed.",
        "To remove them, run the same again with --yes.",
    ]
    gone = coaching_sessions.pruned_text(ask(store, "prune", days=0, dry_run=False)).splitlines()
    assert gone[-1] == "Removed: 51 coaching sessions untouched for 0 days, 51 rows in all."


def test_statistics_add_up_and_name_the_counts_behind_each_rate(store: Store) -> None:
    eventful(store)
    start(store)
    assert coaching_sessions.statistics_text(ask(store, "statistics")).splitlines() == [
        "2 coaching sessions: 2 active",
        "5 decisions: 1 accepted, 1 rejected, 1 corrected, 2 by hand, skipped or without asking",
        "accepted 33 % (1 of 3), corrected 33 % (1 of 3)",
    ]


def test_no_rate_is_shown_where_nothing_was_decided_or_judged(store: Store) -> None:
    session = start(store)
    stats = ask(store, "session", session_id=session)["stats"]
    assert acceptance_text(stats) == "no decision yet"
    assert coaching_sessions.statistics_text(ask(store, "statistics")).endswith("\nno decision yet")
    assert "0 %" not in coaching_workflows.workflow_text(ask(store, "workflow", workflow_id="release")).split("For")[0]
    stats = decide(store, session, "manual")["stats"]
    assert acceptance_text(stats) == "nothing judged yet"


def test_a_workflow_is_told_with_its_criteria_steps_and_history(store: Store) -> None:
    session = eventful(store)
    ask(store, "promote", workflow_id="release")
    decide(store, session, "accept", "build", who="reported")
    text = coaching_workflows.workflow_text(ask(store, "workflow", workflow_id="release"))
    text = re.sub(r"\d{4}-\d\d-\d\d", "<day>", MINUTE.sub("<when>", text))
    assert text.splitlines() == [
        "Workflow release is at COACHING since <day>: steps are suggested, and the person decides",
        "1 coaching session: 1 active",
        f"resumable: {session}",
        "6 decisions: 2 accepted, 1 rejected, 1 corrected, 1 by hand, 1 skipped",
        "accepted 50 % (2 of 4), corrected 25 % (1 of 4)",
        "decided by: 4 by a person, 2 reported by an assistant, 0 by nobody",
        "1 correction known: session-buddy packs show release",
        "",
        "For AUTO: not ready; 2 of 6 criteria met, learning progress 49 %",
        "  not met  2 decisions by a person from 1 coaching sessions; at least 20 from 3",
        "  not met  50.0 % accepted (1 of 2); at least 85 %",
        "  not met  9.5 % is the lower end of its 95 % interval; at least 70 %",
        "  met      outcome known of 1 of 1 accepted, 1 succeeded; at least 50 % known and 95 % of these succeeded",
        "  not met  the latest 1 accepted without a failure; at least 10",
        "  met      median decision took 7.5 s; at least 2 s",
        "  2 decisions that assistants reported, 50 % (1 of 2) accepted, stand beside these and count for nothing "
        "here.",
        "",
        "Steps",
        "node    action  decisions  accepted  rejected  corrected  confidence",
        "build   run             2         2         0          0  21 % (n = 1)",
        "brag    run             1         0         0          0  none yet",
        "deploy  run             1         0         0          1  0 % (n = 1)",
        "notify  run             1         0         1          0  none yet",
        "tag     run             1         0         0          0  none yet",
        "most corrected: deploy (1 of 1)",
        "",
        "Levels",
        "  <when>  OBSERVATION to COACHING, by a person: a person said so (2 of 6 criteria met)",
        "",
        "Decisions per day",
        "day (UTC)   decisions  accepted  rejected  corrected  rate",
        "<day>          6         2         1          1  50 %",
    ]


def test_workflows_are_told_with_what_is_unmet(store: Store) -> None:
    eventful(store)
    start(store, "triage")
    text = coaching_workflows.workflows_text(ask(store, "overall"))
    assert text.splitlines() == [
        "workflow  level        since  readiness  progress  unmet",
        "release   OBSERVATION  –      not ready  49 %      decisions, acceptance, lower bound, clean streak",
        "triage    OBSERVATION  –      not ready  0 %       all",
        "",
        "2 workflows: 2 at OBSERVATION",
        "most corrected: release, deploy (1 of 1)",
    ]


def test_a_promotion_shows_what_it_leads_to_and_a_change_of_level_that_it_is_on_record(store: Store) -> None:
    start(store)
    text = coaching_workflows.promotion_text(ask(store, "workflow", workflow_id="release"))
    assert text.endswith("  Promoted, it is at COACHING: steps are suggested, and the person decides.")
    assert text.count("not met") == 6
    change = ask(store, "promote", workflow_id="release")
    assert coaching_workflows.leveled_text(change) == (
        "release went from OBSERVATION to COACHING: steps are suggested, and the person decides. This is on record."
    )
    ask(store, "demote", "reported", workflow_id="release")
    shown = coaching_workflows.workflow_text(ask(store, "workflow", workflow_id="release"))
    assert "COACHING to OBSERVATION, by an assistant or a program: asked for (0 of 6 criteria met)" in shown


def test_thresholds_are_told_with_meanings_and_changes(store: Store) -> None:
    assert coaching_workflows.thresholds_text(ask(store, "thresholds")).endswith("No bar was ever changed.")
    found = ask(store, "set_threshold", name="attention_seconds", value=1.5)
    lines = coaching_workflows.thresholds_text(found, 60).splitlines()
    assert lines[0] == "threshold          value  default  meaning"
    assert lines[3:5] == [
        "sessions               3        3  coaching sessions that",
        " " * 35 + "these have to come from",
    ]
    assert MINUTE.sub("<when>", lines[-1]) == "  <when>  attention_seconds set to 1.5 by a person"
    assert any(line.startswith("attention_seconds    1.5        2  median") for line in lines)


def test_a_pack_is_told_as_old_and_new_values(store: Store) -> None:
    corrected(store, start(store))
    item = ask(store, "pack", workflow_id="release")["items"][0]
    assert coaching_packs.pack_text(ask(store, "pack", workflow_id="release")).splitlines() == [
        "1 correction of release",
        "",
        "deploy (run)",
        '  /env: "staging" to "production"; /draft: removed (true)',
        "  seen 1, applied 0, helped 0, hurt 0",
        f"  {item['item_id']}",
    ]
    assert coaching_packs.packs_text(ask(store, "packs")).splitlines() == [
        "workflow  corrections",
        "release             1",
    ]
    ask(store, "forget_item", workflow_id="release", item_id=item["item_id"])
    assert coaching_packs.pack_text(ask(store, "pack", workflow_id="release")) == "No correction of release is known."


def test_a_correction_is_told_with_what_it_depends_on_and_when_it_is_laid_off() -> None:
    patch: list[dict[str, Any]] = [
        {"op": "test", "path": "/list", "value": [1, 2]},
        {"op": "add", "path": "/list/0", "value": "x" * 100},
        {"op": "move", "path": "/b", "from": "/a"},
    ]
    text = coaching_packs.changes_text(patch)
    assert text == f'/list/0: added "{"x" * 58}…; /b: move from /a (where /list is [1, 2])'
    item = {"item_id": "i", "node_id": "n", "action_type": "a", "patch": patch, "laid_off": True, "off": True}
    counts = {"times_seen": 2, "times_applied": 3, "helped": 0, "hurt": 3}
    found = {"workflow_id": "release", "items": [item | counts]}
    assert "hurt 3; laid off, for it hurt more often than it helped; switched off" in coaching_packs.pack_text(found)


def test_an_import_says_what_was_new() -> None:
    found = {"workflow_id": "re\x1blease", "imported": 1_000, "updated": 0, "unchanged": 2}
    assert coaching_packs.imported_text(found) == "Corrections of re lease: 1,000 new, 0 updated, 2 known before."


@pytest.mark.parametrize("width", [None, 132, 80, 30])
def test_no_name_can_move_a_cursor_or_begin_a_line(store: Store, width: int | None) -> None:
    session = hostile(store)
    for text in everything(store, session, width):
        assert all(line.isprintable() for line in text.split("\n")), text
        assert not re.search("^(\\[2J|lease)", text, re.MULTILINE)


@pytest.mark.parametrize("width", [132, 80, 40])
def test_tables_fit_the_terminal_and_keep_the_id_that_is_to_be_typed(store: Store, width: int) -> None:
    session = hostile(store)
    eventful(store)
    listed = coaching_sessions.sessions_text(ask(store, "sessions"), ALL, width).splitlines()
    pruned = coaching_sessions.pruned_text(ask(store, "prune", days=0, dry_run=True), width).splitlines()[:3]
    workflows = coaching_workflows.workflows_text(ask(store, "overall"), width).splitlines()[:3]
    packs = coaching_packs.pack_text(ask(store, "pack", workflow_id=HOSTILE), width).splitlines()[1:]
    for line in [*listed, *pruned, *workflows, *packs]:
        assert cell_len(line) <= width, line
    if width >= 80:
        assert any(line.startswith(f"{session} ") for line in listed)
    assert ("(a wider terminal also shows" in listed[-1]) == (width < 132)


def test_a_pipe_gets_whole_names_and_a_long_one_widens_no_other_line(store: Store) -> None:
    start(store, "x" * 200)
    start(store, "y")
    header, y, x = coaching_sessions.sessions_text(ask(store, "sessions"), ALL).splitlines()
    assert "x" * 200 in x
    assert len(y) < 140
    assert len(header) < 140


def test_a_table_leaves_out_what_there_is_no_room_for_and_says_so() -> None:
    columns = [Column("name", 4), Column("kind"), Column("count", number=True)]
    assert table(columns, [["long name", "kind", "7"]], 17) == ["name  kind  count", "lon…  kind      7"]
    assert table(columns, [["long name", "kind", "7"]], 12) == [
        "name    kind",
        "long…   kind",
        "(a wider te…",
    ]

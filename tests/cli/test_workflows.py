"""`session-buddy workflows`: what anyone may see, and what only a person at a terminal decides."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from session_buddy.errors import BuddyError
from tests.cli.coached import Coach, coached, refused, typed
from tests.system.processes import Place, run

pytestmark = pytest.mark.slow

NAME, SENTENCE, BAR = "Type the workflow's name", 'Type "I meant', "Type the threshold's name"


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    with coached(tmp_path_factory.mktemp("coached")) as coach:
        yield coach


def promote(coach: Coach, workflow: str, *options: str, **answers: str) -> tuple[int, str]:
    questions = {NAME: answers.get("name", workflow), SENTENCE: answers.get("sentence", "")}
    return typed(coach.place, "workflows", "promote", workflow, *options, answers=questions)


def found(place: Place, *arguments: str) -> Any:
    done = run(place, "workflows", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_workflows_are_listed_and_shown(coach: Coach) -> None:
    coach.decide(coach.start("listed"), "reject", seconds=2)
    assert found(coach.place, "list") == coach.ask("overall")
    assert found(coach.place, "show", "listed") == coach.ask("workflow", workflow_id="listed")
    line = next(line for line in run(coach.place, "workflows").stdout.splitlines() if line.startswith("listed "))
    assert line.split()[1:7] == ["OBSERVATION", "–", "not", "ready", "18", "%"]
    assert "For AUTO: not ready" in run(coach.place, "workflows", "show", "listed").stdout
    assert "The nearest are listed" in refused(coach.place, 1, "workflows", "show", "listd")


def test_nobody_is_promoted_without_a_terminal(coach: Coach) -> None:
    coach.earn("piped", 0)
    message = refused(coach.place, 1, "workflows", "promote", "piped", "--despite", "it is late", stdin="piped\n")
    assert "is no terminal. Nothing was changed." in message
    assert coach.level("piped") == "COACHING"


def test_an_assistant_promotes_nobody_and_changes_no_bar_even_on_a_terminal(coach: Coach) -> None:
    coach.earn("assisted", 0)
    inside = coach.place.with_variables(CLAUDECODE="1")
    for arguments in (["promote", "assisted", "--despite", "it is late"], ["threshold", "decisions", "1"]):
        code, shown = typed(inside, "workflows", *arguments, answers={NAME: "assisted", BAR: "decisions"})
        assert code == 1
        assert "an assistant has started this command (CLAUDECODE is set). Nothing was changed." in shown
    assert coach.level("assisted") == "COACHING"


def test_a_ready_workflow_is_promoted_by_typing_its_name_again(coach: Coach) -> None:
    coach.earn("ready")
    code, shown = promote(coach, "ready", name="redy")
    assert (code, coach.level("ready")) == (1, "COACHING")
    assert shown.count("  met  ") == 6
    assert shown.endswith("That is not what was to be typed. Nothing was changed.\n")
    code, shown = promote(coach, "ready")
    assert (code, coach.level("ready")) == (0, "AUTO")
    assert "ready went from COACHING to AUTO: it runs by itself" in shown
    change = coach.ask("workflow", workflow_id="ready")["level_changes"][0]
    assert (change["decided_by"], change["source"]) == ("person", "terminal")
    code, shown = promote(coach, "ready")
    assert (code, "is at AUTO already. Nothing was changed." in shown) == (1, True)


def test_what_was_decided_quickly_is_confirmed_in_words_as_well(coach: Coach) -> None:
    coach.earn("quick", seconds=0.4)
    code, shown = promote(coach, "quick", sentence="yes")
    assert (code, coach.level("quick"), NAME in shown) == (1, "COACHING", False)
    code, shown = promote(coach, "quick", sentence="I meant these decisions")
    assert (code, coach.level("quick")) == (0, "AUTO")
    assert "not met  median decision took 0.4 s" in shown


def test_what_is_not_ready_is_promoted_only_despite_it_and_with_a_reason_on_record(coach: Coach) -> None:
    coach.earn("early", 5)
    code, shown = promote(coach, "early")
    assert (code, NAME in shown) == (1, False)
    assert "Workflow 'early' is not ready: 5 decisions by a person from 3 coaching sessions" in shown
    assert "Nothing was changed. To promote it all the same, give a reason (--despite on a terminal)" in shown
    assert "--despite is blank" in refused(coach.place, 2, "workflows", "promote", "early", "--despite", " ")
    code, shown = promote(coach, "early", "--despite", "the release is tonight")
    assert (code, coach.level("early")) == (0, "AUTO")
    shown = run(coach.place, "workflows", "show", "early").stdout
    assert "COACHING to AUTO, by a person: despite: the release is tonight" in shown


def test_from_the_first_level_a_name_is_enough_and_leads_one_level_up(coach: Coach) -> None:
    coach.start("young")
    code, shown = promote(coach, "young")
    assert (code, coach.level("young")) == (0, "COACHING")
    assert "Promoted, it is at COACHING: steps are suggested" in shown


def test_a_promotion_from_another_level_than_the_person_saw_is_refused(coach: Coach) -> None:
    coach.earn("moving")
    with pytest.raises(BuddyError, match="is at COACHING by now, not at OBSERVATION"):
        coach.ask("promote", workflow_id="moving", expected="OBSERVATION", despite="it is late")


def test_demoting_needs_nothing(coach: Coach) -> None:
    coach.earn("falling")
    coach.ask("promote", workflow_id="falling")
    inside = coach.place.with_variables(CLAUDECODE="1")
    assert found(inside, "demote", "falling", "--reason", "it deletes too much")["level"] == "COACHING"
    done = run(inside, "workflows", "demote", "falling", "--to", "observation")
    assert done.stdout.startswith("falling went from COACHING to OBSERVATION: ")
    assert "There is no lower level. Nothing was changed." in refused(coach.place, 1, "workflows", "demote", "falling")
    newest, before, *_ = coach.ask("workflow", workflow_id="falling")["level_changes"]
    assert (newest["decided_by"], before["decided_by"], before["reason"]) == (
        "reported", "reported", "it deletes too much",
    )  # fmt: skip


def test_a_bar_is_changed_only_by_a_person_who_types_its_name_again(coach: Coach) -> None:
    assert "is no terminal" in refused(coach.place, 1, "workflows", "threshold", "harm", "5")
    changing = ["workflows", "threshold", "attention_seconds", "1.5"]
    code, shown = typed(coach.place, *changing, answers={BAR: "attention"})
    assert (code, "It is 2 and would be 1.5." in shown) == (1, True)
    assert found(coach.place, "thresholds")["changes"] == []
    code, shown = typed(coach.place, *changing, answers={BAR: "attention_seconds"})
    assert (code, shown.endswith("attention_seconds is 1.5 from now on. This is on record.\n")) == (0, True)
    assert "attention_seconds set to 1.5 by a person" in run(coach.place, "workflows", "thresholds").stdout
    for arguments, message in (
        (["nerve", "1"], "There is no threshold 'nerve'. Allowed are decisions, "),
        (["decisions", "0"], "decisions must be a whole number from 1 to 1000, not 0. Nothing was changed."),
    ):
        code, shown = typed(coach.place, "workflows", "threshold", *arguments, answers={BAR: arguments[0]})
        assert (code, message in shown) == (1, True), shown


def test_wrong_usage_is_refused_before_anything_is_asked(place: Place) -> None:
    assert "'many' is not a number" in refused(place, 2, "workflows", "threshold", "decisions", "many")
    assert "'AUTO'" in refused(place, 2, "workflows", "demote", "release", "--to", "auto")
    assert not place.hub_runs()


def test_the_help_of_promote_says_what_it_cannot_prevent(place: Place) -> None:
    shown = run(place, "workflows", "promote", "--help").stdout
    assert "What this cannot prevent: a program that makes itself a terminal" in shown
    assert "CLAUDECODE" in shown

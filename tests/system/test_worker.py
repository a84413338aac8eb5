"""The embedding worker: answers by words until it is there, by meaning as soon as it is, and gone when it idles."""

import json
import os
import signal
from typing import Any

import psutil
import pytest

from tests.system.processes import Place, Window, eventually, run, running, until

WORKER = "session_buddy.embedding.worker"


@pytest.fixture
def hashing(place: Place) -> Place:
    return place.with_variables(SESSION_BUDDY_EMBEDDER="hashing")


def _recommend(window: Window, query: str) -> dict[str, Any]:
    result = window.call("recommend_skills", user_query=query)
    assert not result.get("isError"), result
    found: dict[str, Any] = result["structuredContent"]
    return found


def _by_meaning(window: Window, query: str) -> dict[str, Any]:
    """The answer once it is one by meaning."""
    return until(lambda: _recommend(window, query), lambda found: found["ranking"] == "semantic", 100)


def _worker(place: Place) -> psutil.Process | None:
    return next(iter(running(place, WORKER)), None)


def _kill(process: psutil.Process) -> None:
    process.kill()
    eventually(lambda: not process.is_running())


def _status(place: Place) -> dict[str, Any]:
    status: dict[str, Any] = json.loads(run(place, "hub", "status", "--json").stdout)
    return status


@pytest.mark.model
@pytest.mark.slow
def test_the_first_answer_is_by_words_and_becomes_one_by_meaning_without_a_restart(place: Place) -> None:
    real = place.with_variables(SESSION_BUDDY_EMBEDDER="sentence-transformers")
    with Window(real) as window:
        window.initialize()
        window.track("performance-profiling", "page load went from 1s to 6s after the last deploy, find the slow part")
        window.track("docs-writing", "write the readme for the new client library")
        first = _recommend(window, "why is everything so sluggish")
        assert first["ranking"] == "lexical"
        assert "still loading" in first["notes"][0]
        later = _by_meaning(window, "why is everything so sluggish")
        assert later["recommendations"][0]["skill_name"] == "performance-profiling"
        assert later["notes"] == []


@pytest.mark.slow
def test_texts_get_their_vectors_in_the_background_and_the_status_shows_how_far(hashing: Place) -> None:
    history = hashing.project / "history.jsonl"
    lines = [json.dumps({"skill_name": f"skill-{n % 7}", "user_query": f"problem number {n}"}) for n in range(700)]
    history.write_text("\n".join(lines), encoding="utf-8")
    with Window(hashing) as window:
        window.initialize()
        run(hashing, "import", str(history))
        done = until(lambda: _status(hashing)["embedding"], lambda shown: shown["embedded"] == 700)
        assert done["texts"] == 700
        assert done["state"] == "ready"


@pytest.mark.slow
def test_embedding_that_was_interrupted_goes_on_where_it_stopped(hashing: Place) -> None:
    history = hashing.project / "history.jsonl"
    lines = [json.dumps({"skill_name": "one", "user_query": f"problem {n} " + "long " * 200}) for n in range(600)]
    history.write_text("\n".join(lines), encoding="utf-8")
    with Window(hashing) as window:
        window.initialize()
        run(hashing, "import", str(history))
        eventually(lambda: _status(hashing)["embedding"]["embedded"] > 0)
        os.kill(hashing.hub_pid(), signal.SIGKILL)
        window.track()
        assert eventually(lambda: _status(hashing)["embedding"]["embedded"] == 600)


def test_a_worker_that_dies_is_started_again(hashing: Place) -> None:
    with Window(hashing) as window:
        window.initialize()
        window.track(query="the build is red")
        eventually(lambda: _recommend(window, "red build")["ranking"] == "semantic")
        _kill(eventually(lambda: _worker(hashing)))
        eventually(lambda: _recommend(window, "red build again")["ranking"] == "semantic")


@pytest.mark.model
def test_a_worker_that_cannot_live_is_given_up_after_three_deaths_and_answers_say_so(place: Place) -> None:
    dying = place.with_variables(SESSION_BUDDY_EMBEDDER="sentence-transformers", LD_PRELOAD="")
    with Window(dying) as window:
        window.initialize()
        window.track(query="the build is red")
        for _ in range(3):
            _kill(eventually(lambda: _worker(dying)))
            _recommend(window, "red build")
        found = until(lambda: _recommend(window, "red build"), lambda found: "in a row" in found["notes"][0])
        assert "3 times in a row" in found["notes"][0]
        assert found["ranking"] == "lexical"
        assert found["recommendations"][0]["skill_name"] == "debugging"


def test_an_idle_worker_is_let_go_and_comes_back_when_it_is_needed(hashing: Place) -> None:
    short = hashing.with_variables(SESSION_BUDDY_WORKER_IDLE="0.3")
    with Window(short) as window:
        window.initialize()
        window.track(query="the build is red")
        eventually(lambda: _recommend(window, "red build")["ranking"] == "semantic")
        eventually(lambda: _worker(short) is None)
        assert _status(short)["embedding"]["state"] == "asleep"
        eventually(lambda: _recommend(window, "red build once more")["ranking"] == "semantic")


def test_without_a_model_answers_are_by_words_and_name_the_way_to_one(place: Place) -> None:
    missing = place.with_variables(
        SESSION_BUDDY_EMBEDDER="sentence-transformers", SESSION_BUDDY_MODEL="nobody/has-this-model"
    )
    with Window(missing) as window:
        window.initialize()
        window.track(query="the build is red")
        found = until(lambda: _recommend(window, "red build"), lambda found: "fetch" in found["notes"][0])
        assert "session-buddy model fetch" in found["notes"][0]
        assert found["recommendations"][0]["skill_name"] == "debugging"


@pytest.mark.model
@pytest.mark.slow
def test_while_a_new_model_embeds_the_vectors_of_the_old_one_still_answer(hashing: Place) -> None:
    lines = [json.dumps({"skill_name": f"skill-{n}", "user_query": f"problem number {n}"}) for n in range(40)]
    (hashing.project / "history.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run(hashing, "import", "history.jsonl", "--wait-for-model")
    assert done.returncode == 0, done.stderr
    run(hashing, "hub", "stop")
    changed = hashing.with_variables(SESSION_BUDDY_EMBEDDER="sentence-transformers")
    with Window(changed) as window:
        window.initialize()
        seen = _by_meaning(window, "problem number 7")
        assert seen["recommendations"][0]["skill_name"] == "skill-7"
        eventually(lambda: _status(changed)["embedding"]["embedded"] == 40, 100)
        assert _recommend(window, "a wholly new question")["notes"] == []

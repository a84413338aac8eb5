"""The process that fits a classifier, and whether what it fitted helps."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest

from session_buddy.ranking import fitting
from session_buddy.ranking.fitting import Examples
from session_buddy.ranking.memory import Numbers
from tests.ranking.test_classifier import DIMENSION, clusters

LIMIT = 60.0


def request(examples: Examples) -> bytes:
    head = {"examples": len(examples.skill), "dimension": DIMENSION}
    parts = (examples.skill, examples.described.astype(np.uint8), examples.vectors)
    return json.dumps(head).encode() + b"\n" + b"".join(part.tobytes() for part in parts)


def guessed(skills: Numbers, weights: Numbers, vectors: Numbers) -> Numbers:
    return np.asarray(skills[(vectors @ weights[:, :-1].T + weights[:, -1]).argmax(axis=1)])


def test_a_request_is_read_as_it_was_written() -> None:
    examples = clusters(3, 4)
    found = fitting.read(io.BytesIO(request(examples)))
    for part, other in zip(found, examples, strict=True):
        np.testing.assert_array_equal(part, other)


def test_two_skills_are_told_apart_by_opposite_weights() -> None:
    examples = clusters(2, 12)
    skills, weights = fitting.fit(examples)
    np.testing.assert_allclose(weights[0], -weights[1])
    assert (guessed(skills, weights, examples.vectors) == examples.skill).mean() > 0.9


def test_the_numbers_of_skills_need_not_be_without_gaps() -> None:
    examples = clusters(4, 12)
    rest = examples.skill != 1
    skills, weights = fitting.fit(Examples(*(part[rest] for part in examples)))
    assert skills.tolist() == [0, 2, 3]
    assert weights.shape == (3, DIMENSION + 1)


def test_a_skill_with_few_examples_weighs_as_much_as_one_with_many() -> None:
    many, few = clusters(2, 200, seed=3), clusters(2, 4, seed=4)
    unequal = Examples(
        *(np.concatenate([part[many.skill == 0], other[few.skill == 1]]) for part, other in zip(many, few, strict=True))
    )
    skills, weights = fitting.fit(unequal)
    between = (np.eye(DIMENSION)[:1] + np.eye(DIMENSION)[1:2]).astype(np.float32)
    logits = (between @ weights[:, :-1].T + weights[:, -1])[0]
    assert skills.tolist() == [0, 1]
    assert abs(logits[0] - logits[1]) < 0.25 * np.ptp(np.eye(DIMENSION)[:1] @ weights[:, :-1].T)


def test_what_the_process_writes_is_what_was_fitted() -> None:
    examples = clusters(3, 8)
    command = [sys.executable, "-m", "session_buddy.ranking.fitting"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(request(examples))
        process.stdin.flush()
        head = json.loads(process.stdout.readline())
        made = np.frombuffer(process.stdout.read(), "<f4").reshape(3, DIMENSION + 1)
    skills, weights = fitting.fit(examples)
    assert head == {"skills": skills.tolist(), "joins": fitting.helps(examples)}
    np.testing.assert_allclose(made, weights, rtol=1e-3, atol=1e-3)


def test_the_process_ends_with_the_pipe_from_the_hub() -> None:
    command = [sys.executable, "-m", "session_buddy.ranking.fitting"]
    done = subprocess.run(command, input=request(clusters(15, 400)), capture_output=True, timeout=LIMIT, check=False)
    assert (done.returncode, done.stdout) == (0, b"")


def test_it_joins_where_it_does_no_harm() -> None:
    assert fitting.helps(clusters(6, 20))


def test_it_does_not_join_where_there_is_nothing_to_try_it_on() -> None:
    assert not fitting.helps(clusters(2, 2))


def test_it_does_not_join_where_it_spoils_more_than_it_mends(monkeypatch: pytest.MonkeyPatch) -> None:
    real = fitting.fit

    def turned(examples: Examples) -> tuple[Numbers, Numbers]:
        skills, weights = real(examples)
        return skills, -weights

    monkeypatch.setattr(fitting, "fit", turned)
    assert not fitting.helps(clusters(6, 20))

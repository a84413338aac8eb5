"""The embedder that needs no model."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_buddy.embedding.hashing import DIMENSION, HashingEmbedder

TEXTS = ["why is the login slow?", "Größe ändern ✓", "a", "the same the same", "日本語 のテキスト"]
PRINT = """
import sys
from session_buddy.embedding.hashing import HashingEmbedder
sys.stdout.buffer.write(HashingEmbedder().embed(sys.argv[1:]).tobytes())
"""


def embed(*texts: str) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    return HashingEmbedder().embed(list(texts))


def in_another_process(seed: str) -> bytes:
    command = [sys.executable, "-c", PRINT, *TEXTS]
    environment = dict(os.environ) | {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
    return subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60).stdout


def test_every_process_makes_the_same_vectors() -> None:
    here = embed(*TEXTS).tobytes()
    assert in_another_process("1") == here
    assert in_another_process("2") == here


def test_each_text_has_one_row_of_floats() -> None:
    vectors = embed(*TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSION)
    assert vectors.dtype == np.float32


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=50))
def test_a_text_with_letters_has_a_vector_of_length_one(text: str) -> None:
    assert np.linalg.norm(embed(text)[0]) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_blank_text_has_no_direction(text: str) -> None:
    assert not embed(text).any()


def test_a_vector_does_not_depend_on_the_texts_around_it() -> None:
    np.testing.assert_array_equal(embed(*TEXTS)[2], embed(TEXTS[2])[0])


def test_upper_case_and_white_space_make_no_difference() -> None:
    np.testing.assert_array_equal(embed("Fix  the\nLOGIN")[0], embed("fix the login")[0])


def test_texts_that_share_words_are_nearer_than_texts_that_share_none() -> None:
    asked, near, typo, far = embed("fix the slow login", "the login is slow", "fix teh slow logn", "write a changelog")
    assert asked @ near > asked @ far + 0.2
    assert asked @ typo > asked @ far + 0.2

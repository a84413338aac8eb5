"""An array that rows are appended to."""

import numpy as np

from session_buddy.ranking.growing import FIRST, Growing


def test_what_was_appended_stays_when_it_grows() -> None:
    growing = Growing(np.float32, 3)
    for number in range(3 * FIRST):
        assert growing.append([number, 0, 1]) == number
    assert len(growing) == 3 * FIRST
    assert growing.values[:, 0].tolist() == list(range(3 * FIRST))


def test_only_the_part_in_use_is_seen_and_it_can_be_written() -> None:
    growing = Growing(np.intp)
    assert growing.values.shape == (0,)
    growing.append(7)
    growing.values[0] = 8
    assert growing.values.tolist() == [8]


def test_rows_may_have_no_width() -> None:
    growing = Growing(np.float32, 0)
    for _ in range(FIRST + 1):
        growing.append(0)
    assert growing.values.shape == (FIRST + 1, 0)

"""DuckDB's log, read without DuckDB."""

import random
from pathlib import Path

import pytest

from session_buddy.store.recovery import blocks, log
from tests.store import damage


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The log of a killed hub."""
    path = tmp_path_factory.mktemp("log") / "store"
    damage.make(path, 300, 100)
    return Path(f"{path}.wal").read_bytes()


def test_a_log_that_is_as_it_was_written_is_taken_as_it_is(written: bytes) -> None:
    head = log.read_head(written)
    assert head
    assert head.written() == written[: head.length]
    mended = log.mend(written)
    assert mended == (written[head.length :], 0, True)


def test_of_a_log_with_a_flipped_bit_no_entry_comes_back_changed(written: bytes) -> None:
    source = random.Random(1)
    head = log.read_head(written)
    assert head
    whole = written[head.length :]
    same = 0
    for _ in range(300):
        place = source.randrange(head.length, len(written))
        flipped = bytearray(written)
        flipped[place] ^= 1 << source.randrange(8)
        mended = log.mend(bytes(flipped))
        assert _entries(mended.entries) <= _entries(whole)
        assert mended.whole == (mended.entries == whole)
        assert mended.whole or mended.left_out
        same += mended.whole
    assert same > 60


def test_a_log_of_noise_has_nothing_in_it() -> None:
    noise = random.Random(2).randbytes(20_000)
    assert log.mend(noise) == (b"", len(noise), True)
    assert log.rows_alone(noise) == b""
    assert log.mend(b"") == (b"", 0, True)


def test_what_was_not_finished_at_the_end_is_left_out(written: bytes) -> None:
    head = log.read_head(written)
    assert head
    for missing in (1, 30, 200):
        mended = log.mend(written[:-missing])
        assert written[head.length :].startswith(mended.entries)
        assert mended.left_out == len(written) - missing - head.length - len(mended.entries)


@pytest.mark.parametrize("length", [4_088, 300, 301, 307, 5])
def test_a_changed_byte_is_set_right_or_the_data_given_up(length: int) -> None:
    source = random.Random(length)
    right = 0
    for _ in range(200):
        data = source.randbytes(length)
        changed = bytearray(data)
        changed[source.randrange(length)] ^= 1 << source.randrange(8)
        mended = blocks.mended(blocks.checksum(data), bytes(changed))
        assert mended in (data, None)
        right += mended is not None
    assert right > 80


def test_data_with_more_damage_is_not_set_right() -> None:
    source = random.Random(3)
    for _ in range(200):
        data = source.randbytes(2_000)
        place = source.randrange(1_900)
        changed = data[:place] + source.randbytes(40) + data[place + 40 :]
        assert blocks.mended(blocks.checksum(data), changed) is None


def _entries(entries: bytes) -> set[bytes]:
    """Contents of the entries, each of which has its size before it."""
    found, position = set(), 0
    while position < len(entries):
        end = position + 16 + int.from_bytes(entries[position : position + 8], "little")
        found.add(entries[position:end])
        position = end
    return found

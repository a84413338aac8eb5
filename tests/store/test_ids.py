"""Identifiers of rows and of texts."""

import hashlib
import time
import unicodedata
from uuid import RFC_4122, UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from session_buddy.store.ids import derived_id, new_id, normalised, query_id

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
MILLISECONDS = st.integers(0, (1 << 48) - 1)


def milliseconds(identity: UUID) -> int:
    return identity.int >> 80


def test_a_new_id_is_a_uuid_of_version_seven_that_holds_the_time() -> None:
    before = time.time_ns() // 1_000_000
    identity = new_id()
    after = time.time_ns() // 1_000_000
    assert (identity.version, identity.variant) == (7, RFC_4122)
    assert before <= milliseconds(identity) <= after


def test_new_ids_are_all_different() -> None:
    assert len({new_id() for _ in range(20_000)}) == 20_000


@settings(deadline=None)
@given(st.lists(MILLISECONDS, min_size=2, max_size=2, unique=True), st.binary(), st.binary())
def test_ids_sort_by_their_time(times: list[int], one: bytes, other: bytes) -> None:
    earlier, later = sorted(times)
    assert derived_id(one, earlier) < derived_id(other, later)
    assert str(derived_id(one, earlier)) < str(derived_id(other, later))


@settings(deadline=None)
@given(st.binary(), MILLISECONDS)
def test_a_derived_id_is_always_the_same_uuid_of_version_seven(content: bytes, moment: int) -> None:
    identity = derived_id(content, moment)
    assert identity == derived_id(content, moment)
    assert (identity.version, identity.variant) == (7, RFC_4122)
    assert milliseconds(identity) == moment


def test_a_derived_id_is_known_for_ever() -> None:
    digest = hashlib.sha256(b"line 1").digest()
    bits = int.from_bytes(digest[:10], "big")
    expected = (1_700_000_000_000 << 80) | (7 << 76) | ((bits >> 62 & 0xFFF) << 64) | (2 << 62) | (bits & (1 << 62) - 1)
    assert derived_id(b"line 1", 1_700_000_000_000).int == expected


def test_other_content_gives_another_derived_id() -> None:
    assert len({derived_id(str(number).encode(), 0) for number in range(5_000)}) == 5_000


def test_a_time_before_1970_gives_an_id_all_the_same() -> None:
    assert milliseconds(derived_id(b"old", -5)) == 0
    assert derived_id(b"old", -5).version == 7


def test_white_space_is_collapsed_and_the_case_stays() -> None:
    assert normalised("  Fix\tthe\n\n flaky\u00a0 test ") == "Fix the flaky test"


def test_the_two_ways_to_write_an_accent_are_one_text() -> None:
    assert normalised("Cafe\u0301") == normalised("Caf\u00e9") == "Caf\u00e9"


@settings(deadline=None)
@given(TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    assert unicodedata.is_normalized("NFC", once)


def test_the_id_of_a_text_is_the_beginning_of_its_checksum() -> None:
    assert query_id("fix it").bytes == hashlib.sha256(b"fix it").digest()[:16]
    assert query_id("fix it") != query_id("Fix it")

"""What the fields of an invocation may hold."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from session_buddy.skills import fields
from session_buddy.skills.fields import (
    LONGEST,
    MAX_ITEMS,
    MAX_NAME,
    Moment,
    Name,
    Names,
    Rank,
    Seconds,
    Text,
    Texts,
    as_name,
)  # fmt: skip

KINDS: dict[str, TypeAdapter[Any]] = {
    "Name": TypeAdapter(Name),
    "Text": TypeAdapter(Text),
    "Names": TypeAdapter(Names),
    "Texts": TypeAdapter(Texts),
    "Rank": TypeAdapter(Rank),
    "Seconds": TypeAdapter(Seconds),
}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Name", "x" * MAX_NAME),
        ("Name", "größe-✓"),
        ("Text", "two\nlines\twith a tab"),
        ("Text", "x" * 100_000),
        ("Names", []),
        ("Names", ["a"] * MAX_ITEMS),
        ("Texts", ["one\ntwo"]),
        ("Rank", 1),
        ("Rank", 10_000),
        ("Seconds", 0.0),
        ("Seconds", float(LONGEST)),
    ],
)
def test_what_is_allowed_is_taken_as_it_is(kind: str, value: object) -> None:
    assert KINDS[kind].validate_python(value) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Name", ""),
        ("Name", " \u00a0 "),
        ("Name", "x" * (MAX_NAME + 1)),
        ("Name", "two\nlines"),
        ("Name", "nul\0"),
        ("Name", "bell\x07"),
        ("Name", "half \ud83d"),
        ("Name", 7),
        ("Name", None),
        ("Text", ""),
        ("Text", "\n\t "),
        ("Names", ["fine", ""]),
        ("Names", ["a"] * (MAX_ITEMS + 1)),
        ("Names", "one"),
        ("Texts", [" "]),
        ("Texts", ["a"] * (MAX_ITEMS + 1)),
        ("Rank", 0),
        ("Rank", -1),
        ("Rank", 10_001),
        ("Rank", 1.5),
        ("Seconds", -0.001),
        ("Seconds", LONGEST + 1),
        ("Seconds", float("nan")),
        ("Seconds", float("inf")),
    ],
)
def test_what_is_not_allowed_is_refused(kind: str, value: object) -> None:
    with pytest.raises(ValidationError):
        KINDS[kind].validate_python(value)


def test_a_name_is_kept_in_its_normal_form() -> None:
    assert KINDS["Name"].validate_python("  Cafe\u0301   au lait ") == "Café au lait"


def test_what_is_wrong_is_said_in_words() -> None:
    for value, words in (("", "blank"), ("a\nb", "control characters")):
        with pytest.raises(ValidationError, match=words):
            KINDS["Name"].validate_python(value)


def test_the_longest_time_is_ten_years() -> None:
    assert fields.LONGEST == 10 * 365 * 86_400


@pytest.mark.parametrize("text", ["a\tb  c\n", "x" * 300, "\u0958" * 200, "\x00\ud800", "e\u0301"])
def test_any_text_can_be_made_a_name_or_nothing(text: str) -> None:
    made = as_name(text)
    if made:
        assert TypeAdapter(Name).validate_python(made) == made
    assert as_name(made) == made


def test_a_name_that_normalising_makes_too_long_is_refused() -> None:
    with pytest.raises(ValidationError, match="at most 256"):
        TypeAdapter(Name).validate_python("\u0958" * 200)


def test_a_time_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(ValidationError, match="years 1 to 9999"):
        TypeAdapter(Moment).validate_python("0001-01-01T00:00:00+14:00")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("deploy <private>the bank</private>", "deploy"),
        ("a<PRIVATE >x<private>y</private>z</private >b", "ab"),
        ("half &lt;private&gt;open", "half"),
        ("ab <pri<private>x</private>vate>y", "ab"),
    ],
)
def test_a_name_loses_its_private_parts(given: str, kept: str) -> None:
    assert KINDS["Name"].validate_python(given) == kept
    assert as_name(given) == kept


@pytest.mark.parametrize("given", ["<private>all</private>", " <private>all", "<private>a</private> <private>b"])
def test_a_name_of_private_parts_only_is_rejected(given: str) -> None:
    with pytest.raises(ValidationError, match="nothing but private parts"):
        KINDS["Name"].validate_python(given)
    assert as_name(given) == ""


@pytest.mark.parametrize("given", ["", "  "])
def test_an_optional_name_may_be_left_out(given: str) -> None:
    assert TypeAdapter(fields.OptionalPublicName).validate_python(given) == ""

"""Private parts are removed in one way, in linear time, however their tags are written."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_buddy.common.private_text import MARGIN, closes_first, public_text, split_private, without_private
from session_buddy.skills.plain import plain

SECRET = "hunter2"
OPENING = [
    "<private>", "<PRIVATE>", "<Private >", "< private >", "<private\n>", "<private\t\r\n>", "<private class=x>",
    "<private reason='a > b'>", "<private note=\"a < b\">", "<private/>", "<private />", "<PR\u0130VATE>",
    "<pr\u0131vate>", "<PRI\u0307VATE>", "<\u200bprivate>", "<pri\u200bvate>", "<p\u00adrivate\ufeff>",
    "\uff1cprivate\uff1e", "<\uff50\uff52\uff49\uff56\uff41\uff54\uff45>", "&lt;private&gt;", "&LT;PRIVATE&GT;",
    "&amp;lt;private&amp;gt;", "&#60;private&#62;", "&#x3c;private&#x3E;", "\\u003cprivate\\u003e",
    "\\x3Cprivate\\x3E", "%3Cprivate%3E", "<private <private>",
]  # fmt: skip
CLOSING = [
    "</private>", "</PRIVATE>", "</ private >", "< /private>", "< / private\n>", "</private\t>", "</private id=1>",
    "</pr\u0131vate>", "</PR\u0130VATE>", "<\uff0fprivate>", "<\\/private>",
    "&lt;/private&gt;", "&#60;&#47;private&#62;", "\\u003c/private\\u003e", "%3C%2Fprivate%3E", "\uff1c/private\uff1e",
]  # fmt: skip
KEPT = [
    "a < private", "<privateer>", "<private-key/>", "<private_part>", "private>", "a<b>c", "<b>private</b>", "&lt;",
    "<pri vate>", "if (a < privates && b > c)", "100% <", "\\u003c", "", "\u0130\u0130 < \u0130",
]  # fmt: skip
PIECES = [
    *OPENING, *CLOSING, "<", ">", "/", "private", "<private", "</private", "<pri", "vate>", "[private]", "&lt;", "gt;",
    "&", "\\", "%3c", "\u0130", "\u200b", " ", "\n", "word", "[",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join)


@pytest.mark.parametrize("tag", OPENING)
def test_every_form_of_an_opening_tag_opens_a_part(tag: str) -> None:
    assert SECRET not in without_private(f"before {tag}{SECRET} > more")[0]
    assert split_private(f"before {tag}{SECRET}")[::2] == ("before ", True)


@pytest.mark.parametrize("tag", CLOSING)
def test_every_form_of_a_closing_tag_closes_a_part(tag: str) -> None:
    assert without_private(f"before <private>{SECRET}{tag} after") == ("before  after", 1)


@pytest.mark.parametrize("text", KEPT)
def test_texts_without_a_tag_are_kept(text: str) -> None:
    assert split_private(text) == (text, 0, False)


@pytest.mark.parametrize(
    "text",
    [
        "a <private>b <private>c</private> hunter2</private> z",
        "a <private><private><private>b</private></private>hunter2</private> z",
        "\u0130\u0130\u0130 <private>\u0130\u0130 hunter2</private> z",
        "a <private>b</privat> hunter2</private> z",
        "a <private>b</private hunter2 <private>c</private></private> z",
        "a <private>b\nhunter2\n</private> z",
    ],
)
def test_a_nested_private_part_is_removed(text: str) -> None:
    public, parts = without_private(text)
    assert (SECRET in public, parts, public[-2:]) == (False, 1, " z")


def test_an_incomplete_closing_tag_closes_nothing() -> None:
    assert split_private(f"a <private>b</private {SECRET}") == ("a ", 1, True)
    assert split_private("a <private>b</private" + " x" * 200 + f">{SECRET}") == ("a ", 1, True)


def test_a_part_may_be_open_where_the_text_begins() -> None:
    assert split_private(f"{SECRET}</private> z", is_open=True) == (" z", 1, False)
    assert split_private(SECRET, is_open=True) == ("", 1, True)
    assert closes_first("a </private> <private>")
    assert not closes_first("a <private></private>")
    assert not closes_first("a </private")


def test_a_cut_inside_of_a_private_part_leaves_nothing_of_it() -> None:
    text = "public <private>" + "x" * MARGIN * 100 + f"</private> {SECRET}"
    assert public_text(text, 100) == ("public ", 1, True, True)


def test_what_follows_a_long_private_part_is_kept() -> None:
    text = "<private>" + "x" * 150 + "</private>" + "z" * 100
    assert public_text(text, 100)[:3] == ("z" * 100, 1, False)


def test_half_a_word_at_the_cut_is_left_out() -> None:
    text = "<private>" + "x" * 250 + "</private> word " + SECRET * 10
    assert public_text(text, 100) == (" word", 1, False, True)


def test_a_tag_that_the_cut_halves_leaves_no_text_behind() -> None:
    for cut in range(12):
        text = " " * (MARGIN * 50 - cut) + f"<private>{SECRET}</private>"
        assert SECRET not in public_text(text, 50).text


@given(HOSTILE)
def test_removing_again_changes_nothing(text: str) -> None:
    public, _ = without_private(text)
    assert without_private(public) == (public, 0)


@given(st.text(), st.text(), st.sampled_from(OPENING), st.sampled_from(CLOSING))
def test_nothing_between_two_tags_is_left(before: str, after: str, opening: str, closing: str) -> None:
    marked = "\ue000secret\ue001"
    assert marked not in without_private(before + opening + marked + closing + after)[0]


@pytest.mark.parametrize(
    "piece",
    ["<private>", "</private>", "<private></private>", "<", ">", "<private", "</private ", "&lt;", "&amp;", "\\", "%3c",
     "<private <", "<\u200b", "</private" + "x" * 150, "<" + " " * 90, "\u0130<"],
)  # fmt: skip
def test_the_work_for_a_text_is_linear(piece: str) -> None:
    """Counted by the lines that run, so that no clock decides: the patterns themselves backtrack nowhere."""

    def lines(length: int) -> int:
        count = 0

        def trace(frame: object, event: str, argument: object) -> object:
            nonlocal count
            count += event == "line"
            return trace

        text = (piece * (length // len(piece) + 1))[:length]
        sys.settrace(trace)  # type: ignore[arg-type]
        try:
            without_private(text)
        finally:
            sys.settrace(None)
        return count

    assert lines(40_000) <= 2.5 * lines(20_000) + 100


@pytest.mark.parametrize("opening", ["<private class=x>", "<PR\u0130VATE>", "<private\n>", "<private>"])
def test_a_description_keeps_the_tags_of_its_private_parts(opening: str) -> None:
    shown = plain(f"a <b>tool</b> {opening}{SECRET}</private> for tests", 200)
    assert without_private(shown) == ("a tool  for tests", 1)


@pytest.mark.parametrize(
    "tag",
    [
        "<pri\x08vate>", "<priva\nte>", "<p\0rivate>", "<pri\x1b[1;31mvate>", "<pri\u3164vate>", "<pri\U000e0061vate>",
        "<pri\U000e0101vate>", "<pr\u0456v\u00e1te>", "<priva\u0301te>", "<\U0001d429\U0001d42b\U0001d422vate>",
        "<\u24df\u24e1\u24d8\u24e5\u24d0\u24e3\u24d4>", "<!--private-->", "<!-- PRIVATE -->", "%253Cprivate%253E",
        "%25253cprivate%3e", "&#000000000000060;private>", "&#38;lt;private&#38;gt;", "\\074private\\076",
        "\\u{003c}private\\u{3e}", "<\u1d29\u1d18rivate><private>",
    ],
)  # fmt: skip
def test_a_disguised_tag_opens_a_private_part(tag: str) -> None:
    assert without_private(f"a {tag}secret") == ("a ", 1) or "secret" not in without_private(f"a {tag}secret")[0]


@pytest.mark.parametrize(
    "text",
    [
        "<pri<private>x</private>vate>secret</private>",
        "<<private></private>private>secret",
        "<pri<pri<private></private>vate></private>vate>secret",
        "&l<private>x</private>t;private>secret",
    ],
)
def test_a_tag_that_removal_forms_is_removed_too(text: str) -> None:
    assert "secret" not in without_private(text)[0]


@pytest.mark.parametrize(
    "text",
    ["<!-- private methods -->x", "<privateer>x", "\u2039private\u203a x", "p < r, i > vate", "<\u00e9t\u00e9>x"],
)
def test_what_only_resembles_a_private_tag_stays(text: str) -> None:
    assert without_private(text) == (text, 0)


def test_a_chain_of_forming_tags_ends_in_a_text_without_tags() -> None:
    text = "<pri" * 500 + "<private>" + "</private>" + "vate>x</private>" * 500
    public, _ = without_private(text)
    assert without_private(public) == (public, 0)

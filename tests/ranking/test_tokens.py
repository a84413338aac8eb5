"""What is left of a text for the lexical ranking."""

import pytest

from session_buddy.ranking.tokens import LONGEST_WORD, MOST_WORDS, tokens, words


def test_words_are_those_of_the_text_in_lower_case() -> None:
    assert words("Fix THE build-server, now!") == ["fix", "the", "build", "server", "now"]


@pytest.mark.parametrize("text", ["", " \n ", "?!…", "🙂", "- — -"])
def test_a_text_without_a_word_has_no_token(text: str) -> None:
    assert words(text) == []
    assert tokens(text) == []


def test_a_text_gives_its_words_their_trigrams_and_its_pairs_of_neighbours() -> None:
    assert tokens("Go ahead") == [
        *("^go", "^ahead"),
        *("^go", "go$"),
        *("^ah", "ahe", "hea", "ead", "ad$"),
        "go ahead",
    ]


def test_a_pair_is_of_the_beginnings_of_its_words() -> None:
    assert "deplo pages" in tokens("deployment pages")
    assert "deplo pages" in tokens("deploying pages")


def test_a_word_of_one_letter_has_a_trigram_too() -> None:
    assert tokens("a") == ["^a", "^a$"]


def test_what_is_written_without_spaces_shares_trigrams_with_its_parts() -> None:
    assert "テスト" in set(tokens("単体テストが失敗する")) & set(tokens("テストする"))
    assert len(set(tokens("Zeitüberschreitung")) & set(tokens("Überschreitung der Zeit"))) > 5


def test_an_inflected_or_misspelt_word_shares_most_of_its_trigrams() -> None:
    for one, other in (("deploying", "deployed"), ("requête", "requêtes"), ("refactor", "refactro")):
        shared = set(tokens(one)) & set(tokens(other))
        assert len(shared) >= len(tokens(one)) // 2, (one, other)


def test_a_very_long_text_and_a_very_long_word_are_cut() -> None:
    assert len(words("word " * 10_000)) == MOST_WORDS
    assert words("x" * 5_000) == ["x" * LONGEST_WORD]
    assert len(tokens("y" * 5_000)) < 2 * LONGEST_WORD

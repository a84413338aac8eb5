"""What stands for a skill in the ranking."""

import pytest

from session_buddy.skills.describing import document_of


@pytest.mark.parametrize(
    ("name", "description", "document"),
    [
        ("systematic-debugging", "Finds out why.", "systematic debugging: Finds out why."),
        ("FinanceTool", "Stock prices.", "Finance Tool: Stock prices."),
        ("plugin:pdf_toolsV2", "Reads files.", "plugin pdf tools V2: Reads files."),
        ("HTMLParser", "Reads pages.", "HTML Parser: Reads pages."),
        ("balance_check", "Check of the balance", "Check of the balance"),
        ("debugging", None, "debugging"),
        ("code-review", None, "code review"),
        ("données", "Lit des fichiers.", "données: Lit des fichiers."),
        ("---", None, "---"),
        ("---", "Does something.", "Does something."),
    ],
)
def test_a_skill_stands_for_its_name_in_words_and_its_description(
    name: str, description: str | None, document: str
) -> None:
    assert document_of(name, description) == document

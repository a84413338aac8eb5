"""What kind of content a file is said to have."""

import pytest

from session_buddy.skills.media_types import media_type


@pytest.mark.parametrize(
    ("name", "is_text", "kind"),
    [
        ("SKILL.md", True, "text/markdown"),
        ("Guide.MD", None, "text/markdown"),
        ("data.json", True, "application/json"),
        ("values.yaml", True, "application/yaml"),
        ("page.html", True, "text/html"),
        ("icon.svg", True, "image/svg+xml"),
        ("LICENSE", True, "text/plain"),
        ("program.ts", True, "text/plain"),  # by its name it might be a video
        ("picture.png", True, "text/plain"),
        ("picture.png", False, "image/png"),
        ("text.txt", False, "application/octet-stream"),
        ("unknown", False, "application/octet-stream"),
        ("unknown", None, "application/octet-stream"),
    ],
)
def test_a_file_is_called_what_its_name_says_unless_its_content_says_otherwise(
    name: str, is_text: bool | None, kind: str
) -> None:
    assert media_type(name, is_text) == kind

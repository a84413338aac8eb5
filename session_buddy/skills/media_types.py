"""What kind of content a file has, told by its name and whether it is text."""

import mimetypes

MARKDOWN = "text/markdown"
_TEXT_OF_APPLICATIONS = {"application/json", "application/xml", "application/javascript", "image/svg+xml"}
_OURS = {".md": MARKDOWN, ".markdown": MARKDOWN, ".yaml": "application/yaml", ".yml": "application/yaml"}
# Python's own table and not the machine's, so that the same file has the same type everywhere.
_TYPES = mimetypes.MimeTypes()


def media_type(name: str, is_text: bool | None = None) -> str:
    """The MIME type of a file of this name. Where it is not known whether it is text, the name decides."""
    ours = next((kind for ending, kind in _OURS.items() if name.lower().endswith(ending)), None)
    found = ours or _TYPES.guess_type(name.lower(), strict=False)[0]
    if is_text is None:
        return found or "application/octet-stream"
    found_text = ours or (found and (found.startswith("text/") or found in _TEXT_OF_APPLICATIONS))
    if is_text:
        return found if found and found_text else "text/plain"
    return found if found and not found_text else "application/octet-stream"

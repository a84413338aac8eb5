"""What stands in somebody's configuration, made fit to be shown on a terminal."""

import unicodedata

LONGEST = 200


def shown(text: str, longest: int = LONGEST) -> str:
    """A line without control characters and marks that turn the direction of writing, cut where it is too long."""
    clean = "".join(" " if one == "\t" else one for one in text if one == "\t" or unicodedata.category(one) not in _CUT)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


_CUT = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")

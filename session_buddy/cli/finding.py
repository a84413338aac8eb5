"""What one check of `doctor` found."""

from typing import NamedTuple


class Finding(NamedTuple):
    """A finding that is not `good` says in `text` what to do."""

    check: str
    good: bool
    text: str

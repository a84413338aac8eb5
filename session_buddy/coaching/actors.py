"""Who acts in coaching, and from where."""

from typing import NamedTuple

from session_buddy.store.calls import Call

PERSON, REPORTED, AUTO = "person", "reported", "auto"
# Level changes that nobody decided.
PROGRAM = "session_buddy"


class Actor(NamedTuple):
    """Who acts: `person` (a form, the dashboard, a terminal) or `reported` (an assistant or a program says that a
    person did). `source` is the place: form, dashboard, terminal, tool or library."""

    who: str
    source: str
    project_id: str | None = None
    mask_secrets: bool = True
    call: Call | None = None

    @property
    def call_key(self) -> str | None:
        return self.call.key if self.call else None

    @property
    def resent_key(self) -> str | None:
        """The key of a call that an earlier hub may have answered."""
        return self.call.key if self.call and self.call.resent else None

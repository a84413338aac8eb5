"""Live events, as they are answered."""

from session_buddy.web.described.told import Told


class Event(Told):
    kind: str
    at: str


class Link(Told):
    url: str


class Recent(Told):
    events: list[Event]

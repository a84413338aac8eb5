"""Sessions of browsers: what a browser gets when a person signs in, instead of the token.

A browser sends a cookie of 127.0.0.1 to every port there, so a server of another user receives it as soon as the person
visits that server. So the cookie is only one half of a session, and a random value of its own. The other half is the
page key: the page keeps it in the storage of its origin, which includes the port, and sends it with each request.

The key reaches the page in two steps. The sign-in leads to an address with a ticket in its fragment, which no browser
sends to a server, and the page exchanges the ticket for the key. A ticket is valid for a minute, and only with a
cookie, so that an address in the history of the browser is worth nothing. The exchange does not use it up: a person may
leave the page before the answer arrives, and the next page then repeats the exchange.
"""

import secrets
from collections.abc import Iterable
from typing import NamedTuple

from session_buddy.web.codes import Codes
from session_buddy.web.credentials import matches

MAX_COOKIES = 64
"""The session that was unused for the longest time ends when there are more."""


class SignedIn(NamedTuple):
    """What a browser gets at sign-in: the value of its cookie, and the ticket for the page key."""

    cookie: str
    ticket: str

    @property
    def fragment(self) -> str:
        return f"#sign-in={self.ticket}"


class BrowserSessions:
    """The sessions of one dashboard process. Used on the event loop only.

    All browsers get the same page key: they belong to the same person, and a tab with an earlier cookie of the same
    browser keeps working while another tab signs in.
    """

    def __init__(self) -> None:
        self._key = secrets.token_urlsafe(32)
        self._tickets = Codes()
        self._cookies: dict[str, None] = {}

    def sign_in(self, cookies: Iterable[str]) -> SignedIn:
        """Begin a session, or continue that of the browser that sent these cookies."""
        cookie = self._known(cookies) or secrets.token_urlsafe(32)
        self._use(cookie)
        return SignedIn(cookie, self._tickets.new())

    def is_known(self, cookies: Iterable[str]) -> bool:
        """Whether a cookie is of a session. That alone opens no data."""
        return self._known(cookies) is not None

    def has_access(self, cookies: Iterable[str], keys: Iterable[str]) -> bool:
        """Whether a request has both halves of a session."""
        cookie = self._known(cookies)
        if cookie is None or not matches(keys, self._key):
            return False
        self._use(cookie)
        return True

    def exchange(self, cookies: Iterable[str], ticket: str) -> str | None:
        """The page key for a ticket; None if the ticket or the cookie is not valid."""
        return self._key if self.is_known(cookies) and self._tickets.is_valid(ticket) else None

    def _known(self, cookies: Iterable[str]) -> str | None:
        return next((cookie for cookie in cookies if cookie in self._cookies), None)

    def _use(self, cookie: str) -> None:
        self._cookies.pop(cookie, None)
        self._cookies[cookie] = None
        if len(self._cookies) > MAX_COOKIES:
            del self._cookies[next(iter(self._cookies))]

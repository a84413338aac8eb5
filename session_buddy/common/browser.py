"""Opening the dashboard in the user's browser without a token, a link or a code on a command line.

As a program (`python -m session_buddy.common.browser ADDRESS`) it opens one address; its exit code tells whether a
browser was started. So a process that must not change its working directory can use it too.
"""

import http.client
import json
import sys
import webbrowser
from contextlib import chdir
from urllib.parse import parse_qs, urlsplit

from session_buddy.common.child_process import neutral_folder
from session_buddy.errors import BuddyError

ANSWER_SECONDS = 10.0


def hand_over(link: str) -> "str | None":
    """The address of a private file that opens the page once; None if the dashboard cannot create one.

    Other users can read the command line of a browser, so neither the token nor a one-time code may be part of it.

    Raises:
        BuddyError: the dashboard has ended meanwhile, or does not answer.
    """
    address = urlsplit(link)
    token = parse_qs(address.query)["token"][0]
    line = http.client.HTTPConnection(address.netloc, timeout=ANSWER_SECONDS)
    try:
        line.request("POST", "/api/link/file", headers={"Authorization": f"Bearer {token}"})
        answer = line.getresponse()
        answered = json.loads(answer.read())
        return str(answered["url"]) if answer.status == http.client.OK else None
    except TimeoutError:
        raise BuddyError(
            "The dashboard does not answer. End it with `session-buddy dashboard --stop`, then run this command again."
        ) from None
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        raise BuddyError("The dashboard has ended before it was opened. Run the command again.") from None
    finally:
        line.close()


def open_window(url: str) -> bool:
    """Open an address in a browser with windows; one that would take the terminal is left alone."""
    try:
        with chdir(neutral_folder()):  # a browser looks for its own files where it is started
            browser = webbrowser.get()
            return type(browser) is not webbrowser.GenericBrowser and browser.open(url)
    except (webbrowser.Error, OSError):
        return False


if __name__ == "__main__":
    sys.exit(0 if open_window(sys.argv[1]) else 1)

"""Files that hand a one-time code to a browser.

The address with which a browser is started stands on its command line, where every user of the machine can read it.
So the browser is started with the address of a file that only this user can read, and the page in that file sends the
code. A browser in a sandbox (snap, Flatpak) may not be allowed to read the file; then the link on the terminal remains.
"""

import html
import os
import pathlib
import secrets
import time

from session_buddy.common.atomic_io import remove_if_present, unsafe_reason, write_file
from session_buddy.common.private_folder import first_private
from session_buddy.errors import BuddyError
from session_buddy.settings import Settings
from session_buddy.web.codes import VALID, Codes

PREFIX, SUFFIX = "open-", ".html"
NO_FOLDER = "There is no folder that only you can enter ({}), so no browser was started. Use the link of the dashboard."
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>session_buddy</title>
<form method="post" action="{action}">
<input type="hidden" name="code" value="{code}">
<button>Open the dashboard</button>
</form>
<script>document.forms[0].submit()</script>
</html>
"""


class Handover:
    """Creates such files, each for one code, and removes a file when its code is used or expires.

    Args:
        codes: the codes of this dashboard.
        action: the address to which the page in a file sends its code.
        folders: where the files can be; the first one that is private is used.
    """

    def __init__(self, codes: Codes, action: str, folders: list[str]) -> None:
        self.codes = codes
        self._action = action
        self._folders = folders

    def create(self) -> str:
        """Create a file with a new code. Returns the file's address.

        Raises:
            BuddyError: there is no private folder, or it cannot be written.
        """
        folder = first_private(self._folders)
        if folder is None:
            raise BuddyError(NO_FOLDER.format(", ".join(self._folders)))
        _sweep(folder)
        path = os.path.join(folder, f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}")
        code = self.codes.new(lambda: remove_if_present(path))
        page = _PAGE.format(action=html.escape(self._action), code=html.escape(code))
        try:
            write_file(path, page.encode())
        except OSError as error:
            self.codes.take(code)
            raise BuddyError(f"{path} cannot be written: {error.strerror}. Use the link of the dashboard.") from None
        return pathlib.Path(path).as_uri()


def folders(settings: Settings) -> list[str]:
    """Where the files can be. A browser may read the runtime folder without being allowed to read hidden folders."""
    runtime = [os.path.join(settings.runtime_folder, "session-buddy")] if settings.runtime_folder else []
    return [*runtime, os.path.join(settings.data_folder, "open")]


def _sweep(folder: str) -> None:
    """Remove the files of dashboards that were killed. Their codes are worth nothing any more."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.startswith(PREFIX) and name.endswith(SUFFIX) and not unsafe_reason(path):
            try:
                if time.time() - os.lstat(path).st_mtime > 2 * VALID:
                    remove_if_present(path)
            except OSError:
                pass  # another dashboard has removed it

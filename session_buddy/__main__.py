"""The door: without arguments the bridge of one window; with `hook` one event
of an assistant; with another command, the command line."""

import os
import sys


def main() -> int:
    """Run what the arguments ask for and return the exit code."""
    _search_no_modules_here()
    from session_buddy.settings import ignore_project_programs

    ignore_project_programs()
    if len(sys.argv) == 1:
        from session_buddy.bridge.window import run

        return run()
    if sys.argv[1] == "hook" and not {"-h", "--help"} & set(sys.argv):
        from session_buddy.bridge.hook import run as run_hook

        return run_hook(sys.argv[2:])
    from session_buddy.cli.main import run_command

    return run_command(sys.argv[1:])


def _search_no_modules_here() -> None:
    """Take the working directory out of the search path for modules, where `python -m` puts it: it may be a project
    with a `json.py` of its own. It stays where this package itself was found in it."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:
        here = ""
    sys.path[:] = [entry for entry in sys.path if entry == own or (entry and os.path.realpath(entry) != here)]


if __name__ == "__main__":
    sys.exit(main())

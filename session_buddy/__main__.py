"""The door: without arguments the bridge of one window; with `hook` one event
of an assistant; with another command, the command line."""

import sys


def main() -> int:
    """Run what the arguments ask for and return the exit code."""
    if len(sys.argv) == 1:
        from session_buddy.bridge.window import run

        return run()
    if sys.argv[1] == "hook" and not {"-h", "--help"} & set(sys.argv):
        from session_buddy.bridge.hook import run as run_hook

        return run_hook(sys.argv[2:])
    from session_buddy.cli.main import run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

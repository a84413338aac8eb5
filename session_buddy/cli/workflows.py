"""`workflows`: what workflows have earned, and a person's decision on it."""

import argparse
import sys

from session_buddy.cli.coaching import Coaching, ask
from session_buddy.cli.coaching import show as show_result
from session_buddy.cli.parser import WRONG_USAGE
from session_buddy.cli.person import require_person, require_typed
from session_buddy.cli.terminal import terminal_width
from session_buddy.reports.coaching_workflows import (
    leveled_text,
    promotion_text,
    thresholds_text,
    workflow_text,
    workflows_text,
)


def show_list(options: argparse.Namespace) -> int:
    found = ask(options, "overall")
    return show_result(options, found, workflows_text(found, terminal_width()))


def show(options: argparse.Namespace) -> int:
    found = ask(options, "workflow", workflow_id=options.name)
    return show_result(options, found, workflow_text(found, terminal_width()))


def promote(options: argparse.Namespace) -> int:
    """Raise a workflow by one level, after a person has seen the criteria and typed its name again."""
    if options.despite is not None and not options.despite.strip():
        print("session-buddy workflows promote: --despite is blank. Nothing was changed.", file=sys.stderr)
        return WRONG_USAGE
    require_person("Promoting a workflow")
    with Coaching(options) as coaching:
        found = coaching.ask("workflow", workflow_id=options.name)
        print(promotion_text(found, terminal_width()))
        wanted = {"workflow_id": found["workflow_id"], "despite": options.despite}
        said = _said(coaching.ask("promotion", **wanted)["words"])
        name = require_typed("Type the workflow's name to promote it: ", found["workflow_id"])
        change = coaching.ask("promote", **wanted, confirmed=said, expected=found["level"], name=name)
    return show_result(options, change, leveled_text(change))


def demote(options: argparse.Namespace) -> int:
    change = ask(options, "demote", workflow_id=options.name, to=options.to, reason=options.reason)
    return show_result(options, change, leveled_text(change))


def show_thresholds(options: argparse.Namespace) -> int:
    found = ask(options, "thresholds")
    return show_result(options, found, thresholds_text(found, terminal_width()))


def set_threshold(options: argparse.Namespace) -> int:
    """Change a bar of readiness; lowering one is a way round it, so a person does it as they promote."""
    require_person("Changing a threshold")
    with Coaching(options) as coaching:
        listed = {one["name"]: one for one in coaching.ask("thresholds")["thresholds"]}
        if one := listed.get(options.name):
            print(f"{options.name}: {one['meaning']}. It is {one['value']:g} and would be {options.value:g}.")
            require_typed("Type the threshold's name to change it: ", options.name)
        found = coaching.ask("set_threshold", name=options.name, value=options.value)
    return show_result(options, found, f"{options.name} is {options.value:g} from now on. This is on record.")


def _said(words: str | None) -> str | None:
    """What a person says where words are needed: that quick decisions were meant."""
    if words is None:
        return None
    print("The decisions were made quickly. If they were meant all the same, say so in words.")
    return require_typed(f'Type "{words}": ', words)

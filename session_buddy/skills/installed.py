"""What is installed for an assistant to use: skills, slash commands and subagents."""

from typing import Any, NamedTuple

SKILL, COMMAND, AGENT = "skill", "command", "agent"


class Installed(NamedTuple):
    """One of them. `name` is what the assistant calls it by (`plugin:name`, `folder:name`), `path` the file that
    describes it, `place` where that is for a person (such as `project` or `plugin superpowers`)."""

    name: str
    kind: str
    description: str | None
    path: str
    place: str
    assistants: tuple[str, ...]
    frontmatter: dict[str, Any]
    model_may_use: bool = True


class Problem(NamedTuple):
    """A file or folder with which something is wrong: what, and what to do. `works` says that an assistant can use it
    all the same."""

    path: str
    reason: str
    works: bool = False


class Found(NamedTuple):
    """What there is for one project, the names in order and each once, and what is wrong with it."""

    installed: tuple[Installed, ...] = ()
    problems: tuple[Problem, ...] = ()

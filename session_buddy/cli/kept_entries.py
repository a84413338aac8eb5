"""What `install` keeps of entries that are there: shown, asked for where a repository may have brought it."""

import argparse
from collections.abc import Iterator

from session_buddy.assistants.configurations import TITLES
from session_buddy.assistants.existing_settings import Existing
from session_buddy.cli.person import agreed, is_person
from session_buddy.skills.privacy import stored_form


def decide(options: argparse.Namespace, existing: Existing) -> bool:
    """Return whether what may be kept of a project's entries is kept: `--keep-env` says so, or a person who is asked.
    Where nobody can be asked, it is not kept."""
    if existing.is_trusted or not existing.optional:
        return False
    if options.keep_env:
        return True
    if options.dry_run or options.json or not is_person():
        return False
    print(f"The entry for {TITLES[options.assistant]} in this project holds settings that session_buddy did not write.")
    print("A repository can bring such settings to send what is recorded elsewhere, or to switch off the masking:")
    print("\n".join(f"  {_joined((line,))}" for line in existing.optional))
    return agreed("Keep them?")


def remarks(existing: Existing, keep: bool) -> Iterator[str]:
    """Return what became of the settings, one sentence for each group."""
    if existing.is_trusted:
        if existing.any:
            yield f"Kept from the entry that was there: {_joined(existing.optional + existing.never)}."
        return
    if existing.optional and keep:
        yield f"Kept as agreed: {_joined(existing.optional)}. Hooks do not get a store from it; `--store FILE` does."
    elif existing.optional:
        yield (
            f"Left out, since a repository may have brought it: {_joined(existing.optional)}. "
            "`--keep-env` keeps it; a copy of the file from before is kept too."
        )
    if existing.never:
        yield f"Left out for good, since it can change what is run or where: {_joined(existing.never)}."


def _joined(lines: tuple[str, ...]) -> str:
    """The settings in one line, without what looks like a secret."""
    return "; ".join(stored_form(line, True).text for line in lines)

"""Plugins of Claude Code that are installed and not turned off."""

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from session_buddy.assistants.places import AGENT, COMMAND, SKILL, Place, Surroundings

NAME = "claude-code"
MOST = 500
_PARTS = (("skills", SKILL), ("commands", COMMAND), ("agents", AGENT))


class Plugin(NamedTuple):
    """An installed plugin: `key` is `name@marketplace`."""

    key: str
    folder: str

    @property
    def name(self) -> str:
        return self.key.partition("@")[0]


def places(around: Surroundings, enabled: dict[str, Any]) -> Iterator[Place]:
    """Where the plugins' parts lie; `enabled` is what the settings say about each, by its key."""
    for plugin in _installed(around, enabled):
        if enabled.get(plugin.key) is not False:
            yield from _parts(around, plugin)


def _parts(around: Surroundings, plugin: Plugin) -> Iterator[Place]:
    manifest = around.sight.json(os.path.join(plugin.folder, ".claude-plugin", "plugin.json"))
    name = manifest.get("name")
    called = around.shown(name if isinstance(name, str) and name else plugin.name, plugin.folder)
    if not called:
        return
    label = f"plugin {called}"
    for part, kind in _PARTS:
        for relative in dict.fromkeys([part, *_more(manifest.get(part))]):
            folder = os.path.normpath(os.path.join(plugin.folder, relative))
            if os.path.commonpath([plugin.folder, folder]) == plugin.folder:
                place = Place(folder, kind, label, (NAME,), (plugin.folder,), plugin=called)
                yield place
                if kind == SKILL and relative != part:
                    yield place._replace(itself=True)
    yield Place(plugin.folder, SKILL, label, (NAME,), (plugin.folder,), plugin=called, itself=True)


def _more(given: Any) -> list[str]:
    """The further folders that a manifest names."""
    named = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    return [one for one in named[:50] if isinstance(one, str) and one and "\0" not in one and not os.path.isabs(one)]


def _installed(around: Surroundings, enabled: dict[str, Any]) -> list[Plugin]:
    """The plugins of the list that Claude Code keeps; without a list, those that are turned on and have a folder."""
    folder = os.path.join(around.settings.claude_folder, "plugins")
    listed = around.sight.json(os.path.join(folder, "installed_plugins.json")).get("plugins")
    if isinstance(listed, dict):
        return [found for key, entries in list(listed.items())[:MOST] if (found := _listed(around, key, entries))]
    on = [key for key, is_on in enabled.items() if is_on is True][:MOST]
    return [found for key in on if (found := _guessed(around, folder, key))]


def _listed(around: Surroundings, key: str, entries: Any) -> Plugin | None:
    """The folder that was installed last, of those that are meant for this project."""
    found = [one for one in (entries if isinstance(entries, list) else [entries]) if isinstance(one, dict)]
    meant = [one for one in found if _is_meant(around, one) and isinstance(one.get("installPath"), str)]
    for one in sorted(meant, key=lambda one: str(one.get("lastUpdated", "")), reverse=True):
        folder = os.path.join(around.settings.claude_folder, "plugins", os.path.expanduser(one["installPath"]))
        if around.sight.is_folder(folder):
            return Plugin(key, os.path.normpath(folder))
    return None


def _is_meant(around: Surroundings, entry: dict[str, Any]) -> bool:
    project = entry.get("projectPath")
    if not isinstance(project, str) or not project:
        return True
    return os.path.realpath(project) in {os.path.realpath(one) for one in around.folders}


def _guessed(around: Surroundings, folder: str, key: str) -> Plugin | None:
    name, _, marketplace = key.partition("@")
    if not name or {name, marketplace} & {".", ".."} or os.sep in key or "\0" in key:
        return None
    cache = os.path.join(folder, "cache", marketplace, name)
    versions = [os.path.join(cache, one.name) for one in around.sight.entries(cache) if one.is_folder]
    newest = sorted(versions, key=_age, reverse=True)[:1]
    market = os.path.join(folder, "marketplaces", marketplace)
    for path in (*newest, os.path.join(market, "plugins", name), os.path.join(market, name)):
        if around.sight.is_folder(path):
            return Plugin(key, path)
    return None


def _age(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0

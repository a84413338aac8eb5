"""Which of several of the same name counts, and what the others are called."""

from pathlib import Path

from tests.assistants.ground import Ground


def plugin(ground: Ground, name: str = "tools", **entry: object) -> Path:
    """An installed plugin, without anything in it."""
    folder = ground.home / ".claude" / "plugins" / "cache" / "market" / name / "1.0"
    folder.mkdir(parents=True)
    listed = {f"{name}@market": [{"scope": "user", "installPath": str(folder)} | entry]}
    ground.json(ground.home / ".claude" / "plugins" / "installed_plugins.json", {"version": 2, "plugins": listed})
    return folder


def test_an_enterprise_counts_before_the_person_and_the_person_before_the_project(ground: Ground) -> None:
    ground.skill(".claude/skills", "deploy", "of the project")
    assert ground.one("deploy").place == "project"
    ground.skill(ground.home / ".claude" / "skills", "deploy", "of the person")
    assert ground.one("deploy").description == "of the person"
    ground.skill(ground.managed / ".claude" / "skills", "deploy", "of the enterprise")
    one = ground.one("deploy")
    assert (one.place, one.description, one.kind) == ("enterprise", "of the enterprise", "skill")
    assert ground.names() == ["deploy"]


def test_a_plugins_skill_has_the_plugins_name_and_takes_no_others_place(ground: Ground) -> None:
    folder = plugin(ground)
    for path in (folder / "skills", ground.home / ".claude" / "skills", ground.project / ".claude" / "skills"):
        ground.skill(path, "deploy")
    assert ground.names() == ["deploy", "tools:deploy"]
    assert ground.one("tools:deploy").place == "plugin tools"


def test_elsewhere_the_project_counts_before_the_person(ground: Ground) -> None:
    ground.skill(ground.home / ".codex" / "skills", "deploy", "of the person")
    ground.skill(".agents/skills", "deploy", "of the project")
    one = ground.one("deploy")
    assert (one.description, one.place) == ("of the project", "project")
    assert one.assistants == ("codex", "gemini", "vscode")


def test_a_skill_comes_before_a_command_of_its_name_and_that_before_a_subagent(ground: Ground) -> None:
    ground.document(ground.project / ".claude" / "agents" / "review.md", name="review", description="an agent")
    assert ground.one("review").kind == "agent"
    ground.document(ground.home / ".claude" / "commands" / "review.md", description="a command")
    assert ground.one("review").kind == "command"
    ground.skill(".claude/skills", "review", "a skill")
    assert ground.one("review").kind == "skill"
    assert ground.names() == ["review"]


def test_a_nested_skill_is_called_by_its_folder_too_where_another_has_its_name(ground: Ground) -> None:
    ground.skill(".claude/skills", "deploy", "of everything")
    ground.skill("apps/web/.claude/skills", "deploy", "of the web")
    ground.skill("apps/web/.claude/skills", "paint")
    assert ground.names() == ["apps/web:deploy", "deploy", "paint"]
    assert ground.one("deploy").description == "of everything"
    assert ground.one("apps/web:deploy").place == "project, apps/web"


def test_skills_of_the_persons_account_step_back(ground: Ground) -> None:
    ground.skill(ground.home / ".claude" / "skills" / "synced", "pdf", "from the account")
    assert ground.one("pdf").description == "from the account"
    ground.skill(".claude/skills", "pdf", "of the project")
    assert ground.one("pdf").description == "of the project"
    assert ground.one("anthropic-skills:pdf").description == "from the account"


def test_folders_above_the_project_count_up_to_the_root_of_its_repository(ground: Ground) -> None:
    ground.skill(".claude/skills", "inside")
    (ground.project / ".git").rmdir()
    ground.skill(ground.project.parent / ".claude" / "skills", "above")
    assert ground.names() == ["inside"]
    (ground.project.parent / ".git").mkdir()
    assert ground.names() == ["above", "inside"]


def test_the_home_folder_is_no_repository_of_the_project(ground: Ground) -> None:
    (ground.project / ".git").rmdir()
    (ground.home / ".git").mkdir()
    ground.skill(ground.home / ".cursor" / "skills", "own")
    assert ground.one("own").place == "personal"


def test_a_link_to_what_is_known_is_the_same_thing_for_one_more_assistant(ground: Ground) -> None:
    ground.skill(".agents/skills", "deploy")
    (ground.project / ".claude" / "skills").mkdir(parents=True)
    (ground.project / ".claude" / "skills" / "deploy").symlink_to("../../.agents/skills/deploy")
    (ground.project / ".cursor").mkdir()
    (ground.project / ".cursor" / "skills").symlink_to("../.agents/skills")
    found = ground.found()
    assert [one.name for one in found.installed] == ["deploy"]
    assert set(found.installed[0].assistants) == {"claude-code", "vscode", "codex", "gemini", "cursor"}
    assert found.problems == ()


def test_every_assistants_own_folders_are_looked_into(ground: Ground) -> None:
    places = [
        ".claude/skills",
        ".cursor/skills",
        ".codex/skills",
        ".github/skills",
        ".gemini/skills",
        ".opencode/skills",
        ".windsurf/skills",
        ".goose/skills",
        ".agents/skills",
    ]
    own = [
        ".claude/skills",
        ".cursor/skills",
        ".codex/skills",
        ".copilot/skills",
        ".gemini/skills",
        ".config/opencode/skills",
        ".codeium/windsurf/skills",
        ".config/goose/skills",
        ".agents/skills",
    ]
    for number, place in enumerate(places):
        ground.skill(place, f"theirs-{number}")
    for number, place in enumerate(own):
        ground.skill(ground.home / place, f"own-{number}")
    found = ground.found()
    assert len(found.installed) == len(places) + len(own)
    assert found.problems == ()
    every = {assistant for one in found.installed for assistant in one.assistants}
    assert every == {"claude-code", "cursor", "codex", "vscode", "gemini", "opencode", "windsurf", "goose"}


def test_a_plugin_that_is_turned_off_or_meant_for_another_project_is_left_out(ground: Ground) -> None:
    ground.skill(plugin(ground) / "skills", "deploy")
    personal = ground.home / ".claude" / "settings.json"
    ground.json(personal, {"enabledPlugins": {"tools@market": False}})
    assert ground.names() == []
    ground.json(ground.project / ".claude" / "settings.local.json", {"enabledPlugins": {"tools@market": True}})
    assert ground.names() == ["tools:deploy"]
    ground.json(ground.managed / "managed-settings.json", {"enabledPlugins": {"tools@market": False}})
    assert ground.names() == []
    (ground.managed / "managed-settings.json").unlink()
    path = ground.home / ".claude" / "plugins" / "installed_plugins.json"
    folder = str(ground.home / ".claude" / "plugins" / "cache" / "market" / "tools" / "1.0")
    elsewhere = {"scope": "project", "projectPath": str(ground.home), "installPath": folder}
    ground.json(path, {"plugins": {"tools@market": [elsewhere]}})
    assert ground.names() == []
    ground.json(path, {"plugins": {"tools@market": elsewhere | {"projectPath": str(ground.project)}}})
    assert ground.names() == ["tools:deploy"]


def test_all_parts_of_a_plugin_are_found_also_where_its_manifest_puts_them(ground: Ground) -> None:
    folder = plugin(ground)
    manifest = {"name": "called", "commands": ["./more"], "skills": "./one", "agents": ["../../outside", "/", 5]}
    ground.json(folder / ".claude-plugin" / "plugin.json", manifest)
    ground.document(folder / "commands" / "ship.md", description="ships")
    ground.document(folder / "more" / "land.md", description="lands")
    ground.document(folder / "agents" / "judge.md", name="judge", description="judges")
    ground.document(folder / "one" / "SKILL.md", name="one", description="is one")
    ground.document(folder.parents[1] / "outside" / "spy.md", name="spy", description="spies")
    assert ground.names() == ["called:judge", "called:land", "called:one", "called:ship"]


def test_without_a_list_of_plugins_those_that_are_turned_on_are_found_where_they_lie(ground: Ground) -> None:
    cache = ground.home / ".claude" / "plugins" / "cache" / "market" / "tools" / "2.0"
    ground.skill(cache / "skills", "deploy")
    ground.skill(ground.home / ".claude/plugins/marketplaces/other/plugins/more/skills", "paint")
    ground.skill(ground.home / ".claude/plugins/marketplaces/other/plugins/idle/skills", "sleep")
    wanted = {"tools@market": True, "more@other": True, "gone@other": True, "../..@..": True}
    ground.json(ground.home / ".claude" / "settings.json", {"enabledPlugins": wanted})
    assert ground.names() == ["more:paint", "tools:deploy"]


def test_settings_for_single_skills_are_heeded(ground: Ground) -> None:
    for name in ("deploy", "paint", "rest"):
        ground.skill(ground.home / ".claude" / "skills", name)
    ground.skill(".cursor/skills", "deploy")
    wanted = {"deploy": "off", "paint": "user-invocable-only", "unknown": "off", "rest": 7}
    ground.json(ground.project / ".claude" / "settings.local.json", {"skillOverrides": wanted})
    assert [(one.name, one.model_may_use) for one in ground.found().installed] == [
        ("deploy", True),
        ("paint", False),
        ("rest", True),
    ]
    assert "claude-code" not in ground.one("deploy").assistants

"""install and uninstall on real files: only our entries change, and everything goes back to the byte."""

import json
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from session_buddy.assistants import claude_code_hooks, codex_hooks, cursor_hooks
from session_buddy.assistants.carrying_out import carry_out
from session_buddy.assistants.configurations import ASSISTANTS, SCOPES, places
from session_buddy.assistants.installing import Change, plan_install, plan_uninstall
from session_buddy.assistants.jsonc import parse
from session_buddy.errors import ConfigurationError
from session_buddy.settings import Settings, read

COMMAND = "/opt/my tools/bin/session-buddy"
BOTH = [(assistant, scope) for assistant in ASSISTANTS for scope in SCOPES]
EVENTS = {
    "claude-code": list(claude_code_hooks.EVENTS),
    "codex": list(codex_hooks.EVENTS),
    "cursor": list(cursor_hooks.EVENTS),
    "vscode": [],
}
JSON = """{
    // of the person
    "zeta": {"b": 1, "a": [1, 2]},
    "hooks": {
        "Stop": [{"hooks": [OTHER]}],
    },
}
"""
OTHER = '{"type": "command", "command": "notify --hook"}'
TOML = '# of the person\nmodel = "o"   # why\n\n[mcp_servers.other]\ncommand = "other"\n'


@pytest.fixture
def setting(tmp_path: Path) -> Settings:
    home, project = tmp_path / "home", tmp_path / "project"
    for folder in (home, project):
        folder.mkdir()
    variables = {"SESSION_BUDDY_PROJECT": str(project), "CODEX_HOME": str(home / ".codex")}
    found = read(variables | {"XDG_CONFIG_HOME": str(home / ".config")})
    return found._replace(
        home=str(home),
        claude_folder=str(home / ".claude"),
        claude_file=str(home / ".claude.json"),
        data_folder=str(tmp_path / "data"),
    )


def install(setting: Settings, assistant: str, scope: str, command: str = COMMAND, **more: Any) -> list[str | None]:
    store: str | None = more.pop("store", None)
    return carry_out(setting, plan_install(setting, assistant, scope, command, store, **more), install=True)


def uninstall(setting: Settings, assistant: str, scope: str) -> list[str | None]:
    return carry_out(setting, plan_uninstall(setting, assistant, scope), install=False)


def snapshot(setting: Settings) -> dict[str, bytes | None]:
    """Every file and folder below the home and the project, with what it holds."""
    return snapshot_of(setting.home) | snapshot_of(setting.project)


def snapshot_of(folder: str) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in Path(folder).rglob("*")}


def of_person(path: str) -> bytes:
    return (TOML if path.endswith(".toml") else JSON.replace("OTHER", OTHER)).encode()


def give(setting: Settings, assistant: str, scope: str, change: Any = lambda data: data) -> None:
    """Put files of the person where the assistant has its own."""
    for file in places(setting, assistant, scope).files:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        Path(file).write_bytes(change(of_person(file)))


def server_of(setting: Settings, assistant: str, scope: str) -> Any:
    where = places(setting, assistant, scope)
    text = Path(where.server_file).read_text(encoding="utf-8-sig")
    if where.servers is None:
        return tomllib.loads(text)["mcp_servers"]["session-buddy"]
    return parse(text).value[where.servers]["session-buddy"]


def name_store(setting: Settings, named: str) -> None:
    """An entry of the project's that a person has written, with a store."""
    entry = {"command": "session-buddy", "env": {"SESSION_BUDDY_STORE": named}}
    Path(setting.project, ".mcp.json").write_text(json.dumps({"mcpServers": {"session-buddy": entry}}))


def hooks_of(setting: Settings, assistant: str, scope: str) -> Any:
    where = places(setting, assistant, scope)
    assert where.hooks_file
    return parse(Path(where.hooks_file).read_text(encoding="utf-8-sig")).value["hooks"]


@pytest.mark.parametrize(("assistant", "scope"), BOTH)
def test_where_nothing_was_before_nothing_is_left(setting: Settings, assistant: str, scope: str) -> None:
    before = snapshot(setting)
    install(setting, assistant, scope)
    assert server_of(setting, assistant, scope)["command"] == COMMAND
    if EVENTS[assistant]:
        assert list(hooks_of(setting, assistant, scope)) == EVENTS[assistant]
    uninstall(setting, assistant, scope)
    assert snapshot(setting) == before


@pytest.mark.parametrize(
    "change", [bytes, lambda data: b"\xef\xbb\xbf" + data, lambda data: data.replace(b"\n", b"\r\n")]
)
@pytest.mark.parametrize(("assistant", "scope"), BOTH)
def test_what_was_before_is_back_to_the_byte(setting: Settings, assistant: str, scope: str, change: Any) -> None:
    give(setting, assistant, scope, change)
    before = snapshot(setting)
    install(setting, assistant, scope)
    for file in places(setting, assistant, scope).files:
        was, data = before[file], Path(file).read_bytes()
        assert was
        assert data.startswith(was[:3])
        assert data.count(b"\r\n") in (0, data.count(b"\n"))
        assert (b"\r" in data) == (b"\r" in was)
    uninstall(setting, assistant, scope)
    assert snapshot(setting) == before
    assert not os.path.exists(os.path.join(setting.data_folder, "backups"))


@pytest.mark.parametrize(("assistant", "scope"), BOTH)
def test_a_second_installation_writes_nothing(setting: Settings, assistant: str, scope: str) -> None:
    give(setting, assistant, scope)
    install(setting, assistant, scope)
    inodes = {path: os.stat(path).st_ino for path in places(setting, assistant, scope).files}
    planned = plan_install(setting, assistant, scope, COMMAND, None)
    assert [change.changes for change in planned] == [False for _ in planned]
    carry_out(setting, planned, install=True)
    assert {path: os.stat(path).st_ino for path in inodes} == inodes


@pytest.mark.parametrize(("assistant", "scope"), BOTH)
def test_a_plan_alone_writes_nothing(setting: Settings, assistant: str, scope: str) -> None:
    give(setting, assistant, scope)
    before = snapshot(setting)
    plan_install(setting, assistant, scope, COMMAND, None)
    assert snapshot(setting) == before
    assert not os.path.exists(setting.data_folder)


@pytest.mark.parametrize(("assistant", "scope"), BOTH)
def test_after_an_update_the_very_first_bytes_come_back(setting: Settings, assistant: str, scope: str) -> None:
    give(setting, assistant, scope)
    before = snapshot(setting)
    install(setting, assistant, scope, command="/old/session-buddy")
    install(setting, assistant, scope, store="/data/all.duckdb")
    assert server_of(setting, assistant, scope)["command"] == COMMAND
    uninstall(setting, assistant, scope)
    assert snapshot(setting) == before


@pytest.mark.parametrize(("assistant", "scope"), BOTH)
def test_what_a_person_changed_meanwhile_stays(setting: Settings, assistant: str, scope: str) -> None:
    give(setting, assistant, scope)
    install(setting, assistant, scope)
    files = places(setting, assistant, scope).files
    for file in files:
        data = Path(file).read_bytes()
        Path(file).write_bytes(data.replace(b"of the person", b"changed by the person"))
    copies = uninstall(setting, assistant, scope)
    for file, copy in zip(files, copies, strict=True):
        assert Path(file).read_bytes() == of_person(file).replace(b"of the person", b"changed by the person")
        assert copy
        assert b"session-buddy" in Path(copy).read_bytes()


def test_a_file_that_install_made_and_a_person_added_to_is_kept(setting: Settings) -> None:
    install(setting, "claude-code", "project")
    file = Path(setting.project, ".mcp.json")
    document = json.loads(file.read_text())
    document["mcpServers"]["mine"] = {"command": "mine"}
    file.write_text(json.dumps(document))
    install(setting, "claude-code", "project", store="/data/all.duckdb")
    uninstall(setting, "claude-code", "project")
    assert json.loads(file.read_text()) == {"mcpServers": {"mine": {"command": "mine"}}}


def test_empty_holders_that_were_there_before_stay_where_the_file_was_changed(setting: Settings) -> None:
    for assistant in ("claude-code", "cursor"):
        for file in places(setting, assistant, "project").files:
            event = "Stop" if assistant == "claude-code" else "stop"
            os.makedirs(os.path.dirname(file), exist_ok=True)
            Path(file).write_text(f'{{\n  "mcpServers": {{}},\n  "hooks": {{"{event}": []}}\n}}\n')
        before = snapshot(setting)
        install(setting, assistant, "project")
        install(setting, assistant, "project", store="/data/all.duckdb")
        for file in places(setting, assistant, "project").files:
            Path(file).write_text("// mine\n" + Path(file).read_text())
        uninstall(setting, assistant, "project")
        for file in places(setting, assistant, "project").files:
            assert Path(file).read_bytes() == b"// mine\n" + (before[file] or b"")


def test_the_version_that_cursors_file_was_given_goes_unless_there_are_hooks_of_others(setting: Settings) -> None:
    file = Path(setting.project, ".cursor", "hooks.json")
    file.parent.mkdir()
    mine = {"mine": [{"command": "x"}]}
    for addition, left in (("", {}), (json.dumps(mine)[1:-1] + ",", {"version": 1, "hooks": mine})):
        file.write_text("{}")
        install(setting, "cursor", "project")
        file.write_text(file.read_text().replace('"hooks": {', f'// mine\n"hooks": {{{addition}'))
        uninstall(setting, "cursor", "project")
        assert parse(file.read_text()).value == left


def test_a_file_that_install_made_stays_when_a_person_left_a_comment_in_it(setting: Settings) -> None:
    install(setting, "claude-code", "project")
    for file in places(setting, "claude-code", "project").files:
        Path(file).write_text("// mine\n" + Path(file).read_text())
    uninstall(setting, "claude-code", "project")
    for file in places(setting, "claude-code", "project").files:
        assert Path(file).read_text() == "// mine\n{}\n"


def test_a_file_that_install_made_goes_when_only_its_layout_was_changed(setting: Settings) -> None:
    before = snapshot(setting)
    for assistant in ASSISTANTS:
        install(setting, assistant, "project")
        for file in places(setting, assistant, "project").files:
            data = Path(file).read_bytes()
            Path(file).write_bytes(data.replace(b"  ", b"\t") if file.endswith(".json") else data + b"\n")
        uninstall(setting, assistant, "project")
    assert snapshot(setting) == before


def test_hooks_of_others_in_the_same_event_stay_untouched(setting: Settings) -> None:
    give(setting, "claude-code", "user")
    install(setting, "claude-code", "user")
    stop = hooks_of(setting, "claude-code", "user")["Stop"]
    assert stop[0] == {"hooks": [json.loads(OTHER)]}
    ours = {"type": "command", "command": COMMAND, "args": ["hook"]} | claude_code_hooks.EVENTS["Stop"]
    assert stop[1:] == [{"hooks": [ours]}]


def test_our_hook_in_a_group_of_somebody_else_goes_alone(setting: Settings) -> None:
    ours = {"type": "command", "command": "session-buddy hook"}
    other = {"type": "command", "command": "lint"}
    file = Path(setting.project, ".claude", "settings.local.json")
    file.parent.mkdir()
    file.write_text(
        json.dumps({"hooks": {"Stop": [{"matcher": "x", "hooks": [other, ours]}], "Setup": [{"hooks": [ours]}]}})
    )
    uninstall(setting, "claude-code", "project")
    assert json.loads(file.read_text()) == {"hooks": {"Stop": [{"matcher": "x", "hooks": [other]}]}}


def test_without_a_receipt_our_entries_are_known_by_their_shape(setting: Settings) -> None:
    for assistant, scope in BOTH:
        give(setting, assistant, scope)
    before = snapshot(setting)
    for assistant, scope in BOTH:
        install(setting, assistant, scope)
    elsewhere = setting._replace(data_folder=setting.data_folder + "-of-another-machine")
    for assistant, scope in BOTH:
        uninstall(elsewhere, assistant, scope)
    assert snapshot(setting) == before


def test_hooks_of_an_older_version_are_updated_in_their_place(setting: Settings) -> None:
    file = Path(setting.project, ".claude", "settings.local.json")
    file.parent.mkdir()
    old = {"hooks": [{"type": "command", "command": "/old/session-buddy", "args": ["hook"], "statusMessage": "mine"}]}
    doubled = {"PostToolUse": [old, old], "Notification": [old]}
    file.write_text(json.dumps({"hooks": doubled}, indent=2))
    install(setting, "claude-code", "project", keep=True)
    hooks = hooks_of(setting, "claude-code", "project")
    assert hooks["PostToolUse"] == [
        {"hooks": [{"type": "command", "command": COMMAND, "args": ["hook"], "statusMessage": "mine", "async": True}]}
    ]
    assert "Notification" not in hooks


def test_of_a_server_that_is_ours_only_the_command_changes(setting: Settings) -> None:
    file = Path(setting.project, ".mcp.json")
    entry = {"command": "session-buddy", "args": ["serve", "--standalone"], "env": {"SESSION_BUDDY_MODEL": "m"}}
    file.write_text(json.dumps({"mcpServers": {"session-buddy": entry}}, indent=2))
    install(setting, "claude-code", "project", keep=True)
    assert server_of(setting, "claude-code", "project") == entry | {"command": COMMAND}


def test_a_store_is_given_to_the_server_and_to_hooks_and_kept_later(setting: Settings) -> None:
    install(setting, "claude-code", "project", store="/data/all.duckdb")
    install(setting, "claude-code", "project", command="/new/session-buddy")
    assert server_of(setting, "claude-code", "project")["env"] == {"SESSION_BUDDY_STORE": "/data/all.duckdb"}
    stop = hooks_of(setting, "claude-code", "project")["Stop"][0]["hooks"][0]
    assert (stop["command"], stop["args"]) == ("/new/session-buddy", ["hook", "--store", "/data/all.duckdb"])


def test_a_store_of_the_users_entry_is_given_to_hooks(setting: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", setting.home)
    entry = {"command": "session-buddy", "env": {"SESSION_BUDDY_STORE": "~/all.duckdb"}}
    Path(setting.claude_file).write_text(json.dumps({"mcpServers": {"session-buddy": entry}}))
    install(setting, "claude-code", "user")
    assert server_of(setting, "claude-code", "user")["env"] == {"SESSION_BUDDY_STORE": "~/all.duckdb"}
    args = hooks_of(setting, "claude-code", "user")["Stop"][0]["hooks"][0]["args"]
    assert args == ["hook", "--store", f"{setting.home}/all.duckdb"]


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("named", ["~/all.duckdb", "docs/own.duckdb", "/tmp/own.duckdb"])
def test_a_store_of_a_projects_entry_never_reaches_hooks(setting: Settings, named: str, keep: bool) -> None:
    name_store(setting, named)
    for _ in range(2):
        install(setting, "claude-code", "project", keep=keep)
        env = server_of(setting, "claude-code", "project")["env"]
        assert env == ({"SESSION_BUDDY_STORE": named} if keep else {})
        assert hooks_of(setting, "claude-code", "project")["Stop"][0]["hooks"][0]["args"] == ["hook"]


def test_a_store_with_a_variable_in_it_is_not_given_to_hooks(setting: Settings) -> None:
    name_store(setting, "${HOME}/all.duckdb")
    install(setting, "claude-code", "project")
    assert hooks_of(setting, "claude-code", "project")["Stop"][0]["hooks"][0]["args"] == ["hook"]


def test_without_hooks_those_that_are_there_get_the_new_store(setting: Settings) -> None:
    install(setting, "claude-code", "project", store="/data/a.duckdb")
    file = Path(setting.project, ".claude", "settings.local.json")
    file.write_text(file.read_text().replace('"StopFailure"', '"Setup"'))
    install(setting, "claude-code", "project", store="/data/b.duckdb", hooks=False)
    hooks = hooks_of(setting, "claude-code", "project")
    assert "StopFailure" not in hooks
    assert {tuple(group["hooks"][0]["args"]) for groups in hooks.values() for group in groups} == {
        ("hook", "--store", "/data/b.duckdb")
    }


def test_a_hook_of_ours_that_sees_a_part_of_an_event_only_gives_way_to_one_that_sees_all(setting: Settings) -> None:
    part = {"matcher": "Bash", "hooks": [{"type": "command", "command": "session-buddy hook"}, json.loads(OTHER)]}
    whole = {"matcher": "*", "hooks": [{"type": "command", "command": "session-buddy hook"}]}
    file = Path(setting.project, ".claude", "settings.local.json")
    file.parent.mkdir()
    file.write_text(json.dumps({"hooks": {"PostToolUse": [part], "PostToolUseFailure": [part, whole]}}))
    install(setting, "claude-code", "project")
    hooks = hooks_of(setting, "claude-code", "project")
    ours = claude_code_hooks.handlers(COMMAND, ["hook"])
    others = {"matcher": "Bash", "hooks": [json.loads(OTHER)]}
    assert hooks["PostToolUse"] == [others, {"hooks": [ours["PostToolUse"]]}]
    assert hooks["PostToolUseFailure"] == [others, {"matcher": "*", "hooks": [ours["PostToolUseFailure"]]}]


def test_a_hook_that_is_a_line_of_a_shell_is_quoted(setting: Settings) -> None:
    for assistant, event in (("codex", "Stop"), ("cursor", "stop")):
        install(setting, assistant, "project", store="/data/a b.duckdb")
        hook = hooks_of(setting, assistant, "project")[event][0]
        line = hook["hooks"][0]["command"] if assistant == "codex" else hook["command"]
        assert line == f"'{COMMAND}' hook --store '/data/a b.duckdb' --from {assistant}"


def test_without_hooks_only_the_server_is_entered(setting: Settings) -> None:
    install(setting, "claude-code", "project", hooks=False)
    assert not Path(setting.project, ".claude").exists()


@pytest.mark.parametrize(("assistant", "scope"), BOTH)
@pytest.mark.parametrize("bad", [b"{ not valid\n= [", b'{"a": "\xff"}', b"\xff\xfea\x00"])
def test_an_invalid_file_is_refused_with_line_and_column_and_nothing_is_touched(
    setting: Settings, assistant: str, scope: str, bad: bytes
) -> None:
    file = Path(places(setting, assistant, scope).files[-1])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bad)
    before = snapshot(setting)
    told = rf"{file}.* at line \d+, column \d+.*Nothing was changed"
    with pytest.raises(ConfigurationError, match=told):
        plan_install(setting, assistant, scope, COMMAND, None)
    with pytest.raises(ConfigurationError, match=told):
        plan_uninstall(setting, assistant, scope)
    assert snapshot(setting) == before


@pytest.mark.parametrize("text", ['{"mcpServers": []}', '{"mcpServers": {"session-buddy": {"command": "uvx"}}}', "[]"])
def test_a_document_of_another_shape_is_refused(setting: Settings, text: str) -> None:
    file = Path(setting.project, ".mcp.json")
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="Nothing was changed"):
        install(setting, "claude-code", "project")
    assert file.read_text() == text
    assert not Path(setting.project, ".claude").exists()


@pytest.mark.parametrize(("member", "value"), [("args", "5"), ("args", '"-m"'), ("env", "5"), ("env", "[1]")])
@pytest.mark.parametrize(
    ("assistant", "text"),
    [
        ("claude-code", '{"mcpServers": {"session-buddy": {"command": "session-buddy", "MEMBER": VALUE}}}'),
        ("codex", '[mcp_servers.session-buddy]\ncommand = "session-buddy"\nMEMBER = VALUE\n'),
    ],
)
def test_an_entry_with_a_value_of_a_wrong_type_is_refused(
    setting: Settings, assistant: str, text: str, member: str, value: str
) -> None:
    file = Path(places(setting, assistant, "project").server_file)
    file.parent.mkdir(exist_ok=True)
    file.write_text(text.replace("MEMBER", member).replace("VALUE", value))
    before = snapshot(setting)
    with pytest.raises(ConfigurationError, match=rf"{member} .*must be a .*Nothing was changed"):
        plan_install(setting, assistant, "project", COMMAND, "/data/all.duckdb")
    assert snapshot(setting) == before


@pytest.mark.parametrize("assistant", ASSISTANTS)
def test_a_project_whose_path_is_not_utf_8_is_refused_in_one_line(setting: Settings, assistant: str) -> None:
    folder = os.fsdecode(os.fsencode(setting.project) + b"/\xff")
    os.mkdir(folder)
    there = setting._replace(project=folder, tree=folder)
    for do in (install, uninstall):
        with pytest.raises(ConfigurationError, match="not UTF-8") as told:
            do(there, assistant, "project")
        assert str(told.value).isprintable()
    assert os.listdir(folder) == []


def test_a_read_only_file_is_refused(setting: Settings) -> None:
    file = Path(setting.project, ".mcp.json")
    file.write_text("{}")
    file.chmod(0o444)
    with pytest.raises(ConfigurationError, match="read-only"):
        install(setting, "claude-code", "project")
    assert not Path(setting.project, ".claude").exists()


def test_a_file_keeps_its_mode_and_copies_of_it_are_private(setting: Settings) -> None:
    file = Path(setting.claude_file)
    file.write_text('{"secret": 1}')
    file.chmod(0o640)
    copy, _ = install(setting, "claude-code", "user")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert copy
    assert stat.S_IMODE(os.stat(copy).st_mode) == 0o600
    assert Path(copy).read_text() == '{"secret": 1}'


@pytest.mark.parametrize("assistant", ASSISTANTS)
def test_new_files_of_a_person_and_the_data_folder_are_private(setting: Settings, assistant: str) -> None:
    install(setting, assistant, "user")
    install(setting, assistant, "user", store="/data/all.duckdb")
    install(setting, assistant, "project")
    for file in places(setting, assistant, "user").files:
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    for folder in (setting.data_folder, os.path.join(setting.data_folder, "installed")):
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700


def test_a_link_out_of_the_project_is_refused(setting: Settings, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    Path(setting.project, ".claude").symlink_to(outside)
    with pytest.raises(ConfigurationError, match="leads out of the project"):
        install(setting, "claude-code", "project")
    assert list(outside.iterdir()) == []
    assert not Path(setting.project, ".mcp.json").exists()


def test_a_linked_file_of_the_person_is_changed_where_it_lies(setting: Settings, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.json"
    real.write_text('{"mine": true}')
    Path(setting.claude_file).symlink_to(real)
    install(setting, "claude-code", "user")
    assert Path(setting.claude_file).is_symlink()
    assert "session-buddy" in real.read_text()
    uninstall(setting, "claude-code", "user")
    assert (Path(setting.claude_file).is_symlink(), real.read_text()) == (True, '{"mine": true}')


def test_what_is_no_file_is_not_waited_for(setting: Settings) -> None:
    os.mkfifo(os.path.join(setting.project, ".mcp.json"))
    with pytest.raises(ConfigurationError, match="not a regular file"):
        install(setting, "claude-code", "project")


def test_a_file_that_is_changed_between_plan_and_writing_is_left_alone(setting: Settings) -> None:
    file = Path(setting.project, ".mcp.json")
    planned = plan_install(setting, "claude-code", "project", COMMAND, None)
    file.write_text('{"just": "now"}')
    with pytest.raises(ConfigurationError, match="just now"):
        carry_out(setting, planned, install=True)
    assert file.read_text() == '{"just": "now"}'


def test_when_the_second_file_cannot_be_written_the_first_is_as_it_was(setting: Settings) -> None:
    give(setting, "claude-code", "project")
    before = snapshot(setting)
    planned = plan_install(setting, "claude-code", "project", COMMAND, None)
    Path(setting.project, ".claude", "settings.local.json").unlink()
    with pytest.raises(ConfigurationError):
        carry_out(setting, planned, install=True)
    mcp = os.path.join(setting.project, ".mcp.json")
    assert Path(mcp).read_bytes() == before[mcp]


def test_when_an_uninstallation_fails_it_can_be_repeated_to_the_byte(setting: Settings) -> None:
    give(setting, "claude-code", "project")
    Path(setting.project, ".mcp.json").write_text('{"mcpServers": {}}')
    before = snapshot(setting)
    install(setting, "claude-code", "project")
    there = snapshot(setting)
    planned = plan_uninstall(setting, "claude-code", "project")
    hooks = Path(setting.project, ".claude", "settings.local.json")
    hooks.write_text("{}")
    with pytest.raises(ConfigurationError, match="just now"):
        carry_out(setting, planned, install=False)
    hooks.write_bytes(there[str(hooks)] or b"")
    assert snapshot(setting) == there
    uninstall(setting, "claude-code", "project")
    assert snapshot(setting) == before


def test_when_an_installation_fails_the_receipts_are_as_they_were(setting: Settings) -> None:
    give(setting, "claude-code", "project")
    for earlier in (False, True):
        if earlier:
            install(setting, "claude-code", "project")
        before, kept = snapshot(setting), snapshot_of(setting.data_folder)
        planned = plan_install(setting, "claude-code", "project", "/new/session-buddy", None)
        hooks = Path(setting.project, ".claude", "settings.local.json")
        hooks.write_text("{}")
        with pytest.raises(ConfigurationError, match="just now"):
            carry_out(setting, planned, install=True)
        hooks.write_bytes(before[str(hooks)] or b"")
        assert (snapshot(setting), snapshot_of(setting.data_folder)) == (before, kept)


def test_what_is_broken_off_is_undone(setting: Settings) -> None:
    """A plan whose second file a person breaks off when it is looked at."""

    class BrokenOff(Change):
        @property
        def changes(self) -> bool:
            raise KeyboardInterrupt

    give(setting, "claude-code", "project")
    before = snapshot(setting)
    first, second = plan_install(setting, "claude-code", "project", COMMAND, None)
    with pytest.raises(KeyboardInterrupt):
        carry_out(setting, [first, BrokenOff(*second)], install=True)
    assert snapshot(setting) == before


def test_an_entry_that_a_person_had_written_comes_back_to_the_byte(setting: Settings) -> None:
    file = Path(setting.project, ".mcp.json")
    written = '{"mcpServers": {"session-buddy": {"type": "stdio", "command": "session-buddy", "args": [], "env": {}}}}'
    file.write_text(written)
    install(setting, "claude-code", "project")
    install(setting, "claude-code", "project", store="/data/all.duckdb")
    assert server_of(setting, "claude-code", "project")["command"] == COMMAND
    uninstall(setting, "claude-code", "project")
    assert file.read_text() == written


def test_the_home_folder_is_no_project(setting: Settings) -> None:
    with pytest.raises(ConfigurationError, match="--user"):
        plan_install(setting._replace(tree=setting.data_folder), "claude-code", "project", COMMAND, None)


def test_an_older_configuration_file_of_claude_code_is_used_where_it_is_there(setting: Settings) -> None:
    older = Path(setting.claude_folder, ".config.json")
    older.parent.mkdir()
    older.write_text("{}")
    install(setting, "claude-code", "user", hooks=False)
    assert "session-buddy" in older.read_text()
    assert not Path(setting.claude_file).exists()

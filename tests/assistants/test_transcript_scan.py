"""Which transcripts there are, and whose."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from session_buddy.assistants.claude_code_transcripts.owners import encoded, is_named_after
from session_buddy.assistants.claude_code_transcripts.scanning import Scan
from session_buddy.skills.past_uses import PastUse
from tests.assistants.conversations import START, Conversation

LATER = START + timedelta(days=1)


@pytest.fixture
def claude(tmp_path: Path) -> Path:
    folder = tmp_path / "claude"
    (folder / "projects").mkdir(parents=True)
    return folder


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A git repository with a worktree beside it."""
    app, tree = tmp_path / "app", tmp_path / "app-tree"
    (app / ".git" / "worktrees" / "tree").mkdir(parents=True)
    (app / ".git" / "worktrees" / "tree" / "commondir").write_text("../..\n", encoding="utf-8")
    (app / ".git" / "worktrees" / "tree" / "gitdir").write_text(f"{app.parent / 'app-tree'}/.git\n", encoding="utf-8")
    (app / "src").mkdir()
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {app}/.git/worktrees/tree\n", encoding="utf-8")
    return app


def talk(session: str, cwd: Path | str) -> Conversation:
    """A conversation with one use of a skill, named after its session."""
    return Conversation(session, str(cwd)).user(f"q {session}").skill(session, f"toolu_{session}").says()


def scanned(claude: Path, project: Path | None, since: datetime | None = None) -> tuple[list[PastUse], Scan]:
    scan = Scan(str(project) if project else None, since, LATER)
    chosen = scan.chosen(str(claude), str(claude / "data"))
    return [use for one in chosen for use in scan.uses(one)], scan


def names(claude: Path, project: Path | None) -> list[str]:
    return sorted(use.skill_name for use in scanned(claude, project)[0])


def test_subfolders_and_worktrees_belong_to_the_project_and_others_do_not(claude: Path, app: Path) -> None:
    for session, cwd in (("root", app), ("below", app / "src"), ("tree", app.parent / "app-tree")):
        talk(session, cwd).write(claude)
    (app.parent / "app-2").mkdir()
    talk("other", app.parent / "app-2").write(claude)
    assert names(claude, app) == ["below", "root", "tree"]
    assert scanned(claude, app)[1].passed.of_others == 1
    assert names(claude, None) == ["below", "other", "root", "tree"]


def test_a_folder_that_is_gone_counts_where_it_lay_inside_of_the_project(claude: Path, app: Path) -> None:
    talk("gone", app / ".claude" / "worktrees" / "x").write(claude)
    talk("gone-beside", app.parent / "app-gone").write(claude)
    talk("trick", f"{app}/../elsewhere").write(claude)
    assert names(claude, app) == ["gone"]


def test_what_is_outside_of_git_belongs_to_its_own_folder(claude: Path, tmp_path: Path) -> None:
    project = tmp_path / "plain"
    project.mkdir()
    talk("one", project).write(claude)
    assert names(claude, project) == ["one"]


def test_a_transcript_that_claims_to_be_of_another_project_is_passed_over(claude: Path, app: Path) -> None:
    talk("liar", app).write(claude, folder="-somewhere-else")
    talk("other", "/somewhere/else").write(claude, folder=encoded(str(app)))
    uses, scan = scanned(claude, app)
    assert (uses, scan.passed.claiming) == ([], 2)
    assert names(claude, None) == []


def test_a_session_that_was_in_a_subfolder_first_belongs_to_the_folder_it_is_kept_under(
    claude: Path, app: Path
) -> None:
    (app / "src" / "deep").mkdir()
    talk("below", app / "src" / "deep").write(claude, folder=encoded(str(app)))
    talk("gone", app / "src" / "gone").write(claude, folder=encoded(str(app / "src")))
    talk("liar", f"{app}/../app-2").write(claude, folder=encoded(str(app)))
    uses, scan = scanned(claude, app)
    assert [use.skill_name for use in uses] == ["below", "gone"]
    assert scan.passed.claiming == 1


def test_the_first_folder_counts_and_not_one_that_was_gone_to(claude: Path, app: Path) -> None:
    made = talk("moved", app)
    made.records[-1]["cwd"] = "/somewhere/else"
    made.write(claude)
    assert names(claude, app) == ["moved"]


ODD = [None, 7, "", ["x"], "/a\0b", "/a\ud800b", "/a\udcffb", "src", "../app", "C:\\work\\app", "\\\\host\\share"]


@pytest.mark.parametrize("cwd", ODD, ids=range(len(ODD)))
def test_without_a_folder_in_it_the_name_of_its_own_decides(claude: Path, app: Path, cwd: object) -> None:
    for folder in (encoded(str(app)), "-somewhere-else"):
        made = talk("nowhere" + folder[-4:], app)
        for record in made.records:
            record["cwd"] = cwd
        made.write(claude, folder=folder)
    assert [use.session_id for use in scanned(claude, app)[0]] == ["nowhere" + encoded(str(app))[-4:]]
    assert len(names(claude, None)) == 2


def test_long_and_unusual_names_of_folders_are_known_again() -> None:
    assert encoded("/home/ü_x/a.b") == "-home---x-a-b"
    assert encoded("/\U0001f600") == "---"
    long = "/" + "x" * 300
    assert is_named_after(encoded(long)[:200] + "-h4sh", long)
    assert not is_named_after("-other", long)


def test_subagents_belong_where_their_session_does(claude: Path, app: Path) -> None:
    path = talk("main", app).write(claude)
    below = path.parent / "main" / "subagents" / "deep"
    below.mkdir(parents=True)
    for agent, cwd in (("a1", app / ".claude" / "worktrees" / "gone"), ("a2", app.parent / "app-tree"), ("a3", claude)):
        made = Conversation("main", str(cwd)).user(f"prompt of {agent}").skill(agent, f"toolu_{agent}").says()
        (below / f"agent-{agent}.jsonl").write_bytes(b"\n".join(made.lines()))
    uses, scan = scanned(claude, app)
    found = {use.skill_name: (use.session_id, use.agent_id, use.query) for use in uses if use.agent_id}
    assert found == {"a1": ("main", "a1", "prompt of a1"), "a2": ("main", "a2", "prompt of a2")}
    assert scan.passed.claiming == 1


def test_a_subagent_beside_its_session_is_one_too(claude: Path, app: Path) -> None:
    path = talk("main", app).write(claude)
    made = Conversation("main", str(app)).user("its own prompt").skill("helper", "toolu_h").says()
    (path.parent / "agent-77.jsonl").write_bytes(b"\n".join(made.lines()))
    found = {use.skill_name: (use.session_id, use.agent_id) for use in scanned(claude, app)[0]}
    assert found == {"main": ("main", None), "helper": ("main", "77")}


def test_copies_of_a_record_in_another_file_have_the_same_event(claude: Path, app: Path) -> None:
    first = talk("first", app)
    old = first.write(claude)
    fork = Conversation("fork", str(app))
    fork.records = [record | {"sessionId": "fork"} for record in first.records]
    new = fork.skill("more", "toolu_more").says().write(claude)
    os.utime(old, (1, 1))
    os.utime(new, (2, 2))
    uses, _ = scanned(claude, app)
    assert [(use.skill_name, use.session_id) for use in uses] == [
        ("first", "first"),
        ("first", "fork"),
        ("more", "fork"),
    ]
    assert uses[0].event_id == uses[1].event_id


def test_a_fork_whose_records_have_ids_of_their_own_has_the_same_events(claude: Path, app: Path) -> None:
    first = talk("first", app).command("/review", "it").body("review").says()
    first.write(claude)
    fork = Conversation("fork", str(app))
    fork.records = [
        record
        | {"sessionId": "fork", "uuid": f"new-{number}"}
        | {"forkedFrom": {"sessionId": "first", "messageUuid": record["uuid"]}}
        for number, record in enumerate(first.records)
    ]
    fork.user("and now").skill("more", "toolu_more").says().write(claude)
    uses, _ = scanned(claude, app)
    assert sorted((use.skill_name, use.session_id) for use in uses) == [
        ("first", "first"),
        ("first", "first"),
        ("more", "fork"),
        ("review", "first"),
        ("review", "first"),
    ]
    assert len({(use.event_id, use.key) for use in uses}) == 3


@pytest.mark.parametrize("forked", [None, 7, {}, {"messageUuid": 7}, {"messageUuid": ""}, ["x"]])
def test_what_names_no_record_it_was_forked_from_is_none_of_its_copies(claude: Path, app: Path, forked: object) -> None:
    for session in ("one", "two"):
        made = talk(session, app)
        for record in made.records:
            record["forkedFrom"] = forked
        made.write(claude)
    uses, _ = scanned(claude, app)
    assert len({use.event_id for use in uses}) == 2


@pytest.mark.parametrize("same", ["skill and prompt", "skill", "prompt"])
def test_uses_that_only_claim_to_be_of_the_same_record_are_different(claude: Path, app: Path, same: str) -> None:
    for session in ("one", "two"):
        skill, prompt = ("x" if "skill" in same else session), ("q" if "prompt" in same else session)
        made = Conversation(session, str(app)).user(prompt).skill(skill, "toolu_1").says()
        for record in made.records:
            record |= {"uuid": "same" if same != "skill and prompt" else None, "timestamp": "2026-11-02T09:00:00Z"}
        made.write(claude)
    uses, _ = scanned(claude, app)
    assert len({use.event_id for use in uses}) == 2


def test_since_leaves_out_older_uses_and_does_not_take_the_file_for_read(claude: Path, app: Path) -> None:
    talk("old", app).write(claude)
    uses, scan = scanned(claude, app, since=START + timedelta(hours=1))
    assert (uses, scan.passed.before, scan.is_whole) == ([], 1, False)
    assert scanned(claude, app, since=START)[1].is_whole


def link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


TRAPS: list[Callable[[Path, Path], None]] = [
    lambda place, outside: link(place / "linked.jsonl", outside / "x" / "talk.jsonl"),
    lambda place, outside: link(place.parent / "-linked", outside / "x"),
    lambda place, outside: link(place / "main" / "subagents", outside / "x"),
    lambda place, outside: link(place / "main", outside),
    lambda place, outside: link(place / "main" / "subagents" / "agent-1.jsonl", outside / "x" / "talk.jsonl"),
    lambda place, outside: os.mkfifo(place / "pipe.jsonl"),
    lambda place, outside: (place / "folder.jsonl").mkdir(),
]


@pytest.mark.parametrize("trap", TRAPS, ids=range(len(TRAPS)))
def test_nothing_leads_out_of_the_folder_and_a_pipe_is_not_waited_for(
    claude: Path, app: Path, tmp_path: Path, trap: Callable[[Path, Path], None]
) -> None:
    place = talk("real", app).write(claude).parent
    outside = tmp_path / "outside"
    (outside / "x" / "subagents").mkdir(parents=True)
    secret = b"\n".join(talk("secret", app).lines())
    (outside / "x" / "talk.jsonl").write_bytes(secret)
    (outside / "subagents").mkdir()
    (outside / "subagents" / "agent-2.jsonl").write_bytes(secret)
    trap(place, outside)
    assert names(claude, app) == ["real"]
    assert names(claude, None) == ["real"]


def test_a_folder_that_cannot_be_read_is_passed_over(claude: Path, app: Path) -> None:
    assert scanned(claude / "not there", app)[0] == []
    (claude / "projects" / "stray.jsonl").write_text("{}", encoding="utf-8")
    assert scanned(claude, app)[0] == []


def test_a_very_long_record_hides_nothing_else(claude: Path, app: Path) -> None:
    made = talk("long", app)
    path = made.write(claude)
    huge = b'{"type":"user","message":{"content":"' + b"x" * 20_000_000 + b'"}}\n'
    path.write_bytes(huge + path.read_bytes() + huge + b'{"type":"assis')
    uses, scan = scanned(claude, app)
    assert [use.skill_name for use in uses] == ["long"]
    assert (scan.passed.long_lines, scan.passed.bad_lines) == (2, 1)


def test_what_was_asked_in_a_very_long_prompt_is_unknown_and_not_what_was_asked_before(claude: Path, app: Path) -> None:
    made = Conversation("long", str(app)).user("first").skill("one", "t1").tool("Edit", "t2").says()
    made.user("x" * 5_000_000).skill("two", "t3").says().user("last").skill("three", "t4").says()
    made.write(claude)
    uses, _ = scanned(claude, app)
    assert [(use.skill_name, use.query, use.verdict) for use in uses] == [
        ("one", "first", None),
        ("two", None, None),
        ("three", "last", None),
    ]


def test_a_very_long_result_of_a_tool_or_prompt_of_a_subagent_is_no_prompt(claude: Path, app: Path) -> None:
    made = Conversation("long", str(app)).user("first").uses("Read", "t1")
    made.result("t1", toolUseResult={"text": "x" * 5_000_000})
    made.user("x" * 5_000_000, isSidechain=True, agentId="a1").user("x" * 5_000_000, isSidechain=True)
    made.skill("one", "t2").says().write(claude)
    (use,), scan = scanned(claude, app)
    assert (use.query, scan.passed.long_lines) == ("first", 3)


def test_names_of_files_that_are_no_text_do_no_harm(claude: Path, app: Path) -> None:
    path = talk("plain", app).write(claude)
    data = path.read_bytes().replace(b'"sessionId"', b'"was"')
    with open(os.fsencode(path.parent) + b"/\xff\x1b.jsonl", "wb") as file:
        file.write(data)
    uses, scan = scanned(claude, app)
    assert len({use.session_id for use in uses}) == 2
    assert all(use.session_id.isprintable() for use in uses)
    assert len({one.identity for one in scan.chosen(str(claude), "/data")}) == 2


def test_a_use_without_a_time_has_that_of_its_file(claude: Path, app: Path) -> None:
    made = talk("timeless", app)
    for record in made.records:
        record["timestamp"] = "yesterday"
    os.utime(made.write(claude), (1_700_000_000, 1_700_000_000))
    (use,), _ = scanned(claude, app)
    assert use.moment == datetime.fromtimestamp(1_700_000_000, UTC)

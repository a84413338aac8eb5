"""What the files of skills, commands and subagents say."""

import pytest

from session_buddy.assistants.frontmatter import MOST_READ, parse
from tests.assistants.ground import Ground


def test_a_skill_is_described_by_its_description_and_when_to_use_it(ground: Ground) -> None:
    ground.skill(".claude/skills", "deploy", "Brings it out.", when_to_use="When it is done.", license="MIT")
    one = ground.one("deploy")
    assert one.description == "Brings it out."
    assert one.path == str(ground.project / ".claude" / "skills" / "deploy" / "SKILL.md")
    assert one.frontmatter["license"] == "MIT"
    assert one.model_may_use


def test_when_to_use_has_an_underscore(ground: Ground) -> None:
    text = "---\ndescription: Brings it out.\nwhen_to_use: When it is done.\n---\n"
    path = ground.skill(".claude/skills", "deploy")
    path.write_text(text, encoding="utf-8")
    assert ground.one("deploy").description == "Brings it out. When it is done."


def test_a_description_is_cut_where_the_assistant_cuts_it(ground: Ground) -> None:
    ground.skill(".claude/skills", "deploy", "word " * 1_000)
    assert len(ground.one("deploy").description or "") in (1_535, 1_536)


def test_a_command_without_frontmatter_is_described_by_its_first_line(ground: Ground) -> None:
    ground.document(ground.project / ".claude" / "commands" / "sub" / "ship.md", "\n# Ship it\nNow.")
    one = ground.one("ship")
    assert (one.kind, one.description, one.frontmatter) == ("command", "Ship it", {})


def test_a_subagent_has_the_name_it_gives_itself(ground: Ground) -> None:
    ground.document(ground.project / ".claude" / "agents" / "file.md", name="judge", description="Judges.")
    assert ground.one("judge").kind == "agent"


def test_a_command_in_toml_is_called_by_its_folders(ground: Ground) -> None:
    path = ground.project / ".gemini" / "commands" / "git" / "commit.toml"
    path.parent.mkdir(parents=True)
    path.write_text('description = "Commits."\nprompt = "Commit it"\n', encoding="utf-8")
    assert ground.one("git:commit").description == "Commits."
    path.write_text("no = = toml", encoding="utf-8")
    assert any("not TOML" in reason for reason in ground.reasons())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("prompt = 0x" + "f" * 8_000, "not TOML"),
        ("description = 0x" + "f" * 8_000, "not TOML"),
        ("a." * 100 + "a = 1", "more than 50 dots"),
        ("[" + "a." * 100 + "a]", "more than 50 dots"),
        ('prompt = """it\'s"""\n' + "a." * 100 + "a = 1", "more than 50 dots"),
        ('prompt = "' + "x" * 20_000 + '"', "longer than"),
    ],
)
def test_a_command_in_bad_toml_is_a_problem_and_hides_nothing_else(ground: Ground, text: str, reason: str) -> None:
    ground.skill(".claude/skills", "deploy")
    path = ground.project / ".gemini" / "commands" / "commit.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    assert ground.names() == ["commit", "deploy"]
    assert [reason in told for told in ground.reasons()] == [True]


def test_dots_in_texts_and_comments_of_toml_are_no_matter(ground: Ground) -> None:
    dots = "." * 200
    path = ground.project / ".gemini" / "commands" / "commit.toml"
    path.parent.mkdir(parents=True)
    lines = [
        f"# don't {dots}",
        f'description = "Commits \\" {dots}"',
        f"a = '{dots}'",
        f'b = """\nit\'s {dots} \\""" {dots}"""',
        f"prompt = '''\n{dots} \"'''",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert ground.reasons() == []
    assert (ground.one("commit").description or "").startswith('Commits " ...')


@pytest.mark.parametrize("value", ["true", "yes", "on", "'1'", "1", "True"])
def test_what_a_model_may_not_start_is_marked(ground: Ground, value: str) -> None:
    path = ground.skill(".claude/skills", "deploy")
    path.write_text(f"---\ndescription: x\ndisable-model-invocation: {value}\n---\n", encoding="utf-8")
    assert not ground.one("deploy").model_may_use


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("description: Use when: always", "not YAML"),
        ("- a list", "not a list of"),
        ("description: [", "not YAML"),
        ("a: &x [1]\nb: *x", "anchors or aliases"),
        ("description: " + "[" * 3_000, "holds too much"),
        ("a: {x: 1}\n" + "b: 1\n" * 1_000, "holds too much"),
        ("description: " + "x" * 20_000, "longer than"),
        ("a: !!python/object/apply:os.system ['touch /tmp/executed']", "not YAML"),
        ("a: 1:1:1\nb: " + "9" * 9_000, "not YAML"),
        ("? [a]\n: b", "not YAML"),
        ("a: 2026-99-99", "not YAML"),
        ("description: 0x" + "f" * 8_000, "not YAML"),
        ("name: 0x" + "f" * 8_000, "not YAML"),
        ("? 0x" + "f" * 8_000 + "\n: 1", "not YAML"),
        ("\x1b[31m: red", "not YAML"),
    ],
)
def test_bad_frontmatter_is_a_problem_and_the_skill_is_known_by_its_folder(
    ground: Ground, head: str, reason: str
) -> None:
    path = ground.skill(".claude/skills", "deploy")
    path.write_text(f"---\n{head}\n---\n# What it does\n", encoding="utf-8")
    found = ground.found()
    (one,), (problem,) = found.installed, found.problems
    assert (one.name, one.description) == ("deploy", "What it does")
    assert reason in problem.reason
    assert (problem.path, problem.works) == (str(path), False)


def test_frontmatter_that_does_not_end_is_a_problem(ground: Ground) -> None:
    path = ground.skill(".claude/skills", "deploy")
    path.write_text("---\nname: deploy\ndescription: x\n", encoding="utf-8")
    assert ["does not end" in reason for reason in ground.reasons()] == [True]
    assert ground.one("deploy").description is None


@pytest.mark.parametrize(
    ("name", "given", "description", "reasons"),
    [
        ("deploy", None, "Does it", []),
        ("deploy", "Deploy", "Does it", ["it calls itself 'Deploy'"]),
        ("Deploy_it", "Deploy_it", "Does it", ["is not allowed everywhere"]),
        ("a--b", "a--b", "Does it", ["is not allowed everywhere"]),
        ("x" * 65, "x" * 65, "Does it", ["is not allowed everywhere"]),
        ("deploy", "deploy", None, ["has no description"]),
        ("deploy", "deploy", "long " * 300, ["longer than 1,024"]),
    ],
)
def test_what_the_format_asks_for_is_checked(
    ground: Ground, name: str, given: str | None, description: str | None, reasons: list[str]
) -> None:
    folder = ground.project / ".claude" / "skills" / name
    ground.document(folder / "SKILL.md", name=given, description=description, license="MIT")
    found = ground.found()
    assert [one.name for one in found.installed] == [name]
    assert len(found.problems) == len(reasons)
    assert all(reason in problem.reason for reason, problem in zip(reasons, found.problems, strict=True))
    assert all(problem.works for problem in found.problems)


def test_a_skill_without_description_works_only_where_its_first_line_will_do(ground: Ground) -> None:
    for place in (".claude/skills", ".cursor/skills"):
        folder = ground.project / place / place.strip("./").replace("/", "-")
        ground.document(folder / "SKILL.md", name=folder.name)
    found = ground.found()
    assert [one.description for one in found.installed] == ["What to do.", "What to do."]
    assert [problem.works for problem in found.problems] == [True, False]


def test_values_become_what_json_can_hold() -> None:
    fields = parse(
        b"---\nday: 2026-11-02\nlist: [1, two, 3.5, null, .inf]\nset: !!set {a}\n5: x\nraw: !!binary aGk=\n---\n"
    ).fields
    assert fields == {"day": "2026-11-02", "list": [1, "two", 3.5, None, "inf"], "set": ["a"], "5": "x", "raw": "b'hi'"}


def test_windows_lines_and_a_byte_order_mark_do_no_harm() -> None:
    assert parse("\ufeff---\r\nname: a\r\n---\r\ntext".encode()).fields == {"name": "a"}


def test_a_line_of_dashes_further_down_is_no_frontmatter() -> None:
    assert parse(b"text\n---\nname: a\n---\n").fields == {}


def test_only_the_start_of_a_file_is_read(ground: Ground) -> None:
    path = ground.skill(".claude/skills", "deploy")
    with path.open("r+b") as file:
        file.truncate(50 * 1024 * 1024)  # a hole: it takes no room on the disk
    known = ground.one("deploy")
    assert known.description == "Does it"
    assert len(repr(known)) < MOST_READ

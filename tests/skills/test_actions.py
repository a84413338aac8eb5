"""What an assistant did, as short names in which nothing private is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_buddy.skills.actions import LONGEST, action, distinct


def of(command: str) -> str:
    return action("Bash", {"command": command})


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("git commit -m 'a message'", "git commit"),
        ("git -C /somewhere -c user.name='A B' --no-pager log --oneline", "git log"),
        ("npm run customer-build", "npm run"),
        ("npm test", "npm test"),
        ("docker compose up -d", "docker compose"),
        ("cargo +nightly test", "cargo test"),
        ("make test", "make test"),
        ("pytest\ttests -k 'a and b'", "pytest"),
        ("ls;pwd", "ls"),
        ("make&&make install", "make"),
        ("Get-ChildItem -Path x", "Get-ChildItem"),
    ],
)
def test_a_command_is_called_by_its_program_and_its_verb(command: str, name: str) -> None:
    assert of(command) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("sudo apt install -y jq", "apt install"),
        ("sudo -u bob -- make test", "make test"),
        ("env A=1 B='2 3' pytest", "pytest"),
        ("timeout -k 5 60 cargo build", "cargo build"),
        ("nohup time nice -n 5 make test &", "make test"),
        ("uv run --with pytest-xdist python3.12 -m pytest -q", "pytest"),
        ("poetry run mypy src", "mypy"),
        ("uv run", "uv run"),
        ("python -m pip install requests", "pip install"),
        ("python3.11 -m pytest", "pytest"),
        (".venv/bin/python -m unittest", "unittest"),
        ("/usr/bin/git status", "git status"),
        ("bash -lc 'cd x && npm ci'", "npm ci"),
        ("find . -name '*.py' | xargs grep x", "find"),
        ("command git status", "git status"),
    ],
)
def test_what_only_starts_another_program_is_looked_through(command: str, name: str) -> None:
    assert of(command) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("cd 'a && b' && npm run build", "npm run"),
        ("cd /x; cd y\nmake test", "make test"),
        ("cd x || exit 1; make test", "make test"),
        ("source .venv/bin/activate && pytest", "pytest"),
        ("set -euo pipefail\n# run them: all; of them\npytest", "pytest"),
        ('export A="$(date "+%F; %T")" && make test', "make test"),
        ("A=$(cat secret | head) B=`x; y` git push", "git push"),
        ("echo 'git push; rm' | sudo tee /etc/x", "tee"),
        ("if [ -f x ]; then pytest; fi", "pytest"),
        ("for f in *; do pytest $f; done", "pytest"),
        ("(cd x && ls)", "ls"),
        ("while ! true; do git pull; done", "git pull"),
        ("cd deep", "cd"),
        ("echo done", "echo"),
    ],
)
def test_what_leads_up_to_it_is_not_what_was_done(command: str, name: str) -> None:
    assert of(command) == name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("cd x && git commit -m 'first; hunter2 && more'", "git commit"),
        (
            'cd x && git commit -m "$(cat <<\'EOF\'\nTitle\n\nhunter2; hunter2 "hunter2"\nEOF\n)" && git push',
            "git commit",
        ),
        ("cd x && cat <<EOF >file && make test\nhunter2\nhunter2; hunter2\nEOF\n", "cat"),
        ("cd x <<EOF\nhunter2 text\nEOF\nmake test", "make test"),
        ("cd x <<<hunter2 >hunter2 2>>hunter2 && ls", "ls"),
        ("PASSWORD=hunter2 make test", "make test"),
        ("PASSWORD='hunter2 hunter2' ls", "ls"),
        ("PASSWORD=hunter2", "Bash"),
        ("export PASSWORD=hunter2", "export"),
        ("ssh hunter2@hunter2 hunter2", "ssh"),
        ("make hunter2", "make"),
        ("just deploy-hunter2", "just"),
        ("yarn hunter2", "yarn"),
        ("python hunter2.py --token hunter2", "python"),
        ("python -m hunter2.tool", "python"),
        ("./hunter2.sh", "script"),
        ("scripts/hunter2/run", "script"),
        ("~/hunter2/run", "script"),
        ("$HUNTER2/hunter2 x", "Bash"),
        ("`hunter2` x", "Bash"),
        ("'hunter2 hunter2' x", "Bash"),
        ("AKIAIOSFODNN7EXAMPLE", "Bash"),
        ("ghp_" + "a1B2" * 9, "Bash"),
        ("ghp_" + "a1b2" * 9, "Bash"),
        ("# hunter2 hunter2", "Bash"),
    ],
)
def test_nothing_private_is_left_of_a_command(command: str, name: str) -> None:
    assert of(command) == name


@pytest.mark.parametrize(
    "command", ["", " ", ";;;", "'", '"', "$(", "`", "<<", "<<EOF", "((((", "\\", "&", "\n\n", "a" * 99]
)
def test_what_is_no_command_is_called_by_the_tool(command: str) -> None:
    assert of(command) == "Bash"


@pytest.mark.parametrize("given", [None, 7, [], {}, {"command": None}, {"command": ["ls"]}])
def test_what_is_no_line_is_called_by_the_tool(given: object) -> None:
    assert action("Bash", given) == "Bash"


def test_other_tools_are_called_by_their_names() -> None:
    assert action("Edit", {"command": "git commit"}) == "Edit"
    assert action("mcp__github__create_issue", {}) == "mcp__github__create_issue"
    assert action("Odd\x1b[31m\u202ename\n", {}) == "Odd31mname"
    assert len(action("a" * 999, {})) == LONGEST


@given(st.text(alphabet=st.sampled_from("ab '\"\\`$(){}<>|&;#\n=-/.EOF"), max_size=60))
def test_any_line_whatever_has_a_short_name(command: str) -> None:
    assert 0 < len(of(command)) <= LONGEST


@pytest.mark.parametrize("part", ["(", "$(", '"', "'", "`", "<<E\n", "cd x && ", "\\", '"$(', "a=", "<"])
def test_a_line_of_one_thing_again_and_again_is_named_too(part: str) -> None:
    assert of(part * 20_000)


def test_of_many_actions_the_first_twenty_different_ones_are_kept() -> None:
    assert distinct(["Edit", "Read", "Edit"]) == ["Edit", "Read"]
    assert distinct(str(number) for number in range(99)) == [str(number) for number in range(20)]

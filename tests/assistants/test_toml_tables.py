"""Our table in a TOML document."""

import tomllib

import pytest

from session_buddy.assistants.toml_tables import entry_in, with_server, without_server
from session_buddy.errors import ConfigurationError

COMMAND = "/opt/my tools/session-buddy"
DOCUMENTS = [
    "",
    "# only a comment\n",
    'model = "o"\n',
    'model = "o"\n\n\n',
    'model = "o" # why\r\n[features]\r\nhooks = true\r\n',
    '[mcp_servers.other]\ncommand = "other"\nargs = [\n  "a", # first\n]\n\n# of the last\n[tui]\ntheme = "x"\n',
    '[mcp_servers]\nother = { command = "other" }\n',
    '[[profiles]]\nname = "a"\n[[profiles]]\nname = "b"\n',
    "a.b.c = 1979-05-27T07:32:00Z\n[x]\ny = inf\n",
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_what_is_put_into_a_document_and_taken_out_leaves_the_same_bytes(text: str) -> None:
    there = with_server(text, COMMAND, {"SESSION_BUDDY_STORE": 'C:\\a "b"'})
    assert there.startswith(text)
    assert tomllib.loads(there)["mcp_servers"]["session-buddy"] == {
        "command": COMMAND,
        "args": [],
        "env": {"SESSION_BUDDY_STORE": 'C:\\a "b"'},
    }
    assert with_server(there, COMMAND, {}) == there
    assert without_server(there) == text


@pytest.mark.parametrize("text", DOCUMENTS)
def test_an_older_entry_is_changed_in_its_place_with_what_others_added_to_it(text: str) -> None:
    older = (
        text
        + "\n[mcp_servers.session-buddy]\ncommand = 'session-buddy'\nstartup_timeout_sec = 9\n\n# z\n[zzz]\nq = 1\n"
    )
    newer = with_server(older, COMMAND, {})
    assert entry_in(newer) == {"command": COMMAND, "startup_timeout_sec": 9}
    assert newer.endswith("\n\n# z\n[zzz]\nq = 1\n")
    assert newer.startswith(text)


@pytest.mark.parametrize("old", ['"session-buddy"', "'/old/session-buddy'", '"/a \\"b\\"/session-buddy"'])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_another_command_leaves_comments_and_order_as_they_are(old: str, newline: str) -> None:
    text = (
        "[mcp_servers.session-buddy]  # ours\n# why\nstartup_timeout_sec = 9 # slow disk\n  command = OLD # here\n"
        'args = []\n[mcp_servers.session-buddy.env]\ncommand = "session-buddy"\n# end\n[other]\ncommand = "x"\n'
    ).replace("\n", newline)
    newer = with_server(text.replace("OLD", old), COMMAND, {})
    assert newer == text.replace("OLD", f'"{COMMAND}"')


def test_tables_below_ours_go_with_it_and_those_that_follow_stay() -> None:
    text = (
        '[mcp_servers.session-buddy]\ncommand = "session-buddy"\n\n[mcp_servers.session-buddy.env]\nA = "1"\n\n'
        "# about the next\n[next]\na = 1\n"
    )
    assert without_server(text) == "\n# about the next\n[next]\na = 1\n"


@pytest.mark.parametrize(
    "text",
    [
        'mcp_servers = { other = { command = "x" } }\n',
        '[mcp_servers]\nsession-buddy = { command = "/old/session-buddy" }\n',
        'x = """\n[mcp_servers.session-buddy]\n"""\n[mcp_servers]\nsession-buddy = { command = "session-buddy" }\n',
    ],
)
def test_what_is_written_in_a_form_not_known_here_is_left_alone(text: str) -> None:
    with pytest.raises(ConfigurationError, match="by hand"):
        with_server(text, COMMAND, {})


def test_another_program_of_our_name_is_left_alone() -> None:
    text = '[mcp_servers.session-buddy]\ncommand = "npx"\nargs = ["session-buddy"]\n'
    with pytest.raises(ConfigurationError, match="starts npx"):
        with_server(text, COMMAND, {})
    assert without_server(text) == text


def test_what_is_no_toml_is_refused_with_line_and_column() -> None:
    with pytest.raises(ConfigurationError, match="line 2, column 5"):
        with_server("a = 1\nb = \n", COMMAND, {})

"""Searching and reading transcripts of any size."""

import io
import tracemalloc

import pytest

from session_buddy.assistants.claude_code_transcripts.lines import Lines, may_hold_skills

USE = b'{"content":[{"type":"tool_use","name":"Skill","input":{}}]}\n'
OTHER = b'{"type":"user","message":{"content":"nothing of it"}}\n'


@pytest.mark.parametrize("before", range(70))
def test_a_use_is_found_wherever_the_border_of_two_blocks_lies(before: int) -> None:
    assert may_hold_skills(io.BytesIO(b"x" * before + USE + OTHER * 3), block=64)
    assert may_hold_skills(io.BytesIO(b"x" * before + USE + OTHER * 3), block=7)


@pytest.mark.parametrize(
    "line",
    [
        b'{"name": "Skill"}',
        b'{"attributionSkill":"x"}',
        b'{"attributionSkill": "x"}',
        b'{"text":"Base directory for this skill: /x"}',
        b"<command-name>/deploy</command-name>",
        b"<command-name>/clear-all</command-name>",
        b"<command-name>/a:" + b"x" * 100 + b"</command-name>",
    ],
)
def test_every_sign_of_a_skill_is_found(line: bytes) -> None:
    assert may_hold_skills(io.BytesIO(OTHER * 50 + line), block=100)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b'{"tools":["Read","Skill"]}',
        b'{"attributionSkill":null}',
        b'{"text":"say \\"name\\":\\"Skill\\""}',
        b"<command-name>/clear</command-name>",
        b"<command-name>/privacy-settings</command-name>",
        b"<command-name></command-name>",
    ],
)
def test_what_only_looks_like_a_skill_is_not_parsed(line: bytes) -> None:
    assert not may_hold_skills(io.BytesIO((line + b"\n") * 200), block=128)


def test_lines_that_are_too_long_are_passed_over_and_counted_without_being_held() -> None:
    data = b"one\n" + b"x" * 20_000_000 + b"\ntwo\n" + b"y" * 5_000_000
    file = io.BytesIO(data)
    tracemalloc.start()
    lines = Lines(file)
    assert list(lines) == [b"one", b"two"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines.too_long == 2
    assert peak < 10_000_000


def test_a_line_of_the_longest_length_is_read() -> None:
    lines = Lines(io.BytesIO(b"12345\n123456\n123456"), longest=5)
    assert list(lines) == [b"12345"] or list(lines) == []
    exact = Lines(io.BytesIO(b"12345\n12\n"), longest=5)
    assert list(exact) == [b"12345", b"12"]
    assert exact.too_long == 0


def test_zero_bytes_and_blanks_around_a_line_are_no_part_of_it() -> None:
    assert list(Lines(io.BytesIO(b"\0\0\0{}\r\n\n  \n\0\0"))) == [b"{}", b"", b"", b""]

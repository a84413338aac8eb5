"""Nothing in a text or in JSON can hide, on terminals and forms (Python) and on the page (JavaScript) alike."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from session_buddy.common import visible

SCRIPT = Path(__file__).parents[2] / "session_buddy" / "web" / "static" / "lib" / "jsontext.js"
RUN = """
import { readFileSync } from "node:fs";
const { written, line, hiddenCount, alike } = await import(process.argv[1]);
const values = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(values.map((one) => [line(one, 1e9), written(one), hiddenCount(one), alike(one).length])));
"""
HARMFUL = {
    "bidi override": "rm \u202e/tmp/xyz fr-",
    "bidi isolate": "a\u2066b\u2069",
    "arabic mark": "a\u061cb",
    "line separators": "a\u2028b\u2029c\x85d",
    "zero width": "git push\u200b\u2060\ufeff",
    "soft hyphen": "pay\u00adpal",
    "tags": "x\U000e0041\U000e0042",
    "variation selectors": "x\ufe0f\U000e0100\U000e01ef",
    "hangul filler": "a\u3164b\uffa0c\u115f",
    "braille blank": "a\u2800b",
    "grapheme joiner": "a\u034fb",
    "mongolian": "a\u180eb\u180bc",
    "khmer": "a\u17b4b",
    "musical": "a\U0001d173b\U0001d159",
    "blanks": "a\u00a0b\u2003c\u3000d",
    "private use": "a\ue000b\U0010fffd",
    "terminal escape": "\x1b[2K\x1b[1Ashow\x07\x08\x7f\x9b",
}
HARMLESS: list[Any] = [
    "",
    "a b",
    "Ünïcödé 東京 🚀 العربية",
    "e\u0301",
    'quote " and \\ and \\u202e',
    1.5,
    None,
    [1, {"a": True}],
]


@pytest.mark.parametrize("name", HARMFUL)
def test_nothing_that_is_hidden_stays_in_the_text(name: str) -> None:
    text = HARMFUL[name]
    for value in (text, {text: 1}, {"a": [{"b": text}]}):
        shown = visible.shown(value)
        assert not [character for character in shown if visible.is_hidden(character)]
        assert visible.hidden_count(value) >= 1
        assert json.loads(visible.written(value)) == value


@pytest.mark.parametrize("value", HARMLESS)
def test_ordinary_text_stays_as_it_is(value: Any) -> None:
    assert visible.shown(value) == visible.written(value) == json.dumps(value, ensure_ascii=False)
    assert visible.hidden_count(value) == 0


def test_many_blanks_are_shown_as_their_number() -> None:
    assert visible.shown("make" + " " * 300 + "; evil") == '"make[300 spaces]; evil"'
    assert visible.shown({"a": " " * 8}) == '{"a": "[8 spaces]"}'
    assert visible.shown("a" + " " * 7) == '"a       "'
    assert json.loads(visible.written({"a": "x" + " " * 99})) == {"a": "x" + " " * 99}
    assert "  " not in visible.written({"a": "x" + " " * 99})


def test_marks_that_pile_up_are_escaped() -> None:
    assert visible.escaped("a" + "\u0300" * 3) == "a" + "\u0300" * 3
    assert visible.escaped("a" + "\u0300" * 5) == "a" + "\u0300" * 3 + "\\u0300\\u0300"


def test_an_escape_that_is_written_out_is_told_apart() -> None:
    assert visible.shown("\u202e") == '"\\u202e"'
    assert visible.shown("\\u202e") == '"\\\\u202e"'


def test_names_that_look_alike_are_found() -> None:
    assert visible.alike({"cmd": 1, "cmd\u200b": 2}) == [("cmd", "cmd\u200b")]
    assert visible.alike({"a": [{"Cmd": 1, "ｃｍｄ": 2}]}) == [("Cmd", "ｃｍｄ")]
    assert visible.alike({"é": 1, "e\u0301": 2}) == [("é", "e\u0301")]
    assert visible.alike({"cmd": {"cmd": 1}, "cmds": 2}) == []


def test_half_a_character_is_written_as_an_escape() -> None:
    assert visible.shown("a\ud83d") == '"a\\ud83d"'


@pytest.mark.slow
def test_the_page_writes_the_same() -> None:
    from tests.system.node_programs import node

    values = [*HARMFUL.values(), *({text: [text]} for text in HARMFUL.values()), *HARMLESS]
    values += [
        {"a": "x" + " " * 300 + "y"},
        {"cmd": 1, "cmd\u200b": 2},
        "a" + "\u0300" * 9,
        {"deep": {"er": {"est": " " * 9}}},
    ]
    done = subprocess.run(
        [str(node()), "--input-type=module", "-e", RUN, SCRIPT.as_uri()],
        input=json.dumps(values), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for value, (line, written, hidden, alike) in zip(values, json.loads(done.stdout), strict=True):
        assert json.loads(written) == value
        assert (hidden, alike) == (visible.hidden_count(value), len(visible.alike(value)))
        compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        assert line == visible.escaped(compact).replace(" " * 300, "[300 spaces]").replace(" " * 9, "[9 spaces]")

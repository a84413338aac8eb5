"""What was wrong with what was sent, in one line."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from session_buddy.skills.fields import Name, Rank
from session_buddy.skills.messages import readable


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name
    rank: Rank | None = None
    items: list[Name] = []


class Red(BaseModel):
    kind: Literal["red"]


class Blue(BaseModel):
    kind: Literal["blue"]


COLOUR: TypeAdapter[Red | Blue] = TypeAdapter(Annotated[Red | Blue, Field(discriminator="kind")])


def message(json: str) -> str:
    with pytest.raises(ValidationError) as wrong:
        Form.model_validate_json(json)
    return readable(wrong.value)


@pytest.mark.parametrize(
    ("json", "expected"),
    [
        ("{}", "name is missing"),
        ('{"name": "x", "colour": 1}', "colour is not a known field"),
        ('{"name": " "}', "name must not be blank"),
        ('{"name": "x", "items": ["a", ""]}', "items.1 must not be blank"),
        ("{", "this is not JSON"),
        ("[]", "should be an object"),
    ],
)
def test_each_mistake_is_named_with_its_field(json: str, expected: str) -> None:
    assert message(json) == expected


def test_names_of_fields_are_made_fit_to_be_shown() -> None:
    evil = "\\u001b[2Jcol\\u202eour" + "x" * 100_000
    said = message(f'{{"name": "x", "{evil}": 1, "\\u202e\\u0007": 1}}')
    assert said.isprintable()
    assert said.startswith("colour")
    assert said.endswith("? is not a known field")
    assert len(said) < 300


def test_a_number_that_is_too_small_is_told_with_the_limit() -> None:
    assert message('{"name": "x", "rank": 0}') == "rank should be greater than or equal to 1"


def test_several_mistakes_are_one_line() -> None:
    assert message('{"rank": 0, "colour": 1}').split("; ") == [
        "name is missing",
        "rank should be greater than or equal to 1",
        "colour is not a known field",
    ]


def test_after_five_mistakes_the_rest_is_counted() -> None:
    said = message('{"name": "x", "items": [1, 2, 3, 4, 5, 6, 7]}')
    assert said.count("; ") == 5
    assert said.endswith("and 2 more")


@pytest.mark.parametrize(
    "json",
    ['{"name": "hunter2\\n"}', '{"name": ["hunter2"]}', '{"name": "x", "rank": "hunter2"}', '{"name": hunter2}'],
)
def test_what_was_sent_is_not_repeated(json: str) -> None:
    assert "hunter2" not in message(json)


def test_a_kind_that_is_unknown_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as wrong:
        COLOUR.validate_python({"kind": "hunter2"})
    assert "hunter2" not in readable(wrong.value)

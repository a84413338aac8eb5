"""What all answers have in common."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Object = dict[str, Any]
Level = Literal["OBSERVATION", "COACHING", "AUTO"]


class Told(BaseModel):
    """Part of an answer, which may say more."""

    model_config = ConfigDict(extra="allow")

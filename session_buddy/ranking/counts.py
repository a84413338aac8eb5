"""How often a skill was used, completed and ended."""

from session_buddy.store.invocations import Tally


class Counts:
    """A skill's invocations, over all and by phase."""

    def __init__(self) -> None:
        self.overall = Tally(0, 0, 0)
        self.phases: dict[str, Tally] = {}

    def add(self, phase: str | None, tally: Tally) -> None:
        self.overall = _plus(self.overall, tally)
        if phase is not None:
            self.phases[phase] = _plus(self.phases.get(phase, Tally(0, 0, 0)), tally)


def _plus(one: Tally, other: Tally) -> Tally:
    return Tally(*(first + second for first, second in zip(one, other, strict=True)))

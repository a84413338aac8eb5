"""Sessions as hooks tell of them, into a real store."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from session_buddy.skills import observing
from session_buddy.skills.hook_events import HookData, HookEvent
from session_buddy.store.ids import new_id
from session_buddy.store.store import Store
from tests.store.filling import BEGIN, rows, write

_USES = """
    SELECT i.skill_name, q.text, i.source, c.outcome, c.error_type, c.source, c.follow_up_actions
    FROM invocation i LEFT JOIN query q USING (query_id) LEFT JOIN completion c USING (invocation_id)
    ORDER BY i.invoked_at, i.recorded_at
"""


class Session:
    """One session; each event comes a second after the one before."""

    def __init__(self, store: Store, session_id: str = "session", begin: datetime = BEGIN) -> None:
        self.store = store
        self.session_id = session_id
        self._moment = begin
        self._number = 0

    def event(self, name: str, at: int | None = None, **data: Any) -> HookEvent:
        """An event that is not told yet; `at` seconds after the beginning, else after the last one."""
        self._number += 1
        moment = self._moment + timedelta(seconds=self._number if at is None else at)
        return HookEvent(
            kind="hook",
            id=new_id(),
            at=moment,
            project="/project",
            session=self.session_id,
            event=name,
            data=HookData.model_validate(data),
        )

    def tell(self, event: HookEvent) -> bool:
        return write(self.store, lambda cursor: observing.store(cursor, event, "project", True))

    def prompt(self, text: str) -> None:
        self.tell(self.event("UserPromptSubmit", prompt=text))

    def skill(self, name: str, tool_use_id: str | None = None, **data: Any) -> None:
        chosen: dict[str, Any] = {"tool_input": {"skill": name}, "tool_use_id": tool_use_id or f"toolu_{self._number}"}
        self.tell(self.event("PostToolUse", tool_name="Skill", **(chosen | data)))

    def command(self, name: str, args: str | None = None) -> None:
        data: dict[str, Any] = {"command_name": name, "command_args": args, "expansion_type": "slash_command"}
        self.tell(self.event("UserPromptExpansion", **data))

    def step(self, tool: str, command: str | None = None, failed: bool = False, **data: Any) -> None:
        name = "PostToolUseFailure" if failed else "PostToolUse"
        inputs = {"command": command} if command else {}
        self.tell(self.event(name, tool_name=tool, tool_input=inputs, tool_use_id=f"toolu_{self._number}", **data))

    def stop(self, **data: Any) -> None:
        self.tell(self.event("Stop", **data))

    def uses(self) -> list[tuple[Any, ...]]:
        """(skill, query, who told of it, outcome, error, what the outcome rests on, actions) of every use."""
        return rows(self.store, _USES)

    def invocation(self) -> UUID:
        """The one use there is."""
        ((found,),) = rows(self.store, "SELECT DISTINCT invocation_id FROM invocation")
        return UUID(str(found))

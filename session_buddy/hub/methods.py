"""What commands, programs and the page can ask of a hub, by name.

A method takes the command's connection, the parameters and the body, and is an async generator of parts, then of the
result; `one` makes one of a function that answers in one piece.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import Any

from session_buddy import __version__
from session_buddy.coaching import jobs as coaching_jobs
from session_buddy.coaching.actors import PERSON, REPORTED, Actor
from session_buddy.embedding.service import NotReadyError
from session_buddy.errors import BuddyError, InvalidRequestError
from session_buddy.hub import browsing, exporting, following, identity, loading, observing, parameters
from session_buddy.hub.command import Command, Part
from session_buddy.hub.dashboard import Link
from session_buddy.hub.hold import Hold
from session_buddy.hub.intake import take_in
from session_buddy.settings import has_screen
from session_buddy.skills import events, forgetting
from session_buddy.skills.fields import as_name
from session_buddy.skills.recommending import Question
from session_buddy.skills.tracking import Origin
from session_buddy.store import invocations, queries, seen, tables, transcripts, transfer
from session_buddy.store.calls import Call
from session_buddy.store.times import iso
from session_buddy.store.writing import Cursor

PROGRESS_SECONDS = 0.2
PROGRAM = "library"
OBSERVE, FOLLOW = "observe", "follow"
# These go on until the command asks for something else, or leaves.
ENDLESS = {FOLLOW}

Params = dict[str, Any]
Method = Callable[[Command, Params, bytes], AsyncGenerator[Any, None]]


def one(answer: Callable[[Command, Params], Awaitable[Any]]) -> Method:
    """A method that answers in one piece, and takes no body."""

    async def run(command: Command, params: Params, body: bytes) -> AsyncGenerator[Any, None]:
        yield await answer(command, params)

    return run


def run(command: Command, method: str, params: Params, body: bytes) -> AsyncGenerator[Any, None]:
    """Run a method by name.

    Raises:
        InvalidRequestError: there is none of this name.
    """
    if method not in METHODS:
        raise InvalidRequestError(f"The running hub ({__version__}) does not know {method!r}. Restart the windows.")
    return METHODS[method](command, params, body)


async def _status(command: Command, params: Params) -> dict[str, Any]:
    services = command.services
    embedding, access = services.embedding, services.access
    wanted, present = await services.backlog.coverage()
    last, told = await access.read(seen.latest)
    return {
        "program": __version__,
        "store": services.settings.store,
        "connections": command.connections.count,
        "invocations": await access.read(invocations.count),
        "texts": await access.read(queries.count),
        "hooks": {"last_event": last and iso(last), "events": told},
        "embedding": {
            "model": embedding.model,
            "state": embedding.state,
            "reason": embedding.reason,
            "where": embedding.where,
            "embedded": present,
            "texts": wanted,
        },
        "settings": services.settings.of_hub(),
    }


async def _stop(command: Command, params: Params) -> dict[str, Any]:
    command.connections.leave("stop")
    return {"stopping": True}


async def _import(command: Command, params: Params, body: bytes) -> AsyncGenerator[Any, None]:
    yield await loading.load(command.services, command.hello.project, body)


async def _history(command: Command, params: Params, body: bytes) -> AsyncGenerator[Any, None]:
    yield await loading.load_history(command.services, command.hello.project, body)


async def _event(command: Command, event: Params) -> dict[str, Any]:
    """Store what a program tells, once however often it tells it."""
    services = command.services
    parsed = events.parse(event | {"project": command.hello.project})
    project, mask = await command.project_id(), services.settings.mask_secrets
    stored = await services.access.write(lambda cursor: events.store(cursor, parsed, project, mask, PROGRAM))
    services.backlog.notice()
    return {"stored": stored}


async def _observe(command: Command, event: Params) -> dict[str, Any]:
    told = event | {"project": command.hello.project}
    folder = command.services.settings.data_folder
    project_id = await asyncio.to_thread(identity.kept_project_id, command.hello.project, folder)
    return await observing.observe(command.services, told, project_id)


async def _coaching(
    command: Command, ask: str, who: str, source: str, given: dict[str, Any], call: str | None = None
) -> Any:
    """Answer, or do, what `coaching.jobs` knows by this name; what is done with the same `call` again, once."""
    if who not in (PERSON, REPORTED):
        raise InvalidRequestError(f"who must be {PERSON} or {REPORTED}, not {who!r}. Nothing was stored.")
    job, access = coaching_jobs.job(ask), command.services.access
    if who == PERSON:
        await command.refuse_assistants("act as a person")
    mask = command.services.settings.mask_secrets
    if ask in coaching_jobs.READS:
        return await access.read(lambda cursor: job(cursor, Actor(who, source, None, mask), given))
    made = Call(source, call, resent=True) if call else None
    actor = Actor(who, source, await command.project_id(), mask, made)
    done = await access.write(lambda cursor: job(cursor, actor, given))
    if ask in coaching_jobs.FORGETTING:
        access.forgot()
    return done


async def _coach(command: Command, params: Params) -> Any:
    parameters.check("coaching", _coaching, command, **params)
    return await _coaching(command, **params)


async def _session_skills(command: Command, params: Params) -> list[dict[str, Any]]:
    return await command.services.access.read(lambda cursor: transfer.of_session(cursor, params["session_id"]))


async def _skills(command: Command, params: Params) -> dict[str, Any]:
    await command.settle()
    found = await asyncio.to_thread(command.services.installed.of, command.hello.project)
    return await command.services.reporter.skills(found.installed)


async def _lately(command: Command, params: Params) -> dict[str, Any]:
    parameters.check("lately", following.lately, command.services.access, **params)
    return await following.lately(command.services.access, **params)


async def _follow(command: Command, params: Params, body: bytes) -> AsyncGenerator[Any, None]:
    async with contextlib.aclosing(following.follow(command.services, params.get("position"))) as parts:
        async for part in parts:
            yield Part(part)


def _stream(read: Callable[[Cursor], Iterator[Any]]) -> Method:
    """A method whose parts are what a reading job gives piece by piece."""

    async def run(command: Command, params: Params, body: bytes) -> AsyncGenerator[Any, None]:
        batches = command.services.access.store.stream(read)
        try:
            while rows := await asyncio.to_thread(next, batches, None):
                yield Part(rows)
        finally:
            await asyncio.to_thread(batches.close)
        yield {"exported": True}

    return run


async def _recommend(command: Command, params: Params) -> Any:
    """Recommend; what a session of a program is given is kept, as what an assistant's is."""
    await command.settle()
    asker, session = None, params.pop("session_id", None)
    if session and (session := as_name(str(session))):
        mask = command.services.settings.mask_secrets
        asker = Origin(session, await command.project_id(), command.hello.project, mask)
    parameters.check("recommend", Question, **params)
    return await command.services.recommender.recommend(Question(**params), asker)


async def _evaluate(command: Command, params: Params, body: bytes) -> AsyncGenerator[Any, None]:
    async for part in command.services.evaluator.run():
        yield Part(part)
    yield {"evaluated": True}


async def _plan_forgetting(command: Command, params: Params) -> Any:
    parameters.check("plan_forgetting", forgetting.choice, **params)
    await take_in(command.services)
    return await asyncio.to_thread(forgetting.plan, command.services.access.store, forgetting.choice(**params))


async def _take_hold(command: Command, params: Params) -> dict[str, Any]:
    """Keep the store's file as it is until `release`, or until the command is gone or silent."""
    command.close()
    command.hold = Hold(command.services.access.store)
    await command.hold.take()
    return {"rows": await command.services.access.read(tables.counts)}


async def _renew_hold(command: Command, params: Params) -> dict[str, Any]:
    return {"held": bool(command.hold and command.hold.renew())}


async def _release(command: Command, params: Params) -> dict[str, Any]:
    return {"held": bool(command.hold and command.hold.release())}


async def _wait_for_model(command: Command, params: Params, body: bytes) -> AsyncGenerator[Any, None]:
    """Report progress until every text in use has its vector."""
    await command.settle()
    services = command.services
    loading_model = asyncio.create_task(services.embedding.wait_ready())
    try:
        while True:
            await asyncio.wait([loading_model], timeout=PROGRESS_SECONDS)
            if loading_model.done():
                loading_model.result()
            wanted, present = await services.backlog.coverage()
            yield Part({"embedded": present, "texts": wanted, "state": services.embedding.state})
            if loading_model.done() and present >= wanted:
                await services.learner.catch_up()
                break
            await asyncio.sleep(PROGRESS_SECONDS)
    except NotReadyError as error:
        raise BuddyError(str(error)) from None
    finally:
        loading_model.cancel()
    yield {"embedded": present}


async def _dashboard(command: Command, params: Params) -> dict[str, Any] | None:
    """The link of the dashboard, which is started where that is wanted and none is there; else None.

    Whoever has the link decides as a person, so an assistant's command gets the process id only, and the hub itself
    opens the browser for it (`open`)."""
    dashboard, project = command.services.dashboard, command.hello.project
    of_assistant, opens = await command.of_assistant(), bool(params.get("open")) and has_screen()
    if of_assistant and params.get("start") and not opens:
        await command.refuse_assistants("get the link of the dashboard")
    link = dashboard.link
    if params.get("start"):
        link = await dashboard.start(command.services.settings._replace(project=project))
    if link is None or not of_assistant:
        return link.told() if link else None
    return {"url": None, "pid": link.pid, "opened": opens and await asyncio.to_thread(link.open_window)}


async def _dashboard_here(command: Command, params: Params) -> dict[str, bool]:
    parameters.check("dashboard_here", Link, **params)
    await command.refuse_assistants("be the dashboard")
    link = Link(**params)
    if not command.services.dashboard.register(link):
        return {"registered": False}
    command.link = link
    return {"registered": True}


METHODS: dict[str, Method] = {
    "status": one(_status),
    "stop": one(_stop),
    "import": _import,
    "history": _history,
    "history_read": one(lambda command, params: command.services.access.read(transcripts.read)),
    "export": _stream(exporting.lines),
    "document": _stream(exporting.document),
    "tables": _stream(exporting.tables),
    "recommend": one(_recommend),
    OBSERVE: one(_observe),
    "event": one(_event),
    "coaching": one(_coach),
    "session_skills": one(_session_skills),
    "summary": one(lambda command, params: command.services.reporter.summary()),
    "skills": one(_skills),
    "metrics": one(lambda command, params: command.services.reporter.metrics(**params)),
    "report": one(lambda command, params: command.services.reporter.workflow(**params)),
    "heatmap": one(lambda command, params: command.services.reporter.heatmap(**params)),
    "changes": one(lambda command, params: command.services.reporter.changes()),
    "wait_for_model": _wait_for_model,
    "evaluate": _evaluate,
    "plan_forgetting": one(_plan_forgetting),
    "hold": one(_take_hold),
    "renew_hold": one(_renew_hold),
    "release": one(_release),
    "dashboard": one(_dashboard),
    "dashboard_here": one(_dashboard_here),
    "lately": one(_lately),
    FOLLOW: _follow,
    **{name: one(browsing.method(name)) for name in browsing.READS},
}

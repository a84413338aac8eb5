"""`demo`: the main job on real processes, on a store of its own."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from rich.console import Console
from rich.table import Table

from session_buddy.common import child_process
from session_buddy.errors import BuddyError
from session_buddy.settings import child_environment

PROGRAM = [*child_process.PROGRAM, "session_buddy"]


def run(options: argparse.Namespace) -> int:
    """Import a history, ask for recommendations the way an assistant does, and show them."""
    folder = Path(tempfile.mkdtemp(prefix="session-buddy-demo-"))
    store = Path(options.store).expanduser().absolute() if options.store else folder / "session_buddy.duckdb"
    own = {"SESSION_BUDDY_STORE": str(store), "SESSION_BUDDY_PROJECT": str(folder), "SESSION_BUDDY_CATALOGUE": "off"}
    environment = child_environment(own)
    console = Console(width=None if sys.stdout.isatty() else 110)
    try:
        good = anyio.run(_demo, console, environment)
    finally:
        _command(environment, "hub", "stop")
        if options.keep:
            console.print(f"The demo's store is kept: {store}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


async def _demo(console: Console, environment: dict[str, str]) -> bool:
    data = resources.files("session_buddy.demo")
    history, problems = data / "history.jsonl", json.loads((data / "problems.json").read_text(encoding="utf-8"))
    async with _assistant(environment) as (client, seconds):
        console.print(f"1. An assistant starts the server over stdio: connected after {seconds * 1000:.0f} ms.")
        with resources.as_file(history) as path:
            started = time.perf_counter()
            said = await anyio.to_thread.run_sync(_command, environment, "import", str(path))
        console.print(f"2. A history is imported: {said} ({time.perf_counter() - started:.1f} s)")
        await _first_answer(console, client, problems[0]["user_query"])
        started = time.perf_counter()
        await anyio.to_thread.run_sync(_command, environment, "recommend", "--wait-for-model", "warm up")
        console.print(f"4. The model is loaded and every text has its vector ({time.perf_counter() - started:.1f} s).")
        right = await _ask_all(console, client, problems)
        await _track_one(console, client, problems[0])
    return right == len(problems)


@asynccontextmanager
async def _assistant(environment: dict[str, str]) -> AsyncIterator[tuple[Client, float]]:
    """A real MCP client, connected as an assistant would be, and how long that took."""
    parameters = StdioServerParameters(
        command=PROGRAM[0], args=PROGRAM[1:], env=environment, cwd=child_process.neutral_folder()
    )
    started = time.perf_counter()
    async with Client(stdio_client(parameters), mode="legacy") as client:
        yield client, time.perf_counter() - started


async def _first_answer(console: Console, client: Client, query: str) -> None:
    found, seconds = await _recommend(client, query)
    how = "by words, while the model loads" if found["ranking"] == "lexical" else "by meaning"
    console.print(f"3. The first recommendation comes after {seconds * 1000:.0f} ms, {how}.")


async def _ask_all(console: Console, client: Client, problems: list[dict[str, str]]) -> int:
    """Show the recommendations for each problem; returns for how many the expected skill came first."""
    right = 0
    console.print("5. Problems that share no word with what was done before:\n")
    for problem in problems:
        found, seconds = await _recommend(client, problem["user_query"])
        right += found["recommendations"][0]["skill_name"] == problem["expected"]
        console.print(_table(problem["user_query"], found, seconds))
    console.print(f"For {right} of {len(problems)} problems the skill that a person would choose comes first.")
    return right


def _table(query: str, found: dict[str, Any], seconds: float) -> Table:
    title = f"“{query}”  [dim]({found['ranking']}, {seconds * 1000:.0f} ms)[/dim]"
    table = Table(title=title, title_justify="left", title_style="bold", expand=True)
    table.add_column("skill", no_wrap=True)
    table.add_column("score", justify="right")
    table.add_column("why", ratio=1)
    for one in found["recommendations"]:
        table.add_row(one["skill_name"], f"{one['score']:.2f}", one["reason"])
    return table


async def _track_one(console: Console, client: Client, problem: dict[str, str]) -> None:
    started = time.perf_counter()
    arguments = {"skill_name": problem["expected"], "user_query": problem["user_query"], "selection_rank": 1}
    tracked = await client.call_tool("track_skill", arguments)
    data: dict[str, Any] = tracked.structured_content or {}
    await client.call_tool("complete_skill", {"invocation_id": data["invocation_id"], "completed": True})
    console.print(
        f"6. The first of them is used and completed ({(time.perf_counter() - started) * 1000:.0f} ms for both calls): "
        "the next recommendation knows it."
    )


async def _recommend(client: Client, query: str) -> tuple[dict[str, Any], float]:
    started = time.perf_counter()
    result = await client.call_tool("recommend_skills", {"user_query": query, "limit": 3})
    if result.is_error or result.structured_content is None:
        raise BuddyError(f"The server refused: {result.content}")
    return result.structured_content, time.perf_counter() - started


def _command(environment: dict[str, str], *arguments: str) -> str:
    """Run one command of ours as a person would, and return what it printed."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    process = child_process.start([*PROGRAM, *arguments], environment, **pipes)
    output, problem = process.communicate()
    if process.returncode:
        raise BuddyError(problem.strip() or f"`session-buddy {' '.join(arguments)}` failed.")
    return str(output).strip()

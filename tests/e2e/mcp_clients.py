"""Talking to the MCP server as a client, with or without a person at it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

mcp = pytest.importorskip("mcp")

import mcp_types as types  # noqa: E402
from mcp import Client  # noqa: E402

from sheets_agent.mcp.desk import Desk  # noqa: E402
from sheets_agent.mcp.server import McpServer  # noqa: E402
from sheets_agent.settings import load  # noqa: E402
from sheets_agent.workbench import Workbench  # noqa: E402

ERAS = pytest.mark.parametrize("mode", ["legacy", "auto"])
TOKEN = "a-token-for-this-test"
OVER = {"action": "write_cell", "target": "'Продажи'!A1", "options": ["value=Area"]}


def result_of(sales: Path) -> Path:
    return sales.with_name("sales.agent.xlsx")


def served(*files: Path | str, trust: bool = False, read_only: bool = False, **settings: Any) -> McpServer:
    found = load(**settings)
    benches = {Path(file).name: Workbench.open(file, found, read_only=read_only) for file in files}
    return McpServer(Desk(benches, found, read_only=read_only), trust)


class Person:
    """Whom the client asks."""

    def __init__(self, *, yes: bool) -> None:
        self.yes, self.asked = yes, list[str]()

    async def __call__(self, context: Any, params: Any) -> types.ElicitResult:
        self.asked.append(params.message)
        return types.ElicitResult(action="accept", content={"approve": self.yes})


def text(result: types.CallToolResult) -> str:
    [block] = result.content
    assert isinstance(block, types.TextContent)
    return block.text


def within(server: McpServer, work: Callable[[Client], Awaitable[Any]], **options: Any) -> Any:
    """Let a client that is connected in this process do something."""
    try:
        return talk(server.server(), work, **options)
    finally:
        server.desk.close()


def talk(server: Any, work: Callable[[Client], Awaitable[Any]], **options: Any) -> Any:
    async def main() -> Any:
        with anyio.fail_after(60):
            async with Client(server, **options) as client:
                return await work(client)

    return anyio.run(main)


async def called(client: Client, name: str, **arguments: Any) -> tuple[str, bool]:
    result = await client.call_tool(name, arguments)
    return text(result), bool(result.is_error)


def plan_id(answer: str) -> str:
    found = re.search(r"Plan (\w+) for", answer)
    assert found, answer
    return found[1]

"""The MCP server as a process: over stdio, over HTTP, and how it is started."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from scenario import HEADER, REVENUE, cells, workbook

mcp = pytest.importorskip("mcp")

import httpx2  # noqa: E402
from mcp import Client, StdioServerParameters  # noqa: E402
from mcp.client.streamable_http import streamable_http_client  # noqa: E402
from mcp_clients import ERAS, TOKEN, called, plan_id, result_of, talk  # noqa: E402

# ------------------------------------------------------------------------------------------------ processes


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sheets_agent", "mcp", *arguments]


@ERAS
def test_over_stdio(sales: Path, mode: str) -> None:
    program, *arguments = command(str(sales))

    async def work(client: Client) -> Any:
        shown, _ = await called(client, "plan_changes", task="Выручка", steps=[HEADER, REVENUE])
        return await called(client, "apply_plan", plan=plan_id(shown))

    parameters = StdioServerParameters(command=program, args=arguments, env=dict(os.environ))
    answer, failed = talk(parameters, work, mode=mode)
    assert not failed, answer
    assert cells(str(result_of(sales)), "Продажи")["E1"] == "Выручка"


def test_nothing_but_the_protocol_is_on_standard_output(sales: Path) -> None:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        },
    }
    call = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "describe_spreadsheet"}}
    lines = [hello, {"jsonrpc": "2.0", "method": "notifications/initialized"}, "this is no JSON", call]
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    with subprocess.Popen(
        command(str(sales)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(text)
        process.stdin.flush()
        answers = []
        while not any(answer.get("id") == 2 for answer in answers):
            answers.append(json.loads(process.stdout.readline()))
        rest, _ = process.communicate(timeout=60)
    assert [json.loads(line) for line in rest.splitlines()] == []
    assert process.returncode == 0
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)


@contextmanager
def over_http(*arguments: str) -> Iterator[str]:
    environment = {**os.environ, "SHEETS_AGENT_MCP_TOKEN": TOKEN}
    started = command("--http", "--port", "0", *arguments)
    with subprocess.Popen(started, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        try:
            found = None
            for line in process.stderr:
                if found := re.search(r"at (http://127\.0\.0\.1:\d+/mcp)", line):
                    break
            assert found
            yield found[1]
        finally:
            process.terminate()


def test_over_http_with_its_checks(sales: Path) -> None:
    async def work(client: Client) -> Any:
        return await called(client, "read_range", range="'Продажи'!A1")

    async def with_token(url: str) -> Any:
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as http:
            with anyio.fail_after(60):
                async with Client(streamable_http_client(url, http_client=http)) as client:
                    return await work(client)

    with over_http(str(sales)) as url:
        answer, failed = anyio.run(with_token, url)
        assert not failed, answer
        assert "Регион" in answer
        hello = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        good = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json, text/event-stream"}
        port = url.split(":")[2].split("/")[0]
        refusals = {
            "no token": httpx.post(url, json=hello, headers={**good, "Authorization": "Bearer no"}),
            "host": httpx.post(url, json=hello, headers={**good, "Host": "evil.example"}),
            "another port": httpx.post(url, json=hello, headers={**good, "Host": "127.0.0.1:1"}),
            "origin": httpx.post(url, json=hello, headers={**good, "Origin": "http://evil.example"}),
            "longer origin": httpx.post(url, json=hello, headers={**good, "Origin": f"http://localhost:{port}.evil"}),
        }
    assert {why: answer.status_code for why, answer in refusals.items()} == {
        "no token": 401,
        "host": 421,
        "another port": 421,
        "origin": 403,
        "longer origin": 403,
    }


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["missing.xlsx"], "missing.xlsx"),
        (["{sales}", "{sales}"], "named twice"),
        (["{sales}", "{other}", "--output", "x.xlsx"], "one file"),
        ([], "SPREADSHEET"),
    ],
)
def test_a_wrong_start_is_one_sentence(
    sales: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    from sheets_agent.cli import main

    other = workbook(sales.with_name("other.xlsx"))
    code = main(["mcp", *(one.format(sales=sales, other=other) for one in arguments)])
    told = capsys.readouterr()
    assert code in (2, 3)
    assert why in told.err
    assert told.out == ""
    assert "Traceback" not in told.err


def test_a_short_token_is_refused(
    sales: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sheets_agent.cli import main

    monkeypatch.setenv("SHEETS_AGENT_MCP_TOKEN", "short")
    assert main(["mcp", "--http", "--port", "0", str(sales)]) == 2
    assert "too short" in capsys.readouterr().err

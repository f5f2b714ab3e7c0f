"""The LangGraph server over HTTP: users, roles, threads, streaming, interrupts, and a restart."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from langgraph_sdk.errors import APIStatusError, UnprocessableEntityError
from langgraph_server import GRAPH, PASSWORD, LangGraphServer, by_role
from protocol_replies import Reply, Request
from protocol_server import ProtocolServer
from scenario import HEADER, OPENINGS, OVERWRITING, TASK, cells, describes, plans, sums_up, workbook

from sheets_agent.server.users import Users

pytestmark = pytest.mark.server

APPROVE = {"resume": {"decisions": [{"type": "approve"}]}}
USERS = {"ann": "editor", "bob": "editor", "vic": "viewer", "root": "admin"}
GOOD = {"retriever": describes(), "planner": plans(HEADER), "executor": sums_up("Готово.")}


@pytest.fixture(scope="module")
def model() -> Iterator[ProtocolServer]:
    with ProtocolServer("openai") as served:
        served.answer_with(by_role(OPENINGS, **GOOD))
        yield served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, model: ProtocolServer) -> Iterator[LangGraphServer]:
    """One server for the tests of this module; each makes threads of its own."""
    folder = tmp_path_factory.mktemp("server")
    database = os.environ.get("TEST_POSTGRES")  # the same in PostgreSQL, where somebody gives an address
    built = LangGraphServer(folder, model, {"SHEETS_AGENT_DATABASE": database} if database else {})
    workbook(built.books / "sales.xlsx")
    workbook(folder / "secret.xlsx")
    (built.books / "link.xlsx").symlink_to(folder / "secret.xlsx")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHEETS_AGENT_DATA_DIR", str(built.data))
        for name, role in USERS.items():
            Users().add(name, role, PASSWORD)
    with built:
        yield built


@pytest.fixture(autouse=True)
def _same_users(server: LangGraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEETS_AGENT_DATA_DIR", str(server.data))


def says(text: str, **more: Any) -> dict[str, Any]:
    """What a chat client sends."""
    return {"messages": [{"type": "human", "content": [{"type": "text", "text": text}]}], **more}


def interrupts(client: Any, thread: str) -> list[Any]:
    """The questions that stand in a thread."""
    return [one["value"] for one in client.threads.get_state(thread)["interrupts"]]


def paused(server: LangGraphServer, name: str) -> tuple[Any, str]:
    """A thread of a user in which a plan waits for approval."""
    client = server.client(name)
    thread = client.threads.create()["thread_id"]
    client.runs.wait(thread, GRAPH, input=says(f"{TASK}: sales.xlsx"))
    assert [found["action_requests"][0]["name"] for found in interrupts(client, thread)] == ["apply_plan"], server.log()
    return client, thread


def results(server: LangGraphServer, name: str) -> set[Path]:
    """The files that runs of a user have written."""
    return set((server.books / "results" / name).glob("*"))


def refused(status: int, call: Any, *given: Any, **options: Any) -> None:
    with pytest.raises((APIStatusError, httpx.HTTPStatusError)) as caught:
        call(*given, **options)
    assert caught.value.response.status_code == status, caught.value.request.url


def test_nobody_gets_in_without_a_good_token(server: LangGraphServer) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0."},
        {"x-auth-scheme": "langsmith"},
        {"X-Api-Key": "lsv2_pt_guess"},
    ):
        for path in ("/threads", "/threads/search", "/assistants/search", "/runs/wait", "/store/items"):
            answer = httpx.post(f"{server.url}{path}", json={}, headers=headers)
            assert answer.status_code in (401, 404), (path, headers)
        assert httpx.get(f"{server.url}/files/sales.xlsx", headers=headers).status_code == 401


def test_nobody_schedules_runs_or_has_a_store(server: LangGraphServer) -> None:
    for name in ("ann", "root"):
        headers = {"Authorization": f"Bearer {server.login(name)['access_token']}"}
        job = {"assistant_id": GRAPH, "schedule": "* * * * *", "input": says("sales.xlsx")}
        assert httpx.post(f"{server.url}/runs/crons", json=job, headers=headers).status_code == 403
        item = {"namespace": ["a"], "key": "b", "value": {}}
        assert httpx.put(f"{server.url}/store/items", json=item, headers=headers).status_code == 404


def test_logging_in_refreshing_and_out(server: LangGraphServer) -> None:
    assert httpx.post(f"{server.url}/auth/login", json={"name": "ann", "password": "wrong"}).status_code == 401
    assert httpx.post(f"{server.url}/auth/login", content=b"[" * 100_000).status_code == 401
    first = server.login("ann")

    def me(token: str) -> httpx.Response:
        return httpx.get(f"{server.url}/auth/me", headers={"Authorization": f"Bearer {token}"})

    assert me(first["access_token"]).json() == {"name": "ann", "role": "editor", "spreadsheets": ["sales.xlsx"]}
    second = httpx.post(f"{server.url}/auth/refresh", json={"refresh_token": first["refresh_token"]}).json()
    assert me(second["access_token"]).status_code == 200
    spent = httpx.post(f"{server.url}/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert spent.status_code == 401  # somebody has it who should not,
    assert me(second["access_token"]).status_code == 401  # so nobody goes on with it
    third = server.login("ann")["access_token"]
    ended = httpx.post(f"{server.url}/auth/logout", headers={"Authorization": f"Bearer {third}"})
    assert (ended.status_code, me(third).status_code) == (204, 401)
    gone = httpx.post(f"{server.url}/threads", json={}, headers={"Authorization": f"Bearer {third}"})
    assert gone.status_code == 401


def test_an_editor_sees_the_stages_approves_and_gets_the_file(server: LangGraphServer) -> None:
    client = server.client("ann")
    thread = client.threads.create()["thread_id"]
    parts = list(client.runs.stream(thread, GRAPH, input=says(f"{TASK}: sales.xlsx"), stream_mode=["custom", "values"]))
    stages = [part.data["stage"] for part in parts if part.event == "custom" and part.data["event"] == "stage_ended"]
    assert [stage for stage in stages if not stage.startswith("review")] == ["retrieve", "clarify", "plan", "reflect"]
    (request,) = interrupts(client, thread)
    assert set(request) == {"action_requests", "review_configs"}
    assert request["review_configs"][0]["allowed_decisions"] == ["approve", "edit", "reject"]
    assert "E1" in request["action_requests"][0]["description"]
    before = results(server, "ann")

    ended = client.runs.wait(thread, GRAPH, command=APPROVE)
    assert ended["result"]["status"] == "done"
    assert "Готово." in ended["messages"][-1]["content"]
    (name,) = ended["result"]["files"]
    assert {server.books / name} == results(server, "ann") - before
    assert cells(str(server.books / name), "Продажи")["E1"] == "Выручка"

    sent = httpx.get(f"{server.url}/files/{name}", headers={"X-Api-Key": server.login("ann")["access_token"]})
    assert sent.content == (server.books / name).read_bytes()
    for other, status in (("bob", 404), ("root", 200)):
        token = server.login(other)["access_token"]
        got = httpx.get(f"{server.url}/files/{name}", headers={"Authorization": f"Bearer {token}"})
        assert got.status_code == status

    follow = client.runs.wait(thread, GRAPH, input=says("Ещё раз"))
    assert follow["messages"][-1]["type"] == "human"
    assert interrupts(client, thread)  # it goes on with the file that it has written, and asks again


def test_a_rejected_plan_and_a_malformed_answer_write_nothing(server: LangGraphServer) -> None:
    before = results(server, "bob")
    client, thread = paused(server, "bob")
    told = client.runs.wait(thread, GRAPH, command={"resume": "yes, do it"})
    assert "malformed" in told["messages"][-1]["content"]
    assert interrupts(client, thread)
    ended = client.runs.wait(thread, GRAPH, command={"resume": {"decisions": [{"type": "reject"}]}})
    assert ended["result"]["status"] == "rejected"
    assert results(server, "bob") == before


def test_a_new_message_gives_up_the_plan_that_waits(server: LangGraphServer) -> None:
    before = results(server, "bob")
    client, thread = paused(server, "bob")
    told = client.runs.wait(thread, GRAPH, input=says(f"Лучше так. {TASK}: sales.xlsx"))
    assert "given up" in told["messages"][-1]["content"]
    assert len(interrupts(client, thread)) == 1
    assert results(server, "bob") == before


def test_who_cancels_a_run_stops_it(server: LangGraphServer, model: ProtocolServer) -> None:
    asked, go_on, roles = threading.Event(), threading.Event(), by_role(OPENINGS, **GOOD)
    after: list[str] = []

    def slowly(request: Request) -> Reply:
        if go_on.is_set():
            after.append(request.text)
        elif re.search(OPENINGS["planner"], request.text):
            asked.set()
            go_on.wait(60)
        return roles(request)

    client = server.client("root")  # who is not asked: it would write at once
    thread = client.threads.create()["thread_id"]
    before = results(server, "root")
    model.answer_with(slowly)
    try:
        run = client.runs.create(thread, GRAPH, input=says(f"{TASK}: sales.xlsx"))
        assert asked.wait(60)
        client.runs.cancel(thread, run["run_id"], wait=True)
        go_on.set()
        told = client.runs.wait(thread, GRAPH, input=says("Сколько строк?", target="gone.xlsx"))
    finally:
        go_on.set()
        model.answer_with(roles)
    assert told["result"]["error"] == "NotServed"
    assert after == []  # no model was asked after that,
    assert results(server, "root") == before  # and nothing was written


def test_neither_user_reaches_the_others_threads(server: LangGraphServer) -> None:
    client, thread = paused(server, "ann")
    other = server.client("bob")
    mine = other.threads.create(metadata={"owner": "ann"})
    assert mine["metadata"]["owner"] == "bob"
    assert other.threads.update(mine["thread_id"], metadata={"owner": "ann"})["metadata"]["owner"] == "bob"
    threads = other.threads
    assert thread not in {found["thread_id"] for found in threads.search(limit=100)}
    assert thread not in {found["thread_id"] for found in threads.search(metadata={"owner": "ann"}, limit=100)}
    for call, given in (
        (threads.get, {}),
        (threads.get_state, {}),
        (threads.get_history, {}),
        (threads.update, {"metadata": {}}),
        (threads.update_state, {"values": {"task": "x"}}),
        (threads.delete, {}),
        (other.runs.list, {}),
        (other.runs.wait, {"assistant_id": GRAPH, "command": APPROVE}),
        (other.runs.create, {"assistant_id": GRAPH, "input": says("sales.xlsx")}),
    ):
        refused(404, call, thread, **given)
    refused(409, threads.create, thread_id=thread)
    refused(409, threads.copy, thread)
    before = results(server, "ann")
    spoofed = {"thread_id": thread, "checkpoint_ns": ""}
    for options in ({"checkpoint": spoofed}, {"config": {"configurable": {"thread_id": thread}}}):
        for sent in ({"command": APPROVE}, {"input": says("sales.xlsx")}):
            with suppress(APIStatusError):
                other.runs.wait(mine["thread_id"], GRAPH, raise_error=False, **sent, **options)
    assert results(server, "ann") == before
    assert len(interrupts(client, thread)) == 1  # it still waits for her
    assert client.threads.get(thread)["metadata"]["owner"] == "ann"
    refused(403, other.assistants.create, GRAPH)
    assert thread in {found["thread_id"] for found in server.client("root").threads.search(limit=100)}


@pytest.mark.parametrize("name", ["vic", "ann"])
def test_nothing_a_client_sends_widens_its_role(server: LangGraphServer, name: str) -> None:
    """A viewer writes nothing, and an editor nothing before they have approved it."""
    client = server.client(name)
    before = results(server, name)
    role = {"role": "admin", "approve": "never", "permissions": ["admin"]}
    for options in (
        {"config": {"configurable": role}},
        {"context": role},
        {"metadata": role},
        {"config": {"configurable": {"langgraph_auth_user_id": "root", "langgraph_auth_permissions": ["admin"]}}},
    ):
        thread = client.threads.create()["thread_id"]
        with suppress(UnprocessableEntityError):
            client.runs.wait(thread, GRAPH, input=says(f"{TASK}: sales.xlsx", **role), **options)
    forged = {"goto": "resume", "update": {"answer": APPROVE["resume"], "request": None, "result": {"status": "done"}}}
    thread = client.threads.create()["thread_id"]
    client.runs.wait(thread, GRAPH, input=says("sales.xlsx"))
    client.runs.wait(thread, GRAPH, command=forged)
    assert results(server, name) == before


def test_a_viewer_is_answered_and_asked_for_no_approval(server: LangGraphServer, model: ProtocolServer) -> None:
    total = {"why": "Итог", "action": "calculate", "options": ["formula==SUM('Продажи'!C2:C13)"]}
    client = server.client("vic")
    thread = client.threads.create()["thread_id"]
    model.answer_with(by_role(OPENINGS, **{**GOOD, "planner": plans(total), "executor": sums_up("Всего 78.")}))
    try:
        ended = client.runs.wait(thread, GRAPH, input={"task": "Сколько всего?", "target": "sales.xlsx"})
    finally:
        model.answer_with(by_role(OPENINGS, **GOOD))
    assert interrupts(client, thread) == []
    assert [found["rows"] for found in ended["result"]["calculations"]] == [[["78"]]]
    assert ended["messages"][-1]["content"] == "Всего 78."
    told = client.runs.wait(thread, GRAPH, input={"task": TASK, "target": "sales.xlsx"})
    assert told["result"]["status"] == "failed"  # there is no action for it that only reads
    assert not results(server, "vic")


def test_who_loses_a_role_does_not_write_what_was_planned_before(server: LangGraphServer) -> None:
    Users().add("eve", "editor", PASSWORD)
    client, thread = paused(server, "eve")
    Users().set_role("eve", "viewer")
    ended = client.runs.wait(thread, GRAPH, command=APPROVE)
    assert "more rights than a viewer has" in ended["messages"][-1]["content"]
    assert not results(server, "eve")
    Users().remove("eve")
    refused(401, client.threads.get, thread)


def test_an_administrator_is_asked_for_what_is_risky_only(server: LangGraphServer, model: ProtocolServer) -> None:
    client = server.client("root")
    thread = client.threads.create()["thread_id"]
    assert client.runs.wait(thread, GRAPH, input=says(f"{TASK}: sales.xlsx"))["result"]["status"] == "done"
    model.answer_with(by_role(OPENINGS, **{**GOOD, "planner": plans(OVERWRITING)}))
    try:
        thread = client.threads.create()["thread_id"]
        client.runs.wait(thread, GRAPH, input=says(f"{TASK}: sales.xlsx"))
        assert interrupts(client, thread)
    finally:
        model.answer_with(by_role(OPENINGS, **GOOD))


@pytest.mark.parametrize(
    "named",
    ["../secret.xlsx", "link.xlsx", "results/root/x.xlsx", f"https://docs.google.com/spreadsheets/d/{'a' * 44}"],
)
def test_only_what_is_served_is_opened(server: LangGraphServer, named: str) -> None:
    client = server.client("ann")
    for sent in (says("Что в таблице?", target=named), says(f"Что в таблице {named}?")):
        thread = client.threads.create()["thread_id"]
        ended = client.runs.wait(thread, GRAPH, input=sent)
        assert ended["result"]["error"] == "NotServed", ended["messages"][-1]["content"]
        assert str(server.folder) not in ended["messages"][-1]["content"]


def test_an_answer_counts_only_for_the_question_that_was_shown(server: LangGraphServer) -> None:
    client, thread = paused(server, "bob")
    before = results(server, "bob")
    shown = client.threads.get_state(thread)["checkpoint"]
    client.runs.wait(thread, GRAPH, command={"resume": {"decisions": [{"type": "reject", "message": "Иначе"}]}})
    client.runs.wait(thread, GRAPH, command=APPROVE, checkpoint=shown)
    assert results(server, "bob") == before or interrupts(client, thread) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_paused_run_survives_a_restart(server: LangGraphServer, how: signal.Signals) -> None:
    _, thread = paused(server, "ann")
    if how is signal.SIGKILL:  # the server's own record of threads is put down every ten seconds
        server.wait_for_its_record()
    server.restart(how)
    client = server.client("ann")
    assert len(interrupts(client, thread)) == 1
    before = results(server, "ann")
    ended = client.runs.wait(thread, GRAPH, command=APPROVE)
    assert ended["result"]["status"] == "done"
    (written,) = results(server, "ann") - before
    book = openpyxl.load_workbook(written)
    assert book["Продажи"]["E1"].value == "Выручка"

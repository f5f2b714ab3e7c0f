"""Unfinished runs in PostgreSQL: run where TEST_POSTGRES holds the address of a database that may be filled."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from protocol_server import ProtocolServer
from scenario import TASK, agent, cells, good_run, workbook

from sheets_agent import postgres, threads
from sheets_agent.checkpoints import DATABASE, checkpoints
from sheets_agent.errors import UsageError
from sheets_agent.graph import build_graph
from sheets_agent.state.done import Intent, Status

ADDRESS = os.environ.get("TEST_POSTGRES", "")
with_postgres = pytest.mark.skipif(not ADDRESS, reason="TEST_POSTGRES names no database")


def test_a_database_that_cannot_be_reached_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, "postgresql://agent:hunter2hunter2@127.0.0.1:9/x")
    with pytest.raises(UsageError, match="database cannot be used") as caught, checkpoints():
        pass
    assert "hunter2" not in str(caught.value)
    assert "SHEETS_AGENT_DATABASE" in caught.value.hint


@with_postgres
def test_tables_are_made_by_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_prepared", set())
    import psycopg

    with psycopg.connect(ADDRESS, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS sheets_agent_test CASCADE")
    failures: list[Exception] = []

    def prepare() -> None:
        try:
            postgres.prepare(ADDRESS, "sheets_agent_test")
        except Exception as error:
            failures.append(error)

    monkeypatch.setattr(postgres, "_preparing", threading.Semaphore(4))  # as four processes
    workers = [threading.Thread(target=prepare) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []


@with_postgres
def test_values_come_back_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, ADDRESS)
    kept = {"intent": Intent.QUESTION, "status": Status.DONE, "task": "a\0b", "dry_run": True, "sheet_id": None}
    with checkpoints() as saver:
        build_graph(saver).update_state(threads.config_of("aa"), kept, as_node="finish")
        values = build_graph(saver).get_state(threads.config_of("aa")).values
        saver.delete_thread("aa")
    assert values == kept
    assert values["intent"] is Intent.QUESTION
    assert values["status"] is Status.DONE


@with_postgres
def test_a_paused_run_waits_in_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openai_server: ProtocolServer
) -> None:
    monkeypatch.setenv(DATABASE, ADDRESS)
    openai_server.script(*good_run())
    result = agent(approve="always").run(workbook(tmp_path / "sales.xlsx"), TASK)
    assert result.status is Status.PAUSED
    with pytest.raises(UsageError, match="waits for an answer"):
        agent().follow(result.run_id, TASK)
    ended = agent(approve="always").resume(result.run_id, {"decisions": [{"type": "approve"}]})
    assert ended.status is Status.DONE
    assert cells(ended.files[0], "Продажи")["E1"] == "Выручка"
    assert agent().last_run() == result.run_id
    with checkpoints() as saver:
        assert len(list(saver.list(threads.config_of(result.run_id)))) == 2  # what the thread remembers, no more
        saver.delete_thread(result.run_id)

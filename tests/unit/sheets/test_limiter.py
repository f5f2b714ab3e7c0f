"""Staying inside a quota: so many calls in any minute, whatever the threads and clients."""

from __future__ import annotations

import threading

import httplib2
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sheets.limiter import WINDOW, Limiter, Window, limiter


@given(st.integers(1, 5), st.lists(st.floats(0, 40), max_size=40))
def test_no_minute_has_more_turns_than_allowed(limit: int, gaps: list[float]) -> None:
    now = [0.0]
    window = Window(limit, clock=lambda: now[0])
    turns = []
    for gap in gaps:
        now[0] += gap
        turns.append(now[0] + window.wait())
    assert turns == sorted(turns)
    assert all(later - earlier >= WINDOW - 1e-6 for earlier, later in zip(turns, turns[limit:], strict=False))


@given(st.integers(1, 5), st.lists(st.floats(0, 40), max_size=40))
def test_nobody_waits_longer_than_needed(limit: int, gaps: list[float]) -> None:
    now = [0.0]
    window = Window(limit, clock=lambda: now[0])
    turns: list[float] = []
    for gap in gaps:
        now[0] += gap
        turns.append(now[0] + window.wait())
        free = now[0] if len(turns) <= limit else max(now[0], turns[-1 - limit] + WINDOW)
        assert abs(turns[-1] - free) < 1e-6


def test_turns_taken_in_threads_are_all_counted() -> None:
    window = Window(50, clock=lambda: 0.0)
    waits: list[float] = []
    threads = [threading.Thread(target=lambda: waits.extend(window.wait() for _ in range(20))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [0.0] * 50 + [WINDOW] * 50


def test_clients_of_one_account_share_a_limiter_and_others_do_not() -> None:
    assert limiter("https://a", "me", 60, 60) is limiter("https://a", "me", 60, 60)
    assert limiter("https://a", "me", 60, 60) is not limiter("https://a", "you", 60, 60)


class Answering:
    def request(self, uri, method="GET", body=None, headers=None, **_):
        return httplib2.Response({"status": "200", "content-type": "application/json"}), b"{}"


def test_the_person_is_told_of_the_wait_and_reads_do_not_count_as_writes() -> None:
    told, slept = [], []
    shared = Limiter(2, 1)
    clients = [
        SheetsClient(Answering(), limiter=shared, sleep=slept.append, on_wait=lambda why, _: told.append(why))
        for _ in range(2)
    ]
    clients[0].get("x")
    clients[1].get("x")
    clients[0].batch_update("x", [])
    assert slept == []
    clients[1].batch_update("x", [])
    clients[0].get("x")
    assert told == ["Google allows 1 writes a minute.", "Google allows 2 reads a minute."]
    assert all(0 < seconds <= WINDOW for seconds in slept)

"""Asking in comments, against the local Sheets API over HTTP and in process."""

from __future__ import annotations

from typing import Any

import httplib2
import pytest

from sheets_agent.emulator.faults import Faults, parse_faults
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import FeedbackError
from sheets_agent.feedback.channel import Asked
from sheets_agent.feedback.comments import Comments
from sheets_agent.sheets.client import SheetsClient


def asked(cell: str = "", **changes: Any) -> Asked:
    return Asked(
        **{"id": "run1.question.ab.1", "kind": "question", "task": "Chart", "text": "Which?", "cell": cell, **changes}
    )


@pytest.fixture
def book(emulator: Any) -> tuple[SheetsClient, str]:
    client = SheetsClient(EmulatorHttp(emulator))
    identifier = client.create("Budget")["spreadsheetId"]
    client.batch_update(identifier, [{"addSheet": {"properties": {"sheetId": 7, "title": "Q1 2024"}}}])
    return client, identifier


def test_it_is_posted_once_answered_and_resolved(book: tuple[SheetsClient, str]) -> None:
    client, identifier = book
    channel = Comments(client.beside(), identifier)
    writes = client.writes
    reference = channel.post(asked("'Q1 2024'!C5"))
    assert channel.where(reference) == f"'Q1 2024'!C5 of {identifier}"
    assert Comments(client, identifier).post(asked("'Q1 2024'!C5")) == reference
    assert channel.replies(asked(), reference) == ()
    [thread] = client.comments(identifier)
    post = {"addCommentReply": {"commentId": thread["commentId"], "post": {"content": "Rome"}}}
    client.batch_update(identifier, [post])
    [reply] = channel.replies(asked(), reference)
    assert (reply.answer, reply.who) == ("Rome", "owner@example.com")
    channel.withdraw(asked(), reference)
    channel.withdraw(asked(), reference)
    [thread] = client.comments(identifier)
    assert (thread["status"], len(thread["replies"])) == ("RESOLVED", 2)
    assert client.writes == writes + 1, "only the person's own"


@pytest.mark.parametrize("cell", ["", "Gone!A1", "'Q1 2024'!A99999", "nonsense", "Sheet1"])
def test_a_cell_that_is_not_there_does_not_keep_it_from_asking(book: tuple[SheetsClient, str], cell: str) -> None:
    client, identifier = book
    assert Comments(client, identifier).post(asked(cell)).endswith(" Sheet1!A1")


def test_a_hidden_sheet_is_no_place_to_ask(book: tuple[SheetsClient, str]) -> None:
    client, identifier = book
    hide = {"updateSheetProperties": {"properties": {"sheetId": 0, "hidden": True}, "fields": "hidden"}}
    client.batch_update(identifier, [hide])
    assert Comments(client, identifier).post(asked()).endswith(" 'Q1 2024'!A1")


def test_somebody_elses_comment_with_the_same_ending_is_not_ours(book: tuple[SheetsClient, str]) -> None:
    client, identifier = book
    channel = Comments(client, identifier)
    insert = {"insertComment": {"content": "Mine (run1.question.ab.1)", "coordinate": {"sheetId": 0}}}
    client.batch_update(identifier, [insert])
    [thread] = client.comments(identifier)
    thread["headPost"]["author"]["me"] = False
    client.comments = lambda spreadsheet_id: [thread]  # type: ignore[method-assign]
    assert channel.post(asked()).partition(" ")[0] != thread["commentId"]


def test_an_answer_that_is_lost_makes_no_second_comment(emulator: Any) -> None:
    identifier = emulator.create("Budget").spreadsheet_id
    for number in range(1, 7):
        faults = Faults(emulator.handle, parse_faults(f"503-after@{number}"))
        with serve(emulator, handle=faults) as server:
            http = httplib2.Http()
            client = SheetsClient(http, endpoint=server.url, sleep=lambda seconds: None)
            one = asked(id=f"run{number}.question.ab.1")
            reference = Comments(client, identifier).post(one)
            assert Comments(client, identifier).post(one) == reference
            http.close()
        assert len(SheetsClient(EmulatorHttp(emulator)).comments(identifier)) == number


def test_what_google_refuses_is_the_channels_error(book: tuple[SheetsClient, str]) -> None:
    client, _ = book
    with pytest.raises(FeedbackError, match="comments of the spreadsheet cannot be used"):
        Comments(client, "1" + "x" * 43).post(asked())


def test_a_deleted_comment_is_said(book: tuple[SheetsClient, str]) -> None:
    client, identifier = book
    channel = Comments(client, identifier)
    reference = channel.post(asked())
    client.batch_update(identifier, [{"deleteComment": {"commentId": reference.partition(" ")[0]}}])
    with pytest.raises(FeedbackError, match="was deleted"):
        channel.replies(asked(), reference)
    channel.withdraw(asked(), reference)

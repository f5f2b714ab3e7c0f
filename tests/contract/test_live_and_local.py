"""The same checks on the local API and, with `-m live`, on a scratch Google spreadsheet.

Live: SHEETS_AGENT_LIVE_SPREADSHEET names a spreadsheet that may be written into; credentials are found as the program
finds them. The checks work on a sheet of their own and delete it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import InvalidRequest, SpreadsheetNotFound
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.draft import read_plan
from sheets_agent.sheets.client import SheetsClient

TITLE = "sheets-agent проверка"
LIVE = "SHEETS_AGENT_LIVE_SPREADSHEET"


@dataclass
class Place:
    client: SheetsClient
    spreadsheet_id: str
    sheet_id: int


def _local() -> tuple[SheetsClient, str]:
    client = SheetsClient(EmulatorHttp(Emulator()))
    return client, client.create("Scratch")["spreadsheetId"]


def _live() -> tuple[SheetsClient, str]:
    from sheets_agent.settings import load
    from sheets_agent.targets import open_target

    if LIVE not in os.environ:
        pytest.skip(f"{LIVE} names no spreadsheet")
    target = open_target(os.environ[LIVE], load())
    return target.client, target.spreadsheet_id


@pytest.fixture(params=["local", pytest.param("live", marks=pytest.mark.live)])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    client, spreadsheet_id = _local() if request.param == "local" else _live()
    reply = client.batch_update(spreadsheet_id, [{"addSheet": {"properties": {"title": TITLE}}}])
    sheet_id = reply["replies"][0]["addSheet"]["properties"]["sheetId"]
    rows = [["Регион", "Штук", "Цена"], ["Север", 4, 2.5], ["Юг", 2, 10], ["Север", 6, 1]]
    client.update_values(spreadsheet_id, f"'{TITLE}'!A1", rows)
    yield Place(client, spreadsheet_id, sheet_id)
    client.batch_update(spreadsheet_id, [{"deleteSheet": {"sheetId": sheet_id}}])


STEPS = [
    {"action": "write_cell", "target": f"'{TITLE}'!D1", "options": ["value=Сумма"]},
    {"action": "repeat_formula", "target": f"'{TITLE}'!D2:D4", "options": ["formula==B2*C2"]},
    {
        "action": "create_pivot",
        "target": f"'{TITLE}'!F1",
        "source": f"'{TITLE}'!A1:D4",
        "options": ["rows=Регион", "values=SUM of Сумма"],
    },
]


def test_a_plan_gives_the_cells_that_its_trial_on_a_copy_promised(place: Place) -> None:
    trial = Copies(place.client, place.spreadsheet_id).attempt(read_plan({"steps": STEPS}))
    assert trial.errors == ()
    place.client.batch_update(place.spreadsheet_id, [request for step in trial.requests for request in step])
    assert place.client.values(place.spreadsheet_id, f"'{TITLE}'!D1:D4") == [["Сумма"], ["10"], ["20"], ["6"]]
    pivot = place.client.values(place.spreadsheet_id, f"'{TITLE}'!F2:G4")
    assert pivot == [["Север", "16"], ["Юг", "20"], ["Grand Total", "36"]]


def test_a_batch_with_a_bad_request_changes_nothing_and_names_it(place: Place) -> None:
    title = {"updateSheetProperties": {"properties": {"sheetId": place.sheet_id, "title": "x"}, "fields": "title"}}
    with pytest.raises(InvalidRequest) as caught:
        place.client.batch_update(place.spreadsheet_id, [title, {"deleteSheet": {"sheetId": 2_000_000_001}}])
    assert caught.value.request_index == 1
    assert TITLE in [sheet.title for sheet in place.client.book(place.spreadsheet_id).sheets]


def test_cells_come_with_value_text_and_formula(place: Place) -> None:
    place.client.update_values(place.spreadsheet_id, f"'{TITLE}'!E2", [["=B2/0"], ["=C2*2"]])
    book = place.client.load(place.client.book(place.spreadsheet_id), [GridRange(place.sheet_id, 1, 3, 4, 5)])
    error, number = book.cell(place.sheet_id, 1, 4), book.cell(place.sheet_id, 2, 4)
    assert (str(error.value), error.text) == ("#DIV/0!", "#DIV/0!")
    assert (number.value, number.text, number.formula) == (5.0, "5", "=C2*2")


def test_a_spreadsheet_that_does_not_exist(place: Place) -> None:
    with pytest.raises(SpreadsheetNotFound):
        place.client.book("1" + "x" * 43)

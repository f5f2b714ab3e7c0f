"""Formulas worked out beside a spreadsheet."""

from __future__ import annotations

import pytest

from sheets_agent.actions.reading import Calculate
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.guard.check import Guard
from sheets_agent.planners.calculation import calculate
from sheets_agent.sheets.client import SheetsClient


@pytest.mark.parametrize(
    ("formula", "rows", "left_out"),
    [
        ("=SEQUENCE(200,2)", 200, ""),
        ("=SEQUENCE(201,2)", 200, "only the first 200 of 201 rows and the first 2 of 2 columns are here"),
        ("=1+1", 1, ""),
    ],
)
def test_what_is_left_out_of_a_large_result_is_said(formula: str, rows: int, left_out: str) -> None:
    client = SheetsClient(EmulatorHttp(Emulator()))
    spreadsheet_id = client.create("Book")["spreadsheetId"]
    found = calculate(client.scratch(spreadsheet_id), spreadsheet_id, Calculate(formula=formula), Guard())
    assert (len(found.rows), found.left_out, found.error) == (rows, left_out, "")

"""What a finished run shows in a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheets_agent.demo.workbook import write_demo_workbook
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import ActionError
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.done import Status
from sheets_agent.state.result import RunResult
from sheets_agent.viewing import View, shown

RESULT = RunResult(run_id="1", task="t", status=Status.DONE, summary="Wrote <b>two</b> cells.")


def test_a_spreadsheet_that_is_gone_does_not_hide_the_summary() -> None:
    view = View(SheetsClient(EmulatorHttp(Emulator())), "1gone", ("Sheet1!A1",))
    shown = view.html(RESULT)
    assert "Wrote &lt;b&gt;two&lt;/b&gt; cells." in shown
    assert "1gone" in shown


def test_written_cells_that_were_deleted_since_are_left_out() -> None:
    emulator = Emulator()
    client = SheetsClient(EmulatorHttp(emulator))
    spreadsheet_id = emulator.create().spreadsheet_id
    client.update_values(spreadsheet_id, "A1", [["kept"]])
    shown = View(client, spreadsheet_id, ("Sheet1!A1", "Sheet1!A5000", "Gone!A1")).html(RESULT)
    assert "kept" in shown
    assert shown.count("<table") == 1


def test_parts_of_any_spreadsheet_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "sales.xlsx"
    write_demo_workbook(path)
    html = shown(path, "Orders!A3:I4", "'Справочник'!A3:C3")._repr_html_()
    assert html.count("<table") == 2
    assert "Unit price" in html
    assert "100.20" in html
    assert "EX-1002" not in html
    with pytest.raises(ActionError, match="Gone"):
        shown(path, "Gone!A1")

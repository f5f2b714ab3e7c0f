"""LibreOffice opens the files that are written here, whatever they hold together, and shows the same literals."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings

sys.path += [str(Path(__file__).parents[2] / "benchmarks"), str(Path(__file__).parents[1] / "unit" / "emulator")]
from libreoffice import LibreOffice, program
from test_xlsx_in_out_in import workbooks

from sheets_agent.emulator.files import save_file
from sheets_agent.emulator.workbook import Workbook

pytestmark = pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(workbooks())
def test_libreoffice_opens_what_is_written(tmp_path: Path, made: Workbook) -> None:
    save_file(made, tmp_path / "book.xlsx")
    converted = LibreOffice(tmp_path).calculated(tmp_path / "book.xlsx", tmp_path / "out")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers that are no dates and shown as such
        book = openpyxl.load_workbook(converted, data_only=True)
    assert book.sheetnames == [sheet.title for sheet in made.sheets]
    for sheet in made.sheets:
        shown = book[sheet.title]
        assert len(shown.tables) == len(sheet.list("tables"))
        assert len(shown._charts) == len(sheet.list("charts"))
        numbers = {
            (row, column): cell.value
            for row, column, cell in sheet.cells()
            if isinstance(cell.value, float) and "numberFormat" not in (cell.format or {})
        }
        found = {place: shown.cell(place[0] + 1, place[1] + 1).value for place in numbers}
        assert found == pytest.approx(numbers)

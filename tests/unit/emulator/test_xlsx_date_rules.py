"""Rules for dates through a file: bounds that are days, formulas, or nothing that is a day."""

from pathlib import Path

import pytest
from engine_book import Book

from sheets_agent.emulator.files import open_file, save_file


@pytest.mark.parametrize(
    "bounds", [["2020-01-01", "2020-02-01"], ["=A1", "2020-02-01"], ["b,c", "2020-02-01"], ["", "2020-02-01"]]
)
def test_rules_for_dates_survive_a_file(bounds: list[str], tmp_path: Path) -> None:
    values = [{"userEnteredValue": one} for one in bounds]
    rule = {"condition": {"type": "DATE_BETWEEN", "values": values}, "strict": True}
    book = Book()
    book.put("A2", 1, validation=rule)
    save_file(book.workbook, tmp_path / "rules.xlsx")
    again = open_file(tmp_path / "rules.xlsx").workbook.sheets[0].cell(1, 0).validation
    if all(bounds):
        assert again == rule

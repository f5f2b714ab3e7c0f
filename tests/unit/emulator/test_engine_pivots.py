from typing import Any

import pytest
from engine_book import DATA, Book

from sheets_agent.emulator.requests.sizing import make_room_for_pivots
from sheets_agent.emulator.workbook import Cell
from sheets_agent.formulas.values import ErrorValue


def by_region(last_column: int = 3, **more: Any) -> dict[str, Any]:
    return {
        "source": {
            "sheetId": 0,
            "startRowIndex": 0,
            "endRowIndex": 5,
            "startColumnIndex": 0,
            "endColumnIndex": last_column,
        },
        "rows": [{"sourceColumnOffset": 1, "showTotals": True, "sortOrder": "ASCENDING"}],
        "values": [{"sourceColumnOffset": 2, "summarizeFunction": "SUM"}],
        **more,
    }


def pivoted(spec: dict[str, Any], anchor: tuple[int, int] = (0, 0)) -> Book:
    book = Book(titles=("Data", "Pivot"))
    book.put_rows("A1", DATA)
    book.workbook.set_cell(book.workbook.sheets[1], *anchor, Cell(pivot=spec))
    return book


def test_a_pivot_table_shows_its_cells_and_formulas_read_them() -> None:
    book = pivoted(by_region())
    book.put("Pivot!E1", "=SUM(B2:B4)")
    assert book.rectangle("Pivot!A2:B5") == [["East", 4.5], ["North", 4.0], ["West", 20.0], ["Grand Total", 28.5]]
    assert book.value("Pivot!E1") == 28.5
    book.put("Data!C2", 100)
    assert book.value("Pivot!B2") == 103.0
    assert book.value("Pivot!E1") == 127.0


def test_a_pivot_table_reads_formulas_that_read_another_pivot_table() -> None:
    book = pivoted(by_region())
    book.put("Data!C2", "=Pivot!I2")
    second = by_region(rows=[{"sourceColumnOffset": 0, "showTotals": False, "sortOrder": "ASCENDING"}])
    second["source"] = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 3, "endColumnIndex": 4}
    second["rows"] = []
    second["values"] = [{"sourceColumnOffset": 0, "summarizeFunction": "MAX"}]
    book.workbook.set_cell(book.workbook.sheets[1], 0, 8, Cell(pivot=second))
    assert book.value("Pivot!I2") == 45292.0
    assert book.value("Pivot!B2") == 45295.0


def test_a_pivot_table_overwrites_nothing() -> None:
    book = pivoted(by_region())
    book.put("Pivot!B3", "mine")
    message = "The pivot table was not expanded because it would overwrite data in B3."
    assert book.value("Pivot!A1") == ErrorValue("REF", message)
    assert book.rectangle("Pivot!A2:B3") == [[None, None], [None, "mine"]]
    book.put("Pivot!B3", None)
    assert book.value("Pivot!B3") == 4.0


def test_a_pivot_table_leaves_nothing_behind() -> None:
    book = pivoted(by_region())
    assert book.value("Pivot!A5") == "Grand Total"
    book.workbook.set_cell(book.workbook.sheets[1], 0, 0, Cell())
    assert book.workbook.extent(book.workbook.sheets[1]) == (0, 0)


def test_a_fork_draws_its_own_pivot_table() -> None:
    book = pivoted(by_region())
    assert book.value("Pivot!B2") == 4.5
    fork = book.fork()
    fork.put("Data!C2", 11.5)
    assert (fork.value("Pivot!B2"), book.value("Pivot!B2")) == (14.5, 4.5)


def test_a_pivot_table_keeps_the_number_format_of_its_source() -> None:
    book = pivoted(by_region())
    money = {"numberFormat": {"type": "CURRENCY", "pattern": "#,##0.00"}}
    for row in range(2, 6):
        book.put(f"Data!C{row}", 5, format=money)
    book.put("Pivot!E1", "=B2")
    assert book.format("Pivot!B2") == money["numberFormat"]
    assert book.format("Pivot!E1") == money["numberFormat"]


def test_a_pivot_table_that_does_not_fit_gets_room() -> None:
    book = pivoted(by_region(), (996, 24))
    sheet = book.workbook.sheets[1]
    size = sheet.row_count, sheet.column_count
    too_large = ErrorValue("REF", "Result was not automatically expanded, please insert more rows or columns.")
    assert book.value("Pivot!Y997") == too_large
    fork = book.fork()
    make_room_for_pivots(book.workbook)
    assert (sheet.row_count, sheet.column_count) == (max(size[0], 1001), max(size[1], 26))
    assert book.rectangle("Pivot!Y997:Z1001")[-1] == ["Grand Total", 28.5]
    assert fork.value("Pivot!Y997") == too_large
    make_room_for_pivots(book.workbook)
    assert sheet.row_count == max(size[0], 1001)


def test_pivot_tables_draw_over_no_cell_and_not_over_one_another() -> None:
    book = pivoted(by_region())
    second = book.workbook.sheets[1]
    book.workbook.set_cell(second, 2, 1, Cell(pivot=by_region()))
    blocked = book.value("Pivot!A1")
    assert isinstance(blocked, ErrorValue)
    assert blocked.type == "REF"
    assert book.rectangle("Pivot!B3:C7")[-1] == ["Grand Total", 28.5]


def test_a_pivot_table_that_would_read_itself_is_an_error() -> None:
    book = pivoted(by_region())
    book.workbook.set_cell(book.workbook.sheets[0], 1, 5, Cell(pivot=by_region(last_column=6)))
    assert book.value("Data!F2") == ErrorValue("REF", "Circular dependency detected.")
    assert book.rectangle("Data!F3:G4") == [[None, None], [None, None]]


PAIRED = {
    "rows": [
        {"sourceColumnOffset": 1, "showTotals": True, "sortOrder": "ASCENDING"},
        {"sourceColumnOffset": 0, "showTotals": True, "sortOrder": "ASCENDING"},
    ],
    "values": [
        {"sourceColumnOffset": 2, "summarizeFunction": "SUM"},
        {"sourceColumnOffset": 2, "summarizeFunction": "COUNTA", "name": "How many"},
    ],
}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('"SUM of price",A1', 28.5),
        ('"sum of price",B3,"Region","east"', 4.5),
        ('"SUM of price",A1,"name","pad","region","East"', 3.0),
        ('"How many",A1,"region","East"', 2.0),
        ('"How many"&"",A1,"region",Data!B3', 1.0),
        ('"MAX of price",A1', "REF"),
        ('"SUM of price",A1,"region","South"', "REF"),
        ('"SUM of price",A1,"name","pad","region","West"', "REF"),
        ('"SUM of price",A1,"done",TRUE', "REF"),
        ('"SUM of price",Z50', "REF"),
        ('"SUM of price",A1,"region"', "N_A"),
        ('"SUM of price",A1,"name","pad"', "ERROR"),
    ],
)
def test_a_formula_asks_a_pivot_table(arguments: str, expected: float | str) -> None:
    book = pivoted(by_region(5, **PAIRED))
    book.put("Pivot!H1", f"=GETPIVOTDATA({arguments})")
    value = book.value("Pivot!H1")
    assert (value.type if isinstance(value, ErrorValue) else value) == expected


def test_what_was_asked_follows_the_pivot_table() -> None:
    columns = [{"sourceColumnOffset": 4, "showTotals": False, "sortOrder": "ASCENDING"}]
    book = pivoted(by_region(5, columns=columns))
    book.put("Data!H1", '=GETPIVOTDATA("SUM of price",Pivot!A1,"region","East","done",TRUE)+1')
    book.put("Data!H2", '=GETPIVOTDATA("SUM of price",Pivot!A1,"region","East")')
    assert book.value("Data!H1") == 5.5
    shown = book.value("Data!H2")
    assert isinstance(shown, ErrorValue)
    assert shown.not_calculated
    fork = book.fork()
    fork.put("Data!C2", 100)
    assert (book.value("Data!H1"), fork.value("Data!H1")) == (5.5, 104.0)
    fork.workbook.set_cell(fork.workbook.sheets[1], 0, 0, Cell())
    assert fork.value("Data!H1") == ErrorValue("REF", "Function GETPIVOTDATA found no such value in a pivot table.")


def test_a_text_of_a_pivot_table_is_read_as_a_number() -> None:
    book = pivoted(by_region())
    book.workbook.properties = {**book.workbook.properties, "locale": "ru_RU"}
    book.put("Pivot!E1", "=A2*2")
    assert str(book.value("Pivot!E1")) == "#VALUE!"
    for row, region in enumerate(["1,5", "2,5", "3,5", "4,5"], 2):
        book.put(f"Data!B{row}", region)
    assert book.value("Pivot!A2") == "1,5"
    assert book.value("Pivot!E1") == 3.0

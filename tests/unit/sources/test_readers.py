"""What each reader makes of a document of its kind."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import openpyxl
import pytest
from documents import only, pdf, sources, written
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.actions.literals import entered
from sheets_agent.sources.cells import cleaned, of_text, of_value


def test_tables_of_a_pdf_have_their_pages(tmp_path: Path) -> None:
    first, second = [["Region", "Sales"], ["North", "1,234.50"]], [["Day", "Share"], ["01/31/2024", "12.5%"]]
    found = sources(pdf(tmp_path / "report.pdf", [], [first, second], [first])).tables
    assert [table.id for table in found] == ["report.p2.t1", "report.p2.t2", "report.p3.t1"]
    assert found[0].name == "report.pdf, page 2, table 1"
    assert found[0].columns == ("Region", "Sales")
    assert found[0].rows == (("'North", "1234.5"),)
    assert found[1].rows == (("2024-01-31", "12.5%"),)


def test_a_header_of_merged_cells_names_every_column(tmp_path: Path) -> None:
    document = FPDF()
    document.set_font("Helvetica")
    document.add_page()
    with document.table(num_heading_rows=2) as table:
        row = table.row()
        row.cell("Region", rowspan=2)
        row.cell("2024", colspan=2)
        row.cell("Note", rowspan=2)
        table.row(["Plan", "Fact"])
        table.row(["North", "1", "2", "x"])
        table.row(["South", "3", "4", ""])
    document.output(str(tmp_path / "report.pdf"))
    found = only(tmp_path / "report.pdf")
    assert found.columns == ("Region", "2024 / Plan", "2024 / Fact", "Note")
    assert found.rows == (("'North", "1", "2", "'x"), ("'South", "3", "4", ""))


def test_a_russian_text_table(tmp_path: Path) -> None:
    text = "Товар;Цена;Код;Дата\nМёд;1 234,50;0042;31.01.2024\nЧай;99,9;12345678901234567;5.1\n"
    found = only(written(tmp_path / "prices.csv", text.encode("cp1251")))
    assert found.id == "prices"
    assert found.locale == "ru_RU"
    assert found.rows == (
        ("'Мёд", "1234.5", "'0042", "2024-01-31"),
        ("'Чай", "99.9", "'12345678901234567", "'5.1"),
    )


@pytest.mark.parametrize(("locale", "value"), [("en_US", "1234"), ("ru_RU", "1.234"), ("de_DE", "1.234")])
def test_where_a_document_does_not_tell_the_locale_of_the_spreadsheet_counts(
    tmp_path: Path, locale: str, value: str
) -> None:
    table = only(written(tmp_path / "a.tsv", "Name\tSum\na\t1,234\n"), locale=locale)
    assert table.rows == (("'a", value),)
    assert table.locale == locale


def test_a_document_that_tells_is_read_its_own_way(tmp_path: Path) -> None:
    german = only(written(tmp_path / "a.csv", "Sum;Other\n1.234;5,5\n"), locale="en_US")
    assert german.rows == (("1234", "5.5"),)
    english = only(written(tmp_path / "b.csv", 'Sum;Other\n"1,234";5.5\n'), locale="ru_RU")
    assert english.rows == (("1234", "5.5"),)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-cmd|x", "@SUM(1)", "'=1", "0042", "+79990000000", "1-2", "May 5", "12E3"]
)
def test_what_is_no_number_stays_the_text_it_is(tmp_path: Path, text: str) -> None:
    assert only(written(tmp_path / "a.csv", f"a,b\n{text},1\n")).rows == ((f"'{text}", "1"),)


def test_duplicate_and_blank_headers_get_names(tmp_path: Path) -> None:
    found = only(written(tmp_path / "a.csv", "Sum,,Sum,sum\nx,y,z,w\n1,2,3,4\n"))
    assert found.columns == ("Sum", "column 2", "Sum (2)", "sum (3)")
    assert found.cells(["sum (3)", "column 2"], header=True)[0] == ["'sum", ""]


def test_a_table_of_numbers_has_no_header(tmp_path: Path) -> None:
    found = only(written(tmp_path / "a.csv", "1,2\n3,4\n"))
    assert found.header == ()
    assert found.columns == ("column 1", "column 2")
    assert found.cells([], header=True) == [["1", "2"], ["3", "4"]]


def test_a_workbook_gives_what_its_cells_show(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "May"
    for row in (["Sales of May"], ["Name", "Sum", "Day", "Share"], ["a", 1.5, datetime.date(2024, 1, 2), 0.25]):
        sheet.append(row)
    sheet["D3"].number_format = "0%"
    sheet.append(["007", "=B3*2", None, True])
    book.create_sheet("Two words").append([1, 2])
    book["Two words"].sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")
    found = sources(tmp_path / "book.xlsx")
    may, two = found.tables
    assert (may.id, may.name, may.caption) == ("book.May", "book.xlsx, sheet “May”", "Sales of May")
    assert may.columns == ("Name", "Sum", "Day", "Share")
    assert may.rows == (("'a", "1.5", "2024-01-02", "25%"), ("'007", "3", "", "TRUE"))
    assert two.id == "book.Two_words"
    assert found.notes == ("book.xlsx: the sheet “Two words” is hidden.",)


def test_json_has_types_of_its_own(tmp_path: Path) -> None:
    content = {
        "orders": [
            {"id": 1, "who": {"name": "A", "x": {"deep": 1}}, "on": "2024-01-02", "code": "7", "paid": True},
            {"id": 12345678901234567890, "sum": 0.30000000000000004, "tags": [1, "a"], "on": None},
        ],
        "rows": [["a", "b"], [1, 2]],
        "title": "no table",
    }
    orders, rows = sources(written(tmp_path / "data.json", json.dumps(content))).tables
    assert orders.columns == ("id", "who.name", "who.x", "on", "code", "paid", "sum", "tags")
    assert orders.rows[0] == ("1", "'A", '\'{"deep": 1}', "2024-01-02", "'7", "TRUE", "", "")
    assert orders.rows[1] == ("'12345678901234567890", "", "", "", "", "", "0.30000000000000004", '\'[1, "a"]')
    assert (rows.id, rows.columns, rows.rows) == ("data.rows", ("a", "b"), (("1", "2"),))


def test_tables_of_a_markdown_document_stand_under_headings(tmp_path: Path) -> None:
    text = """# One
| a | b |
|---|--:|
| x\\|y | **1,5** |
| z | 2 | surplus |
```
| no | table |
|---|---|
```
## Two
a | b
- | -
`q` | 31.12.2024

| no | delimiter |
| 1 | 2 |
"""
    one, two = sources(written(tmp_path / "notes.md", text)).tables
    assert (one.id, one.caption, one.columns) == ("notes.t1", "One", ("a", "b"))
    assert one.rows == (("'x|y", "1.5"), ("'z", "2"))
    assert (two.caption, two.rows) == ("Two", (("'q", "2024-12-31"),))


def test_ids_are_different_whatever_the_files_are_called(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    paths = [
        written(tmp_path / "a b.csv", "x\n1\n"),
        written(tmp_path / "a_b.csv", "x\n1\n"),
        written(tmp_path / "b" / "A b.csv", "x\n1\n"),
    ]
    found = sources(*paths, paths[0])
    assert [table.id for table in found.tables] == ["a_b", "a_b~2", "A_b~3"]
    assert found.find("A_B~2") is found.tables[1]
    assert found.find(" “a_b.csv” ") is found.tables[1]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("$5.50", "5.5 $"),
        ("R$ 5.50", ("5.5", "'R$ 5.50")),
        ("(1,234.50)", ("-1234.5", "'(1,234.50)")),
        ("1.5E+10", "15000000000"),
        ("12.50%", "12.5%"),
        ("2024-01-31 10:30", "2024-01-31 10:30:00"),
        ("31.02.2024", "'31.02.2024"),
    ],
)
def test_money_and_moments(text: str, cell: str | tuple[str, ...]) -> None:
    assert of_text(text, "en_US") in ((cell,) if isinstance(cell, str) else cell)


@pytest.mark.parametrize(
    ("text", "locale"),
    [("12345678901234567,89", "de_DE"), ("1,234,567,890,123,456,789", "en_US"), ("$1234567890123456.5", "en_US")],
)
def test_digits_that_a_cell_would_lose_stay_in_a_text(tmp_path: Path, text: str, locale: str) -> None:
    assert of_text(text, locale) == f"'{text}"
    found = only(written(tmp_path / "a.json", '[{"a": 12345678901234567.89, "b": 1.5E+20}]'))
    assert found.rows == (("'12345678901234567.89", "1.5E+20"),)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_the_same_number_in_the_spreadsheet(number: float) -> None:
    for locale in ("en_US", "ru_RU"):
        assert entered(of_value(number, None), locale).value == {"numberValue": number}


@given(st.text(max_size=40), st.sampled_from(["en_US", "ru_RU", "de_DE"]))
def test_whatever_a_text_is_it_never_becomes_a_formula_and_no_other_text(text: str, locale: str) -> None:
    cell = of_text(text, locale)
    value = entered(cell, "ru_RU", formulas=False).value
    assert "formulaValue" not in value
    if "stringValue" in value:
        assert value["stringValue"] == cleaned(text)

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sheets_agent.a1 import GridRange, column_letters, parse_a1
from sheets_agent.emulator.entry import parse
from sheets_agent.emulator.number_format import render
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.sheets.book import Book, CellView, SheetInfo
from sheets_agent.stages.regions import describe_sheet
from sheets_agent.stages.sampling import first_ranges
from sheets_agent.state.described import Region, SheetDescription

Cells = dict[tuple[int, int], CellView]
BOLD = {"textFormat": {"bold": True}}


def view(typed: str | float | ErrorValue | CellView) -> CellView:
    """A cell as it looks after typing; “=formula → value” is a formula with its value."""
    if isinstance(typed, CellView):
        return typed
    if not isinstance(typed, str):
        return CellView(typed, render(typed, None, "en_US"))
    formula, arrow, result = typed.partition(" → ")
    entry = parse(result if arrow else typed, "en_US")
    value: Value = entry.value
    return CellView(
        value,
        render(value, entry.number_format, "en_US"),
        formula if arrow else None,
        entry.number_format,
    )


def block(top_left: str, rows: Sequence[Sequence[str | float | ErrorValue | CellView]]) -> Cells:
    corner = parse_a1(top_left)
    top, left = corner.start_row or 0, corner.start_column or 0
    return {
        (top + row, left + column): view(typed)
        for row, line in enumerate(rows)
        for column, typed in enumerate(line)
        if typed != ""
    }


class Loader:
    """A spreadsheet with one sheet that counts what is read of it."""

    def __init__(self, cells: Cells, rows: int = 1000, columns: int = 26, **info: Any) -> None:
        self.sheet = SheetInfo(7, info.pop("title", "Data"), 0, rows, columns, **info)
        self.book = Book("id", "Test", "en_US", "Etc/GMT", (self.sheet,))
        self.all = cells
        self.calls = 0
        self.cells_read = 0

    def __call__(self, ranges: Sequence[GridRange]) -> Book:
        self.calls += 1
        found = dict(self.book.cells)
        for area in map(self.book.clipped, ranges):
            self.cells_read += area.cells
            for row in range(area.start_row or 0, area.end_row or 0):
                for column in range(area.start_column or 0, area.end_column or 0):
                    if (row, column) in self.all:
                        found[7, row, column] = self.all[row, column]
        self.book = replace(self.book, cells=found, loaded=(*self.book.loaded, *ranges))
        return self.book

    def describe(self, budget: int = 400) -> SheetDescription:
        return describe_sheet(self.sheet, self, budget)


def regions(*blocks: Cells, **options: Any) -> tuple[Region, ...]:
    return Loader({place: cell for cells in blocks for place, cell in cells.items()}, **options).describe().regions


SALES = [
    ["Date", "Region", "Units", "Price"],
    ["2024-01-05", "North", "12", "$9.50"],
    ["2024-01-06", "South", "7", "$10.00"],
    ["2024-01-07", "North", "3", "$9.75"],
]


# ------------------------------------------------------------------------------------------------------- simplest cases


def test_an_empty_sheet_has_no_regions() -> None:
    described = Loader({}).describe()
    assert described.regions == ()
    assert described.notes == ()


def test_a_sheet_without_a_grid_is_not_read() -> None:
    loader = Loader({}, rows=0, columns=0)
    assert loader.describe().regions == ()
    assert loader.calls == 0


def test_one_cell_is_text() -> None:
    (region,) = regions(block("C4", [["Hello"]]))
    assert (region.kind, region.range, region.rows) == ("text", "Data!C4", (("4", "Hello"),))


def test_a_table() -> None:
    (region,) = regions(block("B3", SALES))
    assert (region.kind, region.range, region.header_row) == ("table", "Data!B3:E6", 3)
    assert [(column.letter, column.header, column.type) for column in region.columns] == [
        ("B", "Date", "date"),
        ("C", "Region", "text"),
        ("D", "Units", "number"),
        ("E", "Price", "number"),
    ]
    assert region.columns[0].number_format == "yyyy-mm-dd"
    assert region.columns[3].number_format == "[$$]#,##0.00"
    assert region.columns[1].samples == ("North", "South")
    assert region.rows == (
        ("4", "2024-01-05", "North", "12", "$9.50"),
        ("5", "2024-01-06", "South", "7", "$10.00"),
        ("6", "2024-01-07", "North", "3", "$9.75"),
    )
    assert region.not_shown == ""


def test_cyrillic_sheet_and_headers() -> None:
    rows = [["Товар", "Цена"], ["Чай", 120.0], ["Кофе", 340.5]]
    (region,) = regions(block("A1", rows), title="Продажи 2024")
    assert region.range == "'Продажи 2024'!A1:B3"
    assert [column.header for column in region.columns] == ["Товар", "Цена"]


# --------------------------------------------------------------------------------------------------------------- places


def test_two_tables_side_by_side() -> None:
    found = regions(block("A1", SALES), block("F1", [["Name", "Age"], ["Ann", 30.0], ["Bob", 41.0]]))
    assert [region.range for region in found] == ["Data!A1:D4", "Data!F1:G3"]
    assert [region.header_row for region in found] == [1, 1]


def test_two_tables_stacked() -> None:
    found = regions(block("A1", SALES), block("A7", [["Name", "Age"], ["Ann", 30.0], ["Bob", 41.0]]))
    assert [region.range for region in found] == ["Data!A1:D4", "Data!A7:B9"]
    assert [region.header_row for region in found] == [1, 7]


def test_a_title_above_a_table() -> None:
    title, table = regions(block("A1", [["Sales of the first quarter"]]), block("A2", SALES))
    assert (title.kind, title.range) == ("text", "Data!A1")
    assert (table.kind, table.range, table.header_row) == ("table", "Data!A2:D5", 2)


def test_a_merged_title_above_a_header_that_waits_for_data() -> None:
    cells = block("A1", [["Expected outcome"], ["Category", "Activity", "Owner"]])
    title, table = regions(cells, merges=(GridRange(7, 0, 1, 0, 3),))
    assert (title.kind, title.range) == ("text", "Data!A1")
    assert (table.range, table.header_row, table.rows) == ("Data!A2:C2", 2, ())
    assert [column.type for column in table.columns] == ["empty"] * 3


def test_a_blank_row_inside_a_table_does_not_end_it() -> None:
    found = regions(block("A1", SALES), block("A6", [["2024-01-08", "West", "4", "$8.00"]]))
    assert [region.range for region in found] == ["Data!A1:D6"]


def test_a_total_below_a_blank_row_is_not_part_of_the_table() -> None:
    rows = [
        ["Order", "Qty", "Price", "Sum"],
        *[[f"EX-{n}", n, 2.5, f"=B{n + 1}*C{n + 1} → {2.5 * n}"] for n in range(1, 8)],
    ]
    total = block("C10", [["Total", "=SUM(D2:D8) → 70"]])
    found = regions({**block("A1", rows), **total})
    assert [region.range for region in found] == ["Data!A1:D8", "Data!C10:D10"]


def test_a_title_merged_over_a_table_that_a_side_note_makes_wider() -> None:
    cells = {
        **block("C1", [["Count of categories"], ["Category", "5:00", "5:30"], ["One"], ["Two"], ["Three"]]),
        **block("A4", [["fill in"]]),
    }
    title, table = regions(cells, merges=(GridRange(7, 0, 1, 2, 5), GridRange(7, 3, 5, 0, 2)))
    assert (title.kind, title.range) == ("text", "Data!C1")
    assert (table.kind, table.header_row) == ("table", 2)
    assert [column.header for column in table.columns] == ["", "", "Category", "5:00", "5:30"]


def test_a_header_of_two_rows_with_merged_groups() -> None:
    cells = block("A1", [["Region", "2023", "", "2024", ""], ["", "Plan", "Fact", "Plan", "Fact"]])
    cells |= block("A3", [["North", 1.5, 2.0, 3.0, 4.0], ["South", 2.5, 3.0, 4.0, 5.5]])
    merges = (GridRange(7, 0, 2, 0, 1), GridRange(7, 0, 1, 1, 3), GridRange(7, 0, 1, 3, 5))
    (region,) = regions(cells, merges=merges)
    assert (region.range, region.header_row) == ("Data!A1:E4", 2)
    assert [column.header for column in region.columns] == [
        "Region", "2023 / Plan", "2023 / Fact", "2024 / Plan", "2024 / Fact",
    ]  # fmt: skip


def test_what_stands_above_the_header_is_a_region_of_its_own() -> None:
    cells = block("A1", [["Rate", "", 70.0, ""], ["Country", "City", "Sales", "Units"], ["India", "Pune", 5.0, 6.0]])
    found = regions(cells)
    assert [(region.range, region.header_row) for region in found] == [("Data!A1:C1", None), ("Data!A2:D3", 2)]


# -------------------------------------------------------------------------------------------------------------- headers


def test_duplicate_and_blank_headers_are_kept_as_they_are() -> None:
    (region,) = regions(block("A1", [["Sum", "", "Sum"], [1.0, 2.0, 3.5], [4.0, 5.0, 6.5]]))
    assert region.header_row == 1
    assert [column.header for column in region.columns] == ["Sum", "", "Sum"]


def test_numbers_without_names() -> None:
    (region,) = regions(block("A1", [[1.5, 2.0], [7.25, 8.0], [9.5, 1.0]]))
    assert region.header_row is None
    assert len(region.rows) == 3


def test_years_name_columns() -> None:
    (region,) = regions(block("A1", [["Item", 2023.0, 2024.0], ["Rent", 10.0, 12.0], ["Food", 20.0, 25.0]]))
    assert region.header_row == 1
    assert [column.header for column in region.columns] == ["Item", "2023", "2024"]


def test_months_as_dates_name_columns() -> None:
    rows = [["Item", "2024-01-01", "2024-02-01"], ["Rent", 10.0, 12.0], ["Food", 20.0, 25.0]]
    (region,) = regions(block("A1", rows))
    assert region.header_row == 1


def test_a_row_of_texts_and_dates_above_the_same_is_data() -> None:
    rows = [["Ann", "2024-01-05", 5.5], ["Bob", "2024-01-06", 6.5], ["Cid", "2024-01-07", 7.5]]
    (region,) = regions(block("A1", rows))
    assert region.header_row is None


def test_codes_above_codes_are_data() -> None:
    (region,) = regions(block("A1", [["AB-01", "x"], ["AB-02", "y"], ["CD-03", "z"], ["CD-04", "z"]]))
    assert region.header_row is None


# --------------------------------------------------------------------------------------------------------- dictionaries


def test_a_vertical_dictionary() -> None:
    rows = [["Tax rate", "20%"], ["Start", "2024-01-05"], ["Company", "ACME"], ["Staff", 12.0]]
    (region,) = regions(block("H2", rows))
    assert (region.kind, region.range, region.header_row) == ("dictionary", "Data!H2:I5", None)
    assert region.rows[0] == ("2", "Tax rate", "20%")


def test_a_vertical_dictionary_with_a_header() -> None:
    rows = [["Параметр", "Значение", "Пояснение"], ["Курс", "92.5", "за доллар"], ["НДС", "20%", ""]]
    (found,) = regions(block("A1", [*rows, ["План", "$2500", "в месяц"], ["Обновлено", "2026-06-29", ""]]))
    assert (found.kind, found.range, found.header_row) == ("dictionary", "Data!A1:C5", 1)


def test_one_measure_of_many_things_is_a_table() -> None:
    (found,) = regions(block("A1", [["Region", "Revenue"], ["West", "$5"], ["East", "$7"], ["North", "$1"]]))
    assert found.kind == "table"


def test_labels_with_colons_make_a_dictionary() -> None:
    (region,) = regions(block("A1", [["Name:", "Ann"], ["City:", "Perm"], ["Street:", "Lenina"]]))
    assert region.kind == "dictionary"


def test_a_table_of_two_columns_is_no_dictionary() -> None:
    (region,) = regions(block("A1", [["Type", "Accounts"], ["Press", 4.0], ["Hotel", 11.0], ["Other", 181.0]]))
    assert (region.kind, region.header_row) == ("table", 1)


def test_long_texts_are_text() -> None:
    note = "Please fill in the blank cells of the table below before the end of the month, thank you."
    (region,) = regions(block("A1", [[note], [note + " Really."]]))
    assert region.kind == "text"


# -------------------------------------------------------------------------------------------------------------- columns


def table_with(values: Sequence[str | float | ErrorValue | CellView]) -> Region:
    rows = [["Name", "Value", "Note"], *([f"row {chr(97 + at)}", value, "x"] for at, value in enumerate(values))]
    return regions(block("A1", rows))[0]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.0, 2.0, 3.0], "number"),
        (["2024-01-05", "10:30", "2024-01-05 10:30"], "date"),
        (["TRUE", "FALSE", "TRUE"], "boolean"),
        (["yes", "", "no"], "text"),
        ([1.0, "n/a", 3.0], "mixed"),
        ([ErrorValue("N_A"), ErrorValue("REF"), ErrorValue("REF")], "formula error"),
        (["", "", ""], "empty"),
    ],
)
def test_column_types(values: list[str | float | ErrorValue], kind: str) -> None:
    assert table_with(values).columns[1].type == kind


def test_a_repeated_formula_is_told_once() -> None:
    region = table_with([f"=LEN(A{row})*$F$1 → {row}" for row in range(2, 8)])
    assert region.columns[1].formula == "=LEN(A2)*$F$1"
    assert [row[2] for row in region.rows] == ["2 {=LEN(A2)*$F$1}", "3", "4", "5", "6", "7"]


def test_a_total_below_a_repeated_formula_shows_itself() -> None:
    region = table_with([*(f"=C{row}*2 → {row}" for row in range(2, 8)), "=SUM(B2:B7) → 27"])
    assert region.columns[1].formula == "=C2*2"
    assert region.rows[-1][2] == "27 {=SUM(B2:B7)}"


def test_a_count_that_starts_with_a_plain_number() -> None:
    region = table_with([1.0, *(f"=B{row}+1 → {row}" for row in range(2, 9))])
    assert region.columns[1].formula == "=B2+1"
    assert [row[2] for row in region.rows[:3]] == ["1", "2 {=B2+1}", "3"]


def test_formulas_that_differ_are_shown_each() -> None:
    region = table_with(["=C9 → 1", "=D1+2 → 3", "=E7*5 → 5"])
    assert region.columns[1].formula is None
    assert [row[2] for row in region.rows] == ["1 {=C9}", "3 {=D1+2}", "5 {=E7*5}"]


def test_a_single_formula_is_not_repeated() -> None:
    region = table_with(["=C2 → 1", "", ""])
    assert region.columns[1].formula is None


# ------------------------------------------------------------------------------------------------------- what is shown


def test_rows_beyond_the_budget_are_named() -> None:
    rows = [["Number", "Square"], *([float(n), float(n * n)] for n in range(2, 202))]
    (region,) = Loader(block("A1", rows)).describe(budget=20).regions
    assert len(region.rows) == 10
    assert region.rows[0][0] == "2"
    assert region.rows[-1][0] == "201"
    shown = {int(row[0]) for row in region.rows}
    hidden = {
        number
        for part in region.not_shown.removeprefix("rows ").split(", ")
        for first, _, last in [part.partition("–")]
        for number in range(int(first), int(last or first) + 1)
    }
    assert shown | hidden == set(range(2, 202))
    assert not shown & hidden


def test_small_tables_are_shown_before_large_ones() -> None:
    large = [["Number", "Half"], *([float(n), n / 2] for n in range(100))]
    small = [["Name", "Age"], ["Ann", 30.0], ["Bob", 41.0], ["Cid", 52.0]]
    first, second = Loader(block("A1", large) | block("D1", small)).describe(budget=40).regions
    assert len(second.rows) == 3
    assert 3 <= len(first.rows) <= 20


def test_long_cell_texts_are_cut() -> None:
    region = table_with(["y" * 500, "z", "z"])
    assert len(region.rows[0][2]) == 80
    assert region.rows[0][2].endswith("…")


def test_the_columns_of_a_wide_table_are_all_described() -> None:
    header = [f"Measure {column_letters(column)}" for column in range(60)]
    (region,) = regions(block("A1", [header, [1.5] * 60, [2.5] * 60]), columns=100)
    assert len(region.columns) == 60
    assert len(region.rows[0]) == 41
    assert region.not_shown == "the cells of columns AO–BH"


# -------------------------------------------------------------------------------------------------------- large sheets


def test_what_is_read_first_can_be_loaded_beforehand() -> None:
    loader = Loader(large(100_000), rows=100_000)
    loader(first_ranges(loader.sheet))
    read = loader.cells_read
    looked: list[GridRange] = []

    def load(ranges: Sequence[GridRange]) -> Book:
        looked.extend(ranges)
        return loader.book

    assert describe_sheet(loader.sheet, load, 100).regions[0].range == "Data!A1:E100000"
    assert sum(loader.book.clipped(area).cells for area in looked) == read


def large(row_count: int, columns: int = 5, header: bool = True) -> Cells:
    cells = block("A1", [[f"Column {column_letters(column)}" for column in range(columns)]]) if header else {}
    cell = CellView(1.5, "1.5")
    return cells | {(row, column): cell for row in range(1, row_count) for column in range(columns)}


def test_a_hundred_thousand_rows_are_not_read() -> None:
    loader = Loader(large(100_000), rows=100_000, columns=26)
    described = loader.describe(budget=100)
    (region,) = described.regions
    assert region.range == "Data!A1:E100000"
    assert loader.cells_read < 5_000
    assert loader.calls <= 2
    assert region.rows[-1][0] == "100000"
    middle = [int(row[0]) for row in region.rows if 100 < int(row[0]) < 99_000]
    assert len(middle) == 3
    assert all(after - before > 12_000 for before, after in itertools.pairwise([0, *middle, 100_000]))
    assert region.not_shown.startswith("rows ")
    assert described.notes == (
        "99849 of 100000 rows were not read; what lies between the samples is taken to look like its neighbours",
    )


@pytest.mark.parametrize("last", [101, 102, 103, 104, 5_000, 61_803, 99_998, 99_999])
def test_the_last_row_is_found_exactly(last: int) -> None:
    loader = Loader(large(last), rows=100_000, columns=10)
    (region,) = loader.describe().regions
    assert region.range == f"Data!A1:E{last}"
    assert loader.calls <= 6
    assert loader.cells_read < 6_000


def test_side_by_side_tables_of_different_length_end_where_they_end() -> None:
    right = {(row, column + 6): cell for (row, column), cell in large(1_234, 2).items()}
    loader = Loader(large(45_678, 5) | right, rows=50_000, columns=10)
    assert [region.range for region in loader.describe().regions] == ["Data!A1:E45678", "Data!G1:H1234"]
    assert loader.cells_read < 10_000


def test_a_table_far_below_is_found() -> None:
    below = {(row + 30_000, column): cell for (row, column), cell in large(15_000, 3).items()}
    loader = Loader(large(2_000, 3) | below, rows=100_000, columns=10)
    found = loader.describe().regions
    assert [region.range for region in found] == ["Data!A1:C2000", "Data!A30001:C45000"]
    assert [region.header_row for region in found] == [1, 30001]


def test_a_very_wide_sheet_is_read_in_part_and_says_so() -> None:
    loader = Loader(large(50, 400), rows=1000, columns=500)
    described = loader.describe()
    assert "columns KO–SF were not read" in described.notes
    assert loader.cells_read < 100_000


# -------------------------------------------------------------------------------------------------------------- objects


def test_the_header_of_a_pivot_table_with_column_groups() -> None:
    rows = [["SUM of Sum", "Kind", ""], ["Town", "Tea", "Coffee"], ["Perm", 1.0, 2.0], ["Kazan", 3.0, 4.0]]
    cells = block("A1", rows)
    cells[0, 0] = replace(cells[0, 0], pivot={"rows": [{}], "columns": [{"sourceColumnOffset": 2}], "values": [VALUE]})
    described = Loader(cells).describe()
    (region,) = described.regions
    assert (region.kind, region.header_row) == ("pivot", 2)
    assert [column.header for column in region.columns] == ["SUM of Sum / Town", "Kind / Tea", "Coffee"]
    assert [column.type for column in region.columns] == ["text", "number", "number"]
    assert described.objects == ("pivot table at A1: rows by column A; columns by column C; SUM of column B",)


def test_numbers_stored_as_text_are_pointed_out() -> None:
    stored = [CellView(text, text) for text in ("1,200.50", "12%", "300")]
    cells = block("A1", [["Name", "Sum"], *([name, cell] for name, cell in zip("abc", stored, strict=True))])
    assert Loader(cells).describe().notes == ("numbers or dates are stored as text in column B of Data!A1:B4",)


def test_dropdowns_on_empty_cells_are_listed() -> None:
    rule = {"condition": {"type": "BOOLEAN"}}
    cells = block("A1", SALES) | {(row, 4): CellView(validation=rule) for row in range(1, 4)}
    described = Loader(cells).describe()
    assert described.objects == ("validation in column E from row 2 (3 cells seen): BOOLEAN",)
    assert [region.range for region in described.regions] == ["Data!A1:D4"]


def test_scattered_cells_are_all_accounted_for() -> None:
    cells = {(2 * row, 2 * column): CellView(1.0, "1") for row in range(40) for column in range(12)}
    described = Loader(cells).describe()
    assert len(described.regions) == 30
    assert "more blocks of cells, from Data!" in described.notes[0]


VALUE = {"sourceColumnOffset": 1, "summarizeFunction": "SUM"}


def test_objects_and_notes() -> None:
    pivot = {"source": {"sheetId": 3, "endRowIndex": 9, "endColumnIndex": 2}, "rows": [{}], "values": [VALUE]}
    dropdown = {
        "condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "yes"}, {"userEnteredValue": "no"}]}
    }
    cells = block("A1", SALES) | block("F1", [["Region", "SUM of Units"], ["North", 15.0], ["South", 7.0]])
    cells[0, 5] = replace(cells[0, 5], pivot=pivot)
    cells[1, 1] = replace(cells[1, 1], validation=dropdown, note="check")
    chart = {
        "chartId": 5,
        "spec": {
            "title": "Units",
            "basicChart": {
                "chartType": "LINE",
                "series": [
                    {"series": {"sourceRange": {"sources": [{"sheetId": 7, "endRowIndex": 4, "endColumnIndex": 1}]}}}
                ],
            },
        },
        "position": {"overlayPosition": {"anchorCell": {"rowIndex": 9, "columnIndex": 2}}},
    }
    described = Loader(
        cells,
        frozen_rows=1,
        hidden=True,
        basic_filter={"range": {"startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 4}},
        merges=(GridRange(7, 20, 21, 0, 3),),
        resources={
            "charts": (chart,),
            "protectedRanges": ({"range": {"startRowIndex": 0, "endRowIndex": 1}, "description": "header"},),
            "conditionalFormats": ({"ranges": [{"startColumnIndex": 2, "endColumnIndex": 3}], "gradientRule": {}},),
        },
    ).describe()
    assert described.hidden
    assert [region.kind for region in described.regions] == ["table", "pivot"]
    assert described.objects == (
        "pivot table at F1 of 'sheet with id 3'!A1:B9: rows by column A; SUM of column B",
        "LINE chart “Units” at C10 (id 5), data A1:A4",
        "filter on A1:D4",
        "validation in column B from row 2 (1 cells seen): ONE_OF_LIST yes, no",
        "conditional format on C:C: colour scale",
        "protected: 1:1 (header)",
        "merged cells: A21:C21",
        "frozen: 1 row",
    )
    assert described.notes[1:] == ("1 cell has a note",)
    assert described.notes[0].startswith("Not seen by a person: the whole sheet is hidden")


YELLOW = {"backgroundColor": {"red": 1, "green": 1}}
GREEN = {"backgroundColorStyle": {"rgbColor": {"green": 1}}}
ACCENT = {"backgroundColorStyle": {"themeColor": "ACCENT1"}}
WHITE = {"backgroundColor": {"red": 1, "green": 1, "blue": 1}}


def test_marked_cells_are_told_as_ranges_whether_filled_or_blank() -> None:
    cells = block("A1", SALES)
    for row in (2, 3, 4, 7):  # rows 5 and 8 are blank
        for column in (0, 1):
            cells[row, column] = replace(cells.get((row, column), CellView()), format=YELLOW)
    cells[2, 3] = replace(cells[2, 3], format=YELLOW)
    cells[1, 2] = replace(cells[1, 2], format=GREEN)
    cells[9, 9] = CellView(format=ACCENT)
    cells[1, 0] = replace(cells[1, 0], format=WHITE)
    described = Loader(cells).describe()
    assert described.objects == (
        "background green: C2",
        "background yellow: A3:B5, D3, A8:B8",
        "background accent1: J10",
    )
    assert described.regions[0].range == "Data!A1:D4"


def rule(text: object, paper: object = None, rows: int = 9) -> dict[str, object]:
    area = {"sheetId": 7, "startRowIndex": 1, "endRowIndex": rows, "startColumnIndex": 1, "endColumnIndex": 2}
    shown = {"textFormat": {"foregroundColor": text}} | ({} if paper is None else {"backgroundColor": paper})
    return {"ranges": [area], "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": shown}}


RED, WHITE_INK = {"red": 1}, {"red": 1, "green": 1, "blue": 1}


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([rule(WHITE_INK)], True),
        ([rule(RED, {"red": 0.98})], True),
        (
            [{"ranges": rule({})["ranges"], "gradientRule": {"minpoint": {"color": {}}, "maxpoint": {"color": RED}}}],
            True,
        ),
        ([rule(RED)], False),
        ([rule(WHITE_INK, RED)], False),
        ([rule(WHITE_INK, rows=1)], False),
        ([], False),
    ],
)
def test_text_that_a_conditional_format_hides_is_told(rules: list[dict[str, object]], told: bool) -> None:
    described = Loader(block("A1", SALES), resources={"conditionalFormats": tuple(rules)}).describe()
    found = [note for note in described.notes if "conditional format" in note]
    assert bool(found) == told
    assert all(note.startswith("Not seen by a person: text that a conditional format can show") for note in found)


def test_a_colour_of_headers_alone_is_not_told() -> None:
    cells = block("A1", SALES)
    cells |= {(0, column): replace(cells[0, column], format=YELLOW) for column in range(4)}
    assert Loader(cells).describe().objects == ()
    cells[3, 0] = replace(cells[3, 0], format=YELLOW)
    assert Loader(cells).describe().objects == ("background yellow: A1:D1, A4",)


def test_many_marks_are_counted_and_skipped_rows_said() -> None:
    cells = {(row, 0): CellView(float(row), str(row)) for row in range(5000)}
    cells |= {(row, 0): replace(cells[row, 0], format=YELLOW) for row in range(0, 40, 2)}
    described = Loader(cells, rows=5000).describe()
    assert described.objects == (
        "background yellow: A1, A3, A5, A7, A9, A11, A13, A15, A17, A19 and 10 more ranges, in the rows that were read",
    )

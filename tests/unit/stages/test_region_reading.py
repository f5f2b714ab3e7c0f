"""How much of a sheet is read, and what is said of the rest."""

import itertools
from collections.abc import Sequence

import pytest
from region_sheets import Cells, Loader, block, regions, table_with

from sheets_agent.a1 import GridRange, column_letters
from sheets_agent.sheets.book import Book, CellView
from sheets_agent.stages.regions import describe_sheet
from sheets_agent.stages.sampling import first_ranges

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

"""The grids of imported sheets."""

from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.emulator.csv_file import read_csv
from sheets_agent.emulator.grid_size import MAX_CELLS, imported_size


@given(st.integers(0, 2_000_000), st.integers(0, 18_278))
def test_the_contents_fit_and_an_empty_rest_takes_half_of_a_spreadsheet_at_most(rows, columns):
    grid_rows, grid_columns = imported_size(rows, columns)
    assert grid_rows >= max(rows, 1)
    assert grid_columns >= max(columns, 1)
    assert grid_rows * grid_columns <= max(MAX_CELLS // 2, rows * max(columns, 1))


def test_contents_of_usual_size_get_the_usual_grid():
    assert imported_size(12, 4) == (1000, 26)
    assert imported_size(5000, 40) == (5000, 40)


def test_a_long_narrow_text_table_is_not_too_large(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("Sum\n" + "7\n" * 400_000)
    sheet = read_csv(path, "1" * 44, "en_US").sheets[0]
    assert (sheet.row_count, sheet.column_count) == (400_001, 12)
    assert sheet.cell(400_000, 0).value == 7

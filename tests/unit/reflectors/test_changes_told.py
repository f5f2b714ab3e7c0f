from sheets_agent.planners.told import changes_told
from sheets_agent.state.planned import CellChange, Diff


def test_cells_of_a_run_are_counted_as_shown() -> None:
    run = CellChange(sheet="Data", cell="F2:F71", after="=E2*2", result="2 … 140")
    assert changes_told(Diff(cells=(run,), cell_count=70)) == "Data!F2:F71: (empty) → =E2*2 = 2 … 140"
    assert changes_told(Diff(cells=(run,), cell_count=75)).endswith("… and 5 more cells")


def test_that_rows_went_is_said_where_no_cell_is_listed() -> None:
    assert changes_told(Diff()) == "no cell changes"
    assert changes_told(Diff(moved=True)).startswith("Rows, columns or cells were moved or deleted")
    change = CellChange(sheet="Data", cell="A1", before="", after="x")
    assert changes_told(Diff(cells=(change,), cell_count=1, moved=True)).startswith("Data!A1: (empty) → x\nRows")

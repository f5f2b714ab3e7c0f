"""What holds whatever the workbook: changes that undo each other, and ranges that follow as formulas do."""

from __future__ import annotations

from typing import Any

from emulator_workbooks import area, contents, sheet_of_rows, workbook_of
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.requests.happenings import Happening, followed_range
from sheets_agent.emulator.workbook import Workbook
from sheets_agent.formulas.changed_references import Deleted, DimensionMoved, Inserted, adjust

SIZE = 12

cell_names = st.builds(lambda column, row: f"{'ABCDEF'[column]}{row + 1}", st.integers(0, 5), st.integers(0, 5))
formulas = st.one_of(
    st.builds(lambda cell: f"={cell}", cell_names),
    st.builds(lambda cell: f"=Other!{cell}*2", cell_names),
    st.builds(lambda cell: f"=Sheet1!{cell}", cell_names),
    st.builds(lambda column, row, more: f"=SUM({column}{row}:{column}{row + more})",
              st.sampled_from("ABCDEF"), st.integers(1, 4), st.integers(0, 3)),
)  # fmt: skip
entries = st.one_of(st.none(), st.integers(0, 9), st.sampled_from(["x", "y"]), formulas)
grids = st.lists(st.lists(entries, min_size=1, max_size=5), min_size=1, max_size=5)


def workbook(rows: list[list[Any]], other: list[list[Any]]) -> Workbook:
    made = workbook_of(sheet_of_rows(rows, size=(SIZE, SIZE)), sheet_of_rows(other, "Other", 7, size=(SIZE, SIZE)))
    HANDLERS["addNamedRange"](made, {"namedRange": {"name": "area", "range": area("B2:C4")}})
    HANDLERS["mergeCells"](made, {"range": area("H3:I4")})
    return made


def state(made: Workbook) -> Any:
    sheet = made.sheets[0]
    merges = sorted(merge.to_api().items() for merge in sheet.merges)
    return contents(made, 0), contents(made, 7), made.named_ranges, merges, sheet.properties["gridProperties"]


@settings(max_examples=40)
@given(grids, grids, st.sampled_from(["ROWS", "COLUMNS"]), st.integers(0, 6), st.integers(1, 3))
def test_inserting_and_deleting_again_changes_nothing(
    rows: list[list[Any]], other: list[list[Any]], dimension: str, index: int, count: int
) -> None:
    made = workbook(rows, other)
    before = state(made)
    run = {"range": {"sheetId": 0, "dimension": dimension, "startIndex": index, "endIndex": index + count}}
    HANDLERS["insertDimension"](made, run)
    HANDLERS["deleteDimension"](made, run)
    assert state(made) == before


@settings(max_examples=40)
@given(grids, st.integers(0, 5), st.integers(1, 3), st.integers(0, 10))
def test_moving_rows_there_and_back_restores_the_cells(
    rows: list[list[Any]], start: int, count: int, destination: int
) -> None:
    """Single references come back; ranges may have grown over the way, as in Sheets, so none are entered here."""
    plain = [[None if isinstance(entry, str) and "SUM" in entry else entry for entry in row] for row in rows]
    made = workbook_of(sheet_of_rows(plain, size=(SIZE, SIZE)), sheet_of_rows([], "Other", 7))
    if start < destination < start + count:
        return
    before = contents(made)
    source = {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": start + count}
    HANDLERS["moveDimension"](made, {"source": source, "destinationIndex": destination})
    moved_to = destination - count if destination > start else destination
    back = start if destination > start else start + count
    source = {"sheetId": 0, "dimension": "ROWS", "startIndex": moved_to, "endIndex": moved_to + count}
    HANDLERS["moveDimension"](made, {"source": source, "destinationIndex": back})
    assert contents(made) == before


changes = st.one_of(
    st.builds(lambda index, count: Inserted("Sheet1", "ROWS", index, count), st.integers(0, 9), st.integers(1, 3)),
    st.builds(lambda start, more: Deleted("Sheet1", "ROWS", start, start + more), st.integers(0, 9), st.integers(1, 4)),
    st.builds(
        lambda start, count, to: DimensionMoved("Sheet1", "ROWS", start, start + count, to),
        st.integers(0, 9), st.integers(1, 3), st.integers(0, 12),
    ),
)  # fmt: skip


@settings(max_examples=150)
@given(st.integers(0, 9), st.integers(1, 4), changes)
def test_ranges_follow_as_references_do(start: int, count: int, change: Any) -> None:
    if isinstance(change, DimensionMoved) and change.start < change.destination < change.end:
        return
    followed = followed_range(GridRange(0, start, start + count, 0, 2), Happening(change, 0))
    text = adjust(f"=A{start + 1}:B{start + count}", "Sheet1", change)
    assert text == ("=#REF!" if followed is None else f"={followed.to_a1()}")


@settings(max_examples=30)
@given(
    st.lists(
        st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from(["a", "B", "b"])),
        min_size=1,
        max_size=9,
    )
)
def test_sorting_twice_is_sorting_once_and_loses_nothing(values: list[Any]) -> None:
    made = workbook_of(sheet_of_rows([[value, n] for n, value in enumerate(values)]))
    request = {"range": area(f"A1:B{len(values)}"), "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]}
    HANDLERS["sortRange"](made, request)
    once = contents(made)
    HANDLERS["sortRange"](made, request)
    assert contents(made) == once
    kept = sorted(once, key=lambda row: row[1])
    assert [(type(row[0]), row[0]) for row in kept] == [
        (type(value), value) if not (isinstance(value, int) and not isinstance(value, bool)) else (float, float(value))
        for value in values
    ]

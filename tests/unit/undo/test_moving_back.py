"""Where cells stood before they were moved, held against what the local API does with them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.undo.structure import moved_back, place_before

SIZE = 9
SPANS = st.tuples(st.integers(0, SIZE - 3), st.integers(1, 3)).map(lambda span: (span[0], span[0] + span[1]))
DIMENSIONS = st.sampled_from(["ROWS", "COLUMNS"])


def block(rows: tuple[int, int], columns: tuple[int, int]) -> Any:
    names = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    return {"sheetId": 0, **dict(zip(names, (*rows, *columns), strict=True))}


def span(dimension: str, bounds: tuple[int, int]) -> Any:
    return {"sheetId": 0, "dimension": dimension, "startIndex": bounds[0], "endIndex": bounds[1]}


MOVES = st.one_of(
    st.builds(
        lambda kind, dimension, bounds: {kind: {"range": span(dimension, bounds)}},
        st.sampled_from(["insertDimension", "deleteDimension"]),
        DIMENSIONS,
        SPANS,
    ),
    st.builds(
        lambda dimension, bounds, to: {"moveDimension": {"source": span(dimension, bounds), "destinationIndex": to}},
        DIMENSIONS,
        SPANS,
        st.integers(0, SIZE),
    ).filter(lambda request: moved_back(request) is not None),
    st.builds(
        lambda kind, dimension, rows, columns: {kind: {"range": block(rows, columns), "shiftDimension": dimension}},
        st.sampled_from(["insertRange", "deleteRange"]),
        DIMENSIONS,
        SPANS,
        SPANS,
    ),
)


def numbered() -> Workbook:
    grid = {"rowCount": 40, "columnCount": 40}
    rows = {row: {column: Cell(float(row * 100 + column)) for column in range(SIZE)} for row in range(SIZE)}
    return Workbook("x", {}, [Sheet({"sheetId": 0, "title": "One", "gridProperties": grid}, rows)])


def carry_out(workbook: Workbook, request: Any) -> None:
    [(kind, body)] = request.items()
    HANDLERS[kind](workbook, body)


@given(st.lists(MOVES, min_size=1, max_size=4))
def test_a_cell_is_found_where_it_stood_before(moves: list[Any]) -> None:
    before = numbered()
    now = before.fork()
    for request in moves:
        carry_out(now, request)
    for row, column, cell in now.sheets[0].cells():
        place = place_before(moves, (0, row, column))
        assert place is not None
        assert before.sheets[0].cell(*place[1:]) == cell


@given(MOVES)
def test_what_is_moved_back_stands_where_it_stood(request: Any) -> None:
    workbook = numbered()
    before = workbook.fork()
    carry_out(workbook, request)
    back = moved_back(request)
    assert back is not None
    carry_out(workbook, back)
    kept = {(row, column): cell for row, column, cell in before.sheets[0].cells()}
    for row, column, cell in workbook.sheets[0].cells():
        if cell.value is not None:
            assert kept[row, column] == cell

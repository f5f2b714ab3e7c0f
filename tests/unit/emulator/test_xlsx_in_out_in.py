"""A workbook read from a file, written, and read again is the same workbook, whatever it holds together."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsx_structure import faults

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.files import Opened, open_file, save_file
from sheets_agent.emulator.workbook import Cell, Sheet, Workbook

TITLES = ("Data", "it's", "Лист 3")
RED = {"red": 1.0}
FORMATS: list[dict[str, Any] | None] = [
    None,
    {"numberFormat": {"type": "NUMBER", "pattern": "#,##0.00"}},
    {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}, "horizontalAlignment": "RIGHT"},
    {"numberFormat": {"type": "PERCENT", "pattern": "0%"}, "textFormat": {"bold": True, "fontSize": 14}},
    {"backgroundColor": RED, "backgroundColorStyle": {"rgbColor": RED}, "wrapStrategy": "WRAP"},
    {"textFormat": {"link": {"uri": "https://example.org/?q=1"}}, "numberFormat": {"type": "TEXT", "pattern": "@"}},
]
VALIDATIONS = [
    {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "a"}]}, "strict": True, "showCustomUi": True},
    {"condition": {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "3"}]}, "strict": True},
    {"condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$A1>0"}]}, "strict": True},
]
FORMULAS = [
    "=A1*2", "=SUM(A1:A9)+'it''s'!B2", '=IF(A1>1,"да",B2&"x")', "=SUM(A1:A)", "=Rate*A2", "=1/0",
    "=VLOOKUP(A1,A1:C9,2,FALSE)", '=QUERY(A1:B5,"select A")', '=REGEXMATCH("a","b")', "=ARRAYFORMULA(SUM(A1:A3*2))",
    "={1,2;3,4}", "=TODAY()-A1",
    "=IFERROR(XLOOKUP(A1,A1:A5,B1:B5),0)", "=SUMPRODUCT((A1:A5>1)*1)", '=TEXTJOIN(",",TRUE,A1:A3)', "=LET(x,A1,x+1)",
]  # fmt: skip
MERGES = [GridRange(0, 20, 22, 0, 3), GridRange(0, 24, 25, 1, 6), GridRange(0, 26, 30, 4, 5)]

texts = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=9),
    st.lists(
        st.sampled_from(["_x000D_", "_x005F_", "x0041_", "_xD83D_", "_", "\r\n", "\x0b", " ", "\ufffe", "<r>"]),
        min_size=1,
        max_size=5,
    ).map("".join),
)
literals = st.one_of(
    st.booleans(), st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0), texts
)
notes = st.sampled_from([None, None, "проверить", "two\nlines"])
rules = st.sampled_from([None, None, None, *VALIDATIONS])
cells = st.one_of(
    st.builds(Cell, value=literals, format=st.sampled_from(FORMATS), note=notes, validation=rules),
    # a formula without a number format gets the inferred one in the file, where nothing infers
    st.builds(Cell, formula=st.sampled_from(FORMULAS), format=st.sampled_from(FORMATS[1:4]), note=notes),
    st.builds(Cell, format=st.sampled_from(FORMATS[1:5])),
)
places = st.tuples(st.integers(0, 18), st.integers(0, 7))
conditions = st.sampled_from(
    [
        {"type": "NUMBER_LESS", "values": [{"userEnteredValue": "5"}]},
        {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$A1>B1"}]},
        {"type": "BLANK"},
    ]
)


LOWER = 40
"""The row where tables, the source of charts and pivot tables begin, under everything else."""

headings = st.lists(texts, min_size=3, max_size=3, unique_by=str.casefold)


def source(sheet_id: int, column: int, start: int = LOWER) -> dict[str, Any]:
    area = GridRange(sheet_id, start, LOWER + 4, column, column + 1)
    return {"sourceRange": {"sources": [area.to_api()]}}


def chart(sheet_id: int, kind: str, title: str, stacked: str | None) -> dict[str, Any]:
    if kind == "PIE":
        parts = {"domain": source(sheet_id, 0, LOWER + 1), "series": source(sheet_id, 1, LOWER + 1)}
        pie = {"legendPosition": "RIGHT_LEGEND", **parts}
        return {"title": title, "pieChart": pie}
    across = "BOTTOM_AXIS" if kind == "BAR" else "LEFT_AXIS"
    series = [{"series": source(sheet_id, column), "targetAxis": across} for column in (1, 2)]
    if kind == "COMBO":
        series = [{**one, "type": mark} for one, mark in zip(series, ("COLUMN", "LINE"), strict=True)]
    basic: dict[str, Any] = {
        "chartType": kind,
        "legendPosition": "BOTTOM_LEGEND",
        "axis": [{"position": side} for side in sorted(("BOTTOM_AXIS", "LEFT_AXIS"), reverse=kind == "BAR")],
        "series": series,
        "headerCount": 1,
        "domains": [{"domain": source(sheet_id, 0)}],
    }
    if stacked and kind in ("BAR", "COLUMN", "AREA"):
        basic["stackedType"] = stacked
    return {"title": title, "basicChart": basic}


def pivot(sheet_id: int) -> dict[str, Any]:
    return {
        "source": GridRange(sheet_id, LOWER, LOWER + 4, 0, 3).to_api(),
        "rows": [{"sourceColumnOffset": 0, "showTotals": True, "sortOrder": "ASCENDING"}],
        "values": [{"sourceColumnOffset": 1, "summarizeFunction": "SUM"}],
    }


@st.composite
def lower_parts(draw: st.DrawFn, sheet: Sheet) -> None:
    """Put a block of data under everything else, and what is made of it: a table, charts, a pivot table."""
    heads = draw(headings)
    block = [heads, *([f"м{row % 2}", float(row), draw(literals)] for row in range(3))]
    for row, values in enumerate(block, LOWER):
        sheet.rows[row] = {column: Cell(value) for column, value in enumerate(values)}
    if draw(st.booleans()):
        name = draw(st.sampled_from(["Orders", "Заказы", "Rate", "A1"]))
        area = GridRange(sheet.sheet_id, LOWER, LOWER + 4, 0, 3).to_api()
        sheet.resources["tables"] = [{"tableId": str(sheet.sheet_id), "name": name, "range": area}]
    kinds = st.sampled_from(["LINE", "COLUMN", "BAR", "AREA", "SCATTER", "COMBO", "PIE"])
    stacked = st.sampled_from([None, "STACKED", "PERCENT_STACKED"])
    charts = draw(st.lists(st.tuples(kinds, st.sampled_from(["Выручка", "A & <b>"]), stacked), max_size=2))
    anchor = {"sheetId": sheet.sheet_id, "rowIndex": 2, "columnIndex": 9}
    place = {"overlayPosition": {"anchorCell": anchor, "widthPixels": 400, "heightPixels": 250}}
    if charts:
        sheet.resources["charts"] = [
            {"chartId": number, "spec": chart(sheet.sheet_id, *one), "position": place}
            for number, one in enumerate(charts, 1)
        ]
    if draw(st.booleans()):
        sheet.rows[LOWER][12] = Cell(pivot=pivot(sheet.sheet_id))
    if draw(st.booleans()):
        banded = {"headerColorStyle": {"rgbColor": RED}, "firstBandColorStyle": {"rgbColor": {}}}
        area = GridRange(sheet.sheet_id, 0, 9, 0, 3).to_api()
        sheet.resources["bandedRanges"] = [{"bandedRangeId": 5, "range": area, "rowProperties": banded}]


@st.composite
def sheets(draw: st.DrawFn, sheet_id: int) -> Sheet:
    rows: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in draw(st.dictionaries(places, cells, max_size=10)).items():
        rows.setdefault(row, {})[column] = cell
    grid = {"rowCount": 1000, "columnCount": 26}
    grid |= draw(st.sampled_from([{}, {"frozenRowCount": 1}, {"frozenColumnCount": 2}, {"hideGridlines": True}]))
    sheet = Sheet(
        {
            "sheetId": sheet_id,
            "title": TITLES[sheet_id],
            "index": sheet_id,
            "sheetType": "GRID",
            "gridProperties": grid,
        },
        rows,
        row_metadata=draw(st.sampled_from([{}, {3: {"pixelSize": 60}}, {5: {"hiddenByUser": True}}])),
        # with widths of their own, no column is given the width of what it shows
        column_metadata={column: {"pixelSize": draw(st.sampled_from([45, 150]))} for column in range(26)},
    )
    sheet.merges = [
        GridRange(sheet_id, merge.start_row, merge.end_row, merge.start_column, merge.end_column)
        for merge in draw(st.lists(st.sampled_from(MERGES), unique=True))
    ]
    look = {"backgroundColor": RED, "backgroundColorStyle": {"rgbColor": RED}}
    formats = [
        {
            "ranges": [GridRange(sheet_id, 0, 9, 0, 2).to_api()],
            "booleanRule": {"condition": condition, "format": look},
        }
        for condition in draw(st.lists(conditions, max_size=2))
    ]
    if formats:
        sheet.resources["conditionalFormats"] = formats
    draw(lower_parts(sheet))
    return sheet


@st.composite
def workbooks(draw: st.DrawFn) -> Workbook:
    made = [draw(sheets(sheet_id)) for sheet_id in range(len(TITLES))]
    text = {"fontFamily": "Arial", "fontSize": 10}
    workbook = Workbook("1" * 44, {"title": "b", "locale": "en_US", "defaultFormat": {"textFormat": text}}, made)
    workbook.named_ranges = [{"namedRangeId": "1", "name": "Rate", "range": GridRange(1, 0, 1, 0, 1).to_api()}]
    if draw(st.booleans()):
        workbook.comments = [{"plainTextQuote": "?", "content": "Почему?"}]
    return workbook


def state(opened: Opened) -> list[Any]:
    """Everything that a workbook holds, in a form that compares."""
    workbook = opened.workbook
    return [
        [
            sheet.properties,
            {(row, column): cell for row, column, cell in sheet.cells()},
            sorted(map(str, sheet.merges)),
            sheet.row_metadata,
            sheet.column_metadata,
            sheet.resources,
        ]
        for sheet in workbook.sheets
    ] + [[(named["name"], named["range"]) for named in workbook.named_ranges]]


def shown(workbook: Workbook) -> dict[tuple[int, int, int], Any]:
    return {
        (sheet.sheet_id, row, column): workbook.value(sheet, row, column)
        for sheet in workbook.sheets
        for row in (*range(25), *range(LOWER, LOWER + 6))
        for column in range(15)
        if "TODAY" not in (sheet.cell(row, column).formula or "")
    }


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(workbooks())
def test_in_out_in(tmp_path: Path, made: Workbook) -> None:
    first = tmp_path / "first.xlsx"
    second = tmp_path / "second.xlsx"
    losses = save_file(made, first)
    once = open_file(first)
    save_file(once.workbook, second)
    twice = open_file(second)
    assert [*faults(first), *faults(second)] == []
    for before, after in zip(made.sheets, once.workbook.sheets, strict=True):
        entered = {(row, column): cell for row, column, cell in before.cells() if not (cell.formula or cell.pivot)}
        assert {place: after.cell(*place) for place in entered} == entered
        formulas = {(row, column) for row, column, cell in before.cells() if cell.formula}
        assert {(row, column) for row, column, cell in after.cells() if cell.formula} == formulas
        assert kept(after) == kept(before)
    pivots = {(sheet.sheet_id, row) for sheet in made.sheets if 12 in sheet.rows[LOWER] for row in range(6)}
    assert [once.workbook.value(once.workbook.sheet(tab), LOWER + row, 13) for tab, row in sorted(pivots)] == [
        made.value(made.sheet(tab), LOWER + row, 13) for tab, row in sorted(pivots)
    ]
    banded = any(sheet.list("bandedRanges") for sheet in made.sheets)
    assert any("alternating colours" in sentence for sentence in losses) == banded
    assert any("comment thread" in sentence for sentence in losses) == bool(made.comments)
    assert state(twice) == state(once)
    assert shown(twice.workbook) == shown(once.workbook)
    assert set(twice.losses) == set(once.losses)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers that are no dates and shown as such
        assert openpyxl.load_workbook(first).sheetnames == list(TITLES)


def kept(sheet: Sheet) -> list[Any]:
    """What the file holds of a sheet's tables, charts and conditional formats."""
    headings = [sheet.cell(LOWER, column).value for column in range(3)] if sheet.list("tables") else []
    return [
        [table["range"] for table in sheet.list("tables")],
        headings,
        [one["spec"] for one in sheet.list("charts")],
        [one["position"] for one in sheet.list("charts")],
        sheet.list("conditionalFormats"),
    ]


def test_links_stay_on_numbers_and_formulas(tmp_path: Path) -> None:
    link = {"textFormat": {"link": {"uri": "https://example.org/?q=1"}}}
    cells = {0: Cell(1.5, format=link), 1: Cell(formula="=A1*2", format=link), 2: Cell(True, format=link)}
    properties = {"sheetId": 0, "title": "Data", "index": 0, "gridProperties": {"rowCount": 1000, "columnCount": 26}}
    save_file(
        Workbook("1" * 44, {"title": "b", "locale": "en_US"}, [Sheet(properties, {0: cells})]), tmp_path / "b.xlsx"
    )
    sheet = open_file(tmp_path / "b.xlsx").workbook.sheets[0]
    assert [sheet.cell(0, column).value for column in cells] == [1.5, None, True]
    assert sheet.cell(0, 1).formula == "=A1*2"
    assert [sheet.cell(0, column).format for column in cells] == [link] * 3

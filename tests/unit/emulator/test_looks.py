"""effectiveFormat under conditional formats and alternating colours."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_workbooks import area, book, sheet_of_rows, workbook_of
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.effort import Shown
from sheets_agent.emulator.grid_data import grid_data
from sheets_agent.emulator.masks import parse
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.workbook import Cell, Workbook

RED, GREEN, BLUE = {"red": 1}, {"green": 1}, {"blue": 1}
WHITE = {"red": 1, "green": 1, "blue": 1}
OWN = {"backgroundColor": BLUE, "backgroundColorStyle": {"rgbColor": BLUE}}


def effective(workbook: Workbook, a1: str = "A1:C10", sheet_id: int = 0) -> list[list[dict[str, Any]]]:
    sheet = workbook.sheet(sheet_id)
    assert sheet is not None
    mask = parse("rowData.values.effectiveFormat")
    rows = grid_data(workbook, sheet, GridRange.from_api(area(a1, sheet_id)), mask, Shown()).get("rowData", [])
    return [[cell.get("effectiveFormat", {}) for cell in row.get("values", [])] for row in rows]


def fills(workbook: Workbook, a1: str = "A1:C10") -> list[list[Any]]:
    return [[cell.get("backgroundColor") for cell in row] for row in effective(workbook, a1)]


def add(workbook: Workbook, a1: str, kind: str, *values: str, index: int = 0, **shown: Any) -> None:
    condition = {"type": kind, "values": [{"userEnteredValue": value} for value in values]}
    rule = {"ranges": [area(a1)], "booleanRule": {"condition": condition, "format": shown}}
    HANDLERS["addConditionalFormatRule"](workbook, {"rule": rule, "index": index})


def shade(workbook: Workbook, a1: str, **points: Any) -> None:
    rule = {"ranges": [area(a1)], "gradientRule": points}
    HANDLERS["addConditionalFormatRule"](workbook, {"rule": rule, "index": 0})


def band(workbook: Workbook, a1: str, **sides: Any) -> None:
    HANDLERS["addBanding"](workbook, {"bandedRange": {"range": area(a1), **sides}})


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("NUMBER_GREATER", ["2"], [WHITE, WHITE, RED]),
        ("NUMBER_GREATER", ["=$B$1"], [WHITE, WHITE, RED]),
        ("NUMBER_EQ", ["=B1"], [WHITE, RED, WHITE]),
        ("TEXT_CONTAINS", ["3"], [WHITE, WHITE, RED]),
        ("CUSTOM_FORMULA", ["=A1<B1"], [RED, WHITE, WHITE]),
        ("CUSTOM_FORMULA", ["=$A1=A$2"], [WHITE, RED, WHITE]),
        ("CUSTOM_FORMULA", ["=ISEVEN(ROW())"], [WHITE, RED, WHITE]),
        ("CUSTOM_FORMULA", ["=COLUMN()=1"], [RED, RED, RED]),
        ("CUSTOM_FORMULA", ['=INDIRECT("B"&ROW())=2'], [RED, RED, RED]),
        ("CUSTOM_FORMULA", ["=MATCH(A1,{3},0)"], [WHITE, WHITE, RED]),
        ("CUSTOM_FORMULA", ["=A1-2"], [RED, WHITE, RED]),
        ("CUSTOM_FORMULA", ["=nothing"], [WHITE, WHITE, WHITE]),
        ("NOT_BLANK", [], [RED, RED, RED]),
    ],
)
def test_a_rule_shows_where_its_condition_holds(kind: str, values: list[str], expected: list[Any]) -> None:
    workbook = book((1, 2), (2, 2), (3, 2))
    add(workbook, "A1:A10", kind, *values, backgroundColor=RED)
    assert [row[0] for row in fills(workbook)] == expected
    assert [row[1] for row in fills(workbook)] == [WHITE] * 3


def test_the_first_rule_has_the_say_property_by_property() -> None:
    workbook = book((5,), (1,))
    add(workbook, "A1:A2", "NUMBER_GREATER", "0", backgroundColor=RED, textFormat={"bold": True})
    add(workbook, "A1:A2", "NUMBER_GREATER", "2", backgroundColor=GREEN, textFormat={"foregroundColor": BLUE})
    [[first], [second]] = effective(workbook)
    assert (first["backgroundColor"], first["backgroundColorStyle"]) == (GREEN, {"rgbColor": GREEN})
    assert first["textFormat"]["bold"] is True
    assert first["textFormat"]["foregroundColorStyle"] == {"rgbColor": BLUE}
    assert first["textFormat"]["fontSize"] == 10
    assert (second["backgroundColor"], second["textFormat"]["foregroundColor"]) == (RED, {})


def test_rules_lie_over_a_cells_own_format_and_leave_it_as_it_was_entered() -> None:
    workbook = book((Cell(1.0, format=OWN),))
    add(workbook, "A1", "NUMBER_EQ", "1", backgroundColor=RED, wrapStrategy="WRAP")
    [[shown]] = effective(workbook)
    assert (shown["backgroundColor"], shown["wrapStrategy"]) == (RED, "OVERFLOW_CELL")
    assert workbook.sheets[0].cell(0, 0).format == OWN


def test_formulas_are_read_in_the_spreadsheets_locale() -> None:
    workbook = workbook_of(sheet_of_rows([[1.5], [1]]), locale="de_DE")
    add(workbook, "A1:A2", "CUSTOM_FORMULA", "=SUM(A1;0,5)=2", backgroundColor=RED)
    assert fills(workbook) == [[RED], [WHITE]]


def test_a_rule_follows_what_is_calculated() -> None:
    workbook = book(
        (1, "=A1*2"),
    )
    add(workbook, "B1", "NUMBER_EQ", "6", backgroundColor=RED)
    assert fills(workbook)[0][1] == WHITE
    workbook.set_cell(workbook.sheets[0], 0, 0, Cell(3.0))
    assert fills(workbook)[0][1] == RED


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ((("MIN", None), ("MAX", None)), [{}, 51, 128, 255]),
        ((("NUMBER", "2"), ("NUMBER", "4")), [{}, {}, 255, 255]),
        ((("NUMBER", "=A1+2"), ("NUMBER", "=MAX(A:A)")), [{}, {}, 96, 255]),
        ((("PERCENT", "0"), ("PERCENT", "50")), [{}, 102, 255, 255]),
        ((("PERCENTILE", "0"), ("PERCENTILE", "50")), [{}, 146, 255, 255]),
        ((("NUMBER", "many"), ("MAX", None)), [WHITE] * 4),
        ((("NUMBER", "=1/0"), ("MAX", None)), [WHITE] * 4),
    ],
)
def test_colour_scales(points: Any, expected: list[Any]) -> None:
    workbook = book((0,), (2,), (5,), (10,), ("text",))
    low, high = ({"type": kind, **({"value": value} if value else {})} for kind, value in points)
    shade(workbook, "A1:A9", minpoint={**low, "color": {}}, maxpoint={**high, "color": RED})
    found = [row[0] if row[0] in ({}, WHITE) else {"red": round(row[0]["red"] * 255)} for row in fills(workbook)]
    assert found[:4] == [{"red": one} if isinstance(one, int) else one for one in expected]
    assert found[4] == WHITE


def test_a_scale_of_three_colours() -> None:
    workbook = book((0,), (5,), (10,), (2.5,))
    point = {"type": "NUMBER", "value": "5", "colorStyle": {"rgbColor": GREEN}}
    shade(
        workbook, "A1:A4", minpoint={"type": "MIN", "color": RED}, midpoint=point,
        maxpoint={"type": "MAX", "colorStyle": {"themeColor": "BACKGROUND"}},
    )  # fmt: skip
    found = [row[0] for row in fills(workbook)]
    assert found[:2] == [RED, GREEN]
    assert {name: round(value * 255) for name, value in found[3].items()} == {"red": 128, "green": 128}


NUMBERS = st.lists(st.integers(-1000, 1000), min_size=1, max_size=10)


@given(NUMBERS, st.sampled_from(["MIN", "NUMBER", "PERCENT", "PERCENTILE"]), st.integers(0, 100))
def test_a_larger_number_is_never_paler(numbers: list[int], kind: str, value: int) -> None:
    workbook = book(*((number,) for number in numbers))
    low = {"type": kind, "value": str(value), "color": {}}
    shade(workbook, "A1:A10", minpoint=low, maxpoint={"type": "MAX", "color": RED})
    reds = [row[0].get("red", 0) for row in fills(workbook)]
    assert [red for _, red in sorted(zip(numbers, reds, strict=True))] == sorted(reds)


ROWS = {"firstBandColor": GREEN, "secondBandColor": WHITE}


def test_bands_of_rows() -> None:
    workbook = book(*((n,) for n in range(5)))
    band(workbook, "A1:A5", rowProperties=ROWS)
    assert [row[0] for row in fills(workbook)] == [GREEN, WHITE, GREEN, WHITE, GREEN]
    workbook = book(*((n,) for n in range(6)))
    band(workbook, "A1:A5", rowProperties={**ROWS, "headerColor": RED, "footerColor": BLUE})
    assert [row[0] for row in fills(workbook)] == [RED, GREEN, WHITE, GREEN, BLUE, WHITE]


def test_bands_of_columns_give_way_to_those_of_rows() -> None:
    workbook = book((1, 1, 1), (1, 1, 1), (1, 1, 1))
    columns = {"headerColor": RED, "firstBandColor": BLUE, "secondBandColor": {}}
    band(workbook, "A1:C3", rowProperties=ROWS, columnProperties=columns)
    assert fills(workbook) == [[RED, GREEN, GREEN], [RED, BLUE, WHITE], [RED, GREEN, GREEN]]


def test_bands_lie_under_a_cells_own_fill_and_under_rules() -> None:
    workbook = book((Cell(1.0, format=OWN), 1), (1, 7))
    band(workbook, "A1:B2", rowProperties={"firstBandColor": GREEN, "secondBandColor": GREEN})
    add(workbook, "A1:B2", "NUMBER_EQ", "7", backgroundColor=RED)
    assert fills(workbook) == [[BLUE, GREEN], [GREEN, RED]]


def test_a_window_counts_its_cells_from_the_whole_range() -> None:
    workbook = book(*((n, n) for n in range(6)))
    band(workbook, "A1:A6", rowProperties=ROWS)
    add(workbook, "B1:B6", "CUSTOM_FORMULA", "=B1>MEDIAN(B$1:B$6)", backgroundColor=RED)
    assert fills(workbook, "A4:B6") == [[WHITE, RED], [GREEN, RED], [WHITE, RED]]
    assert fills(workbook, "B2:B4") == [[WHITE], [WHITE], [RED]]

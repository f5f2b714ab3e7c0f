"""Group rules and filters of pivot tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from emulator_workbooks import DATE, area, book, sheet_of_rows, workbook_of

from sheets_agent.emulator.errors import Refusal, Unsupported
from sheets_agent.emulator.locales import locale
from sheets_agent.emulator.pivot import compute
from sheets_agent.emulator.pivot.grouping import date_part
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.requests.pivot_check import checked_pivot
from sheets_agent.emulator.workbook import Cell, Workbook
from sheets_agent.formulas.values import ErrorValue


def serial(year: int, month: int, day: int) -> float:
    return float((date(year, month, day) - date(1899, 12, 30)).days)


def labels(workbook: Workbook, source: str, **options: Any) -> list[Any]:
    rows = [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING", **options}]
    return [row[0].value for row in compute(workbook, {"source": area(source), "rows": rows})][1:]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("SECOND", 9), ("MINUTE", 45), ("HOUR", 19), ("HOUR_MINUTE", "19:45"), ("HOUR_MINUTE_AMPM", "7:45 PM"),
        ("DAY_OF_WEEK", "Saturday"), ("DAY_OF_YEAR", 327), ("DAY_OF_MONTH", 22), ("DAY_MONTH", "22-Nov"),
        ("MONTH", "Nov"), ("QUARTER", "Q4"), ("YEAR", 2008), ("YEAR_MONTH", "2008-Nov"), ("YEAR_QUARTER", "2008-Q4"),
        ("YEAR_MONTH_DAY", "2008-11-22"),
    ],
)  # fmt: skip
def test_parts_of_a_date_are_labelled(kind: str, expected: Any) -> None:
    moment = serial(2008, 11, 22) + (19 * 3600 + 45 * 60 + 9) / 86400
    assert date_part(kind, moment, locale("en_US"))[0] == expected


@pytest.mark.parametrize(("hour", "expected"), [(0, "12:00 AM"), (12, "12:00 PM"), (13, "1:00 PM")])
def test_noon_and_midnight(hour: int, expected: str) -> None:
    assert date_part("HOUR_MINUTE_AMPM", 45000 + hour / 24, locale("en_US"))[0] == expected


def test_months_sort_by_the_calendar_not_by_name() -> None:
    days = [serial(2024, 4, 1), serial(2023, 12, 5), serial(2024, 1, 9), serial(2024, 4, 30)]
    workbook = book(("Day",), *((Cell(day, format={"numberFormat": DATE}),) for day in days))
    by_month = {"dateTimeRule": {"type": "YEAR_MONTH"}}
    assert labels(workbook, "A1:A5", groupRule=by_month) == ["2023-Dec", "2024-Jan", "2024-Apr"]
    assert labels(workbook, "A1:A5", groupRule={"dateTimeRule": {"type": "MONTH"}}) == ["Jan", "Apr", "Dec"]


def test_week_starts_on_sunday() -> None:
    workbook = book(("Day",), *((serial(2024, 7, day),) for day in (1, 6, 7)))
    by_day = {"dateTimeRule": {"type": "DAY_OF_WEEK"}}
    assert labels(workbook, "A1:A4", groupRule=by_day) == ["Sunday", "Monday", "Saturday"]


def test_month_names_follow_the_locale() -> None:
    workbook = book(
        ("Дата",),
        (serial(2024, 1, 15),),
    )
    workbook.properties = {**workbook.properties, "locale": "ru_RU"}
    [label] = labels(workbook, "A1:A2", groupRule={"dateTimeRule": {"type": "YEAR_MONTH"}})
    assert label == "2024-янв."


def test_a_histogram_with_both_ends() -> None:
    workbook = book(("Age",), *((age,) for age in (16, 25, 44, 45, 69, 70, 99)))
    rule = {"histogramRule": {"start": 25, "end": 70, "interval": 20}}
    assert labels(workbook, "A1:A8", groupRule=rule) == ["< 25", "25 - 44", "45 - 64", "65 - 70", "> 70"]


def test_a_histogram_counts_from_zero_without_a_start() -> None:
    workbook = book(("Age",), (21,), (35,), (-5,))
    assert labels(workbook, "A1:A4", groupRule={"histogramRule": {"interval": 10}}) == [
        "-10 - -1",
        "20 - 29",
        "30 - 39",
    ]


def test_an_interval_of_next_to_nothing_makes_a_bucket_of_every_number() -> None:
    workbook = book(("Age",), (21,), (35,))
    assert labels(workbook, "A1:A3", groupRule={"histogramRule": {"interval": 5e-324}}) == ["21 - 21", "35 - 35"]


def test_manual_groups_leave_the_rest_on_their_own() -> None:
    workbook = book(("State",), ("AK",), ("AL",), ("AR",), ("IA",))
    central = {"groupName": {"stringValue": "Central"}, "items": [{"stringValue": "AL"}, {"stringValue": "IA"}]}
    assert labels(workbook, "A1:A5", groupRule={"manualRule": {"groups": [central]}}) == ["AK", "AR", "Central"]


def kept(workbook: Workbook, source: str, criteria: dict[str, Any], offset: int = 0) -> list[Any]:
    spec = {
        "source": area(source),
        "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING"}],
        "filterSpecs": [{"columnOffsetIndex": offset, "filterCriteria": criteria}],
    }
    return [row[0].value for row in compute(workbook, spec)][1:]


PEOPLE = (("Name", "Age"), ("Ann", 30), ("Bob", 41), ("Cleo", 9), ("Bea", None))


def shown_where(kind: str, *operands: str) -> dict[str, Any]:
    values = [{"userEnteredValue": operand} for operand in operands]
    return {"condition": {"type": kind, "values": values}, "visibleByDefault": True}


@pytest.mark.parametrize(
    ("criteria", "offset", "expected"),
    [
        ({"visibleValues": ["Ann", "Cleo"]}, 0, ["Ann", "Cleo"]),
        ({"visibleValues": ["Ann"], "visibleByDefault": True}, 0, ["Ann", "Bea", "Bob", "Cleo"]),
        ({"visibleValues": ["30"]}, 1, ["Ann"]),
        (shown_where("NUMBER_GREATER", "9"), 1, ["Ann", "Bob"]),
        (shown_where("NUMBER_BETWEEN", "30", "9"), 1, ["Ann", "Cleo"]),
        (shown_where("TEXT_STARTS_WITH", "b"), 0, ["Bea", "Bob"]),
        (shown_where("BLANK"), 1, ["Bea"]),
        (shown_where("NUMBER_GREATER", "=3*3"), 1, ["Ann", "Bob"]),
        (shown_where("NUMBER_BETWEEN", "9", "=SUM(10,20)"), 1, ["Ann", "Cleo"]),
        (shown_where("TEXT_STARTS_WITH", '=LOWER("B")'), 0, ["Bea", "Bob"]),
        (shown_where("NUMBER_GREATER", "=1/0"), 1, []),
        (shown_where("NUMBER_GREATER", "=TODAY()-TODAY()+30"), 1, ["Bob"]),
        (shown_where("NOT_BLANK"), 1, ["Ann", "Bob", "Cleo"]),
        ({"condition": {"type": "NOT_BLANK"}, "visibleValues": ["41", "9", ""]}, 1, ["Bob", "Cleo"]),
        ({"condition": {"type": "NOT_BLANK"}}, 1, []),
    ],
)
def test_filters(criteria: dict[str, Any], offset: int, expected: list[str]) -> None:
    assert kept(book(*PEOPLE), "A1:B5", criteria, offset) == expected


def test_criteria_in_the_deprecated_form() -> None:
    spec = {
        "source": area("A1:B5"),
        "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING"}],
        "criteria": {"0": {"visibleValues": ["Bob"]}},
    }
    assert [row[0].value for row in compute(book(*PEOPLE), spec)] == ["Name", "Bob"]


LIMITS = (
    ("Name", "Age", "Least age", "Q1", None, 20),
    ("Ann", 30, 40, 1, None, "=1+2"),
    ("Bob", 41, 40, 2),
    ("Cleo", 9, 5, 3, None, "=1/0"),
    ("Bea", None, 1, 4),
)


@pytest.mark.parametrize(
    ("kind", "formula", "offset", "expected"),
    [
        ("CUSTOM_FORMULA", "=Age>20", 0, ["Ann", "Bob"]),
        ("CUSTOM_FORMULA", "=Age>'Least age'", 0, ["Bob", "Cleo"]),
        ("CUSTOM_FORMULA", "=age-41", 0, ["Ann", "Bea", "Cleo"]),  # any number but 0 is true
        ("NUMBER_GREATER", "='Least age'", 1, ["Bob", "Cleo"]),
        ("CUSTOM_FORMULA", "=Q1>2", 0, ["Bea", "Cleo"]),  # a heading before the cell that is called so
        ("NUMBER_GREATER", "=F1", 1, ["Ann", "Bob"]),  # the same cell for every record
        ("NUMBER_GREATER", "=Sheet1!$F$1", 1, ["Ann", "Bob"]),
        ("CUSTOM_FORMULA", "=LEN(Name)=F2", 0, ["Ann", "Bea", "Bob"]),
        ("CUSTOM_FORMULA", "=COUNTIF(F1:F2,Q1)", 0, ["Cleo"]),
        ("CUSTOM_FORMULA", "=Q1<=COUNT(F:F)", 0, ["Ann", "Bob"]),
        ("CUSTOM_FORMULA", "=IFERROR(F4,Q1)=Q1", 0, ["Ann", "Bea", "Bob", "Cleo"]),
        ("CUSTOM_FORMULA", "=F4>0", 0, []),
        ("CUSTOM_FORMULA", "=Q1>limit", 0, ["Bea"]),
        ("CUSTOM_FORMULA", "=LET(x,Q1,x=1)", 0, ["Ann"]),
        ("CUSTOM_FORMULA", "=unknown>1", 0, []),
        ("CUSTOM_FORMULA", "=Age>'No such heading'", 0, []),
        ("TEXT_EQ", '=IF(Q1=1,Name,"nobody")', 0, ["Ann"]),
    ],
)
def test_formulas_in_filters(kind: str, formula: str, offset: int, expected: list[str]) -> None:
    workbook = book(*LIMITS)
    workbook.named_ranges = [{"namedRangeId": "1", "name": "limit", "range": area("F2")}]
    assert kept(workbook, "A1:D5", shown_where(kind, formula), offset) == expected


def test_references_in_filters_mean_cells_of_the_tables_own_sheet_and_are_followed() -> None:
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=Age>H1"}]}
    spec = {
        "source": area("A1:B5"),
        "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING"}],
        "filterSpecs": [{"columnOffsetIndex": 0, "filterCriteria": {"condition": condition, "visibleByDefault": True}}],
    }
    own = sheet_of_rows((("here",), (None,) * 7), "Pivot", 1)
    workbook = workbook_of(sheet_of_rows(PEOPLE), own)
    workbook.set_cell(own, 0, 7, Cell(35.0))
    workbook.set_cell(own, 1, 0, Cell(pivot=checked_pivot(workbook, spec)))

    def drawn(top: int) -> list[Any]:
        return [workbook.value(own, row, 0) for row in range(top, top + 3)]

    assert drawn(1) == ["Name", "Bob", None]
    workbook.set_cell(own, 0, 7, Cell(20.0))
    assert drawn(1) == ["Name", "Ann", "Bob"]
    band = {"sheetId": 1, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    HANDLERS["insertDimension"](workbook, {"range": band})
    workbook.set_cell(own, 1, 7, Cell(35.0))
    assert drawn(2) == ["Name", "Bob", None]


def test_a_formula_on_a_column_that_is_gone_hides_nothing_even_when_it_cannot_be_read() -> None:
    spec = {
        "source": area("A1:B5"),
        "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING"}],
        "filterSpecs": [{"columnOffsetIndex": 7, "filterCriteria": shown_where("CUSTOM_FORMULA", "=(")}],
    }
    workbook = book(*PEOPLE)
    assert [row[0].value for row in compute(workbook, spec, workbook.sheets[0])][1:] == ["Ann", "Bea", "Bob", "Cleo"]


def test_a_filter_by_a_cell_of_its_own_table_is_circular() -> None:
    spec = {
        "source": area("A1:B5"),
        "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING"}],
        "filterSpecs": [{"columnOffsetIndex": 0, "filterCriteria": shown_where("CUSTOM_FORMULA", "=Age>D1")}],
    }
    workbook = book(*PEOPLE)
    workbook.set_cell(workbook.sheets[0], 0, 3, Cell(pivot=checked_pivot(workbook, spec)))
    assert workbook.value(workbook.sheets[0], 0, 3) == ErrorValue("REF", "Circular dependency detected.")


@pytest.mark.parametrize("formula", ['=INDIRECT("F1")>1', "=RAND()>0.5", "=ROW()>1", "=SUBTOTAL(9,F1:F2)>1"])
def test_a_condition_that_is_not_evaluated_is_refused(formula: str) -> None:
    with pytest.raises(Unsupported):
        kept(book(*PEOPLE), "A1:B5", shown_where("CUSTOM_FORMULA", formula))


def test_a_formula_that_cannot_be_read_is_refused_as_google_does() -> None:
    criteria = shown_where("CUSTOM_FORMULA", "=SUM(")
    spec = {"source": area("A1:B5"), "filterSpecs": [{"columnOffsetIndex": 0, "filterCriteria": criteria}]}
    with pytest.raises(Refusal, match=r"^Invalid ConditionValue.userEnteredValue: =SUM\($"):
        checked_pivot(book(*PEOPLE), spec)


def test_a_filter_whose_column_is_gone_hides_nothing() -> None:
    assert kept(book(*PEOPLE), "A1:B5", {"visibleValues": ["x"]}, 2) == ["Ann", "Bea", "Bob", "Cleo"]


def test_a_number_that_is_no_date_stands_for_itself() -> None:
    workbook = book(("Day",), (1e12,), (serial(2024, 1, 9),))
    assert labels(workbook, "A1:A3", groupRule={"dateTimeRule": {"type": "YEAR"}}) == [2024, 1e12]

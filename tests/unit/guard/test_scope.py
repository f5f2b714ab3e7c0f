from __future__ import annotations

import pytest

from sheets_agent.a1 import GridRange
from sheets_agent.actions import ACTIONS
from sheets_agent.errors import UsageError
from sheets_agent.guard.check import Guard
from sheets_agent.guard.reach import Reach, reach, sheets_of
from sheets_agent.guard.scope import Scope
from sheets_agent.settings import load
from sheets_agent.sheets.book import Book
from sheets_agent.state.planned import Severity

WRITE = ACTIONS["write_cell"].model_validate({"target": "Data!B2", "value": "x"})
GRID = {"rowCount": 50, "columnCount": 10}
TURNED = {"pasteOrientation": "TRANSPOSE"}
BLOCK = {"sheetId": 1, "startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 1, "endColumnIndex": 2}


def book(**protection: object) -> Book:
    protected = [{"range": {"sheetId": 1}, **protection}] if protection else []
    sheets = [("Data", 1, protected), ("Other", 2, [])]
    return Book.from_api(
        {
            "spreadsheetId": "x",
            "sheets": [
                {
                    "properties": {"sheetId": number, "title": title, "gridProperties": GRID},
                    "protectedRanges": kept,
                    "charts": [{"chartId": 7, "position": {"overlayPosition": {"anchorCell": {"sheetId": 2}}}}]
                    * (number == 2),
                }
                for title, number, kept in sheets
            ],
        }
    )  # fmt: skip


def kinds(
    scope: Scope, request: dict[str, object], of: Book | None = None, written: int = 0
) -> list[tuple[str, Severity]]:
    facts = Guard(scope).step(0, WRITE, [request], of or book(), written)
    return [(fact.kind, fact.severity) for fact in facts]


def test_the_scope_is_the_persons_words_and_options() -> None:
    scope = Scope.of("Удали дубликаты, ссылки на shop.example", load(only=["Data!A1:B5"], allow_functions=["image"]))
    assert (scope.asked, scope.functions, scope.hosts, scope.only) == (
        ("removing",),
        ("IMAGE",),
        ("shop.example",),
        ("Data!A1:B5",),
    )
    assert Scope.of("Sum up the deliveries, and fill in the revenue of all orders", load()).asked == ()
    assert Scope.of("Order the rows by date, replace N/A", load()).asked == ("changing", "sorting")


def test_a_range_to_keep_to_must_be_one() -> None:
    with pytest.raises(UsageError, match="not a cell or a range"):
        load(only=["Data!hello"])


@pytest.mark.parametrize(
    ("request_", "inside"),
    [
        ({"repeatCell": {"range": BLOCK}}, True),
        ({"repeatCell": {"range": {**BLOCK, "endRowIndex": 6}}}, False),
        ({"repeatCell": {"range": {**BLOCK, "sheetId": 2}}}, False),
        ({"updateCells": {"start": {"sheetId": 1, "rowIndex": 4, "columnIndex": 1}, "rows": [{}, {}]}}, False),
        ({"copyPaste": {"source": {**BLOCK, "sheetId": 2}, "destination": BLOCK}}, True),
        ({"copyPaste": {"source": {"sheetId": 2}, "destination": BLOCK}}, False),
        ({"copyPaste": {"source": {**BLOCK, "endColumnIndex": 4}, "destination": BLOCK}}, False),
        ({"copyPaste": {"source": {**BLOCK, "endColumnIndex": 4}, "destination": BLOCK, **TURNED}}, True),
        ({"repeatCell": {"range": {**BLOCK, "endRowIndex": 900}}}, False),
        ({"cutPaste": {"source": {**BLOCK, "sheetId": 2}, "destination": {"sheetId": 1}}}, False),
        ({"findReplace": {"allSheets": True, "find": "a"}}, False),
        ({"insertDimension": {"range": {"sheetId": 1, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}}, False),
        ({"appendDimension": {"sheetId": 1, "dimension": "ROWS", "length": 1}}, True),
        ({"appendDimension": {"sheetId": 2, "dimension": "ROWS", "length": 1}}, False),
        ({"addChart": {"chart": {"position": {"overlayPosition": {"anchorCell": {"sheetId": 1}}}}}}, True),
        ({"addChart": {"chart": {"position": {"newSheet": True}}}}, False),
        ({"updateChartSpec": {"chartId": 7}}, False),
        ({"deleteEmbeddedObject": {"objectId": 7}}, False),
        ({"addSheet": {"properties": {"title": "new"}}}, True),
        ({"addSheet": {"properties": {"title": "Newer"}}}, False),
        ({"updateSheetProperties": {"properties": {"sheetId": 1, "title": "x"}, "fields": "title"}}, False),
        ({"updateSpreadsheetProperties": {"properties": {"title": "x"}, "fields": "title"}}, False),
        ({"whatGoogleMayAdd": {"range": BLOCK}}, False),
    ],
)  # fmt: skip
def test_what_lies_outside_is_refused(request_: dict[str, object], inside: bool) -> None:
    scope = Scope(only=("Data!A1:C5", "New"))
    assert (("outside_scope", Severity.ERROR) not in kinds(scope, request_)) is inside
    assert ("outside_scope", Severity.ERROR) not in kinds(Scope(), request_)


def test_a_named_range_does_not_widen_the_scope() -> None:
    assert Scope(only=("Data!A1:C5",)).areas(book()) == [GridRange(1, 0, 5, 0, 3)]
    assert Scope(only=("Mine",)).areas(book()) == []


@pytest.mark.parametrize(
    ("protection", "approve", "severity"),
    [
        ({"editors": {}}, "risky", Severity.ERROR),
        ({"requestingUserCanEdit": True}, "risky", Severity.WARNING),
        ({"warningOnly": True}, "risky", Severity.WARNING),
        ({"warningOnly": True}, "never", Severity.ERROR),
        ({"editors": {}, "unprotectedRanges": [BLOCK]}, "never", None),
        ({}, "never", None),
    ],
)
def test_protected_ranges(protection: dict[str, object], approve: str, severity: Severity | None) -> None:
    found = dict(kinds(Scope(approve=approve), {"repeatCell": {"range": BLOCK}}, book(**protection)))
    assert found.get("protected_range") is severity


def test_cells_are_counted_over_the_run() -> None:
    fill = {"repeatCell": {"range": {**BLOCK, "endRowIndex": 11}, "fields": "userEnteredValue"}}
    paint = {"repeatCell": {"range": {"sheetId": 1}, "fields": "userEnteredFormat"}}
    scope = Scope(max_cells=15)
    assert kinds(scope, fill) == [] == kinds(scope, paint)
    assert kinds(scope, fill, written=6) == [("too_many_cells", Severity.ERROR)]


@pytest.mark.parametrize("request_", [{"deleteSheet": {"sheetId": 1}}, {"deleteRange": {"range": BLOCK}}])
def test_removing_must_be_asked_for_where_nobody_is_asked(request_: dict[str, object]) -> None:
    assert ("not_asked", Severity.ERROR) in kinds(Scope(approve="never", asked=("changing",)), request_)
    assert kinds(Scope(approve="never", asked=("removing",), said=("data",)), request_) == []
    assert kinds(Scope(approve="risky"), request_) == []


def test_a_question_writes_nothing() -> None:
    assert kinds(Scope(writes=False), {"repeatCell": {"range": BLOCK}}) == [("outside_scope", Severity.ERROR)]


def test_the_sheets_that_requests_write_on() -> None:
    requests = [{"repeatCell": {"range": BLOCK}}, {"addSheet": {"properties": {"sheetId": 9}}}]
    assert sheets_of(requests, book()) == {1, 9}
    assert sheets_of([{"findReplace": {"allSheets": True}}], book()) == {1, 2}
    assert reach({}, book()) == Reach(everywhere=True)

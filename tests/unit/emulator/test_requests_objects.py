"""Requests about names, protections, charts, rules, filters, sorting, tables and marks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from emulator_workbooks import DATE, area, book, contents, sheet_of_rows, workbook_of

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.ordering import sorted_places
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.requests.pivot_check import checked_pivot
from sheets_agent.emulator.workbook import Cell, Workbook
from sheets_agent.formulas.values import ErrorValue


def do(workbook: Workbook, kind: str, **request: Any) -> Any:
    return HANDLERS[kind](workbook, request)


def refused(workbook: Workbook, kind: str, reason: str, **request: Any) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        do(workbook, kind, **request)


def test_every_handler_is_a_request_kind_of_the_api() -> None:
    from sheets_agent.emulator.schema import discovery

    kinds = discovery("sheets", "v4").schemas["Request"]["properties"]
    assert HANDLERS.keys() <= kinds.keys()
    missing = kinds.keys() - HANDLERS.keys()
    assert not [kind for kind in missing if "DataSource" not in kind and "Comment" not in kind]


# --------------------------------------------------------------------------------------------------- names


def test_named_ranges_come_change_and_go() -> None:
    workbook = book()
    named = do(workbook, "addNamedRange", namedRange={"name": "Продажи", "range": area("A1:B2")})["namedRange"]
    assert named["namedRangeId"].isdigit()
    assert named["range"] == area("A1:B2")
    new = {"namedRangeId": named["namedRangeId"], "name": "Sales", "range": area("A:A")}
    assert do(workbook, "updateNamedRange", namedRange=new, fields="name") == {}
    assert workbook.named_ranges == [{**named, "name": "Sales"}]
    do(workbook, "updateNamedRange", namedRange=new, fields="range")
    assert workbook.named_ranges[0]["range"] == area("A:A")
    do(workbook, "deleteNamedRange", namedRangeId=named["namedRangeId"])
    assert workbook.named_ranges == []
    refused(workbook, "deleteNamedRange", "No named range with id: x", namedRangeId="x")


@pytest.mark.parametrize("name", ["", "A1", "r1c1", "two words", "1st", "true"])
def test_names_that_are_no_names(name: str) -> None:
    refused(book(), "addNamedRange", "not a valid name", namedRange={"name": name, "range": area("A1")})


def test_ids_chosen_by_the_client_are_kept_and_not_taken_twice() -> None:
    workbook = book()
    given = {"name": "one", "range": area("A1"), "namedRangeId": "mine"}
    assert do(workbook, "addNamedRange", namedRange=given)["namedRange"]["namedRangeId"] == "mine"
    refused(workbook, "addNamedRange", "already exists", namedRange={**given, "name": "two"})
    refused(workbook, "addNamedRange", "already exists", namedRange={"name": "ONE", "range": area("A1")})


def test_protected_ranges() -> None:
    workbook = book()
    given = {"range": area("A1:B2"), "warningOnly": True, "description": None, "requestingUserCanEdit": False}
    protected = do(workbook, "addProtectedRange", protectedRange=given)["protectedRange"]
    identifier = protected["protectedRangeId"]
    kept = {"range": area("A1:B2"), "warningOnly": True, "requestingUserCanEdit": True, "editors": {}}
    assert protected == {"protectedRangeId": identifier, **kept}
    new = {"protectedRangeId": identifier, "description": "why"}
    do(workbook, "updateProtectedRange", protectedRange=new, fields="description")
    assert workbook.sheets[0].list("protectedRanges")[0]["description"] == "why"
    do(workbook, "deleteProtectedRange", protectedRangeId=identifier)
    assert workbook.sheets[0].list("protectedRanges") == []


# --------------------------------------------------------------------------------------------------- charts


def chart(series: str = "B1:B3", **options: Any) -> dict[str, Any]:
    spec = {
        "title": "Revenue",
        "basicChart": {
            "chartType": "LINE",
            "domains": [{"domain": {"sourceRange": {"sources": [area("A1:A3")]}}}],
            "series": [{"series": {"sourceRange": {"sources": [area(series)]}}, "color": {"red": 0.5}}],
        },
    }
    place = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 1, "columnIndex": 3}}}
    return {"spec": spec, "position": place, **options}


def test_a_chart_is_added_moved_changed_and_deleted() -> None:
    workbook = book()
    added = do(workbook, "addChart", chart=chart(chartId=7))["chart"]
    assert added["chartId"] == 7
    assert added["position"]["overlayPosition"] == {
        "anchorCell": {"sheetId": 0, "rowIndex": 1, "columnIndex": 3}, "widthPixels": 600, "heightPixels": 371,
    }  # fmt: skip
    assert added["spec"]["basicChart"]["series"][0]["colorStyle"] == {"rgbColor": {"red": 0.49803922}}
    refused(workbook, "addChart", "already exists", chart=chart(chartId=7))
    reply = do(
        workbook, "updateEmbeddedObjectPosition", objectId=7, fields="anchorCell.rowIndex",
        newPosition={"overlayPosition": {"anchorCell": {"rowIndex": 5}}},
    )  # fmt: skip
    assert reply["position"]["overlayPosition"]["anchorCell"] == {"sheetId": 0, "rowIndex": 5, "columnIndex": 3}
    do(workbook, "updateChartSpec", chartId=7, spec={"title": "New", **{"pieChart": {}}})
    assert workbook.sheets[0].list("charts")[0]["spec"] == {"title": "New", "pieChart": {}}
    do(workbook, "deleteEmbeddedObject", objectId=7)
    assert workbook.sheets[0].list("charts") == []
    refused(workbook, "deleteEmbeddedObject", "No embedded object with id: 7", objectId=7)


def test_chart_refusals() -> None:
    refused(book(), "addChart", "GridRange.endRowIndex[99]", chart=chart("B1:B99"))
    refused(book(), "addChart", "require all rows or all columns to have length of 1", chart=chart("B1:C3"))
    refused(book(), "addChart", "No chart specification", chart={**chart(), "spec": {}})
    refused(book(), "addChart", "position of the object", chart={**chart(), "position": {"newSheet": False}})


def test_a_chart_lives_on_when_its_source_is_deleted() -> None:
    workbook = book()
    do(workbook, "addChart", chart=chart())
    columns = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    do(workbook, "deleteDimension", range=columns)
    [kept] = workbook.sheets[0].list("charts")
    assert kept["spec"]["basicChart"]["series"][0]["series"] == {"sourceRange": {"sources": []}}
    assert kept["position"]["overlayPosition"]["anchorCell"]["columnIndex"] == 2


def test_slicers_are_kept() -> None:
    workbook = book()
    slicer = {"spec": {"dataRange": area("A1:B3"), "columnIndex": 0}, "position": chart()["position"]}
    added = do(workbook, "addSlicer", slicer=slicer)["slicer"]
    do(workbook, "updateSlicerSpec", slicerId=added["slicerId"], spec={"title": "T"}, fields="title")
    assert workbook.sheets[0].list("slicers")[0]["spec"]["title"] == "T"


# --------------------------------------------------------------------------------------------------- looks


def test_borders_around_and_between() -> None:
    workbook = book()
    solid = {"style": "SOLID", "color": {"red": 1}}
    do(workbook, "updateBorders", range=area("A1:B2"), top=solid, innerVertical={"style": "SOLID_THICK"})

    def sides(row: int, column: int) -> dict[str, Any]:
        return {
            side: line["style"] for side, line in (workbook.sheets[0].cell(row, column).format or {})["borders"].items()
        }

    assert sides(0, 0) == {"top": "SOLID", "right": "SOLID_THICK"}
    assert sides(1, 1) == {"left": "SOLID_THICK"}
    assert (workbook.sheets[0].cell(0, 0).format or {})["borders"]["top"] == {
        "style": "SOLID", "width": 1, "color": {"red": 1.0}, "colorStyle": {"rgbColor": {"red": 1.0}},
    }  # fmt: skip
    do(workbook, "updateBorders", range=area("A1:B2"), top={"style": "NONE"}, innerVertical={"style": "NONE"})
    assert list(workbook.sheets[0].cells()) == []


def test_conditional_formats_are_ordered() -> None:
    workbook = book()

    def rule(kind: str) -> dict[str, Any]:
        return {"ranges": [area("A1:A2")], "booleanRule": {"condition": {"type": kind}, "format": {}}}

    do(workbook, "addConditionalFormatRule", rule=rule("BLANK"), index=0)
    do(workbook, "addConditionalFormatRule", rule=rule("NOT_BLANK"), index=0)

    def kinds() -> list[str]:
        return [item["booleanRule"]["condition"]["type"] for item in workbook.sheets[0].list("conditionalFormats")]

    assert kinds() == ["NOT_BLANK", "BLANK"]
    reply = do(workbook, "updateConditionalFormatRule", sheetId=0, index=0, newIndex=1)
    assert (kinds(), reply["oldIndex"], reply["newIndex"]) == (["BLANK", "NOT_BLANK"], 0, 1)
    reply = do(workbook, "updateConditionalFormatRule", index=0, rule=rule("NOT_BLANK"))
    assert reply["oldRule"]["booleanRule"]["condition"]["type"] == "BLANK"
    do(workbook, "deleteConditionalFormatRule", sheetId=0, index=1)
    assert kinds() == ["NOT_BLANK"]
    refused(
        workbook, "deleteConditionalFormatRule", "No conditional format on sheet: 0 at index: 4", sheetId=0, index=4
    )


def test_gradient_rules_are_checked() -> None:
    point = {"type": "NUMBER", "color": {"red": 1}}
    rule = {"ranges": [area("A1")], "gradientRule": {"minpoint": {"type": "MIN"}, "maxpoint": point}}
    refused(book(), "addConditionalFormatRule", "InterpolationPoint.value is required.", rule=rule)
    rule = {"ranges": [area("A1")], "gradientRule": {"minpoint": {"type": "MIN"}}}
    refused(book(), "addConditionalFormatRule", "No interpolationPointType specified.", rule=rule)


def test_banding() -> None:
    workbook = book()
    bands = {"firstBandColor": {"red": 1}, "secondBandColor": {"green": 1}}
    banded = do(workbook, "addBanding", bandedRange={"range": area("A1:B4"), "rowProperties": bands})["bandedRange"]
    assert banded["rowProperties"]["firstBandColorStyle"] == {"rgbColor": {"red": 1.0}}
    refused(
        workbook, "addBanding", "already has alternating background colors",
        bandedRange={"range": area("B2"), "rowProperties": bands},
    )  # fmt: skip
    new = {"bandedRangeId": banded["bandedRangeId"], "range": area("A1:B6")}
    do(workbook, "updateBanding", bandedRange=new, fields="range")
    assert workbook.sheets[0].list("bandedRanges")[0]["range"] == area("A1:B6")
    do(workbook, "deleteBanding", bandedRangeId=banded["bandedRangeId"])
    assert workbook.sheets[0].list("bandedRanges") == []


# --------------------------------------------------------------------------------------------------- sort, filter


def test_sort_order_of_mixed_values() -> None:
    values = [None, "b", True, 10.0, "", "A", ErrorValue("REF"), 2.0, False]
    upwards = [values[n] for n in sorted_places([values], [False], len(values))]
    assert upwards == [2.0, 10.0, "A", "b", False, True, ErrorValue("REF"), None, ""]
    downwards = [values[n] for n in sorted_places([values], [True], len(values))]
    assert downwards == [ErrorValue("REF"), True, False, "b", "A", 10.0, 2.0, None, ""]


def test_sort_range_by_several_columns_takes_formulas_along() -> None:
    workbook = book(("b", 1, "=B1*2"), ("a", 2, "=B2*2"), ("a", 1, "=$B$3"), (None, 5, None))
    specs = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}, {"dimensionIndex": 1, "sortOrder": "DESCENDING"}]
    do(workbook, "sortRange", range=area("A1:C4"), sortSpecs=specs)
    assert contents(workbook) == [
        ["a", 2.0, "=B1*2"], ["a", 1.0, "=$B$3"], ["b", 1.0, "=B3*2"], [None, 5.0, None],
    ]  # fmt: skip


def test_sort_refusals() -> None:
    workbook = book((1,))
    refused(workbook, "sortRange", "At least one sort spec", range=area("A1:A2"))
    refused(workbook, "sortRange", "outside of the range", range=area("A1:A2"), sortSpecs=[{"dimensionIndex": 1}])
    do(workbook, "mergeCells", range=area("A1:A2"))
    refused(workbook, "sortRange", "vertical merges", range=area("A1:A2"), sortSpecs=[{"dimensionIndex": 0}])


def test_randomized_rows_stay_whole() -> None:
    workbook = book(*((n, n * 10) for n in range(8)))
    do(workbook, "randomizeRange", range=area("A1:B8"))
    assert sorted(contents(workbook)) == [[float(n), float(n * 10)] for n in range(8)]


def hidden(workbook: Workbook) -> list[int]:
    return sorted(row for row, body in workbook.sheets[0].row_metadata.items() if body.get("hiddenByFilter"))


FRUIT = (
    ("Fruit", "Count", "Day"),
    ("apple", 5, Cell(46023.0, format={"numberFormat": DATE})),
    ("pear", 2, None),
    ("Plum", 8, None),
)


@pytest.mark.parametrize(
    ("column", "criteria", "expected"),
    [
        (0, {"hiddenValues": ["pear"]}, [2]),
        (1, {"condition": {"type": "NUMBER_GREATER_THAN_EQ", "values": [{"userEnteredValue": "5"}]}}, [2]),
        (0, {"condition": {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": "P"}]}}, []),
        (0, {"condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": "plum"}]}}, [1, 2]),
        (2, {"condition": {"type": "NOT_BLANK"}}, [2, 3]),
        (2, {"condition": {"type": "DATE_EQ", "values": [{"userEnteredValue": "1/1/2026"}]}}, [2, 3]),
        (2, {"hiddenValues": ["2026-01-01"]}, [1]),
        (1, {"condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=B2>MIN(B$2:B)*2"}]}}, [2]),
        (1, {"condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=COUNTIF(C:C,C2)"}]}}, [2, 3]),
        (1, {"condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=COLUMN()*ROW()=6"}]}}, [1, 3]),
        (1, {"condition": {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "=AVERAGE(B$2:B)"}]}}, [1, 2]),
        (0, {"condition": {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": '=LEFT(A2,1)&"e"'}]}}, [1, 3]),
    ],
)
def test_a_filter_hides_rows(column: int, criteria: dict[str, Any], expected: list[int]) -> None:
    workbook = book(*FRUIT)
    specs = [{"columnIndex": column, "filterCriteria": criteria}]
    do(workbook, "setBasicFilter", filter={"range": area("A1:C4"), "filterSpecs": specs})
    assert hidden(workbook) == expected
    do(workbook, "clearBasicFilter", sheetId=0)
    assert (hidden(workbook), workbook.sheets[0].basic_filter) == ([], None)


@pytest.mark.parametrize(("kind", "needed"), [("NUMBER_NOT_BETWEEN", "two values"), ("CUSTOM_FORMULA", "one value")])
def test_a_condition_without_its_values_is_refused_everywhere(kind: str, needed: str) -> None:
    condition = {"type": kind, "values": []}
    reason = f"ConditionType '{kind}' requires exactly {needed}."
    filtered = {"range": area("A1:C4"), "filterSpecs": [{"columnIndex": 1, "filterCriteria": {"condition": condition}}]}
    refused(book(*FRUIT), "setBasicFilter", reason, filter=filtered)
    refused(book(*FRUIT), "addFilterView", reason, filter=filtered)
    refused(book(*FRUIT), "setDataValidation", reason, range=area("A1:A2"), rule={"condition": condition})
    rule = {"ranges": [area("A1:A2")], "booleanRule": {"condition": condition, "format": {}}}
    refused(book(*FRUIT), "addConditionalFormatRule", reason, rule=rule)


def test_a_filter_over_the_whole_sheet_gets_bounds_and_may_sort() -> None:
    workbook = book(("h",), (1,), (2,))
    specs = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
    do(workbook, "setBasicFilter", filter={"range": {"sheetId": 0}, "sortSpecs": specs})
    assert workbook.sheets[0].basic_filter == {"range": area("A1:J20"), "sortSpecs": specs}
    assert contents(workbook) == [["h"], [2.0], [1.0]]


def test_filter_views_are_kept_and_hide_nothing() -> None:
    workbook = book(*FRUIT)
    given = {"range": area("A1:B4"), "criteria": {"0": {"hiddenValues": ["pear"]}}}
    view = do(workbook, "addFilterView", filter=given)["filter"]
    assert view["title"] == "Filter 1"
    assert view["filterSpecs"] == [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["pear"]}}]
    assert hidden(workbook) == []
    do(workbook, "updateFilterView", filter={"filterViewId": view["filterViewId"], "title": "T"}, fields="title")
    copy = do(workbook, "duplicateFilterView", filterId=view["filterViewId"])["filter"]
    assert copy["title"] == "Copy of T"
    do(workbook, "deleteFilterView", filterId=view["filterViewId"])
    assert [item["title"] for item in workbook.sheets[0].list("filterViews")] == ["Copy of T"]


# --------------------------------------------------------------------------------------------------- tables, marks


def test_a_table_names_its_columns_after_the_header() -> None:
    workbook = book(("a", None, "a"), (1, 2, 3))
    table = do(workbook, "addTable", table={"range": area("A1:C2")})["table"]
    assert table["name"] == "Table1"
    assert [column["columnName"] for column in table["columnProperties"]] == ["a", "Column 2", "a 2"]
    assert contents(workbook)[0] == ["a", "Column 2", "a 2"]
    assert workbook.sheets[0].properties["gridProperties"]["frozenRowCount"] == 1
    refused(workbook, "addTable", "overlap", table={"range": area("C2:D3")})
    do(workbook, "updateTable", table={"tableId": table["tableId"], "name": "Sales"}, fields="name")
    assert workbook.sheets[0].list("tables")[0]["name"] == "Sales"
    do(workbook, "deleteTable", tableId=table["tableId"])
    assert contents(workbook) == []


def test_a_copied_table_has_a_name_and_an_id_of_its_own() -> None:
    workbook = book(("a",), (1,))
    first = do(workbook, "addTable", table={"range": area("A1:A2")})["table"]
    do(workbook, "duplicateSheet", sourceSheetId=0, newSheetId=4, insertSheetIndex=1)
    [copy] = workbook.sheets[1].list("tables")
    assert (copy["name"], copy["range"]) == ("Table1_2", area("A1:A2", 4))
    assert copy["tableId"] != first["tableId"]


def test_a_tables_columns_follow_the_sheets() -> None:
    workbook = book(("a", "b"), (1, 2))
    do(workbook, "addTable", table={"range": area("A1:B2")})
    run = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    do(workbook, "insertDimension", range=run)
    [table] = workbook.sheets[0].list("tables")
    assert table["range"] == area("A1:C2")
    assert [(column["columnIndex"], column["columnName"]) for column in table["columnProperties"]] == [
        (0, "a"), (1, "Column 2"), (2, "b"),
    ]  # fmt: skip
    do(workbook, "deleteDimension", range={**run, "startIndex": 0, "endIndex": 1})
    [table] = workbook.sheets[0].list("tables")
    assert [column["columnName"] for column in table["columnProperties"]] == ["Column 2", "b"]


def mark(identifier: int | None = None, **location: Any) -> dict[str, Any]:
    body = {
        "metadataKey": "run",
        "metadataValue": "7",
        "visibility": "DOCUMENT",
        "location": location or {"spreadsheet": True},
    }
    return body if identifier is None else {**body, "metadataId": identifier}


def test_marks_are_unique_by_id() -> None:
    workbook = book()
    added = do(workbook, "createDeveloperMetadata", developerMetadata=mark(5))["developerMetadata"]
    assert added == {**mark(5), "location": {"locationType": "SPREADSHEET", "spreadsheet": True}}
    refused(workbook, "createDeveloperMetadata", "already exists", developerMetadata=mark(5))
    refused(workbook, "createDeveloperMetadata", "must be positive", developerMetadata=mark(0))
    lookup = {"developerMetadataLookup": {"metadataId": 5}}
    do(
        workbook,
        "updateDeveloperMetadata",
        dataFilters=[lookup],
        developerMetadata={"metadataValue": "8"},
        fields="metadataValue",
    )
    assert workbook.developer_metadata[0]["metadataValue"] == "8"
    reply = do(workbook, "deleteDeveloperMetadata", dataFilter=lookup)
    assert [item["metadataId"] for item in reply["deletedDeveloperMetadata"]] == [5]
    assert workbook.developer_metadata == []


def test_marks_on_rows_move_with_them_and_go_with_them() -> None:
    workbook = book((1,), (2,))
    row = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    do(workbook, "createDeveloperMetadata", developerMetadata=mark(dimensionRange=row))
    do(workbook, "insertDimension", range={**row, "startIndex": 0, "endIndex": 1})
    assert workbook.developer_metadata[0]["location"]["dimensionRange"]["startIndex"] == 2
    do(workbook, "deleteDimension", range={**row, "startIndex": 2, "endIndex": 3})
    assert workbook.developer_metadata == []


# --------------------------------------------------------------------------------------------------- pivots


PIVOT = {
    "source": area("A1:B3"),
    "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING", "showTotals": True}],
    "values": [{"sourceColumnOffset": 1, "summarizeFunction": "SUM"}],
}


def test_a_pivot_table_is_written_and_follows_its_source() -> None:
    workbook = book(("k", "v"), ("a", 1), ("b", 2))
    rows = [{"values": [{"pivotTable": PIVOT}]}]
    do(workbook, "updateCells", rows=rows, start={"sheetId": 0, "rowIndex": 0, "columnIndex": 4}, fields="pivotTable")
    assert workbook.sheets[0].cell(0, 4).pivot == PIVOT
    columns = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    do(workbook, "insertDimension", range=columns)
    assert (workbook.sheets[0].cell(0, 5).pivot or {})["source"] == area("B1:C3")
    do(workbook, "updateCells", rows=[{"values": [{}]}], start={"rowIndex": 0, "columnIndex": 5}, fields="pivotTable")
    assert workbook.sheets[0].cell(0, 5) == Cell()


def manual(*names: str) -> dict[str, Any]:
    groups = [{"groupName": {"stringValue": name}, "items": [{"stringValue": "a"}]} for name in names]
    return {"sortOrder": "ASCENDING", "groupRule": {"manualRule": {"groups": groups}}}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"source": None}, "At least one source data must be specified"),
        ({"rows": [{"sourceColumnOffset": 0}]}, "No sort order specified."),
        ({"values": [{"sourceColumnOffset": 1}]}, "No PivotValue.summarizeFunction specified."),
        ({"values": [{"formula": "=v", "summarizeFunction": "MAX"}]}, "Invalid summarizeFunction: MAX."),
        ({"values": [{"sourceColumnOffset": 1, "summarizeFunction": "CUSTOM"}]}, '"CUSTOM" may not be used'),
        ({"filterSpecs": [{"filterCriteria": {"condition": {"type": "ONE_OF_LIST"}}}]},
         "ConditionType 'ONE_OF_LIST' is not supported in filters."),
        ({"criteria": {"v": {}}}, "Invalid value at 'criteria' (TYPE_INT32), \"v\""),
        ({"rows": [{"sortOrder": "ASCENDING", "groupRule": {"dateTimeRule": {}}}]}, "No DateTimeRule.type specified."),
        ({"criteria": {"2": {"visibleValues": ["a"]}}},
         "Column offset 2 of a pivot table's filter is outside of its source."),
        ({"criteria": {"1": {"condition": {"type": "NUMBER_BETWEEN", "values": [{"userEnteredValue": "1"}]}}}},
         "ConditionType 'NUMBER_BETWEEN' requires exactly two values."),
        ({"source": area("A1:B3", 9)}, "No grid with id: 9"),
        ({"rows": [{"sourceColumnOffset": -1, "sortOrder": "ASCENDING"}]},
         "Invalid PivotGroup.sourceColumnOffset: -1."),
        ({"values": [{"sourceColumnOffset": -2, "summarizeFunction": "SUM"}]},
         "Invalid PivotValue.sourceColumnOffset: -2."),
        ({"values": [{"sourceColumnOffset": 1, "summarizeFunction": "NONE"}]}, "Invalid summarizeFunction: NONE."),
        ({"rows": [{"sortOrder": "ASCENDING", "valueBucket": {"valuesIndex": -1}}]}, "valuesIndex: -1."),
        ({"rows": [{"sortOrder": "ASCENDING", "groupLimit": {}}]}, "a positive value for countLimit"),
        ({"rows": [{"sortOrder": "ASCENDING", "valueMetadata": [{"value": {"formulaValue": "=A1"}}]}]},
         "The value of PivotGroupValueMetadata must be"),
        ({"rows": [manual("x", "x")]}, "Manual group names must be unique."),
        ({"rows": [manual("x", "y")]}, "An item may be in at most one manual group."),
    ],
)  # fmt: skip
def test_pivot_refusals(change: dict[str, Any], reason: str) -> None:
    spec = {key: value for key, value in {**PIVOT, **change}.items() if value is not None}
    with pytest.raises(Refusal, match=re.escape(reason)):
        checked_pivot(book(), spec)


def test_pivot_filters_are_kept_in_both_forms() -> None:
    criteria = {"visibleValues": ["a"]}
    kept = checked_pivot(book(), {**PIVOT, "criteria": {"0": criteria}})
    assert kept["filterSpecs"] == [{"columnOffsetIndex": 0, "filterCriteria": criteria}]
    assert kept["criteria"] == {"0": criteria}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [((7, 3), [1, 0]), ((None, 3), [0, 1]), ((3, 3), [0, 1])],
)
def test_pivot_limits_are_numbered_in_the_order_in_which_they_are_applied(
    asked: tuple[int | None, int | None], kept: list[int]
) -> None:
    limits = [{"countLimit": 5} if order is None else {"countLimit": 5, "applyOrder": order} for order in asked]
    row, column = ({"sortOrder": "ASCENDING", "groupLimit": limit} for limit in limits)
    pivot = checked_pivot(book(), {**PIVOT, "rows": [row], "columns": [column]})
    assert [pivot[side][0]["groupLimit"]["applyOrder"] for side in ("rows", "columns")] == kept


def test_the_order_of_two_sheets_does_not_matter_to_a_pivot_source() -> None:
    workbook = workbook_of(sheet_of_rows([], "Out", 3), sheet_of_rows([["k"]], "In", 4))
    assert checked_pivot(workbook, {"source": {"sheetId": 4}})["source"] == area("A1:J20", 4)

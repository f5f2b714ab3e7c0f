"""Requests about sheets, rows, columns and blocks of cells, and what follows them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from emulator_workbooks import area, book, contents, sheet_of_rows, workbook_of

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.workbook import Cell, Workbook


def do(workbook: Workbook, kind: str, **request: Any) -> Any:
    return HANDLERS[kind](workbook, request)


def refused(workbook: Workbook, kind: str, reason: str, **request: Any) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        do(workbook, kind, **request)


def run(dimension: str, start: int, end: int, sheet_id: int = 0) -> dict[str, Any]:
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}


def titles(workbook: Workbook) -> list[str]:
    assert [sheet.properties["index"] for sheet in workbook.sheets] == list(range(len(workbook.sheets)))
    return [sheet.title for sheet in workbook.sheets]


def two_sheets() -> Workbook:
    return workbook_of(sheet_of_rows([[1, "=Data!B2"], [2, "=A1"]]), sheet_of_rows([["x", 5], [6, 7]], "Data", 7))


# --------------------------------------------------------------------------------------------------- sheets


def test_add_sheet_with_defaults_and_at_a_place() -> None:
    workbook = book()
    reply = do(workbook, "addSheet")["properties"]
    assert (reply["title"], reply["index"], reply["sheetType"]) == ("Sheet2", 1, "GRID")
    assert reply["gridProperties"] == {"rowCount": 1000, "columnCount": 26}
    given = {"title": "Итоги", "index": 0, "sheetId": 42, "gridProperties": {"rowCount": 5, "frozenRowCount": 1}}
    do(workbook, "addSheet", properties=given)
    assert titles(workbook) == ["Итоги", "Sheet1", "Sheet2"]
    assert workbook.sheets[0].sheet_id == 42
    assert workbook.sheets[0].properties["gridProperties"] == {"rowCount": 5, "columnCount": 26, "frozenRowCount": 1}


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"title": "sheet1"}, 'A sheet with the name "sheet1" already exists. Please enter another name.'),
        ({"sheetId": 0}, "A sheet with the ID 0 already exists"),
        ({"title": "x" * 101}, "The sheet name cannot be greater than 100 characters."),
        ({"gridProperties": {"rowCount": 1, "frozenRowCount": 1}}, "You can't freeze all visible rows on the sheet."),
        ({"gridProperties": {"rowCount": 1_000_000, "columnCount": 26}}, "above the limit of 10000000 cells"),
    ],
)
def test_add_sheet_refusals(properties: dict[str, Any], reason: str) -> None:
    refused(book(), "addSheet", reason, properties=properties)


def test_renaming_a_sheet_renames_it_in_formulas() -> None:
    workbook = two_sheets()
    do(workbook, "updateSheetProperties", properties={"sheetId": 7, "title": "My data"}, fields="title")
    assert workbook.sheets[0].cell(0, 1).formula == "='My data'!B2"
    assert titles(workbook) == ["Sheet1", "My data"]


def test_moving_a_sheet_counts_places_before_the_move() -> None:
    workbook = workbook_of(*(sheet_of_rows([], f"S{n}", n) for n in range(3)))
    do(workbook, "updateSheetProperties", properties={"sheetId": 0, "index": 2}, fields="index")
    assert titles(workbook) == ["S1", "S0", "S2"]
    do(workbook, "updateSheetProperties", properties={"sheetId": 2, "index": 0}, fields="index")
    assert titles(workbook) == ["S2", "S1", "S0"]


def test_freezing_hiding_and_tab_colour_come_and_go() -> None:
    workbook = two_sheets()
    given = {"sheetId": 7, "hidden": True, "gridProperties": {"frozenRowCount": 1}, "tabColor": {"red": 1}}
    do(workbook, "updateSheetProperties", properties=given, fields="hidden,gridProperties.frozenRowCount,tabColor")
    properties = workbook.sheets[1].properties
    assert properties["hidden"] is True
    assert properties["gridProperties"]["frozenRowCount"] == 1
    assert properties["tabColorStyle"] == {"rgbColor": {"red": 1.0}}
    given = {"sheetId": 7, "hidden": False, "tabColorStyle": {"rgbColor": None}}
    do(workbook, "updateSheetProperties", properties=given, fields="hidden,tabColorStyle")
    assert not {"hidden", "tabColor", "tabColorStyle"} & workbook.sheets[1].properties.keys()


def test_a_smaller_grid_cuts_cells_off_and_breaks_references() -> None:
    workbook = book((1, 2, "=B1"), (3,))
    given = {"sheetId": 0, "gridProperties": {"rowCount": 1, "columnCount": 3}}
    do(workbook, "updateSheetProperties", properties=given, fields="gridProperties(rowCount,columnCount)")
    assert contents(workbook) == [[1.0, 2.0, "=B1"]]
    assert (workbook.sheets[0].row_count, workbook.sheets[0].column_count) == (1, 3)


def test_the_last_visible_sheet_stays() -> None:
    workbook = book()
    refused(
        workbook, "updateSheetProperties", "You can't hide all the sheets in a document.",
        properties={"sheetId": 0, "hidden": True}, fields="hidden",
    )  # fmt: skip
    refused(workbook, "deleteSheet", "You can't remove all the sheets in a document.", sheetId=0)
    refused(workbook, "deleteSheet", "No sheet with id: 9", sheetId=9)
    refused(workbook, "updateSheetProperties", "The sheet name cannot be empty.", properties={"sheetId": 0}, fields="*")


def test_deleting_a_sheet_breaks_references_to_it_and_takes_names_and_marks_along() -> None:
    workbook = two_sheets()
    do(workbook, "addNamedRange", namedRange={"name": "there", "range": area("A1:A2", 7)})
    mark = {"metadataKey": "k", "visibility": "DOCUMENT", "location": {"sheetId": 7}}
    do(workbook, "createDeveloperMetadata", developerMetadata=mark)
    do(workbook, "deleteSheet", sheetId=7)
    assert "#REF!" in str(workbook.sheets[0].cell(0, 1).formula)
    assert (titles(workbook), workbook.named_ranges, workbook.developer_metadata) == (["Sheet1"], [], [])


def test_duplicating_a_sheet_copies_what_is_on_it_with_new_ids() -> None:
    workbook = book((1, "=A1"), ("y", 2))
    chart = {"spec": {"pieChart": {"series": source("B1:B2"), "domain": source("A1:A2")}}, "position": at(0, 4)}
    first = do(workbook, "addChart", chart=chart)["chart"]
    do(workbook, "setBasicFilter", filter={"range": area("A1:B2")})
    do(workbook, "mergeCells", range=area("D1:E1"))
    reply = do(workbook, "duplicateSheet", sourceSheetId=0, insertSheetIndex=1, newSheetId=5, newSheetName="Copy")
    assert reply["properties"]["sheetId"] == 5
    copy = workbook.sheets[1]
    [copied] = copy.list("charts")
    assert copied["chartId"] != first["chartId"]
    assert copied["spec"]["pieChart"]["series"]["sourceRange"]["sources"] == [area("B1:B2", 5)]
    assert copied["position"]["overlayPosition"]["anchorCell"]["sheetId"] == 5
    assert copy.basic_filter == {"range": area("A1:B2", 5)}
    assert [merge.sheet_id for merge in copy.merges] == [5]
    assert contents(workbook, 5) == contents(workbook, 0)
    do(workbook, "updateCells", rows=[{"values": [{}]}], start={"sheetId": 5}, fields="userEnteredValue")
    assert contents(workbook, 0)[0][0] == 1.0


def test_names_of_copies() -> None:
    workbook = book()
    for _ in range(2):
        do(workbook, "duplicateSheet", sourceSheetId=0)
    assert sorted(titles(workbook)) == ["Copy 2 of Sheet1", "Copy of Sheet1", "Sheet1"]


def test_spreadsheet_properties() -> None:
    workbook = book()
    do(workbook, "updateSpreadsheetProperties", properties={"title": "New", "locale": "ru_RU"}, fields="title,locale")
    assert (workbook.properties["title"], workbook.locale) == ("New", "ru_RU")
    for unknown in ("nowhere", "zz_ZZ", "ru_US", ""):
        refused(
            workbook, "updateSpreadsheetProperties", f"Unsupported locale: {unknown}",
            properties={"locale": unknown}, fields="locale",
        )  # fmt: skip
    for known in ("de_CH", "en-IN", "pt"):
        do(workbook, "updateSpreadsheetProperties", properties={"locale": known}, fields="locale")
        assert workbook.locale == known


# --------------------------------------------------------------------------------------------------- dimensions


def source(a1: str, sheet_id: int = 0) -> dict[str, Any]:
    return {"sourceRange": {"sources": [area(a1, sheet_id)]}}


def at(row: int, column: int) -> dict[str, Any]:
    return {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": row, "columnIndex": column}}}


def test_inserted_rows_take_everything_along() -> None:
    workbook = book(("h", "v"), ("a", 1), ("b", "=SUM(B2:B2)"), ("c", "=Other!A1"))
    workbook.sheets.append(sheet_of_rows([["=Sheet1!B2", "=B2"]], "Other", 7))
    do(workbook, "mergeCells", range=area("A3:A4"))
    do(workbook, "addNamedRange", namedRange={"name": "data", "range": area("A1:B4")})
    chart = {"spec": {"pieChart": {"series": source("B2:B4")}}, "position": at(2, 3)}
    do(workbook, "addChart", chart=chart)
    rule = {"ranges": [area("B2:B4")], "booleanRule": {
        "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=B2>1"}]}, "format": {}}}  # fmt: skip
    do(workbook, "addConditionalFormatRule", rule=rule, index=0)
    do(workbook, "updateDimensionProperties", range=run("ROWS", 2, 3), properties={"pixelSize": 50}, fields="pixelSize")
    do(workbook, "insertDimension", range=run("ROWS", 1, 3))
    sheet = workbook.sheets[0]
    assert contents(workbook) == [
        ["h", "v"], [None, None], [None, None], ["a", 1.0], ["b", "=SUM(B4:B4)"], [None, "=Other!A1"],
    ]  # fmt: skip
    assert sheet.row_count == 22
    assert [merge.to_api() for merge in sheet.merges] == [area("A5:A6")]
    assert workbook.named_ranges[0]["range"] == area("A1:B6")
    [kept] = sheet.list("charts")
    assert kept["spec"]["pieChart"]["series"] == source("B4:B6")
    assert kept["position"]["overlayPosition"]["anchorCell"]["rowIndex"] == 4
    [conditional] = sheet.list("conditionalFormats")
    assert conditional["ranges"] == [area("B4:B6")]
    assert conditional["booleanRule"]["condition"]["values"] == [{"userEnteredValue": "=B4>1"}]
    assert sheet.row_metadata == {4: {"pixelSize": 50}}
    assert contents(workbook, 7) == [["=Sheet1!B4", "=B2"]]


@pytest.mark.parametrize(("before", "expected"), [(True, "red"), (False, "blue")])
def test_inserted_rows_look_like_a_neighbour(before: bool, expected: str) -> None:
    red, blue = Cell(1.0, format={"a": "red"}), Cell(2.0, format={"a": "blue"})
    workbook = book((red,), (blue,))
    do(workbook, "insertDimension", range=run("ROWS", 1, 2), inheritFromBefore=before)
    assert workbook.sheets[0].cell(1, 0) == Cell(format={"a": expected})


def test_inserted_columns_move_filters() -> None:
    workbook = book(("a", "b"), (1, 2), (3, 4))
    spec = {"columnIndex": 1, "filterCriteria": {"hiddenValues": ["2"]}}
    do(workbook, "setBasicFilter", filter={"range": area("A1:B3"), "filterSpecs": [spec]})
    do(workbook, "insertDimension", range=run("COLUMNS", 1, 2))
    basic = workbook.sheets[0].basic_filter
    assert basic is not None
    assert basic["range"] == area("A1:C3")
    assert [item["columnIndex"] for item in basic["filterSpecs"]] == [2]
    assert list(basic["criteria"]) == ["2"]
    assert contents(workbook)[0] == ["a", None, "b"]


def test_deleted_rows_break_references_and_shrink_ranges() -> None:
    workbook = book((1, "=A2"), (2, "=SUM(A1:A3)"), (3, "=A3"))
    do(workbook, "addNamedRange", namedRange={"name": "gone", "range": area("A2:A2")})
    do(workbook, "deleteDimension", range=run("ROWS", 1, 2))
    assert contents(workbook) == [[1.0, "=#REF!"], [3.0, "=A2"]]
    assert workbook.sheets[0].row_count == 19
    assert workbook.named_ranges == []


def test_a_deleted_column_shrinks_a_sum() -> None:
    workbook = book((1, 2, 3, "=SUM(A1:C1)"))
    do(workbook, "deleteDimension", range=run("COLUMNS", 0, 1))
    assert contents(workbook) == [[2.0, 3.0, "=SUM(A1:B1)"]]


def test_deleting_frozen_rows_thaws_them() -> None:
    workbook = book()
    frozen = {"sheetId": 0, "gridProperties": {"frozenRowCount": 3}}
    do(workbook, "updateSheetProperties", properties=frozen, fields="gridProperties.frozenRowCount")
    do(workbook, "deleteDimension", range=run("ROWS", 0, 2))
    assert workbook.sheets[0].properties["gridProperties"]["frozenRowCount"] == 1


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("deleteDimension", {"range": run("ROWS", 20, 21)},
         "Cannot delete a row that doesn't exist. Tried to delete row index 20 but there are only 20 rows."),
        ("deleteDimension", {"range": run("COLUMNS", 0, 10)}, "You can't delete all the columns on the sheet."),
        ("insertDimension", {"range": run("ROWS", 0, 1), "inheritFromBefore": True}, "inheritFromBefore"),
        ("insertDimension", {"range": run("ROWS", 20, 21)},
         "range.startIndex must be less than the grid size if inheritFromBefore is false."),
        ("insertDimension", {"range": run("ROWS", 0, 1, 9)}, "No grid with id: 9"),
        ("appendDimension", {"sheetId": 0, "dimension": "ROWS"}, "length"),
        ("appendDimension", {"sheetId": 0, "length": 1}, "No dimension specified."),
        ("moveDimension", {"source": run("ROWS", 0, 2), "destinationIndex": 1}, "within the source range"),
    ],
)  # fmt: skip
def test_dimension_refusals(kind: str, body: dict[str, Any], reason: str) -> None:
    refused(book((1,)), kind, reason, **body)


def test_append_dimension() -> None:
    workbook = book()
    do(workbook, "appendDimension", sheetId=0, dimension="ROWS", length=5)
    do(workbook, "appendDimension", sheetId=0, dimension="COLUMNS", length=1)
    assert (workbook.sheets[0].row_count, workbook.sheets[0].column_count) == (25, 11)


def test_move_dimension_as_the_reference_shows() -> None:
    workbook = book((0,), (1,), (2,), (3,), (4, None, "=A2"))
    do(workbook, "moveDimension", source=run("ROWS", 1, 3), destinationIndex=4)
    assert [row[0] for row in contents(workbook)] == [0.0, 3.0, 1.0, 2.0, 4.0]
    assert workbook.sheets[0].cell(4, 2).formula == "=A3"


def test_moved_columns_carry_their_width() -> None:
    workbook = book(("a", "b", "c"))
    do(workbook, "updateDimensionProperties", range=run("COLUMNS", 2, 3), properties={"pixelSize": 7}, fields="*")
    do(workbook, "moveDimension", source=run("COLUMNS", 2, 3), destinationIndex=0)
    assert contents(workbook) == [["c", "a", "b"]]
    assert workbook.sheets[0].column_metadata == {0: {"pixelSize": 7}}


def test_dimension_properties_and_hiding() -> None:
    workbook = book()
    do(
        workbook,
        "updateDimensionProperties",
        range=run("ROWS", 0, 2),
        properties={"hiddenByUser": True},
        fields="hiddenByUser",
    )
    assert workbook.sheets[0].row_metadata == {0: {"hiddenByUser": True}, 1: {"hiddenByUser": True}}
    do(
        workbook,
        "updateDimensionProperties",
        range=run("ROWS", 0, 1),
        properties={"hiddenByUser": False},
        fields="hiddenByUser",
    )
    assert workbook.sheets[0].row_metadata == {1: {"hiddenByUser": True}}


def test_auto_resize_fits_the_widest_text() -> None:
    workbook = book(("a", "x" * 40), (None, "y"))
    do(workbook, "autoResizeDimensions", dimensions=run("COLUMNS", 0, 3))
    widths = workbook.sheets[0].column_metadata
    assert widths[1]["pixelSize"] > 5 * widths[0]["pixelSize"]
    assert 2 not in widths


def test_groups_nest_and_go() -> None:
    workbook = book()
    reply = do(workbook, "addDimensionGroup", range=run("COLUMNS", 1, 5))
    assert reply == {"dimensionGroups": [{"range": run("COLUMNS", 1, 5), "depth": 1}]}
    reply = do(workbook, "addDimensionGroup", range=run("COLUMNS", 2, 4))
    assert reply["dimensionGroups"] == [
        {"range": run("COLUMNS", 1, 5), "depth": 1},
        {"range": run("COLUMNS", 2, 4), "depth": 2},
    ]
    reply = do(workbook, "deleteDimensionGroup", range=run("COLUMNS", 3, 5))
    assert reply["dimensionGroups"] == [
        {"range": run("COLUMNS", 1, 4), "depth": 1},
        {"range": run("COLUMNS", 2, 3), "depth": 2},
    ]
    assert workbook.sheets[0].properties["gridProperties"]["columnGroupControlAfter"] is True
    assert do(workbook, "deleteDimensionGroup", range=run("COLUMNS", 0, 10))["dimensionGroups"] == [
        {"range": run("COLUMNS", 2, 3), "depth": 1}
    ]
    assert do(workbook, "deleteDimensionGroup", range=run("COLUMNS", 2, 3)) == {}


def test_collapsing_a_group_hides_it() -> None:
    workbook = book()
    do(workbook, "addDimensionGroup", range=run("ROWS", 1, 3))
    group = {"range": run("ROWS", 1, 3), "depth": 1, "collapsed": True}
    do(workbook, "updateDimensionGroup", dimensionGroup=group, fields="collapsed")
    assert sorted(workbook.sheets[0].row_metadata) == [1, 2]
    assert workbook.sheets[0].list("rowGroups") == [group]


# --------------------------------------------------------------------------------------------------- ranges


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("MERGE_ALL", ["A1:B2"]), ("MERGE_ROWS", ["A1:B1", "A2:B2"]), ("MERGE_COLUMNS", ["A1:A2", "B1:B2"])],
)
def test_merging(kind: str, expected: list[str]) -> None:
    workbook = book((1, 2), (3, 4))
    do(workbook, "mergeCells", range=area("A1:B2"), mergeType=kind)
    assert [merge.to_api() for merge in workbook.sheets[0].merges] == [area(a1) for a1 in expected]
    kept = {"MERGE_ALL": [1.0], "MERGE_ROWS": [1.0, 3.0], "MERGE_COLUMNS": [1.0, 2.0]}[kind]
    assert [cell.value for _, _, cell in workbook.sheets[0].cells() if not cell.blank] == kept


def test_merging_over_merges_replaces_them_and_cutting_through_is_refused() -> None:
    workbook = book()
    do(workbook, "mergeCells", range=area("A1:B1"))
    refused(workbook, "mergeCells", "You must select all cells in a merged range", range=area("B1:C1"))
    refused(workbook, "unmergeCells", "You must select all cells in a merged range", range=area("A1:A1"))
    do(workbook, "mergeCells", range=area("A1:C2"))
    assert len(workbook.sheets[0].merges) == 1
    do(workbook, "unmergeCells", range={"sheetId": 0})
    assert workbook.sheets[0].merges == []


def test_insert_range_moves_only_its_columns() -> None:
    workbook = book((1, "=A2", "=SUM(A1:A3)", "=SUM(A1:B3)"), (2, "b"), (3, "c"))
    do(workbook, "insertRange", range=area("A2:A2"), shiftDimension="ROWS")
    assert contents(workbook) == [
        [1.0, "=A3", "=SUM(A1:A4)", "=SUM(A1:B3)"],
        [None, "b", None, None],
        [2.0, "c", None, None],
        [3.0, None, None, None],
    ]


def test_delete_range_moves_cells_left() -> None:
    workbook = book((1, 2, 3), ("x", "y", "=C1"))
    do(workbook, "deleteRange", range=area("A1:A1"), shiftDimension="COLUMNS")
    assert contents(workbook) == [[2.0, 3.0, None], ["x", "y", "=B1"]]


def test_insert_range_grows_a_full_grid() -> None:
    workbook = book((1,), (2,), size=(2, 1))
    do(workbook, "insertRange", range=area("A1:A1"), shiftDimension="ROWS")
    assert contents(workbook) == [[None], [1.0], [2.0]]
    assert workbook.sheets[0].row_count == 3

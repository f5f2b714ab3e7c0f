"""Requests that write, copy, fill and search cells."""

from __future__ import annotations

import re
from typing import Any

import pytest
from emulator_workbooks import DATE, area, book, contents, sheet_of_rows, workbook_of

from sheets_agent.emulator import effort
from sheets_agent.emulator.errors import Refusal, Unsupported
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.workbook import Cell, Workbook


def do(workbook: Workbook, kind: str, **request: Any) -> Any:
    return HANDLERS[kind](workbook, request)


def start(row: int, column: int, sheet_id: int = 0) -> dict[str, int]:
    return {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}


def number(value: float) -> dict[str, Any]:
    return {"userEnteredValue": {"numberValue": value}}


def text(value: str) -> dict[str, Any]:
    return {"userEnteredValue": {"stringValue": value}}


def formula(value: str) -> dict[str, Any]:
    return {"userEnteredValue": {"formulaValue": value}}


# --------------------------------------------------------------------------------------------------- updateCells


def test_update_cells_from_a_start_writes_ragged_rows() -> None:
    workbook = book(("keep", "keep"))
    rows = [
        {"values": [text("a"), number(1), formula("=B2*2")]},
        {},
        {"values": [{"userEnteredValue": {"boolValue": True}}]},
    ]
    do(workbook, "updateCells", rows=rows, start=start(1, 0), fields="userEnteredValue")
    assert contents(workbook) == [
        ["keep", "keep", None], ["a", 1.0, "=B2*2"], [None, None, None], [True, None, None],
    ]  # fmt: skip


def test_update_cells_over_a_range_clears_what_the_rows_do_not_cover() -> None:
    workbook = book((1, 2, 3), (4, 5, 6))
    do(workbook, "updateCells", rows=[{"values": [number(9)]}], range=area("A1:B2"), fields="userEnteredValue")
    assert contents(workbook) == [[9.0, None, 3.0], [None, None, 6.0]]


def test_only_the_masked_fields_change() -> None:
    workbook = book((Cell(1.0, format={"textFormat": {"bold": True}}, note="n"),))
    data = {**text("new"), "note": "other", "userEnteredFormat": {"textFormat": {"italic": True}}}
    do(workbook, "updateCells", rows=[{"values": [data]}], start=start(0, 0), fields="userEnteredValue,note")
    assert workbook.sheets[0].cell(0, 0) == Cell("new", format={"textFormat": {"bold": True}}, note="other")


def test_a_part_of_a_format_leaves_the_rest() -> None:
    workbook = book((Cell(1.0, format={"textFormat": {"bold": True, "fontSize": 12}}),))
    data = {"userEnteredFormat": {"textFormat": {"italic": True}, "horizontalAlignment": "CENTER"}}
    fields = "userEnteredFormat(textFormat.italic,horizontalAlignment)"
    do(workbook, "updateCells", rows=[{"values": [data]}], start=start(0, 0), fields=fields)
    assert workbook.sheets[0].cell(0, 0).format == {
        "textFormat": {"bold": True, "fontSize": 12, "italic": True},
        "horizontalAlignment": "CENTER",
    }


def test_an_empty_note_removes_the_note() -> None:
    workbook = book((Cell(1.0, note="n"),))
    do(workbook, "updateCells", rows=[{"values": [{"note": ""}]}], start=start(0, 0), fields="note")
    assert workbook.sheets[0].cell(0, 0) == Cell(1.0)


def test_true_and_one_are_different_content() -> None:
    workbook = book((1.0,))
    rows = [{"values": [{"userEnteredValue": {"boolValue": True}}]}]
    do(workbook, "updateCells", rows=rows, start=start(0, 0), fields="userEnteredValue")
    assert workbook.sheets[0].cell(0, 0).value is True


@pytest.mark.parametrize(
    ("request_body", "reason"),
    [
        ({"start": start(0, 0, 5), "fields": "*"}, "No grid with id: 5"),
        ({"start": start(20, 0), "fields": "*"}, "GridCoordinate.rowIndex[20] is after last row in grid[19]"),
        ({"start": start(0, 10), "fields": "*"}, "GridCoordinate.columnIndex[10] is after last column in grid[9]"),
        ({"start": start(0, 0), "fields": "*", "rows": [{"values": [text("x" * 50_001)]}]},
         "Your input contains more than the maximum of 50000 characters in a single cell."),
        ({"start": start(0, 0)}, "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"),
        ({"start": start(0, 0), "fields": "bogus"}, "Invalid field: bogus"),
        ({"start": start(0, 9), "fields": "*", "rows": [{"values": [{}, {}]}]},
         "Attempting to write column: 10, beyond the last requested column of: 9"),
        ({"start": start(19, 0), "fields": "*", "rows": [{}, {}]},
         "Attempting to write row: 20, beyond the last requested row of: 19"),
        ({"range": area("A1:A1"), "fields": "*", "rows": [{}, {}]},
         "Attempting to write row: 1, beyond the last requested row of: 0"),
        ({"range": area("A1:A21"), "fields": "*"}, "GridRange.endRowIndex[21] is after last row in grid[20]"),
        ({"start": start(0, 0), "fields": "*", "rows": [{"values": [{"userEnteredValue": {"errorValue": {}}}]}]},
         "errorValue is read-only."),
    ],
)  # fmt: skip
def test_update_cells_refusals(request_body: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=f"^{re.escape(reason)}$"):
        do(book((1,)), "updateCells", **request_body)


def test_smart_chips_are_not_kept_silently() -> None:
    data = {**text("@"), "chipRuns": [{"chip": {}}]}
    with pytest.raises(Unsupported, match="chipRuns"):
        do(book(), "updateCells", rows=[{"values": [data]}], start=start(0, 0), fields="*")


def test_formulas_are_kept_with_the_separators_of_en_us() -> None:
    workbook = workbook_of(sheet_of_rows([]), locale="ru_RU")
    do(
        workbook,
        "updateCells",
        rows=[{"values": [formula("=SUM(1,5;A2)")]}],
        start=start(0, 0),
        fields="userEnteredValue",
    )
    assert contents(workbook) == [["=SUM(1.5,A2)"]]


# --------------------------------------------------------------------------------------------------- repeatCell


def test_repeat_cell_shifts_relative_references_only() -> None:
    workbook = book()
    do(workbook, "repeatCell", range=area("B2:C4"), cell=formula("=A1+$A$1"), fields="userEnteredValue")
    assert contents(workbook)[1:] == [
        [None, "=A1+$A$1", "=B1+$A$1"],
        [None, "=A2+$A$1", "=B2+$A$1"],
        [None, "=A3+$A$1", "=B3+$A$1"],
    ]


def test_repeat_cell_can_clear_a_whole_sheet() -> None:
    workbook = book((1, 2), (Cell(3.0, note="stays"),))
    do(workbook, "repeatCell", range={"sheetId": 0}, cell={}, fields="userEnteredValue")
    assert list(workbook.sheets[0].cells()) == [(1, 0, Cell(note="stays"))]


@pytest.mark.parametrize("sent", ["backgroundColor", "backgroundColorStyle"])
@pytest.mark.parametrize("masked", ["backgroundColor", "backgroundColorStyle"])
def test_colours_come_back_in_both_forms(sent: str, masked: str) -> None:
    workbook = book((1,))
    half = {"red": 1, "green": 0, "blue": 0.5}
    style = {sent: half if sent == "backgroundColor" else {"rgbColor": half}}
    do(
        workbook,
        "repeatCell",
        range=area("A1:A1"),
        cell={"userEnteredFormat": style},
        fields=f"userEnteredFormat.{masked}",
    )
    kept = {"red": 1.0, "blue": 0.49803922}
    assert workbook.sheets[0].cell(0, 0).format == {"backgroundColor": kept, "backgroundColorStyle": {"rgbColor": kept}}


def test_a_theme_colour_keeps_its_name() -> None:
    workbook = book((1,))
    pair = {"colorType": "ACCENT1", "color": {"rgbColor": {"red": 0.25882354}}}
    workbook.properties["spreadsheetTheme"] = {"themeColors": [pair]}
    style = {"textFormat": {"foregroundColorStyle": {"themeColor": "ACCENT1"}}}
    do(workbook, "repeatCell", range=area("A1:A1"), cell={"userEnteredFormat": style}, fields="userEnteredFormat")
    assert workbook.sheets[0].cell(0, 0).format == {
        "textFormat": {"foregroundColorStyle": {"themeColor": "ACCENT1"}, "foregroundColor": {"red": 0.25882354}}
    }


# --------------------------------------------------------------------------------- appendCells, setDataValidation


def test_append_cells_goes_below_the_data_and_grows_the_grid() -> None:
    workbook = book((1,), (2,), size=(2, 3))
    do(workbook, "appendCells", sheetId=0, rows=[{"values": [text("x")]}], fields="userEnteredValue")
    assert contents(workbook) == [[1.0], [2.0], ["x"]]
    assert workbook.sheets[0].row_count == 3


def test_data_validation_is_set_and_cleared() -> None:
    workbook = book((1,))
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "y"}]}, "strict": True}
    do(workbook, "setDataValidation", range=area("A1:A2"), rule=rule)
    assert [cell.validation for _, _, cell in workbook.sheets[0].cells()] == [rule, rule]
    do(workbook, "setDataValidation", range=area("A1:A2"))
    assert list(workbook.sheets[0].cells()) == [(0, 0, Cell(1.0))]


def test_a_list_without_values_is_refused() -> None:
    with pytest.raises(Refusal, match="requires at least one value"):
        do(book(), "setDataValidation", range=area("A1"), rule={"condition": {"type": "ONE_OF_LIST"}})


# ------------------------------------------------------------------------------------------- copyPaste, cutPaste


def test_copies_repeat_over_a_multiple_of_the_source() -> None:
    workbook = book(
        (1, "=A1"),
    )
    do(workbook, "copyPaste", source=area("A1:B1"), destination=area("A2:D3"), pasteType="PASTE_NORMAL")
    assert contents(workbook)[1:] == [[1.0, "=A2", 1.0, "=C2"], [1.0, "=A3", 1.0, "=C3"]]


def test_a_smaller_destination_takes_the_whole_source_once() -> None:
    workbook = book((1, 2), (3, 4))
    do(workbook, "copyPaste", source=area("A1:B2"), destination=area("D4"), pasteType="PASTE_NORMAL")
    assert [row[3:] for row in contents(workbook)[3:]] == [[1.0, 2.0], [3.0, 4.0]]


def test_transposed() -> None:
    workbook = book((1, 2, 3))
    do(workbook, "copyPaste", source=area("A1:C1"), destination=area("A3"), pasteOrientation="TRANSPOSE")
    assert [row[0] for row in contents(workbook)[2:]] == [1.0, 2.0, 3.0]


BOLD = {"textFormat": {"bold": True}}
LINED = {"borders": {"top": {"style": "SOLID"}}, **BOLD}
RULE = {"condition": {"type": "BOOLEAN"}}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("PASTE_NORMAL", Cell(formula="=B1", format=LINED, note="n", validation=RULE)),
        ("PASTE_FORMULA", Cell(formula="=B1", format={"wrapStrategy": "WRAP"})),
        ("PASTE_FORMAT", Cell(5.0, format=LINED)),
        ("PASTE_NO_BORDERS", Cell(formula="=B1", format=BOLD, note="n", validation=RULE)),
        ("PASTE_DATA_VALIDATION", Cell(5.0, format={"wrapStrategy": "WRAP"}, validation=RULE)),
        ("PASTE_CONDITIONAL_FORMATTING", Cell(5.0, format={"wrapStrategy": "WRAP"})),
    ],
)
def test_paste_types(kind: str, expected: Cell) -> None:
    source = Cell(formula="=A1", format=LINED, note="n", validation=RULE)
    workbook = book((source, Cell(5.0, format={"wrapStrategy": "WRAP"})))
    do(workbook, "copyPaste", source=area("A1"), destination=area("B1"), pasteType=kind)
    assert workbook.sheets[0].cell(0, 1) == expected


def test_conditional_formats_reach_the_copies() -> None:
    workbook = book((1,))
    rule = {"ranges": [area("A1:A1")], "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": BOLD}}
    do(workbook, "addConditionalFormatRule", rule=rule, index=0)
    do(workbook, "copyPaste", source=area("A1"), destination=area("C3"), pasteType="PASTE_FORMAT")
    assert workbook.sheets[0].list("conditionalFormats")[0]["ranges"] == [area("A1:A1"), area("C3:C3")]


def test_merges_are_copied() -> None:
    workbook = book((1,))
    do(workbook, "mergeCells", range=area("A1:B1"), mergeType="MERGE_ALL")
    do(workbook, "copyPaste", source=area("A1:B2"), destination=area("D5"), pasteType="PASTE_NORMAL")
    assert [merge.to_api() for merge in workbook.sheets[0].merges] == [area("A1:B1"), area("D5:E5")]


def test_references_follow_what_was_cut() -> None:
    workbook = book((1, "=A1", "=SUM(A1:A2)"), ("=A1",))
    do(workbook, "cutPaste", source=area("A1"), destination=start(4, 3))
    assert workbook.sheets[0].cell(0, 1).formula == "=D5"
    assert workbook.sheets[0].cell(0, 2).formula == "=SUM(A1:A2)"
    assert workbook.sheets[0].cell(1, 0).formula == "=D5"
    assert workbook.sheets[0].cell(4, 3).value == 1.0
    assert workbook.sheets[0].cell(0, 0) == Cell()


def test_a_formula_cut_to_another_sheet_means_the_same_cells() -> None:
    workbook = workbook_of(sheet_of_rows([[1, "=A1"]]), sheet_of_rows([], "Other", 7))
    do(workbook, "cutPaste", source=area("B1"), destination=start(0, 0, 7))
    assert contents(workbook, 7) == [["=Sheet1!A1"]]


def test_pasting_past_the_grid_is_refused() -> None:
    with pytest.raises(Refusal, match="beyond the end of the sheet"):
        do(book((1, 2)), "copyPaste", source=area("A1:B1"), destination=area("J1"))


def test_paste_data_reads_text_as_typed_and_grows_the_grid() -> None:
    workbook = book(size=(2, 2))
    do(workbook, "pasteData", coordinate=start(1, 0), data='a,"b, c",12%\n=A1,2026-01-02,TRUE', delimiter=",")
    assert contents(workbook)[1:] == [["a", "b, c", 0.12], ["=A1", 46024.0, True]]
    assert (workbook.sheets[0].row_count, workbook.sheets[0].column_count) == (3, 3)
    assert (workbook.sheets[0].cell(2, 1).format or {})["numberFormat"]["type"] == "DATE"


# --------------------------------------------------------------------------------------------------- autoFill


def test_autofill_down_a_column_with_a_formula_beside_it() -> None:
    workbook = book((1, "=A1*2"), (3, "=A2*2"))
    source = {"source": area("A1:B2"), "dimension": "ROWS", "fillLength": 2}
    do(workbook, "autoFill", sourceAndDestination=source)
    assert contents(workbook)[2:] == [[5.0, "=A3*2"], [7.0, "=A4*2"]]


def test_autofill_upwards_and_leftwards() -> None:
    workbook = book((None, None), (None, None), (None, 10), (None, 12))
    do(workbook, "autoFill", sourceAndDestination={"source": area("B3:B4"), "dimension": "ROWS", "fillLength": -2})
    assert [row[1] for row in contents(workbook)] == [6.0, 8.0, 10.0, 12.0]
    do(workbook, "autoFill", sourceAndDestination={"source": area("B1:B4"), "dimension": "COLUMNS", "fillLength": -1})
    assert [row[0] for row in contents(workbook)] == [6.0, 8.0, 10.0, 12.0]


def test_autofill_finds_the_data_in_a_range() -> None:
    workbook = book((1,), (2,))
    do(workbook, "autoFill", range=area("A1:A4"))
    assert contents(workbook) == [[1.0], [2.0], [3.0], [4.0]]
    do(workbook, "autoFill", range=area("A1:C4"))
    assert contents(workbook)[3] == [4.0, 4.0, 4.0]


def test_autofill_takes_formats_along() -> None:
    workbook = book((Cell(45000.0, format={"numberFormat": DATE}),))
    do(workbook, "autoFill", range=area("A1:A3"))
    assert [cell for _, _, cell in workbook.sheets[0].cells()] == [
        Cell(day, format={"numberFormat": DATE}) for day in (45000.0, 45001.0, 45002.0)
    ]


def test_autofill_stays_inside_the_grid() -> None:
    source = {"source": area("A1"), "dimension": "ROWS", "fillLength": 20}
    with pytest.raises(Refusal, match="exceeds"):
        do(book((1,)), "autoFill", sourceAndDestination=source)


# ---------------------------------------------------------------------------------------------- find and replace


def test_find_replace_counts_occurrences_cells_rows_and_sheets() -> None:
    workbook = workbook_of(sheet_of_rows([["Google Sheets", "=e"], ["e", 5]]), sheet_of_rows([["bee"]], "Other", 7))
    reply = do(workbook, "findReplace", find="E", replacement="o", allSheets=True)
    assert reply == {"occurrencesChanged": 6, "valuesChanged": 3, "rowsChanged": 3, "sheetsChanged": 2}
    assert contents(workbook) == [["Googlo Shoots", "=e"], ["o", 5.0]]


def test_find_replace_by_case_whole_cell_and_range() -> None:
    workbook = book(("ab", "AB"), ("abc", "ab"))
    reply = do(
        workbook, "findReplace", find="ab", replacement="x", matchCase=True, matchEntireCell=True, range=area("A1:B1")
    )
    assert reply["occurrencesChanged"] == 1
    assert contents(workbook) == [["x", "AB"], ["abc", "ab"]]


def test_find_replace_by_regular_expression_with_java_groups() -> None:
    workbook = book(("Google Sheets",), ("Google Docs",))
    do(workbook, "findReplace", find="o.* (.*)", replacement="$1 Rocks", searchByRegex=True, sheetId=0)
    assert contents(workbook) == [["GSheets Rocks"], ["GDocs Rocks"]]


def test_find_replace_in_formulas_and_numbers() -> None:
    workbook = book(("=A1+A2", 12))
    reply = do(workbook, "findReplace", find="2", replacement="3", includeFormulas=True, sheetId=0)
    assert contents(workbook) == [["=A1+A3", 13.0]]
    assert (reply["formulasChanged"], reply["valuesChanged"]) == (1, 1)


def test_a_plain_replacement_is_not_a_template() -> None:
    workbook = book(("a.b",))
    do(workbook, "findReplace", find=".", replacement=r"\1$1", sheetId=0)
    assert contents(workbook) == [[r"a\1$1b"]]


@pytest.mark.parametrize(
    ("find", "replacement", "expected"),
    [
        ("привет, (.)", r"Пока\$ $1$1 «ё»", "Пока$ мм «ё»ир 😀"),
        ("(?P<first>п)ривет", "${first}ока", "Пока, мир 😀"),
        ("(х)?ир", "[$1]", "Привет, м[] 😀"),
        ("😀", "мир", "Привет, мир мир"),
    ],
)
def test_what_is_found_and_replaced_may_be_in_any_script(find: str, replacement: str, expected: str) -> None:
    workbook = book(("Привет, мир 😀",))
    do(workbook, "findReplace", find=find, replacement=replacement, searchByRegex=True, sheetId=0)
    assert workbook.sheets[0].cell(0, 0).value == expected


@pytest.mark.parametrize(("most", "done"), [(30, True), (9, False)])
def test_a_format_over_rows_that_differ_weighs_less_than_writing_them(
    monkeypatch: pytest.MonkeyPatch, most: int, done: bool
) -> None:
    monkeypatch.setattr(effort, "MOST_CHANGED", most)
    workbook = book(*((row, f"x{row}") for row in range(5)))
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    told = {"cell": bold, "fields": "userEnteredFormat.textFormat.bold", "range": area("A1:J5")}
    if done:
        do(workbook, "repeatCell", **told)
        assert workbook.sheets[0].cell(4, 9).format == {"textFormat": {"bold": True}}
    else:
        with pytest.raises(Refusal, match="changes at most"):
            do(workbook, "repeatCell", **told)


def test_a_backslash_before_a_p_is_text_like_any_other() -> None:
    workbook = book((r"C:\path\Plan",))
    do(workbook, "findReplace", find=r"c:\path\p", replacement="D:", sheetId=0)
    assert workbook.sheets[0].cell(0, 0).value == "D:lan"
    do(workbook, "findReplace", find=r"\\p|D:", replacement="E", searchByRegex=True, sheetId=0)
    assert workbook.sheets[0].cell(0, 0).value == "Elan"
    with pytest.raises(Unsupported, match="does not know this expression"):
        do(workbook, "findReplace", find=r"\p{L}", replacement="", searchByRegex=True, sheetId=0)


def test_a_replacement_names_groups_that_are_there() -> None:
    with pytest.raises(Refusal, match="names a group that the expression does not have"):
        do(book(("x",)), "findReplace", find="(x)", replacement="$2", searchByRegex=True, sheetId=0)


@pytest.mark.parametrize(
    "request_body", [{"find": "x"}, {"find": "", "sheetId": 0}, {"find": "(", "searchByRegex": True, "sheetId": 0}]
)
def test_find_replace_refusals(request_body: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        do(book(("x",)), "findReplace", replacement="y", **request_body)


def test_trim_whitespace() -> None:
    workbook = book(("  a \n b ", 5, "fine"), (" =x",))
    assert do(workbook, "trimWhitespace", range=area("A1:C2")) == {"cellsChangedCount": 2}
    assert workbook.sheets[0].cell(0, 0) == Cell("a b")
    assert workbook.sheets[0].cell(1, 0) == Cell("=x")


def test_delete_duplicates_keeps_the_first_and_moves_the_rest_up() -> None:
    workbook = book(("k", 1, "out"), ("K", 2, "side"), ("m", 3), ("m", 4))
    columns = [{"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}]
    reply = do(workbook, "deleteDuplicates", range=area("A1:B4"), comparisonColumns=columns)
    assert reply == {"duplicatesRemovedCount": 2}
    assert contents(workbook) == [["k", 1.0, "out"], ["m", 3.0, "side"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"delimiterType": "COMMA"}, [["a", 1.0, "c"], ["x;y", None, None]]),
        ({"delimiterType": "CUSTOM", "delimiter": ";"}, [["a, 1, c", None], ["x", "y"]]),
    ],
)
def test_text_to_columns(options: dict[str, Any], expected: list[list[Any]]) -> None:
    workbook = book(("a, 1, c",), ("x;y",))
    do(workbook, "textToColumns", source=area("A1:A2"), **options)
    assert contents(workbook) == expected


def test_text_to_columns_detects_the_delimiter() -> None:
    workbook = book(("a;b",), ("c;d",))
    do(workbook, "textToColumns", source=area("A1:A2"), delimiterType="AUTODETECT")
    assert contents(workbook) == [["a", "b"], ["c", "d"]]

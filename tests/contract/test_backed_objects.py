"""Filters and protections backed by tables and named ranges, sorting by colour, and text that cannot be pasted."""

import pytest

AREA = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 2}
RED, WHITE = {"red": 1}, {"red": 1, "green": 1, "blue": 1}


@pytest.fixture
def table(spreadsheet):
    spreadsheet.write("A1", [["item", "n"], ["pen", 1], ["ink", 2], ["cap", 3]])
    reply = spreadsheet.batch({"addTable": {"table": {"name": "Sales", "range": AREA}}})
    return reply["replies"][0]["addTable"]["table"]["tableId"]


@pytest.fixture
def name(spreadsheet):
    reply = spreadsheet.batch({"addNamedRange": {"namedRange": {"name": "Total", "range": AREA}}})
    return reply["replies"][0]["addNamedRange"]["namedRange"]["namedRangeId"]


def rows_inserted(spreadsheet):
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    spreadsheet.batch({"insertDimension": {"range": rows}})


def test_a_protected_name_stays_protected_when_rows_come(spreadsheet, name):
    spreadsheet.batch({"addProtectedRange": {"protectedRange": {"namedRangeId": name}}})
    rows_inserted(spreadsheet)
    [protected] = spreadsheet.get()["sheets"][0]["protectedRanges"]
    assert (protected["namedRangeId"], protected["range"]["startRowIndex"]) == (name, 1)


def test_a_protection_changes_its_description_and_its_backing(spreadsheet, table, name):
    reply = spreadsheet.batch({"addProtectedRange": {"protectedRange": {"tableId": table}}})
    identifier = reply["replies"][0]["addProtectedRange"]["protectedRange"]["protectedRangeId"]

    def update(fields, **given):
        body = {"protectedRangeId": identifier, **given}
        spreadsheet.batch({"updateProtectedRange": {"protectedRange": body, "fields": fields}})
        return spreadsheet.get()["sheets"][0]["protectedRanges"][0]

    assert update("description", description="Mine")["tableId"] == table
    changed = update("namedRangeId", namedRangeId=name)
    assert (changed["description"], changed["namedRangeId"], "tableId" in changed) == ("Mine", name, False)
    changed = update("range", range={**AREA, "endRowIndex": 2})
    assert (changed["range"]["endRowIndex"], "namedRangeId" in changed) == (2, False)


def test_a_filter_on_a_table_hides_its_rows(spreadsheet, table):
    criteria = {"1": {"condition": {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "1"}]}}}
    spreadsheet.batch({"setBasicFilter": {"filter": {"tableId": table, "criteria": criteria}}})
    sheet = spreadsheet.get(includeGridData=True)["sheets"][0]
    assert (sheet["basicFilter"]["tableId"], sheet["basicFilter"]["range"]["endRowIndex"]) == (table, 4)
    hidden = [row.get("hiddenByFilter", False) for row in sheet["data"][0]["rowMetadata"][:4]]
    assert hidden == [False, True, False, False]


def test_a_filter_view_on_a_name(spreadsheet, name):
    reply = spreadsheet.batch({"addFilterView": {"filter": {"namedRangeId": name, "title": "Mine"}}})
    view = reply["replies"][0]["addFilterView"]["filter"]
    assert (view["namedRangeId"], view["range"]["endRowIndex"]) == (name, 4)
    spreadsheet.batch(
        {"updateFilterView": {"filter": {"filterViewId": view["filterViewId"], "title": "B"}, "fields": "title"}}
    )
    [view] = spreadsheet.get()["sheets"][0]["filterViews"]
    assert (view["namedRangeId"], view["title"]) == (name, "B")


@pytest.mark.parametrize(
    ("backing", "said"),
    [
        ({"tableId": "9"}, "No table with id: 9"),
        ({"namedRangeId": "9"}, "No named range with id: 9"),
        ({"tableId": "9", "range": AREA}, "Only one of range, tableId can be set."),
    ],
)
def test_a_backing_that_makes_no_sense(spreadsheet, refused, backing, said):
    for request in ({"addFilterView": {"filter": backing}}, {"addProtectedRange": {"protectedRange": backing}}):
        assert refused(lambda request=request: spreadsheet.batch(request))["message"].endswith(said)


@pytest.mark.parametrize(
    ("spec", "order"),
    [
        ({"backgroundColor": RED}, "bdac"),
        ({"backgroundColorStyle": {"rgbColor": RED}}, "bdac"),
        ({"backgroundColor": RED, "sortOrder": "DESCENDING"}, "acbd"),
        ({"backgroundColor": WHITE}, "acbd"),
        ({"foregroundColor": RED}, "cabd"),
    ],
)
def test_rows_sort_by_colour_and_keep_their_order_otherwise(spreadsheet, spec, order):
    spreadsheet.write("A1", [[letter] for letter in "abcd"])

    def dyed(row, cell_format):
        area = {**AREA, "startRowIndex": row, "endRowIndex": row + 1, "endColumnIndex": 1}
        cell = {"userEnteredFormat": cell_format}
        return {"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat"}}

    spreadsheet.batch(
        dyed(1, {"backgroundColor": RED}),
        dyed(3, {"backgroundColor": RED}),
        dyed(2, {"textFormat": {"foregroundColor": RED}}),
    )
    spreadsheet.batch({"sortRange": {"range": {**AREA, "endColumnIndex": 1}, "sortSpecs": [spec]}})
    assert "".join(row[0] for row in spreadsheet.cells("A1:A4")) == order


def test_two_colours_at_once_are_refused(spreadsheet, refused):
    spec = {"backgroundColor": RED, "foregroundColor": RED}
    request = {"sortRange": {"range": AREA, "sortSpecs": [spec]}}
    assert "Only one of" in refused(lambda: spreadsheet.batch(request))["message"]


def test_text_that_cannot_be_parted_is_refused(spreadsheet, refused):
    paste = {"data": '"' + "x" * 200_000, "delimiter": ",", "coordinate": {}}
    error = refused(lambda: spreadsheet.batch({"pasteData": paste}))
    assert (error["code"], "cannot be parted" in error["message"]) == (400, True)

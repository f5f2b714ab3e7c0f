import pytest

from sheets_agent.emulator.errors import ApiError
from sheets_agent.emulator.messages import Path, Violations
from sheets_agent.emulator.schema import discovery

SHEETS = discovery("sheets", "v4")


def call(http_method, path, query="", body=b""):
    method, values = SHEETS.method(http_method, path)
    return SHEETS.call(method, values, query, body)


def batch(body):
    return call("POST", "/v4/spreadsheets/x:batchUpdate", body=body.encode())


def refusal(make):
    with pytest.raises(ApiError) as caught:
        make()
    return caught.value.body()["error"]


@pytest.mark.parametrize(
    ("http_method", "path", "method_id", "parameters"),
    [
        ("GET", "/v4/spreadsheets/x", "get", {"spreadsheetId": "x"}),
        ("POST", "/v4/spreadsheets", "create", {}),
        ("POST", "/v4/spreadsheets/x:batchUpdate", "batchUpdate", {"spreadsheetId": "x"}),
        ("GET", "/v4/spreadsheets/x/values/A%3AB", "values.get", {"range": "A:B"}),
        ("GET", "/v4/spreadsheets/x/values/'a/b'!A1:append", "values.get", {"range": "'a/b'!A1:append"}),
        ("POST", "/v4/spreadsheets/x/values/A1:B2:append", "values.append", {"range": "A1:B2"}),
        ("POST", "/v4/spreadsheets/x/values/A1%3AB2:clear", "values.clear", {"range": "A1:B2"}),
        ("GET", "/v4/spreadsheets/x/values:batchGet", "values.batchGet", {"spreadsheetId": "x"}),
        ("POST", "/v4/spreadsheets/x/sheets/7:copyTo", "sheets.copyTo", {"sheetId": 7}),
        ("GET", "/v4/spreadsheets/x/values/%D0%9B%D0%B8%D1%81%D1%82!A1+2", "values.get", {"range": "Лист!A1+2"}),
    ],
)
def test_every_path_finds_its_method(http_method, path, method_id, parameters):
    made = call(http_method, path)
    assert made.method.id == f"sheets.spreadsheets.{method_id}"
    assert parameters.items() <= made.parameters.items()


@pytest.mark.parametrize(("http_method", "path"), [("DELETE", "/v4/spreadsheets/x"), ("GET", "/v4/spreadsheet/x")])
def test_other_paths_have_none(http_method, path):
    assert SHEETS.method(http_method, path) is None


def test_query_parameters_are_read_by_type():
    made = call("GET", "/v4/spreadsheets/x", "includeGridData=False&ranges=A1&ranges=B%21C&alt=json&fields=sheets.data")
    assert made.parameters == {"spreadsheetId": "x", "includeGridData": False, "ranges": ["A1", "B!C"]}
    assert made.masked
    assert list(made.mask.paths()) == [("sheets", "data")]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("depth=2", "Cannot bind query parameter. Field 'depth' could not be found in request message."),
        ("includeGridData=maybe", "Invalid value at 'include_grid_data' (TYPE_BOOL), \"maybe\""),
        ("commentsViewMode=ALL", "Invalid value at 'comments_view_mode'"),
    ],
)
def test_wrong_query_parameters_are_refused(query, said):
    assert said in refusal(lambda: call("GET", "/v4/spreadsheets/x", query))["message"]


def test_numbers_and_booleans_may_come_as_text_and_names_with_underscores():
    made = batch('{"requests": [{"merge_cells": {"range": {"sheetId": "7", "startRowIndex": 1.0}}}]}')
    assert made.body == {"requests": [{"mergeCells": {"range": {"sheetId": 7, "startRowIndex": 1}}}]}
    made = batch('{"includeSpreadsheetInResponse": "true"}')
    assert made.body == {"includeSpreadsheetInResponse": True}


def test_null_is_absent_but_stays_among_cell_values():
    made = call("PUT", "/v4/spreadsheets/x/values/A1", body=b'{"range": null, "values": [[null, 1], []]}')
    assert made.body == {"values": [[None, 1], []]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"requests": [{"mergeCells": {"mergeType": "MERGE"}}]}', "requests[0].merge_cells.merge_type"),
        ('{"requests": [{"mergeCells": {"range": []}}]}', "Proto field is not repeating, cannot start list."),
        ('{"requests": [{"mergeCells": {"range": {"sheetId": true}}}]}', "(TYPE_INT32), true"),
        ('{"requests": [{"mergeCells": {"range": {"sheetId": 99999999999}}}]}', "(TYPE_INT32), 99999999999"),
        ('{"requests": [{"mergeCells": 5}]}', "(type.googleapis.com/google.apps.sheets.v4.MergeCellsRequest), 5"),
        ('{"requests": [{"setBasicFilter": {"filter": {"criteria": [1]}}}]}', "criteria"),
        ('{"requests": [', "Invalid JSON payload received."),
        ("[]", "Root element must be a message."),
    ],
)
def test_wrong_bodies_are_refused(body, said):
    error = refusal(lambda: batch(body))
    assert said in error["message"]
    assert error["status"] == "INVALID_ARGUMENT"


def test_all_violations_are_told_at_once():
    error = refusal(lambda: batch('{"a": 1, "requests": [{"b": 2}, {"mergeCells": {"c": 3}}]}'))
    violations = error["details"][0]["fieldViolations"]
    assert [item.get("field") for item in violations] == [None, "requests[0]", "requests[1].merge_cells"]
    assert error["message"] == "\n".join(item["description"] for item in violations)


def test_maps_keep_their_keys():
    criteria = '{"3": {"hiddenValues": ["a"]}}'
    made = batch(f'{{"requests": [{{"setBasicFilter": {{"filter": {{"criteria": {criteria}}}}}}}]}}')
    assert made.body["requests"][0]["setBasicFilter"]["filter"]["criteria"] == {"3": {"hiddenValues": ["a"]}}


def test_paths_are_written_as_in_protocol_buffers():
    assert str(Path("sheetId", Path(0, Path("repeatCell", None)))) == "repeat_cell[0].sheet_id"
    Violations().raise_any()

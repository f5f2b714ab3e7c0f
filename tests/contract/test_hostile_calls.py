"""Calls that no honest client makes: broken bodies, ranges out of this world, filters of nonsense."""

import json
import random

import pytest

BODIES = [
    *(b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b'{"values":', b'{"values": {"a": 1}}', b'{"values": [1]}'),
    *(b'{"values": [[{"a": 1}]]}', b'{"values": [[[1]]]}', b'{"values": [[NaN]]}', b'{"values": [[1e999]]}'),
    *(b'{"values": [["\\ud800"]]}', b'{"values": [["\\u0000"]]}', b'{"range": 5, "values": []}', b'{"data": 5}'),
    *(b'{"data": [{"values": [[1]]}], "valueInputOption": "X"}', b'{"ranges": "A1"}', b'{"dataFilters": [{}]}'),
    *(b'{"dataFilters": [{"gridRange": {"sheetId": 99}}]}', b'{"dataFilters": [{"a1Range": "\'"}]}'),
    *(b'{"dataFilters": [{"developerMetadataLookup": {"metadataId": -1}}]}', b'{"requests": 1}', b'{"requests": [[]]}'),
    *(b'{"requests": [{}]}', b'{"requests": [{"addSheet": {}, "deleteSheet": {}}]}', b'{"requests": [{"nope": {}}]}'),
    b'{"requests": [{"addSheet": null}]}',
    b"[" * 5_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    json.dumps({"values": [["x" * 50_001]]}).encode(),
    json.dumps({"values": [["=" + "(" * 3_000]]}).encode(),
]
RANGES = [
    *(
        "A1",
        "A1:B2",
        "A:A",
        "1:1",
        "B2:A1",
        "ZZZ1",
        "ZZZZ1",
        "A0",
        "A99999999",
        "A1:",
        ":A1",
        "!A1",
        "'Sheet1",
        "''!A1",
    ),
    *("Sheet1!", "Nope!A1", "'Sheet1'!A1:ZZZ9999999", "R1C1", "R[1]C[1]", "A1:B2:C3", "A1,B2", "%F0%9F%8E%89", "%00"),
    *("A" * 5_000, "1" * 50, "%27" * 999, "A1%3AB", "-1", "=A1", "%20", "Sheet1!Sheet1!A1", "$A$1:$B$2"),
]
QUERIES = [
    *("", "valueInputOption=RAW", "valueInputOption=USER_ENTERED", "valueInputOption=", "valueInputOption=X"),
    *("majorDimension=COLUMNS", "majorDimension=X", "valueRenderOption=FORMULA", "dateTimeRenderOption=X"),
    *("insertDataOption=INSERT_ROWS&valueInputOption=RAW", "fields=", "fields=*", "fields=((", "fields=a.b.c", "%=%"),
    *(
        "includeGridData=maybe",
        "ranges=A1&ranges=",
        "ranges=%00",
        "alt=media",
        "prettyPrint=false",
        "fields=sheets(data",
    ),
    "includeValuesInResponse=true&responseValueRenderOption=FORMULA&valueInputOption=USER_ENTERED",
]
CALLS = [
    *(("GET", ""), ("POST", ":batchUpdate"), ("POST", ":getByDataFilter"), ("GET", "/values/{range}")),
    *(("PUT", "/values/{range}"), ("POST", "/values/{range}:append"), ("POST", "/values/{range}:clear")),
    *(("GET", "/values:batchGet"), ("POST", "/values:batchUpdate"), ("POST", "/values:batchClear")),
    *(("POST", "/values:batchGetByDataFilter"), ("POST", "/values:batchUpdateByDataFilter")),
    *(("POST", "/values:batchClearByDataFilter"), ("POST", "/developerMetadata:search")),
    *(("GET", "/developerMetadata/1"), ("GET", "/developerMetadata/x"), ("POST", "/sheets/0:copyTo")),
    *(("POST", "/sheets/x:copyTo"), ("DELETE", ""), ("PATCH", "/values/{range}"), ("GET", "/nothing")),
]


@pytest.mark.parametrize("seed", range(4))
def test_every_answer_is_of_googles_shape_and_never_a_failure_of_ours(emulator, seed):
    draw = random.Random(seed)
    identifier = emulator.create("Hostile").spreadsheet_id
    for _ in range(400):
        method, path = draw.choice(CALLS)
        target = f"/v4/spreadsheets/{identifier}{path.format(range=draw.choice(RANGES))}?{draw.choice(QUERIES)}"
        body = draw.choice(BODIES) if method in ("POST", "PUT", "PATCH") else b""
        held = emulator.workbook(identifier)
        status, _, answer = emulator.handle(method, target, {}, body)
        told = f"{method} {target} {body[:300]!r}: {status} {answer[:600]!r}"
        assert status < 500 or status == 501, told
        if status >= 400:
            assert status == 404 or json.loads(answer)["error"]["code"] == status, told
            assert emulator.workbook(identifier) is held, told
        elif answer and draw.random() < 0.05:
            status, _, answer = emulator.handle("GET", f"/v4/spreadsheets/{identifier}?includeGridData=true", {}, b"")
            assert status == 200, told

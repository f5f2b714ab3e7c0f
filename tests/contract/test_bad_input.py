"""Whatever comes in, the answer is Google-shaped and soon, and the spreadsheet is as it was."""

import json
import re
import time
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.emulator.schema import discovery
from sheets_agent.emulator.service import METHODS, Emulator


def deep(opening, closing, levels, core="1"):
    return f"{opening * levels}{core}{closing * levels}".encode()


@pytest.fixture
def send(emulator):
    identifier = emulator.create("Budget").spreadsheet_id

    def send(method, path, body=b""):
        started = time.monotonic()
        status, headers, content = emulator.handle(method, f"/v4/spreadsheets/{identifier}{path}", {}, body)
        assert time.monotonic() - started < 10
        assert headers["content-type"] == "application/json; charset=UTF-8"
        answer = json.loads(content)
        if status >= 400:
            error = answer["error"]
            assert (error["code"], bool(error["message"]), bool(error["status"])) == (status, True, True)
        return status, answer

    return send


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"requests": [', "Invalid JSON payload received."),
        (b"\xff\xfe{}", "not valid UTF-8"),
        (b'{"requests": [{"addSheet": {"properties": {"title": "\xed\xa0\x80"}}}]}', "not valid UTF-8"),
        (b'{"requests": [{"addSheet": {"properties": {"title": "\\ud800"}}}]}', "not valid UTF-8"),
        (b"[]", "Root element must be a message"),
        (b"null", "Root element must be a message"),
        (deep("[", "]", 200_000), "Message too deep"),
        (deep('{"a":', "}", 5_000), "Message too deep"),
        (b'{"requests":[' + deep('{"addChart":{"chart":', "}}", 900, "{}") + b"]}", "Message too deep"),
        (b'{"requests": [{"insertDimension": {"range": {"startIndex": NaN}}}]}', "Unexpected token"),
        (b'{"requests": [{"addSheet": {"properties": {"sheetId": 1e999}}}]}', "Invalid value at"),
        (b'{"requests": [{"addSheet": {"properties": {"sheetId": ' + b"9" * 5000 + b"}}}]}", "out of range"),
        (b'{"requests": [{"addSheet": {"properties": {"sheetId": ' + b"9" * 400 + b"}}}]}", "Invalid value at"),
        (b'{"requests": 5}', "Invalid value at 'requests'"),
        (b'{"requests": ["x"]}', "Invalid value at 'requests[0]'"),
        (b'{"requests": [{}]}', "No request set"),
        (b'{"requests": [{"addSheet": {}, "deleteSheet": {}}]}', "set more than once"),
    ],
)
def test_a_body_that_is_no_batch(send, body, said):
    status, answer = send("POST", ":batchUpdate", body)
    assert status == 400
    assert said in answer["error"]["message"]


@pytest.mark.parametrize(
    "value", ["1e999", "-1e999", "9" * 400, "9" * 5000, "NaN", "Infinity", '"\\udfff"', "[1]", "{}"]
)
def test_a_value_that_no_cell_holds(send, value):
    for option in ("RAW", "USER_ENTERED"):
        body = f'{{"values": [[{value}]]}}'.encode()
        assert send("PUT", f"/values/A1?valueInputOption={option}", body)[0] == 400
    assert "values" not in send("GET", "/values/A1")[1]


def test_a_pair_of_surrogates_is_a_letter(send):
    assert send("PUT", "/values/A1?valueInputOption=RAW", b'{"values": [["\\ud83d\\ude00"]]}')[0] == 200
    assert send("GET", "/values/A1")[1]["values"] == [["😀"]]


@pytest.mark.parametrize(
    "text",
    ["A1:", "!!", "'", "''!A1", "A0", "A99999999999999999999", "A1:B2:C3", "\0", "😀", "..", "Sheet1!", "'Sheet1",
     "A:1", "(" * 50_000, "A1:" + "A" * 100_000, "'" * 20_001, "Sheet1!" * 5_000, "Лист!A1"],
)  # fmt: skip
def test_a_range_that_is_none(send, text):
    status, answer = send("GET", f"/values/{quote(text, safe='')}")
    assert (status, answer["error"]["message"]) == (400, f"Unable to parse range: {text}")


@pytest.mark.parametrize(
    "fields",
    [
        "sheets(" * 2_000,
        "sheets(" * 2_000 + "properties" + ")" * 2_000,
        "sheets" + ".data" * 5_000,
        "a,,b",
        "(",
        "nope",
    ],
)
def test_a_mask_that_is_none(send, fields):
    assert send("GET", f"?fields={quote(fields)}")[0] == 400


def test_a_long_mask_is_read_soon(send):
    assert send("GET", "?fields=" + ",".join(["sheets.properties.title"] * 20_000))[0] == 200


@pytest.mark.parametrize(
    "request_body",
    [
        {"addSheet": {"properties": {"gridProperties": {"rowCount": 10_000_000, "columnCount": 2}}}},
        {"appendDimension": {"dimension": "ROWS", "length": 2**31 - 1}},
        {"insertDimension": {"range": {"dimension": "COLUMNS", "startIndex": 0, "endIndex": 2**31 - 1}}},
        {"updateSheetProperties": {"properties": {"gridProperties": {"rowCount": 10**8}},
                                   "fields": "gridProperties.rowCount"}},
    ],
)  # fmt: skip
def test_ten_million_cells_are_the_most(send, request_body):
    status, answer = send("POST", ":batchUpdate", json.dumps({"requests": [request_body]}).encode())
    assert status == 400
    assert "above the limit of" in answer["error"]["message"]


def test_a_new_spreadsheet_is_not_larger_than_that(emulator):
    sheet = {"properties": {"gridProperties": {"rowCount": 5_000_000, "columnCount": 1}}}
    body = {"sheets": [sheet, {**sheet, "properties": {**sheet["properties"], "title": "b"}}, {}]}
    assert emulator.handle("POST", "/v4/spreadsheets", {}, json.dumps(body).encode())[0] == 400


@pytest.mark.parametrize(
    "formula",
    ['=REPT("x",1e9)', '=REPT(REPT("x",30000),30000)', "=SEQUENCE(1e6,1e4)", "=MAKEARRAY(5000,5000,LAMBDA(a,b,a*b))",
     "=LAMBDA(f,f(f))(LAMBDA(f,f(f)))", "=9^9^9^9", "=RANDARRAY(1e4,1e4)", "=" + "(" * 3_000 + "1" + ")" * 3_000,
     "=" + "SUM(" * 2_000 + "1" + ")" * 2_000, "=" + "-" * 5_000 + "1", "={" + ",".join(["1"] * 5_000) + "}",
     "=FACT(1e12)", "=FACTDOUBLE(1e12)", "=PERMUT(1e12,1e11)", "=MULTINOMIAL(1e9,1e9)", "=VDB(1e6,1,1e12,1,1e12)",
     '=REDUCE("x",SEQUENCE(100),LAMBDA(a,b,a&a))', '=SCAN("x",SEQUENCE(100),LAMBDA(a,b,CONCATENATE(a,a)))',
     "=ROWS(REDUCE(1,SEQUENCE(100),LAMBDA(a,b,VSTACK(a,a))))", "=EDATE(1,1e15)", "=BASE(1e15,2,1e9)",
     '=SUBSTITUTE(REPT("a",30000),"a",REPT("b",30000))', '=TEXTJOIN(REPT("x",30000),FALSE,SEQUENCE(9000))',
     '=TEXTJOIN(REPT("x",30000),FALSE,A1:I1000)', '=JOIN(REPT("x",30000),SEQUENCE(9000))',
     '=REGEXMATCH(REPT("a",30000)&"b","(a+)+$")', '=INDIRECT("A1:"&REPT("Z",100)&1)'],
)  # fmt: skip
def test_a_formula_bomb_ends_soon(send, formula):
    body = json.dumps({"values": [[formula]]}).encode()
    assert send("PUT", "/values/D5?valueInputOption=USER_ENTERED", body)[0] in (200, 400)
    status, answer = send("GET", "/values/D5?valueRenderOption=UNFORMATTED_VALUE")
    assert status == 200
    assert len(json.dumps(answer)) < 200_000
    assert send("PUT", "/values/A1?valueInputOption=USER_ENTERED", b'{"values": [["=6*7"]]}')[0] == 200
    assert send("GET", "/values/A1")[1]["values"] == [["42"]]


EMULATOR = Emulator()
IDENTIFIER = EMULATOR.create("Fuzz").spreadsheet_id
METHODS_BY_ID = {method.id: method for method in discovery("sheets", "v4").methods}
NAMES = [name for schema in discovery("sheets", "v4").schemas.values() for name in schema.get("properties", {})]
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["A1:B2", "Sheet1", "*", "ROWS", "USER_ENTERED", "=A1", IDENTIFIER]),
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150)
@given(
    method=st.sampled_from(sorted(METHODS)),
    body=ANYTHING.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60),
    place=st.text(max_size=12) | st.sampled_from(["A1", "Sheet1!A:B", "0"]),
    query=st.lists(
        st.tuples(st.sampled_from(["ranges", "fields", "valueInputOption", "alt", "x"]), st.text(max_size=12))
    ),
)
def test_any_call_of_any_method_is_answered(method, body, place, query):
    found = METHODS_BY_ID[method]
    pattern = found.pattern.pattern
    path = "/v4/spreadsheets" if method.endswith(".create") else path_of(pattern, place)
    target = path + "?" + "&".join(f"{name}={quote(value)}" for name, value in query)
    status, _, content = EMULATOR.handle(found.http_method, target, {}, body)
    assert status in (200, 400, 403, 404, 501), content
    assert isinstance(json.loads(content), dict)


def path_of(pattern, place):
    """The path of a method with its parameters filled in."""
    plain = re.sub(r"\(\?P<spreadsheetId>[^)]*\)", IDENTIFIER, pattern)
    plain = re.sub(r"\(\?P<\w+>[^)]*\)", lambda _: quote(place, safe=""), plain)
    return plain.replace("\\", "")

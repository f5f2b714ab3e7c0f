"""Requests made up from the discovery document: whatever comes, the answer is Google-shaped and nothing half-done."""

import json
import random

import pytest

from sheets_agent.emulator.schema import discovery

SCHEMAS = discovery("sheets", "v4").schemas
KINDS = sorted(SCHEMAS["Request"]["properties"])
FORMULAS = ["=A1+1", "=SUM(A:A)", "=1/0", "=((", "=SEQUENCE(3)"]
TEXTS = ["a", "", "Sheet1", "12", "b,c", "2020-01-01", "=1+1"]
MASKS = ["*", "*", "title", "userEnteredValue", "userEnteredFormat.textFormat.bold", "note", "pixelSize", "range"]
NUMBERS = [0, 0, 1, 2, 3, 7, -1, 1000]


class Requests:
    """Messages drawn from their types, plausible enough that about a quarter is accepted."""

    def __init__(self, seed):
        self.draw = random.Random(seed)

    def message(self, name, depth=3):
        if name == "GridRange":
            rows, columns = (sorted(self.draw.choices(range(8), k=2)) for _ in range(2))
            whole = {"startRowIndex": rows[0], "endRowIndex": rows[1] + 1}
            whole |= {"startColumnIndex": columns[0], "endColumnIndex": columns[1] + 1}
            return {"sheetId": self.draw.choice([0, 0, 5]), **whole}
        if name == "DimensionRange":
            start, end = sorted(self.draw.choices(range(8), k=2))
            return {"dimension": self.draw.choice(["ROWS", "COLUMNS"]), "startIndex": start, "endIndex": end + 1}
        likely = 0.55 if depth > 0 else 0.15
        fields = {
            key: self.value(key, schema, depth - 1)
            for key, schema in SCHEMAS[name].get("properties", {}).items()
            if self.draw.random() < likely + 0.3 * (key in ("range", "rows", "fields", "cell", "start", "properties"))
            and not ("$ref" in schema and depth < -2)
        }
        if name in ("ExtendedValue", "ColorStyle") and fields:
            return dict([self.draw.choice(list(fields.items()))])
        return fields

    def value(self, key, schema, depth):
        if "$ref" in schema:
            return self.message(schema["$ref"], depth)
        if "enum" in schema:
            return self.draw.choice(schema["enum"])
        match schema.get("type"):
            case "array":
                return [self.value(key, schema["items"], depth - 1) for _ in range(self.draw.choice([0, 1, 1, 2]))]
            case "boolean":
                return self.draw.random() < 0.5
            case "integer":
                return self.draw.choice([0, 0, 0, 5, 99] if key == "sheetId" else NUMBERS)
            case "number":
                return self.draw.choice([0, 1, 0.5, -2, 43831.25])
            case "string":
                formula = "formula" in key.lower()
                return self.draw.choice(MASKS if key == "fields" else FORMULAS if formula else TEXTS)
            case _:
                return {}


def spreadsheet(emulator):
    identifier = emulator.create("Fuzz").spreadsheet_id
    values = {"values": [["a", "b", "c"], [1, 2, "=A2+B2"], ["x", "2020-01-01", "=SUM(A:A)"]]}
    target = f"/v4/spreadsheets/{identifier}/values/A1?valueInputOption=USER_ENTERED"
    assert emulator.handle("PUT", target, {}, json.dumps(values).encode())[0] == 200
    body = {"requests": [{"addSheet": {"properties": {"sheetId": 5, "title": "Other"}}}]}
    assert (
        emulator.handle("POST", f"/v4/spreadsheets/{identifier}:batchUpdate", {}, json.dumps(body).encode())[0] == 200
    )
    return identifier


def everything(workbook):
    """All that a workbook holds: its resources are shared with forks, so that a change in place would show here."""
    return repr((workbook.properties, workbook.sheets, workbook.named_ranges, workbook.developer_metadata))


@pytest.mark.parametrize("seed", range(8))
def test_any_request_is_done_or_refused_in_googles_shape_and_never_half_done(emulator, seed):
    requests = Requests(seed)
    outcomes = {200: 0, 400: 0, 403: 0, 501: 0}
    for step in range(300):
        if step % 30 == 0:
            identifier = spreadsheet(emulator)
        kind = requests.draw.choice(KINDS)
        request = {kind: requests.message(SCHEMAS["Request"]["properties"][kind]["$ref"])}
        held = emulator.workbook(identifier)
        before = everything(held)
        body = json.dumps({"requests": [request]}).encode()
        status, _, answer = emulator.handle("POST", f"/v4/spreadsheets/{identifier}:batchUpdate", {}, body)
        assert status in outcomes, f"{request}: {answer.decode()}"
        outcomes[status] += 1
        assert everything(held) == before, f"{request} changed what it shares with the state before it"
        if status == 200:
            target = f"/v4/spreadsheets/{identifier}?includeGridData=true&ranges=A1:J10"
            status, _, answer = emulator.handle("GET", target, {}, b"")
            assert status in (200, 400), f"after {request}: {answer.decode()}"
        else:
            assert json.loads(answer)["error"]["message"].startswith("Inv" if status != 403 else "Request had")
            assert emulator.workbook(identifier) is held
    assert outcomes[200] > 10 < outcomes[400], "the requests drawn exercise both doing and refusing"

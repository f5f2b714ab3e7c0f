"""Requests made up for objects that are there: handlers are entered with ids and places that exist.

Whatever is accepted leaves a spreadsheet that can be read whole, saved to a file, and opened again.
"""

import json

import pytest
from test_batch_fuzz import KINDS, SCHEMAS, Requests, everything, spreadsheet

from sheets_agent.emulator.files import open_file, save_file

STRANGE_NUMBERS = [2**31 - 1, -(2**31), 18_278, 10_000_000]
STRANGE_TEXTS = ["x" * 50_001, "\x00", "'''''", "=A1:", "ZZZZ1", "\n", "🎉", "Other!A1:B2"]


def area(top, bottom, left, right, sheet=0):
    return {
        "sheetId": sheet,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


def corner(row, column, sheet=0):
    return {"sheetId": sheet, "rowIndex": row, "columnIndex": column}


BOLD = {"textFormat": {"bold": True}}
MORE_THAN_ONE = {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "1"}]}
PIVOT = {
    "source": area(0, 3, 0, 3),
    "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING", "showTotals": True}],
    "values": [{"sourceColumnOffset": 1, "summarizeFunction": "SUM"}],
}
CHART = {
    "title": "t",
    "basicChart": {
        "chartType": "COLUMN",
        "domains": [{"domain": {"sourceRange": {"sources": [area(0, 3, 0, 1)]}}}],
        "series": [{"series": {"sourceRange": {"sources": [area(0, 3, 1, 2)]}}}],
    },
}
OBJECTS = [
    {"addNamedRange": {"namedRange": {"namedRangeId": "n1", "name": "nums", "range": area(0, 3, 0, 2)}}},
    {"addProtectedRange": {"protectedRange": {"protectedRangeId": 7, "range": area(4, 6, 0, 2)}}},
    {
        "addChart": {
            "chart": {"chartId": 11, "spec": CHART, "position": {"overlayPosition": {"anchorCell": corner(3, 5)}}}
        }
    },
    {
        "addBanding": {
            "bandedRange": {
                "bandedRangeId": 21,
                "range": area(0, 4, 0, 3),
                "rowProperties": {"firstBandColor": {"red": 1}, "secondBandColor": {"blue": 1}},
            }
        }
    },
    {"addFilterView": {"filter": {"filterViewId": 31, "title": "fv", "range": area(0, 5, 0, 3)}}},
    {
        "addConditionalFormatRule": {
            "rule": {"ranges": [area(0, 5, 0, 2)], "booleanRule": {"condition": MORE_THAN_ONE, "format": BOLD}},
            "index": 0,
        }
    },
    {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataId": 41,
                "metadataKey": "k",
                "visibility": "DOCUMENT",
                "location": {"sheetId": 0},
            }
        }
    },
    {"addDimensionGroup": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 4}}},
    {"addTable": {"table": {"tableId": "t1", "name": "T", "range": area(0, 3, 0, 3, 5)}}},
    {
        "addSlicer": {
            "slicer": {
                "slicerId": 51,
                "position": {"overlayPosition": {"anchorCell": corner(9, 5)}},
                "spec": {"dataRange": area(0, 5, 0, 3), "columnIndex": 0},
            }
        }
    },
    {"mergeCells": {"range": area(6, 8, 0, 2), "mergeType": "MERGE_ALL"}},
    {
        "updateCells": {
            "start": corner(12, 0),
            "fields": "pivotTable",
            "rows": [{"values": [{"pivotTable": PIVOT}]}],
        }
    },
    {"insertComment": {"content": "hello", "coordinate": corner(1, 1)}},
]


class Aimed(Requests):
    """Requests whose ids are mostly those of something that exists, and whose numbers are strange at times."""

    def __init__(self, seed):
        super().__init__(seed)
        self.known = {}

    def learn(self, answer):
        """Take down every id that an answer names."""
        self.known = {"objectId": [11, 51], "filterId": [31]}
        pending = [answer]
        while pending:
            one = pending.pop()
            if isinstance(one, list):
                pending += one
            elif isinstance(one, dict):
                pending += one.values()
                for key, value in one.items():
                    if key.endswith("Id") and isinstance(value, int | str):
                        self.known.setdefault(key, []).append(value)
        for key in ("sourceSheetId", "destinationSheetId"):
            self.known[key] = self.known.get("sheetId", [0])

    def value(self, key, schema, depth):
        kind = schema.get("type")
        if kind in ("integer", "string") and self.known.get(key) and self.draw.random() < 0.8:
            return self.draw.choice(self.known[key])
        if kind in ("integer", "string") and "enum" not in schema and self.draw.random() < 0.03:
            return self.draw.choice(STRANGE_NUMBERS if kind == "integer" else STRANGE_TEXTS)
        return super().value(key, schema, depth)

    def message(self, name, depth=3):
        return corner(*self.draw.choices(range(8), k=2)) if name == "GridCoordinate" else super().message(name, depth)


def post(emulator, identifier, request):
    body = json.dumps({"requests": [request]}).encode()
    return emulator.handle("POST", f"/v4/spreadsheets/{identifier}:batchUpdate", {}, body)


def get(emulator, identifier, query):
    return emulator.handle("GET", f"/v4/spreadsheets/{identifier}?{query}", {}, b"")


def furnished(emulator):
    identifier = spreadsheet(emulator)
    for request in OBJECTS:
        status, _, answer = post(emulator, identifier, request)
        assert status == 200, answer.decode()
    return identifier


@pytest.mark.parametrize("seed", range(6))
def test_what_is_there_can_be_changed_read_saved_and_opened_again(emulator, seed, tmp_path):
    requests, entered = Aimed(seed), set()
    for step in range(300):
        if step % 30 == 0:
            identifier = furnished(emulator)
            requests.learn(json.loads(get(emulator, identifier, "includeGridData=true")[2]))
        kind = requests.draw.choice(KINDS)
        request = {kind: requests.message(SCHEMAS["Request"]["properties"][kind]["$ref"], 4)}
        held = emulator.workbook(identifier)
        before = everything(held)
        status, _, answer = post(emulator, identifier, request)
        assert status in (200, 400, 403, 501), f"{request}: {answer.decode()}"
        assert everything(held) == before, f"{request} changed what it shares with the state before it"
        if status != 200:
            assert emulator.workbook(identifier) is held
            continue
        entered.add(kind)
        status, _, answer = get(emulator, identifier, "includeGridData=true&ranges=A1:J20")
        assert status in (200, 400), f"after {request}: {answer.decode()}"
        if step % 5 == 0:
            save_file(emulator.workbook(identifier), tmp_path / "saved.xlsx")
            again = open_file(tmp_path / "saved.xlsx").workbook
            assert [again.extent(sheet) is not None for sheet in again.sheets]
    assert len(entered) > 15, "many handlers are entered"

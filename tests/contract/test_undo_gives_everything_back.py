"""Whatever is done to a spreadsheet, undoing gives back every cell, every format and every object."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import httplib2
import pytest
from everything import everything_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_batch_fuzz_objects import KINDS, SCHEMAS, Aimed, area, corner, furnished, get, post

from sheets_agent.a1 import column_letters, quote_title
from sheets_agent.actions import ACTIONS
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import ActionError, InvalidRequest
from sheets_agent.fetching import fetched
from sheets_agent.functions.array import Array
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sources.model import Sources, SourceTable
from sheets_agent.undo.recording import inverse_of

REPORT = Sources(
    tables=(
        SourceTable(
            id="report.p2.t1",
            file="report.pdf",
            place="page 2, table 1",
            header=("Region", "Sales"),
            rows=(("'North", "12.5%"), ("'=1+1", "2024-01-31")),
        ),
    )
)
TITLES = ["Orders", "Summary", "It's a tab"]
NAMES = {title: number for number, title in enumerate(TITLES)}
HEADER = ["Date", "Region", "Email", "Price", "Revenue", "Status"]
ORDERS = [
    [
        f"2024-0{1 + row % 6}-1{row % 7}",
        ["North", "South"][row % 2],
        f"{row % 4}@b.c",
        10 + row,
        f"=D{row + 2}*2",
        "Paid",
    ]
    for row in range(10)
]
GREATER = {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "12"}]}
LOUD = {"textFormat": {"bold": True}, "backgroundColor": {"red": 1}}
RULE = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "New"}]}, "strict": True}
PIVOT = {
    "source": area(0, 11, 0, 6),
    "rows": [{"sourceColumnOffset": 1, "sortOrder": "ASCENDING", "showTotals": True}],
    "values": [{"sourceColumnOffset": 3, "summarizeFunction": "SUM"}],
}
CHART = {
    "title": "Revenue by region",
    "basicChart": {
        "chartType": "COLUMN",
        "domains": [{"domain": {"sourceRange": {"sources": [area(0, 11, 1, 2)]}}}],
        "series": [{"series": {"sourceRange": {"sources": [area(0, 11, 4, 5)]}}}],
    },
}
BANDS = {"firstBandColor": {"red": 1}, "secondBandColor": {"blue": 1}}
RICH = {
    "userEnteredValue": {"stringValue": "rich"},
    "textFormatRuns": [{}, {"startIndex": 2, "format": {"bold": True}}],
}


def rows(start: int, end: int, sheet: int = 0, dimension: str = "ROWS") -> Any:
    return {"sheetId": sheet, "dimension": dimension, "startIndex": start, "endIndex": end}


def put(cell: Any, fields: str, row: int, column: int, sheet: int = 0) -> Any:
    return {"updateCells": {"start": corner(row, column, sheet), "rows": [{"values": [cell]}], "fields": fields}}


FURNITURE: dict[str, Any] = {
    "formats": {
        "repeatCell": {
            "range": area(0, 1, 0, 6),
            "cell": {"userEnteredFormat": LOUD},
            "fields": "userEnteredFormat",
        }
    },
    "borders": {"updateBorders": {"range": area(2, 6, 1, 4), "top": {"style": "DOUBLE"}, "left": {"style": "SOLID"}}},
    "note": put({"note": "look here"}, "note", 3, 2),
    "rich text": put(RICH, "userEnteredValue,textFormatRuns", 4, 1),
    "validation": {"setDataValidation": {"range": area(1, 11, 5, 6), "rule": RULE}},
    "merge": {"mergeCells": {"range": area(13, 15, 1, 3), "mergeType": "MERGE_ALL"}},
    "pivot": put({"pivotTable": PIVOT}, "pivotTable", 0, 0, 1),
    "chart": {
        "addChart": {
            "chart": {
                "chartId": 11,
                "spec": CHART,
                "position": {"overlayPosition": {"anchorCell": corner(3, 7), "offsetXPixels": 5}},
                "border": {"color": {"red": 1}},
            }
        }
    },
    "filter": {
        "setBasicFilter": {
            "filter": {"range": area(0, 11, 0, 6), "criteria": {"3": {"condition": GREATER}}},
        }
    },
    "filter view": {"addFilterView": {"filter": {"filterViewId": 31, "title": "mine", "range": area(0, 11, 0, 6)}}},
    "conditional": {
        "addConditionalFormatRule": {
            "rule": {"ranges": [area(1, 11, 3, 5)], "booleanRule": {"condition": GREATER, "format": LOUD}},
            "index": 0,
        }
    },
    "scale": {
        "addConditionalFormatRule": {
            "rule": {
                "ranges": [area(1, 11, 4, 5)],
                "gradientRule": {
                    "minpoint": {"type": "MIN", "color": {"red": 1}},
                    "maxpoint": {"type": "MAX", "color": {"green": 1}},
                },
            },
            "index": 0,
        }
    },
    "banding": {
        "addBanding": {"bandedRange": {"bandedRangeId": 21, "range": area(0, 9, 0, 6, 2), "rowProperties": BANDS}}
    },
    "protection": {"addProtectedRange": {"protectedRange": {"protectedRangeId": 7, "range": area(4, 6, 0, 2)}}},
    "name": {"addNamedRange": {"namedRange": {"namedRangeId": "n1", "name": "prices", "range": area(1, 11, 3, 4)}}},
    "using the name": put(
        {"userEnteredValue": {"formulaValue": "=SUM(prices)+Orders!D3"}}, "userEnteredValue", 2, 4, 2
    ),
    "table": {"addTable": {"table": {"tableId": "t1", "name": "T", "range": area(12, 16, 0, 3, 2)}}},
    "widths": {
        "updateDimensionProperties": {
            "range": rows(1, 4, 0, "COLUMNS"),
            "properties": {"pixelSize": 133},
            "fields": "pixelSize",
        }
    },
    "hidden rows": {
        "updateDimensionProperties": {
            "range": rows(8, 10, 2),
            "properties": {"hiddenByUser": True},
            "fields": "hiddenByUser",
        }
    },
    "groups": {"addDimensionGroup": {"range": rows(2, 6)}},
    "groups inside": {"addDimensionGroup": {"range": rows(3, 5)}},
    "metadata": {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataId": 41,
                "metadataKey": "k",
                "metadataValue": "v",
                "visibility": "DOCUMENT",
                "location": {"dimensionRange": rows(5, 6)},
            }
        }
    },
    "slicer": {
        "addSlicer": {
            "slicer": {
                "slicerId": 51,
                "position": {"overlayPosition": {"anchorCell": corner(9, 9)}},
                "spec": {"dataRange": area(0, 11, 0, 6), "columnIndex": 1},
            }
        }
    },
    "frozen and coloured": {
        "updateSheetProperties": {
            "properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 1}, "tabColor": {"green": 1}},
            "fields": "gridProperties.frozenRowCount,tabColor",
        }
    },
}


def spreadsheet(furniture: Any) -> tuple[SheetsClient, str]:
    """Three tabs with orders on two of them, and some of the furniture."""
    client = SheetsClient(EmulatorHttp(Emulator()))
    identifier = client.create("Undo")["spreadsheetId"]
    named = {"updateSheetProperties": {"properties": {"sheetId": 0, "title": TITLES[0]}, "fields": "title"}}
    added = [
        {"addSheet": {"properties": {"sheetId": number, "title": title}}} for title, number in NAMES.items() if number
    ]
    small = [
        {
            "updateSheetProperties": {
                "properties": {"sheetId": number, "gridProperties": {"rowCount": 30, "columnCount": 12}},
                "fields": "gridProperties(rowCount,columnCount)",
            }
        }
        for number in NAMES.values()
    ]
    client.batch_update(identifier, [named, *added, *small])
    for title in (TITLES[0], TITLES[2]):
        client.update_values(identifier, f"{quote_title(title)}!A1", [HEADER, *ORDERS])
    for name in FURNITURE:
        if name in furniture:
            client.batch_update(identifier, [FURNITURE[name]])
    return client, identifier


@st.composite
def ranges(draw: Any, whole: str = "") -> str:
    title = quote_title(draw(st.sampled_from(TITLES)))
    top, left = draw(st.integers(0, 14)), draw(st.integers(0, 7))
    bottom, right = top + draw(st.integers(0, 8)), left + draw(st.integers(0, 4))
    if whole == "rows":
        return f"{title}!{top + 1}:{bottom + 1}"
    if whole == "columns":
        return f"{title}!{column_letters(left)}:{column_letters(right)}"
    return f"{title}!{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"


NEW_TITLES = st.sampled_from(["New one", "Another", "Summary copy"])
OF_SHEETS = {
    "add_sheet": {"target": NEW_TITLES},
    "rename_sheet": {"target": st.sampled_from(TITLES), "name": NEW_TITLES},
    "duplicate_sheet": {"source": st.sampled_from(TITLES), "target": NEW_TITLES},
    "delete_sheet": {"target": st.sampled_from(TITLES)},
    "freeze": {"target": st.sampled_from(TITLES)},
    "update_chart": {"target": st.just("Orders")},
    "delete_chart": {"target": st.just("Orders")},
    "named_range": {"target": ranges(), "name": st.sampled_from(["prices", "other_name"])},
    "find_replace": {"target": ranges(), "find": st.sampled_from(["North", "1", "D"])},
    "format_cells": {"target": ranges(), "number_format": st.sampled_from(["0.00", "yyyy-mm-dd"])},
    "sort_range": {"target": st.sampled_from(["Orders!A1:F11", "'It''s a tab'!A1:F11"])},
    "filter_range": {"target": st.sampled_from(["Orders!A1:F11", "'It''s a tab'!A1:F11"])},
    "remove_duplicates": {"target": st.sampled_from(["Orders!A1:F11", "'It''s a tab'!A1:F11"])},
    "create_pivot": {"source": st.just("Orders!A1:F11"), "target": ranges()},
    "create_chart": {"source": st.just("Orders!A1:F11"), "target": ranges()},
}
WHOLE = {"insert_rows": "rows", "delete_rows": "rows", "insert_columns": "columns", "delete_columns": "columns"}


@st.composite
def steps(draw: Any) -> Any:
    """One action of the vocabulary, of any kind, somewhere."""
    kind = draw(st.sampled_from(sorted(ACTIONS)))
    fields = dict(ACTIONS[kind].example)
    if kind in OF_SHEETS:
        fields |= {name: draw(one) for name, one in OF_SHEETS[kind].items()}
    else:
        fields |= {name: draw(ranges(WHOLE.get(kind, ""))) for name in ("target", "source") if name in fields}
    return fields | ({"source": "report.p2.t1"} if kind == "import_table" else {})


def compiled(client: SheetsClient, identifier: str, plan: Any) -> list[Any]:
    """The requests of a plan, each step on what the steps before it left; steps that cannot be done are left out."""
    copy, sent = client.scratch(identifier), []
    for fields in plan:
        try:
            action = fetched(ACTIONS[fields["kind"]].model_validate(fields), REPORT)
            book = copy.book(identifier)
            book = copy.load(book, [sheet.grid for sheet in book.sheets])
            requests = action.requests(book)
            if requests:
                copy.batch_update(identifier, requests)
        except (ActionError, InvalidRequest):
            continue
        sent += requests
    return sent


def check(client: SheetsClient, identifier: str, batch: Any) -> None:
    """Send a batch and its inverse, and that one's inverse: all is as before, and then as the batch had left it."""
    before = everything_of(client, identifier)
    sent, back = inverse_of(client.scratch(identifier), identifier, batch)
    client.batch_update(identifier, sent)
    assert not [told for told in back.lost if "comment" not in told]
    after = everything_of(client, identifier)
    if not back.requests:
        assert after == before
        return
    undone, again = inverse_of(client.scratch(identifier), identifier, back.requests)
    client.batch_update(identifier, undone)
    assert everything_of(client, identifier) == before
    if again.requests:
        client.batch_update(identifier, again.requests)
    if not again.lost:
        assert everything_of(client, identifier) == after


def test_black_which_the_api_writes_as_an_empty_colour_is_undone() -> None:
    client, identifier = spreadsheet({"formats"})
    black = {"userEnteredFormat": {"backgroundColor": {}, "textFormat": {"foregroundColor": {}}}}
    cells = {"range": area(2, 4, 0, 2), "cell": black, "fields": "userEnteredFormat"}
    tab = {"properties": {"sheetId": 1, "tabColor": {}}, "fields": "tabColor"}
    check(client, identifier, [{"repeatCell": cells}, {"updateSheetProperties": tab}])


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(furniture=st.sets(st.sampled_from(sorted(FURNITURE))), plan=st.lists(steps(), min_size=1, max_size=8))
def test_a_plan_of_any_actions_is_undone(furniture: Any, plan: Any) -> None:
    client, identifier = spreadsheet(furniture)
    batch = compiled(client, identifier, plan)
    if batch:
        check(client, identifier, batch)


@pytest.mark.parametrize("kind", sorted(ACTIONS))
def test_every_kind_of_action_is_undone_with_all_furniture(kind: str) -> None:
    fields = dict(ACTIONS[kind].example)
    places = {"target": "Orders!B3:D6", "source": "Orders!B3:D6"}
    whole = {"rows": "Orders!4:6", "columns": "Orders!C:D"}
    for name in places.keys() & fields.keys():
        fields[name] = whole[WHOLE[kind]] if kind in WHOLE else places[name]
    fixed: dict[str, Any] = {
        "add_sheet": {"target": "New"},
        "rename_sheet": {"target": "Orders", "name": "New"},
        "duplicate_sheet": {"source": "Orders", "target": "New"},
        "delete_sheet": {"target": "Orders"},
        "freeze": {"target": "Orders"},
        "update_chart": {"target": "Orders"},
        "delete_chart": {"target": "Orders"},
        "create_pivot": {"source": "Orders!A1:F11", "target": "Summary!H1"},
        "create_chart": {"source": "Orders!A1:F11", "target": "Summary!H1"},
        "write_cell": {"target": "Orders!B3"},
        "import_table": {"target": "Orders!B3", "source": "report.p2.t1"},
        "fill_series": {"target": "Orders!B3:B6"},
        "sort_range": {"target": "'It''s a tab'!A1:F11"},
        "filter_range": {"target": "Orders!A1:F11"},
        "remove_duplicates": {"target": "Orders!A1:F11"},
        "copy_range": {"target": "Summary!H1"},
        "move_range": {"target": "Summary!H1"},
        "split_text": {"target": "Orders!C2:C9", "delimiter": "@"},
        "unmerge_cells": {"target": "Orders!B14:C15"},
        "merge_cells": {"target": "Orders!B18:D20"},
    }
    furniture = set(FURNITURE) - ({"filter"} if kind in ("sort_range",) else set())
    client, identifier = spreadsheet(furniture)
    batch = compiled(client, identifier, [fields | fixed.get(kind, {})])
    assert bool(batch) == (kind not in ("read_range", "calculate"))
    if batch:
        check(client, identifier, batch)


@pytest.mark.parametrize("seed", range(60))
def test_requests_of_any_kind_are_undone(emulator: Any, seed: int) -> None:
    requests, sent = Aimed(seed), []
    identifier = furnished(emulator)
    requests.learn(json.loads(get(emulator, identifier, "includeGridData=true")[2]))
    client = SheetsClient(EmulatorHttp(emulator))
    copy = client.scratch(identifier)
    scratch = copy.http.emulator  # type: ignore[attr-defined]
    kinds = [kind for kind in KINDS if kind not in ("duplicateFilterView", "randomizeRange")]  # chance decides there
    for _ in range(60):
        kind = requests.draw.choice(kinds)
        request = {kind: requests.message(SCHEMAS["Request"]["properties"][kind]["$ref"], 4)}
        if post(scratch, identifier, request)[0] == 200:
            sent.append(request)
    if sent:
        check(client, identifier, sent)


def test_a_live_spreadsheet_gets_back_formulas_that_only_google_calculates_and_its_sizes() -> None:
    """Over HTTP the copy is read anew: values stand for such formulas on it, and sizes come with the cells."""
    emulator = Emulator()
    owner = SheetsClient(EmulatorHttp(emulator))
    identifier = owner.create("Live")["spreadsheetId"]
    owner.update_values(identifier, "A1", [["GOOG", '=GOOGLEFINANCE(A1;"price")'], ["x", "=B1*2"], ["y", 7]])
    wide = {"range": rows(0, 2, 0, "COLUMNS"), "properties": {"pixelSize": 150}, "fields": "pixelSize"}
    hidden = {"range": rows(2, 3), "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    owner.batch_update(identifier, [{"updateDimensionProperties": body} for body in (wide, hidden)])
    emulator.workbook(identifier).outside = lambda name, arguments: Array(((12.0,),))
    emulator.workbook(identifier).restructured()
    with serve(emulator) as server, closing(httplib2.Http()) as line:
        client = SheetsClient(line, endpoint=server.url.rstrip("/"))
        before = everything_of(owner, identifier)
        narrow = {**wide, "properties": {"pixelSize": 40}}
        for batch in (
            [put({"userEnteredValue": {"numberValue": 1}}, "userEnteredValue", 0, 1)],
            [{"deleteDimension": {"range": rows(0, 1)}}],
            [{"deleteDimension": {"range": rows(0, 1, 0, "COLUMNS")}}, {"updateDimensionProperties": narrow}],
            [{"addSheet": {"properties": {"sheetId": 3}}}, {"deleteSheet": {"sheetId": 0}}],
        ):
            copy = client.scratch(identifier)
            assert any("cannot be calculated on the copy" in note for note in copy.notes)
            sent, back = inverse_of(copy, identifier, batch)
            client.batch_update(identifier, sent)
            assert everything_of(owner, identifier) != before
            client.batch_update(identifier, back.requests)
            assert everything_of(owner, identifier) == before
            assert back.lost == ()

"""What is pointed out beside the regions: marks, objects, what is hidden."""

from dataclasses import replace

import pytest
from region_sheets import SALES, Loader, block

from sheets_agent.a1 import GridRange
from sheets_agent.sheets.book import CellView

# -------------------------------------------------------------------------------------------------------------- objects


def test_the_header_of_a_pivot_table_with_column_groups() -> None:
    rows = [["SUM of Sum", "Kind", ""], ["Town", "Tea", "Coffee"], ["Perm", 1.0, 2.0], ["Kazan", 3.0, 4.0]]
    cells = block("A1", rows)
    cells[0, 0] = replace(cells[0, 0], pivot={"rows": [{}], "columns": [{"sourceColumnOffset": 2}], "values": [VALUE]})
    described = Loader(cells).describe()
    (region,) = described.regions
    assert (region.kind, region.header_row) == ("pivot", 2)
    assert [column.header for column in region.columns] == ["SUM of Sum / Town", "Kind / Tea", "Coffee"]
    assert [column.type for column in region.columns] == ["text", "number", "number"]
    assert described.objects == ("pivot table at A1: rows by column A; columns by column C; SUM of column B",)


def test_numbers_stored_as_text_are_pointed_out() -> None:
    stored = [CellView(text, text) for text in ("1,200.50", "12%", "300")]
    cells = block("A1", [["Name", "Sum"], *([name, cell] for name, cell in zip("abc", stored, strict=True))])
    assert Loader(cells).describe().notes == ("numbers or dates are stored as text in column B of Data!A1:B4",)


def test_dropdowns_on_empty_cells_are_listed() -> None:
    rule = {"condition": {"type": "BOOLEAN"}}
    cells = block("A1", SALES) | {(row, 4): CellView(validation=rule) for row in range(1, 4)}
    described = Loader(cells).describe()
    assert described.objects == ("validation in column E from row 2 (3 cells seen): BOOLEAN",)
    assert [region.range for region in described.regions] == ["Data!A1:D4"]


def test_scattered_cells_are_all_accounted_for() -> None:
    cells = {(2 * row, 2 * column): CellView(1.0, "1") for row in range(40) for column in range(12)}
    described = Loader(cells).describe()
    assert len(described.regions) == 30
    assert "more blocks of cells, from Data!" in described.notes[0]


VALUE = {"sourceColumnOffset": 1, "summarizeFunction": "SUM"}


def test_objects_and_notes() -> None:
    pivot = {"source": {"sheetId": 3, "endRowIndex": 9, "endColumnIndex": 2}, "rows": [{}], "values": [VALUE]}
    dropdown = {
        "condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "yes"}, {"userEnteredValue": "no"}]}
    }
    cells = block("A1", SALES) | block("F1", [["Region", "SUM of Units"], ["North", 15.0], ["South", 7.0]])
    cells[0, 5] = replace(cells[0, 5], pivot=pivot)
    cells[1, 1] = replace(cells[1, 1], validation=dropdown, note="check")
    chart = {
        "chartId": 5,
        "spec": {
            "title": "Units",
            "basicChart": {
                "chartType": "LINE",
                "series": [
                    {"series": {"sourceRange": {"sources": [{"sheetId": 7, "endRowIndex": 4, "endColumnIndex": 1}]}}}
                ],
            },
        },
        "position": {"overlayPosition": {"anchorCell": {"rowIndex": 9, "columnIndex": 2}}},
    }
    described = Loader(
        cells,
        frozen_rows=1,
        hidden=True,
        basic_filter={"range": {"startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 4}},
        merges=(GridRange(7, 20, 21, 0, 3),),
        resources={
            "charts": (chart,),
            "protectedRanges": ({"range": {"startRowIndex": 0, "endRowIndex": 1}, "description": "header"},),
            "conditionalFormats": ({"ranges": [{"startColumnIndex": 2, "endColumnIndex": 3}], "gradientRule": {}},),
        },
    ).describe()
    assert described.hidden
    assert [region.kind for region in described.regions] == ["table", "pivot"]
    assert described.objects == (
        "pivot table at F1 of 'sheet with id 3'!A1:B9: rows by column A; SUM of column B",
        "LINE chart “Units” at C10 (id 5), data A1:A4",
        "filter on A1:D4",
        "validation in column B from row 2 (1 cells seen): ONE_OF_LIST yes, no",
        "conditional format on C:C: colour scale",
        "protected: 1:1 (header)",
        "merged cells: A21:C21",
        "frozen: 1 row",
    )
    assert described.notes[1:] == ("1 cell has a note",)
    assert described.notes[0].startswith("Not seen by a person: the whole sheet is hidden")


YELLOW = {"backgroundColor": {"red": 1, "green": 1}}
GREEN = {"backgroundColorStyle": {"rgbColor": {"green": 1}}}
ACCENT = {"backgroundColorStyle": {"themeColor": "ACCENT1"}}
WHITE = {"backgroundColor": {"red": 1, "green": 1, "blue": 1}}


def test_marked_cells_are_told_as_ranges_whether_filled_or_blank() -> None:
    cells = block("A1", SALES)
    for row in (2, 3, 4, 7):  # rows 5 and 8 are blank
        for column in (0, 1):
            cells[row, column] = replace(cells.get((row, column), CellView()), format=YELLOW)
    cells[2, 3] = replace(cells[2, 3], format=YELLOW)
    cells[1, 2] = replace(cells[1, 2], format=GREEN)
    cells[9, 9] = CellView(format=ACCENT)
    cells[1, 0] = replace(cells[1, 0], format=WHITE)
    described = Loader(cells).describe()
    assert described.objects == (
        "background green: C2",
        "background yellow: A3:B5, D3, A8:B8",
        "background accent1: J10",
    )
    assert described.regions[0].range == "Data!A1:D4"


def rule(text: object, paper: object = None, rows: int = 9) -> dict[str, object]:
    area = {"sheetId": 7, "startRowIndex": 1, "endRowIndex": rows, "startColumnIndex": 1, "endColumnIndex": 2}
    shown = {"textFormat": {"foregroundColor": text}} | ({} if paper is None else {"backgroundColor": paper})
    return {"ranges": [area], "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": shown}}


RED, WHITE_INK = {"red": 1}, {"red": 1, "green": 1, "blue": 1}


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([rule(WHITE_INK)], True),
        ([rule(RED, {"red": 0.98})], True),
        (
            [{"ranges": rule({})["ranges"], "gradientRule": {"minpoint": {"color": {}}, "maxpoint": {"color": RED}}}],
            True,
        ),
        ([rule(RED)], False),
        ([rule(WHITE_INK, RED)], False),
        ([rule(WHITE_INK, rows=1)], False),
        ([], False),
    ],
)
def test_text_that_a_conditional_format_hides_is_told(rules: list[dict[str, object]], told: bool) -> None:
    described = Loader(block("A1", SALES), resources={"conditionalFormats": tuple(rules)}).describe()
    found = [note for note in described.notes if "conditional format" in note]
    assert bool(found) == told
    assert all(note.startswith("Not seen by a person: text that a conditional format can show") for note in found)


def test_a_colour_of_headers_alone_is_not_told() -> None:
    cells = block("A1", SALES)
    cells |= {(0, column): replace(cells[0, column], format=YELLOW) for column in range(4)}
    assert Loader(cells).describe().objects == ()
    cells[3, 0] = replace(cells[3, 0], format=YELLOW)
    assert Loader(cells).describe().objects == ("background yellow: A1:D1, A4",)


def test_many_marks_are_counted_and_skipped_rows_said() -> None:
    cells = {(row, 0): CellView(float(row), str(row)) for row in range(5000)}
    cells |= {(row, 0): replace(cells[row, 0], format=YELLOW) for row in range(0, 40, 2)}
    described = Loader(cells, rows=5000).describe()
    assert described.objects == (
        "background yellow: A1, A3, A5, A7, A9, A11, A13, A15, A17, A19 and 10 more ranges, in the rows that were read",
    )

"""Workbooks written as .xlsx and read again."""

import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsx_structure import faults

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.files import open_file, save_file
from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.formulas.values import ErrorValue

YELLOW = {"red": 1.0, "green": 1.0}
BOLD = {"textFormat": {"bold": True}}


def sheet(title, sheet_id=0, rows=None, **grid):
    return Sheet(
        {
            "sheetId": sheet_id,
            "title": title,
            "index": sheet_id,
            "sheetType": "GRID",
            "gridProperties": {"rowCount": 1000, "columnCount": 26, **grid},
        },
        {row: {column: cell if isinstance(cell, Cell) else Cell(cell) for column, cell in cells.items()}
         for row, cells in (rows or {}).items()},
    )  # fmt: skip


def workbook(*sheets):
    properties = {
        "title": "Book",
        "locale": "en_US",
        "defaultFormat": {"textFormat": {"fontFamily": "Arial", "fontSize": 10}},
    }
    made = Workbook("1" * 44, properties, list(sheets))
    made.restructured()
    return made


def again(book, tmp_path, name="book.xlsx"):
    losses = save_file(book, tmp_path / name)
    assert faults(tmp_path / name) == []
    opened = open_file(tmp_path / name)
    return opened.workbook, (*losses, *opened.losses)


def test_values_keep_their_types(tmp_path):
    cells = {0: 1.0, 1: "1", 2: True, 3: "=not a formula", 4: 0.1 + 0.2, 5: "Привет, мир 🎈", 6: 1e300, 7: "  pad "}
    book, losses = again(workbook(sheet("Лист 1", rows={0: cells})), tmp_path)
    read = {column: book.sheets[0].cell(0, column).value for column in cells}
    assert read == cells
    assert [type(value) for value in read.values()] == [type(value) for value in cells.values()]
    assert losses == ()


def test_formulas_come_back_with_computed_values_beside_them(tmp_path):
    rows = {
        0: {0: 2.0, 1: Cell(formula="=A1*21")},
        1: {0: 3.0, 1: Cell(formula="=SUM(A1:A)")},
        2: {1: Cell(formula="=1/0")},
        3: {1: Cell(formula='="x"&A1')},
    }
    book, losses = again(workbook(sheet("Data", rows=rows)), tmp_path)
    assert [book.sheets[0].cell(row, 1).formula for row in range(4)] == ["=A1*21", "=SUM(A1:A)", "=1/0", '="x"&A1']
    stored = openpyxl.load_workbook(tmp_path / "book.xlsx", data_only=True)["Data"]
    assert [stored.cell(row, 2).value for row in range(1, 5)] == [42, 5, "#DIV/0!", "x2"]
    assert losses == ()


def test_a_spreading_formula_is_one_array_with_its_cells(tmp_path):
    rows = {0: {0: 1.0, 2: Cell(formula="=ARRAYFORMULA(A1:A3*10)")}, 1: {0: 2.0}, 2: {0: 3.0}}
    book, losses = again(workbook(sheet("Data", rows=rows)), tmp_path)
    assert book.sheets[0].cell(0, 2).formula == "=ARRAYFORMULA((A1:A3*10))"
    assert book.sheets[0].cell(1, 2).blank
    assert [book.value(book.sheets[0], row, 2) for row in range(3)] == [10, 20, 30]
    stored = openpyxl.load_workbook(tmp_path / "book.xlsx", data_only=True)["Data"]
    assert [stored.cell(row, 3).value for row in range(1, 4)] == [10, 20, 30]
    assert losses == ()


def test_what_excel_lacks_shows_its_value_and_is_told(tmp_path):
    rows = {0: {0: "a-b", 1: Cell(formula='=REGEXMATCH(A1,"-")')}}
    book, losses = again(workbook(sheet("Data", rows=rows)), tmp_path)
    assert book.sheets[0].cell(0, 1).formula == '=REGEXMATCH(A1,"-")'
    assert openpyxl.load_workbook(tmp_path / "book.xlsx", data_only=True)["Data"]["B1"].value is True
    assert any("REGEXMATCH" in sentence and "Data!B1" in sentence for sentence in losses)


def test_pivot_tables_become_values_and_it_is_said(tmp_path):
    pivot = {
        "source": {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 2},
        "rows": [{"sourceColumnOffset": 0, "showTotals": True, "sortOrder": "ASCENDING"}],
        "values": [{"sourceColumnOffset": 1, "summarizeFunction": "SUM"}],
    }
    rows = {
        0: {0: "Region", 1: "Sum", 4: Cell(pivot=pivot)},
        1: {0: "N", 1: 1.0},
        2: {0: "S", 1: 2.0},
        3: {0: "N", 1: 4.0},
    }
    made = workbook(sheet("Data", rows=rows))
    shown = [[made.value(made.sheets[0], row, column) for column in (4, 5)] for row in range(4)]
    assert [row[1] for row in shown[1:3]] == [5.0, 2.0]
    book, losses = again(made, tmp_path)
    assert [[book.value(book.sheets[0], row, column) for column in (4, 5)] for row in range(4)] == shown
    assert "1 pivot table is written as values (Data!E1)." in losses


def test_formats_survive(tmp_path):
    border = {"style": "SOLID", "width": 1, "color": {"red": 1.0}, "colorStyle": {"rgbColor": {"red": 1.0}}}
    full = {
        "numberFormat": {"type": "CURRENCY", "pattern": '#,##0.00\\ "₽"'},
        "backgroundColor": YELLOW,
        "backgroundColorStyle": {"rgbColor": YELLOW},
        "borders": {"top": border, "right": {**border, "style": "DOUBLE", "width": 3}},
        "horizontalAlignment": "CENTER",
        "verticalAlignment": "MIDDLE",
        "wrapStrategy": "WRAP",
        "textRotation": {"angle": -30},
        "textFormat": {
            "fontFamily": "Times New Roman",
            "fontSize": 14,
            "bold": True,
            "italic": True,
            "strikethrough": True,
            "underline": True,
            "foregroundColor": {"blue": 0.50196078},
            "foregroundColorStyle": {"rgbColor": {"blue": 0.50196078}},
        },
    }
    date = {"numberFormat": {"type": "DATE", "pattern": "dd.mm.yyyy"}}
    rows = {0: {0: Cell(1.5, format=full), 1: Cell(format=BOLD)}, 1: {0: Cell(46023.0, format=date)}}
    book, losses = again(workbook(sheet("Data", rows=rows)), tmp_path)
    assert book.sheets[0].cell(0, 0).format == full
    assert book.sheets[0].cell(0, 1) == Cell(format=BOLD)
    assert book.sheets[0].cell(1, 0) == Cell(46023.0, format=date)
    assert losses == ()


def test_the_sheet_around_the_cells_survives(tmp_path):
    first = sheet("Итоги", rows={0: {0: Cell("x", note="Проверить")}}, frozenRowCount=1, frozenColumnCount=2)
    first.properties |= {"tabColor": {"red": 1.0}, "tabColorStyle": {"rgbColor": {"red": 1.0}}}
    first.merges = [GridRange(0, 0, 1, 0, 3)]
    first.column_metadata = {0: {"pixelSize": 210}, 3: {"hiddenByUser": True}}
    first.row_metadata = {4: {"pixelSize": 60}, 5: {"hiddenByUser": True}}
    first.resources = {
        "rowGroups": [{"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 7, "endIndex": 9}, "depth": 1}]
    }
    first.basic_filter = {"range": GridRange(0, 0, 10, 0, 2).to_api()}
    second = sheet("it's", 1)
    second.properties |= {"hidden": True}
    made = workbook(first, second)
    made.named_ranges = [
        {"namedRangeId": "1", "name": "Ставка", "range": GridRange(1, 0, 1, 0, 1).to_api()},
        {"namedRangeId": "2", "name": "All", "range": GridRange(0, 1, None, 0, 2).to_api()},
    ]
    book, losses = again(made, tmp_path)
    for name in ("properties", "merges", "column_metadata", "row_metadata", "resources", "basic_filter"):
        assert getattr(book.sheets[0], name) == getattr(first, name), name
    assert book.sheets[0].cell(0, 0).note == "Проверить"
    assert book.sheets[1].properties == second.properties
    assert {item["name"]: item["range"] for item in book.named_ranges} == {
        item["name"]: item["range"] for item in made.named_ranges
    }
    assert losses == ()


@pytest.mark.parametrize(
    "condition",
    [
        {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "5"}]},
        {"type": "NUMBER_BETWEEN", "values": [{"userEnteredValue": "1"}, {"userEnteredValue": "=$B$1"}]},
        {"type": "TEXT_EQ", "values": [{"userEnteredValue": "Урал"}]},
        {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": 'a"b'}]},
        {"type": "TEXT_STARTS_WITH", "values": [{"userEnteredValue": "x"}]},
        {"type": "BLANK"},
        {"type": "NOT_BLANK"},
        {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$A1>B1"}]},
    ],
)
def test_conditional_formats_survive(tmp_path, condition):
    look = {"backgroundColor": YELLOW, "backgroundColorStyle": {"rgbColor": YELLOW}, **BOLD}
    rule = {
        "ranges": [GridRange(0, 0, 9, 0, 1).to_api(), GridRange(0, 0, 9, 3, 5).to_api()],
        "booleanRule": {"condition": condition, "format": look},
    }
    made = workbook(sheet("Data"))
    made.sheets[0].resources = {"conditionalFormats": [rule]}
    book, losses = again(made, tmp_path)
    assert book.sheets[0].list("conditionalFormats") == [rule]
    assert losses == ()


def test_colour_scales_survive(tmp_path):
    def point(kind, color, **value):
        return {"color": color, "colorStyle": {"rgbColor": color}, "type": kind, **value}

    rule = {
        "ranges": [GridRange(0, 0, 9, 0, 1).to_api()],
        "gradientRule": {
            "minpoint": point("MIN", {"red": 1.0}),
            "midpoint": point("PERCENTILE", YELLOW, value="50"),
            "maxpoint": point("NUMBER", {"green": 1.0}, value="90"),
        },
    }
    made = workbook(sheet("Data"))
    made.sheets[0].resources = {"conditionalFormats": [rule]}
    assert again(made, tmp_path)[0].sheets[0].list("conditionalFormats") == [rule]


@pytest.mark.parametrize(
    "condition",
    [
        {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "да"}, {"userEnteredValue": "нет"}]},
        {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "='Мой лист'!$A$1:$A$5"}]},
        {"type": "NUMBER_LESS_THAN_EQ", "values": [{"userEnteredValue": "10"}]},
        {"type": "DATE_AFTER", "values": [{"userEnteredValue": "2026-01-31"}]},
        {"type": "BOOLEAN"},
    ],
)
def test_validation_survives_on_every_cell(tmp_path, condition):
    rule = {"condition": condition, "strict": True, "inputMessage": "Выберите"}
    if condition["type"] in ("ONE_OF_LIST", "ONE_OF_RANGE"):
        rule["showCustomUi"] = True
    rows = {row: {1: Cell(validation=rule)} for row in range(1, 6)}
    rows[3][2] = Cell(validation=rule)
    book, losses = again(workbook(sheet("Data", rows=rows), sheet("Мой лист", 1)), tmp_path)
    validated = {(row, column) for row, column, cell in book.sheets[0].cells() if cell.validation}
    assert validated == {(1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (3, 2)}
    assert book.sheets[0].cell(3, 2).validation == rule
    assert losses == ()


def test_validation_by_a_relative_formula_stays_relative(tmp_path):
    def rule(row):
        condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": f"=$A{row}>0"}]}
        return {"condition": condition, "strict": True}

    rows = {row: {1: Cell(validation=rule(row + 1))} for row in range(3)}
    book, _ = again(workbook(sheet("Data", rows=rows)), tmp_path)
    assert [book.sheets[0].cell(row, 1).validation for row in range(3)] == [rule(1), rule(2), rule(3)]


BOUGHT = {"sourceRange": {"sources": [GridRange(0, 0, 4, 1, 2).to_api()]}}


def chart(kind="COLUMN", **body):
    def source(column):
        return {"sourceRange": {"sources": [GridRange(0, 0, 4, column, column + 1).to_api()]}}

    return {
        "title": "Выручка",
        "basicChart": {
            "chartType": kind,
            "legendPosition": "BOTTOM_LEGEND",
            "axis": [{"position": "BOTTOM_AXIS", "title": "Месяц"}, {"position": "LEFT_AXIS", "title": "₽"}],
            "series": [{"series": source(column), "targetAxis": "LEFT_AXIS"} for column in (1, 2)],
            "headerCount": 1,
            "domains": [{"domain": source(0)}],
            **body,
        },
    }


@pytest.mark.parametrize(
    "spec",
    [
        chart("LINE"),
        chart("COLUMN"),
        chart("COLUMN", stackedType="STACKED"),
        chart("AREA", stackedType="PERCENT_STACKED"),
        chart("SCATTER"),
        chart("LINE", legendPosition="NO_LEGEND"),
        chart("COLUMN", series=[{"series": BOUGHT, "targetAxis": "LEFT_AXIS", "dataLabel": {"type": "DATA"}}]),
    ],
)
def test_charts_survive_as_native_charts(tmp_path, spec):
    position = {
        "overlayPosition": {
            "anchorCell": {"sheetId": 0, "rowIndex": 6, "columnIndex": 1},
            "widthPixels": 500,
            "heightPixels": 300,
            "offsetXPixels": 10,
        }
    }
    rows = {0: {0: "Месяц", 1: "План", 2: "Факт"}, **{row: {0: f"m{row}", 1: 1.0, 2: 2.0} for row in (1, 2, 3)}}
    made = workbook(sheet("Мой лист", rows=rows))
    made.sheets[0].resources = {"charts": [{"chartId": 7, "spec": spec, "position": position}]}
    book, losses = again(made, tmp_path)
    found = book.sheets[0].list("charts")
    assert [item["spec"] for item in found] == [spec]
    assert found[0]["position"] == position
    assert losses == ()


def test_bar_combo_and_pie_charts_survive(tmp_path):
    bar = chart("BAR")
    for series in bar["basicChart"]["series"]:
        series["targetAxis"] = "BOTTOM_AXIS"
    combo = chart("COMBO")
    combo["basicChart"]["series"][0]["type"] = "COLUMN"
    combo["basicChart"]["series"][1] |= {"type": "LINE", "targetAxis": "RIGHT_AXIS"}
    series = combo["basicChart"]["series"]
    pie = {
        "title": "Доли",
        "pieChart": {
            "legendPosition": "RIGHT_LEGEND",
            "domain": {"sourceRange": {"sources": [GridRange(0, 1, 4, 0, 1).to_api()]}},
            "series": {"sourceRange": {"sources": [GridRange(0, 1, 4, 1, 2).to_api()]}},
            "pieHole": 0.5,
        },
    }
    rows = {0: {0: "Месяц", 1: "План", 2: "Факт"}, **{row: {0: f"m{row}", 1: 1.0, 2: 2.0} for row in (1, 2, 3)}}
    made = workbook(sheet("Data", rows=rows))
    made.sheets[0].resources = {
        "charts": [
            {"chartId": number, "spec": spec, "position": {}} for number, spec in enumerate((bar, combo, pie), 1)
        ]
    }
    book, losses = again(made, tmp_path)
    specs = [item["spec"] for item in book.sheets[0].list("charts")]
    axes = [{"position": "LEFT_AXIS", "title": "₽"}, {"position": "BOTTOM_AXIS", "title": "Месяц"}]
    assert specs[0] == {**bar, "basicChart": {**bar["basicChart"], "axis": axes}}
    assert specs[1]["basicChart"]["series"] == series
    assert specs[2] == pie
    assert losses == ()


def test_unknown_charts_are_told_and_the_rest_is_written(tmp_path):
    made = workbook(sheet("Data", rows={0: {0: 1.0}}))
    made.sheets[0].resources = {"charts": [{"chartId": 1, "spec": {"treemapChart": {}}}]}
    book, losses = again(made, tmp_path)
    assert book.sheets[0].cell(0, 0).value == 1.0
    assert losses == ("1 chart is left out: a chart of the kind treemapChart is not written (Data).",)


def test_tables_survive(tmp_path):
    rows = {0: {0: "Item", 1: "Qty"}, 1: {0: "a", 1: 1.0}, 2: {0: "b", 1: 2.0}}
    made = workbook(sheet("Data", rows=rows))
    table = {
        "tableId": "9",
        "name": "Orders",
        "range": GridRange(0, 0, 3, 0, 2).to_api(),
        "columnProperties": [{"columnName": "Item"}, {"columnIndex": 1, "columnName": "Qty"}],
    }
    made.sheets[0].resources = {"tables": [table]}
    found = again(made, tmp_path)[0].sheets[0].list("tables")
    assert [{**item, "tableId": "9"} for item in found] == [table]


def test_a_table_over_merged_cells_and_a_name_that_excel_refuses_are_told(tmp_path):
    made = workbook(sheet("Data", rows={0: {0: "Item", 1: "Qty"}, 1: {0: "a", 1: 1.0}}))
    made.sheets[0].merges = [GridRange(0, 1, 2, 0, 2)]
    made.sheets[0].resources = {"tables": [{"tableId": "9", "name": "T", "range": GridRange(0, 0, 2, 0, 2).to_api()}]}
    made.named_ranges = [{"namedRangeId": "1", "name": "A1B", "range": {"sheetId": 5}}]
    losses = save_file(made, tmp_path / "book.xlsx")
    assert any("overlaps merged cells" in sentence and "Data!A1:B2" in sentence for sentence in losses)
    assert any("named range without a sheet" in sentence for sentence in losses)


def test_rich_text_and_links_survive(tmp_path):
    runs = [{"format": {}}, {"startIndex": 2, "format": {"bold": True}}]
    link = {"textFormat": {"link": {"uri": "https://example.org/a?b=1"}}}
    inside = {"textFormat": {"link": {"uri": "#gid=1&range=B2"}}}
    rows = {0: {0: Cell("🎈bold", runs=runs[1:]), 1: Cell("site", format=link), 2: Cell("there", format=inside)}}
    book, losses = again(workbook(sheet("Data", rows=rows), sheet("Other", 1)), tmp_path)
    assert book.sheets[0].cell(0, 0).value == "🎈bold"
    assert book.sheets[0].cell(0, 0).runs == runs[1:]
    for column, address in ((1, link), (2, inside)):
        assert book.sheets[0].cell(0, column).format["textFormat"]["link"] == address["textFormat"]["link"]
    assert losses == ()


def test_titles_that_excel_refuses_are_changed_everywhere_and_told(tmp_path):
    long = "Продажи по всем регионам за первое полугодие"
    rows = {0: {0: Cell(formula=f"='{long}'!A1+1")}}
    book, losses = again(workbook(sheet("Sum", rows=rows), sheet(long, 1, {0: {0: 41.0}})), tmp_path)
    assert book.sheets[1].title == long[:31]
    assert book.value(book.sheets[0], 0, 0) == 42
    assert any(long in sentence for sentence in losses)


def test_typed_errors_stay_errors(tmp_path):
    book, _ = again(workbook(sheet("Data", rows={0: {0: Cell(formula="=NA()")}})), tmp_path)
    value = book.value(book.sheets[0], 0, 0)
    assert isinstance(value, ErrorValue)
    assert value.type == "N_A"


cell_values = st.one_of(
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False, width=64).map(lambda number: number + 0.0),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=30),
)
places = st.tuples(st.integers(0, 30), st.integers(0, 12))
formats = st.sampled_from(
    [None, BOLD, {"numberFormat": {"type": "NUMBER", "pattern": "0.00"}}, {"wrapStrategy": "WRAP"}]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(places, st.tuples(cell_values, formats), min_size=1, max_size=12))
def test_any_literals_come_back_as_they_were(tmp_path, entered):
    rows = {}
    for (row, column), (value, look) in entered.items():
        rows.setdefault(row, {})[column] = Cell(value, format=look)
    book, losses = again(workbook(sheet("Data", rows=rows)), tmp_path)
    assert {(row, column): cell for row, column, cell in book.sheets[0].cells()} == {
        (row, column): cell for row, cells in rows.items() for column, cell in cells.items()
    }
    assert losses == ()


def test_the_package_is_a_sound_zip(tmp_path):
    save_file(workbook(sheet("Data", rows={0: {0: 1.0}})), tmp_path / "book.xlsx")
    with zipfile.ZipFile(tmp_path / "book.xlsx") as package:
        assert package.testzip() is None


def test_a_column_without_a_width_of_its_own_gets_room_for_its_numbers(tmp_path):
    money = {"numberFormat": {"type": "NUMBER", "pattern": '#,##0.00 "₽"'}}
    amounts = {row: {0: f"код {row}", 1: Cell(1_234_567.0, format=money), 2: 1 / 3} for row in range(3)}
    made = workbook(sheet("Data", rows=amounts))
    made.sheets[0].column_metadata[3] = {"pixelSize": 30}
    book, losses = again(made, tmp_path)
    widths = {column: entry["pixelSize"] for column, entry in book.sheets[0].column_metadata.items()}
    assert widths.keys() == {1, 3}
    assert widths[1] > 80
    assert widths[3] == 30
    assert losses == ()


def test_what_excel_refuses_in_texts_names_and_tables_is_made_legal(tmp_path):
    control = "a\x01b_x0041_\tc\nd"
    cells = {
        0: {0: "Name", 1: "Цена, руб."},
        1: {0: control, 1: 2},
        2: {0: "x" * 40_000, 1: Cell(formula="=UNICHAR(2)"), 2: Cell(formula='="\x02"&A2')},
    }
    book = workbook(sheet("Отчёт", 0, cells), sheet("отчёт".upper() + "2", 1, cells))
    for one in book.sheets:
        area = GridRange(one.sheet_id, 0, 3, 0, 2).to_api()
        one.resources["tables"] = [{"tableId": str(one.sheet_id), "name": "Total", "range": area}]
    opened, losses = again(book, tmp_path)
    assert any("control character" in loss for loss in losses)
    assert [table["name"] for one in opened.sheets for table in one.list("tables")] == ["Total", "Total_2"]
    assert len(opened.sheets[0].cell(2, 0).value) == 32_767
    assert opened.sheets[0].cell(0, 1).value == "Цена, руб."


TRICKY = [
    "a\tb",
    "_x000D_",
    "_x005F_x000D_",
    "_x0041_x0042_",
    "a\x01b",
    "a\r\nb",
    "\ufffe",
    "<r>x</r>",
    "_xD83D_",
    "_x005f_",
]


@pytest.mark.parametrize("text", TRICKY)
def test_what_a_file_escapes_comes_back(tmp_path, text):
    runs = [{"startIndex": 1, "format": {"bold": True}}]
    rows = {
        0: {0: text, 1: "Qty"},
        1: {0: Cell("x", note=f"n{text}n"), 1: 2.0},
        3: {0: Cell(f"ab{text}c", runs=runs), 1: Cell(formula='="_x0041_"&1')},
    }
    made = workbook(sheet("Data", rows=rows))
    area = GridRange(0, 0, 2, 0, 2).to_api()
    made.sheets[0].resources = {"tables": [{"tableId": "9", "name": "T", "range": area}]}
    book, losses = again(made, tmp_path)
    found = book.sheets[0]
    assert found.cell(0, 0).value == text
    assert found.list("tables")[0]["columnProperties"][0]["columnName"] == text
    assert found.cell(3, 0) == Cell(f"ab{text}c", runs=runs)
    assert found.cell(3, 1).formula == '="_x0041_"&1'
    assert found.cell(1, 0).note == f"n{text}n"
    assert losses == ()

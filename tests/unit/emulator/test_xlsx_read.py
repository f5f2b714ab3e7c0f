"""Workbooks made by other programs, as the local Sheets API sees them."""

import datetime
import zipfile

import openpyxl
import pytest
from openpyxl.chart import AreaChart, BarChart, LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, DataBarRule, FormulaRule, Rule
from openpyxl.styles import Alignment, Border, Color, Font, GradientFill, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.table import Table, TableColumn

from sheets_agent.emulator.files import open_file


@pytest.fixture
def book():
    return openpyxl.Workbook()


@pytest.fixture
def opened(book, tmp_path):
    def save_and_open(change=None):
        path = tmp_path / "made.xlsx"
        book.save(path)
        if change is not None:
            with zipfile.ZipFile(path) as package:
                parts = {name: package.read(name) for name in package.namelist()}
            change(parts)
            with zipfile.ZipFile(path, "w") as package:
                for name, content in parts.items():
                    package.writestr(name, content)
        return open_file(path)

    return save_and_open


def entered(workbook, name, sheet=0):
    column, row = ord(name[0]) - ord("A"), int(name[1:]) - 1
    return workbook.sheets[sheet].cell(row, column)


def channels(color):
    return tuple(color.get(name, 0) * 255 for name in ("red", "green", "blue"))


def test_dates_become_serial_numbers_with_their_patterns(book, opened):
    sheet = book.active
    sheet["A1"] = datetime.datetime(2026, 1, 1, 12)
    sheet["A1"].number_format = "dd.mm.yyyy hh:mm"
    sheet["A2"] = datetime.time(6)
    sheet["A3"] = datetime.timedelta(hours=36)
    sheet["A4"] = 46023
    sheet["A4"].number_format = "mm-dd-yy"
    workbook = opened().workbook
    assert [entered(workbook, f"A{row}").value for row in (1, 2, 3, 4)] == [46023.5, 0.25, 1.5, 46023.0]
    formats = [entered(workbook, f"A{row}").format["numberFormat"] for row in (1, 2, 4)]
    assert [item["type"] for item in formats] == ["DATE_TIME", "TIME", "DATE"]
    assert formats[2]["pattern"] == "m/d/yyyy"


def test_dates_of_old_macs_are_moved_to_the_usual_calendar(book, opened):
    book.epoch = CALENDAR_MAC_1904
    book.active["A1"] = datetime.date(2026, 1, 1)
    book.active["B1"] = 44561
    workbook = opened().workbook
    assert entered(workbook, "A1").value == 46023.0
    assert entered(workbook, "B1").value == 44561.0


def test_shared_and_array_formulas(book, opened):
    sheet = book.active
    for row in (1, 2, 3):
        sheet[f"A{row}"] = row
    sheet["C1"] = ArrayFormula("C1:C3", "=A1:A3*2")
    sheet["C2"] = 4
    sheet["D1"] = ArrayFormula("D1", "=SUM(A1:A3*A1:A3)")

    def share(parts):
        part = parts["xl/worksheets/sheet1.xml"].decode()
        one = '<c r="A1" t="n"><v>1</v></c>'
        assert one in part
        cells = one + '<c r="B1"><f t="shared" ref="B1:B3" si="0">A1*$A$1</f><v>1</v></c>'
        part = part.replace(one, cells)
        two = '<c r="A2" t="n"><v>2</v></c>'
        assert two in part
        part = part.replace(two, two + '<c r="B2"><f t="shared" si="0"/><v>2</v></c>')
        parts["xl/worksheets/sheet1.xml"] = part.encode()

    workbook = opened(share).workbook
    assert [entered(workbook, name).formula for name in ("B1", "B2")] == ["=A1*$A$1", "=A2*$A$1"]
    assert entered(workbook, "C1").formula == "=ARRAYFORMULA(A1:A3*2)"
    assert entered(workbook, "C2").blank
    assert [workbook.value(workbook.sheets[0], row, 2) for row in range(3)] == [2, 4, 6]
    assert workbook.value(workbook.sheets[0], 0, 3) == 14


def test_formulas_that_cannot_be_kept_leave_their_last_value(book, opened):
    sheet = book.active
    sheet["A1"] = "=[1]Prices!A1*2"
    sheet["A2"] = DataTableFormula("A2", r1="B1", dt2D=False)
    sheet["A3"] = "=A1+1"

    def store(parts):
        part = parts["xl/worksheets/sheet1.xml"].decode()
        head, _, rest = part.partition("[1]Prices!A1*2</f><v")
        assert rest
        rest = rest.removeprefix("></v>").removeprefix(" />").removeprefix("/>")
        parts["xl/worksheets/sheet1.xml"] = f"{head}[1]Prices!A1*2</f><v>84</v>{rest}".encode()

    result = opened(store)
    assert entered(result.workbook, "A1").value == 84.0
    assert entered(result.workbook, "A1").formula is None
    assert result.workbook.value(result.workbook.sheets[0], 2, 0) == 85
    assert any("2 formulas read other workbooks" in sentence and "Sheet!A1" in sentence for sentence in result.losses)


def test_tables_and_structured_references(book, opened):
    sheet = book.active
    for row in (("Item", "Qty"), ("a", 2), ("b", 3), ("Total", 5)):
        sheet.append(row)
    table = Table(displayName="Orders", ref="A1:B4", totalsRowCount=1)
    table.tableColumns = [TableColumn(1, name="Item"), TableColumn(2, name="Qty")]
    sheet.add_table(table)
    sheet["D2"] = "=SUM(Orders[Qty])"
    workbook = opened().workbook
    assert entered(workbook, "D2").formula == "=SUM($B$2:$B$3)"
    found = workbook.sheets[0].list("tables")[0]
    assert (found["name"], found["range"]["endRowIndex"]) == ("Orders", 3)
    assert [column["columnName"] for column in found["columnProperties"]] == ["Item", "Qty"]


def test_names_become_named_ranges_or_are_written_out(book, opened):
    sheet = book.active
    sheet["A1"], sheet["A2"] = 10, "=rate.now*A1+Скидка+limit"
    sheet["A3"] = 1
    book.defined_names["rate.now"] = DefinedName("rate.now", attr_text="0.5")
    book.defined_names["Скидка"] = DefinedName("Скидка", attr_text="Sheet!$A$3")
    sheet.defined_names["limit"] = DefinedName("limit", attr_text="Sheet!$A$3")
    sheet.print_area = "A1:B2"
    result = opened()
    assert result.workbook.value(result.workbook.sheets[0], 1, 0) == 7
    assert {item["name"] for item in result.workbook.named_ranges} == {"Скидка", "limit"}
    assert any("rate.now" in sentence for sentence in result.losses)


def test_theme_colours_with_tint_fills_and_the_default_font(book, opened):
    sheet = book.active
    sheet["A1"].font = Font(name="Calibri", sz=11, color=Color(theme=4, tint=-0.25))
    sheet["A1"].fill = PatternFill("solid", fgColor=Color(theme=4, tint=0.8))
    sheet["A2"].fill = GradientFill(stop=("FF0000", "00FF00"))
    sheet["A3"].border = Border(top=Side("thick", color="FF00FF00"))
    sheet["A4"].alignment = Alignment(horizontal="right", vertical="top", wrap_text=True, text_rotation=120)
    workbook = opened().workbook
    assert workbook.properties["defaultFormat"]["textFormat"] == {"fontFamily": "Calibri", "fontSize": 11}
    first = entered(workbook, "A1").format
    assert "fontFamily" not in first["textFormat"]
    assert channels(first["textFormat"]["foregroundColor"]) == pytest.approx(
        (0x36, 0x60, 0x92), abs=1
    )  # as Excel shows
    assert channels(first["backgroundColor"]) == pytest.approx((0xDC, 0xE6, 0xF1), abs=1.1)
    assert entered(workbook, "A2").format["backgroundColor"] == {"red": 1.0}
    assert entered(workbook, "A3").format["borders"]["top"]["style"] == "SOLID_THICK"
    assert entered(workbook, "A4").format == {
        "horizontalAlignment": "RIGHT",
        "verticalAlignment": "TOP",
        "wrapStrategy": "WRAP",
        "textRotation": {"angle": -30},
    }


def test_excels_ready_made_rules_become_formulas_or_are_told(book, opened):
    sheet = book.active
    look = DifferentialStyle(fill=PatternFill(bgColor="FFFF0000"))
    sheet.conditional_formatting.add("A1:A9", Rule("duplicateValues", dxf=look, priority=2))
    sheet.conditional_formatting.add("B2:B9", Rule("top10", rank=3, dxf=look, priority=1))
    sheet.conditional_formatting.add("C1:C9", Rule("aboveAverage", dxf=look, priority=3))
    sheet.conditional_formatting.add("D1:D9", DataBarRule(start_type="min", end_type="max", color="FF0000FF"))
    sheet.conditional_formatting.add("E1:E9", FormulaRule(["$E1>1"], font=Font(b=True)))
    sheet.conditional_formatting.add("F1:F9", CellIsRule("equal", ['"да"'], fill=PatternFill(bgColor="FF00FF00")))
    result = opened()
    conditions = [
        (rule["booleanRule"]["condition"]["type"], rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"])
        for rule in result.workbook.sheets[0].list("conditionalFormats")
    ]
    assert set(conditions) == {
        ("CUSTOM_FORMULA", "=B2>=LARGE($B$2:$B$9,3)"),
        ("CUSTOM_FORMULA", "=COUNTIF($A$1:$A$9,A1)>1"),
        ("CUSTOM_FORMULA", "=C1>AVERAGE($C$1:$C$9)"),
        ("CUSTOM_FORMULA", "=$E1>1"),
        ("TEXT_EQ", "да"),
    }
    assert any("Sheet!D1:D9" in sentence for sentence in result.losses)


def test_validation_kinds(book, opened):
    sheet = book.active
    for cells, rule in {
        "A1:A3": DataValidation("list", formula1='"да,нет"', allow_blank=True),
        "B1:B3": DataValidation("whole", operator="between", formula1="1", formula2="5"),
        "C1:C3": DataValidation("textLength", operator="lessThan", formula1="10"),
        "D1:D3": DataValidation("date", operator="greaterThan", formula1="46023", errorStyle="warning"),
        "E1:E3": DataValidation("list", formula1="OFFSET($A$1,0,0,3,1)"),
    }.items():
        rule.showErrorMessage = True
        rule.add(cells)
        sheet.add_data_validation(rule)
    result = opened()

    def condition(name):
        rule = entered(result.workbook, name).validation
        values = [value["userEnteredValue"] for value in rule["condition"].get("values", [])]
        return rule["condition"]["type"], values, rule.get("strict", False)

    assert condition("A2") == ("ONE_OF_LIST", ["да", "нет"], True)
    assert condition("B3") == ("NUMBER_BETWEEN", ["1", "5"], True)
    assert condition("C2") == ("CUSTOM_FORMULA", ["=LEN(C2)<10"], True)
    assert condition("D1") == ("DATE_AFTER", ["2026-01-01"], False)
    assert entered(result.workbook, "E1").validation is None
    assert any("Sheet!E1:E3" in sentence for sentence in result.losses)
    assert any("whole numbers" in sentence for sentence in result.losses)


def test_validation_of_a_whole_column_ends_with_the_grid(book, opened):
    rule = DataValidation("list", formula1='"a,b"')
    rule.add("A2:A1048576")
    book.active.add_data_validation(rule)
    sheet = opened().workbook.sheets[0]
    assert sheet.row_count == 1000
    assert sheet.cell(999, 0).validation is not None


def test_lists_on_other_tabs_that_excel_stores_as_an_extension(book, opened):
    book.create_sheet("Lists")

    def extend(parts):
        extension = (
            '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
            'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations '
            'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1">'
            '<x14:dataValidation type="list" allowBlank="1" showErrorMessage="1">'
            "<x14:formula1><xm:f>Lists!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>B2:B4</xm:sqref>"
            "</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
        )
        part = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = part.replace(b"</worksheet>", extension.encode())

    rule = entered(opened(extend).workbook, "B4").validation
    assert rule["condition"] == {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "=Lists!$A$1:$A$3"}]}


def test_notes_links_merges_and_views(book, opened):
    sheet = book.active
    sheet["A1"] = "x"
    sheet["A1"].comment = Comment("[Threaded comment]\n\nYour version…\n\nComment:\n    Проверить", "Анна")
    sheet["B1"] = "there"
    sheet["B1"].hyperlink = "#Other!C3"
    sheet["C1"] = "out"
    sheet["C1"].hyperlink = "https://example.org/"
    sheet.merge_cells("A3:B4")
    sheet.freeze_panes = "B2"
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[2].height = 30
    sheet.sheet_properties.tabColor = "FFFF0000"
    other = book.create_sheet("Other")
    other.sheet_state = "veryHidden"
    other.protection.sheet = True
    workbook = opened().workbook
    first = workbook.sheets[0]
    assert first.cell(0, 0).note == "Проверить"
    assert first.cell(0, 1).format["textFormat"]["link"] == {"uri": "#gid=1&range=C3"}
    assert first.cell(0, 2).format["textFormat"]["link"] == {"uri": "https://example.org/"}
    assert [merge.to_a1() for merge in first.merges] == ["A3:B4"]
    grid = first.properties["gridProperties"]
    assert (grid["frozenRowCount"], grid["frozenColumnCount"], grid["hideGridlines"]) == (1, 1, True)
    assert first.column_metadata[0] == {"pixelSize": 210}
    assert first.column_metadata[1]["hiddenByUser"] is True
    assert first.row_metadata[1] == {"pixelSize": 40}
    assert first.properties["tabColor"] == {"red": 1.0}
    assert workbook.sheets[1].properties["hidden"] is True
    assert workbook.sheets[1].list("protectedRanges")[0]["range"] == {"sheetId": 1}


def test_a_filter_hides_values_and_rows(book, opened):
    sheet = book.active
    for row in (("Region",), ("N",), ("S",), ("N",)):
        sheet.append(row)
    sheet.auto_filter.ref = "A1:A4"
    sheet.auto_filter.add_filter_column(0, ["N"])
    sheet.row_dimensions[3].hidden = True
    found = opened().workbook.sheets[0]
    assert found.basic_filter["filterSpecs"] == [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["S"]}}]
    assert found.row_metadata[2] == {"hiddenByFilter": True}


@pytest.mark.parametrize("in_a_table", [False, True])
def test_subtotals_see_which_rows_a_file_hides(book, opened, in_a_table):
    sheet = book.active
    for row in (("N",), (1,), (2,), (4,), (8,)):
        sheet.append(row)
    if in_a_table:
        table = Table(displayName="T", ref="A1:A4")
        table._initialise_columns()
        table.autoFilter.add_filter_column(0, ["1", "4"])
        table.tableColumns[0].name = "N"
        sheet.add_table(table)
    else:
        sheet.auto_filter.ref = "A1:A4"
        sheet.auto_filter.add_filter_column(0, ["1", "4"])
    sheet.row_dimensions[3].hidden = True  # inside the filter
    sheet.row_dimensions[5].hidden = True  # below it
    sheet["C1"], sheet["D1"] = "=SUBTOTAL(9,A2:A5)", "=SUBTOTAL(109,A2:A5)"
    workbook = opened().workbook
    shown = [workbook.value(workbook.sheets[0], 0, column) for column in (2, 3)]
    assert shown == [1 + 4 + 8, 1 + 4]


def test_groups_of_rows_and_columns(book, opened):
    sheet = book.active
    sheet.row_dimensions.group(2, 5, outline_level=1)
    sheet.row_dimensions.group(3, 4, outline_level=2)
    sheet.column_dimensions.group("B", "C", outline_level=1, hidden=True)
    found = opened().workbook.sheets[0]
    spans = [
        (item["range"]["startIndex"], item["range"]["endIndex"], item["depth"]) for item in found.list("rowGroups")
    ]
    assert spans == [(1, 5, 1), (2, 4, 2)]
    assert found.list("columnGroups")[0]["collapsed"] is True


@pytest.mark.parametrize(("maker", "kind"), [(LineChart, "LINE"), (BarChart, "COLUMN"), (AreaChart, "AREA")])
def test_charts_of_other_programs(book, opened, maker, kind):
    sheet = book.active
    sheet.title = "Мой лист"
    for row in (("m", "sum"), ("a", 1), ("b", 2)):
        sheet.append(row)
    chart = maker()
    chart.title, chart.x_axis.title = "Продажи", "Месяц"
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=3))
    sheet.add_chart(chart, "D2")
    found = opened().workbook.sheets[0].list("charts")[0]
    body = found["spec"]["basicChart"]
    assert (found["spec"]["title"], body["chartType"], body["headerCount"]) == ("Продажи", kind, 1)
    assert {"position": "BOTTOM_AXIS", "title": "Месяц"} in body["axis"]
    source = body["series"][0]["series"]["sourceRange"]["sources"][0]
    assert (source["startRowIndex"], source["endRowIndex"], source["startColumnIndex"]) == (0, 3, 1)
    assert found["position"]["overlayPosition"]["anchorCell"] == {"sheetId": 0, "rowIndex": 1, "columnIndex": 3}


def test_drawings_and_other_parts_that_stay_behind_are_counted_by_place(book, opened):
    sheet = book.active
    sheet["A1"] = 1
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=2))
    sheet.add_chart(chart, "C1")

    def add(parts):
        drawing = parts["xl/drawings/drawing1.xml"].decode()
        space = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        shapes = f"<xdr:absoluteAnchor {space}><xdr:pic/></xdr:absoluteAnchor>" * 2
        end = drawing.rindex("</")
        parts["xl/drawings/drawing1.xml"] = (drawing[:end] + shapes + drawing[end:]).encode()
        part = parts["xl/worksheets/sheet1.xml"].decode()
        sparks = "<extLst><ext uri='{05C60535}'><x14:sparkline xmlns:x14='x'/></ext></extLst></worksheet>"
        parts["xl/worksheets/sheet1.xml"] = part.replace("</worksheet>", sparks).encode()

    result = opened(add)
    assert len(result.workbook.sheets[0].list("charts")) == 1
    assert "2 images are left out (Sheet)." in result.losses
    assert "1 sparkline is left out (Sheet)." in result.losses


def test_the_grid_is_at_least_googles_and_grows_with_the_data(book, opened):
    book.active["AC1500"] = 1
    book.create_sheet("Empty")
    first, second = opened().workbook.sheets
    assert (first.row_count, first.column_count) == (1500, 29)
    assert (second.row_count, second.column_count) == (1000, 26)


def test_formats_far_below_the_data_do_not_make_a_huge_grid(book, opened):
    sheet = book.active
    sheet["A1"] = 1
    sheet["Z1048576"].font = Font(b=True)
    result = opened()
    assert result.workbook.sheets[0].row_count == 1000
    assert any("Formats of empty cells past row 1000 " in sentence for sentence in result.losses)


def test_a_long_sheet_leaves_room_for_other_tabs_and_loses_nothing(book, opened):
    book.active["A1"] = "first"
    book.active["C600000"] = "last"
    result = opened()
    sheet = result.workbook.sheets[0]
    assert (sheet.row_count, sheet.column_count) == (600_000, 8)
    assert sheet.cell(599_999, 2).value == "last"
    assert result.losses == ()

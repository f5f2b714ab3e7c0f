"""Formulas between the Sheets text and the form of an .xlsx file."""

import pytest

from sheets_agent.a1 import quote_title
from sheets_agent.emulator.formula_tokens import Unreadable, parse, text
from sheets_agent.emulator.xlsx_read.formulas import External, FormulaReader, TableArea
from sheets_agent.emulator.xlsx_write.formulas import FormulaWriter
from sheets_agent.formulas.values import ErrorValue

ORDERS = TableArea("Data", 1, 9, 0, ("Item", "Unit price", "Qty"), has_totals=True)
READER = FormulaReader({"orders": ORDERS}, {"a.rate": "0.2", "data!local": "Data!$B$1"}, quote_title)
WRITER = FormulaWriter(lambda title: 1000, {"a very long title that excel does not take": "Short"})


def read(formula, row=3, column=3, sheet="Data"):
    return READER.read(formula, sheet, row, column)


@pytest.mark.parametrize(
    ("stored", "sheets"),
    [
        ("=SUM(A1:A3)", "=SUM(A1:A3)"),
        ('=_xlfn.TEXTJOIN(",",TRUE,A1:A3)', '=TEXTJOIN(",",TRUE,A1:A3)'),
        ("=_xlfn._xlws.FILTER(A1:A3,B1:B3)", "=FILTER(A1:A3,B1:B3)"),
        ('=_xlfn._xlws.FILTER(A1:A3,B1:B3,"none")', '=IFNA(FILTER(A1:A3,B1:B3),"none")'),
        ("=_xlfn._xlws.SORT(A1:B3,2,-1)", "=SORT(A1:B3,2,FALSE)"),
        ("=_xlfn._xlws.SORT(A1:B3)", "=SORT(A1:B3)"),
        ("=_xlfn.SORTBY(A1:B3,B1:B3,-1,A1:A3)", "=SORT(A1:B3,B1:B3,FALSE,A1:A3,TRUE)"),
        ("=_xlfn.CONCAT(A1:A3)", "=CONCATENATE(A1:A3)"),
        ("=_xlfn.SINGLE(A1:A3)*2", "=(A1:A3)*2"),
        ("=_xlfn.LET(_xlpm.x,1,_xlpm.x+1)", "=LET(x,1,x+1)"),
        ("=SUM(A2:A1048576)", "=SUM(A2:A)"),
        ("=SUM(A5:XFD5)", "=SUM(5:5)"),
        ("=a.rate*A1", "=(0.2)*A1"),
        ("=SUM(Orders[Qty])", "=SUM($C$2:$C$10)"),
        ("=SUM(orders[[Unit price]:[Qty]])", "=SUM($B$2:$C$10)"),
        ("=Orders[[#This Row],[Unit price]]*Orders[[#This Row],[Qty]]", "=$B4*$C4"),
        ("=Orders[@Qty]", "=$C4"),
        ("=Orders[[#Headers],[Item]]", "=$A$1"),
        ("=ROWS(Orders[#All])", "=ROWS($A$1:$C$11)"),
        ("=Orders[[#Totals],[Qty]]", "=$C$11"),
        ('="text with _xlfn.SUM( and Orders[Qty]"', '="text with _xlfn.SUM( and Orders[Qty]"'),
    ],
)
def test_what_the_file_stores_reads_as_sheets_text(stored, sheets):
    assert read(stored) == sheets


def test_a_table_of_another_sheet_is_named_with_its_sheet():
    assert read("=SUM(Orders[Qty])", sheet="Other") == "=SUM(Data!$C$2:$C$10)"


def test_googles_export_gives_back_what_was_typed():
    stored = '=IFERROR(__xludf.DUMMYFUNCTION("QUERY(A1:B3,""select A"")"),"x")'
    assert read(stored) == '=QUERY(A1:B3,"select A")'
    assert read('=IFERROR(__xludf.DUMMYFUNCTION("""COMPUTED_VALUE"""),5.0)') is None


@pytest.mark.parametrize("formula", ["=[1]Sheet1!A1", "=SUM('[2]My book'!$A$1:$A$9)+1"])
def test_another_workbook_is_not_read(formula):
    with pytest.raises(External):
        read(formula)


@pytest.mark.parametrize("formula", ["=Missing[Qty]", "=Orders[No such]", "=_xlfn._xlws.SORT(A1:B3,{1,2},{1,-1})"])
def test_what_cannot_be_read_is_refused(formula):
    with pytest.raises(Unreadable):
        read(formula)


@pytest.mark.parametrize(
    ("stored", "sheets"),
    [
        ("=SUM(A1:A3*B1:B3)", "=ARRAYFORMULA(SUM(A1:A3*B1:B3))"),
        ("=A1:A3*2", "=ARRAYFORMULA(A1:A3*2)"),
        ("=LEN(A1:A3)", "=ARRAYFORMULA(LEN(A1:A3))"),
        ("=_xlfn.UNIQUE(A1:A3)", "=UNIQUE(A1:A3)"),
        ("=SUM(_xlfn._xlws.FILTER(A1:A3,B1:B3>1))", "=SUM(FILTER(A1:A3,B1:B3>1))"),
        ("=_xlfn.XLOOKUP(A1,B1:B3,C1:C3)", "=XLOOKUP(A1,B1:B3,C1:C3)"),
    ],
)
def test_array_formulas_say_so_only_where_sheets_needs_it(stored, sheets):
    assert READER.read_array(stored, "Data", 0, 5) == sheets


@pytest.mark.parametrize(
    ("sheets", "stored", "array"),
    [
        ("=SUM(A1;B1)", "=SUM(A1,B1)", False),
        ("=SUM(A2:A)", "=SUM(A2:A1048576)", False),
        ("=SUM($A$2:$A)", "=SUM($A$2:$A1048576)", False),
        ('=TEXTJOIN(",",TRUE,A1:A3)', '=_xlfn.TEXTJOIN(",",TRUE,A1:A3)', False),
        ("=UNIQUE(A1:A9)", "=_xlfn.UNIQUE(A1:A9)", True),
        ("=ARRAYFORMULA(A1:A3*2)", "=(A1:A3*2)", True),
        ('=JOIN("-",A1:A3)', '=_xlfn.TEXTJOIN("-",FALSE,A1:A3)', False),
        ("=FLATTEN(A1:B2)", "=_xlfn.TOCOL(A1:B2)", True),
        ("=ADD(A1,2)*DIVIDE(6,B1)", "=(A1+2)*(6/B1)", False),
        ("=ISBETWEEN(A1,1,B1)", "=((A1>=1)*(A1<=B1)=1)", False),
        ("=SORT(A1:B3,2,FALSE)", "=_xlfn._xlws.SORT(A1:B3,2,-1)", True),
        ("=SORT(A1:B3,B1:B3,TRUE)", "=_xlfn.SORTBY(A1:B3,B1:B3,1)", True),
        ("=SORT(A1:C3,2,TRUE,3,FALSE)", "=_xlfn._xlws.SORT(A1:C3,{2,3},{1,-1})", True),
        ("=FILTER(A1:A3,B1:B3>1,C1:C3<2)", "=_xlfn._xlws.FILTER(A1:A3,(B1:B3>1)*(C1:C3<2))", True),
        ("=CONCATENATE(A1:A3)", "=_xlfn.CONCAT(A1:A3)", False),
        ("=IFERROR(1/A1)", '=IFERROR(1/A1,"")', False),
        ("=ROUND(A1)", "=ROUND(A1,0)", False),
        ("={A1:A3;B1:B3}", "=_xlfn.VSTACK(A1:A3,B1:B3)", True),
        ("={A1:A2,B1:B2}", "=_xlfn.HSTACK(A1:A2,B1:B2)", True),
        ("=SUM({1,2;3,4})", "=SUM({1,2;3,4})", False),
        ("=LET(x,A1,x*x)", "=_xlfn.LET(_xlpm.x,A1,_xlpm.x*_xlpm.x)", False),
        ("='A very long title that Excel does not take'!A1", "=Short!A1", False),
        ('="UNIQUE( is a word here"', '="UNIQUE( is a word here"', False),
    ],
)
def test_sheets_text_is_stored_in_excels_form(sheets, stored, array):
    form = WRITER.store(sheets, 1.0)
    assert (form.text, form.array, form.unknown) == (stored, array, ())


def test_a_formula_that_ends_in_a_brace_keeps_it():
    assert WRITER.store("={1,2,3}", 1.0, spreads=True).text.rstrip() == "={1,2,3}"


def test_open_ranges_of_a_spreading_formula_end_with_the_grid():
    assert WRITER.store("=ARRAYFORMULA(A2:A*B:B)", 1.0, spreads=True).text == "=(A2:A1000*B$1:B$1000)"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(2.5, "2.5"), ('a"b', '"a""b"'), (True, "TRUE"), (None, '""'), (ErrorValue("N_A"), "#N/A")],
)
def test_what_excel_does_not_have_keeps_its_text_and_its_value(value, shown):
    form = WRITER.store('=QUERY(A1:B9,"select A where B>1")', value)
    assert form.unknown == ("QUERY",)
    assert form.text.endswith(f",{shown})")
    assert read(form.text) == '=QUERY(A1:B9,"select A where B>1")'


def test_long_texts_are_split_for_excel_and_come_back_whole():
    formula = "=QUERY(A1:B9,\"select A where B contains '" + "x" * 400 + "'\")"
    form = WRITER.store(formula, "found")
    assert all(len(piece) <= 300 for piece in form.text.split('"&"'))
    assert read(form.text) == formula


def test_parts_print_as_they_were_read():
    for formula in ("=F( A1 , {1,2;3,x} )", "=-(A1+B2)%", "=SUM((A1,B2))", "=F()", "=F(,1)", '="a""b"&C1'):
        assert "=" + text(parse(formula)) == formula.replace("( A1 , {", "( A1 , {")

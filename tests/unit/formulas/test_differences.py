"""Functions of which the calculation engine has values of its own: those of Sheets come out."""

import pytest

from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.formulas.values import Value

CELLS = ["x", "y", '=""', "=1/0", None, 5.0, None, None, "<>x"]


def value(formula: str, locale: str = "en_US") -> Value:
    """The value of a formula beside CELLS in A1:A9 and powers of two in B1:B9."""
    sheet = Sheet({"sheetId": 0, "title": "Sheet1", "gridProperties": {"rowCount": 20, "columnCount": 9}})
    workbook = Workbook("book", {"locale": locale, "timeZone": "Etc/GMT"}, [sheet])
    for row, content in enumerate(CELLS):
        formula_here = isinstance(content, str) and content.startswith("=")
        cell = Cell(formula=content) if formula_here else Cell(value=content)
        workbook.set_cell(sheet, row, 0, cell)
        workbook.set_cell(sheet, row, 1, Cell(value=float(2**row)))
    workbook.set_cell(sheet, 0, 4, Cell(formula=formula))
    found = workbook.value(sheet, 0, 4)
    return found if found is None or isinstance(found, bool | float | str) else str(found)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('=COUNTIF(A1:A8,"<>x")', 7.0),
        ("=COUNTIF(A1:A8,A9)", 7.0),
        ('=COUNTIF(A1:A8,"<>"&A1)', 7.0),
        ('=COUNTIF(A1:A8,"<>"&A5)', 5.0),
        ("=COUNTIF(A1:A8,A1)", 1.0),
        ('=COUNTIF(A1:A8,"<>5")', 7.0),
        ('=COUNTIF(A1:A8,"<>x*")', 7.0),
        ('=COUNTIF(A1:A8,"<>")', 5.0),
        ('=COUNTIFS(A1:A8,"<>x",B1:B8,">2")', 6.0),
        ('=COUNTIFS(A1:A8,"<>x",A1:A8,"<>y")', 6.0),
        ("=COUNTIFS(A1:A8,A1,B1:B8,B1,A1:A8,A1,B1:B8,B1,A1:A8,A1)", 1.0),
        ("=COUNTIFS(A1:A8,A9,B1:B8,B1,A1:A8,A1,B1:B8,B1,A1:A8,A1)", "#ERROR!"),
        ('=SUMIF(A1:A8,"<>x",B1:B8)', 254.0),
        ('=SUMIFS(B1:B8,A1:A8,"<>x",A1:A8,"<>y")', 252.0),
        ('=SUM(ARRAYFORMULA(COUNTIF(A1:A8,{"<>x","y"})))', 8.0),
        ('=TEXT(0.125,"0%")', "13%"),
        ('=TEXT(2.5,"0")', "3"),
        ('=TEXT(-1,"000")', "-001"),
        ('=TEXT(0.5,"?/?")', "1/2"),
        ('=TEXT(A5,"0")', "0"),
        ('=TEXT("abc","0")', "abc"),
        ('=TEXT(1/0,"0")', "#DIV/0!"),
        ('=LET(p,"0%",TEXT(1/8,p))', "13%"),
        ('=JOIN("",MAP({2.5,0.125},LAMBDA(v,TEXT(v,"0"))))', "30"),
        ('=JOIN("",MAP({0.125,0.5},LAMBDA(v,TEXT(v,"0%"))))', "13%50%"),
        ('=JOIN("",MAP({1,2},LAMBDA(v,TEXT(v,"000"))))', "001002"),
        ('=AVERAGEIF(A1:A8,"<>x",B1:B8)', 254 / 7),
        ('=AVERAGEIF(A1:A8,"<>x")', "#DIV/0!"),
        ('=AVERAGEIFS(B1:B8,A1:A8,"<>x",B1:B8,"<9")', 14 / 3),
        ('=MINIFS(B1:B8,A1:A8,"<>x")', 2.0),
        ('=MAXIFS(B1:B8,A1:A8,"<>x",B1:B8,"<9")', 8.0),
        ('=MAXIFS(B1:B8,A1:A8,"<>x",B1:B8,">999")', 0.0),
        ('=SUMIF(A1:A8,"y",B3)', 8.0),
        ('=AVERAGEIF(A1:A8,"y",B3)', 8.0),
        ("=IFERROR(ASIN(7),3)", 3.0),
        ("=ISERR(EXP(1000))", True),
        ("=EXP(0)", 1.0),
        ('=ISTEXT(TEXT(5,"000"))', True),
        ('=CODE(TEXT(5,"000")&"x")', 48.0),
        ("=ISNUMBER(SUBTOTAL(9,B1:B3))", True),
        ("=ISNUMBER(CHOOSE(2,A1,B1))", True),
        ("=AND(FALSE,NA())", "#N/A"),
        ("=OR(TRUE,NA())", "#N/A"),
        ("=OR(B1=1,A4)", "#DIV/0!"),
        ("=AND(NA(),1/0)", "#N/A"),
        ("=AND(B1:B8>9,A1:A8)", "#DIV/0!"),
        ("=OR(B1:B8)", True),
        ("=AND(B1=1,B2=2)", True),
        ("=AND(B1=1,B2=3)", False),
        ("=AND(B1,A5)", True),
        ("=AND(A1,B1)", True),
        ("=AND(A5:A8,B1:B8)", True),
        ("=LET(q,B1=1,OR(q,B2=3))", True),
        ("=ODD(-0)", 1.0),
        ("=ODD(A5)", 1.0),
        ("=ODD(-1.5)", -3.0),
    ],
)
def test_values(formula: str, expected: Value) -> None:
    assert value(formula) == expected


def test_text_is_written_as_the_locale_has_it() -> None:
    assert value('=TEXT(1.5,"0,00")', "ru_RU") == "1,50"

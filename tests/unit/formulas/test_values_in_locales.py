"""Texts read as numbers and numbers written as texts inside formulas, in several locales."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.formulas.locale import from_canonical, to_canonical
from sheets_agent.formulas.values import ErrorValue, Value

CELLS: list[Value] = [1.5, "1,5", "1.5", None, "31.12.2025", "31/12/2025", "1 234,5", "abc", "50%", "5 ₽", "5 янв", 2.0]
REFUSED = "not calculated"


def value(typed: str, locale: str, cells: list[Value] = CELLS) -> Value | str:
    """The value of a formula typed in a locale, beside cells in A1 and below."""
    sheet = Sheet({"sheetId": 0, "title": "Sheet1", "gridProperties": {"rowCount": 30, "columnCount": 9}})
    workbook = Workbook("book", {"locale": locale, "timeZone": "Etc/GMT"}, [sheet])
    for row, content in enumerate(cells):
        workbook.set_cell(sheet, row, 0, Cell(value=content))
    workbook.set_cell(sheet, 0, 4, Cell(formula=to_canonical(typed, locale)))
    found = workbook.value(sheet, 0, 4)
    if isinstance(found, ErrorValue):
        return REFUSED if found.not_calculated else str(found)
    return found


COMMA = [
    ('="1,5"+1', 2.5),
    ("=A2+1", 2.5),
    ("=A2*A9", 0.75),
    ("=-A2", -1.5),
    ("=A2%", 0.015),
    ("=A4+1", 1.0),
    ("=A8+1", "#VALUE!"),
    ('=""+1', 1.0),
    ("=A10*2", 10.0),
    ("=UPLUS(A2)*2", 3.0),
    ("=ROUND(A2;0)", 2.0),
    ("=SUM(A1:A3)", 1.5),
    ('=SUM("1,5";1)', 2.5),
    ("=SUM(LEFT(A2;3);1)", 2.5),
    ("=SUMPRODUCT(A1:A2*2)", 6.0),
    ("=SUM(ARRAYFORMULA(A1:A2*2))", 6.0),
    ("=SUM(MAP(A1:A2;LAMBDA(x;x*2)))", 6.0),
    ("=LET(x;A2;x*2)", 3.0),
    ('=IF(A2>1;"text";"number")', "text"),
    ('=1,5&"x"', "1,5x"),
    ('=A1&"x"', "1,5x"),
    ('=A4&"x"', "x"),
    ("=A12&A2", "21,5"),
    ("=LEN(A1)", 3.0),
    ("=LEFT(A1;2)", "1,"),
    ('=SUBSTITUTE(A1;",";"-")', "1-5"),
    ('=FIND(",";A1)', 2.0),
    ('=EXACT(A1;"1,5")', True),
    ('=TEXTJOIN("|";TRUE;A1:A4)', "1,5|1,5|1.5"),
    ('=JOIN("|";A1:A4)', "1,5|1,5|1.5|"),
    ('=CONCATENATE(A1;"a";2,5)', "1,5a2,5"),
    ("=CONCAT(A1;2,5)", "1,52,5"),
    ('=TEXT(A1;"0,00")', "1,50"),
    ('=TEXT(A2;"0,0")', "1,5"),
    ('=TEXT(A1;"0,00")&"!"', "1,50!"),
    ('=JOIN("|";MAP(A1:A2;LAMBDA(x;TEXT(x;"0,00"))))', "1,50|1,50"),
    ("=TO_TEXT(A1)", "1,5"),
    ('=VALUE("1,5")', 1.5),
    ("=VALUE(A2)", 1.5),
    ("=VALUE(A8)", "#VALUE!"),
    ('=VALUE("")', 0.0),
    ('=VALUE("10:30")', 0.4375),
    ("=VALUE(TRUE)", "#VALUE!"),
    ('=SUM(SPLIT("1,5 2,5";" "))', 4.0),
    ('=REGEXREPLACE("a1,5";"[a-z]";"")*2', 3.0),
    ("=ISNUMBER(A2*1)", True),
    ("=YEAR(A6)", 2025.0),
    ('=MONTH("05/02/2025")', 2.0),
    ('=DATEVALUE("31/12/2025")', 46022.0),
    ("=DATEVALUE(A6)", 46022.0),
    ("=DATEVALUE(A2)", "#VALUE!"),
    ('=TIMEVALUE("10:30")', 0.4375),
    ("=DSUM(A1:A3;1;A1:A2)", REFUSED),
]


@pytest.mark.parametrize("locale", ["ru_RU", "de_DE", "fr_FR", "pt_BR", "uk_UA"])
@pytest.mark.parametrize(("typed", "expected"), COMMA)
def test_decimal_comma(locale: str, typed: str, expected: Value) -> None:
    assert value(typed, locale) == expected


@pytest.mark.parametrize(
    ("locale", "typed", "expected"),
    [
        ("ru_RU", "=A7*2", 2469.0),
        ("fr_FR", "=A7*2", 2469.0),
        ("de_DE", "=A7*2", "#VALUE!"),
        ("de_DE", '="1.234,5"*2', 2469.0),
        ("ru_RU", "=A5+1", 46023.0),
        ("de_DE", "=A5+1", 46023.0),
        ("en_GB", "=A6+1", 46023.0),
        ("en_US", "=A6+1", "#VALUE!"),
        ("ru_RU", "=A3+1", REFUSED),  # the first of May of this year
        ("fr_FR", "=A3+1", "#VALUE!"),
        ("en_US", "=A3+1", 2.5),
        ("en_US", "=A10*2", 10.0),
        ("ru_RU", "=A11+1", REFUSED),  # the fifth of January
        ("ru_RU", "=IFERROR(A11+1;0)", REFUSED),
        ("ru_RU", "=ISERROR(A11+1)", REFUSED),
        ("de_DE", "=IFERROR(A11+1;0)", 0.0),
        ("ru_RU", "=IFERROR(A8+1;0)", 0.0),
        ("en_GB", '=MONTH("01/02/2025")', 2.0),
        ("en_US", '=MONTH("01/02/2025")', 1.0),
        ("en_GB", '=DATEVALUE("01/02/2025")', 45689.0),
        ("en_US", '=DATEVALUE("01/02/2025")', 45659.0),
        ("en_US", '=DATEVALUE("31/12/2025")', "#VALUE!"),
        ("en_US", "=DATEVALUE(45000)", "#VALUE!"),
        ("en_US", '=DATEVALUE("2025-12-31 10:30")', 46022.0),
        ("en_US", '=TIMEVALUE("2025-12-31 18:00")', 0.75),
        ("en_US", '=VALUE("1,234.5")', 1234.5),
        ("en_US", '=VALUE("$1,000")', 1000.0),
        ("en_US", "=VALUE(A2)", "#VALUE!"),
        ("en_US", '=VALUE("£5")', 5.0),
        ("ru_RU", '=VALUE("5 янв 2025")', 45662.0),
        ("ru_RU", '=TEXT(1234,5;"# ##0,00")', "1\u00a0234,50"),
        ("de_DE", '=TEXT(1234,5;"#.##0,00")', "1.234,50"),
        ("de_DE", '=TEXT(1,5;"0.00")', "002"),
        ("ru_RU", '=TEXT(1,5;"0.00")', REFUSED),
        ("ru_RU", '=TEXT(46022;"dd.mm.yyyy")', "31.12.2025"),
        ("fr_FR", '=TEXT(46022;"d mmmm")', "31 décembre"),
        ("en_US", '=TEXT("5","0.0")', "5.0"),
        ("en_US", '=TEXT("abc","0.0")', "abc"),
        ("en_US", '=FIXED(1234.5)', "1,234.50"),
        ("de_DE", "=FIXED(1234,5)", "1.234,50"),
        ("de_DE", "=FIXED(1234,5;1;TRUE)", "1234,5"),
        ("de_DE", "=FIXED(1250;-2)", "1.300"),
        ("de_DE", '=FIXED("1234,5";1)', "1.234,5"),
        ("de_DE", '=JOIN("";MAP({1,5};LAMBDA(x;FIXED(x))))', "1,50"),
        ("de_DE", "=DOLLAR(1234,5)", "1.234,50\u00a0€"),
        ("en_GB", "=DOLLAR(1234.5)", "£1,234.50"),
        ("en_US", "=DOLLAR(1234.5)", "$1,234.50"),
        ("de_DE", '=JOIN("";MAP({1,5};LAMBDA(x;DOLLAR(x))))', "1,50\u00a0€"),
    ],
)  # fmt: skip
def test_what_differs(locale: str, typed: str, expected: Value) -> None:
    assert value(typed, locale) == expected


def test_a_changed_locale_reads_anew() -> None:
    sheet = Sheet({"sheetId": 0, "title": "Sheet1", "gridProperties": {"rowCount": 9, "columnCount": 9}})
    workbook = Workbook("book", {"locale": "en_US", "timeZone": "Etc/GMT"}, [sheet])
    workbook.set_cell(sheet, 0, 0, Cell(value="1,5"))
    workbook.set_cell(sheet, 0, 1, Cell(formula="=A1+1"))
    workbook.set_cell(sheet, 0, 2, Cell(formula='=TEXT(2,"0")&0.5'))
    assert str(workbook.value(sheet, 0, 1)) == "#VALUE!"
    workbook.properties = {**workbook.properties, "locale": "ru_RU"}
    workbook.restructured()
    assert workbook.value(sheet, 0, 1) == 2.5
    assert workbook.value(sheet, 0, 2) == "20,5"
    fork = workbook.fork()
    fork.set_cell(fork.sheets[0], 0, 0, Cell(value="2,5"))
    assert fork.value(fork.sheets[0], 0, 1) == 3.5


LOCALES = st.sampled_from(["en_US", "en_GB", "ru_RU", "de_DE", "fr_FR", "de_CH", "sv_SE", "ja_JP"])


@settings(deadline=None, max_examples=60)
@given(LOCALES, st.floats(-1e9, 1e9).map(lambda number: round(number, 4)))
def test_a_number_joined_to_a_text_reads_back(locale: str, number: float) -> None:
    typed = from_canonical('=VALUE(A1&"")', locale)
    assert value(typed, locale, [number]) == pytest.approx(number, rel=1e-12)
    assert value('=(A1&"")*1', locale, [number]) == pytest.approx(number, rel=1e-12)


@settings(deadline=None, max_examples=60)
@given(LOCALES, st.lists(st.floats(0, 1e6).map(lambda number: round(number, 3)), min_size=1, max_size=4), st.text())
def test_formulas_go_between_locales_without_loss(locale: str, numbers: list[float], text: str) -> None:
    quoted = text.replace('"', '""')
    formula = f'=SUM({",".join(map(repr, numbers))})&"{quoted}"&SUM({{{",".join(map(repr, numbers))};{numbers[0]!r}}})'
    assert to_canonical(from_canonical(formula, locale), locale) == formula

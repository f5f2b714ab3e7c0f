import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.emulator.entry import Entry, parse
from sheets_agent.emulator.number_dates import EPOCH
from sheets_agent.emulator.number_format import render

TODAY = date(2026, 11, 21)
LOCALES = ["en_US", "en_GB", "ru_RU", "de_DE", "fr_FR", "pl_PL", "de_CH", "ja_JP"]


def typed(text: str, locale: str = "en_US", current: dict[str, str] | None = None) -> Entry:
    return parse(text, locale, current, TODAY)


def shown(text: str, locale: str = "en_US") -> str:
    entry = typed(text, locale)
    return render(entry.value, entry.number_format, locale)


def serial(year: int, month: int, day: int) -> float:
    return float((date(year, month, day) - EPOCH).days)


@pytest.mark.parametrize(
    ("text", "locale", "value", "text_shown"),
    [
        ("0042", "en_US", 42, "42"),
        ("2,000,000.01", "en_US", 2000000.01, "2,000,000.01"),
        (" 5 ", "en_US", 5, "5"),
        ("+5", "en_US", 5, "5"),
        ("-5", "en_US", -5, "-5"),
        ("\u22125", "en_US", -5, "-5"),
        (".5", "en_US", 0.5, "0.5"),
        ("(5)", "en_US", -5, "-5"),
        ("1e5", "en_US", 100000, "1.00E+05"),
        ("12%", "en_US", 0.12, "12%"),
        ("12.5 %", "en_US", 0.125, "12.50%"),
        ("$1,234.50", "en_US", 1234.5, "$1,234.50"),
        ("-$5", "en_US", -5, "-$5"),
        ("$-5", "en_US", -5, "-$5"),
        ("€5", "en_US", 5, "€5"),
        ("1234,5", "ru_RU", 1234.5, "1234,5"),
        ("1 234,50 ₽", "ru_RU", 1234.5, "1\u00a0234,50\u00a0₽"),
        ("1\u202f234", "ru_RU", 1234, "1\u00a0234"),
        ("100р.", "ru_RU", 100, "100\u00a0р."),
        ("12,5%", "ru_RU", 0.125, "12,50%"),
        ("1.234,50 €", "de_DE", 1234.5, "1.234,50\u00a0€"),
        ("12.345", "de_DE", 12345, "12.345"),
        ("1'234.5", "de_CH", 1234.5, "1’234.50"),
    ],
)
def test_numbers(text: str, locale: str, value: float, text_shown: str) -> None:
    assert typed(text, locale).value == value
    assert isinstance(typed(text, locale).value, float)
    assert shown(text, locale) == text_shown


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("3_1_0", "en_US"),
        ("1,2", "en_US"),
        ("12,34,567", "en_US"),
        ("1.234,50", "en_US"),
        ("1.50", "ru_RU"),
        ("1,5", "de_CH"),
        ("(5", "en_US"),
        ("(-5)", "en_US"),
        ("5%%", "en_US"),
        ("$5%", "en_US"),
        ("$", "en_US"),
        ("%", "en_US"),
        (".", "en_US"),
        ("1e400", "en_US"),
        ("1e99999999999", "en_US"),
        ("9" * 500, "en_US"),
        ("nan", "en_US"),
        ("inf", "en_US"),
        ("٣", "en_US"),
        ("- item", "en_US"),
        ("-A1", "en_US"),
        ("=", "en_US"),
        ("+", "en_US"),
        ("#REF!", "en_US"),
        ("1.2.3", "en_US"),
        ("13/13/2020", "en_US"),
        ("31/12/2020", "en_US"),
        ("29.02.2021", "ru_RU"),
        ("10:75", "en_US"),
        ("13 pm", "en_US"),
        ("May", "en_US"),
        ("5 st", "en_US"),
        ("2020-01-01T10:00:00", "en_US"),
        ("  spaced  ", "en_US"),
        ("Да", "ru_RU"),
    ],
)
def test_text_stays_as_it_was_typed(text: str, locale: str) -> None:
    assert typed(text, locale) == Entry(text)


@pytest.mark.parametrize(
    ("text", "locale", "value", "pattern"),
    [
        ("2020-01-01", "en_US", 43831, "yyyy-mm-dd"),
        ("2020/1/2", "ru_RU", 43832, "yyyy/m/d"),
        ("1/2/2020", "en_US", 43832, "m/d/yyyy"),
        ("1/2/2020", "en_GB", 43862, "d/m/yyyy"),
        ("01/02/2020", "en_US", 43832, "mm/dd/yyyy"),
        ("12/31/2020", "en_US", 44196, "m/d/yyyy"),
        ("31.12.2020", "ru_RU", 44196, "dd.mm.yyyy"),
        ("1/2/29", "en_US", serial(2029, 1, 2), "m/d/yy"),
        ("1/2/30", "en_US", serial(1930, 1, 2), "m/d/yy"),
        ("1/2", "en_US", serial(2026, 1, 2), "m/d"),
        ("1.5", "de_DE", serial(2026, 5, 1), "d.m"),
        ("7/2020", "en_US", serial(2020, 7, 1), "m/yyyy"),
        ("Jan 5, 2020", "en_US", 43835, "mmm d, yyyy"),
        ("5-Jan", "en_US", serial(2026, 1, 5), "d-mmm"),
        ("January 2020", "en_US", 43831, "mmmm yyyy"),
        ("Monday, January 6, 2020", "en_US", 43836, "dddd, mmmm d, yyyy"),
        ("5 января 2020", "ru_RU", 43835, "d mmmm yyyy"),
        ("5 Января 2020 г.", "ru_RU", 43835, 'd mmmm yyyy" г."'),
        ("январь 2020", "ru_RU", 43831, "mmmm yyyy"),
        ("5 Jan 2020", "ru_RU", 43835, "d mmm yyyy"),
        ("3. Mai 2020", "de_DE", 43954, "d. mmmm yyyy"),
        ("14 juillet 2020", "fr_FR", 44026, "d mmmm yyyy"),
        ("12/30/1899", "en_US", 0, "m/d/yyyy"),
        ("1/1/1850", "en_US", serial(1850, 1, 1), "m/d/yyyy"),
    ],
)
def test_dates(text: str, locale: str, value: float, pattern: str) -> None:
    assert typed(text, locale) == Entry(float(value), None, {"type": "DATE", "pattern": pattern})


@pytest.mark.parametrize(
    "text", ["2020-01-01", "1/2/2020", "01/02/2020", "12/31/2020", "Jan 5, 2020", "5-Jan", "Monday, January 6, 2020"]
)
def test_a_date_shows_the_way_it_was_typed(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "value", "kind", "pattern"),
    [
        ("10:30", 0.4375, "TIME", "h:mm"),
        ("09:30:15", (9 * 3600 + 30 * 60 + 15) / 86400, "TIME", "hh:mm:ss"),
        ("10:30 PM", 0.9375, "TIME", "h:mm AM/PM"),
        ("12 am", 0, "TIME", "h AM/PM"),
        ("36:15:00", 36.25 / 24, "TIME", "[h]:mm:ss"),
        ("-1:30", -1.5 / 24, "TIME", "[h]:mm"),
        ("0:00:01.5", 1.5 / 86400, "TIME", "h:mm:ss.0"),
        ("1/2/2020 10:30", 43832.4375, "DATE_TIME", "m/d/yyyy h:mm"),
        ("Jan 5, 2020 6:00 PM", 43835.75, "DATE_TIME", "mmm d, yyyy h:mm AM/PM"),
    ],
)
def test_times_and_durations(text: str, value: float, kind: str, pattern: str) -> None:
    entry = typed(text)
    assert isinstance(entry.value, float)
    assert math.isclose(entry.value, value, abs_tol=1e-12)
    assert entry.number_format == {"type": kind, "pattern": pattern}


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [("TRUE", "en_US", True), ("false", "en_US", False), ("ИСТИНА", "ru_RU", True), ("ложь", "ru_RU", False),
     ("TRUE", "ru_RU", True), ("Wahr", "de_DE", True), ("ИСТИНА", "en_US", "ИСТИНА")],
)  # fmt: skip
def test_booleans(text: str, locale: str, value: bool | str) -> None:
    assert typed(text, locale) == Entry(value)


def test_formulas() -> None:
    assert typed("= 1 / 1024") == Entry(formula="= 1 / 1024")
    assert typed("=СУММ(A1;B1)", "ru_RU") == Entry(formula="=СУММ(A1;B1)")
    assert typed("+A1+B1") == Entry(formula="=+A1+B1")
    assert typed(" =A1") == Entry(" =A1")


def test_an_apostrophe_makes_text() -> None:
    assert typed("'42") == Entry("42")
    assert typed("'=A1") == Entry("=A1")


def test_a_cell_of_plain_text_keeps_what_is_typed() -> None:
    plain = {"type": "TEXT", "pattern": "@"}
    assert typed("0042", current=plain) == Entry("0042")
    assert typed("=A1", current=plain) == Entry("=A1")
    assert typed("1/2/2020", current={"type": "TEXT"}) == Entry("1/2/2020")


def test_an_empty_text_clears_the_cell() -> None:
    assert typed("") == Entry()


@pytest.mark.parametrize(
    ("text", "current", "taken_on"),
    [
        ("1", {"type": "DATE", "pattern": "yyyy-mm-dd"}, None),
        ("1,234", {"type": "CURRENCY", "pattern": "[$$]0.0"}, None),
        ("1/2/2020", {"type": "DATE", "pattern": "yyyy"}, None),
        ("1/2/2020", {"type": "NUMBER", "pattern": "0"}, {"type": "DATE", "pattern": "m/d/yyyy"}),
        ("12%", {"type": "NUMBER", "pattern": "0.0"}, {"type": "PERCENT", "pattern": "0%"}),
        ("12%", {"pattern": "0.0%"}, None),
    ],
)
def test_a_cell_keeps_a_format_that_shows_the_same_kind(
    text: str, current: dict[str, str], taken_on: dict[str, str] | None
) -> None:
    assert typed(text, current=current).number_format == taken_on


@settings(max_examples=60, deadline=None)
@given(
    number=st.integers(-(10**12), 10**12),
    pattern=st.sampled_from(["0.00", "#,##0.00", "0", "#,##0", "0.00%", "0.00000000E+00", None]),
    locale=st.sampled_from(LOCALES),
)
def test_a_number_shown_and_typed_again_is_the_same_number(number: int, pattern: str | None, locale: str) -> None:
    value = float(number) if pattern in ("0", "#,##0") else number / 10_000 if pattern == "0.00%" else number / 100
    if pattern == "0.00000000E+00":
        value = float(number // 10**4)
    text = render(value, {"type": "NUMBER", "pattern": pattern} if pattern else None, locale)
    back = typed(text, locale).value
    if pattern is None:  # automatic shows ten significant digits
        assert isinstance(back, float)
        assert math.isclose(back, value, rel_tol=1e-9)
    else:
        assert back == pytest.approx(value, rel=1e-15)


@settings(max_examples=60, deadline=None)
@given(
    day=st.dates(date(1930, 1, 1), date(2029, 12, 31)),
    seconds=st.integers(0, 86399),
    pattern=st.sampled_from(["", "yyyy-mm-dd", "d mmmm yyyy", "d mmm yyyy", "mmmm d, yyyy", "yyyy/m/d"]),
    locale=st.sampled_from([name for name in LOCALES if name != "ja_JP"]),
)
def test_a_date_shown_and_typed_again_is_the_same_date(day: date, seconds: int, pattern: str, locale: str) -> None:
    number_format = {"type": "DATE", **({"pattern": pattern} if pattern else {})}
    value = float((day - EPOCH).days)
    assert typed(render(value, number_format, locale), locale).value == value
    moment = value + seconds / 86400
    back = typed(render(moment, {"type": "DATE_TIME"}, locale), locale).value
    assert isinstance(back, float)
    assert abs(back - moment) < 1e-9


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=20) | st.from_regex(r"\A[-+(]?[$€]?[0-9.,:/ %eE-]{1,12}\)?\Z"),
    locale=st.sampled_from(LOCALES),
)
def test_anything_can_be_typed(text: str, locale: str) -> None:
    entry = typed(text, locale)
    assert entry.value is None or entry.formula is None
    if isinstance(entry.value, float):
        assert math.isfinite(entry.value)
    assert isinstance(render(entry.value, entry.number_format, locale), str)


def test_today_is_the_default_year() -> None:
    value = parse("1/2", "en_US").value
    assert isinstance(value, float)
    assert (EPOCH + timedelta(days=value)).year in (date.today().year, date.today().year - 1)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.emulator import number_format
from sheets_agent.emulator.number_format import pattern_kind, render
from sheets_agent.emulator.number_plain import plain_pattern
from sheets_agent.formulas.values import ErrorValue, Value


def shown(value: Value, pattern: str, locale: str = "en_US") -> str:
    return render(value, {"type": "NUMBER", "pattern": pattern}, locale)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 1024, "0.0009765625"),
        (1 / 3, "0.3333333333"),
        (3.141592653589793, "3.141592654"),
        (0.1 + 0.2, "0.3"),
        (1.45, "1.45"),
        (-2.5, "-2.5"),
        (42.0, "42"),
        (0.0, "0"),
        (-0.0, "0"),
        (123456789012345.0, "123456789012345"),
        (1234567.891234, "1234567.891"),
        (1e15, "1E+15"),
        (1e20, "1E+20"),
        (1.5e-12, "1.5E-12"),
        (5, "5"),
        ("text", "text"),
        (True, "TRUE"),
        (None, ""),
        (ErrorValue("REF", "gone"), "#REF!"),
    ],
)
def test_automatic(value: Value, text: str) -> None:
    assert render(value, None, "en_US") == text


def test_automatic_in_russian() -> None:
    assert render(1234.5, None, "ru_RU") == "1234,5"
    assert render(True, None, "ru_RU") == "ИСТИНА"
    assert render(False, None, "de_DE") == "FALSCH"


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (1234.567, "0", "1235"),
        (1234.567, "0.00", "1234.57"),
        (1234.567, "#,##0.0", "1,234.6"),
        (1234567.0, "#,##0", "1,234,567"),
        (0.5, "#,###.##", ".5"),
        (5.0, "#.##", "5."),
        (0.0, "#", ""),
        (5.0, "0000", "0005"),
        (1234.0, "000,000", "001,234"),
        (0.5, ".00", ".50"),
        (12.5, ".00", "12.50"),
        (2.675, "0.00", "2.68"),
        (1.005, "0.00", "1.01"),
        (0.5, "0", "1"),
        (-1234.5, "#,##0.00", "-1,234.50"),
        (0.125, "0%", "13%"),
        (0.125, "0.0%", "12.5%"),
        (1234567.0, "0,", "1235"),
        (1234567.0, "0.0,,", "1.2"),
        (1234567.0, "#,##0,", "1,235"),
        (5551234567.0, "(000) 000-0000", "(555) 123-4567"),
        (5.5, "?0.0?", " 5.5 "),
        (7.0, '0 "kg"', "7 kg"),
        (7.0, "0\\!", "7!"),
        (7.0, "0 USD", "7 USD"),
        (7.0, "[Red]0_)", "7 "),
        (7.0, "$* 0", "$7"),
        (7.0, "[$€-407] 0", "€ 7"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (0.00012, "0.0E+0", "1.2E-4"),
        (12345.678, "##0.0E+0", "12.3E+3"),
        (9.999, "0.0E+00", "1.0E+01"),
        (0.0, "0.00E+00", "0.00E+00"),
        (12345.0, "0.00E-00", "1.23E04"),
        (1e300, "0", "1" + "0" * 300),
        (12345678901234567890.0, "0", "12345678901234600000"),
    ],
)
def test_numbers(value: float, pattern: str, text: str) -> None:
    assert shown(value, pattern) == text


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (1.0, "0.0;(0.0)", "1.0"),
        (-1.0, "0.0;(0.0)", "(1.0)"),
        (0.0, "0.0;(0.0)", "0.0"),
        (0.0, '0;-0;"none"', "none"),
        (-5.0, '0;-0;"none"', "-5"),
        ("word", "0;-0;0;<@>", "<word>"),
        ("word", "0;-0;0", "word"),
        ("word", "@@", "wordword"),
        (12.0, "@", "12"),
        (200.0, '[>100]"big";[<0]"below";0', "big"),
        (-200.0, '[>100]"big";[<0]"below";0', "below"),
        (50.0, '[>100]"big";[<0]"below";0', "50"),
        (-3.0, "[<0](0);0", "(3)"),
        (-3.0, "[<5]0;0.0", "-3"),
        (3.0, "[=3]0.0;0", "3.0"),
        (-3.0, ";;", ""),
        (3.0, "General", "3"),
        (-3.0, 'General" units"', "-3 units"),
    ],
)
def test_sections(value: Value, pattern: str, text: str) -> None:
    assert shown(value, pattern) == text


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (1.5, "# ?/?", "1 1/2"),
        (0.5, "# ?/?", " 1/2"),
        (2.0, "# ?/?", "2    "),
        (3.14159, "# ??/??", "3 14/99"),
        (1.5, "?/?", "3/2"),
        (0.3, "# ?/8", " 2/8"),
        (0.99, "# ?/8", "1    "),
        (-0.25, "# ?/?", "- 1/4"),
    ],
)
def test_fractions(value: float, pattern: str, text: str) -> None:
    assert shown(value, pattern) == text


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (43831.0, "yyyy-mm-dd", "2020-01-01"),
        (43831.0, "M/d/yy", "1/1/20"),
        (43831.0, "dddd, d mmmm yyyy", "Wednesday, 1 January 2020"),
        (43831.0, "ddd mmm mmmmm", "Wed Jan J"),
        (0.0, "m/d/yyyy", "12/30/1899"),
        (1.0, "m/d/yyyy", "12/31/1899"),
        (-1.0, "m/d/yyyy", "12/29/1899"),
        (60.0, "yyyy-mm-dd", "1900-02-28"),
        (43831.4375, "h:mm", "10:30"),
        (43831.9375, "hh:mm am/pm", "10:30 PM"),
        (0.0, "h AM/PM", "12 AM"),
        (0.5, "h a/p", "12 P"),
        (43831.4375, "mm/dd hh:mm", "01/01 10:30"),
        (0.0625, "mm:ss", "30:00"),
        (1.5104166666666667, "[h]:mm:ss", "36:15:00"),
        (-0.0625, "[h]:mm", "-1:30"),
        (0.0625, "[mm]:ss", "90:00"),
        (0.0625, "[s]", "5400"),
        (1.5 / 86400, "s.000", "1.500"),
        (0.9999999999, "h:mm:ss", "0:00:00"),
        (1e9, "yyyy", "1000000000"),
    ],
)
def test_dates(value: float, pattern: str, text: str) -> None:
    assert shown(value, pattern) == text


def test_dates_in_russian_inflect_beside_a_day() -> None:
    assert shown(43831.0, "d mmmm yyyy", "ru_RU") == "1 января 2020"
    assert shown(43831.0, "mmmm yyyy", "ru_RU") == "январь 2020"
    assert shown(43831.0, "dddd", "ru_RU") == "среда"
    assert shown(1.5 / 86400, "s.0", "ru_RU") == "1,5"


@pytest.mark.parametrize(
    ("kind", "locale", "text"),
    [
        ("NUMBER", "en_US", "43,831.50"),
        ("NUMBER", "ru_RU", "43\u00a0831,50"),
        ("PERCENT", "en_US", "4383150.00%"),
        ("CURRENCY", "en_US", "$43,831.50"),
        ("CURRENCY", "en_GB", "£43,831.50"),
        ("CURRENCY", "fr_FR", "43\u202f831,50\u00a0€"),
        ("DATE", "en_US", "1/1/2020"),
        ("DATE", "ru_RU", "01.01.2020"),
        ("TIME", "en_US", "12:00:00 PM"),
        ("TIME", "de_DE", "12:00:00"),
        ("DATE_TIME", "en_US", "1/1/2020 12:00:00"),
        ("SCIENTIFIC", "en_US", "4.38E+04"),
        ("TEXT", "en_US", "43831.5"),
        ("NUMBER_FORMAT_TYPE_UNSPECIFIED", "en_US", "43831.5"),
    ],
)
def test_a_type_without_a_pattern(kind: str, locale: str, text: str) -> None:
    assert render(43831.5, {"type": kind}, locale) == text


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("General", ""), ("", ""), ("@", "TEXT"), ("0", "NUMBER"), ("#,##0_);[Red](#,##0)", "NUMBER"),
        ("# ?/?", "NUMBER"),
        ("0%", "PERCENT"), ("0.00E+00", "SCIENTIFIC"), ('"$"#,##0.00', "CURRENCY"), ("#,##0.00\\ [$₽-419]", "CURRENCY"),
        ('_-* #,##0.00\\ "₽"_-;-* #,##0.00\\ "₽"_-;_-* "-"??\\ "₽"_-;_-@_-', "CURRENCY"),
        ("[$-409]d-mmm-yy;@", "DATE"), ("mmm-yy", "DATE"), ("[$-F800]dddd, mmmm dd, yyyy", "DATE"), ("mm:ss.0", "TIME"),
        ("h:mm AM/PM", "TIME"), ("[h]:mm:ss", "TIME"), ("m/d/yy h:mm", "DATE_TIME"), ('0.0 "days"', "NUMBER"),
        ("[Red]0", "NUMBER"),
    ],
)  # fmt: skip
def test_kind_of_a_pattern(pattern: str, kind: str) -> None:
    assert pattern_kind(pattern) == kind


@settings(max_examples=200, deadline=None)
@given(
    value=st.floats(allow_nan=False, allow_infinity=False),
    pattern=st.text('0#?.,%E+-/;@[]<>=1hmsdyaAMP/"\\_* ', max_size=14),
    locale=st.sampled_from(["en_US", "ru_RU"]),
)
def test_any_pattern_shows_any_number(value: float, pattern: str, locale: str) -> None:
    assert isinstance(shown(value, pattern, locale), str)
    assert isinstance(pattern_kind(pattern), str)


@given(
    st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-10_000, 10_000).map(lambda n: n / 8)),
    st.sampled_from(["0", "#,##0.00", "0.0%", '"€" #,##0', '0.000 "kg"', "#,##0,", "###0.0", "$0.00", "(0)", "0.00%%"]),
    st.sampled_from(["en_US", "ru_RU", "de_DE", "fr_FR"]),
)
def test_plain_patterns_are_laid_out_like_all_others(number, pattern, name):
    compiled = number_format.compile_pattern(pattern)
    plain = plain_pattern(pattern)
    assert plain is not None
    here = number_format.locale(name)
    assert plain.render(number, here) == number_format._number(number, compiled, here)


@pytest.mark.parametrize(
    "pattern", ["#.##", "00", "0.0?", "0-00", "0;-0", "0E+00", "# ?/?", "yyyy", "General", "@", "0.", "#"]
)
def test_other_patterns_are_not_plain(pattern):
    assert plain_pattern(pattern) is None

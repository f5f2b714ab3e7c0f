import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.formulas.locale import decimal_comma, from_canonical, to_canonical

COMMA = ["ru_RU", "de_DE", "fr_FR", "pt_BR", "tr_TR"]


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("=SUM(A1;1,5)", "=SUM(A1,1.5)"),
        ("={1\\2;3\\4}", "={1,2;3,4}"),
        ("={SUM(1;2)\\3}", "={SUM(1,2),3}"),
        ('=IF(A1="1,5;2"; 1,5 ; 0,25%)', '=IF(A1="1,5;2", 1.5 , 0.25%)'),
        ("='Лист; 1,5'!A1+,5", "='Лист; 1,5'!A1+.5"),
        ("=SUM(A2:A;1,5E-3)", "=SUM(A2:A,1.5E-3)"),
    ],
)
def test_decimal_comma(typed: str, canonical: str) -> None:
    assert to_canonical(typed, "ru_RU") == canonical
    assert from_canonical(canonical, "ru_RU") == typed


def test_a_point_locale_keeps_its_notation_but_takes_semicolons() -> None:
    assert to_canonical("=IF(A1;1.5;{1,2;3,4})", "en_US") == "=IF(A1,1.5,{1,2;3,4})"
    assert from_canonical("=IF(A1,1.5,{1,2;3,4})", "en_US") == "=IF(A1,1.5,{1,2;3,4})"


def test_a_comma_between_arguments_does_not_silently_mean_something_in_a_comma_locale() -> None:
    assert to_canonical("=SUM(A1,B1)", "de_DE") == "=SUM(A1\\B1)"


@pytest.mark.parametrize(
    ("locale", "comma"),
    [
        ("ru_RU", True),
        ("ru", True),
        ("de-CH", False),
        ("es_MX", False),
        ("es_ES", True),
        ("en_GB", False),
        ("ja_JP", False),
    ],
)
def test_which_locales_have_a_decimal_comma(locale: str, comma: bool) -> None:
    assert decimal_comma(locale) is comma


operand = st.sampled_from(
    ["1", "1.5", ".5", "2.", "1.5e-3", "10%", "A1", "$B$2:C", "'Лист 1,5'!A:B", '"a;b,c\\d ""x"""', "ставка", "TRUE"]
)


def argument(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    call = st.lists(inner, max_size=3).map(lambda parts: f"SUM({', '.join(parts)})")
    rows = st.lists(st.lists(inner, min_size=1, max_size=2).map(",".join), min_size=1, max_size=2)
    return st.one_of(call, rows.map(lambda rows: "{" + ";".join(rows) + "}"), st.tuples(inner, inner).map(" + ".join))


formula = st.recursive(operand, argument, max_leaves=8).map(lambda text: f"={text}")


@settings(max_examples=200, deadline=None)
@given(formula, st.sampled_from([*COMMA, "en_US"]))
def test_there_and_back_is_the_same_formula(text: str, locale: str) -> None:
    assert to_canonical(from_canonical(text, locale), locale) == text

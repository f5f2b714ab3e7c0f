import pytest

from sheets_agent.formulas.catalogue import functions, lookup, suggest


@pytest.mark.parametrize(
    ("name", "minimum", "maximum"),
    [
        ("sum", 1, None),
        ("IF", 2, 3),
        ("VLOOKUP", 3, 4),
        ("NOW", 0, 0),
        ("LET", 3, None),
        ("SWITCH", 3, None),
        ("SORT", 1, None),
        ("QUERY", 2, 3),
        ("ROUND", 1, 2),
    ],
)
def test_argument_counts(name: str, minimum: int, maximum: int | None) -> None:
    function = lookup(name)
    assert function is not None
    assert (function.minimum, function.maximum) == (minimum, maximum)


def test_what_reaches_outside_is_marked() -> None:
    outside = {name for name, function in functions().items() if function.external}
    assert {"IMPORTRANGE", "IMPORTXML", "IMPORTDATA", "IMPORTHTML", "IMPORTFEED", "IMAGE", "GOOGLEFINANCE"} <= outside
    assert "HYPERLINK" not in outside


def test_misspelt_names_get_suggestions() -> None:
    assert suggest("vlokup")[0] == "VLOOKUP"
    assert suggest("QQQQQQ") == ()
    assert lookup("TEXTSPLIT") is None


def test_arity_in_words() -> None:
    assert functions()["IF"].arity == "between 2 and 3"
    assert functions()["NOT"].arity == "1"
    assert functions()["SUM"].arity == "at least 1"
    assert not functions()["IF"].takes(1)

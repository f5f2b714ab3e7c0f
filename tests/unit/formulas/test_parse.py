import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.formulas.parse import FormulaError, parse
from sheets_agent.formulas.syntax import render, tree


@pytest.mark.parametrize(
    ("text", "said_again"),
    [
        ('= sum ( A1 ; 2 ,, "a;b" )', 'SUM(A1,2,,"a;b")'),
        ("=-2^2%%+1", "-2^2%%+1"),
        ("={A1:A3;B1:B3}", "{A1:A3;B1:B3}"),
        ("={1,2;3,4}", "{1,2;3,4}"),
        ("=LAMBDA(x,x+1)(3)", "LAMBDA(x,x+1)(3)"),
        ("=A1:INDEX(B:B,3)", "A1:INDEX(B:B,3)"),
        ("='It''s'!A1:$B+Лист!2:5+A5:10", "'It''s'!A1:$B+Лист!2:5+A5:10"),
        ('=#REF!+Sheet1!#REF!&"#REF!"', '#REF!+#REF!&"#REF!"'),
        ("=IF(true,,)", "IF(TRUE,,)"),
        ("=Sales[Amount]+Sales[[#ALL],[Amount]]", "Sales[Amount]+Sales[[#ALL],[Amount]]"),
        ("=LOG10(A1)+Q1", "LOG10(A1)+Q1"),
        ('="a""b"&1.5E-3', '"a""b"&1.5E-3'),
        ("=(1+2)*-3", "(1+2)*-3"),
        ("=1=2<>3", "1=2<>3"),
        ("=+-+A1", "+-+A1"),
    ],
)
def test_formulas_of_sheets_are_understood(text: str, said_again: str) -> None:
    assert render(tree(text)) == said_again
    assert render(tree(render(tree(text)))) == said_again


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("=", "The formula is empty."),
        ("=SUM(1", "The formula ends before its “)”."),
        ("=1+", "The formula ends where a value should stand."),
        ("=1 2", "“2” at character 4 is not expected there."),
        ("=)", "“)” at character 2 is not expected there."),
        ('="a', "An unclosed quote at character 2 is not expected there."),
        ("=A0", "“A0” names row 0; rows are counted from 1."),
        ("=A1:A3#", "“#” at character 7 is not expected there."),
        ("=@A1", "“@” at character 2 is not expected there."),
        ("={1,2", "The formula ends before its “}”."),
        ("=SUM(1]", "“]” at character 7 is not expected there."),
        ("=" + "(" * 200 + "1" + ")" * 200, "The formula nests more than 100 levels deep."),
        ("=" + "1+" * 30_000 + "1", "The formula is 60002 characters long; Sheets allows 50000."),
    ],
)
def test_what_is_no_formula_is_refused_with_the_place(text: str, reason: str) -> None:
    with pytest.raises(FormulaError) as refused:
        parse(text)
    assert str(refused.value) == reason


def test_what_a_formula_uses() -> None:
    formula = parse("=IF(SUM('Лист 1'!$B$2:B9)>rate, LET(x, A1, f, LAMBDA(y, y*tax), f(x)), vlookup(1;A:C;3))")
    assert [(call.name, call.argument_count) for call in formula.functions] == [
        ("IF", 3),
        ("SUM", 1),
        ("LET", 5),
        ("LAMBDA", 2),
        ("VLOOKUP", 3),
    ]
    assert [str(reference) for reference in formula.references] == ["'Лист 1'!$B$2:B9", "A1", "A:C"]
    assert [reference.sheet for reference in formula.references] == ["Лист 1", None, None]
    assert formula.names == ("rate", "tax")
    call = formula.functions[1]
    assert formula.text[call.start : call.end] == "SUM('Лист 1'!$B$2:B9)"


def test_a_long_sum_is_no_deeper_than_a_short_one() -> None:
    assert len(parse("=" + "+".join(["A1"] * 10_000)).references) == 10_000


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(list("=A1:$B(),;{}!'\"+-*/^&<>%#@.5e \\[]яTRUE")), max_size=30).map("".join))
def test_any_text_is_either_understood_or_refused(text: str) -> None:
    try:
        root = tree(text)
    except FormulaError:
        return
    assert render(tree(render(root))) == render(root)

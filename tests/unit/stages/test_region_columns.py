"""What is said of the columns of a table: their types, and formulas that repeat."""

import pytest
from region_sheets import table_with

from sheets_agent.formulas.values import ErrorValue


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.0, 2.0, 3.0], "number"),
        (["2024-01-05", "10:30", "2024-01-05 10:30"], "date"),
        (["TRUE", "FALSE", "TRUE"], "boolean"),
        (["yes", "", "no"], "text"),
        ([1.0, "n/a", 3.0], "mixed"),
        ([ErrorValue("N_A"), ErrorValue("REF"), ErrorValue("REF")], "formula error"),
        (["", "", ""], "empty"),
    ],
)
def test_column_types(values: list[str | float | ErrorValue], kind: str) -> None:
    assert table_with(values).columns[1].type == kind


def test_a_repeated_formula_is_told_once() -> None:
    region = table_with([f"=LEN(A{row})*$F$1 → {row}" for row in range(2, 8)])
    assert region.columns[1].formula == "=LEN(A2)*$F$1"
    assert [row[2] for row in region.rows] == ["2 {=LEN(A2)*$F$1}", "3", "4", "5", "6", "7"]


def test_a_total_below_a_repeated_formula_shows_itself() -> None:
    region = table_with([*(f"=C{row}*2 → {row}" for row in range(2, 8)), "=SUM(B2:B7) → 27"])
    assert region.columns[1].formula == "=C2*2"
    assert region.rows[-1][2] == "27 {=SUM(B2:B7)}"


def test_a_count_that_starts_with_a_plain_number() -> None:
    region = table_with([1.0, *(f"=B{row}+1 → {row}" for row in range(2, 9))])
    assert region.columns[1].formula == "=B2+1"
    assert [row[2] for row in region.rows[:3]] == ["1", "2 {=B2+1}", "3"]


def test_formulas_that_differ_are_shown_each() -> None:
    region = table_with(["=C9 → 1", "=D1+2 → 3", "=E7*5 → 5"])
    assert region.columns[1].formula is None
    assert [row[2] for row in region.rows] == ["1 {=C9}", "3 {=D1+2}", "5 {=E7*5}"]


def test_a_single_formula_is_not_repeated() -> None:
    region = table_with(["=C2 → 1", "", ""])
    assert region.columns[1].formula is None

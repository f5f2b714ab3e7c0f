"""How the changes of a trial are told: what is repeated is one line."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.planners.runs import told
from sheets_agent.planners.snapshot import Change
from sheets_agent.sheets.book import Book, SheetInfo


def book(locale: str = "en_US") -> Book:
    return Book("id", "Book", locale, "Etc/UTC", (SheetInfo(0, "Data", 0, 1000, 26),))


def lines(changes: Iterable[Change]) -> list[tuple[str, str, str, str]]:
    return [(one.cell, one.before, one.after, one.result) for one in told(book(), changes)]


def at(row: int, column: int, after: str, shown: str = "", before: str = "") -> Change:
    return Change((0, row, column), before, after, shown)


def test_a_formula_down_a_column_is_one_line_with_some_of_its_results() -> None:
    changes = [at(row, 3, f"=B{row + 1}*2", str(row)) for row in range(1, 10)]
    assert lines(changes) == [("D2:D10", "", "=B2*2", "1; 2; 3; 4 … 9")]


def test_blank_and_equal_results_are_counted() -> None:
    results = ["", "", "66", "", "6.5", "6.5"]
    changes = [at(row, 0, f"=B{row + 1}", shown) for row, shown in enumerate(results)]
    assert lines(changes) == [("A1:A6", "", "=B1", "(empty) × 2; 66; (empty); 6.5 × 2")]


def test_a_formula_over_a_rectangle_is_one_line() -> None:
    names = "ABCDEFGH"
    changes = [at(row, column, f"={names[column + 1]}{row + 1}", "1") for row in range(4) for column in range(3)]
    assert lines(changes) == [("A1:C4", "", "=B1", "1 × 12")]


def test_formulas_written_over_formulas_are_one_line() -> None:
    changes = [at(row, 7, f"=F{row + 1}", "x", before=f'=INDIRECT("A"&G{row + 1})') for row in range(1, 4)]
    assert lines(changes) == [("H2:H4", '=INDIRECT("A"&G2)', "=F2", "x × 3")]


def test_values_that_differed_before_are_told_one_by_one() -> None:
    changes = [at(row, 0, "paid", "paid", before=text) for row, text in enumerate(("new", "late", ""))]
    assert [cell for cell, *_ in lines(changes)] == ["A1", "A2", "A3"]


def test_two_neighbours_are_no_run() -> None:
    assert [cell for cell, *_ in lines([at(0, 0, "x", "x"), at(0, 1, "x", "x")])] == ["A1", "B1"]


def test_formulas_are_told_as_plans_write_them() -> None:
    (change,) = told(book("ru_RU"), [at(0, 5, "=IF(E1>=1,5;D1;0)", "7,5", before="=SUM(A1;B1)")])
    assert (change.before, change.after, change.result) == ("=SUM(A1,B1)", "=IF(E1>=1.5,D1,0)", "7,5")


@settings(max_examples=50)
@given(st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.sampled_from(["a", "b"]), max_size=20))
def test_every_cell_is_told_once(cells: dict[tuple[int, int], str]) -> None:
    found = told(book(), [at(row, column, text, text) for (row, column), text in cells.items()])
    assert sum(one.count for one in found) == len(cells)

"""Sums and counts of arrays that a formula calculates are those of the same values in a range."""

import pytest
from engine_book import Book

ARRAYS = ("HSTACK(A1:F1)", "FILTER(A1:F1,{1,1,1,1,1,1})", "CHOOSECOLS(A1:F1,1,2,3,4,5,6)")
CALLS = """AVERAGE(%) AVERAGEA(%) AVEDEV(%) COUNT(%) COUNTA(%) COUNTBLANK(%) DEVSQ(%) GEOMEAN(%) HARMEAN(%) MAX(%)
MEDIAN(%) MIN(%) NPV(0.1,%) PRODUCT(%) SKEW(%) STDEV(%) STDEVA(%) STDEVPA(%) SUM(%) SUMSQ(%) VAR(%) VARA(%) VARPA(%)
SUMPRODUCT(%,{1,2,3,4,5,6})"""
ROW = {"A1": 3, "B1": 4, "C1": "x", "D1": 5, "E1": True}  # F1 is blank


@pytest.mark.parametrize("call", CALLS.split())
def test_an_array_counts_as_its_range(call: str) -> None:
    book = Book(ROW)
    for row, array in enumerate(("A1:F1", *ARRAYS), 3):
        book.put(f"A{row}", f"={call.replace('%', array)}")
    book.put("A9", f"=BYROW(A1:F1,LAMBDA(r,{call.replace('%', 'r')}))")
    wanted = book.value("A3")
    assert isinstance(wanted, float)
    assert [book.value(f"A{row}") for row in (4, 5, 6, 9)] == pytest.approx([wanted] * 4)


def test_truth_values_count_in_sumproduct() -> None:
    book = Book({**ROW, "H1": "=SUMPRODUCT(A1:F1>3,A1:F1)", "H2": "=SUMPRODUCT({TRUE,FALSE,TRUE},{1,2,3})"})
    assert (book.value("H1"), book.value("H2")) == (10.0, 4.0)


def test_errors_in_braces_stand_for_themselves() -> None:
    book = Book({"A1": "=1/0", "B1": "=COUNT({NA(),2,A1,3})", "B2": "=SUM(IFERROR({A1,5;NA(),6},1))"})
    assert (book.value("B1"), book.value("B2")) == (2.0, 13.0)

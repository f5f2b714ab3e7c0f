"""Leaving out the formulas that the calculation engine fails in."""

import pytest
from engine_book import Book
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.emulator.panics import without_failing


@given(st.lists(st.integers(0, 200), unique=True), st.data())
def test_exactly_those_at_fault_are_left_out(ones, data):
    guilty = set(data.draw(st.lists(st.sampled_from(ones), max_size=5))) if ones else set()
    inside = set(ones)
    found = without_failing(ones, inside.remove, inside.add, lambda: bool(guilty & inside))
    assert set(found) == guilty
    assert inside == set(ones) - guilty


def test_a_failure_of_none_of_them_is_an_error():
    with pytest.raises(RuntimeError, match="not in a few"):
        without_failing([1, 2], lambda one: None, lambda one: None, lambda: True)


class Panicking:
    """A model that fails as long as a formula of it asks for an absolute value."""

    def __init__(self, model):
        self._model = model
        self._bad = set()

    def __getattr__(self, name):
        return getattr(self._model, name)

    def update_cell_with_formula(self, sheet, row, column, text):
        if "IMABS" in text:
            self._bad.add((sheet, row, column))
        self._model.update_cell_with_formula(sheet, row, column, text)

    def clear_cell_contents(self, sheet, row, column):
        self._bad.discard((sheet, row, column))
        self._model.clear_cell_contents(sheet, row, column)

    def evaluate(self):
        if self._bad:
            raise RuntimeError("the calculation engine failed")
        self._model.evaluate()


def test_one_failing_formula_does_not_keep_the_others_from_their_values():
    book = Book({"A1": 1, "A2": "=A1+1", "A3": "=A2+1"})
    assert book.value("A3") == 3.0
    calculator = book.workbook.engine._shared.calculator
    calculator.model.native = Panicking(calculator.model.native)
    book.put("B1", "=IMABS(3)")
    book.put("B2", "=B1+1")
    book.put("A1", 5)
    assert book.value("A3") == 7.0
    assert "engine fails" in book.value("B1").message
    assert str(book.value("B2")) == "#ERROR!"
    book.put("B1", 4)
    assert book.value("B2") == 5.0

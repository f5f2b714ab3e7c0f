"""Least squares: exact data give their coefficients back, others the published statistics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.formulas.values import ErrorValue
from sheets_agent.functions.array import Failure, array, single
from sheets_agent.functions.regression import estimate, predict

WORLD = None
NUMBERS = st.integers(-50, 50).map(float)


@given(NUMBERS, NUMBERS, NUMBERS, st.lists(st.tuples(NUMBERS, NUMBERS), min_size=4, max_size=8, unique=True))
def test_a_plane_is_found_again(a: float, b: float, c: float, points: list[tuple[float, float]]) -> None:
    y = array([a * one + b * two + c] for one, two in points)
    x = array(points)
    fitted = predict("TREND", WORLD, [y, x])
    assert fitted.values == pytest.approx(y.values, abs=1e-6)


def test_statistics_of_a_line() -> None:
    y, x = array([[1.0], [9.0], [5.0], [7.0]]), array([[0.0], [4.0], [2.0], [3.0]])
    assert estimate("LINEST", WORLD, [y, x]).values == pytest.approx([2.0, 1.0])
    rows = estimate("LINEST", WORLD, [array([[2.1, 3.9, 6.2, 7.8, 10.1]]), None, None, single(True)]).rows
    assert rows[0] == pytest.approx((1.99, 0.05))
    assert rows[1] == pytest.approx((0.0597215762, 0.1980740602))
    assert rows[2] == pytest.approx((0.9973053289, 0.1888562063))
    assert rows[3] == pytest.approx((1110.30841121, 3.0))
    assert rows[4] == pytest.approx((39.601, 0.107))


def test_a_superfluous_variable_has_no_slope() -> None:
    found = estimate("LINEST", WORLD, [array([[1.0], [2.0], [4.0]]), array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])])
    assert found.values == pytest.approx([0.0, 1.5, -2 / 3])


def test_growth_and_its_refusals() -> None:
    y, x = array([[2.0, 4.0, 8.0]]), array([[1.0, 2.0, 3.0]])
    assert predict("GROWTH", WORLD, [y, x, array([[4.0], [5.0]])]).values == pytest.approx([16.0, 32.0])
    assert estimate("LOGEST", WORLD, [y, x]).values == pytest.approx([2.0, 1.0])
    for name, known_y, known_x, kind in (
        ("LINEST", [[5.0]], [[3.0]], "N_A"),
        ("LINEST", [["a", 1.0]], [[1.0, 2.0]], "VALUE"),
        ("LINEST", [[True, 1.0]], [[1.0, 2.0]], "VALUE"),
        ("LINEST", [[1.0, ErrorValue("DIVIDE_BY_ZERO", "")]], [[1.0, 2.0]], "DIVIDE_BY_ZERO"),
        ("LOGEST", [[0.0, 1.0]], [[1.0, 2.0]], "NUM"),
        ("TREND", [[1.0, 2.0, 3.0]], [[1.0, 2.0]], "REF"),
    ):
        function = predict if name == "TREND" else estimate
        with pytest.raises(Failure) as caught:
            function(name, WORLD, [array(known_y), array(known_x)])
        assert caught.value.error.type == kind

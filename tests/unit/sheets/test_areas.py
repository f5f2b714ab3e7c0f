from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.a1 import GridRange
from sheets_agent.sheets.areas import RANGES_IN_A_CALL, bands, in_calls, missing

boxes = st.builds(
    lambda sheet, top, height, left, width: GridRange(sheet, top, top + height, left, left + width),
    st.integers(0, 1), st.integers(0, 6), st.integers(1, 6), st.integers(0, 6), st.integers(1, 6),
)  # fmt: skip


def members(areas):
    return [
        (area.sheet_id, row, column)
        for area in areas
        for row in range(area.start_row, area.end_row)
        for column in range(area.start_column, area.end_column)
    ]


@given(st.lists(boxes, max_size=4), st.lists(boxes, max_size=4))
def test_missing_is_every_wanted_cell_that_is_not_covered_once(wanted, covered):
    left = members(missing(wanted, covered))
    assert sorted(left) == sorted(set(members(wanted)) - set(members(covered)))


@given(st.lists(boxes, max_size=5), st.integers(1, 40))
def test_calls_hold_all_cells_and_stay_small(areas, most):
    calls = list(in_calls(areas, most))
    assert members(area for call in calls for area in call) == members(areas)
    widest = max((area.columns for area in areas), default=0)
    assert all(sum(area.cells for area in call) <= max(most, widest) for call in calls)


def test_a_row_wider_than_a_call_is_one_band():
    assert [band.rows for band in bands(GridRange(0, 0, 3, 0, 100), 10)] == [1, 1, 1]


def test_many_small_ranges_are_spread_over_calls():
    areas = [GridRange(0, row, row + 1, 0, 1) for row in range(RANGES_IN_A_CALL + 1)]
    assert [len(call) for call in in_calls(areas, 10_000)] == [RANGES_IN_A_CALL, 1]

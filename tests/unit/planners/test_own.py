from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.a1 import GridRange
from sheets_agent.planners.own import cells_in, own_after, ranges_of
from sheets_agent.planners.snapshot import Change, Key
from sheets_agent.sheets.book import Book

GRID = {"rowCount": 9, "columnCount": 9}
BOOK = Book.from_api(
    {
        "spreadsheetId": "x",
        "sheets": [
            {"properties": {"sheetId": number, "title": title, "gridProperties": GRID}}
            for number, title in ((1, "One"), (2, "Two"))
        ],
    }
)
KEYS = st.frozensets(st.tuples(st.sampled_from([1, 2]), st.integers(0, 8), st.integers(0, 8)))
OWN: frozenset[Key] = frozenset({(1, 0, 0), (1, 4, 4), (2, 0, 0)})
WHERE = GridRange(1, 4, 5, 4, 6)


@given(KEYS)
def test_ranges_hold_just_the_cells(keys: frozenset[Key]) -> None:
    assert cells_in([BOOK.a1(area) for area in ranges_of(keys)], BOOK) == keys


def test_a_block_is_one_range() -> None:
    assert ranges_of((1, row, column) for row in range(3) for column in range(4)) == [GridRange(1, 0, 3, 0, 4)]


def test_what_is_filled_becomes_own() -> None:
    changed = [Change((1, 4, 5), "theirs", "ours"), Change((1, 7, 7), "", "spilt"), Change((1, 8, 8), "theirs", "x")]
    after = own_after(OWN, [{"updateCells": {}}], changed, [WHERE], BOOK)
    assert after - OWN == {(1, 4, 5), (1, 7, 7)}


def test_what_is_replaced_sorted_or_shifted_does_not_stay_own() -> None:
    changed = [Change((1, 4, 4), "ours", "theirs")]
    for kind in ("findReplace", "sortRange", "textToColumns", "cutPaste"):
        assert own_after(OWN, [{kind: {}}], changed, [WHERE], BOOK) == OWN - {(1, 4, 4)}
    insert = {"insertDimension": {"range": {"sheetId": 1, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}}}
    assert own_after(OWN, [insert], [], [], BOOK) == {(2, 0, 0)}


def test_a_range_that_is_gone_is_nobodys() -> None:
    assert cells_in(["Three!A1", "One!A1:B1"], BOOK) == {(1, 0, 0), (1, 0, 1)}

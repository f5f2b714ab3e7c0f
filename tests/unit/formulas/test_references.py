import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.a1 import A1Range
from sheets_agent.formulas.changed_references import (
    Deleted,
    DimensionMoved,
    Inserted,
    Moved,
    Removed,
    SheetDeleted,
    SheetRenamed,
    adjust,
    relocate,
    shift,
)
from sheets_agent.formulas.references import references
from sheets_agent.formulas.tokens import tokens

corner = st.builds(
    lambda column_dollar, column, row_dollar, row: f"{column_dollar}{column}{row_dollar}{row}",
    st.sampled_from(["", "$"]),
    st.sampled_from(["A", "b", "C", "Z", "AA", "XY"]),
    st.sampled_from(["", "$"]),
    st.integers(1, 500),
)
prefix = st.sampled_from(["", "Data!", "'Лист 1'!", "'It''s'!", "Лист2!", "'P1'!"])
reference = st.one_of(
    st.builds("{}{}".format, prefix, corner),
    st.builds("{}{}:{}".format, prefix, corner, corner),
    st.builds("{}{}:$D".format, prefix, corner),
    st.sampled_from(["A:C", "$B:$B", "2:5", "Data!A5:10", "$3:7"]),
)
piece = st.one_of(
    reference,
    st.sampled_from(
        ['"A1 ""quoted"" B2"', "LOG10(9)", "1.5e3", "rate_A1", " + ", "&", "(", ")", ",", ";", "{", "}", "#N/A"]
    ),
)
formula = st.lists(piece, min_size=1, max_size=8).map(lambda pieces: "=" + " ".join(pieces))
typical = settings(max_examples=150, deadline=None)


@typical
@given(st.text(max_size=40))
def test_tokens_lose_nothing(text: str) -> None:
    assert "".join(token.text for token in tokens(text)) == text


@typical
@given(formula, st.integers(0, 50), st.integers(0, 50))
def test_a_copy_and_back_is_the_same_formula(text: str, rows: int, columns: int) -> None:
    there = shift(text, rows, columns)
    assert shift(there, -rows, -columns).upper() == text.upper()


@typical
@given(formula, st.sampled_from(["ROWS", "COLUMNS"]), st.integers(0, 60), st.integers(1, 20))
def test_inserting_and_deleting_again_changes_nothing(text: str, dimension: str, index: int, count: int) -> None:
    inserted = adjust(text, "Лист 1", Inserted("Лист 1", dimension, index, count))
    assert adjust(inserted, "Лист 1", Deleted("Лист 1", dimension, index, index + count)).upper() == text.upper()


@typical
@given(formula, st.integers(0, 30), st.integers(1, 10), st.integers(0, 60))
def test_moving_a_single_row_block_and_back_keeps_single_cells(text: str, start: int, count: int, to: int) -> None:
    cells = [one for one in references(text) if one.single and one.sheet == "Data"]
    for cell in cells:
        formula = f"={cell}"
        end = start + count
        there = adjust(formula, "Other", DimensionMoved("Data", "ROWS", start, end, to))
        if start <= to <= end:
            assert there == formula
            continue
        now = to if to < start else to - count
        back = adjust(there, "Other", DimensionMoved("Data", "ROWS", now, now + count, start if to > start else end))
        assert back.upper() == formula.upper()


@pytest.mark.parametrize(
    ("text", "rows", "columns", "expected"),
    [
        ("=A1", 1, 1, "=B2"),
        ("=$A1+A$1+$A$1", 2, 2, "=$A3+C$1+$A$1"),
        ('=SUM( a1:B$2 , "A1" )', 1, 0, '=SUM( A2:B$2 , "A1" )'),
        ("=A2:A", 1, 1, "=B3:B"),
        ("=A:A*2:3", 1, 1, "=B:B*3:4"),
        ("=A1", -1, 0, "=#REF!"),
        ("='Лист 1'!A1", 0, -1, "=#REF!"),
        ("=LOG10(A1)", 1, 0, "=LOG10(A2)"),
        ("='P1'!Q4", 1, 0, "='P1'!Q5"),
        ("=ZZZ1", 0, 1, "=#REF!"),
    ],
)
def test_relative_copies(text: str, rows: int, columns: int, expected: str) -> None:
    assert shift(text, rows, columns) == expected


ROWS_GONE = Deleted("S", "ROWS", 2, 4)  # rows 3 and 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=A2", "=A2"),
        ("=A3", "=#REF!"),
        ("=A5", "=A3"),
        ("=A3:A4", "=#REF!"),
        ("=A1:A10", "=A1:A8"),
        ("=A4:A6", "=A3:A4"),
        ("=A1:A3", "=A1:A2"),
        ("=A3:A", "=A3:A"),
        ("=B6:A1", "=B4:A1"),
        ("=Other!A3", "=Other!A3"),
        ("=s!A3+1", "=#REF!+1"),
        ("=3:4", "=#REF!"),
        ("=A:A", "=A:A"),
    ],
)
def test_deleting_rows(text: str, expected: str) -> None:
    assert adjust(text, "S", ROWS_GONE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=A2", "=A2"),
        ("=A3", "=A5"),
        ("=A1:A2", "=A1:A2"),
        ("=A1:A3", "=A1:A5"),
        ("=A3:A", "=A5:A"),
        ("=$A$3", "=$A$5"),
    ],
)
def test_inserting_rows(text: str, expected: str) -> None:
    assert adjust(text, "S", Inserted("S", "ROWS", 2, 2)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("=A1", "=A3"), ("=A2", "=A1"), ("=A3", "=A2"), ("=A4", "=A4"), ("=A1:A10", "=A1:A10")],
)
def test_moving_the_first_row_below_the_third(text: str, expected: str) -> None:
    assert adjust(text, "S", DimensionMoved("S", "ROWS", 0, 1, 3)) == expected


def test_cut_and_paste_carries_what_lies_wholly_inside() -> None:
    change = Moved(A1Range("S", 0, 2, 0, 2), "S", 5, 1)
    assert adjust("=A1+$B$2+A1:B2+A1:C2", "S", change) == "=B6+$C$7+B6:C7+A1:C2"


def test_cut_and_paste_to_another_sheet() -> None:
    change = Moved(A1Range("S", 0, 2, 0, 2), "Лист 2", 0, 0)
    assert adjust("=A1+C1", "S", change) == "='Лист 2'!A1+C1"
    assert adjust("=S!A1", "Лист 2", change) == "=A1"
    assert adjust(relocate("=A1+C1", "S", "Лист 2"), "Лист 2", change) == "=A1+'S'!C1"


def test_cells_removed_and_sheets_renamed_or_deleted() -> None:
    assert adjust("=A1+B9", "S", Removed(A1Range("S", 0, 2, 0, 2))) == "=#REF!+B9"
    assert adjust("=Old!A1&'old'!B:B&Older!A1&\"Old!A1\"", "S", SheetRenamed("Old", "It's")) == (
        "='It''s'!A1&'It''s'!B:B&Older!A1&\"Old!A1\""
    )
    assert adjust("=Old!A1+A1", "S", SheetDeleted("Old")) == "=#REF!+A1"


def test_references_know_their_sheet_and_bounds() -> None:
    one, two = references("='It''s'!$B2:C + A1")
    assert (one.sheet, one.area) == ("It's", A1Range("It's", 1, None, 1, 3))
    assert one.first.column_absolute
    assert not one.first.row_absolute
    assert two.single

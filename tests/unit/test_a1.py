import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sheets_agent.a1 import (
    MAX_COLUMNS,
    MAX_ROWS,
    A1Range,
    GridRange,
    cell_name,
    column_index,
    column_letters,
    parse_a1,
    parse_cells,
    quote_title,
    split_sheet,
)
from sheets_agent.errors import UsageError

columns = st.integers(0, MAX_COLUMNS - 1)
rows = st.integers(0, MAX_ROWS - 1)
titles = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12).filter(
    lambda text: text == text.strip()
)


@st.composite
def bounds(draw: st.DrawFn, largest: int) -> tuple[int | None, int | None]:
    one, two = sorted((draw(st.integers(0, largest)), draw(st.integers(0, largest))))
    if draw(st.booleans()):
        return one, two + 1
    return draw(st.sampled_from([None, one])), draw(st.sampled_from([None, two + 1]))


@st.composite
def ranges(draw: st.DrawFn) -> A1Range:
    top, bottom = draw(bounds(MAX_ROWS - 1))
    left, right = draw(bounds(MAX_COLUMNS - 1))
    return A1Range(draw(st.none() | titles), top, bottom, left, right)


def cells_of(area: A1Range) -> tuple[int, int, int, int]:
    """What a range covers, on the largest sheet there can be."""
    last_row = MAX_ROWS if area.end_row is None else area.end_row
    last_column = MAX_COLUMNS if area.end_column is None else area.end_column
    return area.start_row or 0, last_row, area.start_column or 0, last_column


# -------------------------------------------------------------------------------------------------- letters


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_letters_of_known_columns(index, letters):
    assert column_letters(index) == letters
    assert column_index(letters) == index
    assert column_index(letters.lower()) == index


@given(columns)
def test_letters_and_index_are_inverse(index):
    assert column_index(column_letters(index)) == index


def test_the_widest_column_is_zzz():
    assert column_letters(MAX_COLUMNS - 1) == "ZZZ"


def test_a_negative_column_is_a_bug():
    with pytest.raises(ValueError, match="negative"):
        column_letters(-1)


@pytest.mark.parametrize("text", ["", "1", "A1", "ABCD", "Я", "Å", "A "])
def test_what_is_not_a_column_is_refused(text):
    with pytest.raises(UsageError):
        column_index(text)


# -------------------------------------------------------------------------------------------------- parsing cells


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1", (0, 1, 0, 1)),
        ("a1", (0, 1, 0, 1)),
        ("$B$3", (2, 3, 1, 2)),
        ("A1:B2", (0, 2, 0, 2)),
        ("D4:A1", (0, 4, 0, 4)),
        ("D1:A4", (0, 4, 0, 4)),
        ("A1:A1", (0, 1, 0, 1)),
        ("A:C", (None, None, 0, 3)),
        ("C:A", (None, None, 0, 3)),
        ("$A:$C", (None, None, 0, 3)),
        ("A:A", (None, None, 0, 1)),
        ("2:5", (1, 5, None, None)),
        ("$2:$5", (1, 5, None, None)),
        ("A2:C", (1, None, 0, 3)),
        ("C:A2", (1, None, 0, 3)),
        ("A2:2", (1, 2, 0, None)),
        ("C2:5", (1, 5, 2, None)),
        ("ZZZ10000000", (MAX_ROWS - 1, MAX_ROWS, MAX_COLUMNS - 1, MAX_COLUMNS)),
    ],
)
def test_notations(text, expected):
    area = parse_cells(text)
    assert (area.start_row, area.end_row, area.start_column, area.end_column) == expected


@pytest.mark.parametrize(
    "text",
    ["", "A", "5", ":", "A:", ":A", "A1:", "A0", "A0:B2", "AAAA1", "A1:B2:C3", "$", "$$1", "A$", "1A", "A-1", "A1;B2",
     "А1", "A1:5:", "A:5", "5:A", "A99999999", "R1C1", "=A1", "A1 B2", "#REF!"],
)  # fmt: skip
def test_what_is_not_a1_is_refused_with_an_example(text):
    with pytest.raises(UsageError) as caught:
        parse_cells(text)
    assert caught.value.hint


# -------------------------------------------------------------------------------------------------- titles


@pytest.mark.parametrize("title", ["Sheet1", "Data", "sales_2024", "_x", "TestImportSpreadsheet", "wksht_test"])
def test_plain_titles_stay_bare(title):
    assert quote_title(title) == title


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("D3", "'D3'"),
        ("P1", "'P1'"),
        ("abc123", "'abc123'"),
        ("R1C1", "'R1C1'"),
        ("RC", "'RC'"),
        ("ABC", "'ABC'"),
        ("TRUE", "'TRUE'"),
        ("2024", "'2024'"),
        ("My sheet", "'My sheet'"),
        ("Bob's", "'Bob''s'"),
        ("a!b", "'a!b'"),
        ("Лист1", "'Лист1'"),
        ("😀", "'😀'"),
        ("'", "''''"),
    ],
)
def test_titles_that_need_quotes(title, quoted):
    assert quote_title(title) == quoted


@given(titles)
def test_a_quoted_title_comes_back(title):
    assert split_sheet(f"{quote_title(title)}!A1") == (title, "A1")


@given(titles)
def test_a_title_alone_is_a_whole_sheet_when_quoted(title):
    quoted = quote_title(title)
    assume(quoted.startswith("'"))
    assert parse_a1(quoted) == A1Range(title)


@pytest.mark.parametrize("text", ["'Sheet!A1", "'a'b'!A1", "''!A1", "'", "!A1", " !A1"])
def test_broken_quotes_and_missing_titles_are_refused(text):
    with pytest.raises(UsageError):
        parse_a1(text)


def test_only_the_last_bang_counts_in_a_bare_title():
    assert split_sheet("a!b!C3") == ("a!b", "C3")


def test_an_empty_range_is_refused():
    with pytest.raises(UsageError, match="empty"):
        parse_a1("  ")


# -------------------------------------------------------------------------------------------------- writing ranges


@pytest.mark.parametrize(
    ("area", "text"),
    [
        (A1Range(None, 0, 1, 0, 1), "A1"),
        (A1Range("Sheet1", 0, 2, 0, 2), "Sheet1!A1:B2"),
        (A1Range("Мой лист", None, None, 0, 1), "'Мой лист'!A:A"),
        (A1Range(None, 0, None, 0, 3), "A:C"),
        (A1Range(None, 1, None, 0, 3), "A2:C"),
        (A1Range(None, 1, None, None, 3), "A2:C"),
        (A1Range(None, 1, 5, None, None), "2:5"),
        (A1Range(None, None, 5, None, None), "1:5"),
        (A1Range(None, None, 5, 2, None), "C1:5"),
        (A1Range(None, None, 5, None, 3), "A1:C5"),
        (A1Range(None, 2, None, None, None), "A3:ZZZ"),
        (A1Range(None, None, None, 2, None), "C:ZZZ"),
        (A1Range("P1"), "'P1'"),
        (A1Range(None), ""),
    ],
)
def test_ranges_as_text(area, text):
    assert str(area) == text


@given(ranges())
@settings(max_examples=300)
def test_a_range_reads_back_as_the_same_cells(area):
    text = str(area)
    assume(text)  # no sheet and no bounds: there is nothing to write
    assume(area.sheet is None or "!" in text or text.startswith("'"))  # a bare title alone reads as cells
    back = parse_a1(text)
    assert back.sheet == area.sheet
    assert cells_of(back) == cells_of(area)


@given(rows, columns)
def test_a_cell_reads_back(row, column):
    assert parse_cells(cell_name(row, column)) == A1Range(None, row, row + 1, column, column + 1)


a1_letters = st.text(st.sampled_from("AZaz019$:!' \"[]RC.,;=#²ЯÅ\n\t-+"), max_size=14) | st.text(max_size=8)


@given(a1_letters)
@settings(max_examples=500)
def test_whatever_is_given_is_a_range_or_refused(text):
    try:
        area = parse_a1(text)
    except UsageError:
        return
    assert area.start_row is None or 0 <= area.start_row < MAX_ROWS
    assert area.end_row is None or (area.start_row or 0) < area.end_row <= MAX_ROWS
    assert area.start_column is None or 0 <= area.start_column < MAX_COLUMNS
    assert area.end_column is None or (area.start_column or 0) < area.end_column <= MAX_COLUMNS
    if area.sheet is not None:
        assert parse_a1(str(area)).sheet == area.sheet
        assert cells_of(parse_a1(str(area))) == cells_of(area)


# -------------------------------------------------------------------------------------------------- grid ranges


@given(ranges())
def test_a_grid_range_survives_the_wire(area):
    grid = area.grid_range(7)
    assert GridRange.from_api(grid.to_api()) == grid


def test_an_absent_sheet_id_is_the_first_sheet():
    assert GridRange.from_api({"startRowIndex": 1}) == GridRange(0, 1)


def test_clipping_bounds_an_open_range():
    assert GridRange(0, 1, None, None, 3).clipped(10, 26) == GridRange(0, 1, 10, 0, 3)


def test_a_range_beyond_the_grid_clips_to_nothing():
    assert GridRange(0, 50, 60, 0, 1).clipped(10, 26).cells == 0


def test_sizes_of_open_ranges_are_not_known():
    with pytest.raises(ValueError, match="clip"):
        _ = GridRange(0, 1).rows
    with pytest.raises(ValueError, match="clip"):
        _ = GridRange(0, 1).columns
    assert not GridRange(0, 1).bounded
    assert GridRange(0, 1, 2, 3, 4).bounded


small = st.builds(
    lambda top, height, left, width: GridRange(0, top, top + height, left, left + width),
    st.integers(0, 6), st.integers(1, 5), st.integers(0, 6), st.integers(1, 5),
)  # fmt: skip


def members(area: GridRange) -> set[tuple[int, int]]:
    return {
        (row, column)
        for row in range(area.start_row or 0, area.end_row or 0)
        for column in range(area.start_column or 0, area.end_column or 0)
    }


@given(small, small)
def test_intersection_and_containment_agree_with_sets_of_cells(one, two):
    common = one.intersection(two)
    assert (members(common) if common else set()) == members(one) & members(two)
    assert one.contains(two) == (members(two) <= members(one))


def test_ranges_of_different_sheets_have_nothing_in_common():
    assert GridRange(0).intersection(GridRange(1)) is None
    assert not GridRange(0).contains(GridRange(1))


def test_an_open_range_contains_and_meets_what_lies_in_it():
    assert GridRange(0, 1).contains(GridRange(0, 5, 6, 0, 1))
    assert not GridRange(0, 1, 9).contains(GridRange(0, 5))
    assert GridRange(0, 1).intersection(GridRange(0, 0, 3, 2, None)) == GridRange(0, 1, 3, 2, None)

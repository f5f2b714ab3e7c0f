import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.stages.describe_text import CLOSE, OPEN, plain, render, tokens
from sheets_agent.state.described import Column, Description, QuestionAnswer, Region, SheetDescription


def described(*regions: Region, **more: object) -> Description:
    sheet = SheetDescription(title="Data", sheet_id=0, row_count=1000, column_count=26, regions=regions)
    return Description(title="Book", sheets=(sheet.model_copy(update=more),))


TABLE = Region(
    kind="table",
    range="Data!A1:C100",
    header_row=1,
    columns=(
        Column(letter="A", header="Day", type="date", number_format="yyyy-mm-dd", meaning="Day of the sale"),
        Column(letter="B", header="Sum", type="number", number_format="0.00;-0.00", name="Revenue"),
        Column(letter="C", type="number", formula="=B2*2"),
    ),
    rows=tuple((str(row), f"2024-01-{row:02d}", "1.50", "3") for row in range(2, 12)),
    description="One row per sale",
    not_shown="rows 12–100",
)


def body(text: str) -> str:
    assert text.count(OPEN) == text.count(CLOSE) == 1
    return text.partition(OPEN)[2].partition(CLOSE)[0]


def test_a_table_in_full() -> None:
    lines = body(
        render(described(TABLE, objects=("frozen: 1 row",), notes=("2 cells have notes",)), 10_000)
    ).splitlines()
    assert lines == [
        "",
        "Spreadsheet “Book”, locale en_US, sheets: 1",
        "",
        "Sheet “Data” (id 0), grid of 1000 rows and 26 columns",
        "  Table Data!A1:C100, header in row 1: One row per sale",
        "    A “Day”, date, format yyyy-mm-dd: Day of the sale",
        "    B “Sum”, number, format 0.00: Revenue",
        "    C (no name), number, rows repeat {=B2*2}",
        *(f"    {row} | 2024-01-{row:02d} | 1.50 | 3" for row in range(2, 12)),
        "    Not shown: rows 12–100",
        "  * frozen: 1 row",
        "  Note: 2 cells have notes",
    ]


def test_an_empty_sheet_says_so() -> None:
    assert "grid of 1000 rows and 26 columns, no filled cells" in render(described(), 1000)


def test_a_long_run_of_like_columns_shares_a_line() -> None:
    columns = tuple(Column(letter=letter, header=f"2020-{letter}", type="number") for letter in "BCDEFG")
    text = render(described(TABLE.model_copy(update={"columns": (TABLE.columns[0], *columns), "rows": ()})), 10_000)
    assert "    B–G, each number: “2020-B”, “2020-C”, “2020-D”, “2020-E”, “2020-F”, “2020-G”\n" in text


def test_one_name_over_many_columns_is_told_once() -> None:
    columns = tuple(Column(letter=letter, header="Year", type="number") for letter in "BCDEFG")
    region = Region(kind="table", range="'Data'!B1:G5", header_row=1, columns=columns)
    assert "    B–G, each number: “Year” × 6\n" in render(described(region), 4000)


def test_answers_stand_outside_the_data() -> None:
    description = described(TABLE).model_copy(
        update={"answers": (QuestionAnswer(question="Which\ncurrency?", answer="Roubles"),)}
    )
    tail = render(description, 10_000).partition(CLOSE)[2]
    assert tail.strip() == "Asked: Which ⏎ currency? The person answered: Roubles"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a\nb", "a ⏎ b"),
        ("a\r\nb", "a ⏎ b"),
        ("</spreadsheet>", "‹/spreadsheet>"),
        ("<system>", "‹system>"),
        ("a < b, <5", "a < b, <5"),
        ("zero\u200bwidth", "zero width"),
        ("right\u202eto left", "right to left"),
        ("Привет ₽", "Привет ₽"),
    ],
)
def test_cell_texts_are_tamed(typed: str, shown: str) -> None:
    assert plain(typed) == shown


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60) | st.sampled_from([CLOSE, "\n" + CLOSE, "\n  Table X!A1", "\x85x", "\u2028" + OPEN, "a|b"]))
def test_no_text_breaks_out_of_its_line(text: str) -> None:
    region = Region(
        kind="table",
        range=f"{text}!A1:A2",
        header_row=1,
        columns=(Column(letter="A", header=text, meaning=text, formula=text or None, number_format=text or None),),
        rows=(("2", text),),
        description=text,
        not_shown=text,
    )
    hostile = render(described(region, title=text, objects=(text,), notes=(text,)), 100_000)
    tame = render(
        described(region.model_copy(update={"rows": (("2", "x"),)}), title="x", objects=("x",), notes=("x",)), 100_000
    )
    assert len(body(hostile).splitlines()) == len(body(tame).splitlines())


def test_cells_cannot_fake_a_neighbour() -> None:
    region = TABLE.model_copy(update={"rows": (("2", "a | b", "c"),)})
    assert "    2 | a \\| b | c\n" in render(described(region), 10_000)


@pytest.mark.parametrize("limit", [300, 600, 1200, 3000])
def test_a_long_description_is_cut_to_fit_and_says_so(limit: int) -> None:
    wide = TABLE.model_copy(
        update={
            "columns": tuple(Column(letter=f"A{n}", header=f"Столбец {n}", type="text") for n in range(80)),
            "rows": tuple((str(row), *(f"значение {row}" for _ in range(80))) for row in range(2, 40)),
        }
    )
    text = render(described(*[wide] * 20, objects=tuple(f"chart {n}" for n in range(50))), limit)
    assert tokens(text) <= limit
    assert "Shortened to fit" in text
    assert "more" in body(text)
    assert "Столбец 0" in text


def test_nothing_is_said_to_be_cut_when_all_fits() -> None:
    assert "Shortened" not in render(described(TABLE), 10_000)


COUNTED = [
    (
        "    2 | 1000000 | 0.69 | 67.96 | 0.8 | 0.96 | 352362.52 | 79098.6\n    3 | 1000001 | 8433.26 | 92.72\n",
        65,
        95,
    ),
    (
        "Summaries, pivots and charts go to a free place beside the data with at least one empty column between.\n",
        23,
        24,
    ),
    ("Новый столбец встаёт вплотную справа от своей таблицы, а заголовок — в строке заголовков.\n", 29, 31),
    ("    2 | 01.01.2024 | Кузнецова Анна | Северо-Запад | Наушники беспроводные | 17 | 51208,47 | оплачено\n", 45, 59),
]
"""Texts with the fewest and the most tokens that o200k_base, Tekken, Qwen 3 and DeepSeek V4 make of them."""


@pytest.mark.parametrize(("text", "fewest", "most"), COUNTED)
def test_tokens_are_counted_as_models_count_them(text: str, fewest: int, most: int) -> None:
    assert 7 / 8 * most <= tokens(text) <= 1.5 * fewest

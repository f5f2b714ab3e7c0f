import gc
import threading
from typing import Any

import pytest
from engine_book import Book
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.workbook import Cell, Workbook
from sheets_agent.formulas.values import ErrorValue


def test_a_change_is_seen_by_what_refers_to_it() -> None:
    book = Book({"A1": 1, "B1": "=A1*2", "C1": "=B1+1"})
    assert book.value("C1") == 3.0
    book.put("A1", 5)
    assert book.value("C1") == 11.0
    book.put("B1", None)
    assert book.value("B1") is None
    assert book.value("C1") == 1.0


@pytest.mark.parametrize("text", ["=1+1", "12", "TRUE", "#REF!", "1/2/2024", "'x"])
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    book = Book({"B1": '=A1&"|"', "C1": "=ISTEXT(A1)"})
    book.workbook.set_cell(book.workbook.sheets[0], 0, 0, Cell(value=text))
    assert book.value("A1") == text
    assert book.value("B1") == text + "|"
    assert book.value("C1") is True


def test_a_number_a_text_and_a_boolean_that_compare_alike_are_told_apart() -> None:
    book = Book({"A1": True, "B1": "=A1", "C1": "=ISLOGICAL(A1)"})
    assert book.value("B1") is True
    book.put("A1", 1.0)
    assert book.value("C1") is False


ERRORS = [
    ("=1/0", "DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero."),
    ("=MOD(1,0)", "DIVIDE_BY_ZERO", "Function MOD parameter 2 cannot be zero."),
    ("=AVERAGE(Z1:Z2)", "DIVIDE_BY_ZERO", "Evaluation of function AVERAGE caused a divide by zero error."),
    ("=FOO(1)", "NAME", "Unknown function: 'FOO'."),
    ('=TEXTSPLIT("a b"," ")', "NAME", "Unknown function: 'TEXTSPLIT'."),
    ("=FOO(1)+BAR()", "NAME", "Unknown function: 'FOO'."),
    ("=rate*2", "NAME", "Unknown range name: 'rate'."),
    ("=SUM(A1", "ERROR", "Formula parse error."),
    ("=1 2", "ERROR", "Formula parse error."),
    ("=@A1:A3", "ERROR", "Formula parse error."),
    ("=" + "(" * 5000 + "1" + ")" * 5000, "ERROR", "Formula parse error."),
    ("=" + "-" * 49_000 + "1/0", "DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero."),
    ("=IF(1)", "N_A", "Wrong number of arguments to IF. Expected between 2 and 3 arguments, but got 1 arguments."),
    ("=NOW(1)", "N_A", "Wrong number of arguments to NOW. Expected 0 arguments, but got 1 arguments."),
    ("=D1", "REF", "Circular dependency detected. To resolve with iterative calculation, see File > Settings."),
    ("=Nope!A1", "REF", "Unresolved sheet name 'Nope'."),
    ("=A101", "REF", "Reference does not exist."),
    ("=AA1", "REF", "Reference does not exist."),
    ("=#REF!+1", "REF", "Reference does not exist."),
    ("=VLOOKUP(1,A1:B2,2,FALSE)", "N_A", "Did not find the value in VLOOKUP evaluation."),
    ("=SQRT(-1)", "NUM", "A number in the formula is out of the range that can be calculated."),
    ('=GETPIVOTDATA("A",A1:B2)', "REF", "Function GETPIVOTDATA found no such value in a pivot table."),
]


@pytest.mark.parametrize(("formula", "kind", "message"), ERRORS, ids=[formula[:40] for formula, *_ in ERRORS])
def test_errors_have_the_type_and_the_words_of_sheets(formula: str, kind: str, message: str) -> None:
    assert Book({"D1": formula}).value("D1") == ErrorValue(kind, message)


def test_a_long_sum_and_a_long_chain_are_calculated() -> None:
    book = Book({"A1": 1, "B1": "=" + "+".join(["A1"] * 10_000)}, rows=30_000)
    sheet = book.workbook.sheets[0]
    rows = {row: {2: Cell(formula=f"=C{row}+1")} for row in range(1, 30_000)}
    book.workbook.replace_rows(sheet, {**sheet.rows, **rows})
    assert book.value("B1") == 10_000.0
    assert book.workbook.value(sheet, 29_999, 2) == 29_999.0


def test_a_spill_shows_and_gives_way() -> None:
    book = Book({"A1": "=SEQUENCE(3)", "C1": "=SUM(A1:A3)"})
    assert book.rectangle("A1:A4") == [[1.0], [2.0], [3.0], [None]]
    assert book.value("C1") == 6.0
    book.put("A3", "x")
    message = "Array result was not expanded because it would overwrite data in A3."
    assert book.value("A1") == ErrorValue("REF", message)
    assert book.rectangle("A2:A4") == [[None], ["x"], [None]]
    book.put("A3", None)
    assert book.rectangle("A1:A4") == [[1.0], [2.0], [3.0], [None]]


@pytest.mark.parametrize("instead", ["=SEQUENCE(2)", 7, "text", "=5", None, True])
def test_a_spill_leaves_nothing_behind(instead: Any) -> None:
    book = Book({"A1": "=SEQUENCE(4)"})
    assert book.value("A4") == 4.0
    book.put("A1", instead)
    assert book.rectangle("A3:A4") == [[None], [None]]


def test_a_result_that_needs_more_grid_is_refused() -> None:
    book = Book({"A1": "=SEQUENCE(120)", "C1": "=COUNT(A2:A)"})
    assert book.value("A1") == ErrorValue("REF", "Result was not automatically expanded, please insert more rows (20).")
    assert book.value("A2") is None
    assert book.value("C1") == 0.0
    book.workbook.sheets[0].properties = {
        **book.workbook.sheets[0].properties,
        "gridProperties": {"rowCount": 120, "columnCount": 26},
    }
    book.workbook.restructured()
    assert book.value("A120") == 120.0
    assert book.value("C1") == 119.0


def test_the_extent_counts_spills_and_ignores_formats() -> None:
    book = Book({"B2": "=SEQUENCE(3,2)"})
    book.workbook.set_cell(book.workbook.sheets[0], 50, 20, Cell(format={"bold": True}))
    assert book.workbook.extent(book.workbook.sheets[0]) == (4, 3)
    assert Book().workbook.extent(Book().workbook.sheets[0]) == (0, 0)


def test_a_reference_to_a_blank_cell_is_blank() -> None:
    book = Book({"B1": "=A1", "C1": "=B1", "D1": "=COUNT(B1:C1)", "E1": "=C1*2", "F1": '=C1=""'})
    assert [book.value(place) for place in ("B1", "C1", "D1", "E1", "F1")] == [None, None, 0.0, 0.0, True]
    book.put("A1", 3)
    assert [book.value(place) for place in ("B1", "C1", "D1", "E1", "F1")] == [3.0, 3.0, 2.0, 6.0, False]
    book.put("A1", 0)
    assert book.value("C1") == 0.0


@pytest.mark.parametrize(
    "formula",
    [
        '=VLOOKUP("b",A1:B3,2,FALSE)',
        '=XLOOKUP("b",A1:A3,B1:B3)',
        "=INDEX(B1:B3,2)",
        "=IF(TRUE,B2,1)",
        "=IF(FALSE,1,)",
        "=IFERROR(1/0)",
        '=INDIRECT("B2")',
        "=LET(x,B2,x)",
        '=FILTER(B1:B3,A1:A3="b")',
    ],
)
def test_a_blank_cell_that_was_looked_up_is_blank(formula: str) -> None:
    book = Book({"A1": "a", "B1": 1, "A2": "b", "A3": "c", "B3": 0})
    for place, content in {"D1": formula, "E1": "=D1+1", "F1": '=D1=""', "G1": "=COUNTA(D1)"}.items():
        book.put(place, content)
    assert [book.value(place) for place in ("D1", "E1", "F1", "G1")] == [None, 1.0, True, 0.0]
    book.put("B2", 7)
    if "B" in formula:
        assert book.value("D1") == 7.0
        assert book.value("E1") == 8.0


def test_what_depends_on_an_unknown_value_is_unknown_too() -> None:
    book = Book(
        {
            "F1": '=IMPORTRANGE("x","A1:A3")',
            "F8": "end",
            "A1": "=COUNTA(F2:F7)",
            "A2": "=IFERROR(F1,0)",
            "A3": "=A1+1",
            "A4": "=F8",
            "A5": "=COUNTA(F8:F9)",
            "A6": "=SUM(unknown)",
            "B1": "=ARRAYFORMULA(F2:F3)",
            "C1": "=B2",
        }
    )
    book.workbook.named_ranges = [{"namedRangeId": "1", "name": "unknown", "range": GridRange(0, 1, 3, 6, 7).to_api()}]
    book.workbook.restructured()
    told = ErrorValue("N_A", "It depends on Sheet1!F1, which the local Sheets API does not calculate yet.")
    assert [book.value(place) for place in ("A1", "A2", "A3", "A6", "B1", "C1")] == [told] * 6
    assert [book.value(place) for place in ("A4", "A5")] == ["end", 1.0]
    book.put("F1", 5)
    assert [book.value(place) for place in ("A1", "A2", "A3")] == [0.0, 5.0, 1.0]


def test_a_blank_among_the_cells_that_a_formula_fills_is_blank_to_others() -> None:
    book = Book({"A1": 1, "A3": 3, "A4": '=IF(A1>0,"","x")', "A5": 5, "C1": "=FILTER(A1:A5,A1:A5<>4)"})
    for row, formula in enumerate(
        ["=COUNTA(C1:C5)", "=C2+1", '=C2&"x"', "=ISBLANK(C2)", "=ISBLANK(C4)", "=SUM(C1:C5)"], 1
    ):
        book.put(f"E{row}", formula)
    assert book.rectangle("C1:C5") == [[1.0], [None], [3.0], [""], [5.0]]
    assert book.rectangle("E1:E6") == [[4.0], [1.0], ["x"], [True], [False], [9.0]]
    book.put("A2", 2)
    assert (book.value("C2"), book.value("E2"), book.value("E6")) == (2.0, 3.0, 11.0)
    book.put("A1", 4)
    assert book.rectangle("C1:C5") == [[2.0], [3.0], [""], [5.0], [None]]
    book.put("C3", "in the way")
    assert str(book.value("C1")) == "#REF!"
    book.put("C1", None)
    assert book.rectangle("C1:C3") == [[None], [None], ["in the way"]]


def test_a_blank_handed_on_and_on() -> None:
    book = Book({f"A{row}": f'=IF(TRUE,A{row + 1},"")' for row in range(1, 31)})
    assert {book.value(f"A{row}") for row in range(1, 31)} == {None}
    book.put("A31", 1)
    assert {book.value(f"A{row}") for row in range(1, 31)} == {1.0}


def test_a_blank_key_finds_nothing() -> None:
    book = Book({"B1": 1, "C1": 2, "C2": 3, "E1": "=VLOOKUP(A1,B1:C9,2,FALSE)", "E2": "=HLOOKUP(A1,A1:C2,2,FALSE)"})
    assert str(book.value("E1")) == "#N/A"
    assert str(book.value("E2")) == "#N/A"


def test_an_empty_text_is_no_blank_cell() -> None:
    book = Book({"A1": '=IF(TRUE,"",B1)', "C1": "=ISBLANK(A1)", "D1": "=COUNTA(A1)"})
    assert [book.value(place) for place in ("A1", "C1", "D1")] == ["", False, 1.0]


def test_a_blank_cell_in_an_array_stays_blank() -> None:
    book = Book({"A1": 1, "A3": 0, "B1": "x", "B2": "y", "B3": "z", "D1": '=FILTER(A1:A3,B1:B3<>"")'})
    assert book.rectangle("D1:D3") == [[1.0], [None], [0.0]]


def test_sheets_are_told_apart_by_any_title() -> None:
    titles = ("Data", "Лист 1", "It's", "P1", "a:b/c?*[d]", "x" * 60, "2024")
    book = Book(titles=titles)
    for number, sheet in enumerate(book.workbook.sheets):
        book.workbook.set_cell(sheet, 0, 0, Cell(value=float(number)))
    book.put("B1", "='Лист 1'!A1+'It''s'!A1*10+'P1'!A1*100+'a:b/c?*[d]'!A1*1000")
    book.put("C1", f"='{'x' * 60}'!A1+'2024'!A1*10+data!A1")
    assert book.value("B1") == 4321.0
    assert book.value("C1") == 65.0


def test_a_new_sheet_a_new_title_and_a_sheet_that_is_gone() -> None:
    book = Book({"A1": "=Other!A1", "A2": '=IFERROR(New!A1,"no")'}, titles=("Main", "Other"))
    book.put("Other!A1", 5)
    assert book.value("A1") == 5.0
    assert book.value("A2") == "no"
    other = book.workbook.sheets[1]
    other.properties = {**other.properties, "title": "New"}
    book.workbook.restructured()
    assert book.value("A1") == ErrorValue("REF", "Unresolved sheet name 'Other'.")
    assert book.value("A2") == 5.0
    del book.workbook.sheets[1]
    book.workbook.restructured()
    assert book.value("A2") == "no"


def test_named_ranges() -> None:
    book = Book({"A1": 2, "A2": 3, "C1": "=rate*SUM(цены)", "C2": "=INDEX(цены,2)"})
    assert book.value("C1") == ErrorValue("NAME", "Unknown range name: 'rate'.")
    area = GridRange(0, 0, 2, 0, 1).to_api()
    book.workbook.named_ranges = [
        {"namedRangeId": "1", "name": "Цены", "range": area},
        {"namedRangeId": "2", "name": "rate", "range": GridRange(0, 0, 1, 0, 1).to_api()},
    ]
    book.workbook.restructured()
    assert book.value("C1") == 10.0
    assert book.value("C2") == 3.0


def test_open_ranges_follow_the_grid() -> None:
    book = Book({"B1": "=ROWS(A2:A)"}, rows=10)
    assert book.value("B1") == 9.0
    sheet = book.workbook.sheets[0]
    sheet.properties = {**sheet.properties, "gridProperties": {"rowCount": 50, "columnCount": 26}}
    book.workbook.restructured()
    assert book.value("B1") == 49.0


def test_a_fork_and_its_origin_never_see_each_other() -> None:
    book = Book({"A1": 1, "B1": "=A1*2", "C1": "=SEQUENCE(A1)"})
    early = book.fork()  # before anything was calculated
    assert book.value("B1") == 2.0
    late = book.fork()
    late.put("A1", 10)
    assert (book.value("B1"), early.value("B1"), late.value("B1")) == (2.0, 2.0, 20.0)
    book.put("A1", 3)
    assert (book.value("B1"), early.value("B1"), late.value("B1")) == (6.0, 2.0, 20.0)
    assert (book.value("C3"), late.value("C10"), early.value("C3")) == (3.0, 10.0, None)
    third = late.fork().fork()
    third.put("B1", "=A1*3")
    assert (third.value("B1"), late.value("B1")) == (30.0, 20.0)


def test_a_fork_that_replaces_its_origin_takes_the_model_over() -> None:
    book = Book({"A1": 1, "B1": "=A1*2"})
    assert book.value("B1") == 2.0
    shared = book.workbook.engine._shared
    fork = book.fork()
    del book
    gc.collect()
    fork.put("A1", 4)
    assert fork.value("B1") == 8.0
    assert fork.workbook.engine._shared is shared


def test_values_can_be_asked_for_from_any_thread() -> None:
    book = Book({"A1": 1, "B1": "=SUM(A1:A50)"})
    seen: list[Any] = []

    def work(number: int) -> None:
        book.put(f"A{number}", 1)
        seen.append(book.value("B1"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert book.value("B1") == 11.0
    assert len(seen) == 10


content = st.sampled_from(
    [
        None,
        1.0,
        0.0,
        "x",
        True,
        "=A1+1",
        "=B2",
        "=SEQUENCE(2)",
        "=SEQUENCE(3)",
        "=SUM(A1:C3)",
        "=A1:A3",
        '=ARRAYFORMULA(A1:A2&"!")',
        "=FOO()",
        "=1/0",
        '=FILTER(A1:A4,B1:B4<>"")',
        "=C1",
    ]
)
place = st.sampled_from([f"{column}{row}" for column in "ABC" for row in range(1, 5)])


@settings(max_examples=60, deadline=None)
@example([("A1", "=SEQUENCE(2)", True), ("A1", None, False), ("A2", "=A1+1", True)])
@example(
    [("B1", "=SEQUENCE(2)", False), ("C1", '=FILTER(A1:A4,B1:B4<>"")', True), ("A2", "=SUM(A1:C3)", True)],
)
@given(st.lists(st.tuples(place, content, st.booleans()), min_size=1, max_size=12))
def test_following_changes_gives_what_calculating_afresh_gives(changes: list[tuple[str, Any, bool]]) -> None:
    book = Book()
    for where, what, ask in changes:
        book.put(where, what)
        if ask:
            book.value("A1")
        fresh = Workbook("fresh", book.workbook.properties, [sheet.fork() for sheet in book.workbook.sheets])
        if ask:
            assert book.rectangle("A1:F7") == Book(workbook=fresh).rectangle("A1:F7")


DATE = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
MONEY = {"numberFormat": {"type": "CURRENCY", "pattern": "#,##0.00"}}

FORMATS = [
    ("=TODAY()", {"type": "DATE"}),
    ("=NOW()", {"type": "DATE_TIME"}),
    ("=TIME(1,2,3)", {"type": "TIME"}),
    ("=EDATE(A1,1)", {"type": "DATE"}),
    ("=PMT(0.1,2,3)", {"type": "CURRENCY"}),
    ("=IRR(B1:B3)", {"type": "PERCENT"}),
    ("=A1", DATE["numberFormat"]),
    ("=A1+1", DATE["numberFormat"]),
    ("=A2-A1", None),
    ("=A1-1", DATE["numberFormat"]),
    ("=B1*2", MONEY["numberFormat"]),
    ("=C1*B1", MONEY["numberFormat"]),
    ("=B1/B2", None),
    ("=SUM(B1:B2)", MONEY["numberFormat"]),
    ("=SUM(B:B)", MONEY["numberFormat"]),
    ("=MAX(A1:A2)", DATE["numberFormat"]),
    ("=COUNT(A1:A2)", None),
    ('=IF(C1>0,B1,"")', MONEY["numberFormat"]),
    ("=VLOOKUP(C1,C1:D2,2,FALSE)", None),
    ("=VLOOKUP(A1,A1:B2,2,FALSE)", MONEY["numberFormat"]),
    ("=A1&B1", None),
    ("=A1>B1", None),
    ("=YEAR(A1)", None),
    ("=C1", None),
]


@pytest.mark.parametrize(("formula", "expected"), FORMATS, ids=[formula for formula, _ in FORMATS])
def test_formulas_take_a_number_format(formula: str, expected: dict[str, str] | None) -> None:
    book = Book({"C1": 1, "D1": 2})
    for row in (1, 2):
        book.put(f"A{row}", 45292 + row, format=DATE)
        book.put(f"B{row}", 10 * row, format=MONEY)
    book.put("F5", formula)
    assert book.format("F5") == expected


def test_every_column_of_an_array_takes_its_own_format_and_formulas_pass_it_on() -> None:
    book = Book({"A1": "x"})
    book.put("B1", 45292, format=DATE)
    book.put("C1", 5, format=MONEY)
    book.put("E1", '=FILTER(A1:C1,A1:A1="x")')
    book.put("I1", "=F1+1")
    assert [book.format(place) for place in ("E1", "F1", "G1")] == [None, DATE["numberFormat"], MONEY["numberFormat"]]
    assert book.format("I1") == DATE["numberFormat"]


def test_inferred_formats_follow_formats_formulas_and_arrays_but_no_values() -> None:
    book = Book({"A1": 1, "B1": "=A1*2", "C1": "=B1+1"})
    assert book.format("C1") is None
    book.put("A1", 1, format=MONEY)
    assert book.format("C1") == MONEY["numberFormat"]
    fork = book.fork()
    fork.put("A1", 1, format=DATE)
    fork.put("B1", "=A1+2")
    fork.put("A1", 2, format=DATE)
    assert (fork.format("B1"), book.format("B1")) == (DATE["numberFormat"], MONEY["numberFormat"])
    book.put("A1", 7, format=MONEY)
    assert (book.value("C1"), book.format("C1")) == (15.0, MONEY["numberFormat"])
    book.put("B1", "=TODAY()")
    assert book.format("C1") == {"type": "DATE"}
    book.put("B1", None)
    assert book.format("B1") is None
    book.put("E1", "=SEQUENCE(A1)")
    book.put("F1", "=E7*A1")
    assert (book.format("E7"), book.format("F1")) == (None, MONEY["numberFormat"])
    book.put("E1", "=ARRAYFORMULA(A1:A2*1)")
    assert (book.format("E1"), book.format("E2"), book.format("E7")) == (
        MONEY["numberFormat"], MONEY["numberFormat"], None
    )  # fmt: skip

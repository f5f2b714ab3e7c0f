"""Formulas are put in a quick form while the cells they take for numbers hold no texts: that must never show."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine_book import Book
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sheets_agent.emulator import engine
from sheets_agent.emulator.calculator import Calculator
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.workbook import Cell, Workbook
from sheets_agent.formulas.values import ErrorValue, Value


class SlowCalculator(Calculator):
    """Puts every formula in the form that reads texts."""

    def __init__(self, workbook: Workbook) -> None:
        super().__init__(workbook)
        self.texts.everywhere = True


def shown(value: Value) -> Value | tuple[str, bool]:
    return (str(value), value.not_calculated) if isinstance(value, ErrorValue) else value


def all_values(workbook: Workbook) -> list[Any]:
    return [
        [shown(value) for value in row]
        for sheet in workbook.sheets
        for row in workbook.values(sheet, range(7), range(6))
    ]


def read_slowly(workbook: Workbook) -> list[Any]:
    """The values of a workbook with the same cells, built anew, all of whose formulas read texts."""
    copy = Workbook("slow", workbook.properties, [sheet.fork() for sheet in workbook.sheets])
    copy.named_ranges = workbook.named_ranges
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(engine, "Calculator", SlowCalculator)
        return all_values(copy)


content = st.sampled_from(
    [
        None,
        1.0,
        2.5,
        True,
        "x",
        "",
        "5",
        "1,5",
        "1.5",
        "(5)",
        "5%",
        "5 янв",
        "31.12.2025",
        "=A1*2",
        "=B1+A2",
        "=-C1",
        "=A1",
        '=A1&""',
        '=B2&",5"',
        '=IF(A1>1,B1,"7")',
        '=IF(C1*1=5,"1,5",2)',
        '=IFERROR(B1*2,"3,5")',
        "=SUM(A1:B3)",
        "=ROUND(A2,1)",
        "=YEAR(A1)",
        "=A1%+C2^2",
        "=Other!A1*2",
        "=Other!A2&A1",
        "=rate*2",
        '=ARRAYFORMULA(A1:A2&"")',
        "=SEQUENCE(2)",
        '=FILTER(A1:A3,B1:B3<>"")',
        '=INDIRECT("A1")*2',
        "=LET(x,A1*2,x+B1)",
        '=QUERY(B1:B3,"select B")',
        '=ARRAYFORMULA(C1:C2&",5")',
        "=MULTINOMIAL(B1,9999999)",
        "=FOO()",
    ]
)
place = st.sampled_from([*(f"{column}{row}" for column in "ABC" for row in range(1, 5)), "Other!A1", "Other!A2"])
step = st.one_of(
    st.tuples(st.just("put"), place, content),
    st.tuples(st.just("put"), place, content),
    st.tuples(st.just("put"), place, content),
    st.tuples(st.sampled_from(["insert", "delete"]), st.sampled_from(["ROWS", "COLUMNS"]), st.integers(0, 3)),
    st.tuples(st.just("locale"), st.sampled_from(["en_US", "en_GB", "ru_RU", "de_DE"]), st.none()),
    st.tuples(st.sampled_from(["fork", "back", "ask"]), st.none(), st.none()),
)


def follow(book: Book, kind: str, what: Any, how: Any) -> Book:
    """A book after a step."""
    if kind == "put":
        book.put(what, how)
    elif kind == "fork":
        return book.fork()
    elif kind in ("insert", "delete"):
        emulator = Emulator()
        identifier = emulator.add(book.workbook).spreadsheet_id
        area = {"sheetId": 0, "dimension": what, "startIndex": how, "endIndex": how + 1}
        body = json.dumps({"requests": [{f"{kind}Dimension": {"range": area}}]}).encode()
        status, _, answer = emulator.handle("POST", f"/v4/spreadsheets/{identifier}:batchUpdate", {}, body)
        assert status == 200, answer
        return Book(workbook=emulator.workbook(identifier))
    elif kind == "locale":
        book.workbook.properties = {**book.workbook.properties, "locale": what}
        book.workbook.restructured()
    return book


@settings(max_examples=40, deadline=None)
@example([("put", "A1", "1,5"), ("put", "B1", "=A1*2"), ("locale", "ru_RU", None), ("put", "A1", 2.5)])
@example([("put", "B1", "=A1*2"), ("ask", None, None), ("put", "A1", '=IF(C1>0,"(5)",1)'), ("put", "C1", 1.0)])
@example([("put", "A1", '=ARRAYFORMULA(C1:C2&",5")'), ("put", "B1", "=A2*2"), ("locale", "ru_RU", None)])
@example(
    [
        ("locale", "ru_RU", None),
        ("put", "B1", "1,5"),
        ("put", "A1", '=QUERY(B1:B3,"select B")'),
        ("put", "C1", "=A1*2"),
        ("ask", None, None),
        ("put", "B2", "2,5"),
        ("put", "C2", "=A2*2"),
    ]
)
@example([("put", "A1", '=IF(C1>0,"(5)",1)'), ("ask", None, None), ("put", "B1", "=A1*2"), ("put", "C1", 1.0)])
@example([("put", "C1", "1,5"), ("put", "B1", "=Other!A1*2"), ("put", "Other!A1", "5%"), ("fork", None, None)])
@example([("put", "B1", "=A1*2"), ("put", "A1", 2.5), ("fork", None, None), ("put", "A1", "(5)")])
@given(st.lists(step, min_size=1, max_size=14))
def test_any_sequence_of_edits_gives_what_the_slow_forms_give(steps: list[tuple[str, Any, Any]]) -> None:
    book = Book(titles=("Sheet1", "Other"), rows=30)
    book.workbook.properties = {**book.workbook.properties, "title": "book"}
    book.workbook.named_ranges = [
        {"namedRangeId": "1", "name": "rate", "range": {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 2,
                                                        "startColumnIndex": 0, "endColumnIndex": 1}}
    ]  # fmt: skip
    earlier = book.fork()
    for kind, what, how in steps:
        if kind in ("ask", "fork"):
            assert all_values(book.workbook) == read_slowly(book.workbook)
        before = book
        book = earlier if kind == "back" else follow(book, kind, what, how)
        if kind == "fork":
            earlier = before
    for one in (book, earlier):
        assert all_values(one.workbook) == read_slowly(one.workbook)


def test_the_quick_form_comes_and_goes_with_the_texts() -> None:
    book = Book({"A1": 2, "B1": "=A1*2", "C1": '=IF(A1=3,"1,234",A1)', "D1": "=C1*2"})

    def slow() -> set[str]:
        shared = book.workbook.engine._shared
        assert shared is not None
        placed = shared.calculator.placed.formulas
        return {"ABCD"[column] for (_, _, column), one in placed.items() if "ZZ_" in one.text}

    assert (book.value("B1"), book.value("D1"), slow()) == (4.0, 4.0, set())
    book.put("A1", "Jan 5")
    assert isinstance(value := book.value("B1"), ErrorValue)
    assert value.not_calculated
    assert slow() == {"B", "D"}
    book.put("A1", 3)
    assert (book.value("B1"), book.value("D1")) == (6.0, 2468.0)
    assert slow() == {"D"}
    book.put("C1", 5)
    assert (book.value("D1"), slow()) == (10.0, set())


def test_texts_that_turn_up_one_by_one_are_all_read() -> None:
    book = Book({"A1": "1,5"})
    book.workbook.properties = {**book.workbook.properties, "locale": "ru_RU"}
    for row in range(2, 40):
        book.put(f"A{row}", f'=IF(A{row - 1}*1>0,(A{row - 1}+1)&"","none")')
    assert book.value("A39") == "39,5"


def test_a_formula_typed_again_and_again_leaves_nothing_behind() -> None:
    book = Book({"A1": 1})
    for number in range(1, 50):
        book.put("B1", f"=A{number}+$A$1")
        book.workbook.value(book.workbook.sheets[0], 0, 1)
    book.workbook.set_cell(book.workbook.sheets[0], 0, 1, Cell(value=1.0))
    assert book.value("B1") == 1.0
    shared = book.workbook.engine._shared
    assert shared is not None
    assert not shared.calculator.texts.readers

"""The cell that a question is about."""

from __future__ import annotations

import pytest

from sheets_agent.stages.anchor import cell_of
from sheets_agent.state.described import Column, Description, Region, SheetDescription


def sheet(title: str, number: int, *headers: str, hidden: bool = False) -> SheetDescription:
    columns = tuple(Column(letter="BCDE"[place], header=header) for place, header in enumerate(headers))
    region = Region(kind="table", range=f"'{title}'!B3:E9", header_row=3, columns=columns)
    return SheetDescription(
        title=title, sheet_id=number, row_count=99, column_count=9, hidden=hidden, regions=(region,) if headers else ()
    )


BOOK = Description(
    title="Book",
    sheets=(
        sheet("Empty", 1),
        sheet("Secret", 2, "Key", hidden=True),
        sheet("Q1 2024", 3, "Price", "Price net", "КВ", "No"),
    ),
)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("What is 'Q1 2024'!d7?", "'Q1 2024'!D7"),
        ("Is Empty!$A$1 right?", "Empty!A1"),
        ("Is Gone!A1 right, with the price?", "'Q1 2024'!B3"),
        ("Which currency is “Price”?", "'Q1 2024'!B3"),
        ("Which currency is PRICE NET?", "'Q1 2024'!C3"),
        ("Are prices net?", "'Q1 2024'!B3"),
        ("Do you know what this is?", "'Q1 2024'!B3"),
        ("What is in Secret?", "Secret!B3"),
    ],
)
def test_a_question_hangs_where_somebody_would_look(text: str, cell: str) -> None:
    assert cell_of(text, BOOK) == cell


def test_nothing_filled_is_no_cell() -> None:
    assert cell_of("What?", Description(title="Book", sheets=(sheet("Empty", 1),))) == ""

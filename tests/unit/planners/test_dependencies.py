"""Which steps of a plan depend on which."""

from __future__ import annotations

from typing import Any

import pytest

from sheets_agent.a1 import GridRange
from sheets_agent.planners.dependencies import Touch, depends_on, levels, touch
from sheets_agent.planners.draft import read_plan
from sheets_agent.sheets.book import Book, SheetInfo

BOOK = Book(
    spreadsheet_id="x",
    title="Book",
    locale="en_US",
    time_zone="Etc/GMT",
    sheets=tuple(
        SheetInfo(sheet_id=index, title=title, index=index, row_count=100, column_count=26)
        for index, title in enumerate(["Data", "Other"])
    ),
)


def touches(*steps: dict[str, Any], made: tuple[int, ...] = ()) -> list[Touch]:
    """What the steps touch, each compiled on the same book."""
    found = []
    for step in read_plan({"steps": list(steps)}).steps:
        requests = [] if step.action.kind == "create_chart" else step.action.requests(BOOK)
        found.append(touch(step.action, requests, BOOK))
    return found


def value(target: str) -> dict[str, Any]:
    return {"action": "write_cell", "target": target, "options": ["value=x"]}


def formula(target: str, text: str) -> dict[str, Any]:
    return {"action": "repeat_formula", "target": target, "options": [f"formula={text}"]}


@pytest.mark.parametrize(
    ("first", "second", "dependent"),
    [
        (value("Data!A1"), value("Data!B1"), False),
        (value("Data!A1"), value("Data!A1"), True),
        (value("Data!A1"), value("Other!A1"), False),
        (value("Data!A5"), formula("Data!C2:C9", "=A2*2"), True),
        (value("Data!A10"), formula("Data!C2:C9", "=A2*2"), False),
        (value("Data!A10"), formula("Other!C2:C9", "=SUM(Data!A:A)"), True),
        (formula("Data!C2:C9", "=A2*2"), value("Data!A5"), True),
        (value("Data!A1"), {"action": "insert_rows", "target": "Data!3:4"}, True),
        (value("Other!A1"), {"action": "insert_rows", "target": "Data!3:4"}, False),
        ({"action": "delete_rows", "target": "Data!3:4"}, value("Data!A1"), True),
    ],
)
def test_a_step_depends_on_what_it_shares_cells_or_a_moving_sheet_with(
    first: dict[str, Any], second: dict[str, Any], dependent: bool
) -> None:
    assert depends_on(touches(first, second)) == ((), (0,) if dependent else ())


def test_what_stands_on_a_new_sheet_depends_on_the_step_that_adds_it() -> None:
    add = touches({"action": "add_sheet", "target": "Report"})[0]
    (new,) = add.sheets
    on_it = Touch(writes=(GridRange(new, 0, 1, 0, 1),))
    assert depends_on([add, on_it, Touch(writes=(GridRange(0, 0, 1, 0, 1),))]) == ((), (0,), ())


def test_levels_follow_the_longest_way() -> None:
    assert levels([(), (), (0,), (1, 2), ()]) == (0, 0, 1, 2, 0)

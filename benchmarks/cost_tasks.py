"""Tasks whose cost is counted: small workbooks, and the steps with which a model does each task well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from sheets_agent.demo.replies import REPLIES, TASK
from sheets_agent.demo.workbook import write_demo_workbook

Step = dict[str, Any]
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class CostTask:
    """A task, the workbook it is for, and a plan that does it."""

    name: str
    text: str
    write: Callable[[Path], object]
    steps: tuple[Step, ...]
    question: bool = False


def step(why: str, action: str, *options: str, **places: str) -> Step:
    """A step as models write it."""
    return {"why": why, "action": action, **places, **({"options": list(options)} if options else {})}


def _book(**sheets: Rows) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(path)

    return write


_ORDERS: Rows = [
    ["Date", "Region", "Product", "Units", "Price"],
    *(
        [
            date(2026, 1, 5) + timedelta(days=3 * number),
            ["North", "South", "West"][number % 3],
            ["Lamp", "Desk", "Chair", "Shelf"][number % 4],
            1 + number * 7 % 23,
            15 + number * 11 % 90,
        ]
        for number in range(60)
    ),
]
_BUDGET: Rows = [
    ["Статья", "План", "Факт"],
    *([f"Статья {number}", 10_000 + 700 * number, 9_000 + 900 * number] for number in range(1, 16)),
]
_STAFF: Rows = [
    ["Name", "Department", "Salary"],
    *([f"Person {number}", ["Sales", "IT", "Law"][number % 3], 40_000 + 1_500 * number] for number in range(1, 25)),
]

_REPORT = (
    step("Header of the new column.", "write_cell", "value=Revenue", target="Orders!F1"),
    step("Units times price.", "repeat_formula", "formula==D2*E2", target="Orders!F2:F61"),
    step("Header of the share.", "write_cell", "value=Share", target="Orders!G1"),
    step("Each order's part of all revenue.", "repeat_formula", "formula==F2/SUM($F$2:$F$61)", target="Orders!G2:G61"),
    step("A place for the report.", "add_sheet", target="Report"),
    step("Label.", "write_cell", "value=Total revenue", target="Report!A1"),
    step("All revenue.", "write_cell", "value==SUM(Orders!F2:F61)", target="Report!B1"),
    step("Label.", "write_cell", "value=Largest order", target="Report!A2"),
    step("The largest revenue of an order.", "write_cell", "value==MAX(Orders!F2:F61)", target="Report!B2"),
    step(
        "Revenue by region.",
        "create_pivot",
        "rows=Region",
        "values=SUM of Revenue",
        target="Report!A4",
        source="Orders!A1:G61",
    ),
    step(
        "Regions side by side.",
        "create_chart",
        "chart_type=column",
        "heading=Revenue by region",
        target="Report!D4",
        source="Report!A4:B7",
    ),
)

TASKS = (
    CostTask(
        "the demo",
        TASK,
        write_demo_workbook,
        tuple(REPLIES["formula_reflector"][0]["json"]["steps"]),
    ),
    CostTask(
        "7 writes, a pivot, a chart",
        "Add columns Revenue (Units times Price) and Share (of all revenue) to Orders. On a new sheet Report show the "
        "total revenue and the largest order, a pivot table of revenue by Region, and a column chart of it.",
        _book(Orders=_ORDERS),
        _REPORT,
    ),
    CostTask(
        "one column",
        "Добавь столбец «Отклонение»: факт минус план",
        _book(Бюджет=_BUDGET),
        (
            step("Заголовок.", "write_cell", "value=Отклонение", target="'Бюджет'!D1"),
            step("Факт минус план.", "repeat_formula", "formula==C2-B2", target="'Бюджет'!D2:D16"),
        ),
    ),
    CostTask(
        "formats",
        "Make the salaries in column C currency with two decimals, and freeze the header row",
        _book(Staff=_STAFF),
        (
            step("Money.", "format_cells", "number_format=$#,##0.00", target="Staff!C2:C25"),
            step("The header stays in view.", "freeze", "rows=1", target="Staff"),
        ),
    ),
    CostTask(
        "a question",
        "What is the average salary in the department IT?",
        _book(Staff=_STAFF),
        (
            step(
                "The average over the rows of IT.",
                "calculate",
                'formula==AVERAGEIF(Staff!B2:B25,"IT",Staff!C2:C25)',
                "label=average salary in IT",
            ),
        ),
        question=True,
    ),
)

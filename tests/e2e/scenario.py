"""A small workbook, and the replies of a model that does its task well, by role."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from opened_places import opened_places
from protocol_replies import Reply

from sheets_agent import SheetsAgent
from sheets_agent.feedback.person import Decision
from sheets_agent.settings import load
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.result import RunResult

TASK = "Добавь столбец выручки и сводную по регионам с диаграммой"

OPENINGS = {
    "retriever": "You read spreadsheets|Ты читаешь электронные таблицы",
    "planner": "You plan work in Google Sheets|Ты планируешь работу",
    "action": "Your part is the actions|Твоя часть — действия",
    "cell": "Your part is the places|Твоя часть — места",
    "formula": "Your part is the formulas|Твоя часть — формулы",
    "general": "You are the last to look|Ты смотришь последним",
    "voter": "You choose between plans|Ты выбираешь между планами",
    "explorer": "You look for the best plan|Ты шаг за шагом ищешь лучший план",
    "judge": "You judge work in Google Sheets|Ты оцениваешь работу в Google Таблицах",
    "executor": "You carry out work|Ты работаешь в Google Таблицах",
    "moderator": "Several people have reviewed|Несколько человек проверили",
    "corrector": "You mend spreadsheets|Ты исправляешь электронные таблицы",
}
"""What the prompt of each role begins with, in both languages: how a reply is matched to the role that asks."""

HEADER = {"why": "Заголовок", "action": "write_cell", "target": "'Продажи'!E1", "options": ["value=Выручка"]}
REVENUE = {
    "why": "Выручка по строкам",
    "action": "repeat_formula",
    "target": "'Продажи'!E2:E13",
    "options": ["formula==C2*D2"],
}
SHEET = {"why": "Место для отчёта", "action": "add_sheet", "target": "Отчёт"}
PIVOT = {
    "why": "По регионам",
    "action": "create_pivot",
    "target": "'Отчёт'!A1",
    "source": "'Продажи'!A1:E13",
    "options": ["rows=Регион", "values=SUM of Выручка"],
}
CHART = {
    "why": "Диаграмма",
    "action": "create_chart",
    "target": "'Отчёт'!D1",
    "source": "'Отчёт'!A1:B4",
    "options": ["chart_type=column", "x=Регион"],
}
RATIO = {
    "why": "Доля",
    "action": "repeat_formula",
    "target": "'Продажи'!F2:F13",
    "options": ["formula==D2/C2"],
}
OVERWRITING = {**HEADER, "target": "'Продажи'!A1"}
STEPS = [HEADER, REVENUE, SHEET, PIVOT, CHART]
REVENUE_OF = {"Север": 40 + 4 * 70 + 7 * 100 + 10 * 130, "Юг": 2 * 50 + 5 * 80 + 8 * 110 + 11 * 140}


def workbook(path: Path) -> Path:
    """Twelve sales in three regions: quantity n at a price of 30 + 10 n."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Продажи"
    sheet.append(["Регион", "Товар", "Количество", "Цена"])
    for number in range(1, 13):
        sheet.append([["Север", "Юг", "Запад"][(number - 1) % 3], f"Товар {number % 4}", number, 30 + 10 * number])
    book.save(path)
    return path


def says(role: str, **reply: Any) -> Reply:
    """A reply of one role."""
    return Reply(match=OPENINGS[role], **reply)


def plans(*steps: dict[str, Any], thoughts: str = "Сначала столбец, затем сводная.") -> Reply:
    """The planner's reply."""
    return says("planner", json={"thoughts": thoughts, "steps": list(steps)})


def describes(*questions: str, request: str = "command") -> Reply:
    """The retriever's reply."""
    table = {"range": "'Продажи'!A1:D13", "description": "Одна продажа в строке."}
    column = {"range": "'Продажи'!A1:D13", "letter": "D", "name": "Цена", "meaning": "Цена за штуку в рублях."}
    return says(
        "retriever", json={"request": request, "tables": [table], "columns": [column], "questions": list(questions)}
    )


def keeps(*roles: str) -> list[Reply]:
    """Reflectors that have nothing to change."""
    return [says(role, json={"comment": "Верно.", "verdict": "keep"}) for role in roles]


def sums_up(text: str = "Готово: выручка, сводная и диаграмма.") -> Reply:
    """The executor's last word."""
    return says("executor", text=text)


SMALL_PLAN = {
    "thoughts": "Думаю.",
    "steps": [{"why": "Надо.", "action": "write_cell", "target": "A1", "options": ["value=5"]}],
}
"""One step, as a model answers it."""


def good_run() -> list[Reply]:
    """Every reply of a run without a mistake: three calls."""
    return [describes(), plans(*STEPS), sums_up()]


def agent(person: Any = None, on_event: Any = None, **settings: Any) -> SheetsAgent:
    """An agent with the scripted model, whose plans no reflector looks at unless the test says so."""
    chosen = load(**{"model": "openai:gpt-test", "reflect": "never", **settings})
    return SheetsAgent(chosen, person=person, on_event=on_event)


def cells(path: str, sheet: str) -> dict[str, Any]:
    """What a sheet of a file shows, by address."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {cell.coordinate: cell.value for row in book[sheet].iter_rows() for cell in row if cell.value is not None}


class Person:
    """Answers from a list; keeps what was shown."""

    def __init__(self, *decisions: Decision, answers: tuple[str, ...] = ()) -> None:
        self.decisions, self.answers, self.reviews = list(decisions), answers, []

    def answer(self, questions: Any) -> Any:
        """The prepared answers."""
        self.questions = questions
        return self.answers

    def review(self, review: Any) -> Decision:
        """The next prepared decision."""
        self.reviews.append(review)
        return self.decisions.pop(0)


Act = Callable[[SheetsClient, str], object]
"""What somebody else does to the spreadsheet, given a client and its id."""


def clears(cell: str) -> Act:
    """Empty a cell."""
    return lambda client, spreadsheet_id: client.update_values(spreadsheet_id, cell, [[""]])


def with_a_colleague(path: Path, act: Act, when: str = "ToolCalled", **options: Any) -> RunResult:
    """Run while somebody else acts once, at the first event of a kind: by default once our batch is written."""
    done: list[bool] = []
    with opened_places() as opened:

        def colleague(event: Any) -> None:
            if when in (type(event).__name__, getattr(event, "stage", "")) and not done:
                done.append(True)
                act(opened[0].client, opened[0].spreadsheet_id)

        return agent(on_event=colleague, **options).run(str(path), TASK)

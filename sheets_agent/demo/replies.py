"""The prepared model replies of the demo, by role. Nothing here is computed: a person wrote it down beforehand.

The planner makes one mistake on purpose, the kind real models make with Russian workbooks: it writes the function IF as
ЕСЛИ, which the API does not know. Nothing else is staged: the mistake is found by trying the plan, and the formula
reflector's prepared answer is taken over only as far as it changes formulas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

TASK = (
    "Добавь в «Продажи» столбец «Выручка» с учётом скидки от 50 штук, построй на новом листе сводную по месяцам "
    "и регионам и диаграмму к ней"
)

_TITLE = {
    "why": "Заголовок нового столбца справа от таблицы",
    "action": "write_cell",
    "target": "'Продажи'!G1",
    "options": ["value=Выручка"],
}
_LOOK = {
    "why": "Как остальные заголовки",
    "action": "copy_range",
    "source": "'Продажи'!F1",
    "target": "'Продажи'!G1",
    "options": ["what=formats"],
}
_REVENUE = {
    "why": "Количество × цена, со скидкой от 50 штук; ставка лежит в справочнике",
    "action": "repeat_formula",
    "target": "'Продажи'!G2:G401",
    "options": ["formula==E2*F2*(1-IF(E2>=50,'Справочник'!$B$5,0))"],
}
_WRONG = {**_REVENUE, "options": ["formula==E2*F2*(1-ЕСЛИ(E2>=50,'Справочник'!$B$5,0))"]}
_MONEY = {
    "why": "Рубли, как в столбце цены",
    "action": "format_cells",
    "target": "'Продажи'!G2:G401",
    "options": ['number_format=#,##0.00 "₽"'],
}
_WIDTH = {
    "why": "Чтобы суммы помещались",
    "action": "resize_columns",
    "target": "'Продажи'!G:G",
    "options": ["width=120"],
}
_SHEET = {"why": "Отдельное место для отчёта", "action": "add_sheet", "target": "Отчёт"}
_PIVOT = {
    "why": "Выручка по месяцам и регионам",
    "action": "create_pivot",
    "target": "'Отчёт'!A1",
    "source": "'Продажи'!A1:G401",
    "options": ["rows=Дата by year-month", "columns=Регион", "values=SUM of Выручка"],
}
_CHART = {
    "why": "Месяцы по оси, регионы линиями; без итогов",
    "action": "create_chart",
    "target": "'Отчёт'!A12",
    "source": "'Отчёт'!A2:F8",
    "options": ["chart_type=line", "heading=Выручка по месяцам и регионам", "y_label=₽"],
}
_FIT = {"why": "Чтобы суммы помещались", "action": "resize_columns", "target": "'Отчёт'!A:G", "options": ["width=115"]}
_REST = [_MONEY, _WIDTH, _SHEET, _PIVOT, _FIT, _CHART]


def _column(range_: str, letter: str, name: str, meaning: str) -> dict[str, str]:
    return {"range": range_, "letter": letter, "name": name, "meaning": meaning}


_SALES, _ORDERS, _PARAMETERS = "'Продажи'!A1:F401", "Orders!A3:I63", "'Справочник'!A1:C8"
_DESCRIPTION = {
    "request": "command",
    "tables": [
        {"range": _SALES, "description": "Продажи компании: одна строка — одна продажа."},
        {"range": _ORDERS, "description": "Экспортные заказы, одна строка на заказ, суммы в евро."},
        {"range": _PARAMETERS, "description": "Справочник параметров: курсы, НДС, скидка, планы."},
        {"range": "'Справочник'!E1:G6", "description": "Квартальные планы менеджеров."},
    ],
    "columns": [
        _column(_SALES, "A", "Дата", "День продажи"),
        _column(_SALES, "B", "Регион", "Регион покупателя"),
        _column(_SALES, "C", "Менеджер", "Кто продал"),
        _column(_SALES, "D", "Товар", "Наименование с фасовкой"),
        _column(_SALES, "E", "Количество", "Штук в продаже"),
        _column(_SALES, "F", "Цена", "Рублей за штуку, без скидки"),
        _column(_ORDERS, "I", "Сумма заказа", "Количество × цена, евро"),
        _column(_PARAMETERS, "B", "Значение", "Значение параметра из столбца A"),
    ],
    "questions": [],
}


REPLIES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "retriever": [{"json": _DESCRIPTION}],
    "planner": [
        {
            "json": {
                "thoughts": "Выручка = количество × цена; при 50 штуках и больше действует скидка из справочника, B5. "
                "Столбец G свободен и стоит сразу за таблицей. Сводную и диаграмму помещу на новый лист.",
                "steps": [_TITLE, _LOOK, _WRONG, *_REST],
            }
        }
    ],
    "formula_reflector": [
        {
            "json": {
                "comment": "Функции ЕСЛИ в API нет: нужна IF. Ссылка на скидку закреплена верно.",
                "verdict": "revise",
                "steps": [_TITLE, _LOOK, _REVENUE, *_REST],
            }
        }
    ],
    "executor": [
        {"tool_calls": [{"name": "read_range", "args": {"source": "'Отчёт'!A1:G9"}}]},
        {
            "text": "Готово. В «Продажи» добавлен столбец G «Выручка» с учётом скидки из справочника, на новом листе "
            "«Отчёт» — сводная выручки по месяцам и регионам и линейная диаграмма к ней."
        },
    ],
}

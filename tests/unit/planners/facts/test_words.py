"""Words of tasks, compared by their stems."""

from __future__ import annotations

import pytest

from sheets_agent.planners.facts.words import mentions, stems


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("Add the revenues of all regions", "Region"),
        ("сводная по регионам", "Регион"),
        ("средний балл по математике", "Математика"),
        ("диаграмма остатков", "Остаток"),
        ("посчитай выручку", "Выручка"),
        ("unit prices in euro", "Unit price"),
        ("the average of March", "Mar"),
        ("заказы за мартом", "Март"),
        ("данные учётной записи", "Учетная запись"),
    ],
)
def test_a_name_is_found_in_any_form(task: str, name: str) -> None:
    assert mentions(stems(task), name)


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("Add the revenue", "Region"),
        ("the price of a unit", "Unit price"),
        ("сводная по регистрам", "Регион"),
        ("planets", "Plan"),
        ("a b c", "B"),
        ("anything", ""),
    ],
)
def test_another_word_is_not_taken_for_a_name(task: str, name: str) -> None:
    assert not mentions(stems(task), name)

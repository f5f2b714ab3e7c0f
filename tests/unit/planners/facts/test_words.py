"""Words of tasks, compared by their stems."""

from __future__ import annotations

import pytest

from sheets_agent.planners.facts.words import columns_named, mentions, stems


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


@pytest.mark.parametrize(
    ("task", "columns"),
    [
        ("Change the units of the columns B and C to cm", {1, 2}),
        ("Round Column AA, please", {26}),
        ("Round columns A, C & D", {0, 2, 3}),
        ("Округли столбцы B и D", {1, 3}),
        ("Округли в колонке E", {4}),
        ("Add a column in front, with a plan B", set()),
        ("Vitamin B and C", set()),
    ],
)
def test_columns_are_named_by_their_letters(task: str, columns: set[int]) -> None:
    assert columns_named(task) == columns

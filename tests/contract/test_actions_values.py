"""Values and formulas, written by actions and read back through the API."""

import pytest
from action_bench import TITLES, Bench, span

from sheets_agent.actions import by_kind

PLACES = pytest.mark.parametrize(("title", "anchor"), [*((title, "A1") for title in TITLES), ("P1", "Y998")])


@PLACES
def test_a_table_anywhere_also_past_the_grid(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title)
    values = [
        ["Name", "Sum", "Day"],
        ["007", "1.5", "2024-01-31"],
        ["=A1", "TRUE", ""],
        ["x", "12%", "+7"],
        ["", "", "z"],
    ]
    bench.do("write_table", target=f"{sheet}!{anchor}", values=values)
    area = f"{sheet}!{span(anchor, (0, 0), (4, 2))}"
    assert bench.numbers(area) == [
        ["Name", "Sum", "Day"],
        ["007", 1.5, 45322],
        ["=A1", True],
        ["x", 0.12, "+7"],
        ["", "", "z"],
    ]
    assert bench.shown(area)[1] == ["007", "1.5", "1/31/2024"]
    assert bench.shown(area)[3] == ["x", "12%", "+7"]
    assert "formulaValue" not in bench.cells(area)[2][0]["userEnteredValue"]


def test_a_table_with_formulas():
    bench = Bench("ru_RU")
    bench.sheet("Итоги")
    values = [["Сумма", "Доля"], ["1,5", "=A2/SUM(A2,A3)"], ["4.5", "=ROUND(A3*0.5,1)"]]
    bench.do("write_table", target="Итоги!A1", values=values, formulas=True)
    assert bench.numbers("Итоги!A2:B3") == [[1.5, 0.25], [4.5, 2.3]]
    assert bench.formulas("Итоги!B2:B3") == [["=A2/SUM(A2;A3)"], ["=ROUND(A3*0,5;1)"]]
    assert bench.shown("Итоги!A2") == [["1,5"]]


def test_blank_cells_of_a_table_clear_what_was_there():
    bench = Bench()
    bench.sheet("T", [[1, 2], [3, 4]])
    bench.do("write_table", target="T!A1", values=[["a", ""], ["b"]])
    assert bench.shown("T!A1:B2") == [["a"], ["b"]]


def test_formats_stay_where_they_show_the_value_already():
    bench = Bench()
    bench.sheet("T")
    bench.do("format_cells", target="T!A1:A2", number_format="yyyy", style=["bold"])
    bench.do("write_table", target="T!A1", values=[["2024-05-01"], ["x"]])
    [[first], [second]] = bench.cells("T!A1:A2")
    assert first["formattedValue"] == "2024"
    assert first["userEnteredFormat"]["textFormat"]["bold"] is True
    assert second["userEnteredFormat"]["numberFormat"]["pattern"] == "yyyy"


@PLACES
def test_one_cell(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title)
    bench.do("write_cell", target=f"{sheet}!{anchor}", value="=SUM(1,2)*0.5")
    assert bench.numbers(f"{sheet}!{anchor}") == [[1.5]]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2024-01-31", "31.01.2024"),
        ("0.5", "0,5"),
        ("1 500 ₽", "1\u00a0500\u00a0₽"),
        ("50%", "50%"),
        ("'0,5", "0,5"),
        ("ИСТИНА", "ИСТИНА"),
    ],
)
def test_values_show_as_in_the_locale(value, shown):
    bench = Bench("ru_RU")
    bench.sheet("Лист")
    bench.do("write_cell", target="Лист!B2", value=value)
    assert bench.shown("Лист!B2") == [[shown]]


@PLACES
def test_a_repeated_formula_moves_its_references(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title, [[1, 10], [2, 20], [3, 30]], at="A1")
    target = f"{sheet}!{span(anchor, (0, 3), (2, 4))}"
    bench.do("repeat_formula", target=target, formula="=A1*$B$1+1")
    found = bench.formulas(target)
    assert found == [[f"={column}{row}*$B$1+1" for column in "AB"] for row in (1, 2, 3)]
    assert bench.numbers(target) == [[11, 101], [21, 201], [31, 301]]


def test_a_repeated_formula_in_another_locale_and_over_sheets():
    bench = Bench("de_DE")
    bench.sheet("Ставки", [["'x"], [0.5]])
    bench.sheet("P1", [[1], [2], [3]])
    bench.do("repeat_formula", target="'P1'!B1:B3", formula="=IF(A1>1.5,A1*Ставки!$A$2,0)")
    assert bench.numbers("'P1'!B1:B3") == [[0], [1], [1.5]]
    assert bench.formulas("'P1'!B2") == [["=IF(A2>1,5;A2*Ставки!$A$2;0)"]]


def test_semicolons_of_a_model_that_thinks_in_russian():
    bench = Bench()
    bench.sheet("T", [[5]])
    bench.do("write_cell", target="T!B1", value="=IF(A1>1;10;20)")
    assert bench.numbers("T!B1") == [[10]]


@PLACES
def test_a_constant_everywhere(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title)
    target = f"{sheet}!{span(anchor, (0, 0), (2, 1))}"
    bench.do("fill_constant", target=target, value="2024-02-29")
    assert bench.shown(target) == [["2/29/2024"] * 2] * 3
    bench.do("fill_constant", target=target, value="")
    assert bench.shown(target) == []


@PLACES
def test_series_down_and_right(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title)
    down = f"{sheet}!{span(anchor, (0, 0), (4, 0))}"
    bench.do("fill_series", target=down, start="Thursday")
    assert [row[0] for row in bench.shown(down)] == ["Thursday", "Friday", "Saturday", "Sunday", "Monday"]
    right = f"{sheet}!{span(anchor, (0, 0), (0, 3))}"
    bench.do("fill_series", target=right, start="10", step=-2.5)
    assert bench.numbers(right) == [[10, 7.5, 5, 2.5]]
    bench.do("fill_series", target=down, start="2024-01-05", unit="workday")
    assert [row[0] for row in bench.shown(down)] == ["1/5/2024", "1/8/2024", "1/9/2024", "1/10/2024", "1/11/2024"]


def test_months_are_filled_as_dates_and_as_names():
    bench = Bench("ru_RU")
    bench.sheet("План")
    bench.do("fill_series", target="План!A1:A3", start="2024-01-31", unit="month")
    bench.do("fill_series", target="План!B1:B3", start="Ноябрь")
    assert bench.shown("План!A1:B3") == [["31.01.2024", "Ноябрь"], ["29.02.2024", "Декабрь"], ["31.03.2024", "Январь"]]


def test_examples_leave_other_cells_alone():
    bench = Bench()
    bench.sheet("Orders", [["x"] * 9] * 3)
    action = by_kind("fill_constant").model_validate(by_kind("fill_constant").example)
    bench.do(**action.model_dump())
    assert [row[6] for row in bench.shown("Orders!A1:I3")] == ["x", "x", "x"]
    assert [row[7] for row in bench.shown("Orders!A1:I3")] == ["x", "Open", "Open"]

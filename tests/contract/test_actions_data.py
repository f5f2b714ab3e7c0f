"""Tables and ranges, rearranged by actions and read back through the API."""

import pytest
from action_bench import ORDERS, TITLES, Bench, span

PLACES = pytest.mark.parametrize(("title", "anchor"), [*((title, "A1") for title in TITLES), ("P1", "U100")])


@PLACES
def test_sort_by_several_columns(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title, ORDERS, at=anchor)
    area = f"{sheet}!{span(anchor, (0, 0), (4, 5))}"
    bench.do("sort_range", target=area, by=["Status", "Price desc"])
    assert [(row[5], row[4]) for row in bench.numbers(area)] == [
        ("Status", "Price"), ("New", 7.5), ("Paid", 10), ("Paid", 5), ("Paid", 2),
    ]  # fmt: skip


def test_sort_without_a_header_by_letter():
    bench = Bench()
    bench.sheet("T", [[3, "c"], [1, "a"], [2, "b"]])
    bench.do("sort_range", target="T!A1:B3", by=["A"], header=False)
    assert bench.shown("T!A1:B3") == [["1", "a"], ["2", "b"], ["3", "c"]]


@PLACES
def test_filters_hide_rows_and_come_off(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title, ORDERS, at=anchor)
    area = f"{sheet}!{span(anchor, (0, 0), (4, 5))}"

    def hidden():
        body = bench.client.get(bench.id, ranges=[area], include_grid_data=True)
        rows = body["sheets"][0]["data"][0].get("rowMetadata", [])
        return [index for index, row in enumerate(rows) if row.get("hiddenByFilter")]

    bench.do("filter_range", target=area, conditions=["Status = Paid", "Qty > 2"])
    assert bench.book().sheet(title).basic_filter
    assert hidden() == [1, 2]
    bench.do("filter_range", target=area, conditions=["Date on or after 2024-01-20"])
    assert hidden() == [1]
    bench.do("filter_range", target=title, clear=True)
    assert bench.book().sheet(title).basic_filter is None
    assert hidden() == []


def test_filters_by_formula():
    bench = Bench("ru_RU")
    bench.sheet("Заказы", [["Регион", "Сумма"], ["Север", 1], ["Юг", 2], ["Восток", 3]])
    bench.do("filter_range", target="Заказы!A1:B4", conditions=["Регион in Север; Юг"])
    spec = bench.book().sheet("Заказы").basic_filter["filterSpecs"][0]
    [value] = spec["filterCriteria"]["condition"]["values"]
    assert value["userEnteredValue"] == '=OR($A2="Север";$A2="Юг")'


@PLACES
def test_duplicates_go(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title, [["Name", "N"], ["a", 1], ["b", 2], ["a", 3], ["a", 1]], at=anchor)
    area = f"{sheet}!{span(anchor, (0, 0), (4, 1))}"
    bench.do("remove_duplicates", target=area)
    assert bench.shown(area) == [["Name", "N"], ["a", "1"], ["b", "2"], ["a", "3"]]
    bench.do("remove_duplicates", target=area, columns=["Name"])
    assert bench.shown(area) == [["Name", "N"], ["a", "1"], ["b", "2"]]


@pytest.mark.parametrize(("delimiter", "text"), [(";", "a;b;c"), (" - ", "a - b - c"), (None, "a,b,c")])
def test_texts_are_split(delimiter, text):
    bench = Bench()
    bench.sheet("P1", [[text], ["d"]], at="Z5")
    [written] = bench.do("split_text", target="'P1'!Z5:Z6", **({"delimiter": delimiter} if delimiter else {}))
    assert bench.shown("'P1'!Z5:AB6") == [["a", "b", "c"], ["d"]]
    assert bench.book().a1(written) == "'P1'!Z5:AB6"


def test_find_and_replace():
    bench = Bench()
    bench.sheet("One", [["North north", '=LEN("north")'], ["Northern", "x"]])
    bench.sheet("Два", [["north"]])
    bench.do("find_replace", target="One!A1:A2", find="north", replacement="South", whole_cell=False)
    assert bench.shown("One!A1:A2") == [["South South"], ["Southern"]]
    assert bench.formulas("One!B1") == [['=LEN("north")']]
    bench.do("find_replace", find="^north$", replacement="юг", regex=True)
    assert bench.shown("Два!A1") == [["юг"]]
    bench.do("find_replace", target="One", find="South", replacement="", match_case=True)
    assert bench.shown("One!A1:A2") == [[" "], ["ern"]]


@PLACES
def test_copies_and_moves(title, anchor):
    bench = Bench()
    sheet = bench.sheet("Source", [[1, "=A1+1"], [2, "=A2+1"]])
    sheet = bench.sheet(title)
    place = f"{sheet}!{anchor}"
    area = f"{sheet}!{span(anchor, (0, 0), (1, 1))}"
    bench.do("copy_range", source="Source!A1:B2", target=place)
    assert bench.numbers(area) == [[1, 2], [2, 3]]
    assert str(bench.formulas(area)[1][1]).startswith("=")
    bench.do("copy_range", source="Source!A1:B2", target=place, what="values", transpose=True)
    assert bench.formulas(area) == [[1, 2], [2, 3]]
    bench.do("move_range", source="Source!A1:B2", target=place)
    assert bench.shown("Source!A1:B2") == []
    assert bench.numbers(area) == [[1, 2], [2, 3]]


def test_a_larger_target_is_filled_with_repeats():
    bench = Bench()
    bench.sheet("T", [["a", "b"]])
    [written] = bench.do("copy_range", source="T!A1:B1", target="T!D1:E3")
    assert bench.shown("T!D1:E3") == [["a", "b"]] * 3
    assert bench.book().a1(written) == "'T'!D1:E3"


def test_formulas_follow_a_move():
    bench = Bench()
    bench.sheet("T", [[1, 2, "=A1+B1"]])
    bench.do("add_sheet", target="Мой лист")
    bench.do("move_range", source="T!A1", target="'Мой лист'!C3")
    assert bench.formulas("T!C1") == [["='Мой лист'!C3+B1"]]


@PLACES
def test_clearing(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title, [[1, 2], [3, 4]], at=anchor)
    area = f"{sheet}!{span(anchor, (0, 0), (0, 1))}"
    bench.do("format_cells", target=area, background="red")
    bench.do("clear_range", target=area)
    assert bench.shown(area) == []
    assert bench.cells(area)[0][0]["userEnteredFormat"]["backgroundColor"] == {"red": 1}
    bench.do("clear_range", target=area, what="formats")
    assert bench.cells(area) in ([], [[]], [[{}, {}]])
    assert bench.shown(f"{sheet}!{span(anchor, (1, 0), (1, 1))}") == [["3", "4"]]


@PLACES
def test_names(title, anchor):
    bench = Bench()
    sheet = bench.sheet(title, [[2], [3]], at=anchor)
    bench.do("named_range", target=f"{sheet}!{span(anchor, (0, 0), (1, 0))}", name="ставка_ндс")
    bench.do("add_sheet", target="Other")
    bench.do("write_cell", target="Other!A1", value="=SUM(ставка_ндс)")
    assert bench.numbers("Other!A1") == [[5]]
    bench.do("named_range", target=f"{sheet}!{anchor}", name="ставка_ндс")
    assert bench.numbers("Other!A1") == [[2]]

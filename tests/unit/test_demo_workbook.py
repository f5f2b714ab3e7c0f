"""The demo's workbook: always the same, and as realistic as its description says."""

from sheets_agent.demo.workbook import ORDER_ROWS, SALES_ROWS, write_demo_workbook
from sheets_agent.emulator.files import open_file


def test_it_is_the_same_every_time(tmp_path):
    write_demo_workbook(tmp_path / "a.xlsx")
    write_demo_workbook(tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_its_tabs_hold_what_they_promise(tmp_path):
    path = tmp_path / "demo.xlsx"
    write_demo_workbook(path)
    opened = open_file(path)
    book = opened.workbook
    sales, orders, reference = book.sheets
    assert opened.losses == ()
    assert [sheet.title for sheet in book.sheets] == ["Продажи", "Orders", "Справочник"]
    header = [sales.cell(0, column).value for column in range(6)]
    assert header == ["Дата", "Регион", "Менеджер", "Товар", "Количество", "Цена"]
    assert book.extent(sales) == (SALES_ROWS + 1, 6)
    dates = [sales.cell(row, 0).value for row in range(1, SALES_ROWS + 1)]
    assert dates == sorted(dates)
    assert sales.cell(1, 0).format["numberFormat"]["type"] == "DATE"
    assert sales.cell(0, 0).format["textFormat"]["bold"] is True
    assert all(sales.cell(row, 4).value >= 1 and sales.cell(row, 5).value > 0 for row in range(1, SALES_ROWS + 1))
    assert orders.cell(0, 0).value.startswith("Export orders")
    assert book.extent(orders) == (ORDER_ROWS + 5, 9)
    total = book.value(orders, ORDER_ROWS + 4, 8)
    lines = [orders.cell(row, 5).value * orders.cell(row, 6).value for row in range(3, ORDER_ROWS + 3)]
    assert abs(total - sum(lines)) < 1e-6
    assert book.value(reference, 6, 1) == 15_000_000
    assert reference.cell(0, 4).value == "Менеджер"
    assert {item["name"] for item in book.named_ranges} == {"НДС", "Курс_USD"}

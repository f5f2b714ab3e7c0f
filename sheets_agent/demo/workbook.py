"""The demo's workbook: the books of a small Russian trading company, the same in every run.

Four months of the year would do for a pivot table; what makes it realistic is the rest: a tab in another language with
a title above its table, prices in two currencies, formulas that someone else wrote, a tab with two tables side by side
and a remark below them.
"""

from __future__ import annotations

import datetime
import random
from pathlib import Path
from typing import Any

import xlsxwriter

SALES_ROWS = 400
ORDER_ROWS = 60

_SEED = 20260701
_REGIONS = {
    "Центр": "Иванова А.",
    "Северо-Запад": "Петров С.",
    "Поволжье": "Сидорова М.",
    "Урал": "Каримов Р.",
    "Сибирь": "Егорова П.",
}
_WEIGHTS = (30, 22, 18, 16, 14)
_GOODS = {
    "Чай чёрный, 100 г": 245.0,
    "Кофе в зёрнах, 1 кг": 1890.0,
    "Мёд липовый, 500 г": 520.0,
    "Орех грецкий, 1 кг": 890.0,
    "Инжир сушёный, 500 г": 430.0,
    "Шоколад горький, 90 г": 165.0,
}
_CUSTOMERS = (
    ("Baltic Foods", "Latvia"),
    ("Nordmarkt GmbH", "Germany"),
    ("Casa del Té", "Spain"),
    ("Almaty Trade", "Kazakhstan"),
    ("Yerevan Market", "Armenia"),
    ("Tbilisi Gourmet", "Georgia"),
)
_PRODUCTS = {"Black tea 100 g": 3.1, "Lime honey 500 g": 6.4, "Walnuts 1 kg": 10.9, "Dried figs 500 g": 5.2}
_STATUSES = ("shipped", "shipped", "shipped", "paid", "new", "cancelled")
_FIRST_DAY, _DAYS = datetime.date(2026, 1, 5), 175
_SALES, _ORDERS, _REFERENCE = "Продажи", "Orders", "Справочник"


def write_demo_workbook(path: Path) -> None:
    """Write the workbook as .xlsx; `path` is overwritten. The same bytes every time.

    Tabs:
        Продажи: A1:F401, headers in the first row, no revenue column.
        Orders: a title in A1, the table in A3:I63 with the formulas of another person in I, a total in I65.
        Справочник: parameters in A1:C8, the managers' plans in E1:G6, a remark in A11; the names НДС and Курс_USD.

    Raises:
        OSError: the file cannot be written.
    """
    numbers = random.Random(_SEED)
    book = xlsxwriter.Workbook(
        str(path), {"in_memory": True, "default_format_properties": {"font_name": "Arial", "font_size": 10}}
    )
    book.set_properties({"title": "Ветер и волна", "created": datetime.datetime(2026, 7, 1)})
    looks = _Looks(book)
    _write_sales(book.add_worksheet(_SALES), looks, numbers)
    _write_orders(book.add_worksheet(_ORDERS), looks, numbers)
    _write_reference(book.add_worksheet(_REFERENCE), looks)
    book.define_name("НДС", f"={_REFERENCE}!$B$4")
    book.define_name("Курс_USD", f"={_REFERENCE}!$B$2")
    book.close()


class _Looks:
    """The formats of the workbook."""

    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.header = book.add_format({"bold": True, "bg_color": "#D9E7FD", "bottom": 1, "text_wrap": True})
        self.date = book.add_format({"num_format": "dd.mm.yyyy"})
        self.iso_date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.roubles = book.add_format({"num_format": '#,##0.00\\ "₽"'})
        self.euros = book.add_format({"num_format": "[$€]#,##0.00"})
        self.euros_bold = book.add_format({"num_format": "[$€]#,##0.00", "bold": True, "top": 1})
        self.rate = book.add_format({"num_format": "0.00"})
        self.percent = book.add_format({"num_format": "0%"})
        self.remark = book.add_format({"italic": True, "font_color": "#757575"})


def _write_sales(sheet: Any, looks: _Looks, numbers: random.Random) -> None:
    sheet.write_row(0, 0, ("Дата", "Регион", "Менеджер", "Товар", "Количество", "Цена"), looks.header)
    days = sorted(numbers.randrange(_DAYS) for _ in range(SALES_ROWS))
    for row, day in enumerate(days, 1):
        region = numbers.choices(list(_REGIONS), _WEIGHTS)[0]
        item, price = numbers.choice(list(_GOODS.items()))
        season = 0.7 + 0.9 * day / _DAYS  # trade grows towards summer, so that the chart has something to show
        sheet.write_datetime(row, 0, _moment(day), looks.date)
        sheet.write_row(row, 1, (region, _REGIONS[region], item))
        sheet.write_number(row, 4, round(numbers.triangular(2, 90, 18) * season))
        sheet.write_number(row, 5, round(price * numbers.uniform(0.95, 1.06), 1), looks.roubles)
    for column, width in enumerate((12, 16, 15, 26, 12, 14)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)


def _write_orders(sheet: Any, looks: _Looks, numbers: random.Random) -> None:
    sheet.write_string(0, 0, "Export orders, January – June 2026, EUR", looks.title)
    headers = ("Order ID", "Date", "Customer", "Country", "Product", "Qty", "Unit price", "Status", "Total")
    sheet.write_row(2, 0, headers, looks.header)
    days = sorted(numbers.randrange(_DAYS) for _ in range(ORDER_ROWS))
    total = 0.0
    for row, day in enumerate(days, 3):
        customer, country = numbers.choice(_CUSTOMERS)
        product, price = numbers.choice(list(_PRODUCTS.items()))
        quantity, price = numbers.randrange(10, 400, 5), round(price * numbers.uniform(0.9, 1.1), 2)
        sheet.write_string(row, 0, f"EX-{1000 + row - 2}")
        sheet.write_datetime(row, 1, _moment(day), looks.iso_date)
        sheet.write_row(row, 2, (customer, country, product, quantity))
        sheet.write_number(row, 6, price, looks.euros)
        sheet.write_string(row, 7, numbers.choice(_STATUSES))
        sheet.write_formula(row, 8, f"=F{row + 1}*G{row + 1}", looks.euros, round(quantity * price, 2))
        total += quantity * price
    last = 2 + ORDER_ROWS
    sheet.write_string(last + 2, 7, "Total", looks.header)
    sheet.write_formula(last + 2, 8, f"=SUM(I4:I{last + 1})", looks.euros_bold, round(total, 2))
    for column, width in enumerate((10, 12, 18, 14, 18, 8, 11, 11, 13)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(3, 0)


def _write_reference(sheet: Any, looks: _Looks) -> None:
    sheet.write_row(0, 0, ("Параметр", "Значение", "Пояснение"), looks.header)
    parameters = (
        ("Курс USD", 92.5, looks.rate, "рублей за доллар"),
        ("Курс EUR", 100.2, looks.rate, "рублей за евро"),
        ("НДС", 0.2, looks.percent, "ставка"),
        ("Скидка от 50 шт.", 0.05, looks.percent, "на весь заказ"),
        ("План продаж на месяц", 2_500_000, looks.roubles, "по всем регионам"),
    )
    for row, (name, value, look, remark) in enumerate(parameters, 1):
        sheet.write_string(row, 0, name)
        sheet.write_number(row, 1, value, look)
        sheet.write_string(row, 2, remark)
    sheet.write_string(6, 0, "План на полугодие")
    sheet.write_formula(6, 1, "=B6*6", looks.roubles, 15_000_000)
    sheet.write_string(6, 2, "шесть месяцев")
    sheet.write_row(7, 0, ("Дата обновления",))
    sheet.write_datetime(7, 1, datetime.datetime(2026, 6, 29), looks.date)
    sheet.write_row(0, 4, ("Менеджер", "Регион", "План на квартал"), looks.header)
    for row, ((region, manager), weight) in enumerate(zip(_REGIONS.items(), _WEIGHTS, strict=True), 1):
        sheet.write_row(row, 4, (manager, region))
        sheet.write_number(row, 6, 75_000 * weight, looks.roubles)
    sheet.write_string(10, 0, "Курсы обновляет бухгалтерия по понедельникам.", looks.remark)
    for column, width in enumerate((24, 16, 20, 4, 15, 16, 18)):
        sheet.set_column(column, column, width)


def _moment(day: int) -> datetime.datetime:
    return datetime.datetime.combine(_FIRST_DAY + datetime.timedelta(days=day), datetime.time())

"""Workbooks made in code, for plans to be tried on: two languages, several tables to a tab, dictionaries, totals."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sheets_agent.demo.workbook import write_demo_workbook
from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.sheets.client import SheetsClient

Rows = list[list[Any]]
Place = tuple[SheetsClient, str]


def _client(title: str, locale: str, sheets: dict[str, dict[str, Rows]]) -> Place:
    client = SheetsClient(EmulatorHttp(Emulator()), sleep=lambda seconds: None)
    spreadsheet_id = client.create(title, locale=locale)["spreadsheetId"]
    first, *others = sheets
    renamed = {"updateSheetProperties": {"properties": {"sheetId": 0, "title": first}, "fields": "title"}}
    client.batch_update(
        spreadsheet_id, [renamed, *({"addSheet": {"properties": {"title": title}}} for title in others)]
    )
    for title, blocks in sheets.items():
        for place, rows in blocks.items():
            client.update_values(spreadsheet_id, f"'{title}'!{place}", rows)
    return client, spreadsheet_id


def demo() -> Place:
    """The demo's own workbook."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.xlsx"
        write_demo_workbook(path)
        workbook = open_file(path).workbook
    emulator = Emulator()
    emulator.add(workbook)
    return SheetsClient(EmulatorHttp(emulator), sleep=lambda seconds: None), workbook.spreadsheet_id


def shop() -> Place:
    """Orders of a shop with a price list beside them, and a tab with the regions' targets."""
    numbers = random.Random(1)
    regions, goods = ["North", "South", "East", "West"], ["Lamp", "Desk", "Chair", "Shelf", "Sofa"]
    orders: Rows = [["Order", "Date", "Region", "Product", "Units", "Price", "Discount", "Status"]]
    for index in range(1, 49):
        orders.append(
            [
                f"A-{100 + index}",
                f"2025-{1 + index // 8:02}-{1 + index % 27:02}",
                numbers.choice(regions),
                numbers.choice(goods),
                numbers.randint(1, 30),
                numbers.randint(20, 300),
                numbers.choice(["0%", "5%", "10%"]),
                numbers.choice(["Paid", "Open", "Late"]),
            ]
        )
    prices = [
        ["Product", "List price", "Weight"],
        *([good, 50 + 40 * place, 3 + place] for place, good in enumerate(goods)),
    ]
    targets = [
        ["Region", "Target", "Manager"],
        *(
            [one, 5000 + 900 * place, name]
            for place, (one, name) in enumerate(zip(regions, ["Ann", "Bob", "Cid", "Dora"], strict=True))
        ),
    ]
    settings = [["Setting", "Value"], ["VAT rate", 0.2], ["Currency", "EUR"], ["Bonus threshold", 500]]
    return _client(
        "Shop",
        "en_US",
        {"Orders": {"A1": orders, "K1": prices}, "Targets": {"A1": targets, "F1": settings}, "Report": {}},
    )


def budget() -> Place:
    """A year's budget: months across, a row of totals, a title above the table."""
    numbers = random.Random(2)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
    rows: Rows = [["Category", "Owner", *months]]
    for name, owner in [
        ("Rent", "Kim"),
        ("Salaries", "Lee"),
        ("Travel", "Kim"),
        ("Software", "Max"),
        ("Training", "Lee"),
        ("Marketing", "Zoe"),
        ("Insurance", "Zoe"),
        ("Repairs", "Max"),
    ]:
        rows.append([name, owner, *(numbers.randint(100, 4000) for _ in months)])
    rows.append(["Total", "", *(f"=SUM({letter}4:{letter}11)" for letter in "CDEFGH")])
    actual: Rows = [
        ["Month", "Income", "Expenses", "Staff"],
        *(
            [month, numbers.randint(9000, 15000), numbers.randint(7000, 12000), numbers.randint(5, 9)]
            for month in months
        ),
    ]
    return _client("Budget", "en_US", {"Plan": {"A1": [["Budget 2025"]], "A3": rows}, "Actual": {"A1": actual}})


def school() -> Place:
    """Marks of a school with decimal commas, and a tab with pupils and another with rules."""
    numbers = random.Random(3)
    names = [
        "Анна Белова",
        "Борис Котов",
        "Вера Зимина",
        "Глеб Орлов",
        "Дарья Лис",
        "Егор Носов",
        "Жанна Рябова",
        "Илья Серов",
        "Кира Умнова",
        "Лев Фокин",
        "Мария Цой",
        "Никита Чан",
    ]
    marks: Rows = [["Ученик", "Класс", "Математика", "Физика", "История", "Пропуски"]]
    for name in names:
        marks.append(
            [
                name,
                numbers.choice(["7А", "7Б", "8А"]),
                *(f"{numbers.uniform(2.5, 5):.1f}".replace(".", ",") for _ in range(3)),
                numbers.randint(0, 12),
            ]
        )
    pupils: Rows = [["Имя", "Город", "Дата рождения", "Взнос"]]
    for index, name in enumerate(names):
        pupils.append(
            [
                name,
                numbers.choice(["Тверь", "Тула", "Орёл"]),
                f"{1 + index:02}.{1 + index % 12:02}.2011",
                f"{1500 + 75 * index},50",
            ]
        )
    rules: Rows = [["Проходной балл", "3,5"], ["Порог пропусков", 8], ["Куратор", "Петрова И."]]
    return _client("Школа", "ru_RU", {"Оценки": {"A1": marks}, "Ученики": {"A1": pupils, "G1": rules}})


def stock() -> Place:
    """A warehouse: goods with suppliers by code, movements, and a tab of suppliers; Russian."""
    numbers = random.Random(4)
    codes = ["P01", "P02", "P03", "P04"]
    goods: Rows = [["Артикул", "Наименование", "Поставщик", "Остаток", "Минимум", "Цена закупки"]]
    for index, name in enumerate(
        [
            "Болт",
            "Гайка",
            "Шайба",
            "Винт",
            "Шуруп",
            "Дюбель",
            "Анкер",
            "Скоба",
            "Петля",
            "Замок",
            "Ручка",
            "Уголок",
            "Профиль",
            "Кабель",
        ]
    ):
        goods.append(
            [
                1001 + index,
                name,
                numbers.choice(codes),
                numbers.randint(0, 500),
                numbers.randint(20, 150),
                numbers.randint(3, 90),
            ]
        )
    moves: Rows = [["Номер", "Артикул", "Вид", "Количество", "Склад"]]
    for index in range(1, 31):
        moves.append(
            [
                index,
                numbers.randint(1001, 1014),
                numbers.choice(["приход", "расход"]),
                numbers.randint(1, 80),
                numbers.choice(["Основной", "Запасной"]),
            ]
        )
    suppliers: Rows = [
        ["Код", "Название", "Срок поставки"],
        *(
            [code, f"ООО «{name}»", 3 + 2 * place]
            for place, (code, name) in enumerate(zip(codes, ["Вектор", "Луч", "Сфера", "Клин"], strict=True))
        ),
    ]
    return _client(
        "Склад", "ru_RU", {"Товары": {"A1": goods}, "Движения": {"A1": moves}, "Поставщики": {"A1": suppliers}}
    )


def hours() -> Place:
    """Hours worked on projects, with rates by person on the same tab, and contacts on another."""
    numbers = random.Random(5)
    people = ["Ada", "Ben", "Cleo", "Dan", "Eve"]
    log: Rows = [["Day", "Person", "Project", "Hours", "Billable"]]
    for index in range(40):
        log.append(
            [
                f"2025-03-{1 + index % 28:02}",
                numbers.choice(people),
                numbers.choice(["Alpha", "Beta", "Gamma"]),
                numbers.choice([1.5, 2, 4, 6.5, 8]),
                numbers.choice(["TRUE", "FALSE"]),
            ]
        )
    rates: Rows = [
        ["Person", "Rate", "Team"],
        *([one, 60 + 15 * place, ["Core", "Data"][place % 2]] for place, one in enumerate(people)),
    ]
    contacts: Rows = [["Full name", "Email", "Phone", "City"]]
    for index in range(20):
        contacts.append(
            [
                f"{['Ann', 'Bo', 'Cy', 'Di'][index % 4]} {['Stone', 'Wood', 'Hill', 'Lake', 'Moss'][index % 5]}",
                f"user{index % 17}@example.com",
                f"555-01{index:02}",
                ["Rome", "Oslo", "Riga"][index % 3],
            ]
        )
    return _client("Hours", "en_US", {"Log": {"A1": log, "H1": rates}, "Contacts": {"A1": contacts}, "Summary": {}})


BOOKS: dict[str, Callable[[], Place]] = {
    "demo": demo, "shop": shop, "budget": budget, "school": school, "stock": stock, "hours": hours,
}  # fmt: skip

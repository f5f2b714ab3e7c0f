"""A workbook written down as cells, and the values that come out: {"A1": 1, "B1": "=A1*2"} → value("B1")."""

from __future__ import annotations

from typing import Any

from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.formulas.references import read
from sheets_agent.formulas.values import Value


class Book:
    def __init__(
        self,
        cells: dict[str, Any] | None = None,
        *,
        titles: tuple[str, ...] = ("Sheet1",),
        rows: int = 100,
        columns: int = 26,
        workbook: Workbook | None = None,
    ) -> None:
        grid = {"rowCount": rows, "columnCount": columns}
        sheets = [
            Sheet({"sheetId": number, "title": title, "index": number, "gridProperties": dict(grid)})
            for number, title in enumerate(titles)
        ]
        self.workbook = workbook or Workbook("book", {"locale": "en_US", "timeZone": "Etc/GMT"}, sheets)
        for place, content in (cells or {}).items():
            self.put(place, content)

    def put(self, place: str, content: Any, **more: Any) -> None:
        sheet, row, column = self._find(place)
        if isinstance(content, str) and content.startswith("="):
            cell = Cell(formula=content, **more)
        elif isinstance(content, int) and not isinstance(content, bool):
            cell = Cell(value=float(content), **more)
        else:
            cell = Cell(value=content, **more)
        self.workbook.set_cell(sheet, row, column, cell)

    def put_rows(self, place: str, rows: list[list[Any]]) -> None:
        sheet, row, column = self._find(place)
        for down, cells in enumerate(rows):
            for right, content in enumerate(cells):
                if content is not None:
                    self.put(f"'{sheet.title}'!{_a1(row + down, column + right)}", content)

    def value(self, place: str) -> Value:
        return self.workbook.value(*self._find(place))

    def format(self, place: str) -> dict[str, Any] | None:
        return self.workbook.number_format(*self._find(place))

    def rectangle(self, place: str) -> list[list[Value]]:
        """The values of a closed range; errors as their short texts."""
        reference = read(place)
        sheet, row, column = self._find(place.split(":")[0])
        assert reference.last is not None
        assert reference.last.row is not None
        assert reference.last.column is not None
        return [
            [_plain(self.workbook.value(sheet, r, c)) for c in range(column, reference.last.column + 1)]
            for r in range(row, reference.last.row + 1)
        ]

    def fork(self) -> Book:
        return Book(workbook=self.workbook.fork())

    def _find(self, place: str) -> tuple[Sheet, int, int]:
        reference = read(place)
        sheet = self.workbook.sheets[0] if reference.sheet is None else self.workbook.sheet_titled(reference.sheet)
        assert sheet is not None
        assert reference.first.row is not None
        assert reference.first.column is not None
        return sheet, reference.first.row, reference.first.column


def _a1(row: int, column: int) -> str:
    return f"{chr(ord('A') + column)}{row + 1}"


def _plain(value: Value) -> Value:
    return value if value is None or isinstance(value, bool | float | str) else str(value)


DATA = [
    ["name", "region", "price", "when", "done"],
    ["pen", "East", 1.5, 45292, True],
    ["ink", "West", 20, 45323, False],
    ["pad", "East", 3, 45352, True],
    ["Pen", "North", 4, 45383, False],
]


def calculate(formula: str, *, at: str = "J1", width: int = 1, height: int = 1) -> Any:
    """The value of a formula beside DATA (A1:E5), or the rectangle it fills."""
    book = Book()
    book.put_rows("A1", DATA)
    book.put(at, formula)
    if width == height == 1:
        return _plain(book.value(at))
    reference = read(at)
    assert reference.first.row is not None
    assert reference.first.column is not None
    corner = _a1(reference.first.row + height - 1, reference.first.column + width - 1)
    return book.rectangle(f"{at}:{corner}")

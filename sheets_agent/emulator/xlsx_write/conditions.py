"""The API's BooleanConditions in Excel's terms, for conditional formats and for data validation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheets_agent.emulator.entry import parse

JSON = dict[str, Any]

COMPARISONS = {
    "EQ": "=", "NOT_EQ": "<>", "GREATER": ">", "GREATER_THAN_EQ": ">=", "LESS": "<", "LESS_THAN_EQ": "<=",
    "BETWEEN": "between", "NOT_BETWEEN": "not between",
}  # fmt: skip
DATES = {
    "DATE_EQ": "=", "DATE_NOT_EQ": "<>", "DATE_BEFORE": "<", "DATE_AFTER": ">", "DATE_ON_OR_BEFORE": "<=",
    "DATE_ON_OR_AFTER": ">=", "DATE_BETWEEN": "between", "DATE_NOT_BETWEEN": "not between",
}  # fmt: skip
_RELATIVE = {
    "TODAY": "TODAY()", "YESTERDAY": "TODAY()-1", "TOMORROW": "TODAY()+1", "PAST_WEEK": "TODAY()-7",
    "PAST_MONTH": "EDATE(TODAY(),-1)", "PAST_YEAR": "EDATE(TODAY(),-12)",
}  # fmt: skip


class Terms:
    """The values of a condition, read as if typed under the spreadsheet's locale."""

    def __init__(self, condition: JSON, locale: str, reference: Callable[[str], str]) -> None:
        self.kind = str(condition.get("type", ""))
        self.texts = [str(value.get("userEnteredValue", "")) for value in condition.get("values", [])]
        self._values = condition.get("values", [])
        self._locale = locale
        self._reference = reference

    def operand(self, index: int) -> str | float:
        """A value as a number, or as a formula with "="; text becomes a formula of a string."""
        if "relativeDate" in self._values[index]:
            return "=" + _RELATIVE.get(self._values[index]["relativeDate"], "TODAY()")
        text = self.texts[index]
        if text.startswith("="):
            return self._reference(text)
        value = parse(text, self._locale).value
        if isinstance(value, bool):
            return "=TRUE" if value else "=FALSE"
        if isinstance(value, float):
            return int(value) if value.is_integer() else value
        return "=" + quoted(text)

    def formula(self, cell: str) -> str | None:
        """The condition as a formula about a cell, None for kinds that no formula of Excel tells."""
        if self.kind == "CUSTOM_FORMULA":
            return self._reference(self.texts[0])
        if self.kind in ("BLANK", "NOT_BLANK"):
            return f'={cell}{"=" if self.kind == "BLANK" else "<>"}""'
        written = _text_formula(self.kind, cell, quoted(self.texts[0])) if self.texts else None
        if written is not None:
            return written
        if self.kind in DATES:
            days = _compared(
                f"INT({cell})", DATES[self.kind], [self._bare(index) for index in range(len(self._values))]
            )
            return f"=AND(ISNUMBER({cell}),{days})"
        if self.kind.removeprefix("NUMBER_") in COMPARISONS and self._values:
            sign = COMPARISONS[self.kind.removeprefix("NUMBER_")]
            return "=" + _compared(cell, sign, [self._bare(index) for index in range(len(self._values))])
        return f"=ISNUMBER({cell})" if self.kind == "DATE_IS_VALID" else None

    def _bare(self, index: int) -> str:
        operand = self.operand(index)
        return operand[1:] if isinstance(operand, str) else repr(operand)


def quoted(text: str) -> str:
    """A string as a formula writes it."""
    return '"' + text.replace('"', '""') + '"'


def _compared(subject: str, sign: str, bounds: list[str]) -> str:
    if sign not in ("between", "not between"):
        return f"{subject}{sign}{bounds[0]}"
    inside = f"AND({subject}>={bounds[0]},{subject}<={bounds[-1]})"
    return inside if sign == "between" else f"NOT({inside})"


def _text_formula(kind: str, cell: str, text: str) -> str | None:
    match kind:
        case "TEXT_CONTAINS":
            return f"=ISNUMBER(SEARCH({text},{cell}))"
        case "TEXT_NOT_CONTAINS":
            return f"=ISERROR(SEARCH({text},{cell}))"
        case "TEXT_STARTS_WITH":
            return f"=LEFT({cell},LEN({text}))={text}"
        case "TEXT_ENDS_WITH":
            return f"=RIGHT({cell},LEN({text}))={text}"
        case "TEXT_EQ":
            return f"={cell}={text}"
        case "TEXT_NOT_EQ":
            return f"={cell}<>{text}"
    return None


def rectangles(places: set[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Few rectangles (first row, first column, last row, last column) that cover exactly these places."""
    runs: dict[tuple[int, int], list[int]] = {}
    by_column: dict[int, list[int]] = {}
    for row, column in places:
        by_column.setdefault(column, []).append(row)
    for column, rows in by_column.items():
        rows.sort()
        start = previous = rows[0]
        for row in [*rows[1:], -1]:
            if row != previous + 1:
                runs.setdefault((start, previous), []).append(column)
                start = row
            previous = row
    result = []
    for (first, last), columns in runs.items():
        columns.sort()
        left = right = columns[0]
        for column in [*columns[1:], -1]:
            if column != right + 1:
                result.append((first, left, last, right))
                left = column
            right = column
    return sorted(result)

"""Pivot tables.

Source: the PivotTable message of the v4 discovery document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, RangeSource, RangeTarget, Request, Role, first_cell, place, room_for
from sheets_agent.actions.cells import coordinate
from sheets_agent.actions.conditions import Condition
from sheets_agent.actions.headers import Header, header_row
from sheets_agent.actions.literals import in_locale
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book

JSON = dict[str, Any]
Options = Annotated[list[str], Role.OPTION]

FUNCTIONS = (
    "SUM", "COUNTA", "COUNT", "COUNTUNIQUE", "AVERAGE", "MAX", "MIN", "MEDIAN", "PRODUCT", "STDEV", "STDEVP", "VAR",
    "VARP",
)  # fmt: skip
DATE_RULES = {
    "second": "SECOND",
    "minute": "MINUTE",
    "hour": "HOUR",
    "hour-minute": "HOUR_MINUTE",
    "weekday": "DAY_OF_WEEK",
    "day of week": "DAY_OF_WEEK",
    "day of year": "DAY_OF_YEAR",
    "day of month": "DAY_OF_MONTH",
    "day-month": "DAY_MONTH",
    "month": "MONTH",
    "quarter": "QUARTER",
    "year": "YEAR",
    "year-month": "YEAR_MONTH",
    "year-quarter": "YEAR_QUARTER",
    "day": "YEAR_MONTH_DAY",
    "date": "YEAR_MONTH_DAY",
    "year-month-day": "YEAR_MONTH_DAY",
}
_SHARES = {
    "row": "PERCENT_OF_ROW_TOTAL",
    "column": "PERCENT_OF_COLUMN_TOTAL",
    "grand": "PERCENT_OF_GRAND_TOTAL",
}
_FUNCTION_NAMES = {"AVG": "AVERAGE", "MEAN": "AVERAGE", "UNIQUE": "COUNTUNIQUE", "COUNT UNIQUE": "COUNTUNIQUE"}
_VALUE = re.compile(r"\s*([A-Za-z ]+?)\s*(?:\(\s*(.+?)\s*\)|\s+of\s+(.+?))\s*", re.DOTALL)
_SHARE = re.compile(r"(.+?) (?:as )?% of (row|column|grand)(?: total)?", re.IGNORECASE | re.DOTALL)
_ORDER = re.compile(r"(.+?) (asc|ascending|desc|descending)", re.IGNORECASE | re.DOTALL)


class CreatePivot(Action):
    """Create a pivot table: group the rows of a table and summarise its columns.

    Columns are named by the header row of the source (or by their letters). A date column can be grouped, as in
    "Date by year-month".
    """

    kind: Literal["create_pivot"] = "create_pivot"
    hint: ClassVar[str] = (
        "rows=Date by year-month, values=SUM of Revenue as Total, filters=Status = Paid, "
        "sort=Region by SUM of Revenue desc"
    )
    target: RangeTarget = Field(description="The top left cell of the pivot table, on free space, such as Pivot!A1.")
    source: RangeSource = Field(description="The table with its header row, such as 'My orders'!A1:F61.")
    rows: Options = Field(
        default=[],
        description='The groups down the side, such as ["Region"] or ["Date by month"]. After "by": year, quarter, '
        "month, year-month, year-quarter, day, weekday, day of month, hour, or the width of number buckets, such as "
        "Price by 100.",
    )
    columns: Options = Field(
        default=[], description='The groups across the top, written like rows, such as ["Category"].'
    )
    values: Options = Field(
        default=[],
        description='What is summarised, such as ["SUM of Revenue", "COUNTA of Order as Orders", "SUM of Revenue % of '
        'row"]; also COUNT, COUNTUNIQUE, AVERAGE, MAX, MIN, MEDIAN, PRODUCT, STDEV, STDEVP, VAR, VARP, or a formula '
        'such as "=SUM(Profit)/SUM(Revenue) as Margin".',
    )
    filters: Options = Field(
        default=[],
        description='Which rows count, such as ["Status = Paid", "Revenue > 100", "Region in North; South"].',
    )
    totals: Annotated[bool, Role.OPTION] = Field(True, description="Whether totals are shown; true when absent.")
    sort: Options = Field(
        default=[],
        description='The order of groups, such as ["Region desc"] or ["Region by SUM of Revenue desc"]; ascending '
        "names when absent.",
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "create_pivot",
        "target": "Pivot!A1",
        "source": "Orders!A1:F61",
        "rows": ["Region"],
        "columns": ["Date by month"],
        "values": ["SUM of Revenue"],
        "filters": ["Status = Paid"],
        "sort": ["Region desc"],
    }

    def requests(self, book: Book) -> list[Request]:
        """One updateCells that anchors the pivot table."""
        anchor = self._anchor(book)
        update = {
            "start": coordinate(anchor),
            "rows": [{"values": [{"pivotTable": self._table(book)}]}],
            "fields": "pivotTable",
        }
        return [*room_for(book, anchor), {"updateCells": update}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The anchor: Sheets never lets a pivot table write over other filled cells, it shows #REF! instead."""
        return (self._anchor(book),)

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The source."""
        return (book.range(self.source),)

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The header row of the source; all of it where a filter excludes texts."""
        source = book.range(self.source)
        excludes = any(" not " in f" {text} " or "<>" in text or "!=" in text for text in self.filters)
        return (book.clipped(source) if excludes else header_row(book, source),)

    def _anchor(self, book: Book) -> GridRange:
        return first_cell(place(book, self.target))

    def _table(self, book: Book) -> JSON:
        source = book.clipped(book.range(self.source))
        header = Header.of(book, source)
        if not self.values and not (self.rows or self.columns):
            raise ActionError('The pivot table is empty. Give rows=… and values=…, such as values="SUM of Revenue".')
        values = [_value(text, header, book.locale) for text in self.values]
        order = {column: spec for text in self.sort for column, spec in [_order(text, header, values)]}
        table: JSON = {"source": source.to_api()}
        for name, texts in (("rows", self.rows), ("columns", self.columns)):
            groups = [self._group(text, header, order) for text in texts]
            if groups:
                table[name] = groups
        if order:
            raise ActionError(f"sort names {header.name(next(iter(order)))}, which is neither in rows nor in columns.")
        if values:
            table["values"] = values
            table["valueLayout"] = "HORIZONTAL"
        if self.filters:
            table["filterSpecs"] = [_filter(text, header, book, source) for text in self.filters]
        return table

    def _group(self, text: str, header: Header, order: dict[int, JSON]) -> JSON:
        name, rule = _group_rule(text, header)
        column = header.column(name)
        group: JSON = {
            "sourceColumnOffset": column - header.start,
            "showTotals": self.totals,
            "sortOrder": "ASCENDING",
            **order.pop(column, {}),
        }
        return {**group, "groupRule": rule} if rule else group

    @override
    def sentence(self) -> str:
        groups = " and ".join(part for part in (", ".join(self.rows), ", ".join(self.columns)) if part)
        return (
            f"Create a pivot table at {self.target} of {', '.join(self.values) or 'groups'} by {groups or 'nothing'}."
        )


def _group_rule(text: str, header: Header) -> tuple[str, JSON | None]:
    """The column of a group and its rule, None without one."""
    name, by, how = text.rpartition(" by ")
    if not by or header.has(text):
        return text, None
    rule = " ".join(how.casefold().replace("_", "-").split())
    for found in (rule, rule.replace(" and ", "-"), rule.replace(" ", "-"), rule.replace("-", " ")):
        if found in DATE_RULES:
            return name, {"dateTimeRule": {"type": DATE_RULES[found]}}
    try:
        interval = float(how)
    except ValueError:
        interval = 0.0
    if interval <= 0:
        raise ActionError(f"“{text}”: after “by” stands one of {', '.join(DATE_RULES)}, or a number above 0.")
    return name, {"histogramRule": {"interval": interval}}


def _value(text: str, header: Header, locale: str) -> JSON:
    """A value such as "SUM of Revenue as Total", or "=SUM(Profit)/SUM(Revenue) as Margin"."""
    text = text.strip()
    if text.startswith("="):
        formula, _, label = text.rpartition(" as ") if " as " in text else (text, "", "")
        spec: JSON = {"summarizeFunction": "CUSTOM", "formula": in_locale(formula.strip(), locale)}
        return {**spec, "name": label.strip() or formula.strip("= ")}
    readings = list(_readings(text))
    # A header may hold the words of the notation: the reading that takes least away and names a column is meant.
    summary, share, label = next((one for one in readings if _names_a_column(one[0], header)), readings[-1])
    spec = _summary(summary, header)
    if share:
        spec["calculatedDisplayType"] = _SHARES[share.lower()]
    return {**spec, "name": label} if label else spec


def _readings(text: str) -> Iterator[tuple[str, str, str]]:
    """The ways to read a value: the summary, the total it is a share of, its label; the plainest way first."""
    yield text, "", ""
    if share := _SHARE.fullmatch(text):
        yield share[1], share[2], ""
    summary, found, label = text.rpartition(" as ")
    if found and not label.startswith("%"):
        yield summary, "", label.strip()
        if share := _SHARE.fullmatch(summary):
            yield share[1], share[2], label.strip()


def _names_a_column(summary: str, header: Header) -> bool:
    match = _VALUE.fullmatch(summary)
    return match is not None and header.has(match[2] or match[3])


def _summary(text: str, header: Header) -> JSON:
    match = _VALUE.fullmatch(text)
    function = " ".join(match[1].upper().split()) if match else ""
    function = _FUNCTION_NAMES.get(function, function)
    if match is None or function not in FUNCTIONS:
        raise ActionError(f"“{text}” is not a value. Write one of {', '.join(FUNCTIONS)}, as in SUM of Revenue.")
    return {"summarizeFunction": function, "sourceColumnOffset": header.column(match[2] or match[3]) - header.start}


def _order(text: str, header: Header, values: list[JSON]) -> tuple[int, JSON]:
    """The column that is sorted and its sortOrder, with the value it is sorted by."""
    match = _ORDER.fullmatch(text.strip())
    what = match[1] if match else text.strip()
    order: JSON = {"sortOrder": "DESCENDING" if match and match[2].lower().startswith("desc") else "ASCENDING"}
    name, by, value = what.partition(" by ")
    if not by or header.has(what):
        return header.column(what), order
    wanted = _summary(value, header)
    for index, known in enumerate(values):
        if wanted.items() <= known.items() or known.get("name") == value:
            return header.column(name), {**order, "valueBucket": {"valuesIndex": index}}
    raise ActionError(f"“{text}” sorts by {value}, which is not among the values.")


def _filter(text: str, header: Header, book: Book, source: GridRange) -> JSON:
    """A filter on one column. Texts are filtered by the values shown, as a person ticks them."""
    column, rest = header.split(text)
    spec: JSON = {"columnOffsetIndex": column - header.start}
    condition = Condition.parse(rest)
    is_text = any("numberValue" not in condition.value(operand, book.locale).value for operand in condition.operands)
    if condition.comparison == "in" or (condition.comparison == "=" and is_text):
        return {**spec, "filterCriteria": {"visibleValues": list(condition.operands), "visibleByDefault": False}}
    if condition.comparison == "<>" and is_text:
        top = source.start_row or 0
        data = GridRange(source.sheet_id, top + 1, source.end_row, column, column + 1)
        shown = dict.fromkeys(cell.text for _, _, cell in book.filled(data))
        hidden = condition.operands[0].casefold()
        visible = [value for value in shown if value.casefold() != hidden]
        return {**spec, "filterCriteria": {"visibleValues": visible, "visibleByDefault": False}}
    criteria = {"condition": condition.for_cells("A1", book.locale), "visibleByDefault": True}
    return {**spec, "filterCriteria": criteria}

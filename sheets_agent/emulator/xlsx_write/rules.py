"""Conditional formats, data validation, filters, tables and protection of a worksheet."""

from __future__ import annotations

import json
from typing import Any

from openpyxl.formula.translate import Translator
from xlsxwriter.exceptions import OverlappingRange

from sheets_agent.a1 import GridRange, cell_name, quote_title
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.number_format import render
from sheets_agent.emulator.workbook import Sheet, Workbook
from sheets_agent.emulator.xlsx_text import escaped
from sheets_agent.emulator.xlsx_write.conditions import COMPARISONS, DATES, Terms, quoted, rectangles
from sheets_agent.emulator.xlsx_write.formulas import FormulaWriter
from sheets_agent.emulator.xlsx_write.styles import Formats, color_of
from sheets_agent.emulator.xlsx_write.table_names import table_names

JSON = dict[str, Any]

_POINTS = {"MIN": "min", "MAX": "max", "NUMBER": "num", "PERCENT": "percent", "PERCENTILE": "percentile"}
_TEXTS = {
    "TEXT_CONTAINS": "containing", "TEXT_NOT_CONTAINS": "not containing", "TEXT_STARTS_WITH": "begins with",
    "TEXT_ENDS_WITH": "ends with",
}  # fmt: skip
_LONGEST_LIST = 255
_LONGEST_PROMPT = 255


class RuleWriter:
    """Writes the rules of one sheet into an XlsxWriter worksheet."""

    def __init__(
        self,
        workbook: Workbook,
        sheet: Sheet,
        target: Any,
        formulas: FormulaWriter,
        formats: Formats,
        title: str,
        losses: Losses,
    ) -> None:
        self._workbook = workbook
        self._sheet = sheet
        self._target = target
        self._formulas = formulas
        self._formats = formats
        self._title = title
        self._losses = losses

    def write(self) -> None:
        """Write every rule."""
        for rule in self._sheet.list("conditionalFormats"):
            self._conditional_format(rule)
        self._validations()
        self._filter()
        names = table_names(self._workbook) if self._sheet.list("tables") else {}
        for index, table in enumerate(self._sheet.list("tables")):
            self._table(table, names[self._sheet.sheet_id, index])
        self._protection()
        tables = {str(table.get("tableId")) for table in self._sheet.list("tables")}
        for band in self._sheet.list("bandedRanges"):
            if str(band.get("bandedRangeId")) not in tables:  # a table brings its own
                place = self._place(self._clipped(band.get("range", {})))
                self._losses.add("range loses its alternating colours", "ranges lose their alternating colours", place)
        for name, one, many in (
            ("filterViews", "filter view is left out", "filter views are left out"),
            ("slicers", "slicer is left out", "slicers are left out"),
        ):
            for _ in self._sheet.list(name):
                self._losses.add(one, many, self._title)

    def _place(self, area: GridRange) -> str:
        return f"{quote_title(self._title)}!{area.to_a1()}"

    def _clipped(self, area: JSON) -> GridRange:
        return GridRange.from_api(area).clipped(self._sheet.row_count, self._sheet.column_count)

    # Conditional formats

    def _conditional_format(self, rule: JSON) -> None:
        areas = [area for area in map(self._clipped, rule.get("ranges", [])) if area.cells]
        if not areas:
            return
        options = self._gradient(rule["gradientRule"]) if "gradientRule" in rule else self._boolean(rule, areas[0])
        if options is None:
            self._losses.add(
                "conditional format that Excel cannot express is left out",
                "conditional formats that Excel cannot express are left out",
                self._place(areas[0]),
            )
            return
        if len(areas) > 1:
            options["multi_range"] = " ".join(area.to_a1() for area in areas)
        self._target.conditional_format(*_corners(areas[0]), options)

    def _boolean(self, rule: JSON, first: GridRange) -> JSON | None:
        body = rule.get("booleanRule", {})
        terms = Terms(body.get("condition", {}), self._workbook.locale, self._formulas.reference)
        options = self._condition(terms, cell_name(first.start_row or 0, first.start_column or 0))
        return None if options is None else {**options, "format": self._formats.difference(body.get("format", {}))}

    def _condition(self, terms: Terms, cell: str) -> JSON | None:
        number = terms.kind.removeprefix("NUMBER_")
        if terms.kind.startswith("NUMBER_") and number in COMPARISONS:
            return _cell_is(COMPARISONS[number], [terms.operand(index) for index in range(len(terms.texts))])
        if terms.kind in ("TEXT_EQ", "TEXT_NOT_EQ") and terms.texts:
            return _cell_is("=" if terms.kind == "TEXT_EQ" else "<>", ["=" + quoted(terms.texts[0])])
        if terms.kind in _TEXTS and terms.texts and not terms.texts[0].startswith("="):
            return {"type": "text", "criteria": _TEXTS[terms.kind], "value": terms.texts[0]}
        if terms.kind in ("BLANK", "NOT_BLANK"):
            return {"type": "blanks" if terms.kind == "BLANK" else "no_blanks"}
        formula = terms.formula(cell)
        return None if formula is None else {"type": "formula", "criteria": formula}

    def _gradient(self, rule: JSON) -> JSON | None:
        points = {"min": rule.get("minpoint"), "mid": rule.get("midpoint"), "max": rule.get("maxpoint")}
        if points["min"] is None or points["max"] is None:
            return None
        options: JSON = {"type": "3_color_scale" if points["mid"] else "2_color_scale"}
        for name, point in points.items():
            if point is None:
                continue
            options[f"{name}_type"] = _POINTS.get(point.get("type", ""), "num")
            options[f"{name}_color"] = color_of(point, "color") or "#FFFFFF"
            if point.get("value") not in (None, ""):
                value = Terms({"values": [{"userEnteredValue": point["value"]}]}, self._workbook.locale, str).operand(0)
                options[f"{name}_value"] = value
        return options

    # Data validation

    def _validations(self) -> None:
        places: dict[str, set[tuple[int, int]]] = {}
        rules: dict[str, JSON] = {}
        for row, column, cell in self._sheet.cells():
            if cell.validation is not None:
                key = _alike(cell.validation, row, column)
                rules.setdefault(key, cell.validation)
                places.setdefault(key, set()).add((row, column))
        for key, rule in rules.items():
            self._validation(rule, rectangles(places[key]))

    def _validation(self, rule: JSON, areas: list[tuple[int, int, int, int]]) -> None:
        first = areas[0]
        options = self._validation_options(rule, cell_name(first[0], first[1]))
        if options is None:
            area = GridRange(0, first[0], first[2] + 1, first[1], first[3] + 1)
            self._losses.add(
                "data validation that Excel cannot express is left out",
                "data validations that Excel cannot express are left out",
                self._place(area),
            )
            return
        if rule.get("inputMessage"):
            options["input_message"] = str(rule["inputMessage"])[:_LONGEST_PROMPT]
        if not rule.get("strict"):
            options["error_type"] = "warning"
        if len(areas) > 1:
            options["other_cells"] = [list(area) for area in areas[1:]]
        self._target.data_validation(*first, options)

    def _validation_options(self, rule: JSON, cell: str) -> JSON | None:
        condition = rule.get("condition", {})
        terms = Terms(condition, self._workbook.locale, self._formulas.reference)
        if terms.kind in ("ONE_OF_LIST", "BOOLEAN"):
            items = terms.texts or ["TRUE", "FALSE"]
            if len(",".join(items)) > _LONGEST_LIST or any("," in item for item in items):
                return None
            return {"validate": "list", "source": items, "dropdown": bool(rule.get("showCustomUi", True))}
        if terms.kind == "ONE_OF_RANGE" and terms.texts:
            source = self._formulas.reference("=" + terms.texts[0].removeprefix("="))
            return {"validate": "list", "source": source, "dropdown": bool(rule.get("showCustomUi", True))}
        number = terms.kind.removeprefix("NUMBER_")
        if terms.kind.startswith("NUMBER_") and number in COMPARISONS:
            return {
                "validate": "decimal",
                **_bounds(COMPARISONS[number], [terms.operand(i) for i in range(len(terms.texts))]),
            }
        if terms.kind in DATES:
            return {
                "validate": "date",
                **_bounds(DATES[terms.kind], [terms.operand(i) for i in range(len(terms.texts))]),
            }
        formula = terms.formula(cell)
        return None if formula is None else {"validate": "custom", "value": formula}

    # Filter, tables, protection

    def _filter(self) -> None:
        if self._sheet.basic_filter is None:
            return
        area = self._clipped(self._sheet.basic_filter.get("range", {}))
        if not area.cells:
            return
        self._target.autofilter(*_corners(area))
        specs = {
            int(spec.get("columnIndex", 0)): spec.get("filterCriteria", {})
            for spec in self._sheet.basic_filter.get("filterSpecs", [])
        }
        specs |= {int(column): spec for column, spec in self._sheet.basic_filter.get("criteria", {}).items()}
        for column, criteria in specs.items():
            if criteria.get("hiddenValues"):
                self._hidden_values(area, column, {str(value) for value in criteria["hiddenValues"]})
            elif criteria.get("condition"):
                self._filter_condition(area, column, criteria["condition"])

    def _hidden_values(self, area: GridRange, column: int, hidden: set[str]) -> None:
        found = {self._shown(row, column) for row in range((area.start_row or 0) + 1, area.end_row or 0)}
        visible = sorted("Blanks" if value == "" else value for value in found - hidden)
        if visible:
            self._target.filter_column_list(column, visible)

    def _filter_condition(self, area: GridRange, column: int, condition: JSON) -> None:
        terms = Terms(condition, self._workbook.locale, self._formulas.reference)
        sign = COMPARISONS.get(terms.kind.removeprefix("NUMBER_"))
        operand = terms.operand(0) if terms.texts else None
        if sign in ("=", "<>", ">", ">=", "<", "<=") and isinstance(operand, int | float):
            self._target.filter_column(column, f"x {'==' if sign == '=' else sign} {operand:g}")
            return
        self._losses.add(
            "filter condition is left out; the rows it hides stay hidden",
            "filter conditions are left out; the rows they hide stay hidden",
            self._place(area),
        )

    def _shown(self, row: int, column: int) -> str:
        value = self._workbook.value(self._sheet, row, column)
        return render(value, self._workbook.number_format(self._sheet, row, column), self._workbook.locale)

    def _table(self, table: JSON, name: str) -> None:
        area = self._clipped(table.get("range", {}))
        row, left, right = area.start_row or 0, area.start_column or 0, area.end_column or 0
        headers = [self._sheet.cell(row, column) for column in range(left, right)]
        texts = [cell.value for cell in headers if isinstance(cell.value, str) and cell.value]
        if area.rows < 2 or len({text.casefold() for text in texts}) != len(headers):
            self._losses.add(
                "table whose headings are not all different texts is written as plain cells",
                "tables whose headings are not all different texts are written as plain cells",
                self._place(area),
            )
            return
        if name != table.get("name"):
            self._losses.say(f"The table “{table.get('name', '')}” is called “{name}” in the file.")
        columns = [
            {"header": _heading(text), "header_format": self._formats.cell(cell.format)}
            for text, cell in zip(texts, headers, strict=True)
        ]
        filtered = self._sheet.basic_filter is None
        try:
            self._target.add_table(*_corners(area), {"name": name, "columns": columns, "autofilter": filtered})
        except OverlappingRange:
            self._losses.add(
                "table that overlaps merged cells is written as plain cells",
                "tables that overlap merged cells are written as plain cells",
                self._place(area),
            )
            return
        for column, (text, cell) in enumerate(zip(texts, headers, strict=True), left):  # as escaped in its place
            if _heading(text) != text:
                self._target.write_string(row, column, text, self._formats.cell(cell.format))

    def _protection(self) -> None:
        for protected in self._sheet.list("protectedRanges"):
            area = protected.get("range", {})
            whole = set(area) <= {"sheetId"} and not protected.get("namedRangeId")
            if whole and not protected.get("warningOnly"):
                self._target.protect()
            else:
                self._losses.add(
                    "protected range is left open: Excel protects whole tabs",
                    "protected ranges are left open: Excel protects whole tabs",
                    self._place(self._clipped(area)),
                )


def _heading(text: str) -> str:
    """A text as an attribute, where XML would make a space of a tab."""
    return escaped(text).replace("\t", "_x0009_")


def _alike(rule: JSON, row: int, column: int) -> str:
    """The same text for rules that say the same of their own cells."""
    condition = rule.get("condition", {})
    if condition.get("type") == "CUSTOM_FORMULA" and condition.get("values"):
        formula = str(condition["values"][0].get("userEnteredValue", ""))
        far = cell_name(500_000, 9_000)  # far away, so that no reference falls off the sheet
        formula = Translator(formula, cell_name(row, column)).translate_formula(far)
        rule = {**rule, "condition": {"type": "CUSTOM_FORMULA", "formula": formula}}
    return json.dumps(rule, sort_keys=True)


def _corners(area: GridRange) -> tuple[int, int, int, int]:
    return area.start_row or 0, area.start_column or 0, (area.end_row or 1) - 1, (area.end_column or 1) - 1


def _cell_is(sign: str, operands: list[str | float]) -> JSON:
    return {"type": "cell", **_bounds({"=": "equal to", "<>": "not equal to"}.get(sign, sign), operands, "criteria")}


def _bounds(sign: str, operands: list[Any], key: str = "criteria") -> JSON:
    if sign in ("between", "not between"):
        return {key: sign, "minimum": operands[0], "maximum": operands[-1]}
    return {key: sign, "value": operands[0]}

"""Conditional formats and data validation of a worksheet as the API's rules."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from openpyxl.formula.translate import Translator
from openpyxl.utils.datetime import from_excel

from sheets_agent.a1 import GridRange, cell_name, quote_title
from sheets_agent.emulator.formula_tokens import Unreadable
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import Sheet
from sheets_agent.emulator.xlsx_read.cells import CellReader
from sheets_agent.emulator.xlsx_read.resources import area
from sheets_agent.emulator.xlsx_read.styles import styled_color

JSON = dict[str, Any]

_COMPARISONS = {
    "equal": "EQ",
    "notEqual": "NOT_EQ",
    "greaterThan": "GREATER",
    "greaterThanOrEqual": "GREATER_THAN_EQ",
    "lessThan": "LESS",
    "lessThanOrEqual": "LESS_THAN_EQ",
    "between": "BETWEEN",
    "notBetween": "NOT_BETWEEN",
}
_DATES = {
    "equal": "DATE_EQ",
    "greaterThan": "DATE_AFTER",
    "greaterThanOrEqual": "DATE_ON_OR_AFTER",
    "lessThan": "DATE_BEFORE",
    "lessThanOrEqual": "DATE_ON_OR_BEFORE",
    "between": "DATE_BETWEEN",
    "notBetween": "DATE_NOT_BETWEEN",
}
_TEXTS = {
    "containsText": "TEXT_CONTAINS",
    "notContainsText": "TEXT_NOT_CONTAINS",
    "beginsWith": "TEXT_STARTS_WITH",
    "endsWith": "TEXT_ENDS_WITH",
}
_POINTS = {"min": "MIN", "max": "MAX", "num": "NUMBER", "percent": "PERCENT", "percentile": "PERCENTILE"}
_SIGNS = {
    "equal": "=", "notEqual": "<>", "greaterThan": ">", "greaterThanOrEqual": ">=", "lessThan": "<",
    "lessThanOrEqual": "<=",
}  # fmt: skip


def conditional_formats(source: Any, sheet_id: int, reader: CellReader, losses: Losses) -> list[JSON]:
    """The sheet's ConditionalFormatRules, the one that wins first."""
    found: list[tuple[int, JSON]] = []
    for block in source.conditional_formatting:
        ranges = [area(sheet_id, str(part)) for part in str(block.sqref).split()]
        for rule in block.rules:
            made = _rule(rule, ranges, source.title, reader)
            if made is None:
                losses.add(
                    "conditional format of a kind that Sheets does not have is left out",
                    "conditional formats of kinds that Sheets does not have (data bars, icons) are left out",
                    f"{quote_title(source.title)}!{block.sqref}",
                )
                continue
            clipped = [part.clipped(10_000_000, 18_278).to_api() for part in ranges]
            found.append((rule.priority or 0, {"ranges": clipped, **made}))
    return [rule for _, rule in sorted(found, key=lambda pair: pair[0])]


def _rule(rule: Any, ranges: list[GridRange], sheet: str, reader: CellReader) -> JSON | None:
    if rule.type == "colorScale":
        return _gradient(rule.colorScale, reader)
    try:
        condition = _condition(rule, ranges[0], sheet, reader)
    except Unreadable:
        return None
    if condition is None:
        return None
    return {"booleanRule": {"condition": condition, "format": _difference(rule.dxf, reader)}}


def _condition(rule: Any, first: GridRange, sheet: str, reader: CellReader) -> JSON | None:
    row, column = first.start_row or 0, first.start_column or 0
    if rule.type in ("containsBlanks", "notContainsBlanks"):
        return {"type": "BLANK" if rule.type == "containsBlanks" else "NOT_BLANK"}
    if rule.type in _TEXTS and rule.text:
        return _with(_TEXTS[rule.type], [rule.text])
    if rule.type == "cellIs" and rule.operator in _COMPARISONS:
        texts = [reader.formulas.read(f"={formula}", sheet, row, column) or "" for formula in rule.formula]
        return _cell_is(rule.operator, texts)
    formula = _computed(rule, first) or (rule.formula[0] if rule.formula else None)
    if formula is None or rule.type in ("dataBar", "iconSet"):
        return None
    text = reader.formulas.read(f"={formula}", sheet, row, column)
    return None if text is None else _with("CUSTOM_FORMULA", [text])


def _cell_is(operator: str, texts: list[str]) -> JSON:
    values = [_entered(text) for text in texts]
    if any(text.startswith('="') for text in texts):
        if operator == "equal":
            return _with("TEXT_EQ", values)
        if operator == "notEqual":
            return _with("TEXT_NOT_EQ", values)
    return _with(f"NUMBER_{_COMPARISONS[operator]}", values)


def _entered(formula: str) -> str:
    """A constant formula as a person would enter it: `="x"` → `x`, `=5` → `5`; others stay formulas."""
    body = formula[1:]
    if len(body) >= 2 and body[0] == body[-1] == '"' and '"' not in body[1:-1].replace('""', ""):
        return body[1:-1].replace('""', '"')
    try:
        float(body)
    except ValueError:
        return formula
    return body


def _computed(rule: Any, first: GridRange) -> str | None:
    """Rules that Excel has ready-made, as the formula that does the same."""
    cell = cell_name(first.start_row or 0, first.start_column or 0)
    whole = _fixed(first)
    if rule.type in ("duplicateValues", "uniqueValues"):
        return f"COUNTIF({whole},{cell}){'>' if rule.type == 'duplicateValues' else '='}1"
    if rule.type == "top10":
        rank = rule.rank or 10
        count = f"MAX(1,INT(COUNT({whole})*{rank}%))" if rule.percent else str(rank)
        return f"{cell}<=SMALL({whole},{count})" if rule.bottom else f"{cell}>=LARGE({whole},{count})"
    if rule.type == "aboveAverage":
        below = rule.aboveAverage is False
        sign = ("<" if below else ">") + ("=" if rule.equalAverage else "")
        spread = f"{'-' if below else '+'}{rule.stdDev}*STDEV({whole})" if rule.stdDev else ""
        return f"{cell}{sign}AVERAGE({whole}){spread}"
    if rule.type in ("containsErrors", "notContainsErrors"):
        return f"ISERROR({cell})" if rule.type == "containsErrors" else f"NOT(ISERROR({cell}))"
    return None


def _fixed(covered: GridRange) -> str:
    first = _dollars(cell_name(covered.start_row or 0, covered.start_column or 0))
    last = _dollars(cell_name((covered.end_row or 1) - 1, (covered.end_column or 1) - 1))
    return f"{first}:{last}"


def _dollars(name: str) -> str:
    letters = name.rstrip("0123456789")
    return f"${letters}${name[len(letters) :]}"


def _with(kind: str, values: list[str]) -> JSON:
    return {"type": kind, "values": [{"userEnteredValue": value} for value in values]}


def _difference(style: Any, reader: CellReader) -> JSON:
    """A differential style as the CellFormat of a rule: Sheets takes colours and the four text switches."""
    result: JSON = {}
    if style is None:
        return result
    palette = reader.styles.palette
    if style.fill is not None:
        color = palette.hexadecimal(style.fill.bgColor) or palette.hexadecimal(style.fill.fgColor)
        if color is not None:
            result |= styled_color("backgroundColor", color)
    if style.font is not None:
        switches = {"bold": style.font.b, "italic": style.font.i, "strikethrough": style.font.strike}
        text: JSON = {name: True for name, on in switches.items() if on}
        if style.font.u:
            text["underline"] = True
        color = palette.hexadecimal(style.font.color)
        if color is not None:
            text |= styled_color("foregroundColor", color)
        if text:
            result["textFormat"] = text
    return result


def _gradient(scale: Any, reader: CellReader) -> JSON | None:
    names = ("minpoint", "maxpoint") if len(scale.cfvo) == 2 else ("minpoint", "midpoint", "maxpoint")
    rule: JSON = {}
    for name, point, color in zip(names, scale.cfvo, scale.color, strict=False):
        kind = _POINTS.get(point.type)
        if kind is None:
            return None
        value = {} if kind in ("MIN", "MAX") or point.val is None else {"value": f"{point.val:g}"}
        rule[name] = {
            **styled_color("color", reader.styles.palette.hexadecimal(color) or "FFFFFF"),
            "type": kind,
            **value,
        }
    return {"gradientRule": rule}


def validations(source: Any, sheet: Sheet, reader: CellReader, losses: Losses) -> Iterator[tuple[int, int, JSON]]:
    """Row, column and DataValidationRule of every validated cell of the grid."""
    for rule in source.data_validations.dataValidation:
        if rule.type in (None, "none"):
            continue
        parts = [area(sheet.sheet_id, str(part)) for part in str(rule.sqref).split()]
        try:
            condition = _validation(rule, sheet.title, parts[0], reader)
        except Unreadable:
            condition = None
        place = f"{quote_title(sheet.title)}!{rule.sqref}"
        if condition is None:
            losses.add("data validation cannot be kept", "data validations cannot be kept", place)
            continue
        if rule.type == "whole":
            losses.add(
                "data validation for whole numbers now takes any number",
                "data validations for whole numbers now take any number",
                place,
            )
        yield from _placed(condition, rule, parts, sheet)


def _placed(condition: JSON, rule: Any, parts: list[GridRange], sheet: Sheet) -> Iterator[tuple[int, int, JSON]]:
    body: JSON = {"condition": condition}
    if rule.prompt:
        body["inputMessage"] = rule.prompt
    if rule.errorStyle in (None, "stop") and rule.showErrorMessage is not False:
        body["strict"] = True
    if condition["type"] in ("ONE_OF_LIST", "ONE_OF_RANGE") and not rule.showDropDown:
        body["showCustomUi"] = True
    formula = condition["values"][0]["userEnteredValue"] if condition["type"] == "CUSTOM_FORMULA" else None
    origin = cell_name(parts[0].start_row or 0, parts[0].start_column or 0)
    for part in parts:
        bounded = part.clipped(sheet.row_count, sheet.column_count)
        for row in range(bounded.start_row or 0, bounded.end_row or 0):
            for column in range(bounded.start_column or 0, bounded.end_column or 0):
                if formula is None:
                    yield row, column, body
                else:  # written for the first cell, relative for the others
                    here = Translator(formula, origin).translate_formula(cell_name(row, column))
                    yield row, column, {**body, "condition": _with("CUSTOM_FORMULA", [here])}


def _validation(rule: Any, sheet: str, first: GridRange, reader: CellReader) -> JSON | None:
    row, column = first.start_row or 0, first.start_column or 0
    texts = [
        reader.formulas.read(f"={str(formula).removeprefix('=')}", sheet, row, column) or ""
        for formula in (rule.formula1, rule.formula2)
        if formula not in (None, "")
    ]
    operator = rule.operator or "between"
    if not texts:
        return None
    if rule.type == "list":
        return _list(texts[0])
    if rule.type in ("whole", "decimal"):
        return _with(f"NUMBER_{_COMPARISONS[operator]}", [_entered(text) for text in texts])
    if rule.type == "date" and operator in _DATES:
        return _with(_DATES[operator], [_entered_date(text) for text in texts])
    if rule.type == "custom":
        return _with("CUSTOM_FORMULA", [texts[0]])
    if rule.type in ("textLength", "time", "date"):
        cell = cell_name(row, column)
        return _with(
            "CUSTOM_FORMULA", ["=" + _compared(f"LEN({cell})" if rule.type == "textLength" else cell, operator, texts)]
        )
    return None


def _list(formula: str) -> JSON | None:
    entered = _entered(formula)
    if entered != formula or formula.startswith('="'):
        items = [item.strip() for item in entered.split(",")]
        if [item.upper() for item in items] == ["TRUE", "FALSE"]:
            return {"type": "BOOLEAN"}
        return _with("ONE_OF_LIST", items)
    return None if "(" in formula else _with("ONE_OF_RANGE", [formula])


def _compared(subject: str, operator: str, texts: list[str]) -> str:
    bounds = [text[1:] for text in texts]
    if operator in _SIGNS:
        return f"{subject}{_SIGNS[operator]}{bounds[0]}"
    inside = f"AND({subject}>={bounds[0]},{subject}<={bounds[-1]})"
    return inside if operator == "between" else f"NOT({inside})"


def _entered_date(formula: str) -> str:
    entered = _entered(formula)
    if entered.startswith("="):
        return entered
    try:
        moment = from_excel(float(entered))
    except (ValueError, OverflowError):  # no number, or none that is a day
        return entered
    return moment.strftime("%Y-%m-%d") if isinstance(moment, datetime.datetime) else entered

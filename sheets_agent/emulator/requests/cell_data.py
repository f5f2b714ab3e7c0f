"""CellData messages to cells, and the fields of one written onto another.

Source: the CellData message of the v4 discovery document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sheets_agent.emulator.cell_input import MAX_CHARACTERS
from sheets_agent.emulator.conditions import VALIDATIONS, check_condition
from sheets_agent.emulator.errors import Refusal, Unsupported
from sheets_agent.emulator.masks import FieldMask, merge
from sheets_agent.emulator.requests.colours import normalised
from sheets_agent.emulator.requests.pivot_check import checked_pivot
from sheets_agent.emulator.workbook import JSON, Cell, Workbook
from sheets_agent.formulas.locale import to_canonical

_WRITABLE = (
    "userEnteredValue",
    "userEnteredFormat",
    "note",
    "dataValidation",
    "pivotTable",
    "textFormatRuns",
)
_BORDER_WIDTHS = {"DOTTED": 1, "DASHED": 1, "SOLID": 1, "SOLID_MEDIUM": 2, "SOLID_THICK": 3, "DOUBLE": 3}


def entered(workbook: Workbook, value: JSON | None) -> tuple[bool | float | str | None, str | None]:
    """An ExtendedValue as a literal and a formula, of which at most one is set; an empty text is a blank cell.

    Raises:
        Refusal: an error value, a formula without its equals sign, or a text too long for a cell.
    """
    if not value:
        return None, None
    if any(len(str(value.get(key, ""))) > MAX_CHARACTERS for key in ("stringValue", "formulaValue")):
        raise Refusal(f"Your input contains more than the maximum of {MAX_CHARACTERS} characters in a single cell.")
    if "errorValue" in value:
        raise Refusal("errorValue is read-only.")
    formula = value.get("formulaValue")
    if formula is not None:
        if not str(formula).startswith(("=", "+")):
            raise Refusal(f"Invalid formulaValue: {formula}. Formulas must begin with '='.")
        return None, to_canonical(_with_equals(str(formula)), workbook.locale)
    if "boolValue" in value:
        return bool(value["boolValue"]), None
    if "numberValue" in value:
        return float(value["numberValue"]), None
    return str(value.get("stringValue", "")) or None, None


def _with_equals(formula: str) -> str:
    return formula if formula.startswith("=") else "=" + formula


@dataclass(frozen=True, slots=True)
class Content:
    """CellData of a request, checked: what is entered, and the message itself for everything else."""

    value: bool | float | str | None
    formula: str | None
    data: JSON


NOTHING = Content(None, None, {})
"""CellData with no field set: writing it clears the masked fields."""


class CellWriter:
    """Writes the masked fields of CellData onto cells.

    Formats that many cells share are merged once: formats are values, and a column of a thousand cells has a handful.
    """

    def __init__(self, workbook: Workbook, mask: FieldMask) -> None:
        self._workbook = workbook
        self._mask = mask
        self._formats: dict[tuple[int, int], tuple[JSON | None, JSON, JSON | None]] = {}
        self.writes_values = mask.wants("userEnteredValue")
        if not mask.everything:
            for path in mask.paths():
                if path[0] == "*":
                    continue
                if path[0] in ("chipRuns", "dataSourceTable"):
                    raise Unsupported(f"The local Sheets API does not keep {path[0]}.")
                if path[0] not in _WRITABLE:
                    raise Refusal(f"Invalid field: {'.'.join(path)}")

    def read(self, data: JSON) -> Content:
        """CellData of a request, ready for `write`.

        Raises:
            Refusal: something in it Sheets would not take.
            Unsupported: smart chips and data source tables.
        """
        data = normalised(self._workbook, data)
        for name in ("chipRuns", "dataSourceTable"):
            if data.get(name):
                raise Unsupported(f"The local Sheets API does not keep {name}.")
        if self._mask.wants("pivotTable") and data.get("pivotTable"):
            data["pivotTable"] = checked_pivot(self._workbook, data["pivotTable"])
        if self._mask.wants("dataValidation") and data.get("dataValidation"):
            data["dataValidation"] = checked_validation(self._workbook, data["dataValidation"])
        literal, formula = entered(self._workbook, data.get("userEnteredValue")) if self.writes_values else (None, None)
        return Content(literal, formula, data)

    def write(self, old: Cell, content: Content) -> Cell:
        """The cell with the masked fields taken over; masked fields that are absent are cleared."""
        data = content.data
        changes: dict[str, Any] = {}
        if self.writes_values:
            changes.update(value=content.value, formula=content.formula, runs=None)
        if self._mask.wants("userEnteredFormat"):
            changes["format"] = self._format(old.format, data)
        if self._mask.wants("note"):
            changes["note"] = data.get("note") or None
        if self._mask.wants("dataValidation"):
            changes["validation"] = data.get("dataValidation")
        if self._mask.wants("pivotTable"):
            changes["pivot"] = data.get("pivotTable")
        if self._mask.wants("textFormatRuns"):
            changes["runs"] = data.get("textFormatRuns") or None
        return replace(old, **changes)

    def _format(self, old: JSON | None, data: JSON) -> JSON | None:
        key = (id(old), id(data))
        known = self._formats.get(key)
        if known is None:
            below = self._mask.below("userEnteredFormat")
            new = data.get("userEnteredFormat") or {}
            merged = dict(new) if below is None or below.everything else merge(old or {}, new, below)
            # The operands are kept beside the result: an id is only a name while its object lives.
            known = self._formats[key] = (old, data, tidy_format(merged) or None)
        return known[2]


def tidy_format(body: JSON) -> JSON:
    """A CellFormat as Google stores it: border widths follow from their styles, a style of NONE is no border."""
    borders = body.get("borders")
    if borders is None:
        return {key: value for key, value in body.items() if value != {} or key.startswith("backgroundColor")}
    kept = {side: border(line) for side, line in borders.items() if line.get("style", "NONE") != "NONE"}
    rest = {key: value for key, value in body.items() if key != "borders"}
    return {**rest, "borders": kept} if kept else rest


def border(line: JSON) -> JSON:
    """A Border with the width its style has, and black where no colour was given."""
    full = {**line, "width": _BORDER_WIDTHS.get(line["style"], 1)}
    full.setdefault("color", {})
    full.setdefault("colorStyle", {"rgbColor": {}})
    return full


def checked_validation(workbook: Workbook, rule: JSON) -> JSON:
    """A DataValidationRule that Sheets would take.

    Raises:
        Refusal: it has no condition, or a condition only filters and formats may have.
    """
    check_condition(rule.get("condition") or {}, VALIDATIONS, "data validation", workbook.locale)
    return rule

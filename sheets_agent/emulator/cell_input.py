"""JSON values of the `values.*` methods, checked and turned into cells."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from sheets_agent.emulator import entry
from sheets_agent.emulator.errors import invalid
from sheets_agent.emulator.messages import MOST
from sheets_agent.emulator.workbook import JSON, Cell, Workbook
from sheets_agent.formulas.locale import to_canonical

MAX_CHARACTERS = 50_000


def checked_rows(body: JSON) -> list[list[Any]]:
    """The values of a ValueRange by rows, ragged as they came; None skips a cell.

    Raises:
        ApiError: 400 for a value that no cell can hold.
    """
    lines: list[list[Any]] = body.get("values", [])
    for outer, line in enumerate(lines):
        for inner, value in enumerate(line):
            if isinstance(value, dict | list):
                kind = "struct_value" if isinstance(value, dict) else "list_value"
                raise invalid(f"Invalid values[{outer}][{inner}]: {kind} {json.dumps(value, ensure_ascii=False)}")
            if isinstance(value, int | float) and not -MOST <= value <= MOST:
                raise invalid(f"Invalid values[{outer}][{inner}]: number_value is out of range")
            if isinstance(value, str) and len(value) > MAX_CHARACTERS:
                raise invalid(
                    f"Your input contains more than the maximum of {MAX_CHARACTERS} characters in a single cell."
                )
    if body.get("majorDimension") != "COLUMNS":
        return lines
    return [list(row) for row in zip_longest(*lines)]


def entered_cell(workbook: Workbook, old: Cell, value: Any, user_entered: bool) -> Cell:
    """The cell after a value went in, as typed by a person or raw; everything but its content stays."""
    if isinstance(value, bool):
        return replace(old, value=value, formula=None, runs=None)
    if isinstance(value, int | float):
        return replace(old, value=float(value), formula=None, runs=None)
    if not user_entered:
        return replace(old, value=value or None, formula=None, runs=None)
    own = old.format or {}
    typed = entry.parse(value, workbook.locale, own.get("numberFormat"), workbook.today())
    cell_format = {**own, "numberFormat": typed.number_format} if typed.number_format else old.format
    formula = None if typed.formula is None else to_canonical(typed.formula, workbook.locale)
    return replace(old, value=typed.value, formula=formula, format=cell_format, runs=None)

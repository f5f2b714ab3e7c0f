"""Named functions: an .xlsx file has them as defined names that stand for a LAMBDA."""

from __future__ import annotations

import re
from typing import Any

from sheets_agent.emulator.formula_tokens import Unreadable
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import JSON
from sheets_agent.emulator.xlsx_read.formulas import FormulaReader
from sheets_agent.formulas.named import body_of

_LAMBDA = re.compile(r"=?\s*(_xlfn\.)?LAMBDA\s*\(", re.IGNORECASE)


def is_named_function(text: str) -> bool:
    """Whether what a defined name stands for is a LAMBDA."""
    return _LAMBDA.match(text) is not None


def named_functions(book: Any, formulas: FormulaReader, losses: Losses) -> list[JSON]:
    """The named functions of a workbook, hidden ones as well."""
    found = []
    for name in book.defined_names.values():
        if not name.attr_text or not is_named_function(name.attr_text):
            continue
        try:
            formula = formulas.read("=" + name.attr_text.lstrip("="), "", 0, 0)
        except Unreadable:
            formula = None
        if formula is None or body_of(formula) is None:
            losses.add("named function cannot be read", "named functions cannot be read", name.name)
            continue
        found.append({"name": name.name, "formula": formula})
    return found

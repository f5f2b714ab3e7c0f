"""Named functions as the defined names of an .xlsx file."""

from __future__ import annotations

from typing import Any

from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import Workbook
from sheets_agent.emulator.xlsx_write.formulas import FormulaWriter


def define_functions(target: Any, workbook: Workbook, formulas: FormulaWriter, losses: Losses) -> None:
    """Put them into the file, except those that Excel has no way to say."""
    for function in workbook.named_functions:
        stored = formulas.store(function["formula"], None)
        if stored.unknown or target.define_name(function["name"], stored.text) == -1:
            losses.add(
                "named function that Excel cannot calculate is left out",
                "named functions that Excel cannot calculate are left out",
                function["name"],
            )

"""Names of tables that Excel takes: no cell's name, no other table's, and no named range's."""

from __future__ import annotations

import re

from sheets_agent.emulator.workbook import Workbook

_LONGEST = 250  # Excel's 255, with room for a number
_OF_A_CELL = re.compile(r"[A-Za-z]{1,3}\d+|[RrCc]\d*([RrCc]\d*)?")


def table_names(workbook: Workbook) -> dict[tuple[int, int], str]:
    """A name for every table, by the sheet's id and the place among the sheet's tables."""
    taken = {str(named.get("name", "")).casefold() for named in workbook.named_ranges}
    names: dict[tuple[int, int], str] = {}
    for sheet in workbook.sheets:
        for index, table in enumerate(sheet.list("tables")):
            wanted = re.sub(r"[^\w.]", "_", str(table.get("name") or "Table1"))[:_LONGEST]
            if not re.match(r"[^\W\d]", wanted) or _OF_A_CELL.fullmatch(wanted):
                wanted = f"_{wanted}"
            name, number = wanted, 2
            while name.casefold() in taken:
                name, number = f"{wanted}_{number}", number + 1
            taken.add(name.casefold())
            names[sheet.sheet_id, index] = name
    return names

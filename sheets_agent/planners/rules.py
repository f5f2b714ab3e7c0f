"""What stands on a sheet besides its cells and can hold formulas: rules, charts, filters."""

from __future__ import annotations

import json
from typing import Any

from sheets_agent.sheets.client import SheetsClient

JSON = dict[str, Any]

_OBJECTS = ("conditionalFormats", "charts", "basicFilter", "filterViews", "slicers")
_FIELDS = f"sheets({','.join(_OBJECTS)},data.rowData.values.dataValidation)"


def rules_on(client: SheetsClient, spreadsheet_id: str, sheet: str) -> list[JSON]:
    """The conditional formats, charts, filters and validation of a sheet, each kind of rule once.

    Args:
        client: a client on a copy of the spreadsheet.
        spreadsheet_id: its id.
        sheet: all cells of the sheet, in A1 notation.
    """
    found: dict[str, JSON] = {}
    for body in client.get(spreadsheet_id, ranges=[sheet], fields=_FIELDS).get("sheets", ()):
        rules = [{name: body[name]} for name in _OBJECTS if name in body]
        rows = (row for data in body.get("data", ()) for row in data.get("rowData", ()))
        rules += [cell for row in rows for cell in row.get("values", ()) if cell]
        found |= {json.dumps(rule, sort_keys=True): rule for rule in rules}
    return list(found.values())

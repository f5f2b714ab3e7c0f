"""Why cells show errors: their messages and formulas, read for a few cells of each column that shows the same.

Also the facts made of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.values import ErrorValue
from sheets_agent.planners.snapshot import Key, address
from sheets_agent.sheets.book import Book, CellView
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.planned import Fact, Severity

ASKED_OF_A_COLUMN = 5
ASKED = 200


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a cell shows an error.

    Attributes:
        message: what the spreadsheet says to it; empty where the cell was not asked.
        formula: the cell's own formula.
        not_calculated: whether only the local Sheets API does not know the value.
    """

    message: str = ""
    formula: str = ""
    not_calculated: bool = False


def causes(client: SheetsClient, book: Book, errors: Mapping[Key, str]) -> dict[Key, Cause]:
    """The cause of every error; a cell that is not asked is taken to be like those of its column that are."""
    columns: dict[tuple[int, int, str], list[Key]] = {}
    for key in sorted(errors):
        columns.setdefault((key[0], key[2], errors[key]), []).append(key)
    asked = [key for keys in columns.values() for key in keys[:ASKED_OF_A_COLUMN]][:ASKED]
    cells = client.load(
        book, [GridRange(sheet, row, row + 1, column, column + 1) for sheet, row, column in asked]
    ).cells
    known = {key: _cause(cells.get(key, CellView())) for key in asked}
    found: dict[Key, Cause] = {}
    for keys in columns.values():
        seen = [known[key] for key in keys if key in known]
        alike = Cause(not_calculated=bool(seen) and all(one.not_calculated for one in seen))
        found.update({key: known.get(key, alike) for key in keys})
    return found


def _cause(cell: CellView) -> Cause:
    error = cell.value if isinstance(cell.value, ErrorValue) else ErrorValue("ERROR")
    return Cause(error.message, cell.formula or "", error.not_calculated)


def error_facts(client: SheetsClient, book: Book, errors: Mapping[Key, str], blamed: Mapping[Key, int]) -> list[Fact]:
    """Errors that a plan brought; the same ones of a step are told once, with a count.

    Args:
        client: a client on the spreadsheet that shows them.
        book: its metadata.
        errors: what the cells show.
        blamed: the zero-based steps after which they first did, as far as that is known.
    """
    why = causes(client, book, errors)
    groups: dict[tuple[int | None, str, bool], list[Key]] = {}
    for key in sorted(errors):
        groups.setdefault((blamed.get(key), errors[key], why[key].not_calculated), []).append(key)
    return [_fact(book, step, text, why[keys[0]], keys) for (step, text, _), keys in groups.items()]


def _fact(book: Book, step: int | None, text: str, why: Cause, keys: list[Key]) -> Fact:
    where = address(book, keys[0])
    more = f" and {len(keys) - 1} more cells" if len(keys) > 1 else ""
    sentence = f"{where}{more} show{'s' * (len(keys) == 1)} {text}: {why.message}"
    if why.formula:
        sentence += f" The formula is {why.formula}"
    unknown = why.not_calculated
    return Fact(
        kind="not_simulated" if unknown else "error_value",
        severity=Severity.UNKNOWN if unknown else Severity.ERROR,
        step=step,
        address=where,
        sentence=sentence,
    )

"""How many formulas of real workbooks have here the value that the program which saved them had stored.

    python benchmarks/workbooks.py FOLDER [--all]

Every .xlsx file below the folder is opened and calculated. Counted apart: formulas whose value changes by itself
(TODAY, RAND, …), and those with a function that Sheets does not have, where Sheets shows #NAME? as well.
"""

from __future__ import annotations

import argparse
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
from openpyxl.utils.datetime import to_excel

from sheets_agent.a1 import cell_name
from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.workbook import Sheet, Workbook
from sheets_agent.errors import FileError
from sheets_agent.formulas.catalogue import lookup
from sheets_agent.formulas.shapes import shape
from sheets_agent.formulas.tokens import Kind, tokens
from sheets_agent.formulas.values import ErrorValue, Value

VOLATILE = {"CELL", "NOW", "RAND", "RANDARRAY", "RANDBETWEEN", "TODAY"}
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Compared:
    """One formula, its value here and the one in the file."""

    place: str
    formula: str
    here: Value
    stored: object

    @property
    def functions(self) -> set[str]:
        """The functions it calls."""
        return {token.text.upper() for token in tokens(self.formula) if token.kind is Kind.FUNCTION}

    @property
    def changing(self) -> bool:
        """Whether its value would be another tomorrow."""
        return bool(self.functions & VOLATILE)

    @property
    def foreign(self) -> bool:
        """Whether it calls what Sheets does not have."""
        return any(lookup(name) is None for name in self.functions)

    @property
    def equal(self) -> bool:
        """Whether both are the same; numbers to nine digits, every error like every other of its kind."""
        here, stored = self.here, self.stored
        if isinstance(here, ErrorValue):
            return str(here) == stored
        if isinstance(here, bool) or isinstance(stored, bool):
            return here is stored
        if isinstance(here, float) and isinstance(stored, int | float):
            return abs(here - stored) <= TOLERANCE * max(1.0, abs(here), abs(stored))
        return (here or "") == (stored or "")

    @property
    def reason(self) -> str:
        """Why they differ, as far as can be told."""
        if isinstance(self.here, ErrorValue):
            return f"{self.here}: {self.here.message}"
        if isinstance(self.stored, str) and self.stored.startswith("#"):
            return f"an error {self.stored} in the file, a value here"
        return "another value"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--all", action="store_true", help="print every difference, not one of each kind")
    given = arguments.parse_args()
    found: list[Compared] = []
    for path in sorted(given.folder.rglob("*.xlsx")):
        try:
            found += compared(path, given.folder)
        except FileError as error:
            print(f"{path.relative_to(given.folder)}: {error}")
    summarise(found, everything=given.all)


def compared(path: Path, folder: Path) -> list[Compared]:
    """Every formula of a file, or none when the file holds no values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored = openpyxl.load_workbook(path, data_only=True)
    workbook = open_file(path).workbook
    found = [
        Compared(f"{path.relative_to(folder)} {sheet.title}!{cell_name(row, column)}", formula, here, there)
        for sheet in workbook.sheets
        for row, column, formula, here in formulas(workbook, sheet)
        for there in [plain(stored[sheet.title].cell(row + 1, column + 1).value, stored.epoch)]
    ]
    return found if any(one.stored is not None for one in found) else []


def formulas(workbook: Workbook, sheet: Sheet) -> Iterator[tuple[int, int, str, Value]]:
    for row, column, cell in sheet.cells():
        if cell.formula is not None:
            yield row, column, cell.formula, workbook.value(sheet, row, column)


def plain(value: object, epoch: datetime) -> object:
    """A stored value as a spreadsheet has it: moments are numbers."""
    if isinstance(value, datetime | date | time | timedelta):
        return float(to_excel(value, epoch))
    return value


def summarise(found: list[Compared], *, everything: bool) -> None:
    fixed = [one for one in found if not one.changing and not one.foreign]
    different = [one for one in fixed if not one.equal]
    share = 100 * (1 - len(different) / len(fixed)) if fixed else 100
    print(f"{len(fixed):,} formulas with a stored value: {share:.2f} % equal, {len(different):,} different")
    print(f"not compared: {sum(one.changing for one in found):,} that change by themselves,")
    foreign = [one for one in found if one.foreign]
    names = sorted({name for one in foreign for name in one.functions if lookup(name) is None})
    print(f"{len(foreign):,} with functions that Sheets does not have ({', '.join(names)})")
    kinds: dict[tuple[str, str], list[Compared]] = defaultdict(list)
    for one in different:
        kinds[one.reason, shape(one.formula).outline].append(one)
    for (reason, _), ones in sorted(kinds.items(), key=lambda kind: -len(kind[1])):
        print(f"\n{len(ones):,} × {reason}")
        for one in ones if everything else ones[:1]:
            print(f"    {one.place}: {one.formula[:200]}")
            print(f"    here {one.here!r}, in the file {one.stored!r}")


if __name__ == "__main__":
    main()

"""How fast the local Sheets API is, as ratios to what else calculates spreadsheets on the same machine.

    python benchmarks/emulator.py            everything, about three minutes
    python benchmarks/emulator.py --quick    without the workbook of a million cells and LibreOffice

What is not installed is skipped, and said so.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import ironcalc
import openpyxl
from libreoffice import LibreOffice, program

from sheets_agent.a1 import cell_name
from sheets_agent.emulator.documents import new_workbook
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.workbook import Cell, Workbook

FORMULAS = 100_000
ROWS, COLUMNS = 1_000, 10
LARGE_ROWS, LARGE_COLUMNS = 100_000, 10


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.child:
        child(*given.child)
        return
    print(f"Measured on {datetime.now(UTC):%Y-%m-%d}\n")
    print("| what | here | compared with | ratio | goal |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office = LibreOffice(folder) if program() and not given.quick else None
        recalculation(office, folder)
        looking_ahead(office, folder)
        batches()
        if not given.quick:
            large(folder)
    if office is None:
        print("\nLibreOffice was not compared: it is not installed, or --quick was given.")


def report(what: str, here: float, other: str = "", seconds: float | None = None, goal: str = "") -> None:
    """One line: our time, the time of something else where there is one, and the ratio of the two."""
    compared = f"{other}: {milliseconds(seconds)}" if seconds is not None else other
    ratio = (
        "" if seconds is None else f"{seconds / here:,.0f}× as fast" if seconds > 2 * here else f"{here / seconds:.2f}"
    )
    print(f"| {what} | {milliseconds(here)} | {compared} | {ratio} | {goal} |", flush=True)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.1f} s"


def best(work: Callable[[], object], times: int = 7) -> float:
    """The shortest of several runs, in seconds: the others were disturbed by something."""
    return best_in_turn(work, times=times)[0]


def best_in_turn(
    *works: Callable[[], object], times: int = 15, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """The shortest run of each, in seconds. They take turns, so that what else the machine does slows all alike."""
    found = [float("inf")] * len(works)
    for _ in range(times):
        for place, work in enumerate(works):
            start = clock()
            work()
            found[place] = min(found[place], clock() - start)
    return found


# ------------------------------------------------------------------------------------------------- one edit


def formula_rows(formulas: int) -> dict[int, dict[int, Cell]]:
    """Rows of one number and ten formulas that build on one another."""
    return {
        row: {
            0: Cell(float(row)),
            **{
                column: Cell(
                    formula=f"={cell_name(row, column - 1)}*2+$A${row + 1}"
                    if column % 2
                    else f"=SUM(A{row + 1}:{cell_name(row, column - 1)})"
                )
                for column in range(1, 11)
            },
        }
        for row in range(formulas // 10)
    }


def workbook_of(rows: dict[int, dict[int, Cell]], locale: str = "en_US") -> Workbook:
    workbook = new_workbook("benchmark")
    workbook.properties = {**workbook.properties, "locale": locale}
    sheet = workbook.sheets[0]
    grid = {"rowCount": len(rows) + 100, "columnCount": 26}
    sheet.properties = {**sheet.properties, "gridProperties": grid}
    workbook.replace_rows(sheet, rows)
    return workbook


def recalculation(office: LibreOffice | None, folder: Path) -> None:
    rows = formula_rows(FORMULAS)
    what = f"recalculation after one edit, {FORMULAS:,} formulas"
    bare = raw_edits(rows)
    for locale in ("en_US", "ru_RU"):
        here, raw = best_in_turn(edits(workbook_of(rows, locale)), bare, clock=time.process_time)
        report(f"{what}, {locale}", here, "raw IronCalc, processor time of both", raw, "≤ 1.3")
    here = best(edits(workbook_of(rows)))
    if office:
        path = saved(rows, folder / "formulas.xlsx")
        seconds = best(lambda: office.calculated(path, folder / "out"), 1)
        report(what, here, "LibreOffice headless (starts, opens, calculates, saves)", seconds)
    if importlib.util.find_spec("formulas") is None:
        print("| recalculation | | the package `formulas` is not installed | | |")
    else:
        small = formula_rows(1_000)
        path = saved(small, folder / "small.xlsx")
        report("the same, 1,000 formulas", best(edits(workbook_of(small))), "`formulas`", formulas_package(path))


def edits(workbook: Workbook) -> Callable[[], object]:
    sheet = workbook.sheets[0]
    workbook.value(sheet, 0, 1)
    counter = iter(range(10**9))

    def edit() -> None:
        number = float(next(counter) + 5)
        workbook.set_cell(sheet, 0, 0, Cell(number))
        assert workbook.value(sheet, 0, 1) == 3 * number

    return edit


def raw_edits(rows: dict[int, dict[int, Cell]]) -> Callable[[], object]:
    model = ironcalc.create("raw", "en", "UTC")
    for row, cells in rows.items():
        for column, cell in cells.items():
            if cell.formula:
                model.update_cell_with_formula(0, row + 1, column + 1, cell.formula)
            else:
                model.update_cell_with_number(0, row + 1, column + 1, cell.value)
    model.evaluate()
    counter = iter(range(10**9))

    def edit() -> None:
        number = float(next(counter) + 5)
        model.update_cell_with_number(0, 1, 1, number)
        model.evaluate()
        assert model.get_cell_value(0, 1, 2) == 3 * number

    return edit


def saved(rows: dict[int, dict[int, Cell]], path: Path) -> Path:
    """The rows as a file without stored values, so that whoever opens it has to calculate."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    for cells in rows.values():
        sheet.append([cell.formula or cell.value for _, cell in sorted(cells.items())])
    book.save(path)
    return path


def formulas_package(path: Path) -> float:
    import formulas

    model = formulas.ExcelModel().loads(str(path)).finish()
    return best(model.calculate, 1)


# ------------------------------------------------------------------------------------------- looking ahead


def looking_ahead(office: LibreOffice | None, folder: Path) -> None:
    half = COLUMNS // 2
    rows = {
        row: {
            **{column: Cell(float(row * column)) for column in range(half)},
            **{
                column: Cell(formula=f"=SUM(A{row + 1}:{cell_name(row, column - 1)})")
                for column in range(half, COLUMNS)
            },
        }
        for row in range(ROWS)
    }
    emulator = Emulator()
    workbook = emulator.add(workbook_of(rows))
    workbook.value(workbook.sheets[0], 0, COLUMNS - 1)
    identifier = workbook.spreadsheet_id
    body = json.dumps({"requests": ten_requests()}).encode()

    def look() -> None:
        fork = emulator.fork(identifier)
        for method, path, sent in (
            ("POST", f"/v4/spreadsheets/{identifier}:batchUpdate", body),
            ("GET", f"/v4/spreadsheets/{identifier}/values/Sheet1!A1:M20", b""),
        ):
            status, _, answer = fork.handle(method, path, {}, sent)
            assert status == 200, answer

    what = f"fork, 10 requests, recalculation, read back; {ROWS * COLUMNS:,} cells"
    here = best(look, 30)
    if office is None:
        report(what, here, goal="≤ 10 ms")
        return

    def look_through_office() -> None:
        path = saved(rows, folder / "ahead.xlsx")
        book = openpyxl.load_workbook(path)
        for row in range(1, 6):
            book.active.cell(row, 1).value = 7
        book.active["M1"] = f"=SUM(J1:J{ROWS})"
        book.active.merge_cells("O3:P4")
        book.active.column_dimensions["A"].width = 20
        book.save(path)
        result = openpyxl.load_workbook(office.calculated(path, folder / "out"), data_only=True, read_only=True)
        list(result.active.iter_rows(max_row=20, max_col=13, values_only=True))
        result.close()

    report(what, here, "LibreOffice headless", best(look_through_office, 2), "≤ 10 ms, ≥ 50×")


def ten_requests() -> list[dict[str, object]]:
    def write(row: int, column: int, value: dict[str, object]) -> dict[str, object]:
        start = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
        rows = [{"values": [{"userEnteredValue": value}]}]
        return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}

    def area(*corners: int) -> dict[str, int]:
        names = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
        return {"sheetId": 0, **dict(zip(names, corners, strict=True))}

    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    columns = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 2}
    sort = [{"dimensionIndex": 1, "sortOrder": "DESCENDING"}]
    return [
        *(write(row, 0, {"numberValue": 7}) for row in range(5)),
        write(0, 12, {"formulaValue": f"=SUM(J1:J{ROWS})"}),
        {"repeatCell": {"range": area(0, 1, 0, 10), "cell": bold, "fields": "userEnteredFormat.textFormat.bold"}},
        {"mergeCells": {"range": area(2, 4, 14, 16), "mergeType": "MERGE_ALL"}},
        {"updateDimensionProperties": {"range": columns, "properties": {"pixelSize": 120}, "fields": "pixelSize"}},
        {"sortRange": {"range": area(0, 20, 0, 5), "sortSpecs": sort}},
    ]


def batches() -> None:
    emulator = Emulator()
    identifier = emulator.create("small").spreadsheet_id
    body = json.dumps({"requests": ten_requests()[:1]}).encode()

    def hundred() -> None:
        for _ in range(100):
            status, _, _ = emulator.handle("POST", f"/v4/spreadsheets/{identifier}:batchUpdate", {}, body)
            assert status == 200

    seconds = best(hundred, 10) / 100
    print(f"| small batchUpdates in process | {1 / seconds:,.0f} per second | | | ≥ 1,000 |")


# --------------------------------------------------------------------------------------------- a large file


def large(folder: Path) -> None:
    """Each step in a process of its own: the peak of memory is a process's."""
    path = folder / "large.xlsx"
    for step in ("make", "open", "save"):
        ran = subprocess.run(
            [sys.executable, __file__, "--child", step, str(path)], check=True, capture_output=True, text=True
        )
        if step != "make":
            found = json.loads(ran.stdout)
            what = f"{step} of a workbook with {LARGE_ROWS * LARGE_COLUMNS:,} cells"
            print(f"| {what} | {found['seconds']:.1f} s | | {found['megabytes']:,.0f} MB at the peak | |", flush=True)


def child(step: str, name: str) -> None:
    import resource

    from sheets_agent.emulator.files import open_file, save_file

    path = Path(name)
    if step == "make":
        make_large(path)
        return
    start = time.perf_counter()
    workbook = open_file(path).workbook
    if step == "save":
        start = time.perf_counter()
        save_file(workbook, path.with_name("saved.xlsx"))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


def make_large(path: Path) -> None:
    """Numbers with a format, dates, texts that repeat, booleans, and two columns of formulas."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    money, day = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Data")
    for row in range(LARGE_ROWS):
        for column in range(3):
            sheet.write_number(row, column, row * column + 0.5, money)
        sheet.write_number(row, 3, 40_000 + row % 1_000, day)
        for column in range(4, 7):
            sheet.write_string(row, column, f"text {row % 977} {column}")
        for column in range(7, 9):
            sheet.write_formula(row, column, f"=A{row + 1}*{column}+B{row + 1}", money, 0.5 * column + row + 0.5)
        sheet.write_boolean(row, 9, row % 2 == 0)
    book.close()


if __name__ == "__main__":
    main()

"""Random formulas, calculated here and by LibreOffice, which was written by other people from the same definitions."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import openpyxl
import pytest

from sheets_agent.emulator.files import open_file
from sheets_agent.formulas.values import Value

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from libreoffice import LibreOffice, program

pytestmark = pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")

ROWS, SEED, FORMULAS, DEPTH = 12, 20261121, 1500, 4
NUMBERS = [3.5, -2, 10, 0, 7.25, 100, -45.5, 3.5, 1e6, 0.125, 12, -1]
TEXTS = ["pen", "Ink", "pad", "pen", "a b c", "10", None, "Zebra", "ink", "PEN", "x-y", "apple"]
DATA = [[NUMBERS[row], TEXTS[row], 45_000 + 37 * row, row % 3 == 0, row + 1] for row in range(ROWS)]
"""A number, B text (one blank), C date, D boolean, E whole number."""

GRAMMAR = {
    "number": """
        {constant} | A{row} | E{row}
        ({number}{sign}{number}) | -{number} | SUM({someA},{number},{number}) | {aggregate}({someA})
        {function}({number}) | {rounding}({number},{places}) | MOD({number},{number}) | POWER(ABS({number}),{power})
        IF({truth},{number},{number}) | IFERROR({number},{number}) | CHOOSE({few},{number},{number},{number})
        LEN({text}) | COUNTIF(B$1:B$12,{pattern}) | COUNTIFS(B$1:B$12,"pen",E$1:E$12,{criterion})
        SUMIF(E$1:E$12,{criterion},A$1:A$12) | AVERAGEIF(E$1:E$12,{criterion},A$1:A$12)
        SUMIFS(A$1:A$12,B$1:B$12,"pen",E$1:E$12,{criterion}) | SUMPRODUCT(A$1:A$12,E$1:E$12)
        SUMPRODUCT((A$1:A$12>{number})*E$1:E$12) | LARGE(A$1:A$12,{row}) | SMALL(A$1:A$12,{row})
        RANK(A{row},A$1:A$12) | PERCENTILE(A$1:A$12,{share}) | QUARTILE(A$1:A$12,{few}) | INDEX(A$1:A$12,{row})
        MATCH({row},E$1:E$12,{exact}) | MATCH({text},B$1:B$12,0) | VLOOKUP({name},$B$1:$E$12,4,FALSE)
        {part}(C{row}) | (EOMONTH(C{row},{few})-EDATE(C{row},{few})) | (DATE(20{two},{two},{two})-C{row})
        NETWORKDAYS(C1,C{row}) | DATEDIF(C1,C{row},{unit}) | FIND({letter},{text}) | SEARCH({letter},{text})
        ROUND({finance}({rate},{two},{number}),6) | GCD({two},{two}) | LCM({two},{two})
        {step}(ABS({number}),{size}) | SUBTOTAL({subtotal},{someA}) | VALUE({numeral})
    """,
    "text": """
        B{row}&"" | {word}
        ({text}&{text}) | {casing}({text}) | LEFT({text},{few}) | RIGHT({text},{few}) | MID({text},{few},{few})
        SUBSTITUTE({text},{letter},"_") | REPLACE({text},{few},{few},{text}) | REPT("ab",{few})
        IF({truth},{text},{text}) | TEXT(E{row},{shape}) | TEXT(C{row},{dated}) | TEXTJOIN("-",TRUE,{someB})
        CONCATENATE({text},{text}) | CHAR(7{few})
    """,
    "truth": """
        D{row} | TRUE | FALSE
        ({number}{comparison}{number}) | ({text}{equal}{text}) | AND({sure},{sure}) | OR({sure},{sure})
        XOR({sure},{sure}) | NOT({truth}) | {test}({column}{row}) | ISLOGICAL(D{row})
        ISERROR({number}) | EXACT({text},{text})
    """,
    "sure": "IFERROR({truth},FALSE)",
    "constant": "0 | 1 | 2 | 3 | 7 | 10 | 0.5 | 2.5 | 100 | -3",
    "row": " | ".join(str(row) for row in range(1, ROWS + 1)),
    "someA": "A1:A12 | A3:A5 | A2:A2 | A7:A12 | A1:A4",
    "someB": "B1:B12 | B3:B5 | B7:B7 | B6:B9",
    "column": "A | B | C | E",
    "few": "1 | 2 | 3",
    "two": "10 | 12 | 14 | 21 | 30",
    "places": "-2 | -1 | 0 | 1 | 3",
    "power": "2 | 0.5",
    "share": "0 | 0.3 | 1",
    "exact": "0 | 1",
    "rate": "0.05 | 0.01",
    "size": "0.5 | 3 | 10",
    "subtotal": "1 | 2 | 3 | 4 | 5 | 9",
    "sign": "+ | - | * | /",
    "comparison": "= | <> | < | > | <= | >=",
    "equal": "= | <>",
    "aggregate": "SUM | AVERAGE | MIN | MAX | COUNT | PRODUCT | MEDIAN | STDEV | VAR | COUNTA",
    "function": "ABS | INT | SIGN | SQRT | LN | LOG10 | SIN | COS | ATAN | TRUNC | EVEN | ODD",
    "rounding": "ROUND | ROUNDUP | ROUNDDOWN | TRUNC",
    "part": "YEAR | MONTH | DAY | WEEKDAY",
    "finance": "PMT | FV | PV",
    "step": "CEILING | FLOOR | MROUND",
    "casing": "UPPER | LOWER | PROPER | TRIM",
    "test": "ISNUMBER | ISTEXT | ISLOGICAL | ISBLANK",
    "pattern": """ "pen" | "*n*" | "?nk" | "P*" """,
    "criterion": """ ">3" | "<5" | ">=7" | "<>2" | "4" | "<=0" """,
    "name": """ "pen" | "INK" | "nil" """,
    "unit": """ "D" | "M" | "Y" """,
    "letter": """ "a" | "n" | "p" | "N" """,
    "numeral": """ "12" | "-3.5" | "1e3" """,
    "word": """ "abc" | "Pen and ink" | "" """,
    "shape": """ "0.00" | "#,##0" | "0%" | "000" """,
    "dated": """ "yyyy-mm-dd" | "dd/mm/yyyy" """,
}
"""Formulas whose meaning Sheets and LibreOffice share (to LibreOffice, booleans are numbers). Choices are apart by bars
or lines; what ends a formula comes in the first line of a rule with several."""

NEWER = re.compile(r"\b(TEXTJOIN|XOR)\b")
"""Functions that the file format has a prefix for."""

PLACE = re.compile(r"{(\w+)}")


class Formulas:
    """Draws formulas from the grammar."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._rules = {
            name: [[choice.strip() for choice in line.split(" | ")] for line in rule.strip().splitlines()]
            for name, rule in GRAMMAR.items()
        }

    def draw(self) -> str:
        return "=" + self._expanded(self._random.choice(["number", "number", "text", "truth"]), DEPTH)

    def _expanded(self, name: str, depth: int) -> str:
        first, *others = self._rules[name]
        choices = first if depth <= 0 else [choice for line in others for choice in line] or first
        drawn = self._random.choice(choices)
        return PLACE.sub(lambda match: self._expanded(match[1], depth - self._random.randint(1, 2)), drawn)


def same(ours: Value, theirs: object) -> bool:
    if isinstance(theirs, str) and theirs.startswith("#"):
        return str(ours).startswith("#")
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 1e-9 * max(1.0, abs(theirs))
    return (ours or "") == (theirs or "")


def test_random_formulas_have_the_values_that_libreoffice_gives(tmp_path: Path) -> None:
    formulas = Formulas(SEED)
    written = [formulas.draw() for _ in range(FORMULAS)]
    book = openpyxl.Workbook()
    for row in DATA:
        book.active.append(row)
    for index, formula in enumerate(written):
        book.active.cell(index + 1, 8).value = NEWER.sub(r"_xlfn.\1", formula)
    path = tmp_path / "random.xlsx"
    book.save(path)

    theirs = openpyxl.load_workbook(LibreOffice(tmp_path).calculated(path, tmp_path / "out"), data_only=True)
    ours = open_file(path).workbook
    sheet = ours.sheets[0]
    different = [
        f"{formula}: {ours.value(sheet, index, 7)!r}, LibreOffice {told!r}"
        for index, formula in enumerate(written)
        if not same(ours.value(sheet, index, 7), told := theirs.active.cell(index + 1, 8).value)
    ]
    assert different == []

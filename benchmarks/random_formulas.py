"""Random formulas, calculated here and by LibreOffice, which was written by other people from the same definitions.

    python benchmarks/random_formulas.py --count 5000 --seed 7

Prints every formula whose value differs. A smaller draw is a test of its own.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
from libreoffice import LibreOffice
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook.defined_name import DefinedName

from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.xlsx_write.formulas import FormulaWriter
from sheets_agent.formulas.values import Value

ROWS, DEPTH, FORMULA_COLUMN = 12, 4, 15
NUMBERS = [3.5, -2, 10, 0, 7.25, 100, -45.5, 3.5, 1e6, 0.125, 12, -1]
TEXTS = ["pen", "Ink", "pad", "pen", "a b c", "10", None, "Zebra", "ink", "PEN", "x-y", "apple"]
FLOWS = [-1000, 120, 130.5, 140, 150, 160, 170, 180, 190, 200, 210, 220]
STEPS = [1, 2.5, 4, 8, 8, 16, 32, 64, 100, 250, 1e4, 1e5]
DATA = [
    [NUMBERS[row], TEXTS[row], 45_000 + 37 * row, row % 3 == 0, row + 1, STEPS[row], FLOWS[row]] for row in range(ROWS)
]
"""A number, B text (one blank), C date, D boolean, E whole number, F ascending number, G cash flow."""

PRICES = [["apple", 1.25, 3], ["ink", 4, 0], ["pad", 2.5, 7], ["pen", 0.75, 120], ["zebra", 900, 1]]
"""Another sheet: ascending names, prices and amounts."""

GRAMMAR = {
    "number": """
        {constant} | A{row} | E{row} | F{row} | {prices}!{BC}{five} | Rate
        ({number}{sign}{number}) | -{number} | SUM({someA},{number},{number}) | {aggregate}({someA})
        {function}({number}) | {rounding}({number},{places}) | MOD({number},{number}) | POWER(ABS({number}),{power})
        IF({truth},{number},{number}) | IFERROR({number},{number}) | IFNA({number},{number}) | ROUND({number})
        CHOOSE({few},{number},{number},{number}) | SWITCH({few},1,{number},2,{number},{number})
        IFS({truth},{number},TRUE,{number}) | LEN({text}) | CODE({text}&"x") | {numbered}
        COUNTIF(B$1:B$12,{pattern}) | COUNTIF(C$1:C$12,{dateCriterion}) | COUNTIF(A$1:A$12,{criterion})
        COUNTIFS(B$1:B$12,{pattern},E$1:E$12,{criterion}) | SUMIF(B$1:B$12,{pattern},A$1:A$12)
        SUMIF(E$1:E$12,{criterion},A$1:A$12) | SUMIF(E$1:E$12,{criterion},A$1) | SUMIF(A$1:A$12,{criterion})
        AVERAGEIF(E$1:E$12,{criterion},A$1:A$12) | AVERAGEIF(A$1:A$12,{criterion})
        SUMIFS(A$1:A$12,B$1:B$12,{pattern},E$1:E$12,{criterion}) | SUMIFS(A$1:A$12,C$1:C$12,{dateCriterion})
        AVERAGEIFS(A$1:A$12,B$1:B$12,{pattern},E$1:E$12,{criterion}) | SUMIFS(E$1:E$12,E$1:E$12,">"&IFERROR({number},1))
        MAXIFS(A$1:A$12,E$1:E$12,{criterion}) | MINIFS(A$1:A$12,B$1:B$12,{pattern})
        SUMPRODUCT(A$1:A$12,E$1:E$12) | SUMPRODUCT((A$1:A$12>{number})*E$1:E$12)
        SUMPRODUCT(--(B$1:B$12={text}),E$1:E$12) | SUMPRODUCT((YEAR(C$1:C$12)=2023)*A$1:A$12)
        LARGE(A$1:A$12,{row}) | SMALL(A$1:A$12,{row}) | RANK(A{row},A$1:A$12,{bit}) | RANK(A{row},A$1:A$12)
        PERCENTILE(A$1:A$12,{share}) | QUARTILE(A$1:A$12,{few}) | {percentile}(F$1:F$12,{inner})
        INDEX(A$1:A$12,{row}) | INDEX(A$1:G$12,{row},{corner})
        MATCH({row},E$1:E$12,{bit}) | MATCH({text},B$1:B$12,0) | MATCH({number},F$1:F$12,1) | MATCH({number},F$1:F$12)
        VLOOKUP({name},$B$1:$E$12,4,FALSE) | VLOOKUP({number},F$1:G$12,2) | VLOOKUP({number},F$1:G$12,2,TRUE)
        VLOOKUP({name},{prices}!$A$1:$C$5,{twoOrThree},{bit}) | LOOKUP({number},F$1:F$12,E$1:E$12)
        INDEX({prices}!$B$1:$B$5,MATCH({name},{prices}!$A$1:$A$5,0)) | HLOOKUP({number},{1,5,10;7,8,9},{oneOrTwo},TRUE)
        INDEX(A$1:A$12,MATCH({number},F$1:F$12,1)) | SUM({prices}!$C$1:$C$5) | SUM(Stock)*Rate
        SUMIF({prices}!$A$1:$A$5,{pattern},{prices}!$C$1:$C$5) | {part}({date}) | WEEKDAY({date},{weekday})
        WEEKNUM(C{row}) | ISOWEEKNUM({date}) | DAYS({date},{date}) | YEARFRAC(C1,C{row},{basis}) | DAYS360(C1,C{row})
        ({date}-C{row}) | NETWORKDAYS(C1,C{row}) | NETWORKDAYS(C1,C{row},C3:C5) | DATEDIF(C1,C{row},{unit})
        FIND({letter},{text}) | SEARCH({letter},{text}) | SEARCH({letter},{text},{few}) | SEARCH("?n",{text})
        ROUND({finance}({rate},{two},{number}),6) | ROUND(NPV({rate},G$2:G$12)+G$1,6) | ROUND(IRR(G$1:G$12),8)
        ROUND({finance}({rate},{two},{number},{number},{bit}),6) | ROUND(NPER({rate},-{two},100),8)
        ROUND({split}({rate},{few},{two},{number}),6) | SLN(1000,{two},{few})
        ROUND(DB(1000,100,{two},{few}),6) | ROUND(DDB(1000,100,{two},{few}),6) | ROUND(XNPV({rate},G1:G12,C1:C12),6)
        ROUND(XIRR(G1:G12,C1:C12),6) | EFFECT({rate},{two}) | ROUND(NOMINAL({rate},{two}),10)
        SYD(1000,100,{two},{few})
        GCD({two},{two}) | LCM({two},{two}) | {step}(ABS({number}),{size}) | SUBTOTAL({subtotal},{someA})
        VALUE({numeral}) | QUOTIENT({number},{number}) | FACT({few}) | COMBIN({two},{few}) | PERMUT({two},{few})
        ROUND({pairs}(A$1:A$12,F$1:F$12),8) | ROUND(FORECAST({number},A$1:A$12,F$1:F$12),4) | {spread}({someA})
        TRIMMEAN(A$1:A$12,0.2) | {place}(A{row}) | {area}(A1:C{row}) | N({number}) | COUNTBLANK({someB})
        ROUND({distribution},8) | STANDARDIZE({number},2,3) | BIN2DEC("1011") | HEX2DEC("ff")
        SUMSQ({someA}) | SUMX2MY2(A$1:A$12,E$1:E$12) | SUMXMY2(A$1:A$12,E$1:E$12) | MODE(A$1:A$12)
        ARABIC("XIV") | MDETERM({A2:B3}) | SERIESSUM(2,1,1,E1:E4)
    """,
    "text": """
        B{row}&"" | {word} | {prices}!A{five}
        ({text}&{text}) | ({text}&ROUND({number},6)) | {casing}({text}) | LEFT({text},{few}) | RIGHT({text},{few})
        MID({text},{few},{few}) | LEFT({text}) | RIGHT({text}) | TRIM({text}&"  x ") | CLEAN({text}) | T({text})
        SUBSTITUTE({text},{letter},"o") | SUBSTITUTE({text},{letter},"o",{few}) | REPLACE({text},{few},{few},{text})
        REPT("ab",{few}) | IF({truth},{text},{text}) | IFERROR({text},{text}) | TEXT({number},{shape})
        TEXT(E{row}/8,{shape}) | TEXT(C{row},{dated}) | TEXT(C{row}+E{row}/17,{timed}) | TEXTJOIN("-",TRUE,{someB})
        TEXTJOIN(", ",{truth},{someB}) | CONCATENATE({text},{text}) | CHAR(7{few}) | FIXED(E{row},{places})
        FIXED(F{row},{few},TRUE) | INDEX(B$1:B$12,{row})&"" | ADDRESS({row},{few}) | ADDRESS({row},{few},4)
        VLOOKUP({row},{E2F},1)&"" | CHOOSE({few},{text},{text},{text})
        IFERROR(LOOKUP({name},{prices}!$A$1:$A$5),"none") | DEC2HEX({two}) | UNICHAR(8{few})
        MONTH(C{row})&"/"&DAY(C{row}) | ROMAN({two})
    """,
    "truth": """
        D{row} | TRUE | FALSE
        ({number}{comparison}{number}) | ({text}{comparison}{text}) | AND({truth},{truth}) | OR({truth},{truth})
        XOR({truth},{truth}) | NOT({truth}) | {test}({column}{row}) | ISLOGICAL(D{row}) | ISERROR({number})
        ISNA({number}) | ISERR({number}) | EXACT({text},{text}) | ISTEXT({text}) | ISNONTEXT({text})
        ISNUMBER({number})
        ISEVEN({number}) | ISODD({number}) | ISBLANK({text}) | AND(D$1:D$3) | OR(D$2:D$5,{truth})
        ({date}{comparison}{date}) | ISNUMBER(MATCH({text},B$1:B$12,0)) | ISREF(A{row}) | (B{row}="")
    """,
    "date": """
        C{row} | DATE(20{two},{two},{two})
        EOMONTH(C{row},{shift}) | EDATE(C{row},{shift}) | WORKDAY(C{row},{shift}) | DATE(20{two},{month},{day})
        (C{row}+{few}) | MAX(C$1:C$12) | DATEVALUE("2024-0{few}-1{few}")
    """,
    "numbered": "ROW(A{row}) | COLUMN(C{row}) | ROWS(A1:A{row}) | COUNTA({someB}) | COUNT({someB})",
    "prices": "'Price list'",
    "constant": "0 | 1 | 2 | 3 | 7 | 10 | 0.5 | 2.5 | 100 | -3 | -7.5 | 1E-3 | 25%",
    "row": " | ".join(str(row) for row in range(1, ROWS + 1)),
    "five": "1 | 2 | 3 | 4 | 5",
    "BC": "B | C",
    "corner": "1 | 3 | 5 | 6 | 7",
    "E2F": "$E$1:$F$12 | $F$1:$G$12",
    "A2:B3": "A2:A2 | F2:G3 | E1:G3",
    "someA": "A1:A12 | A3:A5 | A2:A2 | A7:A12 | A1:A4 | F1:G6",
    "someB": "B1:B12 | B3:B5 | B7:B7 | B6:B9 | 'Price list'!A1:A5",
    "column": "A | B | C | E",
    "bit": "0 | 1",
    "few": "1 | 2 | 3",
    "twoOrThree": "2 | 3",
    "two": "10 | 12 | 14 | 21 | 30",
    "month": "0 | 2 | 13 | -1",
    "day": "0 | 29 | 31 | -5 | 60",
    "shift": "1 | 2 | -1 | -13 | 0 | 6",
    "places": "-2 | -1 | 0 | 1 | 3",
    "power": "2 | 0.5 | -1 | 3",
    "share": "0 | 0.3 | 1 | 0.95",
    "inner": "0.1 | 0.5 | 0.75",
    "basis": "0 | 1 | 2 | 3 | 4",
    "weekday": "1 | 2 | 3",
    "rate": "0.05 | 0.01 | Rate",
    "size": "0.5 | 3 | 10",
    "subtotal": "1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 109 | 101",
    "sign": "+ | - | * | / | ^",
    "comparison": "= | <> | < | > | <= | >=",
    "aggregate": "SUM | AVERAGE | MIN | MAX | COUNT | PRODUCT | MEDIAN | STDEV | VAR | COUNTA | VARP | AVERAGEA",
    "spread": "STDEVP | AVEDEV | DEVSQ | HARMEAN | SKEW | KURT | STDEV.S | VAR.S | STDEV.P | VAR.P",
    "percentile": "PERCENTILE.INC | PERCENTILE.EXC",
    "pairs": "CORREL | SLOPE | INTERCEPT | RSQ | COVAR | PEARSON | STEYX | COVARIANCE.S | COVARIANCE.P",
    "distribution": """
        NORMSDIST(A{row}/10) | NORMDIST({few},2,3,{truth}) | NORMSINV(0.{few}) | BINOMDIST({few},{two},0.3,{truth})
        POISSON({few},2,{truth}) | EXPONDIST({few},0.5,TRUE) | TDIST({few},{two},{oneOrTwo}) | CHIDIST({few},{two})
        FDIST({few},{two},{two}) | TINV(0.05,{two}) | CHIINV(0.05,{two})
        NORMINV(0.{few},5,2) | ERF({few}) | GAMMALN({few})
    """,
    "oneOrTwo": "1 | 2",
    "function": """
        ABS | INT | SIGN | SQRT | LN | LOG10 | SIN | COS | TAN | ATAN | TRUNC | EVEN | ODD | EXP | RADIANS
        DEGREES | SINH | ASIN | ACOS | TANH | LOG
    """,
    "rounding": "ROUND | ROUNDUP | ROUNDDOWN | TRUNC",
    "part": "YEAR | MONTH | DAY | WEEKDAY | HOUR | MINUTE | SECOND",
    "place": "ROW | COLUMN",
    "area": "ROWS | COLUMNS | COUNTA | COUNT",
    "finance": "PMT | FV | PV",
    "split": "IPMT | PPMT",
    "step": "CEILING | FLOOR | MROUND",
    "casing": "UPPER | LOWER | PROPER | TRIM",
    "test": "ISNUMBER | ISTEXT | ISLOGICAL | ISBLANK",
    "pattern": """
        "pen" | "*n*" | "?nk" | "P*" | "<>pen" | "<>" | ""
        "=pen" | "<>*n*" | "~*" | ">k" | "=" | "10"
    """,
    "criterion": """
        ">3" | "<5" | ">=7" | "<>2" | "4" | "<=0" | "=3.5"
        4 | "<>" | ">"&IFERROR({number},1) | "<="&A{row} | E{row}
    """,
    "dateCriterion": """
        ">2023-06-01" | "<="&C{row} | ">="&DATE(2023,6,{two}) | C{row} | "2023-03-15"
    """,
    "name": """ "pen" | "INK" | "nil" | "p" | "zzz" | B{row} """,
    "unit": """ "D" | "M" | "Y" | "MD" | "YM" | "YD" """,
    "letter": """ "a" | "n" | "p" | "N" | "-" """,
    "numeral": """ "12" | "-3.5" | "1e3" | "25%" | "$5" | "1,234.5" | "2024-02-03" | "x" """,
    "word": """ "abc" | "Pen and ink" | "" | "ünï" | "7" """,
    "shape": """
        "0.00" | "#,##0" | "0%" | "000" | "#,##0.00" | "0.0%"
        "0.00E+00" | "#" | "$#,##0.00" | "0" | "0.00;(0.00)"
    """,
    "dated": """ "yyyy-mm-dd" | "dd/mm/yyyy" | "mmm d, yyyy" | "dddd" | "mmmm yyyy" | "d-mmm-yy" | "ddd" | "m/d" """,
    "timed": """ "hh:mm" | "h:mm AM/PM" | "yyyy-mm-dd hh:mm" | "[h]:mm" """,
}
"""Formulas whose meaning Sheets and LibreOffice share. Choices are apart by bars or lines; what ends a formula comes in
the first line of a rule with several."""

LEFT_OUT = {
    "PERCENTRANK": "cut to three digits in Sheets, rounded in LibreOffice",
    "WEEKNUM of a last December": "counts on to 53 in Sheets; the week belongs to the next year in LibreOffice",
    "HYPERLINK in a text": "its label in Sheets, its address in LibreOffice",
    "DEC2BIN and BASE as numbers": "a text of digits is read as a number in Sheets, not in LibreOffice",
    "GEOMEAN of a zero": "#NUM! in Sheets as in Excel, 0 in LibreOffice",
    "_ and $ compared": "in the order of the characters' codes here; LibreOffice follows a language",
    "0^0": "#NUM! in Sheets as in Excel, 1 in LibreOffice",
    "numbers joined to texts": "LibreOffice writes 15 digits",
    "booleans in counts, comparisons and ISNUMBER": "numbers in LibreOffice",
    "criteria with an error": "the error of the criterion in LibreOffice",
    'the criterion "<>10" over the text 10': "counted here by the type, as the engine does",
    "RATE": "the engine gives up above some 20 % for a period",
}
"""What the grammar leaves out, and why: differences by design, and at the end what is known to be open here."""

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
        return "=" + self._expanded(self._random.choice(["number", "number", "text", "truth", "date"]), DEPTH)

    def _expanded(self, name: str, depth: int) -> str:
        first, *others = self._rules[name]
        choices = first if depth <= 0 else [choice for line in others for choice in line] or first
        drawn = self._random.choice(choices)
        return PLACE.sub(lambda match: self._expanded(match[1], depth - self._random.randint(1, 2)), drawn)


@dataclass(frozen=True)
class Difference:
    """A formula with its value here and in LibreOffice."""

    formula: str
    here: Value
    there: object

    def __str__(self) -> str:
        return f"{self.formula}: here {self.here!r}, LibreOffice {self.there!r}"


def differences(formulas: list[str], folder: Path) -> Iterable[Difference]:
    """Calculate formulas on both sides, and give those whose values differ."""
    path = folder / "random.xlsx"
    write(formulas, path)
    theirs = openpyxl.load_workbook(LibreOffice(folder).calculated(path, folder / "out"), data_only=True)
    ours = open_file(path).workbook
    sheet = ours.sheets[0]
    for index, formula in enumerate(formulas):
        here = ours.value(sheet, index, FORMULA_COLUMN - 1)
        there = theirs[sheet.title].cell(index + 1, FORMULA_COLUMN).value
        if not same(here, there):
            yield Difference(formula, here, there)


def write(formulas: list[str], path: Path) -> None:
    """The data and the formulas as a file without stored values, so that whoever opens it has to calculate."""
    stored = FormulaWriter(lambda title: 1000, {})
    book = openpyxl.Workbook()
    data, prices = book.active, book.create_sheet("Price list")
    data.title = "Data"
    for sheet, rows in ((data, DATA), (prices, PRICES)):
        for row in rows:
            sheet.append(row)
    book.defined_names["Rate"] = DefinedName("Rate", attr_text="Data!$A$10")
    book.defined_names["Stock"] = DefinedName("Stock", attr_text="'Price list'!$C$1:$C$5")
    for index, formula in enumerate(formulas):
        data.cell(index + 1, FORMULA_COLUMN).value = stored.store(formula, None).text
    book.save(path)


def same(here: Value, there: object) -> bool:
    """Whether two values are one; every error is like every other, moments are numbers."""
    if isinstance(there, datetime | date | time | timedelta):
        there = float(to_excel(there))
    if isinstance(there, str) and there.startswith("#"):
        return str(here).startswith("#")
    if isinstance(here, bool) or isinstance(there, bool):
        return here is there
    if isinstance(here, float) and isinstance(there, int | float):
        return abs(here - there) <= 1e-9 * max(1.0, abs(there))
    return (here or "") == (there or "")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=5000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    drawing = Formulas(given.seed)
    with tempfile.TemporaryDirectory() as name:
        found = list(differences([drawing.draw() for _ in range(given.count)], Path(name)))
    for difference in sorted(found, key=lambda one: len(one.formula)):
        print(difference)
    print(f"{len(found):,} of {given.count:,} differ")


if __name__ == "__main__":
    main()

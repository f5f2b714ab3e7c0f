"""Formulas that would take all memory or never end: each is calculated in a process of its own, with a ceiling."""

import json
import subprocess
import sys

import pytest

from sheets_agent.emulator.workbook import Cell, Sheet, Workbook

CEILING = 3 << 30
WALL = 120
LONG = "x" * 40_000

_CALCULATE = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({ceiling}, {ceiling}))
from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.formulas.references import read
grid = {{"rowCount": 1000, "columnCount": 26}}
sheet = Sheet({{"sheetId": 0, "title": "Sheet1", "gridProperties": grid}})
workbook = Workbook("book", {{"locale": "en_US", "timeZone": "Etc/GMT"}}, [sheet])
cells, shown = json.load(sys.stdin)
def value(place):
    corner = read(place).first
    return workbook.value(sheet, corner.row, corner.column)
def put(place, content):
    corner = read(place).first
    formula = content.startswith("=")
    cell = Cell(formula=content) if formula else Cell(value=content)
    workbook.set_cell(sheet, corner.row, corner.column, cell)
for place, content in cells.items():
    put(place, content)
found = value(shown)
put("Z1", "=1+1")
assert value("Z1") == 2.0, "the workbook is calculated still"
print(found if isinstance(found, float | str) else str(found))
"""


def last_of_chain(formula: str, links: int = 60) -> tuple[dict[str, str], str]:
    """A column whose cells each make more of the one above."""
    cells = {f"A{row}": formula.replace("#", f"A{row - 1}") for row in range(2, links)}
    return {"A1": LONG, **cells}, f"A{links - 1}"


def names(first: str, following: str, last: str, count: int = 40) -> tuple[dict[str, str], str]:
    """A LET whose names each make more of the one before."""
    pairs = [f"n_0,{first}", *(f"n_{place}," + following.replace("#", f"n_{place - 1}") for place in range(1, count))]
    return {"A1": f"=LET({','.join(pairs)},{last.replace('#', f'n_{count - 1}')})"}, "A1"


def one(formula: str) -> tuple[dict[str, str], str]:
    return {"A1": formula}, "A1"


BOMBS = {
    "& from cell to cell": (last_of_chain("=#&#"), "#VALUE!"),
    "CONCATENATE": (last_of_chain("=CONCATENATE(#,#)"), "#VALUE!"),
    "JOIN": (last_of_chain('=JOIN("",#,#)'), "#VALUE!"),
    "SUBSTITUTE": (last_of_chain('=SUBSTITUTE(#,"x","xx")'), "#VALUE!"),
    "REPLACE": (last_of_chain("=REPLACE(#,1,0,#)"), "#VALUE!"),
    "REGEXREPLACE": (last_of_chain('=REGEXREPLACE(#,"x","xx")'), "#VALUE!"),
    "TEXTJOIN": (last_of_chain("=TEXTJOIN(#,TRUE,#,#)"), "#ERROR!"),
    "headers of QUERY": (last_of_chain("=QUERY({#;#},,9)"), "#ERROR!"),
    "& of names": (names('REPT("x",30000)', "#&#", "LEN(#)"), "#VALUE!"),
    "VSTACK of names": (names("SEQUENCE(1000)", "VSTACK(#,#)", "ROWS(#)"), "#ERROR!"),
    "braces of names": (names("SEQUENCE(1000)", "{#;#}", "ROWS(#)"), "#ERROR!"),
    "names replaced": (names('"x"', "#&#", 'SPLIT(#,"y")', 60), "#VALUE!"),
    "names of a query": (names("A2:A9", "#+#", 'QUERY(#,"select Col1")', 60), "#ERROR!"),
    "SPLIT": (one('=SPLIT(REPT("a,",1000000),",")'), "#VALUE!"),
    "a column by a row": (one("=SUM(ARRAYFORMULA(SEQUENCE(100000)*SEQUENCE(1,1000)))"), "#ERROR!"),
    "a square of MMULT": (one("=SUM(MMULT(SEQUENCE(100000),SEQUENCE(1,1000)))"), "#ERROR!"),
    "loops in loops": (
        one("=SUM(MAP(SEQUENCE(100000),LAMBDA(x,SUM(MAP(SEQUENCE(100000),LAMBDA(y,x*y))))))"),
        "#ERROR!",
    ),
    "loops in loops in loops": (
        one(
            "=SUM(MAP(SEQUENCE(3000),LAMBDA(x,SUM(MAP(SEQUENCE(3000),LAMBDA(y,SUM(MAP(SEQUENCE(3000),LAMBDA(z,z)))))))))"
        ),
        "#ERROR!",
    ),
    "draws of so many steps": (one("=REDUCE(0,SEQUENCE(1000000),LAMBDA(a,b,a+RAND()))"), "#ERROR!"),
    "arrays in loops": (one("=SUM(MAP(SEQUENCE(100000),LAMBDA(x,SUM(SEQUENCE(100000)))))"), "#ERROR!"),
    "OFFSET out of the grid": (one("=SUM(OFFSET(B1,0,0,1000000,16000))"), "#REF!"),
    "OFFSET of what is computed": (one('=SUM(OFFSET(INDIRECT("B1"),0,0,1000000,16000))'), "#ERROR!"),
    "REGEXMATCH of a column by a row": (
        one("=SUM(ARRAYFORMULA(N(REGEXMATCH(TO_TEXT(SEQUENCE(10000)),TO_TEXT(SEQUENCE(1,10000))))))"),
        "#ERROR!",
    ),
    "a wide WRAPROWS": (one("=WRAPROWS(1,1000000000000)"), "#ERROR!"),
    "COMBIN": (one("=COMBIN(1E300,5E14)"), "#ERROR!"),
    "itself": (one("=LAMBDA(f,f(f))(LAMBDA(f,f(f)))"), "#ERROR!"),
    "a large SEQUENCE": (one("=SUM(SEQUENCE(3000,3000))"), "40500004500000.0"),
    "loops of a fair size": (one("=SUM(MAP(SEQUENCE(1000),LAMBDA(x,SUM(SEQUENCE(x)))))"), "167167000.0"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_bounded_time_and_memory_and_the_process_lives_on(name: str) -> None:
    (cells, shown), expected = BOMBS[name]
    done = subprocess.run(
        [sys.executable, "-c", _CALCULATE.format(ceiling=CEILING)],
        input=json.dumps([cells, shown]),
        capture_output=True,
        text=True,
        timeout=WALL,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == expected


def test_characters_that_stand_for_references_while_a_formula_is_compiled_are_taken_for_no_reference() -> None:
    grid = {"rowCount": 9, "columnCount": 9}
    sheet = Sheet({"sheetId": 0, "title": "Sheet1", "gridProperties": grid})
    workbook = Workbook("book", {"locale": "en_US", "timeZone": "Etc/GMT"}, [sheet])
    for row, formula in enumerate(["=B1", "=\x01", '="\x040\x04"&SPLIT("a b"," ")', '=B1&"\x030\x03"']):
        workbook.set_cell(sheet, row, 0, Cell(formula=formula))
    assert [str(workbook.value(sheet, row, 0)) for row in range(4)] == ["None", "#ERROR!", "#ERROR!", "#ERROR!"]

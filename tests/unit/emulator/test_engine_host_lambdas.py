"""Functions that the engine lacks, inside of functions that are called for every value."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from engine_book import Book

DATA = [["a-1,x", "k", 3], ["b-2,y,z", "l", 4], ["c-3", "k", 5]]
PARTS = [["a-1", "x", None], ["b-2", "y", "z"], ["c-3", None, None]]


def book(rows: int = 60) -> Book:
    made = Book(rows=rows)
    made.put_rows("A1", DATA)
    return made


def filled(formula: str) -> list[list[Any]]:
    """The rows that a formula fills; what is blank at the end of all rows, and below them, left out."""
    made = book()
    made.put("J5", formula)
    rows = made.rectangle("J5:P12")
    width = max((index + 1 for row in rows for index, value in enumerate(row) if value is not None), default=0)
    height = max((index + 1 for index, row in enumerate(rows) if any(one is not None for one in row)), default=0)
    return [row[:width] for row in rows[:height]]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('=MAP(A1:A3,LAMBDA(x,REGEXREPLACE(x,"[a-c]-","#")))', [["#1,x"], ["#2,y,z"], ["#3"]]),
        ('=MAP(C1:C3,LAMBDA(x,TEXT(x,"$0.00")&"!"))', [["$3.00!"], ["$4.00!"], ["$5.00!"]]),
        ('=MAP(C1:C3,LAMBDA(x,CONVERT(x,"km","m")))', [[3000.0], [4000.0], [5000.0]]),
        ("=MAP(A1:A3,LAMBDA(x,ISEMAIL(x)))", [[False], [False], [False]]),
        ('=MAP(A1:A3,B1:B3,LAMBDA(x,y,REGEXMATCH(x&y,"k$")))', [[True], [False], [True]]),
        ('=MAP(A1:A3,LAMBDA(x,IFERROR(REGEXEXTRACT(x,"y"),"no")))', [["no"], ["y"], ["no"]]),
        ('=MAP(A1:A3,LAMBDA(x,LEN(x)&TEXT(C1,"0.0")))', [["53.0"], ["73.0"], ["33.0"]]),
        ('=LET(d,A1:A3,s,"00",MAP(d,LAMBDA(x,TEXT(LEN(x),s))))', [["05"], ["07"], ["03"]]),
        (
            '=MAP(A1:A3,LAMBDA(x,LET(y,REGEXREPLACE(x,"\\d","9"),TO_TEXT(LEN(y))&REGEXREPLACE(y,"-","_"))))',
            [["5a_9,x"], ["7b_9,y,z"], ["3c_9"]],
        ),
        # one call for every row or column
        ('=BYROW(A1:C3,LAMBDA(r,TEXTJOIN(",",TRUE,r)))', [["a-1,x,k,3"], ["b-2,y,z,l,4"], ["c-3,k,5"]]),
        ('=BYROW(A1:C3,LAMBDA(r,TEXT(INDEX(r,1,3),"000")&INDEX(r,1,2)))', [["003k"], ["004l"], ["005k"]]),
        ('=BYROW(FILTER(A1:C3,C1:C3>3),LAMBDA(r,TEXT(INDEX(r,3),"0.0")))', [["4.0"], ["5.0"]]),
        ("=BYCOL(A1:C2,LAMBDA(c,TO_TEXT(INDEX(c,2))))", [["b-2,y,z", "l", "4"]]),
        ('=MAKEARRAY(2,2,LAMBDA(i,j,TEXT(i*10+j,"0.00")))', [["11.00", "12.00"], ["21.00", "22.00"]]),
        # step by step
        ('=REDUCE("",C1:C3,LAMBDA(t,x,t&TEXT(x,"00")))', [["030405"]]),
        ('=SCAN("",C1:C3,LAMBDA(t,x,t&TEXT(x,"00")))', [["03"], ["0304"], ["030405"]]),
        ('=REDUCE("a.b.c",{"a";"c"},LAMBDA(t,x,REGEXREPLACE(t,x,"-")))', [["-.b.-"]]),
        # several cells for a value
        ('=MAP(A1:A3,LAMBDA(x,SPLIT(x,",")))', PARTS),
        ('=BYROW(A1:A4,LAMBDA(x,IF(x="",,SPLIT(x,","))))', PARTS),
        ('=MAP(A1:A4,LAMBDA(x,IFERROR(SPLIT(x,","))))', PARTS),
        ('=MAP(A1:A3,LAMBDA(x,REGEXEXTRACT(x,"(\\w)-(\\d)")))', [["a", "1"], ["b", "2"], ["c", "3"]]),
        ('=MAP(A1:A3,LAMBDA(x,COUNTA(SPLIT(x,","))))', [[2.0], [3.0], [1.0]]),
        (
            '=MAP(A1:A4,LAMBDA(x,IFERROR(REGEXEXTRACT(x,"(\\d),(.)"),"none")))',
            [["1", "x"], ["2", "y"], ["none", None], ["none", None]],
        ),
        # functions of ranges
        ('=MAP({"k";"l"},LAMBDA(x,COUNTUNIQUEIFS(C1:C3,B1:B3,x)))', [[2.0], [1.0]]),
        (
            '=MAP({"k";"l"},LAMBDA(x,QUERY(B1:C3,"select sum(C) where B=\'"&x&"\' label sum(C) \'\'",0)))',
            [[8.0], [4.0]],
        ),
        # blank cells stay blank
        ('=MAP(A2:A5,LAMBDA(x,IF(x="",,TO_TEXT(x))))', [["b-2,y,z"], ["c-3"]]),
        ("=MAP(A2:A5,LAMBDA(x,x))", [["b-2,y,z"], ["c-3"]]),
        ('=BYROW(A2:C5,LAMBDA(r,IF(INDEX(r,1)="",,INDEX(r,1))))', [["b-2,y,z"], ["c-3"]]),
        # an array of one value is that value
        ("=MAP(C1:C3,LAMBDA(x,MAP(C1,LAMBDA(y,x+y))))", [[6.0], [7.0], [8.0]]),
        ('=ARRAYFORMULA(IFERROR(SPLIT(A1:A3,",")))', PARTS),
        ('=ARRAYFORMULA(IFERROR(SPLIT(A1:A4,","),"e"))', [*PARTS, ["e", None, None]]),
    ],
)
def test_values(formula: str, expected: list[list[Any]]) -> None:
    assert filled(formula) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "=REDUCE(0,C1:C3,LAMBDA(t,x,VALUE(TO_TEXT(t+x))))",
        "=SUM(MAP(A1:A3,LAMBDA(x,SUM(MAP(C1:C3,LAMBDA(y,LEN(TO_TEXT(x&y))))))))",
        '=BYROW(A1:C3,LAMBDA(r,JOIN("-",MAP(r,LAMBDA(c,TO_TEXT(c))))))',
        "=BYROW(A1:B2,LAMBDA(r,SUMPRODUCT(LENB(r))))",
        '=MAP(B1:B2,LAMBDA(x,QUERY(FILTER(A1:C3,B1:B3=x),"select Col1",0)))',
    ],
)
def test_what_depends_on_the_step_before_or_on_two_loops_is_refused(formula: str) -> None:
    made = book()
    made.put("J5", formula)
    assert "local Sheets API does not calculate" in getattr(made.value("J5"), "message", "")


def test_names_that_stand_for_more_and_more_are_refused_in_time() -> None:
    names = [f"v_{index}x" for index in range(60)]
    doubled = ",".join(f"{new},{old}&{old}" for old, new in pairwise(names))
    made = book()
    made.put("J5", f"=MAP(C1:C2,LAMBDA(x,LET({names[0]},x,{doubled},LEN(TO_TEXT({names[-1]})))))")
    assert "local Sheets API does not calculate" in getattr(made.value("J5"), "message", "")


def test_values_follow_the_cells() -> None:
    made = book(1_000)
    made.put("E1", '=MAP(A1:A,LAMBDA(x,IF(x="",,TO_TEXT(x)&"!")))')
    made.put("F1", '=MAP(A1:A,LAMBDA(x,IF(x="",,SPLIT(x,","))))')
    assert made.rectangle("E3:G4") == [["c-3!", "c-3", None], [None, None, None]]
    made.put("A3", "d,4")
    assert made.rectangle("E3:G4") == [["d,4!", "d", 4.0], [None, None, None]]
    other = made.fork()
    other.put("A4", "e,5")
    assert other.rectangle("E4:G4") == [["e,5!", "e", 5.0]]
    assert made.rectangle("E4:G4") == [[None, None, None]]

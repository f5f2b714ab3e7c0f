"""What the parameters of functions take: one value, or a range whole.

Outside of ARRAYFORMULA and the like, Sheets gives a parameter that takes one value only the cell of a range that lies
in the formula's own row or column. The engine calculates with whole arrays everywhere, so the rewriting must know.
"""

from __future__ import annotations

from functools import cache
from typing import Literal


def words(text: str) -> frozenset[str]:
    """The names in a text, apart by white space."""
    return frozenset(text.split())


Taking = Literal["one", "range", "either"]
"""`either` is handed through: the branches of IF give back whatever they hold."""

ARRAY_MODE = words(
    """ARRAYFORMULA BYCOL BYROW FILTER INDEX LAMBDA MAKEARRAY MAP MMULT REDUCE SCAN SORT SORTN SUMPRODUCT UNIQUE"""
)
"""Functions that calculate everything inside them with whole arrays."""

GIVES_ARRAY = words(
    """ARRAY_CONSTRAIN ARRAYFORMULA BYCOL BYROW CHOOSECOLS CHOOSEROWS FILTER FLATTEN FREQUENCY GOOGLEFINANCE GROWTH
    HSTACK IMPORTDATA IMPORTFEED IMPORTHTML IMPORTRANGE IMPORTXML LINEST LOGEST MAKEARRAY MAP MINVERSE MMULT MODE.MULT
    MUNIT QUERY RANDARRAY SCAN SEQUENCE SORT SORTN SPLIT TOCOL TOROW
    TRANSPOSE TREND UNIQUE VSTACK WRAPCOLS WRAPROWS"""
)

WANTS_RANGE = words(
    """AVERAGEIF AVERAGEIFS CHISQ.TEST CHITEST CORREL COUNTIF COUNTIFS COVAR COVARIANCE.P COVARIANCE.S F.TEST FORECAST
    FORECAST.LINEAR FTEST HLOOKUP INDEX INTERCEPT LOOKUP MATCH MAXIFS MINIFS PEARSON RANK RANK.AVG RANK.EQ RSQ SLOPE
    STEYX SUMIF SUMIFS SUMX2MY2 SUMX2PY2 SUMXMY2 STDEVA STDEVPA T.TEST TTEST VARA
    VARPA VLOOKUP XIRR XLOOKUP XMATCH"""
)
"""Functions to whose ranges the engine takes a single cell only when it is written as a range."""

TAKES_ARRAYS = words(
    """AVERAGEIF COUNTIF COUNTIFS DAVERAGE DCOUNT DCOUNTA DGET DMAX DMIN DPRODUCT DSTDEV DSTDEVP DSUM DVAR DVARP
    PERCENTIF SUMIF"""
)
"""Functions that the engine has for ranges only, and Sheets for arrays as well."""

_KINDS: dict[str, Taking] = {"1": "one", "R": "range", "E": "either"}

# The parameters in order: 1 one value, R range, E either; what follows "|" repeats.
_PATTERNS = {
    "|R": """AND ARRAYFORMULA AVEDEV AVERAGE AVERAGE.WEIGHTED AVERAGEA BYCOL BYROW CHISQ.TEST CHITEST CHOOSECOLS
        CHOOSEROWS COLUMN COLUMNS CONCATENATE CORREL COUNT COUNTA COUNTBLANK COUNTUNIQUE COVAR COVARIANCE.P
        COVARIANCE.S DEVSQ F.TEST FILTER FLATTEN FORMULATEXT FREQUENCY FTEST GCD GEOMEAN GROWTH HARMEAN HSTACK
        IMPRODUCT IMSUM INTERCEPT ISFORMULA ISREF KURT LCM LINEST LOGEST MAP MAX MAXA MDETERM MEDIAN MIN MINA
        MINVERSE MMULT MODE MODE.MULT MODE.SNGL MULTINOMIAL OR PEARSON PRODUCT REDUCE ROW ROWS RSQ SCAN SHEET SHEETS
        SKEW SKEW.P SLOPE SORT SORTN SPARKLINE STDEV STDEV.P STDEV.S STDEVA STDEVP STDEVPA STEYX SUM SUMPRODUCT
        SUMSQ SUMX2MY2 SUMX2PY2 SUMXMY2 TRANSPOSE TREND TYPE UNIQUE VAR VAR.P VAR.S VARA VARP VARPA VSTACK XOR""",
    "1|R": "JOIN NPV SUBTOTAL CELL FORECAST FORECAST.LINEAR FVSCHEDULE LOOKUP XNPV",
    "111|R": "NETWORKDAYS.INTL WORKDAY.INTL SERIESSUM",
    "R|1": """INDEX ARRAY_CONSTRAIN CONFIDENCE IRR LARGE MARGINOFERROR MIRR OFFSET PERCENTILE PERCENTILE.EXC QUERY
        PERCENTILE.INC PERCENTRANK PERCENTRANK.EXC PERCENTRANK.INC QUARTILE QUARTILE.EXC QUARTILE.INC SMALL TOCOL TOROW
        TRIMMEAN WRAPCOLS WRAPROWS Z.TEST ZTEST""",
    "RR|1": "PROB T.TEST TTEST XIRR",
    "R1|R": "AVERAGEIF PERCENTIF SUMIF DAVERAGE DCOUNT DCOUNTA DGET DMAX DMIN DPRODUCT DSTDEV DSTDEVP DSUM DVAR DVARP",
    "1R|1": "GETPIVOTDATA HLOOKUP MATCH RANK RANK.AVG RANK.EQ VLOOKUP XMATCH",
    "1RRE|1": "XLOOKUP",
    "|R1": "COUNTIFS COUNTIF",
    "R|R1": "AVERAGEIFS COUNTUNIQUEIFS MAXIFS MINIFS SUMIFS",
    "|E": "IFERROR IFNA",
    "1|E": "CHOOSE IF",
    "|1E": "IFS",
    "1|1E": "SWITCH",
    "11|R": "MAKEARRAY NETWORKDAYS TEXTJOIN WORKDAY",
}


def taking(name: str, index: int, count: int) -> Taking:
    """What the argument at a zero-based index of a call with `count` arguments may be."""
    head, cycle = _pattern(name)
    if index < len(head):
        return head[index]
    if name == "SWITCH" and index == count - 1 and count % 2 == 0:
        return "either"  # the value when no case matched
    return cycle[(index - len(head)) % len(cycle)] if cycle else "one"


@cache
def _pattern(name: str) -> tuple[tuple[Taking, ...], tuple[Taking, ...]]:
    pattern = next((pattern for pattern, names in _PATTERNS.items() if name in names.split()), "|1")
    head, _, cycle = pattern.partition("|")
    return tuple(_KINDS[letter] for letter in head), tuple(_KINDS[letter] for letter in cycle)

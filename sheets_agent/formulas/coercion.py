"""Texts where numbers are wanted, and numbers where texts are wanted.

Sheets reads and writes them in the spreadsheet's locale; the calculation engine knows decimal points only, and writes
more than fifteen digits. So what may need reading or writing is handed to functions that are defined in the engine for
the locale: with a decimal comma whatever may be a text, else texts, and cells where the engine has an error. That takes
time, and formulas are told in a quicker form as long as no cell that they take for a number holds a text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal as OneOf

from sheets_agent.formulas.catalogue import lookup
from sheets_agent.formulas.defined import CELL, DEFINED, NUMBER, TEXT
from sheets_agent.formulas.nodes import Fresh, binary, call, constant, single_cell
from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.surroundings import Reading
from sheets_agent.formulas.syntax import Call, Chain, Group, Literal, Node, Omitted, Percent, Prefix, walk

Wanted = OneOf["number", "text"]

_NUMERIC_CATEGORIES = ("Date", "Engineering", "Financial", "Math", "Operator", "Statistical")
_NOT_NUMERIC = words(
    """ARABIC AVERAGEIF AVERAGEIFS BIN2DEC BIN2HEX BIN2OCT COMPLEX CONCAT COUNT COUNTIF COUNTIFS COUNTUNIQUE
    COUNTUNIQUEIFS DATEVALUE DECIMAL EQ GT GTE HEX2BIN HEX2DEC HEX2OCT IMABS IMAGINARY IMARGUMENT IMCONJUGATE IMCOS
    IMCOSH IMCOT IMCOTH IMCSC IMCSCH IMDIV IMEXP IMLN IMLOG IMLOG10 IMLOG2 IMPOWER IMPRODUCT IMREAL IMSEC IMSECH
    IMSIN IMSINH IMSQRT IMSUB IMSUM IMTAN IMTANH ISBETWEEN LT LTE MAXIFS MINIFS NE NETWORKDAYS.INTL OCT2BIN OCT2DEC
    OCT2HEX SUMIF SUMIFS TIMEVALUE UNIQUE UPLUS WORKDAY.INTL"""
)
"""Functions of those categories that take values of other kinds, or texts in a notation of their own."""

_TEXT_PARAMETERS: dict[str, tuple[int, ...]] = {
    "CONCAT": (0, 1),
    "EXACT": (0, 1),
    "FIND": (0, 1),
    "FINDB": (0, 1),
    "REPLACE": (0, 3),
    "REPLACEB": (0, 3),
    "SEARCH": (0, 1),
    "SEARCHB": (0, 1),
    "SPLIT": (0, 1),
    "SUBSTITUTE": (0, 1, 2),
} | dict.fromkeys(
    words(
        """ASC CLEAN CODE ENCODEURL LEFT LEFTB LEN LENB LOWER MID MIDB PROPER REPT RIGHT RIGHTB TRIM UNICODE UPPER"""
    ),
    (0,),
)
_ALL_TEXT = words("CONCATENATE JOIN")
_NUMBERS_BESIDE_TEXT = words("CHAR CONVERT DOLLAR FIXED ROMAN UNICHAR")
_INFORMATION = words("COLUMN COLUMNS COUNT COUNTA COUNTBLANK COUNTUNIQUE ROW ROWS LEN FIND SEARCH MATCH XMATCH CODE")
_GIVES_TEXT = words(
    """ASC BASE BIN2HEX CHAR CLEAN CONCAT CONCATENATE DEC2BIN DEC2HEX DEC2OCT DOLLAR FIXED JOIN LEFT LEFTB LOWER MID
    MIDB
    PROPER REGEXEXTRACT REGEXREPLACE REPLACE REPT RIGHT RIGHTB ROMAN SUBSTITUTE T TEXT TEXTJOIN TO_TEXT TRIM UNICHAR
    UPPER"""
)
_GIVES_LOGICAL = words(
    "AND EXACT FALSE ISBETWEEN ISBLANK ISERR ISERROR ISNA ISNUMBER ISTEXT NOT OR REGEXMATCH TRUE XOR"
)
_PASSED_ON = words(
    """CHOOSECOLS CHOOSEROWS MODE.MULT SORT SORTN SUMPRODUCT UNIQUE FILTER FREQUENCY DEC2BIN DEC2HEX DEC2OCT COMPLEX
    ADDRESS BASE ROMAN UPLUS"""
)
_TRUTH_REFUSED = words(
    """ACCRINTM AMORLINC BASE BETA.DIST BETA.INV BETADIST BETAINV COUPDAYBS COUPDAYS COUPDAYSNC COUPNCD COUPNUM COUPPCD
    CUMIPMT CUMPRINC DB DEC2BIN DEC2HEX DEC2OCT DELTA DISC DOLLARDE DOLLARFR DURATION EDATE EFFECT EOMONTH ERF
    ERF.PRECISE ERFC ERFC.PRECISE F.DIST F.DIST.RT F.INV F.INV.RT FDIST FINV GESTEP HYPGEOM.DIST HYPGEOMDIST INTRATE
    ISEVEN ISODD LARGE LEFT MDURATION MID MROUND NOMINAL PHI PRICE PRICEDISC PRICEMAT QUOTIENT RANK RANK.AVG RANK.EQ
    RECEIVED RIGHT SERIESSUM SMALL STANDARDIZE TBILLEQ TBILLPRICE TBILLYIELD WEEKNUM WEIBULL WEIBULL.DIST WORKDAY
    YEARFRAC YIELD YIELDDISC YIELDMAT Z.TEST ZTEST"""
)
"""Functions that take TRUE for 1 where they want a number in Sheets, and for an error in the engine."""
_TRUTH_KEPT = words("EPOCHTODATE ROMAN")
"""Functions to which a truth value is something of its own."""
_NO_NUMBERS = (("DATEDIF", 2), ("CONVERT", 1), ("CONVERT", 2))
_COMPARISONS = frozenset(("=", "<>", "<", ">", "<=", ">="))


def wants(name: str, index: int) -> Wanted | None:
    """Whether a parameter, counted from 0, takes a "number" or a "text"; None for anything else."""
    if name in _ALL_TEXT or index in _TEXT_PARAMETERS.get(name, ()):
        return "text"
    if name == "TEXTJOIN":
        return None if index == 1 else "text"
    if name in _TEXT_PARAMETERS or name in _NUMBERS_BESIDE_TEXT:
        return "number"
    if (name, index) in _NO_NUMBERS:
        return None
    function = lookup(name)
    numeric = function is not None and function.category in _NUMERIC_CATEGORIES and name not in _NOT_NUMERIC
    return "number" if numeric else None


def is_number(node: Node) -> bool:
    """Whether a node is sure not to be a text, so that nothing needs to be read."""
    return _no_text(node, lambda name: name in _INFORMATION or name in _GIVES_LOGICAL or _calculates(name))


def _no_text(node: Node, of_call: Callable[[str], bool]) -> bool:
    """Whether a node is no text; `of_call` says it of a function by its name."""
    match node:
        case Literal(text=text):
            return not text.startswith('"')
        case Group(inner=inner):
            return _no_text(inner, of_call)
        case Chain(rest=rest):
            return all(sign != "&" for sign, _ in rest)
        case Prefix(operators=operators, operand=operand):
            return "-" in operators or _no_text(operand, of_call)
        case Percent():
            return True
        case Call(name=name):
            return of_call(name)
        case _:
            return False


def _calculates(name: str) -> bool:
    function = lookup(name)
    known = function is not None and function.category in _NUMERIC_CATEGORIES
    return known and name not in _GIVES_TEXT and name not in _PASSED_ON and not name.startswith("IM")


_SURE_NUMBERS = _INFORMATION | words(
    """ABS AND AVERAGE AVERAGEIF AVERAGEIFS CEILING COUNTIF COUNTIFS DATE DAY DAYS EDATE EOMONTH EXP FLOOR HOUR INT
    ISBLANK ISERR ISERROR ISNA ISNUMBER ISTEXT LN LOG LOG10 MAX MAXIFS MEDIAN MIN MINIFS MINUTE MOD MONTH NOT NOW OR
    PMT POWER PRODUCT RAND RANDBETWEEN RANK ROUND ROUNDDOWN ROUNDUP SECOND SIGN SQRT STDEV SUM SUMIF SUMIFS SUMPRODUCT
    TIME TODAY TRUNC VALUE WEEKDAY XOR YEAR"""
)


def is_sure_number(node: Node) -> bool:
    """Whether the value of a formula is a number, a truth value or an error, whatever cells hold."""
    return _no_text(node, _SURE_NUMBERS.__contains__)


def is_text(node: Node) -> bool:
    """Whether a node is sure to be a text, or an error."""
    match node:
        case Literal(text=text):
            return text.startswith('"')
        case Group(inner=inner):
            return is_text(inner)
        case Chain(rest=rest):
            return any(sign == "&" for sign, _ in rest)
        case Call(name=name):
            return name in _GIVES_TEXT
        case _:
            return False


def is_truth(node: Node) -> bool:
    """Whether a node is sure to be TRUE or FALSE."""
    match node:
        case Literal(text=text):
            return text in ("TRUE", "FALSE")
        case Group(inner=inner):
            return is_truth(inner)
        case Chain(rest=rest):
            return any(sign in _COMPARISONS for sign, _ in rest)
        case Call(name=name):
            return name in _GIVES_LOGICAL
        case _:
            return False


def truth_as_number(written: Node, given: Node, name: str) -> Node:
    """An argument where one number is wanted, a truth value as 1 or 0.

    Args:
        written: what the engine is told.
        given: what it says in the formula.
        name: the function.
    """
    if name in _TRUTH_KEPT:
        return written
    known = constant(given)
    if isinstance(known, bool):
        return Literal(str(int(known)))
    unsure = name in _TRUTH_REFUSED and not isinstance(given, Omitted) and not is_number(given)
    return binary(written, "+", Literal("0")) if is_truth(given) or unsure else written


def coerced(
    written: Node, given: Node, wanted: Wanted | None, reading: Reading | None, several: bool, fresh: Fresh
) -> Node:
    """An operand or argument, read as a number or written as a text the way the locale does that.

    Args:
        written: what the engine is told.
        given: what it says in the formula.
        wanted: what is wanted in that place.
        reading: how texts are read.
        several: whether it is an array, every value of which is wanted.
        fresh: draws names.
    """
    if wanted is None or reading is None or isinstance(given, Omitted):
        return written
    if wanted == "number":
        if is_number(given):
            return written
        if (known := _read_text(given, reading)) is not None:
            return known
        if not reading.decimal_comma and not is_text(given):
            cell = single_cell(written)  # what else the engine reads, it reads as Sheets does, or has an error
            return written if cell is None else call(CELL, written)
    elif is_text(given) or is_truth(given) or (several and not reading.decimal_comma):
        return written  # arrays are left to the engine where it has the locale's decimal point
    function = NUMBER if wanted == "number" else TEXT
    if not several:
        return call(function, written)
    item = fresh()
    return call("MAP", written, call("LAMBDA", item, call(function, item)))


def _read_text(node: Node, reading: Reading) -> Node | None:
    """The number that a text literal reads as."""
    while isinstance(node, Group):
        node = node.inner
    if not isinstance(node, Literal) or not node.text.startswith('"'):
        return None
    value = reading.number(node.text[1:-1].replace('""', '"'))
    return None if value is None else numeral(value)


def may_be_refused(node: Node) -> bool:
    """Whether a part of what the engine is told may turn out not to be calculated for the locale's sake."""
    return any(isinstance(one, Call) and one.name in DEFINED and one.name != TEXT for one in walk(node))


def numeral(value: float) -> Node:
    """A number as a literal."""
    literal = Literal(f"{abs(value):.0f}" if value.is_integer() and abs(value) < 1e15 else repr(abs(value)).upper())
    return Group(Prefix("-", literal)) if value < 0 else literal

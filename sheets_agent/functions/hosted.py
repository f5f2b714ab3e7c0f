"""The names of the functions that are calculated here and not by the calculation engine."""

from __future__ import annotations

from sheets_agent.formulas.parameters import words

ELEMENTWISE = words(
    """ASC CONVERT DATEVALUE DOLLAR FINDB FIXED ISDATE ISEMAIL ISURL LEFTB LENB MIDB RATE REGEXEXTRACT REGEXMATCH
    REGEXREPLACE REPLACEB RIGHTB SEARCHB SPLIT TEXT TIMEVALUE TO_TEXT"""
)
"""Functions of single values: carried over arrays where whole arrays are calculated."""

CARRIED = words("COUNTUNIQUEIFS QUERY")
"""Functions of ranges that are called once for every value of an array given to a parameter of one value."""

SEES_ERRORS = words("ISDATE ISEMAIL ISURL")
"""Functions that say something of an error instead of handing it on."""

OUTSIDE = words(
    """AI DETECTLANGUAGE GEMINI GOOGLEFINANCE GOOGLETRANSLATE IMPORTDATA IMPORTFEED IMPORTHTML IMPORTRANGE IMPORTXML"""
)
"""Functions that reach outside the spreadsheet."""

CHANCE = words("RAND RANDARRAY RANDBETWEEN")
"""Functions that draw by chance. Their last argument, which nobody types, tells the calls of a formula apart."""

HOSTED = (
    (ELEMENTWISE - words("DOLLAR FIXED"))
    | OUTSIDE
    | CHANCE
    | words("COUNTUNIQUEIFS FORMULATEXT GETPIVOTDATA GROWTH LINEST LOGEST QUERY SORTN SUBTOTAL TREND")
)
"""Those that always are; the others only where the locale is not that of the engine."""

GIVES_CELLS = words("INDIRECT OFFSET")
"""Functions that the engine calculates, but made here where what counts is which cells they give."""

SUBTOTALS = {
    "MAP": "SUBTOTAL BY CELL",
    "REDUCE": "SUBTOTAL BY CELL",
    "SCAN": "SUBTOTAL BY CELL",
    "BYROW": "SUBTOTAL BY ROW",
    "BYCOL": "SUBTOTAL BY COLUMN",
}
"""By the function in whose steps SUBTOTAL is called, what gives it for every step at once: names nobody can type."""

STANDING = "ARRAYFORMULA IN CELLS"
"""What puts an array where its values are looked up by their places without copying all of it: a name nobody types."""

TAKES_CELLS = words("SUBTOTAL") | frozenset(SUBTOTALS.values())
"""Functions that look at the cells they are given, and not only at their values."""

VOLATILE = OUTSIDE | CHANCE | GIVES_CELLS | TAKES_CELLS | words("FORMULATEXT GETPIVOTDATA ISDATE SPLIT TO_TEXT")
"""Functions whose value can change although their arguments do not: by formats, formulas, hidden rows, the outside."""

SEES_FORMATS = words("IFERROR IFNA QUERY SORTN")
"""Functions whose result has the number formats of its argument's columns."""

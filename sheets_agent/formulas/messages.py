"""What Sheets says about an error value."""

from __future__ import annotations

from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.tokens import Kind, tokens

_LOOKUPS = words("HLOOKUP LOOKUP MATCH VLOOKUP XLOOKUP XMATCH")
_AVERAGES = words("AVERAGE AVERAGEA AVERAGEIF AVERAGEIFS STDEV STDEV.S VAR VAR.S")
_DIVISIONS = words("DIVIDE MOD QUOTIENT")

_OF_ONE_SIZE = words("AVERAGEIFS COUNTIFS MAXIFS MINIFS SUMIFS")
TOO_LARGE = "Numeric value is greater than 1.79769E+308 and cannot be displayed properly."
_GROWING = words("ADD COSH DIVIDE EXP MINUS MULTIPLY PRODUCT SINH SUM SUMPRODUCT SUMSQ")
"""Functions whose value of numbers is no number only where it is too large."""
_POWERS = words("FACT FACTDOUBLE POW POWER")
"""The same of numbers that are not negative."""

_GENERAL = {
    "NULL_VALUE": "The ranges have no cell in common.",
    "DIVIDE_BY_ZERO": "Division by zero.",
    "VALUE": "A value in the formula has the wrong type, or cannot be read as a number.",
    "REF": "Reference does not exist.",
    "NAME": "The formula uses a name that is not known.",
    "NUM": "A number in the formula is out of the range that can be calculated.",
    "N_A": "A value is not available.",
    "ERROR": "The formula cannot be calculated.",
}


def explain(kind: str, formula: str) -> str:
    """A sentence for an error of an ErrorType that a formula gave."""
    functions = [token.text.upper() for token in tokens(formula) if token.kind is Kind.FUNCTION]
    if kind == "DIVIDE_BY_ZERO":
        if average := next((name for name in functions if name in _AVERAGES), None):
            return f"Evaluation of function {average} caused a divide by zero error."
        divisor = next((name for name in functions if name in _DIVISIONS), "DIVIDE")
        return f"Function {divisor} parameter 2 cannot be zero."
    if kind == "N_A":
        if lookup := next((name for name in functions if name in _LOOKUPS), None):
            return f"Did not find the value in {lookup} evaluation."
        if "FILTER" in functions:
            return "No matches are found in FILTER evaluation."
    if kind == "VALUE" and functions and functions[0] in _OF_ONE_SIZE:
        return f"Array arguments to {functions[0]} are of different size."
    if kind == "NUM" and _overflows(formula, functions):
        return TOO_LARGE
    return _GENERAL.get(kind, "")


def _overflows(formula: str, functions: list[str]) -> bool:
    """Whether a formula that gave no number has become too large for sure: it has only numbers, and what grows."""
    parts = tokens(formula)
    if any(token.kind in (Kind.REFERENCE, Kind.NAME, Kind.TABLE, Kind.TEXT, Kind.ERROR) for token in parts):
        return False
    raised = any(token.text == "^" for token in parts) or any(name in _POWERS for name in functions)
    safe = not raised or not any(token.text == "-" or token.text.strip("0.") == "" for token in parts)
    return safe and all(name in _GROWING or name in _POWERS for name in functions)

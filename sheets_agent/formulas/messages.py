"""What Sheets says about an error value."""

from __future__ import annotations

from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.tokens import Kind, tokens

_LOOKUPS = words("HLOOKUP LOOKUP MATCH VLOOKUP XLOOKUP XMATCH")
_AVERAGES = words("AVERAGE AVERAGEA AVERAGEIF AVERAGEIFS STDEV STDEV.S VAR VAR.S")
_DIVISIONS = words("DIVIDE MOD QUOTIENT")

_OF_ONE_SIZE = words("AVERAGEIFS COUNTIFS MAXIFS MINIFS SUMIFS")

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
    return _GENERAL.get(kind, "")

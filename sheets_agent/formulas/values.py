"""Cell values: what a calculation gives.

Spreadsheet errors are values, not exceptions, as in Sheets: `effectiveValue.errorValue` has a type and a message.

Source: the ErrorValue and ExtendedValue messages of the v4 discovery document.
"""

from __future__ import annotations

from dataclasses import dataclass

ERROR_TEXTS: dict[str, str] = {
    "ERROR": "#ERROR!",
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
    "LOADING": "Loading...",
}
ERROR_TYPES: dict[str, str] = {text: kind for kind, text in ERROR_TEXTS.items()}


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A spreadsheet error: `type` is the API's ErrorType ("REF", "N_A", …), `message` what Sheets tells the person."""

    type: str
    message: str = ""

    @property
    def not_calculated(self) -> bool:
        """Whether it says only that the local Sheets API does not calculate this: Google may well do so."""
        return "local Sheets API does not calculate" in self.message

    def __str__(self) -> str:
        return ERROR_TEXTS.get(self.type, "#ERROR!")


Value = bool | float | str | ErrorValue | None
"""An effective value. None is a blank cell; dates are serial numbers counted from 1899-12-30."""

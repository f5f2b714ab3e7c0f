"""Conditions on cells as people write them, as the API's BooleanCondition.

    > 100    >= 2024-01-01    = North    is not North    between 1 and 10    contains abc    does not contain abc
    starts with abc    ends with abc    is empty    is not empty    in North; South    before 2024-03-01    = today

Which ConditionTypes work where is told by the discovery document: a date "on or after" or "between" exists for data
validation only. Elsewhere a date is compared as the number it is. "Is not this text" and "one of these" become
formulas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from sheets_agent.actions.literals import Entered, entered, in_locale, typed_number
from sheets_agent.errors import ActionError

JSON = dict[str, Any]

Comparison = Literal[
    "=", "<>", ">", ">=", "<", "<=", "between", "not between", "in",
    "contains", "not contains", "starts with", "ends with", "blank", "not blank", "valid date", "email", "url",
]  # fmt: skip

ADVICE = (
    "Write a condition like > 100, = North, is not North, between 1 and 10, contains abc, in North; South, "
    "is empty, is not empty, before 2024-03-01."
)

_WORDS: tuple[tuple[str, Comparison], ...] = (
    (r"(?:is )?(?:empty|blank)", "blank"),
    (r"(?:is )?not (?:empty|blank)", "not blank"),
    (r"(?:is )?(?:a )?valid date|is a date", "valid date"),
    (r"(?:is )?(?:an? )?(?:valid )?e-?mail(?: address)?", "email"),
    (r"(?:is )?(?:an? )?(?:valid )?(?:url|link)", "url"),
    (r"(?:is )?not between (.+?) and (.+)", "not between"),
    (r"(?:is )?between (.+?) and (.+)", "between"),
    (r"(?:does not contain|not contains|doesn't contain) (.+)", "not contains"),
    (r"contains (.+)", "contains"),
    (r"(?:starts|begins) with (.+)", "starts with"),
    (r"ends with (.+)", "ends with"),
    (r"(?:is )?(?:one of|in) (.+)", "in"),
    (r"(?:is )?on or after (.+)", ">="),
    (r"(?:is )?on or before (.+)", "<="),
    (r"(?:is )?after (.+)", ">"),
    (r"(?:is )?before (.+)", "<"),
    (r"(?:is )?greater than or equal to (.+)|>= ?(.+)|≥ ?(.+)", ">="),
    (r"(?:is )?less than or equal to (.+)|<= ?(.+)|≤ ?(.+)", "<="),
    (r"(?:<>|!=|≠) ?(.+)|(?:is )?not(?: equal to)? (.+)", "<>"),
    (r"(?:is )?greater than (.+)|> ?(.+)", ">"),
    (r"(?:is )?less than (.+)|< ?(.+)", "<"),
    (r"={1,2} ?(.+)|(?:is )?equal to (.+)|is (.+)", "="),
)
_RELATIVE = {"today": "=TODAY()", "yesterday": "=TODAY()-1", "tomorrow": "=TODAY()+1"}
_RELATIVE_DATES = {"today": "TODAY", "yesterday": "YESTERDAY", "tomorrow": "TOMORROW"}
_NUMBER_TYPES = {
    "=": "NUMBER_EQ",
    "<>": "NUMBER_NOT_EQ",
    ">": "NUMBER_GREATER",
    ">=": "NUMBER_GREATER_THAN_EQ",
    "<": "NUMBER_LESS",
    "<=": "NUMBER_LESS_THAN_EQ",
    "between": "NUMBER_BETWEEN",
    "not between": "NUMBER_NOT_BETWEEN",
}
_DATE_TYPES = {"=": "DATE_EQ", ">": "DATE_AFTER", "<": "DATE_BEFORE"}
_DATE_VALIDATION_TYPES = {
    **_DATE_TYPES,
    ">=": "DATE_ON_OR_AFTER",
    "<=": "DATE_ON_OR_BEFORE",
    "between": "DATE_BETWEEN",
    "not between": "DATE_NOT_BETWEEN",
}
_TEXT_TYPES = {
    "=": "TEXT_EQ",
    "contains": "TEXT_CONTAINS",
    "not contains": "TEXT_NOT_CONTAINS",
    "starts with": "TEXT_STARTS_WITH",
    "ends with": "TEXT_ENDS_WITH",
}
_BARE_TYPES = {
    "blank": "BLANK",
    "not blank": "NOT_BLANK",
    "valid date": "DATE_IS_VALID",
    "email": "TEXT_IS_EMAIL",
    "url": "TEXT_IS_URL",
}
_VALIDATION_ONLY = ("valid date", "email", "url")
_NOT_IN_VALIDATION = ("blank", "not blank", "starts with", "ends with")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as it was written: what is compared with what."""

    comparison: Comparison
    operands: tuple[str, ...]
    text: str

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read a condition.

        Raises:
            ActionError: when it is none.
        """
        tidy = " ".join(text.split())
        for pattern, comparison in _WORDS:
            match = re.fullmatch(pattern, tidy, re.IGNORECASE)
            if match:
                found = [group for group in match.groups() if group is not None]
                operands = re.split(r"\s*[;|]\s*", found[0]) if comparison == "in" else found
                if comparison == "in" and len(operands) == 1:
                    operands = re.split(r"\s*,\s*", operands[0])
                return cls(comparison, tuple(_bare(operand) for operand in operands), tidy)
        raise ActionError(f"“{text}” is not a condition. {ADVICE}")

    def for_cells(self, cell: str, locale: str) -> JSON:
        """For a filter or a conditional format.

        Args:
            cell: the first cell it applies to, as formulas of the condition name it, such as B2.
            locale: the spreadsheet's locale.

        Raises:
            ActionError: when it makes no sense there.
        """
        if self.comparison in _VALIDATION_ONLY:
            raise ActionError(f"“{self.text}” works in data validation only. {ADVICE}")
        if self.comparison == "in":
            tests = ",".join(f"{cell}={literal(operand, locale)}" for operand in self.operands)
            return custom_formula(f"=OR({tests})", locale)
        values = [self.value(operand, locale) for operand in self.operands]
        plain = self._typed(values, locale, _DATE_TYPES)
        if plain is not None:
            return plain
        if self.comparison not in ("=", "<>"):
            raise ActionError(f"“{self.text}” compares with a text. Compare with a number or a date.")
        return custom_formula(f"={cell}{self.comparison}{literal(self.operands[0], locale)}", locale)

    def for_validation(self, locale: str) -> JSON:
        """For a data validation rule.

        Raises:
            ActionError: when Sheets has no such rule.
        """
        if self.comparison in _NOT_IN_VALIDATION:
            raise ActionError(f"“{self.text}” does not work in data validation. Use a formula instead.")
        if self.comparison == "in":
            return condition("ONE_OF_LIST", *self.operands)
        values = [self.value(operand, locale) for operand in self.operands]
        plain = self._typed(values, locale, _DATE_VALIDATION_TYPES)
        if plain is None:
            raise ActionError(f"“{self.text}” does not work in data validation. Use a list or a formula instead.")
        return plain

    def value(self, operand: str, locale: str) -> Entered:
        """What an operand means; today, yesterday and tomorrow are formulas."""
        return entered(_RELATIVE.get(operand.casefold(), operand), locale)

    def _typed(self, values: list[Entered], locale: str, date_types: dict[str, str]) -> JSON | None:
        """The condition with a type of its own, None where the API has none."""
        if self.comparison in _BARE_TYPES:
            return condition(_BARE_TYPES[self.comparison])
        if self.comparison in _TEXT_TYPES and self.comparison != "=":
            return condition(_TEXT_TYPES[self.comparison], *self.operands)
        relative = _RELATIVE_DATES.get(self.operands[0].casefold())
        if relative and date_types is _DATE_TYPES and self.comparison in ("<", ">"):
            return {"type": date_types[self.comparison], "values": [{"relativeDate": relative}]}
        dates = [(value.number_format or {}).get("type") == "DATE" for value in values]
        if all(dates) and self.comparison in date_types:
            return condition(date_types[self.comparison], *self.operands)
        if all("numberValue" in value.value or "formulaValue" in value.value for value in values):
            return condition(_NUMBER_TYPES[self.comparison], *(_as_typed(value, locale) for value in values))
        if self.comparison == "=" and "stringValue" in values[0].value:
            return condition("TEXT_EQ", values[0].value["stringValue"])
        return None


def condition(kind: str, *values: str) -> JSON:
    """A BooleanCondition."""
    return {"type": kind, "values": [{"userEnteredValue": value} for value in values]} if values else {"type": kind}


def custom_formula(formula: str, locale: str) -> JSON:
    """A CUSTOM_FORMULA condition from a formula with en_US separators."""
    return condition("CUSTOM_FORMULA", in_locale(formula if formula.startswith("=") else f"={formula}", locale))


def literal(operand: str, locale: str) -> str:
    """An operand as it stands in a formula: a quoted text, a number, TRUE, a date's serial number, or an expression."""
    content = entered(_RELATIVE.get(operand.casefold(), operand), locale, formulas=False).value
    if "numberValue" in content:
        return typed_number(content["numberValue"], "en_US")
    if "boolValue" in content:
        return str(content["boolValue"]).upper()
    text = str(content.get("stringValue", ""))
    if text.startswith("="):
        return f"({text[1:]})"
    return '"' + text.replace('"', '""') + '"'


def _as_typed(value: Entered, locale: str) -> str:
    if "formulaValue" in value.value:
        return str(value.value["formulaValue"])
    return typed_number(value.value["numberValue"], locale)


def _bare(operand: str) -> str:
    """An operand without the quotes around it."""
    operand = operand.strip()
    quoted = len(operand) >= 2 and (operand[0], operand[-1]) in (('"', '"'), ("“", "”"), ("«", "»"), ("'", "'"))
    return operand[1:-1] if quoted else operand

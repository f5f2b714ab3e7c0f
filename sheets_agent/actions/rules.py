"""Rules that cells follow: conditional formats, data validation, protection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange, cell_name
from sheets_agent.actions.base import Action, OptionalFormula, RangeTarget, Request, Role, place, room_for
from sheets_agent.actions.colours import colour_style
from sheets_agent.actions.conditions import Condition, condition, custom_formula
from sheets_agent.actions.formats import Style, text_styles
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book

JSON = dict[str, Any]


class ConditionalFormat(Action):
    """Colour cells by what they hold: by a condition, by a formula, or on a colour scale."""

    kind: Literal["conditional_format"] = "conditional_format"
    hint: ClassVar[str] = "condition=contains late, formula==$E2>10, scale=white, scale=green"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The range, such as Orders!E2:E61.")
    condition: Annotated[str | None, Role.OPTION] = Field(
        None, description="What a cell must be, such as > 100, = Paid, contains late, between 1 and 10, is empty."
    )
    formula: OptionalFormula = Field(
        None,
        description="A formula that is true for the first row of the range, in place of a condition, such as "
        "=$E2>AVERAGE($E$2:$E$61).",
    )
    background: Annotated[str | None, Role.OPTION] = Field(
        None, description="The colour of the cells that fit, such as #f4cccc or light green."
    )
    text_color: Annotated[str | None, Role.OPTION] = Field(
        None, description="The colour of the text of cells that fit, such as dark red."
    )
    style: Annotated[list[Style], Role.OPTION] = Field(
        default=[], description='What the text of cells that fit becomes, such as ["bold"].'
    )
    scale: Annotated[list[str], Role.OPTION] = Field(
        default=[],
        description="In place of a condition: two or three colours from the lowest to the highest value, such as "
        '["white", "green"].',
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "conditional_format",
        "target": "Orders!E2:E61",
        "condition": "> 100",
        "background": "light green",
        "style": ["bold"],
    }

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, and one addConditionalFormatRule in front of the others."""
        area = place(book, self.target)
        rule: JSON = {"ranges": [area.to_api()]}
        if self.scale:
            rule["gradientRule"] = self._gradient()
        else:
            rule["booleanRule"] = {"condition": self._condition(area, book.locale), "format": self._format()}
        return [*room_for(book, area), {"addConditionalFormatRule": {"rule": rule, "index": 0}}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The range."""
        return (place(book, self.target),)

    def _condition(self, area: GridRange, locale: str) -> JSON:
        if (self.condition is None) == (self.formula is None):
            raise ActionError("Give a condition, such as > 100, or a formula, or a scale of colours: one of them.")
        if self.formula is not None:
            return custom_formula(self.formula, locale)
        first = cell_name(area.start_row or 0, area.start_column or 0)
        return Condition.parse(self.condition or "").for_cells(first, locale)

    def _format(self) -> JSON:
        text: JSON = dict(text_styles(self.style))
        if self.text_color is not None:
            text["foregroundColorStyle"] = colour_style(self.text_color)
        cell: JSON = {"textFormat": text} if text else {}
        if self.background is not None:
            cell["backgroundColorStyle"] = colour_style(self.background)
        if not cell:
            raise ActionError("Say how cells that fit look, such as background=light green or style=bold.")
        return cell

    def _gradient(self) -> JSON:
        if self.condition is not None or self.formula is not None or not 2 <= len(self.scale) <= 3:
            raise ActionError('A scale is two or three colours without a condition, such as ["white", "green"].')
        points: JSON = {
            "minpoint": {"colorStyle": colour_style(self.scale[0]), "type": "MIN"},
            "maxpoint": {"colorStyle": colour_style(self.scale[-1]), "type": "MAX"},
        }
        if len(self.scale) == 3:
            middle = {"colorStyle": colour_style(self.scale[1]), "type": "PERCENTILE", "value": "50"}
            points["midpoint"] = middle
        return points

    @override
    def sentence(self) -> str:
        if self.scale:
            return f"Colour {self.target} on a scale from {' over '.join(self.scale)}."
        return f"Format the cells of {self.target} where {self.condition or self.formula}."


class DataValidation(Action):
    """Restrict what may be entered into cells: a dropdown list, numbers, dates, a checkbox; or lift it."""

    kind: Literal["data_validation"] = "data_validation"
    hint: ClassVar[str] = "items=New, items=Paid; condition=between 1 and 100"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The range, such as Orders!D2:D61.")
    allow: Annotated[Literal["list", "condition", "date", "checkbox", "formula", "anything"], Role.OPTION] = Field(
        description="What is allowed: list for a dropdown, condition for numbers and dates in bounds, date for any "
        "date, checkbox, formula; anything lifts the restriction."
    )
    items: Annotated[list[str], Role.OPTION] = Field(
        default=[], description='The entries of a dropdown list, such as ["New", "Paid", "Late"].'
    )
    source: Annotated[str | None, Role.SOURCE] = Field(
        None, description="A range with the entries of a dropdown list, in place of items, such as Lists!A2:A10."
    )
    condition: Annotated[str | None, Role.OPTION] = Field(
        None, description="The bounds, such as between 1 and 100, >= 0 or after 2024-01-01."
    )
    formula: OptionalFormula = Field(
        None, description="A formula that is true for what is allowed in the first cell, such as =ISEVEN(D2)."
    )
    strict: Annotated[bool, Role.OPTION] = Field(
        True, description="Whether other entries are refused (true) or only marked (false); true when absent."
    )
    message: Annotated[str | None, Role.OPTION] = Field(
        None, description="A hint shown at the cell, such as Choose a status."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "data_validation",
        "target": "Orders!D2:D61",
        "allow": "list",
        "items": ["New", "Paid", "Late"],
        "message": "Choose a status",
    }

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, and one setDataValidation."""
        area = place(book, self.target)
        request: JSON = {"range": area.to_api()}
        if self.allow != "anything":
            rule: JSON = {"condition": self._condition(book), "strict": self.strict}
            if self.allow == "list":
                rule["showCustomUi"] = True
            if self.message is not None:
                rule["inputMessage"] = self.message
            request["rule"] = rule
        return [*room_for(book, area), {"setDataValidation": request}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The range."""
        return (place(book, self.target),)

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The range of the entries."""
        return (book.range(self.source),) if self.source and self.allow == "list" else ()

    def _condition(self, book: Book) -> JSON:
        if self.allow == "checkbox":
            return condition("BOOLEAN")
        if self.allow == "date":
            return condition("DATE_IS_VALID")
        if self.allow == "condition":
            if not self.condition:
                raise ActionError("Give the condition, such as between 1 and 100.")
            return Condition.parse(self.condition).for_validation(book.locale)
        if self.allow == "formula":
            if not self.formula:
                raise ActionError("Give the formula, such as =ISEVEN(D2).")
            return custom_formula(self.formula, book.locale)
        return self._list(book)

    def _list(self, book: Book) -> JSON:
        if bool(self.items) == bool(self.source):
            raise ActionError('Give the entries of the list: items, such as ["New", "Paid"], or a source range.')
        if self.source:
            return condition("ONE_OF_RANGE", "=" + book.a1(book.clipped(book.range(self.source))))
        return condition("ONE_OF_LIST", *self.items)

    @override
    def sentence(self) -> str:
        what = {
            "list": f"a list of {', '.join(self.items) or self.source}",
            "condition": self.condition,
            "date": "dates",
            "checkbox": "checkboxes",
            "formula": self.formula,
            "anything": "anything",
        }[self.allow]
        return f"Allow {what} in {self.target}."


class ProtectRange(Action):
    """Protect a range or a sheet from edits by others, or warn before each edit."""

    kind: Literal["protect_range"] = "protect_range"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The range or the sheet, such as Orders!F2:F61 or Orders.")
    warning_only: Annotated[bool, Role.OPTION] = Field(
        False, description="True to warn before an edit rather than to refuse it; false when absent."
    )
    note: Annotated[str | None, Role.OPTION] = Field(
        None, description="What the protection is for, such as Formulas, do not edit."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "protect_range",
        "target": "Orders!F2:F61",
        "warning_only": True,
        "note": "Formulas",
    }

    def requests(self, book: Book) -> list[Request]:
        """One addProtectedRange."""
        protected: JSON = {"range": book.range(self.target).to_api(), "warningOnly": self.warning_only}
        if self.note is not None:
            protected["description"] = self.note
        return [{"addProtectedRange": {"protectedRange": protected}}]

    @override
    def sentence(self) -> str:
        return f"{'Warn before edits of' if self.warning_only else 'Protect'} {self.target}."

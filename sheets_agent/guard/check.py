"""What the scope of a run says of a step: facts of errors that stop it, and of warnings that a person is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, Risk
from sheets_agent.errors import ActionError
from sheets_agent.formulas import catalogue
from sheets_agent.formulas.locale import to_canonical
from sheets_agent.formulas.policy import LINK, SENDING, reaching_out
from sheets_agent.guard import fields
from sheets_agent.guard.reach import CONTENTS, REMOVING, Reach, reach
from sheets_agent.guard.scope import Scope
from sheets_agent.sheets.book import Book
from sheets_agent.state.planned import Fact, Severity

JSON = dict[str, Any]

SETTLED = frozenset({"updateCells", "repeatCell", "appendDimension", "sortRange", "cutPaste", "randomizeRange"})
"""Requests after which no formula stands in a cell that was not judged: they spell out theirs, or only move them."""
_TYPING = frozenset({"findReplace", "textToColumns", "pasteData"})
"""Requests that type texts into cells, where a text can become a formula."""
_CALLED = re.compile(r"([^\W\d][\w.]*)\s*\(")


@dataclass(frozen=True)
class Guard:
    """Holds the steps of one run against its scope. Pure.

    Attributes:
        scope: of the run.
    """

    scope: Scope = field(default_factory=Scope)

    def refusals(self, requests: Iterable[JSON], locale: str) -> tuple[str, ...]:
        """Why some requests may not be sent, by what their formulas and links do."""
        found = (why for request in requests for why in fields.refusals(request, self.scope.policy, locale))
        return tuple(dict.fromkeys(found))

    def step(self, index: int, action: Action, requests: Sequence[JSON], book: Book, written: int) -> list[Fact]:
        """What can be told of a step before it is tried.

        Args:
            index: zero-based index of the step.
            action: the step.
            requests: what it compiles to.
            book: the spreadsheet before it.
            written: cells that the run has written before.
        """
        reaches = [reach(request, book) for request in requests]
        return [
            *(_error("function_policy", index, why) for why in self.refusals(requests, book.locale)),
            *self._shown(index, requests, book.locale),
            *self._kinds(index, action, requests),
            *self._places(index, reaches, book),
            *self._protected(index, requests, reaches, book),
            *self._count(index, requests, reaches, book, written),
        ]

    def formula(self, index: int, requests: Sequence[JSON], before: str, after: str, where: str, locale: str) -> str:
        """Why a formula that a step left in a cell may not stay there, empty where it may.

        Args:
            index: zero-based index of the step.
            requests: of the step.
            before: what was entered in the cell before.
            after: what is entered in it now.
            where: its address.
            locale: of the spreadsheet.
        """
        kinds = {kind for request in requests for kind in request}
        typed = [str(request["findReplace"].get("replacement", "")) for request in requests if "findReplace" in request]
        if kinds & _TYPING and not before.startswith("=") and not any(text.startswith("=") for text in typed):
            return f"Step {index + 1} would make a formula of a text that stands in {where}: {after[:80]}."
        canonical = to_canonical(after, locale)
        if all(name.upper() in _KNOWN for name in _CALLED.findall(canonical)):
            return ""
        return " ".join(self.scope.policy.refusals(canonical))

    def outside(self, area: GridRange, book: Book) -> bool:
        """Whether a range is not one that may be written."""
        return bool(self.scope.only) and not any(own.contains(area) for own in self.scope.areas(book))

    def _shown(self, index: int, requests: Iterable[JSON], locale: str) -> Iterator[Fact]:
        """The functions that reach outside and that a person has allowed or may approve of."""
        allowed = frozenset(self.scope.functions)
        for formula in dict.fromkeys(text for request in requests for text in fields.formulas(request, locale)):
            for name in reaching_out(formula, allowed):
                sentence = f"{name} reaches outside the spreadsheet, in {formula}."
                yield Fact(kind="external_function", severity=Severity.WARNING, step=index, sentence=sentence)

    def _kinds(self, index: int, action: Action, requests: Iterable[JSON]) -> Iterator[Fact]:
        if requests and not self.scope.writes:
            yield _error("outside_scope", index, "The person asked a question: nothing may be written.")
        if not self.scope.alone:
            return
        removing = any(kind in REMOVING for request in requests for kind in request)
        asked = self.scope.removes if removing else self.scope.changes
        if (removing or action.risk is Risk.DELETE) and not asked:
            yield _error("not_asked", index, f"{action.sentence()} The task does not ask for it, and {NOBODY}")

    def _places(self, index: int, reaches: Iterable[Reach], book: Book) -> Iterator[Fact]:
        if not self.scope.only:
            return
        sheets = {area.sheet_id for area in self.scope.areas(book)}
        for one in reaches:
            what = self._beyond(one, sheets, book)
            if what:
                yield _error("outside_scope", index, self.scope.refusal(f"Step {index + 1} writes {what}"))
                return

    def _beyond(self, one: Reach, sheets: set[int], book: Book) -> str:
        if one.everywhere:
            return "the whole spreadsheet"
        if one.new_sheet is not None and not self.scope.may_add(one.new_sheet):
            return f"a new sheet “{one.new_sheet}”"
        outside = [area for area in one.areas if self.outside(_within(area, book), book)]
        outside += [GridRange(sheet_id) for sheet_id in one.grows if sheet_id not in sheets]
        return _named(outside[0], book) if outside else ""

    def _protected(self, index: int, requests: Sequence[JSON], reaches: Sequence[Reach], book: Book) -> Iterator[Fact]:
        """The protected ranges that a step writes: errors where the account may not, else for a person to know."""
        told: set[str] = set()
        for request, one in zip(requests, reaches, strict=True):
            if {"addProtectedRange", "addNamedRange", "addChart"} & request.keys():
                continue
            for protection, area in _met(one.areas, book):
                where = _named(area, book)
                if where in told:
                    continue
                told.add(where)
                barred = not protection.get("requestingUserCanEdit") and not protection.get("warningOnly")
                note = f" (“{protection['description']}”)" if protection.get("description") else ""
                why = (
                    "your account may not edit it"
                    if barred
                    else NOBODY.rstrip(".")
                    if self.scope.alone
                    else "editing it needs your consent"
                )
                severity = Severity.ERROR if barred or self.scope.alone else Severity.WARNING
                sentence = f"Step {index + 1} writes into the protected range {where}{note}: {why}."
                yield Fact(
                    kind="protected_range", severity=severity, step=index, address=where, sentence=sentence, asked=True
                )

    def _count(
        self, index: int, requests: Sequence[JSON], reaches: Sequence[Reach], book: Book, written: int
    ) -> Iterator[Fact]:
        count = written + cells_of(requests, reaches, book)
        if count > self.scope.max_cells and count > written:
            yield _error(
                "too_many_cells",
                index,
                f"With step {index + 1} the run would write {count:,} cells, and may write {self.scope.max_cells:,}. "
                f"To let it, give --max-cells {count}.",
            )


def cells_of(requests: Sequence[JSON], reaches: Sequence[Reach], book: Book) -> int:
    """How many cells some requests put contents into."""
    total = 0
    for request, one in zip(requests, reaches, strict=True):
        for kind, body in request.items():
            mask = str(body.get("fields", "*")) if isinstance(body, dict) else "*"
            if kind in CONTENTS and ("userEnteredValue" in mask or "*" in mask or "pivotTable" in mask):
                total += sum(_size(area, book) for area in one.areas)
    return total


def _size(area: GridRange, book: Book) -> int:
    if area.bounded:
        return area.cells
    try:
        return book.clipped(area).cells
    except ActionError:  # a sheet that an earlier request of the step makes
        return 0


def _within(area: GridRange, book: Book) -> GridRange:
    """A range whose open ends are those of the grid; what is whole stays so."""
    try:
        clipped = book.clipped(area)
    except ActionError:
        return area
    if area.end_row is None and area.end_column is None and not area.start_row and not area.start_column:
        return area  # the whole sheet, its properties included
    return GridRange(
        area.sheet_id,
        area.start_row,
        clipped.end_row if area.end_row is None else area.end_row,
        area.start_column,
        clipped.end_column if area.end_column is None else area.end_column,
    )


def _met(areas: Iterable[GridRange], book: Book) -> Iterator[tuple[JSON, GridRange]]:
    """The protections that some ranges meet, with the protected range."""
    sheets = {sheet.sheet_id: sheet for sheet in book.sheets}
    for area in areas:
        for protection in sheets[area.sheet_id].resources.get("protectedRanges", ()) if area.sheet_id in sheets else ():
            kept = GridRange.from_api(protection.get("range", {}))
            free = map(GridRange.from_api, protection.get("unprotectedRanges", ()))
            common = kept.intersection(area)
            if common is not None and not any(one.contains(common) for one in free):
                yield protection, kept


def _named(area: GridRange, book: Book) -> str:
    try:
        text = book.a1(area)
    except ActionError:
        return "a sheet that is not there yet"
    return text


def _error(kind: str, index: int, sentence: str) -> Fact:
    return Fact(kind=kind, severity=Severity.ERROR, step=index, sentence=sentence)


NOBODY = "with --approve never nobody is asked."
_KNOWN = frozenset(catalogue.functions()) - SENDING - {LINK}

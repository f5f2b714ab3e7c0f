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
from sheets_agent.formulas.policy import LINK, SENDING, SERVICES, reaching_out
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
_COPYING = _TYPING | {"copyPaste", "autoFill"}
"""Requests after which a formula stands in more cells than before, though it may stand in others already."""
_WORD = re.compile(r"([^\W\d][\w.]*)(\s*\()?")


_NEEDS = {"sort_range": ("sorting",), "move_range": ("moving",), "find_replace": ("changing", "removing")}
"""What a task has to ask for, any of it, before these actions are done with nobody asked; for all others removing."""


@dataclass(frozen=True, slots=True)
class Left:
    """A formula that a step has left in a cell.

    Attributes:
        where: the address of the cell.
        formula: as it is entered.
        was_formula: whether a formula stood in the cell before, and not a text that looks like one.
        stood: whether just this was entered in a cell of the sheet before.
    """

    where: str
    formula: str
    was_formula: bool
    stood: bool


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
            *self._kinds(index, action, requests, book),
            *self._places(index, reaches, book),
            *self._protected(index, requests, reaches, book),
            *self._count(index, requests, reaches, book, written),
        ]

    def left(self, index: int, requests: Sequence[JSON], cells: Iterable[Left], locale: str) -> Iterator[Fact]:
        """What speaks against the formulas that a step has left in cells, and what a person is to know of them.

        Of those that may not stay the first is told.

        Args:
            index: zero-based index of the step.
            requests: of the step.
            cells: what it left where.
            locale: of the spreadsheet.
        """
        kinds = {kind for request in requests for kind in request}
        given = [str(request["findReplace"].get("replacement", "")) for request in requests if "findReplace" in request]
        becoming = bool(kinds & _TYPING) and not any(text.startswith("=") for text in given)
        found: dict[str, Fact] = {}
        for cell in cells:
            if becoming and not cell.was_formula:
                why = (
                    f"Step {index + 1} would make a formula of a text that stands in {cell.where}: {cell.formula[:80]}."
                )
                yield _error("function_policy", index, why, cell.where)
                return
            canonical = to_canonical(cell.formula, locale)
            if _is_harmless(canonical) or (cell.stood and not kinds & _COPYING):
                continue
            if why := " ".join(self.scope.policy.refusals(canonical)):
                yield _error("function_policy", index, why, cell.where)
                return
            for name in reaching_out(canonical, frozenset(self.scope.functions)):
                found.setdefault(name, _reaching(index, name, canonical))
        yield from found.values()

    def copied(self, index: int, rules: Sequence[JSON], locale: str, where: str) -> Iterator[Fact]:
        """What speaks against the rules and charts on a sheet that was copied, and what a person is to know of them.

        Args:
            index: zero-based index of the step.
            rules: as the API gives them.
            locale: of the spreadsheet.
            where: the cells of the sheet.
        """
        yield from (_error("function_policy", index, why, where) for why in self.refusals(rules, locale))
        yield from self._shown(index, rules, locale)

    def outside(self, area: GridRange, book: Book) -> bool:
        """Whether a range is not one that may be written."""
        return bool(self.scope.only) and not any(own.contains(area) for own in self.scope.areas(book))

    def _shown(self, index: int, requests: Iterable[JSON], locale: str) -> Iterator[Fact]:
        """The functions that reach outside and that a person has allowed or may approve of."""
        for formula in dict.fromkeys(text for request in requests for text in fields.formulas(request, locale)):
            for name in reaching_out(formula, frozenset(self.scope.functions)):
                yield _reaching(index, name, formula)

    def _kinds(self, index: int, action: Action, requests: Iterable[JSON], book: Book) -> Iterator[Fact]:
        if requests and not self.scope.writes:
            yield _error("outside_scope", index, "The person asked a question: nothing may be written.")
        yield from self._names(index, requests, book)
        if not self.scope.alone:
            return
        removing = any(kind in REMOVING for request in requests for kind in request)
        if (removing or action.risk is Risk.DELETE) and not self.asks_for(action.kind):
            yield _error("not_asked", index, f"{action.sentence()} The task does not ask for it, and {NOBODY}")
        deleted = {int(one["deleteSheet"].get("sheetId", 0)) for one in requests if "deleteSheet" in one}
        for sheet in book.sheets:
            if sheet.sheet_id in deleted and not self.scope.names_sheet(sheet.title):
                yield _error("not_asked", index, f"The task does not name the sheet “{sheet.title}”, and {NOBODY}")

    def _names(self, index: int, requests: Iterable[JSON], book: Book) -> Iterator[Fact]:
        """The names that are given to other cells, so that formulas that stand there come to mean something else."""
        unasked = self.scope.alone and "changing" not in self.scope.asked
        for request in requests:
            named = request.get("updateNamedRange", {}).get("namedRange", {})
            for name, one in book.named_range_ids.items():
                if one != named.get("namedRangeId") or named.get("range") == book.named_ranges[name].to_api():
                    continue
                sentence = f"The named range {name} stands for {_named(book.named_ranges[name], book)}, and is moved."
                severity = Severity.ERROR if unasked else Severity.WARNING
                yield Fact(kind="overwrite", severity=severity, step=index, sentence=sentence)

    def asks_for(self, kind: str) -> bool:
        """Whether the words of the task ask for what an action of some kind takes away or writes over."""
        return any(intent in self.scope.asked for intent in _NEEDS.get(kind, ("removing",)))

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
        """The protected ranges that a step writes, but for those that a replacement only searches."""
        areas: list[GridRange] = []
        for request, one in zip(requests, reaches, strict=True):
            if not _ELSEWHERE & request.keys():
                areas += [sheet.grid for sheet in book.sheets] if one.everywhere else one.areas
        return self.protected(index, areas, book)

    def protected(self, index: int, areas: Iterable[GridRange], book: Book) -> Iterator[Fact]:
        """The protected ranges that a step writes: errors where the account may not, else for a person to know.

        Args:
            index: zero-based index of the step.
            areas: where it writes.
            book: the spreadsheet.
        """
        told: set[str] = set()
        for protection, area in _met(areas, book):
            where = _named(area, book)
            if where not in told:
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
        yield from self.count(index, written + cells_of(requests, reaches, book), written)

    def count(self, index: int, count: int, written: int) -> Iterator[Fact]:
        """What speaks against a step by the number of cells that the run would have written with it.

        Args:
            index: zero-based index of the step.
            count: cells that the run will have written.
            written: cells that it has written before the step.
        """
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


def _reaching(index: int, name: str, formula: str) -> Fact:
    sentence = f"{name} reaches outside the spreadsheet, in {formula}."
    return Fact(kind="external_function", severity=Severity.WARNING, step=index, sentence=sentence)


def _is_harmless(formula: str) -> bool:
    """Whether a formula calls nothing but functions that stay in the spreadsheet, told without parsing it."""
    words = ((name.upper(), called) for name, called in _WORD.findall(formula))
    return all(name in _HARMLESS if called else name not in _REACHING for name, called in words)


def _error(kind: str, index: int, sentence: str, address: str = "") -> Fact:
    return Fact(kind=kind, severity=Severity.ERROR, step=index, sentence=sentence, address=address)


NOBODY = "with --approve never nobody is asked."
_ELSEWHERE = frozenset({"addProtectedRange", "addNamedRange", "addChart", "findReplace"})
"""Requests that write no cell of their ranges, or few of them."""
_REACHING = SENDING | SERVICES | {LINK}
_HARMLESS = frozenset(catalogue.functions()) - _REACHING

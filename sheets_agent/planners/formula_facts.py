"""What code can tell about the formulas of an action before they are calculated."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action
from sheets_agent.actions.values import WriteTable
from sheets_agent.errors import ActionError
from sheets_agent.formulas import catalogue
from sheets_agent.formulas.parse import Formula, FormulaError, parse
from sheets_agent.formulas.references import Reference, references
from sheets_agent.formulas.syntax import Call, Cells, Node, children
from sheets_agent.planners.facts.placed import WITHOUT_VALUES
from sheets_agent.sheets.book import Book
from sheets_agent.state.planned import Fact, Severity

IsBlank = Callable[[GridRange], bool]


def formula_facts(index: int, action: Action, book: Book, is_blank: IsBlank) -> list[Fact]:
    """Facts about every formula of an action.

    Args:
        index: zero-based index of the step.
        action: the action.
        book: the spreadsheet before the step.
        is_blank: whether no cell of a bounded range shows anything.
    """
    facts: list[Fact] = []
    for text in dict.fromkeys(action.formula_texts()):
        try:
            formula = parse(text)
        except FormulaError as error:
            facts.append(_fact("formula_syntax", Severity.ERROR, index, f"{text} cannot be parsed: {error}"))
            continue
        facts += _function_facts(index, formula)
        facts += _reference_facts(index, formula, action, book, is_blank)
    return facts


def _function_facts(index: int, formula: Formula) -> Iterator[Fact]:
    for call in formula.functions:
        known = catalogue.lookup(call.name)
        if known is None:
            close = catalogue.suggest(call.name)
            advice = f" Did you mean {' or '.join(close)}?" if close else ""
            sentence = f"Google Sheets has no function {call.name}, in {formula.text}.{advice}"
            yield _fact("unknown_function", Severity.ERROR, index, sentence)
        elif not known.takes(call.argument_count):
            sentence = (
                f"{known.name} takes {known.arity} arguments and has {call.argument_count} in {formula.text}. "
                f"Its form is {known.syntax}."
            )
            yield _fact("argument_count", Severity.ERROR, index, sentence)


def _reference_facts(index: int, formula: Formula, action: Action, book: Book, is_blank: IsBlank) -> Iterator[Fact]:
    text, valued = formula.text, set(_valued(formula.tree))
    home = next(iter(action.writes(book)), None)
    table = home if isinstance(action, WriteTable) else None
    for reference in references(text):
        try:
            area = _resolve(reference, home, book)
        except ActionError as error:
            yield _fact("unknown_reference", Severity.ERROR, index, f"{text} refers to {reference}: {error}")
            continue
        if area is None:
            continue
        bounded = book.clipped(area)
        if not bounded.cells:
            sentence = (
                f"{text} refers to {reference}, which lies outside the grid of {book.a1(GridRange(area.sheet_id))}."
            )
            yield _fact("unknown_reference", Severity.ERROR, index, sentence, str(reference))
        elif reference in valued and not (table is not None and table.intersection(bounded)) and is_blank(bounded):
            sentence = f"{text} refers to {book.a1(area)}, where every cell is blank."
            yield _fact("blank_reference", Severity.WARNING, index, sentence, book.a1(area))


def _valued(node: Node) -> Iterator[Reference]:
    """The references whose values a formula takes; those of ROWS(A$2:A2) are places."""
    if isinstance(node, Cells):
        yield node.reference
    elif not (isinstance(node, Call) and node.name in WITHOUT_VALUES):
        for part in children(node):
            yield from _valued(part)


def _resolve(reference: Reference, home: GridRange | None, book: Book) -> GridRange | None:
    """The range meant, None where the formula's own sheet is not known."""
    if reference.sheet is not None:
        return reference.area.grid_range(book.sheet(reference.sheet).sheet_id)
    return None if home is None else reference.area.grid_range(home.sheet_id)


def _fact(kind: str, severity: Severity, step: int, sentence: str, address: str = "") -> Fact:
    return Fact(kind=kind, severity=severity, step=step, address=address, sentence=sentence)

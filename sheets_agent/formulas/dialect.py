"""From the formulas of Sheets to the formulas of the calculation engine.

The engine (IronCalc) knows most functions of Sheets, calculates with whole arrays everywhere, wants ranges closed, and
has none of the Sheets-only functions. So a formula is parsed, checked, and said again: ranges are closed by the grid,
what Sheets would reduce to one cell is reduced, Sheets-only functions are put into others. What cannot be said is
answered with an error that tells so, never with a wrong value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sheets_agent.formulas.blanks import BLANK, hands_blanks_on, telling_blanks
from sheets_agent.formulas.coercion import is_sure_number
from sheets_agent.formulas.defined import PREFIX as DEFINED_PREFIX
from sheets_agent.formulas.hosts import HostCall, marked
from sheets_agent.formulas.lambdas import check_lambdas
from sheets_agent.formulas.lifting import lifted
from sheets_agent.formulas.named import written_out
from sheets_agent.formulas.nodes import REFUSED, Unsupported, bound
from sheets_agent.formulas.references import Reference, read
from sheets_agent.formulas.shapes import left_out, shape
from sheets_agent.formulas.spreading import may_spread
from sheets_agent.formulas.surroundings import ENGINE_COLUMNS, ENGINE_ROWS, Grid, Surroundings
from sheets_agent.formulas.syntax import (
    Cells,
    FormulaError,
    Node,
    render,
    tree,
    walk,
)
from sheets_agent.formulas.tables import with_cells
from sheets_agent.formulas.values import ErrorValue
from sheets_agent.formulas.writer import Writer

__all__ = [
    "BLANK",
    "ENGINE_COLUMNS",
    "ENGINE_ROWS",
    "Compiled",
    "Compiler",
    "Grid",
    "Surroundings",
    "compile_formula",
    "failed",
    "not_calculated",
]

Spot = tuple[str, int, int]
"""A sheet as the engine calls it, "" for the formula's own, and a row and a column, zero-based."""
_REFUSAL = render(REFUSED)
_MAY_REFUSE = re.compile(rf"{DEFINED_PREFIX}(?!TEXT\()|{re.escape(_REFUSAL)}")
MAX_PATTERN = 2_000  # a longer formula is no pattern worth remembering
_MARKS = re.compile("[\x01-\x04]")
"""Characters that stand for references and calls while a formula is said again."""
_PLACE = re.compile("\x03([0-9]+)\x03")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A formula for the engine.

    Attributes:
        text: what the engine calculates, with a leading "=".
        failure: the value of the cell when the engine's own does not count.
        reasons: messages for the errors that were found on the way, by error type.
        blanks: whether `BLANK`, and an empty text in an array, stand for blank cells.
        unknown: whether Sheets would show a value that nothing here can calculate.
        target: the one cell it shows, when the formula is nothing but a reference.
        spreads: whether it may fill more cells than its own.
        calls: what is calculated outside of the engine; marks in `text` stand for it.
        shows: the call whose value the formula is, when it is nothing but that.
        numeric: whether its value is sure to be no text.
        watched: the cells that must hold no texts, for `text` does not read them as Sheets does.
    """

    text: str
    failure: ErrorValue | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    blanks: bool = False
    unknown: bool = False
    target: Reference | None = None
    spreads: bool = False
    calls: tuple[HostCall, ...] = ()
    shows: int | None = None
    numeric: bool = False
    watched: tuple[Spot, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether the engine may find out that it cannot calculate this, for what the cells hold."""
        return _MAY_REFUSE.search(self.text) is not None


class _Template(NamedTuple):
    """What copies of a formula are made of.

    Attributes:
        model: the compiled formula.
        form: its text with a `%s` for every reference.
        order: which of the formula's references goes where.
        watched: the cells that must hold no texts: which of the formula's references, or the cell itself.
    """

    model: Compiled
    form: str
    order: list[int]
    watched: list[int | Spot]


def _filled(text: str, found: list[str]) -> str:
    """A text with the references of a formula in the places of the marks."""
    return _PLACE.sub(lambda match: found[int(match[1])], text)


class Compiler:
    """Compiles the formulas of one workbook. Copies of a formula cost next to nothing."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self._templates: dict[tuple[str, str, bool], _Template | None] = {}
        grids = surroundings.grids.values()
        self._rows = min((grid.rows for grid in grids), default=0)
        self._columns = min((grid.columns for grid in grids), default=0)

    def compile(self, formula: str, on_sheet: str, *, texts: bool = True) -> Compiled:
        """Say a formula of Sheets in the engine's language, as `compile_formula` does."""
        if _MARKS.search(formula):
            return compile_formula(formula, on_sheet, self.surroundings, texts=texts)
        outline, found, corners, row, column = shape(formula)
        if row > self._rows or column > self._columns or len(formula) > MAX_PATTERN:
            return compile_formula(formula, on_sheet, self.surroundings, texts=texts)
        key = (outline, on_sheet, texts)
        if key not in self._templates:
            self._templates[key] = self._template(formula, on_sheet, len(found), texts)
        template = self._templates[key]
        if template is None:
            return compile_formula(formula, on_sheet, self.surroundings, texts=texts)
        model, form, order, spots = template
        written = form % tuple([found[place] for place in order])
        target = read(found[0]) if found and model.target is not None else model.target
        calls = tuple(one.rewritten(lambda text: _filled(text, found)) for one in model.calls)
        watched = tuple([("", *corners[one]) if isinstance(one, int) else one for one in spots])
        return Compiled(  # `replace` takes longer than all the rest
            written,
            model.failure,
            model.reasons,
            model.blanks,
            model.unknown,
            target,
            model.spreads,
            calls,
            model.shows,
            model.numeric,
            watched,
        )

    def _template(self, formula: str, on_sheet: str, count: int, texts: bool) -> _Template | None:
        """A formula compiled with places for its references, or None when its parts do not match up."""
        try:
            cells = [node.reference for node in walk(tree(formula)) if isinstance(node, Cells)]
        except (FormulaError, RecursionError):
            return None
        if sum(map(left_out, cells)) != count:
            return None
        writer = Writer(on_sheet, self.surroundings, texts=texts)
        marked = _said(formula, writer, marked=True, whole=False)
        order = [int(place) for place in _PLACE.findall(marked.text)]
        form = _PLACE.sub("%s", marked.text.replace("%", "%%"))
        return _Template(marked, form, order, [_place_or_spot(one) for one in writer.watched])


def compile_formula(
    formula: str, on_sheet: str, surroundings: Surroundings, *, whole: bool = False, texts: bool = True
) -> Compiled:
    """Say a formula of Sheets in the engine's language.

    Args:
        formula: as typed, with en_US separators.
        on_sheet: the title of the sheet it stands on.
        surroundings: the sheets and names it can refer to.
        whole: whether to have the array that it gives handed over, so that blank cells in it stay blank.
        texts: whether to read texts in cells where it wants numbers; else the cells that must hold none are told, and
            the formula is quicker.
    """
    writer = Writer(on_sheet, surroundings, texts=texts)
    found = _said(formula, writer, marked=False, whole=whole)
    return replace(found, watched=tuple(dict.fromkeys(_spot(one) for one in writer.watched)))


def _said(formula: str, writer: Writer, *, marked: bool, whole: bool) -> Compiled:
    """A formula, said again by a writer; with a numbered mark for every reference that `shape` leaves out."""
    if _MARKS.search(formula):
        return not_calculated("control characters in a formula")
    try:
        root = tree(formula)
        if marked:
            writer.places = _numbered(root)
        root = written_out(root, writer.around.functions)
        root = with_cells(root, writer.around.tables, writer.around.names)
        check_lambdas(root)
        root = lifted(root)
    except FormulaError:
        return failed(ErrorValue("ERROR", "Formula parse error."))
    except RecursionError:
        return failed(ErrorValue("ERROR", "The formula nests too deep."))
    except Unsupported as reason:
        return not_calculated(str(reason))
    return _compiled(root, writer, whole)


def _spot(reference: Reference) -> Spot:
    assert reference.first.row is not None
    assert reference.first.column is not None
    return reference.sheet or "", reference.first.row, reference.first.column


def _place_or_spot(reference: Reference) -> int | Spot:
    """Which of a formula's references a cell is, by its mark; the cell itself where it has none."""
    mark = _PLACE.search(reference.typed)
    return _spot(reference) if mark is None else int(mark[1])


def _numbered(root: Node) -> dict[int, int]:
    """The place of every reference that `shape` leaves out, by the identity of its node."""
    cells = (node for node in walk(root) if isinstance(node, Cells) and left_out(node.reference))
    return {id(node): index for index, node in enumerate(cells)}


def _compiled(root: Node, writer: Writer, whole: bool) -> Compiled:
    try:
        node = writer.made_here.whole(root) if whole else writer.write(root, array=False, want="top")
        calls, shows = tuple(writer.made_here.calls), marked(node)
        if shows is not None:
            return Compiled("=#N/A", reasons=writer.reasons, calls=calls, shows=shows, spreads=calls[shows].spreads)
        spreads = may_spread(node)
        if hands_blanks_on(root):
            node = bound(node, writer.fresh, telling_blanks)
        written = "=" + render(node)
    except Unsupported as reason:
        return not_calculated(str(reason))
    except RecursionError:
        return failed(ErrorValue("ERROR", "The formula nests too deep."))
    target = root.reference if isinstance(root, Cells) and root.reference.single else None
    blanks, numeric = hands_blanks_on(root), is_sure_number(root)
    return Compiled(written, None, writer.reasons, blanks, False, target, spreads, calls, numeric=numeric)


def failed(error: ErrorValue) -> Compiled:
    """What stands for a formula that is an error whatever cells hold."""
    return Compiled("=" + str(error), error)


def not_calculated(what: str) -> Compiled:
    """What stands for a formula that has a value in Sheets, but none here."""
    refused = failed(ErrorValue("ERROR", f"The local Sheets API does not calculate {what} yet."))
    return replace(refused, unknown=True)

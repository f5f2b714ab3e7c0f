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

from sheets_agent.formulas.blanks import BLANK, hands_blanks_on, telling_blanks
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

_REFUSAL = render(REFUSED)
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

    @property
    def doubtful(self) -> bool:
        """Whether the engine may find out that it cannot calculate this, for what the cells hold."""
        return _REFUSAL in self.text or DEFINED_PREFIX in self.text


_Template = tuple[Compiled, str, list[int]]
"""A compiled formula, its text with a `%s` for every reference, and which of the formula's references goes where."""


def _filled(text: str, found: list[str]) -> str:
    """A text with the references of a formula in the places of the marks."""
    return _PLACE.sub(lambda match: found[int(match[1])], text)


class Compiler:
    """Compiles the formulas of one workbook. Copies of a formula cost next to nothing."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self._templates: dict[tuple[str, str], _Template | None] = {}
        grids = surroundings.grids.values()
        self._rows = min((grid.rows for grid in grids), default=0)
        self._columns = min((grid.columns for grid in grids), default=0)

    def compile(self, formula: str, on_sheet: str) -> Compiled:
        """Say a formula of Sheets in the engine's language, as `compile_formula` does."""
        if _MARKS.search(formula):
            return compile_formula(formula, on_sheet, self.surroundings)
        outline, found, row, column = shape(formula)
        if row > self._rows or column > self._columns or len(formula) > MAX_PATTERN:
            return compile_formula(formula, on_sheet, self.surroundings)
        key = (outline, on_sheet)
        if key not in self._templates:
            self._templates[key] = self._template(formula, on_sheet, len(found))
        template = self._templates[key]
        if template is None:
            return compile_formula(formula, on_sheet, self.surroundings)
        model, form, order = template
        written = form % tuple([found[place] for place in order])
        target = read(found[0]) if found and model.target is not None else model.target
        calls = tuple(one.rewritten(lambda text: _filled(text, found)) for one in model.calls)
        return replace(model, text=written, target=target, calls=calls)

    def _template(self, formula: str, on_sheet: str, count: int) -> _Template | None:
        """A formula compiled with places for its references, or None when its parts do not match up."""
        try:
            cells = [node.reference for node in walk(tree(formula)) if isinstance(node, Cells)]
        except (FormulaError, RecursionError):
            return None
        if sum(map(left_out, cells)) != count:
            return None
        marked = compile_formula(formula, on_sheet, self.surroundings, marked=True)
        order = [int(place) for place in _PLACE.findall(marked.text)]
        return marked, _PLACE.sub("%s", marked.text.replace("%", "%%")), order


def compile_formula(
    formula: str, on_sheet: str, surroundings: Surroundings, *, marked: bool = False, whole: bool = False
) -> Compiled:
    """Say a formula of Sheets in the engine's language.

    Args:
        formula: as typed, with en_US separators.
        on_sheet: the title of the sheet it stands on.
        surroundings: the sheets and names it can refer to.
        marked: whether to put a numbered mark for every reference that `shape` leaves out.
        whole: whether to have the array that it gives handed over, so that blank cells in it stay blank.
    """
    if _MARKS.search(formula):
        return not_calculated("control characters in a formula")
    try:
        root = tree(formula)
        places = _numbered(root) if marked else {}
        root = written_out(root, surroundings.functions)
        root = with_cells(root, surroundings.tables, surroundings.names)
        check_lambdas(root)
        root = lifted(root)
    except FormulaError:
        return failed(ErrorValue("ERROR", "Formula parse error."))
    except RecursionError:
        return failed(ErrorValue("ERROR", "The formula nests too deep."))
    except Unsupported as reason:
        return not_calculated(str(reason))
    return _compiled(root, Writer(on_sheet, surroundings, places), whole)


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
    return Compiled(written, None, writer.reasons, hands_blanks_on(root), False, target, spreads, calls)


def failed(error: ErrorValue) -> Compiled:
    """What stands for a formula that is an error whatever cells hold."""
    return Compiled("=" + str(error), error)


def not_calculated(what: str) -> Compiled:
    """What stands for a formula that has a value in Sheets, but none here."""
    refused = failed(ErrorValue("ERROR", f"The local Sheets API does not calculate {what} yet."))
    return replace(refused, unknown=True)

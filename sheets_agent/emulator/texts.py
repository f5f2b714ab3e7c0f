"""Which formulas take cells for numbers, and which of those cells hold texts.

A formula that reads texts as Sheets does costs the engine several times as much as one that does not. So a formula is
put in its quick form as long as none of the cells that it takes for numbers holds a text. What was typed is known
beforehand; what formulas give is asked after each calculation, of those only that may give a text and are so read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sheets_agent.emulator.placed import Place
from sheets_agent.formulas.dialect import Compiled

_MOST_ROUNDS = 8
"""How often in a row texts may turn up in further cells before every formula is given its slow form."""
_FEW = 8
"""Up to how many readers of a cell are a tuple, which takes less room than a set and is shared by copies."""


@dataclass
class Texts:
    """What one model holds of such formulas and cells.

    Attributes:
        readers: by cell, the formulas that take it for a number.
        asked: formulas that may give a text and that others take for a number.
        found: cells in which a calculation put a text.
        changed: cells that may hold a text now and held none, or the other way round.
        everywhere: whether all formulas read texts, for texts turned up again and again.
    """

    readers: dict[Place, tuple[Place, ...] | set[Place]] = field(default_factory=dict)
    asked: set[Place] = field(default_factory=set)
    found: set[Place] = field(default_factory=set)
    changed: set[Place] = field(default_factory=set)
    everywhere: bool = False
    _rounds: int = 0

    def copy(self) -> Texts:
        """An independent copy."""
        readers = dict(self.readers)
        readers.update([(cell, set(one)) for cell, one in readers.items() if type(one) is set])
        found = set(self.found)
        return Texts(readers, set(self.asked), found, set(self.changed), self.everywhere, self._rounds)

    def enter(self, place: Place, compiled: Compiled, cells: Iterable[Place], formulas: dict[Place, Compiled]) -> None:
        """Note a formula, and the cells that it takes for numbers."""
        for cell in cells:
            known = self.readers.get(cell)
            if known is None:
                self.readers[cell] = (place,)
                if cell in formulas and _may_be_text(formulas[cell]):
                    self.asked.add(cell)
            elif isinstance(known, set):
                known.add(place)
            elif place not in known:
                self.readers[cell] = (*known, place) if len(known) < _FEW else {*known, place}
        if place in self.readers and _may_be_text(compiled):
            self.asked.add(place)

    def leave(self, place: Place, cells: Iterable[Place]) -> None:
        """Forget a formula, and the cells that it took for numbers."""
        self.asked.discard(place)
        for cell in cells:
            left = self.readers.get(cell, ())
            if isinstance(left, set):
                left.discard(place)
            else:
                self.readers[cell] = left = tuple([one for one in left if one != place])
            if not left:
                del self.readers[cell]
                self.asked.discard(cell)

    def enter_anew(self, place: Place, *, otherwise: bool) -> None:
        """Note that something else was entered into a cell; `otherwise` when a text for no text or no text for one."""
        if place in self.found:
            self.found.discard(place)
            otherwise = True
        if otherwise and place in self.readers:
            self.changed.add(place)

    def of(self, cells: Iterable[Place]) -> set[Place]:
        """The formulas that take any of these cells for a number."""
        return {place for cell in cells for place in self.readers.get(cell, ())}

    def find(self, cells: set[Place]) -> set[Place]:
        """Note texts that a calculation put into cells; the formulas whose form may have to change for it."""
        new = cells - self.found
        self.found |= new
        readers = self.of(new)
        self._rounds = self._rounds + 1 if readers else 0
        if self._rounds < _MOST_ROUNDS:
            return readers
        self.everywhere = True
        return self.of(self.readers)


def _may_be_text(compiled: Compiled) -> bool:
    return not compiled.numeric and compiled.failure is None

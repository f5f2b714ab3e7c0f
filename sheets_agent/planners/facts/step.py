"""A step of a plan and all the facts that can be told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, Request
from sheets_agent.actions.charts import CreateChart
from sheets_agent.errors import ActionError
from sheets_agent.planners.facts.arguments import arguments
from sheets_agent.planners.facts.charts import charts
from sheets_agent.planners.facts.consistency import consistency
from sheets_agent.planners.facts.ground import Ground
from sheets_agent.planners.facts.pivots import pivots
from sheets_agent.planners.facts.placed import Placed, placed
from sheets_agent.planners.facts.reaches import reaches
from sheets_agent.planners.facts.results import results
from sheets_agent.planners.facts.targets import targets
from sheets_agent.state.planned import Fact


@dataclass(frozen=True)
class Step:
    """A step that compiles, before it is applied.

    Attributes:
        index: its zero-based index.
        action: the step.
        requests: what it compiles to.
        formulas: the formulas it writes.
        ground: the spreadsheet before it.
    """

    index: int
    action: Action
    requests: tuple[Request, ...]
    formulas: Sequence[Placed]
    ground: Ground

    @classmethod
    def of(cls, index: int, action: Action, requests: Iterable[Request], ground: Ground) -> Step:
        """The step with its formulas parsed."""
        return cls(index, action, tuple(requests), placed(action, ground), ground)

    def facts(self) -> list[Fact]:
        """What can be told before the step is applied, each sentence once."""
        return list({(fact.kind, fact.sentence): fact for fact in self._facts()}.values())

    def facts_after(self, areas: Sequence[GridRange], ground: Ground) -> list[Fact]:
        """What the written cells, and those the formulas refer to, tell once it was applied."""
        formulas = [replace(formula, ground=ground) for formula in self.formulas]
        found = [fact for formula in formulas for fact in arguments(self.index, formula)]
        found += consistency(self.index, formulas, ground)
        found += results(self.index, self.action, formulas, areas, ground)
        return list({(fact.kind, fact.sentence): fact for fact in found}.values())

    def _facts(self) -> Iterator[Fact]:
        for formula in self.formulas:
            yield from reaches(self.index, formula)
        yield from targets(self.index, self.action, self.ground)
        yield from pivots(self.index, self.requests, self.ground)
        yield from charts(self.index, self.requests, self._charted(), self.ground)

    def _charted(self) -> GridRange | None:
        """The range a chart is made of."""
        if not isinstance(self.action, CreateChart):
            return None
        try:
            return self.ground.book.clipped(self.ground.book.range(self.action.source))
        except ActionError:
            return None

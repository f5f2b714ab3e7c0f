"""Plans that were tried and shown, until they are applied or forgotten."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from sheets_agent.errors import UsageError
from sheets_agent.state.done import ToolRecord
from sheets_agent.state.planned import Plan, Trial

KEPT = 50
"""Proposals that can still be applied; older ones are forgotten."""


@dataclass(frozen=True)
class Proposal:
    """A plan that was tried on a copy, and can be written as it was shown.

    Attributes:
        id: what it is applied by.
        task: what it is for, in the history.
        plan: the steps.
        trial: what came of trying them: facts, the difference, the requests.
        reasons: what it would lose or let out, a sentence each.
        approval: whether a person has to approve of it before it is written.
        cells: how many cells it writes.
    """

    id: str
    task: str
    plan: Plan
    trial: Trial
    reasons: tuple[str, ...]
    approval: bool
    cells: int

    @property
    def errors(self) -> tuple[str, ...]:
        """Why it cannot be written, a sentence each; empty where it can."""
        return tuple(fact.sentence for fact in self.trial.errors)


@dataclass(frozen=True)
class Applied:
    """What came of writing a proposal.

    Attributes:
        run_id: by which it can be undone; empty where nothing was written.
        records: one for each step, with what was read or calculated.
        files: paths written.
        notes: what a file could not keep, and other things to know.
    """

    run_id: str
    records: tuple[ToolRecord, ...]
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Proposals:
    """The proposals that can be applied, and the runs of those that were."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Proposal] = OrderedDict()
        self._runs: dict[str, str] = {}

    def keep(self, proposal: Proposal) -> None:
        """Keep one that was made."""
        self._open[proposal.id] = proposal
        while len(self._open) > KEPT:
            self._open.popitem(last=False)

    def get(self, proposal_id: str) -> Proposal:
        """A proposal by its id.

        Raises:
            UsageError: it was never made, is forgotten, or was applied already.
        """
        self.check_not_applied(proposal_id)
        if proposal_id not in self._open:
            raise UsageError(f"There is no plan {proposal_id}.", "Make one first; it is applied by the id it gets.")
        return self._open[proposal_id]

    def check_not_applied(self, proposal_id: str) -> None:
        """Make sure that a proposal is written once.

        Raises:
            UsageError: it was applied already.
        """
        if run_id := self._runs.get(proposal_id):
            raise UsageError(f"Plan {proposal_id} was applied already, as run {run_id}.", "Make another plan.")

    def applied(self, proposal_id: str, run_id: str) -> None:
        """Remember that one was applied, as a run."""
        self.forget(proposal_id)
        self._runs[proposal_id] = run_id

    def made(self, run_id: str) -> bool:
        """Whether a run has applied one of these."""
        return run_id in self._runs.values()

    def forget(self, proposal_id: str) -> None:
        """Let one go that cannot be applied any more."""
        self._open.pop(proposal_id, None)

    def clear(self) -> None:
        """Let go of all that were not applied."""
        self._open.clear()

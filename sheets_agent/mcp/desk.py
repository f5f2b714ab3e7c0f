"""What the tools of the MCP server do. It knows nothing of the protocol: a name and arguments come in, a text goes out.

Where a person has to approve first, an `Approval` goes out instead; whoever called asks the person, and confirms it.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets_agent.actions import by_kind
from sheets_agent.agent import SheetsAgent
from sheets_agent.bench.proposals import Proposal
from sheets_agent.errors import ActionError, PersonNeeded, Rejected, UsageError
from sheets_agent.feedback.person import Decision, Judgement, Review, Work
from sheets_agent.mcp import texts
from sheets_agent.mcp.pages import Pages
from sheets_agent.mcp.tools import ToolSpec, tools
from sheets_agent.planners.draft import read_plan
from sheets_agent.settings import Settings
from sheets_agent.stages.describe_text import render
from sheets_agent.state.done import Question
from sheets_agent.state.planned import Plan
from sheets_agent.workbench import Workbench

ASKED = 50
"""Approvals that can still be confirmed."""
_STEP = ("action", "target", "source", "values", "options")


@dataclass(frozen=True)
class Approval:
    """A person has to say yes first.

    Attributes:
        key: by which it is confirmed.
        question: what the person is asked.
    """

    key: str
    question: str


@dataclass(frozen=True)
class _Waiting:
    """What is done once a person has said yes: a plan is written, or a run undone although something changed since."""

    bench: Workbench
    proposal: Proposal | None = None
    run: str | None = None
    about: str = ""


class Desk:
    """The tools over some open spreadsheets.

    Args:
        benches: the spreadsheets by name; no other can be reached.
        settings: of the server's own model, which plans tasks.
        read_only: whether there are no tools that write.
    """

    def __init__(self, benches: Mapping[str, Workbench], settings: Settings, *, read_only: bool = False) -> None:
        self._benches = dict(benches)
        self._settings = settings
        self._pages = Pages()
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._lock = threading.Lock()
        self.tools: tuple[ToolSpec, ...] = tools(list(self._benches), writes=not read_only)
        self._calls = {tool.name: getattr(self, f"_{tool.name}") for tool in self.tools}

    def call(self, name: str, arguments: Mapping[str, Any]) -> str | Approval:
        """Call a tool whose arguments fit its schema.

        Raises:
            SheetsAgentError: it cannot be done; the sentence is for the model.
        """
        if name not in self._calls:
            raise UsageError(f"There is no tool {name}.", f"The tools are {', '.join(self._calls)}.")
        found: str | Approval = self._calls[name](dict(arguments))
        if isinstance(found, str) and name != "read_more":  # which gives a page already
            return self._pages.first(found)
        return found

    def confirm(self, key: str) -> str:
        """Do what a person was asked about, now that they have said yes.

        Raises:
            SheetsAgentError: nothing waits under the key, or it cannot be done.
        """
        with self._lock:
            waiting = self._waiting.pop(key, None)
        if waiting is None:
            raise UsageError("Nothing waits for this approval any more.", "Make the call again.")
        if waiting.proposal is not None:
            return self._pages.first(self._written(waiting.bench, waiting.proposal, approved=True))
        return texts.undone_text(waiting.bench.undo(waiting.run, _Agreed(waiting.about)))

    def waits(self, key: str) -> bool:
        """Whether something waits under a key, and was asked for by this server."""
        return key in self._waiting

    def drop(self, key: str) -> None:
        """Forget what a person was asked about: they said no."""
        with self._lock:
            self._waiting.pop(key, None)

    def close(self) -> None:
        """Let go of the spreadsheets."""
        for bench in self._benches.values():
            bench.close()

    # ------------------------------------------------------------------------------------------------ tools

    def _bench(self, arguments: dict[str, Any]) -> tuple[str, Workbench]:
        name = arguments.get("spreadsheet") or next(iter(self._benches))
        if name not in self._benches:
            raise UsageError(f"This server does not serve “{name}”.", f"It serves {', '.join(self._benches)}.")
        return name, self._benches[name]

    def _describe_spreadsheet(self, arguments: dict[str, Any]) -> str:
        _, bench = self._bench(arguments)
        notes = "".join(f"\n{note}" for note in bench.notes)
        return render(bench.describe(), self._settings.description_tokens) + notes

    def _read_range(self, arguments: dict[str, Any]) -> str:
        return self._reads(arguments, "read_range", {"source": arguments["range"]})

    def _calculate(self, arguments: dict[str, Any]) -> str:
        return self._reads(arguments, "calculate", {"formula": arguments["formula"]})

    def _reads(self, arguments: dict[str, Any], kind: str, fields: dict[str, Any]) -> str:
        record = self._bench(arguments)[1].read(kind, fields)
        if not record.success:
            raise ActionError(record.result)
        return record.result

    def _read_more(self, arguments: dict[str, Any]) -> str:
        return self._pages.more(arguments["cursor"])

    def _explain_action(self, arguments: dict[str, Any]) -> str:
        return texts.action_text(by_kind(arguments["action"]))

    def _plan_changes(self, arguments: dict[str, Any]) -> str:
        name, bench = self._bench(arguments)
        task, steps = str(arguments["task"]), arguments.get("steps")
        plan = read_plan({"steps": steps}) if steps else self._planned(bench, task)
        return texts.plan_text(bench.propose(plan, task), name)

    def _planned(self, bench: Workbench, task: str) -> Plan:
        """What the server's own model would do."""
        found = SheetsAgent(self._settings).plan(bench.place, task)
        return found.plan or Plan()

    def _apply_plan(self, arguments: dict[str, Any]) -> str | Approval:
        _, bench = self._bench(arguments)
        return self._write(bench, bench.proposal(arguments["plan"]))

    def _run_action(self, arguments: dict[str, Any]) -> str | Approval:
        _, bench = self._bench(arguments)
        step = {name: arguments[name] for name in _STEP if name in arguments}
        proposal = bench.propose(read_plan({"steps": [step]}), f"run_action {arguments['action']}")
        return self._write(bench, proposal, just_tried=True)

    def _undo_run(self, arguments: dict[str, Any]) -> str | Approval:
        _, bench = self._bench(arguments)
        run = arguments.get("run") or None
        asking = _Asking()
        try:
            return texts.undone_text(bench.undo(run, asking))
        except Rejected:
            if not asking.about:
                raise
        waiting = _Waiting(bench, run=run, about=asking.about)
        return self._ask(f"undo-{uuid.uuid4().hex[:8]}", f"{asking.text}\n{asking.about}", waiting)

    def _list_runs(self, arguments: dict[str, Any]) -> str:
        return texts.history_text(self._bench(arguments)[1].history())

    # ------------------------------------------------------------------------------------------------ machinery

    def _write(self, bench: Workbench, proposal: Proposal, *, just_tried: bool = False) -> str | Approval:
        try:
            return self._written(bench, proposal, just_tried=just_tried)
        except PersonNeeded:
            question = texts.question_text(proposal, bench.name)
            return self._ask(f"plan-{proposal.id}", question, _Waiting(bench, proposal))

    def _written(
        self, bench: Workbench, proposal: Proposal, *, approved: bool = False, just_tried: bool = False
    ) -> str:
        applied = bench.apply(proposal, approved=approved, just_tried=just_tried)
        return texts.applied_text(applied, proposal)

    def _ask(self, key: str, question: str, waiting: _Waiting) -> Approval:
        with self._lock:
            self._waiting[key] = waiting
            while len(self._waiting) > ASKED:
                self._waiting.popitem(last=False)
        return Approval(key, question)


class _Asking:
    """Keeps what a person would be asked, and says no for now."""

    text = ""
    about = ""

    def answer(self, questions: Sequence[Question]) -> Sequence[str]:
        """No; what was asked is kept."""
        self.text, self.about = questions[0].text, questions[0].about
        return ("",)

    def review(self, review: Review) -> Decision:
        """No: plans are approved by their id."""
        return Decision(verdict="reject")

    def judge(self, work: Work) -> Judgement:
        """No: finished work is judged in runs only."""
        return Judgement(verdict="reject")


class _Agreed(_Asking):
    """A person who has said yes to one thing."""

    def __init__(self, about: str) -> None:
        self._agreed = about

    def answer(self, questions: Sequence[Question]) -> Sequence[str]:
        """Yes, when it is what they were asked."""
        return ("yes",) if questions[0].about == self._agreed else ("",)

"""The actions as LangChain tools, for any agent.

Example:
    toolkit = SheetsToolkit.open("sales.xlsx", person=GraphPerson())
    agent = create_agent("openai:gpt-5", toolkit.get_tools(), checkpointer=InMemorySaver())

What lies between a call and the cells is what protects a run: each call is tried on a copy, held against the scope,
journalled with its inverse, and written once, also where LangGraph carries a node out again. Each answer is JSON:
`{"ok": true, …}`, or `{"ok": false, "error": "…"}` with what to change.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.tools import BaseTool
from pydantic import ConfigDict

from sheets_agent.actions import ACTIONS, by_kind, offered
from sheets_agent.actions.base import Risk
from sheets_agent.actions.tools import from_tool_call, tool_schema
from sheets_agent.bench.proposals import Proposal
from sheets_agent.errors import ActionError, Rejected, SheetsAgentError, UsageError
from sheets_agent.feedback.person import Person, Review
from sheets_agent.fetching import fetched
from sheets_agent.graph_person import CALL, run_id_of
from sheets_agent.graph_person import GraphPerson as GraphPerson
from sheets_agent.redaction import redacted
from sheets_agent.settings import Settings, load
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.stages.describe_text import render
from sheets_agent.state.planned import Plan, Step
from sheets_agent.workbench import Workbench

JSON = dict[str, Any]


class SheetsToolkit:
    """The tools of one spreadsheet.

    Args:
        client: an open `Workbench`, or a client of the Sheets API.
        spreadsheet_id: which spreadsheet, where a client is given.
        settings: the scope (`only`, `max_cells`, `allow_functions`) and when a person is asked (`approve`).
        person: who approves of what overwrites or deletes something; without one it is refused. `GraphPerson()` pauses
            the graph.
        read_only: whether there are only tools that read.

    Raises:
        UsageError: a client without a spreadsheet's id; a workbench with another spreadsheet or other settings.
    """

    def __init__(
        self,
        client: Workbench | SheetsClient,
        spreadsheet_id: str = "",
        *,
        settings: Settings | None = None,
        person: Person | None = None,
        read_only: bool = False,
    ) -> None:
        if isinstance(client, Workbench):
            if spreadsheet_id or settings not in (None, client.settings):
                raise UsageError(
                    "A workbench has its spreadsheet and its settings already.", "Give them to Workbench.open."
                )
            self.bench = client
        elif spreadsheet_id:
            self.bench = Workbench.on(client, spreadsheet_id, settings or load(), read_only=read_only)
        else:
            raise UsageError(
                "A client alone does not say which spreadsheet.", "Give its id: SheetsToolkit(client, spreadsheet_id)."
            )
        self._settings = self.bench.settings
        self._person = person
        self._read_only = read_only

    @classmethod
    def open(
        cls,
        target: str | Path,
        *,
        output: str | Path | None = None,
        in_place: bool = False,
        settings: Settings | None = None,
        person: Person | None = None,
        read_only: bool = False,
    ) -> SheetsToolkit:
        """The tools of a file, an id or a URL. A file's result is saved after each write, where a run would save it.

        Raises:
            UsageError, FileError, CredentialsError: it cannot be opened.
        """
        settings = settings or load()
        bench = Workbench.open(target, settings, output=output, in_place=in_place, read_only=read_only)
        return cls(bench, settings=settings, person=person, read_only=read_only)

    def get_tools(self, actions: Sequence[str] | None = None) -> list[BaseTool]:
        """A tool for each action, one that describes the spreadsheet, and one that undoes.

        Args:
            actions: the kinds that are wanted, such as ["read_range", "write_table"]; by default all. Small models
                choose better among few.

        Raises:
            UsageError: there is no such action, or it writes and the toolkit is read-only.
        """
        chosen = list(offered(files=False)) if actions is None else list(actions)
        if self._read_only and actions is None:
            chosen = [kind for kind in chosen if ACTIONS[kind].risk is Risk.READ]
        tools: list[BaseTool] = [_SheetTool.of(self, "describe_spreadsheet", _DESCRIBE, {}, ())]
        for kind in chosen:
            try:
                action = by_kind(kind)
            except ActionError as error:
                raise UsageError(str(error), "Type: sheets-agent actions") from error
            if self._read_only and action.risk is not Risk.READ:
                raise UsageError(f"{kind} writes, and the toolkit is read-only.", "Leave it out.")
            tools.append(_ActionTool.of(self, **tool_schema(action)))
        if not self._read_only:
            run = {"run": {"type": "string", "description": "The run, as a write's answer names it."}}
            tools.append(_UndoTool.of(self, "undo_run", _UNDO, run, ()))
        return tools

    # ------------------------------------------------------------------------------------------------ calls

    def describe(self) -> JSON:
        """What the spreadsheet holds, as text that is marked as data."""
        return {"ok": True, "spreadsheet": render(self.bench.describe(), self._settings.description_tokens)}

    def act(self, kind: str, arguments: JSON) -> JSON:
        """Carry one action out."""
        action = fetched(from_tool_call(kind, arguments))
        if action.risk is Risk.READ:
            return dict(json.loads(self.bench.read(kind, arguments).result))
        run_id = run_id_of(kind, arguments)
        if run_id and self.bench.landed(run_id):  # LangGraph carries the node out again
            return {"ok": True, "done": action.sentence(), "run": run_id}
        plan = Plan(steps=(Step.model_validate({"action": action}),))
        proposal, approved = self._approved(self.bench.propose(plan, action.sentence()))
        applied = self.bench.apply(proposal, approved=approved, run_id=run_id, just_tried=not approved)
        done = " ".join(step.action.sentence() for step in proposal.plan.steps)
        told: JSON = {"ok": True, "done": done, "run": applied.run_id}
        warned = [fact.sentence for fact in proposal.trial.facts]
        return told | {name: list(found) for name, found in (("findings", warned), ("files", applied.files)) if found}

    def undo(self, run: str) -> JSON:
        """Take a run back."""
        undone = self.bench.undo(run or None, self._person, run_id_of("undo_run", {"run": run}))
        return {"ok": True, "undone": undone.undone, "notes": list(undone.notes)}

    def _approved(self, proposal: Proposal) -> tuple[Proposal, bool]:
        """The proposal that may be written, perhaps as the person has edited it, and whether they approved of it.

        Raises:
            Rejected: the person said no.
        """
        while proposal.approval and not proposal.errors and self._person is not None:
            trial = proposal.trial
            review = Review(plan=proposal.plan, diff=trial.diff, facts=trial.facts, reasons=proposal.reasons)
            decision = self._person.review(review)
            if decision.verdict == "reject":
                raise Rejected(f"The person rejected it. {decision.comment}".strip())
            if decision.verdict == "approve" or decision.plan is None:
                return proposal, True
            proposal = self.bench.propose(decision.plan, proposal.task)
        return proposal, False


class _SheetTool(BaseTool):
    """A tool over a toolkit: the result is JSON, and so are refusals."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    toolkit: SheetsToolkit

    @classmethod
    def of(
        cls, toolkit: SheetsToolkit, name: str, description: str, parameters: JSON, required: Sequence[str] = ()
    ) -> _SheetTool:
        """A tool with its arguments as JSON schema: of an object, or its properties."""
        schema = parameters
        if "properties" not in parameters:
            schema = {"type": "object", "properties": parameters, "required": list(required)}
        whole = {"title": name, "description": description, **schema}
        return cls(name=name, description=description, args_schema=whole, toolkit=toolkit)

    def run(self, tool_input: Any, *args: Any, tool_call_id: str | None = None, **kwargs: Any) -> Any:
        """As the base class; the call's id is known to whoever carries it out."""
        token = CALL.set(tool_call_id or "")
        try:
            return super().run(tool_input, *args, tool_call_id=tool_call_id, **kwargs)
        finally:
            CALL.reset(token)

    async def arun(self, tool_input: Any, *args: Any, tool_call_id: str | None = None, **kwargs: Any) -> Any:
        """As the base class; the call's id is known to whoever carries it out."""
        token = CALL.set(tool_call_id or "")
        try:
            return await super().arun(tool_input, *args, tool_call_id=tool_call_id, **kwargs)
        finally:
            CALL.reset(token)

    def _run(self, **arguments: Any) -> str:
        try:
            found = self._carry_out(arguments)
        except SheetsAgentError as error:
            found = {"ok": False, "error": redacted(f"{error} {error.hint}".strip())}
        return json.dumps(found, ensure_ascii=False)

    def _carry_out(self, arguments: JSON) -> JSON:
        return self.toolkit.describe()


class _ActionTool(_SheetTool):
    def _carry_out(self, arguments: JSON) -> JSON:
        return self.toolkit.act(self.name, arguments)


class _UndoTool(_SheetTool):
    def _carry_out(self, arguments: JSON) -> JSON:
        return self.toolkit.undo(str(arguments.get("run") or ""))


_DESCRIBE = "What the spreadsheet holds: sheets, tables, columns, sampled rows, charts. Start here."
_UNDO = "Take back what a run wrote in this spreadsheet: by default the last one that is not undone."

"""The executor's hands: a checked plan as one atomic batch, and single tool calls after it.

A single call that writes is tried on a copy first, like a plan, and refused when it would bring errors or lose
something the person has not approved. What comes back is text for the model: JSON, because some providers take
nothing else.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, Risk
from sheets_agent.actions.reading import Calculate
from sheets_agent.actions.tools import from_tool_call
from sheets_agent.errors import ActionError, ChangedMeanwhile, InvalidRequest
from sheets_agent.fetching import fetched
from sheets_agent.formulas.locale import to_canonical
from sheets_agent.planners.calculation import calculate
from sheets_agent.planners.copies import Copies
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sheets.markers import Marker
from sheets_agent.sources.model import NO_SOURCES, Sources
from sheets_agent.stages.approve import risks
from sheets_agent.stages.approved import beyond
from sheets_agent.stages.batches import Batches, has_landed
from sheets_agent.state.done import Calculation, StepResult, ToolRecord
from sheets_agent.state.planned import NOTHING_YET, Diff, Own, Plan, Step, Trial
from sheets_agent.undo.recording import Recorder

NOTHING_WRITTEN = "A question is answered, and a dry run made, without writing anything."
CALLED = "called by the executor"
_REQUEST = re.compile(r"requests\[(\d+)\]")
READ_CELLS = 2_000
"""Cells one read takes for the model; what is left out is said."""


class Hands:
    """What the executor does to one spreadsheet.

    Args:
        client: the client of the spreadsheet.
        spreadsheet_id: its id.
        copies: where single calls are tried first.
        undo: puts down what is written, so that it can be taken back.
        marks: how each batch is known again.
        policy: the approval policy: always, risky or never; or “only reads”, where nothing may be written at all.
        journal: the A1 ranges this run has written; what is written is added to it at once.
        batches: how many batches this run has written before.
        task: what the person asked for.
        own: what this run has written before.
        sources: the documents that calls may take tables of.

    Attributes:
        wrote: whether anything was written through these hands.
        own: what the run has written itself.
        changed: what somebody else changed so that the plan could not be written; empty where nothing was.
        diff: what it changed.
        steps: every step and call, and what came of it.
        calculations: what was worked out beside the spreadsheet.
    """

    def __init__(
        self,
        client: SheetsClient,
        spreadsheet_id: str,
        copies: Copies,
        undo: Recorder,
        marks: Batches,
        policy: str,
        journal: list[str],
        batches: int = 0,
        task: str = "",
        own: Own = NOTHING_YET,
        sources: Sources = NO_SOURCES,
    ) -> None:
        self._client = client
        self._id = spreadsheet_id
        self._copies = copies
        self._undo = undo
        self._marks = marks
        self._policy = policy
        self.written = journal
        self.own = own
        self._sources = sources
        self.records: list[ToolRecord] = []
        self.wrote = False
        self.changed = ""
        self.diff = Diff()
        self.steps: list[StepResult] = []
        self.calculations: list[Calculation] = []
        self._batches = batches
        self._task = task
        self._approved: Trial | None = None

    def apply(self, plan: Plan, trial: Trial) -> list[ToolRecord]:
        """Write a whole plan as one batch; all of it lands or nothing.

        Returns:
            A record for each step, in order.

        Raises:
            SheetsError: for anything but a refused request, which is recorded instead.
        """
        started = time.perf_counter()
        self._approved = trial
        refused: dict[int, str] = {}
        if any(trial.requests) and self._policy == "only reads":
            refused = dict.fromkeys(range(len(trial.requests)), NOTHING_WRITTEN)
        elif any(trial.requests):
            try:
                self._send(trial)
            except ChangedMeanwhile as error:
                self.changed = str(error)
                refused = dict.fromkeys(range(len(trial.requests)), f"Not written: {error}")
            except InvalidRequest as error:
                refused = _refusals(trial, error)
        seconds = (time.perf_counter() - started) / max(1, sum(map(bool, trial.requests)))
        records = []
        for index, step in enumerate(plan.steps):
            if step.action.risk is Risk.READ:
                begun = time.perf_counter()
                outcome = self._read(step.action)
                took, batch = time.perf_counter() - begun, None
            else:
                outcome = _outcome(refused.get(index, ""), step.action.sentence())
                took, batch = seconds, None if refused else self._batches
            records.append(_record(step.action, outcome, took))
            depends = trial.depends[index] if index < len(trial.depends) else ()
            self._keep(step.action, outcome, took, why=step.why, batch=batch, depends_on=depends)
        self.records += records
        return records

    def _keep(self, action: Action, outcome: dict[str, Any], seconds: float, **more: Any) -> None:
        """Add a step to the history of the run."""
        error = str(outcome.get("error", ""))
        told = {key: value for key, value in outcome.items() if key != "ok"}
        result = "" if error else str(outcome.get("done") or json.dumps(told, ensure_ascii=False))
        event = more.pop("why", "")
        self.steps.append(
            StepResult.model_validate(
                {"event": event, "action": action, "result": result, "success": outcome["ok"], "seconds": seconds}
                | {"error": error}
                | more
            )
        )

    def call(self, name: str, arguments: dict[str, Any]) -> ToolRecord:
        """One tool call of the model, checked and carried out, or refused with the reason."""
        started, before = time.perf_counter(), self._batches
        action: Action | None = None
        try:
            action = fetched(from_tool_call(name, arguments), self._sources)
            outcome = self._read(action) if action.risk is Risk.READ else self._write(action)
        except ActionError as error:
            outcome = {"ok": False, "error": str(error)}
        seconds = time.perf_counter() - started
        if action is not None:
            batch = self._batches if self._batches > before else None
            self._keep(action, outcome, seconds, why=CALLED, batch=batch)
        text = json.dumps(outcome, ensure_ascii=False)
        record = ToolRecord(name=name, arguments=arguments, result=text, success=outcome["ok"], seconds=seconds)
        self.records.append(record)
        return record

    def _write(self, action: Action) -> dict[str, Any]:
        if self._policy == "only reads":
            return {"ok": False, "error": NOTHING_WRITTEN}
        plan = Plan(steps=(Step.model_validate({"action": action}),))
        kept = self._marks.kept(self._batches + 1, action)
        trial = kept or self._copies.attempt(plan, self.own)
        if trial.errors:
            return {"ok": False, "error": " ".join(fact.sentence for fact in trial.errors)}
        if self._policy == "always":
            return {"ok": False, "error": "The person approves every write, and this one was not in the approved plan."}
        lost = risks(plan, trial)
        if self._policy == "risky" and lost:
            return {"ok": False, "error": f"Not approved by the person: {' '.join(lost)}"}
        if strange := beyond(trial, self._copies, self._approved, self.written, self._task):
            return {"ok": False, "error": f"Not approved by the person: {strange}"}
        self._marks.keep(self._batches + 1, action, trial)
        try:
            self._send(trial)
        except ChangedMeanwhile as error:
            self._copies.forget()
            return {"ok": False, "error": f"Not written: {error}"}
        except InvalidRequest as error:
            return {"ok": False, "error": f"Google refused it, and nothing was written: {error}"}
        return _outcome("", action.sentence())

    def _send(self, trial: Trial) -> None:
        """Write what was tried; the journal is told only of what has landed."""
        batch = [request for step in trial.requests for request in step]
        unchanged = self._copies.unchanged  # since the trial: checking may take another copy
        self._copies.check(trial)
        marker = self._marks.marker(self._batches + 1)
        if unchanged or not self._landed(marker, trial):
            with self._undo.writing(self._id, self._copies.fresh, batch) as requests:
                self._client.batch_update(self._id, requests, marker=marker)
        self.written += trial.written
        self.own = trial.own
        self.wrote = True
        self._batches += 1
        self.diff = self.diff.then(trial.diff)

    def _landed(self, marker: Marker, trial: Trial) -> bool:
        """Whether a batch is written already, by a process of this run that was killed; the journal is told."""
        sent = self._undo.sent(self._id)
        landed = has_landed(self._client, self._id, marker, trial.rests_on, sent=bool(sent))
        self._undo.settle(sent, landed=landed)
        return landed

    def _read(self, action: Action) -> dict[str, Any]:
        return self._calculate(action) if isinstance(action, Calculate) else self._read_cells(action)

    def _calculate(self, action: Calculate) -> dict[str, Any]:
        """Work a formula out on a copy of the sheet as it is now."""
        try:
            found = calculate(self._copies.fresh(), self._id, action, self._copies.guard)
        except (ActionError, InvalidRequest) as error:
            return {"ok": False, "error": str(error)}
        self.calculations.append(found)
        if found.error:
            return {"ok": False, "error": f"{action.formula} gives {found.error}"}
        outcome = {"ok": True, "formula": found.formula, "rows": found.rows, "rests_on": found.rests_on}
        return {**outcome, "left_out": found.left_out} if found.left_out else outcome

    def _read_cells(self, action: Action) -> dict[str, Any]:
        try:
            book = self._client.book(self._id)
            area = book.clipped(next(iter(action.reads(book))))
        except ActionError as error:
            return {"ok": False, "error": str(error)}
        part, left_out = _bounded(area)
        text = book.a1(part)
        rows = self._client.values(self._id, text, render="FORMATTED_VALUE")
        formulas = self._client.values(self._id, text, render="FORMULA")
        typed = [[_canonical(cell, book.locale) for cell in row] for row in formulas]
        outcome: dict[str, Any] = {"ok": True, "range": text, "rows": rows}
        if any(isinstance(cell, str) and cell.startswith("=") for row in typed for cell in row):
            outcome["formulas"] = typed
        if left_out:
            outcome["not_read"] = left_out
        return outcome


def _canonical(entered: Any, locale: str) -> Any:
    """What a cell holds; a formula as the model has to write it, with commas and decimal points."""
    return to_canonical(entered, locale) if isinstance(entered, str) and entered.startswith("=") else entered


def _bounded(area: GridRange) -> tuple[GridRange, str]:
    """As many rows of a bounded range as one read gives, and what to say of the rest."""
    start, end = area.start_row or 0, area.end_row or 0
    last = start + max(1, READ_CELLS // max(1, area.columns))
    if last >= end:
        return area, ""
    return replace(area, end_row=last), f"rows {last + 1} to {end}; read them on their own if the task needs them"


def _refusals(trial: Trial, error: InvalidRequest) -> dict[int, str]:
    """Why each step of a batch that was refused was not written, by its index: one was refused, the others with it."""
    named = _REQUEST.search(str(error))
    guilty = _step_of(trial, int(named[1])) if named else None
    everyone = f"Google refused the batch, and nothing of it was written: {error}"
    if guilty is None:
        return dict.fromkeys(range(len(trial.requests)), everyone)
    others = f"Not written: Google refused step {guilty + 1}, and a batch is written whole or not at all."
    return dict.fromkeys(range(len(trial.requests)), others) | {guilty: everyone}


def _step_of(trial: Trial, request: int) -> int | None:
    """The step that a request of the batch belongs to."""
    for index, requests in enumerate(trial.requests):
        if request < len(requests):
            return index
        request -= len(requests)
    return None


def _outcome(refusal: str, done: str) -> dict[str, Any]:
    return {"ok": False, "error": refusal} if refusal else {"ok": True, "done": done}


def _record(action: Action, outcome: dict[str, Any], seconds: float) -> ToolRecord:
    arguments = action.model_dump(mode="json", exclude_none=True, exclude={"kind", "fetched"})
    text = json.dumps(outcome, ensure_ascii=False)
    return ToolRecord(name=action.kind, arguments=arguments, result=text, success=outcome["ok"], seconds=seconds)

"""The executor's hands: a checked plan as one atomic batch, and single tool calls after it.

A single call that writes is tried on a copy first, like a plan, and refused when it would bring errors or lose
something the person has not approved. What comes back is text for the model: JSON, because some providers take
nothing else.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, Risk
from sheets_agent.actions.reading import Calculate
from sheets_agent.actions.tools import from_tool_call
from sheets_agent.errors import ActionError, InvalidRequest
from sheets_agent.formulas.locale import to_canonical
from sheets_agent.planners.calculation import calculate
from sheets_agent.planners.world import Copies
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.stages.approve import risks
from sheets_agent.state import Calculation, Diff, Plan, Step, ToolRecord, Trial

READ_CELLS = 2_000
"""Cells one read takes for the model; what is left out is said."""


class Hands:
    """What the executor does to one spreadsheet.

    Args:
        client: the client of the spreadsheet.
        spreadsheet_id: its id.
        copies: where single calls are tried first.
        policy: the approval policy: always, risky or never; or “only reads”, where nothing may be written at all.
        journal: the A1 ranges this run has written; what is written is added to it at once.

    Attributes:
        wrote: whether anything was written through these hands.
        diff: what it changed.
        calculations: what was worked out beside the spreadsheet.
    """

    def __init__(
        self, client: SheetsClient, spreadsheet_id: str, copies: Copies, policy: str, journal: list[str]
    ) -> None:
        self._client = client
        self._id = spreadsheet_id
        self._copies = copies
        self._policy = policy
        self.written = journal
        self.records: list[ToolRecord] = []
        self.wrote = False
        self.diff = Diff()
        self.calculations: list[Calculation] = []

    def apply(self, plan: Plan, trial: Trial) -> list[ToolRecord]:
        """Write a whole plan as one batch; all of it lands or nothing.

        Returns:
            A record for each step, in order.

        Raises:
            SheetsError: for anything but a refused request, which is recorded instead.
        """
        started = time.perf_counter()
        refusal = ""
        if any(trial.requests):
            try:
                self._send(trial)
            except InvalidRequest as error:
                refusal = f"Google refused the batch, and nothing of it was written: {error}"
        seconds = (time.perf_counter() - started) / max(1, len(plan.steps))
        records = []
        for step in plan.steps:
            reading = step.action.risk is Risk.READ
            outcome = self._read(step.action) if reading else _outcome(refusal, step.action.sentence())
            records.append(_record(step.action, outcome, seconds))
        self.records += records
        return records

    def call(self, name: str, arguments: dict[str, Any]) -> ToolRecord:
        """One tool call of the model, checked and carried out, or refused with the reason."""
        started = time.perf_counter()
        try:
            action = from_tool_call(name, arguments)
            outcome = self._read(action) if action.risk is Risk.READ else self._write(action)
        except ActionError as error:
            outcome = {"ok": False, "error": str(error)}
        seconds = time.perf_counter() - started
        text = json.dumps(outcome, ensure_ascii=False)
        record = ToolRecord(name=name, arguments=arguments, result=text, success=outcome["ok"], seconds=seconds)
        self.records.append(record)
        return record

    def _write(self, action: Action) -> dict[str, Any]:
        if self._policy == "only reads":
            return {"ok": False, "error": "The person asked a question: nothing may be written."}
        plan = Plan(steps=(Step.model_validate({"action": action}),))
        trial = self._copies.attempt(plan, self.written)
        if trial.errors:
            return {"ok": False, "error": " ".join(fact.sentence for fact in trial.errors)}
        if self._policy == "always":
            return {"ok": False, "error": "The person approves every write, and this one was not in the approved plan."}
        lost = risks(plan, trial)
        if self._policy == "risky" and lost:
            return {"ok": False, "error": f"Not approved by the person: {' '.join(lost)}"}
        try:
            self._send(trial)
        except InvalidRequest as error:
            return {"ok": False, "error": f"Google refused it, and nothing was written: {error}"}
        return _outcome("", action.sentence())

    def _send(self, trial: Trial) -> None:
        """Write what was tried; the journal is told only of what has landed."""
        self._client.batch_update(self._id, [request for step in trial.requests for request in step])
        self.written += trial.written
        self.wrote = True
        self.diff = self.diff.then(trial.diff)

    def _read(self, action: Action) -> dict[str, Any]:
        return self._calculate(action) if isinstance(action, Calculate) else self._read_cells(action)

    def _calculate(self, action: Calculate) -> dict[str, Any]:
        """Work a formula out on a copy of the sheet as it is now."""
        try:
            found = calculate(self._copies.fresh(), self._id, action)
        except (ActionError, InvalidRequest) as error:
            return {"ok": False, "error": str(error)}
        self.calculations.append(found)
        if found.error:
            return {"ok": False, "error": f"{action.formula} gives {found.error}"}
        return {"ok": True, "formula": found.formula, "rows": found.rows, "rests_on": found.rests_on}

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


def _outcome(refusal: str, done: str) -> dict[str, Any]:
    return {"ok": False, "error": refusal} if refusal else {"ok": True, "done": done}


def _record(action: Action, outcome: dict[str, Any], seconds: float) -> ToolRecord:
    arguments = action.model_dump(mode="json", exclude_none=True, exclude={"kind"})
    text = json.dumps(outcome, ensure_ascii=False)
    return ToolRecord(name=action.kind, arguments=arguments, result=text, success=outcome["ok"], seconds=seconds)

"""What the tools of the MCP server answer, as text for a model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from sheets_agent.actions.base import Action, field_roles
from sheets_agent.actions.tools import tool_schema
from sheets_agent.actions.wire import encode
from sheets_agent.bench.proposals import Applied, Proposal
from sheets_agent.stages.describe_text import plain
from sheets_agent.state.planned import Diff
from sheets_agent.undo.results import PastRun, Undone


def plan_text(proposal: Proposal, name: str) -> str:
    """A plan as it is shown before it is written."""
    lines = [f"Plan {proposal.id} for {name}; nothing is written yet.", ""]
    for number, step in enumerate(proposal.plan.steps, 1):
        why = f" ({plain(step.why)})" if step.why else ""
        lines.append(f"{number}. {plain(step.action.sentence())}{why}")
    if not proposal.plan.steps:
        lines.append("It has no steps: there is nothing to do.")
    lines += ["", *_diff(proposal.trial.diff)]
    findings = [f"- {fact.severity.value}: {plain(fact.sentence)}" for fact in proposal.trial.facts]
    if findings:
        lines += ["", "Findings:", *findings]
    lines.append("")
    if proposal.errors:
        lines.append("It cannot be applied: mend the errors and plan again.")
    elif proposal.approval:
        lines += ["A person has to approve of it before it is written:", *_bullets(_reasons(proposal))]
        lines.append(f'To have them asked and write it: apply_plan with plan "{proposal.id}".')
    else:
        lines.append(f'To write it: apply_plan with plan "{proposal.id}".')
    return "\n".join(lines)


def question_text(proposal: Proposal, name: str) -> str:
    """What a person is asked before something is written."""
    steps = [f"{number}. {step.action.sentence()}" for number, step in enumerate(proposal.plan.steps, 1)]
    return "\n".join([f"Write this into {name}?", *steps, *_diff(proposal.trial.diff, most=20), *_reasons(proposal)])


def _reasons(proposal: Proposal) -> Sequence[str]:
    return [plain(reason) for reason in proposal.reasons] or ["Every write is to be approved."]


def _diff(diff: Diff, most: int | None = None) -> Iterator[str]:
    """The difference, a line for each cell or range."""
    if not diff.cell_count:
        yield "No cell gets other contents."
        return
    over = f", {diff.overwritten} of them held something" if diff.overwritten else ""
    yield f"Changes {diff.cell_count} cells{over}:"
    shown = diff.cells[:most]
    for change in shown:
        result = f" (shows {plain(change.result)})" if change.result else ""
        before, after = plain(change.before) or "(empty)", plain(change.after) or "(empty)"
        yield f"- {plain(change.sheet)}!{change.cell}: {before} → {after}{result}"
    left = diff.cell_count - sum(change.count for change in shown)
    if left > 0:
        yield f"[truncated: {left} more cells change]"


def applied_text(applied: Applied, proposal: Proposal) -> str:
    """What came of writing a plan."""
    lines = []
    for number, (step, record) in enumerate(zip(proposal.plan.steps, applied.records, strict=True), 1):
        reads = not any(proposal.trial.requests[number - 1 : number])
        lines.append(f"{number}. {record.result if reads else plain(step.action.sentence())}")
    if applied.run_id:
        lines.insert(0, f"Written, as run {applied.run_id}; undo_run takes it back.")
    lines += [f"File: {path}" for path in applied.files]
    lines += _bullets(map(plain, applied.notes))
    return "\n".join(lines)


def undone_text(undone: Undone) -> str:
    """What came of undoing."""
    return "\n".join([f"Run {undone.undone} is undone, by run {undone.run_id}.", *_bullets(map(plain, undone.notes))])


def history_text(runs: Sequence[PastRun]) -> str:
    """The runs that wrote, a line each."""
    if not runs:
        return "Nothing was written here yet."
    return "\n".join(
        f"{run.run_id}  {run.at}  {run.state}  {plain(run.task)}" + (f"  (undoes {run.undoes})" if run.undoes else "")
        for run in runs
    )


def action_text(action: type[Action]) -> str:
    """The fields and the example of an action."""
    schema = tool_schema(action)
    fields = schema["parameters"]["properties"]
    needed = schema["parameters"]["required"]
    roles = field_roles(action)
    lines = [f"{schema['name']} ({action.risk.value}): {schema['description']}"]
    for name, field in fields.items():
        choices = f" One of {', '.join(field['enum'])}." if "enum" in field else ""
        optional = "" if name in needed else ", optional"
        lines.append(f"- {name} ({roles[name].value}{optional}): {field['description']}{choices}")
    example = json.dumps(encode(action.model_validate(action.example)), ensure_ascii=False)
    return "\n".join([*lines, f"Example: {example}"])


def _bullets(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]

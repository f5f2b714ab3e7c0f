"""Results for a person (rich, on stdout) or for a machine (JSON, on stdout and alone)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sheets_agent.printable import clean, spelt_out
from sheets_agent.state.described import Description, Region
from sheets_agent.state.done import Calculation, CellProblem, RoleUsage, Status, Usage
from sheets_agent.state.planned import Diff, Fact, Plan, Severity
from sheets_agent.state.result import RunResult

SHOWN_CELLS = 25
SHOWN_FACTS = 12
_LONGEST_TEXT = 120
_WIDTH_OF_FILES = 160

EXIT_CODES = {Status.PAUSED: 7, Status.REJECTED: 8, Status.INCOMPLETE: 9}
_STYLES = {Status.DONE: "bold green", Status.DRY_RUN: "bold cyan"}


def exit_code(result: RunResult) -> int:
    """The exit code of a finished run: 0, or what its status says."""
    return EXIT_CODES.get(result.status, 0)


def show_result(result: RunResult, *, as_json: bool) -> None:
    """A finished or paused run."""
    if as_json:
        click.echo(spelt_out(result.model_dump_json(indent=2)))
        return
    console = console_for()
    console.print(Text(result.status.value.capitalize(), style=_STYLES.get(result.status, "bold red")))
    if result.summary:
        console.print(Text("\n".join(clean(line) for line in result.summary.splitlines())))
    _show_calculations(console, result.calculations)
    if result.plan is not None and result.status is not Status.DONE:
        show_steps(console, result.plan)
    show_diff(console, result.diff)
    if result.status is Status.DONE:
        _bullets(console, "Done", result.diff.objects)
    if result.status is not Status.DONE:
        show_facts(console, result.facts)
    _show_problems(console, result.problems)
    _bullets(console, "To know", result.notes)
    _show_questions(console, result)
    _bullets(console, "Files", result.files)
    _show_usage(console, result.usage, sum(result.timings.values()))
    if result.status in (Status.DONE, Status.INCOMPLETE):
        console.print(Text('Go on from here:  sheets-agent follow "…"', style="dim"))


def _show_calculations(console: Console, calculations: Sequence[Calculation]) -> None:
    """What an answer rests on: the formulas and the cells they refer to."""
    if not calculations:
        return
    console.print()
    table = _table("Calculated", "Gives", "From")
    for found in calculations:
        gives = found.error or "; ".join(", ".join(row) for row in found.rows)
        _row(table, short(found.label or found.formula), short(gives), short(", ".join(found.rests_on)))
    console.print(table, soft_wrap=False)
    for found in calculations:
        if found.left_out:
            console.print(Text(f"! {clean(found.label or found.formula)}: {found.left_out}.", style="yellow"))


def show_plan(result: RunResult, *, as_json: bool) -> None:
    """A plan that was tried and not written."""
    if as_json:
        click.echo(spelt_out(result.model_dump_json(indent=2)))
        return
    console = console_for()
    if result.plan is not None and result.plan.steps:
        show_steps(console, result.plan)
    else:
        console.print("The plan is empty: there is nothing to do.")
    for critique in result.critiques:
        if critique.comment:
            line = Text(f"{critique.reflector}: ", style="bold").append(clean(critique.comment), style="not bold")
            console.print(line)
    show_diff(console, result.diff)
    show_facts(console, result.facts)
    _bullets(console, "To know", result.notes)
    _show_usage(console, result.usage, sum(result.timings.values()))


def show_description(description: Description, *, as_json: bool) -> None:
    """What a spreadsheet holds."""
    if as_json:
        click.echo(spelt_out(description.model_dump_json(indent=2)))
        return
    console = console_for()
    console.print(Text(clean(description.title), style="bold"))
    for sheet in description.sheets:
        hidden = ", hidden" if sheet.hidden else ""
        size = f" ({sheet.row_count} × {sheet.column_count}{hidden})"
        console.print()
        console.print(Text(clean(sheet.title), style="bold").append(size, style="not bold dim"))
        if not sheet.regions:
            console.print("  empty")
        for region in sheet.regions:
            _show_region(console, region)
        for line in (*sheet.objects, *sheet.notes):
            console.print(Text(f"  • {clean(line)}"))
    _bullets(console, "Named ranges", description.named_ranges)


def _show_region(console: Console, region: Region) -> None:
    about = f": {clean(region.description)}" if region.description else ""
    console.print(Text(f"  {region.kind} {clean(region.range)}{about}"))
    if region.columns:
        table = _table("", "Header", "Type", "Meaning", "For example")
        for column in region.columns:
            samples = ", ".join(short(sample, 24) for sample in column.samples[:3])
            example = short(column.formula, 60) if column.formula else samples
            meaning = column.meaning or column.name
            _row(table, column.letter, short(column.header), column.type, short(meaning), example)
        console.print(table, soft_wrap=False)
    if region.not_shown:
        console.print(Text(f"  not shown: {clean(region.not_shown)}", style="yellow"))


def show_steps(console: Console, plan: Plan) -> None:
    """The steps of a plan, in order."""
    console.print()
    for number, step in enumerate(plan.steps, 1):
        line = Text(f"{number}. {clean(step.action.sentence())}")
        if step.why:
            line.append(f"  {clean(step.why)}", style="dim")
        console.print(line)


def show_diff(console: Console, diff: Diff) -> None:
    """What changes, cell by cell, cut to a screenful with the count of the rest. Objects stand in the steps."""
    if diff.cells:
        console.print()
        table = _table("Sheet", "Cell", "Before", "After", "Shows")
        for change in diff.cells[:SHOWN_CELLS]:
            before = Text(short(change.before), style="red" if change.before else "")
            after = Text(short(change.after) if change.after else "(cleared)", style="green")
            table.add_row(Text(clean(change.sheet)), Text(change.cell), before, after, Text(short(change.result)))
        console.print(table, soft_wrap=False)
    hidden = diff.cell_count - sum(change.count for change in diff.cells[:SHOWN_CELLS])
    if hidden > 0:
        console.print(f"… and {hidden} more cells")
    if diff.overwritten:
        console.print(Text(f"Overwritten: {_count(diff.overwritten, 'cell')} that held something.", style="red"))


def show_facts(console: Console, facts: Iterable[Fact]) -> None:
    """What code found out about a plan."""
    listed = list(facts)
    for fact in listed[:SHOWN_FACTS]:
        style = "red" if fact.severity is Severity.ERROR else "yellow"
        step = f"step {fact.step + 1}: " if fact.step is not None else ""
        console.print(Text(f"{fact.severity.value}  {step}{clean(fact.sentence)}", style=style))
    if len(listed) > SHOWN_FACTS:
        console.print(f"… and {len(listed) - SHOWN_FACTS} more findings")


def _show_problems(console: Console, problems: Iterable[CellProblem]) -> None:
    for problem in problems:
        mark, style = ("fixed", "green") if problem.fixed else ("left", "red")
        text = f"{mark}  {clean(problem.address)} showed {clean(problem.error)}"
        console.print(Text(f"{text} ({clean(problem.formula)})" if problem.formula else text, style=style))


def _show_questions(console: Console, result: RunResult) -> None:
    if result.status is not Status.PAUSED:
        return
    for question in result.questions:
        console.print(Text(f"? {clean(question.text)}", style="bold"))
        _bullets(console, "", question.options)
    otherwise = "answer it in the task itself" if result.plan is None else "use --approve never"
    console.print(f"Nobody is here to answer: run it in a terminal, or {otherwise}.")


def _bullets(console: Console, title: str, lines: Iterable[str]) -> None:
    listed = list(lines)
    if listed and title:
        console.print(Text(f"{title}:", style="bold"))
    for line in listed:
        console.print(Text(f"  {clean(line)}"))


def _show_usage(console: Console, usage: Usage, seconds: float) -> None:
    """What the run cost: all together, then by role where the tokens are known."""
    console.print(Text(_usage_line(usage, seconds), style="dim"))
    for name, role in usage.roles.items():
        if role.input_tokens or role.output_tokens:
            cost = "" if role.cost is None else f" · cost {role.cost:.4f}"
            line = f"  {name}: {_count(role.calls, 'call')} · {_tokens(role)} · {role.seconds:.1f} s{cost}"
            console.print(Text(line, style="dim"))


def _tokens(*roles: RoleUsage) -> str:
    sent, cached = sum(role.input_tokens for role in roles), sum(role.cached_tokens for role in roles)
    received = sum(role.output_tokens for role in roles)
    return f"{sent:,} + {received:,} tokens" + (f" ({cached:,} cached)" if cached else "")


def _usage_line(usage: Usage, seconds: float) -> str:
    roles = usage.roles.values()
    parts = [_count(sum(role.calls for role in roles), "model call"), _tokens(*roles)]
    costs = [role.cost for role in roles if role.cost is not None]
    if costs and len(costs) == len(usage.roles):
        parts.append(f"cost {sum(costs):.4f}")
    parts.append(f"Sheets API: {_count(usage.api_reads, 'read')}, {_count(usage.api_writes, 'write')}")
    if seconds:
        parts.append(f"{seconds:.1f} s")
    return " · ".join(parts)


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def short(text: str, longest: int = _LONGEST_TEXT) -> str:
    """A text for a table's cell: one line, cut with an ellipsis."""
    line = clean(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def console_for(*, stderr: bool = False) -> Console:
    """A console that leaves long lines whole, so that paths and commands can be copied; tables fit its width."""
    console = Console(stderr=stderr, highlight=False, soft_wrap=True)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _WIDTH_OF_FILES
    return console


def _table(*headers: str) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def _row(table: Table, *texts: str) -> None:
    table.add_row(*(Text(text) for text in texts))

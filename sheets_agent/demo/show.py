"""The demo itself: an ordinary run on the embedded workbook, with a scripted model in each role."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from sheets_agent.agent import SheetsAgent
from sheets_agent.cli.progress import Progress
from sheets_agent.cli.show import console_for, exit_code, show_result
from sheets_agent.demo.replies import REPLIES, TASK
from sheets_agent.demo.scripted_model import scripted_models
from sheets_agent.demo.workbook import write_demo_workbook
from sheets_agent.errors import FileError, UsageError
from sheets_agent.settings import load
from sheets_agent.state.result import RunResult


def show(output: Path) -> int:
    """Run the demo into a folder.

    Returns:
        The exit code of the run.

    Raises:
        FileError: when the folder cannot be written.
    """
    workbook = output / "sales.xlsx"
    try:
        output.mkdir(parents=True, exist_ok=True)
        write_demo_workbook(workbook)
    except OSError as error:
        raise FileError(
            f"The demo cannot write to {output}: {error.strerror}.", "Name another folder with --output DIR."
        ) from error
    console = console_for()
    console.print(
        Text(
            "The language model's replies in this demo are prepared, its tokens estimated; everything else is live.",
            style="bold",
        )
    )
    console.print(Text(f"Workbook: {workbook}"))
    console.print(Text(f"Task:     {TASK}\n"))
    result = _run(workbook, output / "sales.agent.xlsx", console)
    pictures = _pictures(result, output, console)
    result = result.model_copy(update={"files": (*result.files, *map(str, pictures))})
    console.print()
    show_result(result, as_json=False)
    _say_what_was_mended(result, console)
    console.print(Text("\nNow your own, with your own model:", style="bold"))
    console.print(Text('  sheets-agent run book.xlsx "Chart revenue by month" --model gigachat:GigaChat-2-Max'))
    console.print(Text("  sheets-agent doctor      says what is set up and what is missing"))
    return exit_code(result)


def _run(workbook: Path, result: Path, console: Console) -> RunResult:
    models = scripted_models(REPLIES)
    settings = load(planner="auto", reflect="auto", reflectors=("action", "cell", "formula", "general"))
    with Progress(console) as progress:
        agent = SheetsAgent(settings, model=models["planner"], models=models, on_event=progress)
        return agent.run(str(workbook), TASK, output=str(result))


def _pictures(result: RunResult, output: Path, console: Console) -> tuple[Path, ...]:
    try:
        return result.save_pictures(output)
    except UsageError as error:  # without the extra the demo still works
        console.print(Text(f"{error} {error.hint}", style="yellow"))
        return ()


def _say_what_was_mended(result: RunResult, console: Console) -> None:
    for critique in result.critiques:
        for index in critique.changed:
            found = next((fact.sentence for fact in critique.facts if fact.step == index), "")
            console.print(Text(f"Mended before writing, step {index + 1}: {found}", style="green"))

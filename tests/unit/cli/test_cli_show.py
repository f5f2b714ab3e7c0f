"""What a person, and what a machine, gets to see."""

import io
import json

import pytest
from rich.console import Console

from sheets_agent.actions import ACTIONS
from sheets_agent.cli.progress import Progress
from sheets_agent.cli.show import exit_code, short, show_description, show_plan, show_result
from sheets_agent.events import Note, StageEnded, StageStarted, ToolCalled, Waiting
from sheets_agent.printable import clean
from sheets_agent.state.described import Column, Description, Region, SheetDescription
from sheets_agent.state.done import CellProblem, Question, RoleUsage, Status, Usage
from sheets_agent.state.planned import CellChange, Critique, Diff, Fact, Plan, Severity, Step
from sheets_agent.state.result import RunResult

ACTION = {"kind": "rename_sheet", **{k: v for k, v in ACTIONS["rename_sheet"].example.items() if k != "kind"}}
RESULT = RunResult(
    run_id="r",
    task="t",
    status=Status.DONE,
    summary="Revenue was added.\nIt is in column E.",
    plan=Plan(steps=(Step(why="because", action=ACTION),)),
    critiques=(Critique(reflector="formula", comment="Looks right."),),
    diff=Diff(
        cells=tuple(
            CellChange(sheet="Sales", cell=f"E{row}", after=f"=C{row}*D{row}", result="30") for row in range(1, 41)
        ),
        cell_count=100,
        objects=("Add a chart of revenue",),
    ),
    facts=(Fact(kind="overlap", severity=Severity.WARNING, step=0, sentence="Steps overlap."),),
    problems=(CellProblem(address="Sales!E9", error="#REF!", formula="=Z1", fixed=True),),
    usage=Usage(
        roles={
            "planner": RoleUsage(calls=2, input_tokens=1200, cached_tokens=200, output_tokens=300, cost=0.01),
            "executor": RoleUsage(calls=1, input_tokens=800, output_tokens=100, cost=0.02),
        },
        api_reads=4,
        api_writes=1,
    ),
    timings={"plan": 1.5, "execute": 0.5},
    files=("sales.agent.xlsx",),
    notes=("1 image is left out.",),
)


def shown(capsys, show, *values, **options):
    show(*values, **{"as_json": False, **options})
    return " ".join(capsys.readouterr().out.split())


def test_a_finished_run(capsys):
    text = shown(capsys, show_result, RESULT)
    for part in ("Done", "Revenue was added.", "E25", "=C25*D25", "… and 75 more cells", "Add a chart of revenue",
                 "Sales!E9 showed #REF!", "1 image is left out.", "sales.agent.xlsx", "3 model calls",
                 "2,000 + 400 tokens (200 cached)", "cost 0.0300", "4 reads, 1 write ·", "2.0 s"):  # fmt: skip
        assert part in text
    assert "E26 " not in text
    assert "Steps overlap." not in text


def test_long_lines_stay_whole_so_that_they_can_be_copied(capsys):
    path = "/folder" * 40 + "/sales.agent.xlsx"
    show_result(RESULT.model_copy(update={"files": (path,)}), as_json=False)
    assert f"  {path}\n" in capsys.readouterr().out


def test_a_cost_is_only_told_when_all_of_it_is_known(capsys):
    roles = {**RESULT.usage.roles, "voter": RoleUsage(calls=1)}
    result = RESULT.model_copy(update={"usage": Usage(roles=roles)})
    text = shown(capsys, show_result, result)
    assert "cost 0.0300" not in text
    assert "cost 0.0200" in text


def test_a_machine_gets_the_whole_result_and_nothing_else(capsys):
    show_result(RESULT, as_json=True)
    told = capsys.readouterr()
    assert RunResult.model_validate_json(told.out) == RESULT
    assert told.err == ""


@pytest.mark.parametrize(
    ("status", "code"),
    [(Status.DONE, 0), (Status.DRY_RUN, 0), (Status.PAUSED, 7), (Status.REJECTED, 8), (Status.INCOMPLETE, 9)],
)
def test_the_exit_code_of_each_status(status, code):
    assert exit_code(RESULT.model_copy(update={"status": status})) == code


def test_a_paused_run_shows_its_questions_and_how_to_answer(capsys):
    result = RESULT.model_copy(
        update={"status": Status.PAUSED, "questions": (Question(text="Which date?", options=("Ship", "Order")),)}
    )
    text = shown(capsys, show_result, result)
    assert "? Which date?" in text
    assert "--approve never" in text


def test_a_question_before_there_is_a_plan_can_be_answered_in_the_task(capsys):
    asked = {"status": Status.PAUSED, "plan": None, "questions": (Question(text="Which date?"),)}
    text = shown(capsys, show_result, RESULT.model_copy(update=asked))
    assert "answer it in the task itself" in text
    assert "--approve" not in text


def test_a_dry_run_shows_the_plan_and_what_was_found(capsys):
    text = shown(capsys, show_result, RESULT.model_copy(update={"status": Status.DRY_RUN}))
    assert "Dry run" in text
    assert "1. " in text
    assert "Steps overlap." in text


def test_a_plan(capsys):
    text = shown(capsys, show_plan, RESULT)
    for part in (RESULT.plan.steps[0].action.sentence(), "because", "formula: Looks right.", "=C1*D1", "step 1: Steps"):
        assert part in text
    assert "nothing to do" in shown(capsys, show_plan, RESULT.model_copy(update={"plan": Plan()}))


def test_a_plan_for_a_machine(capsys):
    show_plan(RESULT, as_json=True)
    assert json.loads(capsys.readouterr().out)["plan"]["steps"][0]["why"] == "because"


def test_a_description(capsys):
    region = Region(
        kind="table",
        range="Sales!A1:C60",
        header_row=1,
        description="Orders by day",
        columns=(
            Column(letter="A", header="Дата", type="date", meaning="day of the order", samples=("2024-01-01",)),
            Column(letter="C", header="Total", type="number", formula="=B2*2"),
        ),
        not_shown="rows 21–60",
    )
    sheets = (
        SheetDescription(
            title="Sales", sheet_id=0, row_count=1000, column_count=26, regions=(region,), notes=("a note",)
        ),
        SheetDescription(title="Blank", sheet_id=1, row_count=10, column_count=5, hidden=True),
    )
    description = Description(title="Book", sheets=sheets, named_ranges=("Rate = Sales!F1",))
    text = shown(capsys, show_description, description)
    for part in ("Book", "Sales (1000 × 26)", "table Sales!A1:C60: Orders by day", "Дата", "day of the order", "=B2*2",
                 "not shown: rows 21–60", "a note", "Blank (10 × 5, hidden) empty", "Rate = Sales!F1"):  # fmt: skip
        assert part in text
    show_description(description, as_json=True)
    assert Description.model_validate_json(capsys.readouterr().out) == description


def test_cell_text_cannot_command_the_terminal(capsys):
    evil = "\x1b]0;owned\x07[red]x\u202e"
    change = CellChange(sheet="\x1b[2J", cell="A1", before=evil, after=evil)
    result = RESULT.model_copy(update={"summary": evil, "diff": Diff(cells=(change,), cell_count=1)})
    show_result(result, as_json=False)
    text = capsys.readouterr().out
    assert not set("\x1b\x07\u202e") & set(text)
    assert "[red]x" in text


def test_long_and_many_lined_texts_are_cut_to_a_line():
    assert short("a\nb") == "a b"
    assert short("x" * 500, 10) == "x" * 9 + "…"
    assert clean("ünïcødé 😀") == "ünïcødé 😀"


# -------------------------------------------------------------------------------------------------- progress

EVENTS = (
    StageStarted("retrieve"),
    StageEnded("retrieve", 1.25, "2 sheets"),
    StageStarted("approve"),
    StageEnded("approve", 0.0, ""),
    Waiting("The quota is used up.", 3.2),
    ToolCalled("write_cell", "Sales!A1", True),
    ToolCalled("write_cell", "Sales!\x1b[2JA2", False),
    Note("1 image is left out."),
)


def lines_of(console):
    with Progress(console) as progress:
        for event in EVENTS:
            progress(event)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_progress_in_plain_lines():
    assert lines_of(Console(file=io.StringIO(), width=100)) == [
        "Looking at the spreadsheet…",
        "✓ Looking at the spreadsheet: 2 sheets  1.2 s",
        "Waiting 4 s: The quota is used up.",
        "  ✓ write_cell Sales!A1",
        "  ✗ write_cell Sales! [2JA2",
        "  1 image is left out.",
    ]


def test_progress_on_a_terminal_keeps_the_finished_lines():
    text = "\n".join(lines_of(Console(file=io.StringIO(), width=100, force_terminal=True)))
    assert "2 sheets" in text
    assert "write_cell" in text


def test_a_live_line_is_paused_while_somebody_is_asked():
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    with Progress(console) as progress:
        progress(StageStarted("plan"))
        with progress.paused() as screen:
            screen.print("A question")
            assert not progress._line._live.is_started
        assert progress._line._live.is_started
    assert "A question" in console.file.getvalue()

"""A person at the terminal: what is asked, what is shown, what comes of the answers."""

import io
import json

import click
import pytest
from click.testing import CliRunner
from rich.console import Console

from sheets_agent.actions import ACTIONS
from sheets_agent.cli.asking import TerminalPerson, somebody_there, terminal_person
from sheets_agent.cli.progress import Progress
from sheets_agent.feedback.person import Judgement, Person, Review, Work
from sheets_agent.state.done import Question
from sheets_agent.state.planned import CellChange, Diff, Fact, Plan, Severity, Step

RENAME = {"kind": "rename_sheet", **{k: v for k, v in ACTIONS["rename_sheet"].example.items() if k != "kind"}}
PLAN = Plan(steps=(Step(why="It reads better.", action=RENAME),))
REVIEW = Review(
    plan=PLAN,
    diff=Diff(
        cells=(CellChange(sheet="Sales", cell="B2", before="10", after="=A1*2", result="20"),),
        cell_count=3,
        overwritten=1,
    ),
    facts=(Fact(kind="overwrite", severity=Severity.WARNING, step=0, sentence="Overwrites 1 cell."),),
    reasons=("Overwrites 1 cell that held something.",),
)


class Terminal:
    """Types prepared lines, and keeps what was shown."""

    def __init__(self, typed, edited=None):
        self.shown = ""
        self._typed = typed
        self._edited = edited
        self.opened = None

    def at(self, ask):
        screen = io.StringIO()
        progress = Progress(Console(file=screen, width=100))
        person: Person = TerminalPerson(progress)
        try:
            with CliRunner().isolation(input=self._typed) as (_, err, _):
                answer = ask(person)
                prompted = err.getvalue().decode()
        finally:
            self.shown = screen.getvalue()
        self.shown += prompted
        return answer


def answer(typed, *questions):
    terminal = Terminal(typed)
    return terminal.at(lambda person: person.answer(questions)), terminal


def review(typed):
    terminal = Terminal(typed)
    return terminal.at(lambda person: person.review(REVIEW)), terminal


@pytest.fixture
def editor(monkeypatch):
    """Whoever edits the text in the editor."""

    def use(change):
        monkeypatch.setattr(click, "edit", lambda text, extension: change(text))

    return use


# -------------------------------------------------------------------------------------------------- questions


def test_free_text():
    answers, terminal = answer("Net of tax\n", Question(text="What is “Amount”?", about="Sales!C"))
    assert answers == ["Net of tax"]
    assert "What is “Amount”?" in terminal.shown
    assert "Sales!C" in terminal.shown


def test_all_questions_are_asked_in_order():
    answers, _ = answer("one\n\ntwo\n", Question(text="a"), Question(text="b"), Question(text="c"))
    assert answers == ["one", "", "two"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("2\n", "Order date"), ("7\n0\n1\n", "Ship date"), ("the day of payment\n", "the day of payment"), ("\n", "")],
)
def test_options_by_number_or_in_own_words(typed, expected):
    answers, terminal = answer(typed, Question(text="Which date?", options=("Ship date", "Order date")))
    assert answers == [expected]
    assert "2. Order date" in terminal.shown


@pytest.mark.parametrize(("typed", "expected"), [("2024\n", "2024"), ("2\n", "2"), ("1\n", "2024"), ("²\n", "²")])
def test_an_option_that_is_a_number_can_be_typed(typed, expected):
    answers, _ = answer(typed, Question(text="How many?", options=("2024", "7", "2")))
    assert answers == [expected]


def test_the_end_of_the_input_interrupts():
    with pytest.raises(KeyboardInterrupt):
        answer("", Question(text="What is “Amount”?"))


def test_a_question_cannot_command_the_terminal():
    _, terminal = answer("\n", Question(text="\x1b[31mred [bold]x[/bold]"))
    assert "\x1b" not in terminal.shown
    assert "[bold]x[/bold]" in terminal.shown


# -------------------------------------------------------------------------------------------------- reviews


@pytest.mark.parametrize("typed", ["a\n", "approve\n", "yes\n", "A\n", "x\nmaybe\na\n"])
def test_approving(typed):
    decision, terminal = review(typed)
    assert decision.verdict == "approve"
    for text in ("B2", "10", "=A1*2", "20", "… and 2 more cells", "Overwrites 1 cell that held something."):
        assert text in terminal.shown
    assert PLAN.steps[0].action.sentence() in terminal.shown


def test_an_empty_answer_approves_nothing():
    decision, _ = review("\n\nr\n\n")
    assert decision.verdict == "reject"


@pytest.mark.parametrize(
    ("typed", "comment"), [("r\n\n", ""), ("reject\nUse column D\n", "Use column D"), ("n\n\n", "")]
)
def test_rejecting(typed, comment):
    decision, _ = review(typed)
    assert (decision.verdict, decision.comment) == ("reject", comment)


def test_editing(editor):
    def rename(text):
        body = json.loads(text)
        body["steps"] = []
        return json.dumps(body)

    editor(rename)
    decision, _ = review("e\n")
    assert decision.verdict == "edit"
    assert decision.plan == Plan()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: None, "not changed"),
        (lambda text: text + "\n", "not changed"),
        (lambda text: "{", "not a plan"),
        (lambda text: '{"steps": [{"action": {"kind": "fly"}}]}', "not a plan"),
    ],
)
def test_an_edit_that_is_no_plan_asks_again(editor, change, told):
    editor(change)
    decision, terminal = review("e\na\n")
    assert told in terminal.shown
    assert decision.verdict == "approve"


def test_an_editor_that_does_not_work_asks_again(editor):
    def broken(text):
        raise click.ClickException("vi: Editing failed.")

    editor(broken)
    decision, terminal = review("e\nr\n\n")
    assert "EDITOR" in terminal.shown
    assert decision.verdict == "reject"


# -------------------------------------------------------------------------------------------------- nobody there


def test_without_a_terminal_there_is_nobody():
    with CliRunner().isolation(input="a\n"):
        assert not somebody_there()
        assert terminal_person(Progress()) is None


def judge(typed):
    terminal = Terminal(typed)
    work = Work(kind="result", text="Revenue is there.", details="E1: (empty) → Revenue")
    return terminal.at(lambda person: person.judge(work)), terminal


@pytest.mark.parametrize(
    ("typed", "judgement"),
    [
        ("a\n", Judgement(verdict="accept")),
        ("c\nin euros\n", Judgement(verdict="revise", critique="in euros")),
        ("c\n\nq\nr\ntoo late\n", Judgement(verdict="reject", critique="too late")),
        ("r\n\n", Judgement(verdict="reject")),
    ],
)
def test_finished_work_is_shown_and_judged(typed, judgement):
    said, terminal = judge(typed)
    assert said == judgement
    assert "Revenue is there." in terminal.shown
    assert "E1: (empty) → Revenue" in terminal.shown

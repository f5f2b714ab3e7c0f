"""A person in a notebook: sees the plan and what it changes as HTML below the cell, and types the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from sheets_agent.errors import UsageError
from sheets_agent.feedback.person import Decision, Judgement, Review, Work
from sheets_agent.feedback.said import chosen
from sheets_agent.state.done import Question
from sheets_agent.state.planned import Diff, Fact, Plan

SHOWN_CELLS = 30
_CELL = 'style="border:1px solid #e0e0e0;padding:2px 6px;text-align:left"'


class NotebookPerson:
    """Implements `sheets_agent.feedback.person.Person` in a Jupyter notebook.

    Args:
        show: displays HTML; by default below the notebook's cell.
        read: asks for a line, given a prompt; by default the notebook's input field.

    Raises:
        UsageError: IPython is not installed, and `show` is not given.
    """

    def __init__(self, show: Callable[[str], object] | None = None, read: Callable[[str], str] = input) -> None:
        self._show = show or _display()
        self._read = read

    def answer(self, questions: Sequence[Question]) -> Sequence[str]:
        """Ask all questions, one after the other; the number of an option stands for it."""
        return [self._ask(question) for question in questions]

    def review(self, review: Review) -> Decision:
        """Show a plan with what it changes, and ask what to do with it."""
        self._show(review_html(review))
        while True:
            typed = self._read("Write this? approve, reject, or what should be different: ").strip()
            match typed.casefold():
                case "":
                    continue
                case "approve" | "a" | "yes" | "y":
                    return Decision(verdict="approve")
                case "reject" | "r" | "no" | "n":
                    return Decision(verdict="reject")
                case _:
                    return Decision(verdict="reject", comment=typed)

    def judge(self, work: Work) -> Judgement:
        """Show finished work, and ask what to say of it."""
        self._show(work_html(work))
        while True:
            typed = self._read("Is it right? accept, reject, or what should be different: ").strip()
            match typed.casefold():
                case "":
                    continue
                case "accept" | "a" | "yes" | "y":
                    return Judgement(verdict="accept")
                case "reject" | "r" | "no" | "n":
                    return Judgement(verdict="reject")
                case _:
                    return Judgement(verdict="revise", critique=typed)

    def _ask(self, question: Question) -> str:
        about = f"<br><small>{escape(question.about)}</small>" if question.about else ""
        self._show(f"<p><b>{escape(question.text)}</b>{about}</p>{_list(question.options)}")
        return chosen(question.options, self._read("Answer (empty if you don't know): "))


def review_html(review: Review) -> str:
    """A plan to be decided on: its steps, what they change, what speaks against it."""
    reasons = "".join(f'<p style="color:#b00020"><b>{escape(reason)}</b></p>' for reason in review.reasons)
    facts = [fact for fact in review.facts if fact.sentence not in review.reasons]
    return f"<h4>The plan</h4>{plan_html(review.plan)}{diff_html(review.diff)}{_facts(facts)}{reasons}"


def plan_html(plan: Plan) -> str:
    """The steps of a plan."""
    return _list([step.action.sentence() for step in plan.steps])


def diff_html(diff: Diff) -> str:
    """What a plan changes: cells before and after."""
    rows = "".join(
        f"<tr>{_td(f'{change.sheet}!{change.cell}')}{_td(change.before)}{_td(_after(change.after, change.result))}</tr>"
        for change in diff.cells[:SHOWN_CELLS]
    )
    head = "".join(f"<th {_CELL}>{name}</th>" for name in ("Cell", "Before", "After"))
    table = f'<table style="border-collapse:collapse;font-size:90%"><tr>{head}</tr>{rows}</table>' if rows else ""
    hidden = diff.cell_count - sum(change.count for change in diff.cells[:SHOWN_CELLS])
    more = f"<p>… and {hidden} more cells</p>" if hidden > 0 else ""
    moved = "<p>Rows, columns or cells move; what only moves is not listed.</p>" if diff.moved else ""
    return f"{table}{more}{moved}"


def work_html(work: Work) -> str:
    """A description or a result to be judged."""
    details = f"<pre>{escape(work.details)}</pre>" if work.details else ""
    return f"<h4>The {work.kind}</h4><pre>{escape(work.text)}</pre>{details}"


def _after(after: str, result: str) -> str:
    return f"{after} = {result}" if result and after.startswith("=") else after


def _facts(facts: Iterable[Fact]) -> str:
    return _list([f"{fact.severity.value}: {fact.sentence}" for fact in facts], "ul")


def _list(lines: Iterable[str], tag: str = "ol") -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<{tag}>{items}</{tag}>" if items else ""


def _td(text: str) -> str:
    return f"<td {_CELL}>{escape(text)}</td>"


def _display() -> Callable[[str], object]:
    try:
        from IPython.display import HTML, display
    except ImportError as error:
        raise UsageError("This is not a notebook: IPython is not installed.", "Use it in Jupyter.") from error
    return lambda html: display(HTML(html))  # type: ignore[no-untyped-call]

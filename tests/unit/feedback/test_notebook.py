"""A person in a notebook."""

from __future__ import annotations

from typing import Any

import pytest

from sheets_agent.feedback.notebook import NotebookPerson
from sheets_agent.feedback.person import Decision, Judgement, Review, Work
from sheets_agent.state.done import Question
from sheets_agent.state.planned import CellChange, Diff, Fact, Plan, Severity, Step

REVIEW = Review(
    plan=Plan(steps=(Step.model_validate({"action": {"kind": "add_sheet", "target": "Report"}}),)),
    diff=Diff(
        cells=(CellChange(sheet="Sales", cell="B2", before="<b>10</b>", after="=A1*2", result="20"),),
        cell_count=3,
        objects=("Adds the sheet “Report”",),
    ),
    facts=(Fact(kind="overlap", severity=Severity.WARNING, sentence="Two steps overlap."),),
    reasons=("Overwrites 1 cell that held something.",),
)


class Notebook:
    """Types prepared lines, keeps what was displayed."""

    def __init__(self, *typed: str) -> None:
        self.typed, self.shown = list(typed), ""

    def person(self) -> NotebookPerson:
        return NotebookPerson(self.show, lambda prompt: self.typed.pop(0))

    def show(self, html: str) -> None:
        self.shown += html


@pytest.mark.parametrize(
    ("typed", "decision"),
    [
        (["approve"], Decision(verdict="approve")),
        (["", " A "], Decision(verdict="approve")),
        (["reject"], Decision(verdict="reject")),
        (["no chart please"], Decision(verdict="reject", comment="no chart please")),
    ],
)
def test_a_plan_is_shown_as_html_and_decided_on(typed: list[str], decision: Decision) -> None:
    notebook = Notebook(*typed)
    assert notebook.person().review(REVIEW) == decision
    for text in ("Report", "Sales!B2", "&lt;b&gt;10&lt;/b&gt;", "=A1*2 = 20", "and 2 more cells", "Two steps overlap."):
        assert text in notebook.shown
    assert notebook.shown.count("Overwrites 1 cell") == 1
    assert "<b>10</b>" not in notebook.shown, "what stands in cells is no markup"


@pytest.mark.parametrize(
    ("typed", "judgement"),
    [
        (["accept"], Judgement(verdict="accept")),
        (["", "r"], Judgement(verdict="reject")),
        (["in euros"], Judgement(verdict="revise", critique="in euros")),
    ],
)
def test_finished_work_is_judged(typed: list[str], judgement: Judgement) -> None:
    notebook = Notebook(*typed)
    assert notebook.person().judge(Work(kind="result", text="<Done>", details="E1: → Revenue")) == judgement
    assert "&lt;Done&gt;" in notebook.shown


@pytest.mark.parametrize(("typed", "answer"), [("2", "delivered"), ("3", "3"), ("", ""), ("paid", "paid")])
def test_a_number_stands_for_an_option(typed: str, answer: str) -> None:
    notebook = Notebook(typed)
    question: Any = Question(text="Which <date>?", options=("ordered", "delivered"), about="Sales!A1")
    assert notebook.person().answer([question]) == [answer]
    assert "Which &lt;date&gt;?" in notebook.shown

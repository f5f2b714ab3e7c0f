"""Questions as chat clients show them, and what comes back when a form is filled in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command

from sheets_agent.feedback.person import (
    Judgement,
    Review,
    Work,
    question_request,
    read_answers,
    read_decision,
    read_judgement,
    review_request,
    work_request,
)
from sheets_agent.server.forms import filled, forms
from sheets_agent.server.graph import State, ask
from sheets_agent.state.done import Question
from sheets_agent.state.planned import Diff, Plan

QUESTIONS = question_request([Question(text="Какой год?", options=("2024", "2025")), Question(text="Which city?")])
PLAN = Plan.model_validate(
    {"steps": [{"why": "a header", "action": {"kind": "write_cell", "target": "A1", "value": "Выручка"}}]}
)


def typed(form: dict[str, Any], **fields: str) -> dict[str, Any]:
    """What agent-chat-ui sends of a form: every argument as it was, and a text where somebody typed."""
    [action] = form["action_requests"]
    edited = {"name": action["name"], "args": {**action["args"], **fields}}
    return {"decisions": [{"type": "edit", "edited_action": edited}]}


def test_each_question_is_a_form_with_an_empty_answer() -> None:
    shown = forms(QUESTIONS)
    assert [form["action_requests"][0]["description"] for form in shown] == ["Какой год?", "Which city?"]
    for form in shown:
        assert form["action_requests"][0]["args"]["answer"] == ""
        assert form["review_configs"] == [
            {"action_name": "answer_question", "allowed_decisions": ["respond", "edit"]},
        ]
    assert "answer" not in QUESTIONS["action_requests"][0]["args"]


@pytest.mark.parametrize(
    "answer", [{"decisions": [{"type": "respond", "message": "2025"}]}, typed(forms(QUESTIONS)[0], answer="2025")]
)
def test_an_answer_is_typed_into_the_form_or_sent_as_one(answer: dict[str, Any]) -> None:
    decisions = filled(forms(QUESTIONS)[0], answer)
    assert read_answers({"decisions": decisions}, 1) == ("2025",)


def test_a_plan_is_edited_as_text() -> None:
    [form] = forms(review_request(Review(plan=PLAN, diff=Diff())))
    text = json.dumps(form["action_requests"][0]["args"]["plan"]).replace("A1", "B1")
    decision = read_decision({"decisions": filled(form, typed(form, plan=text))})
    assert decision.plan is not None
    assert decision.plan.steps[0].action.target == "B1"  # type: ignore[union-attr]


def test_a_plan_that_is_no_json_any_more_is_told_by_whoever_reads_it() -> None:
    [form] = forms(review_request(Review(plan=PLAN, diff=Diff())))
    answer = typed(form, plan="{")
    assert filled(form, answer) == answer["decisions"]


def test_what_should_be_different_is_typed_into_the_form() -> None:
    [form] = forms(work_request(Work(kind="result", text="Done.")))
    decisions = filled(form, typed(form, critique="in roubles"))
    assert read_judgement({"decisions": decisions}) == Judgement(verdict="revise", critique="in roubles")


@pytest.mark.parametrize("decision", [{"type": "approve"}, {"type": "reject", "message": "no"}])
def test_other_decisions_stay_as_they_are(decision: dict[str, Any]) -> None:
    [form] = forms(review_request(Review(plan=PLAN, diff=Diff())))
    assert filled(form, {"decisions": [decision]}) == [decision]


@pytest.mark.parametrize("answer", ["yes", {}, {"decisions": "no"}, {"decisions": []}, {"decisions": [{}, {}]}, None])
def test_what_has_not_one_decision_is_no_answer_to_a_form(answer: object) -> None:
    assert filled(forms(QUESTIONS)[0], answer) is None


@pytest.mark.parametrize("edited", [None, {}, {"args": "x"}, {"args": {"answer": ["x"]}}])
def test_an_edit_without_fields_is_left_to_whoever_reads_it(edited: object) -> None:
    decisions = filled(forms(QUESTIONS)[0], {"decisions": [{"type": "edit", "edited_action": edited}]})
    assert read_answers({"decisions": decisions}, 1) == (("['x']",) if edited == {"args": {"answer": ["x"]}} else ("",))


def waiting(request: dict[str, Any]) -> tuple[Any, Any, Any]:
    """A graph that pauses for a request; its configuration, and the first form."""
    built = StateGraph(State)
    built.add_node("ask", ask)
    built.add_edge(START, "ask")
    graph, config = built.compile(checkpointer=InMemorySaver()), {"configurable": {"thread_id": "1"}}
    [pause] = graph.invoke({"request": request}, config)["__interrupt__"]  # type: ignore[arg-type, call-overload]
    return graph, config, pause.value


def test_questions_are_asked_one_after_the_other() -> None:
    graph, config, first = waiting(QUESTIONS)
    [pause] = graph.invoke(Command(resume=typed(first, answer="2025")), config)["__interrupt__"]
    assert pause.value["action_requests"][0]["description"] == "Which city?"
    state = graph.invoke(Command(resume=typed(pause.value, answer="Тула")), config)
    assert read_answers(state["answer"], 2) == ("2025", "Тула")


def test_who_answers_all_at_once_is_not_asked_again() -> None:
    graph, config, _ = waiting(QUESTIONS)
    both = {"decisions": [{"type": "respond", "message": "2025"}, {"type": "respond", "message": "Тула"}]}
    assert graph.invoke(Command(resume=both), config)["answer"] == both


@pytest.mark.parametrize(
    "forged", [None, {}, "x", [], {"action_requests": [{}], "review_configs": []}, {"action_requests": 1}]
)
def test_a_request_that_a_client_has_forged_is_shown_as_it_is(forged: Any) -> None:
    graph, config, shown = waiting(forged)
    assert shown == forged
    assert graph.invoke(Command(resume={"decisions": [{"type": "approve"}]}), config)["answer"]

import pytest

from sheets_agent.errors import UsageError
from sheets_agent.feedback.person import (
    Decision,
    Judgement,
    Review,
    Work,
    ask,
    check_answer,
    decision_response,
    question_request,
    read_answers,
    read_decision,
    read_judgement,
    review_request,
    work_request,
)
from sheets_agent.state.done import Question
from sheets_agent.state.planned import Diff, Plan, Step

PLAN = Plan(steps=(Step.model_validate({"action": {"kind": "add_sheet", "target": "Report"}}),))
OTHER = Plan(steps=(Step.model_validate({"action": {"kind": "add_sheet", "target": "Отчёт"}}),))


class Answering:
    """A person with prepared answers, who remembers what was shown."""

    def __init__(self, answers=(), decision=None):
        self.answers, self.decision, self.shown = answers, decision, None

    def answer(self, questions):
        self.shown = list(questions)
        return self.answers

    def review(self, review):
        self.shown = review
        return self.decision


def test_questions_are_asked_together_and_answered_in_order():
    questions = (Question(text="What is КВ?"), Question(text="Which year?", options=("2024", "2025")))
    person = Answering(("квартал", "2025"))
    response = ask(person, question_request(questions))
    assert tuple(person.shown) == questions
    assert read_answers(response, 2) == ("квартал", "2025")


def test_a_review_shows_plan_diff_and_reasons_and_carries_the_decision_back():
    review = Review(plan=PLAN, diff=Diff(objects=("Adds a sheet",)), reasons=("Overwrites 2 cells",))
    for decision in (
        Decision(verdict="approve"),
        Decision(verdict="reject", comment="not on this tab"),
        Decision(verdict="edit", plan=OTHER),
    ):
        person = Answering(decision=decision)
        assert read_decision(ask(person, review_request(review))) == decision
        assert person.shown == review


def test_the_request_has_the_shape_of_langchains_human_in_the_loop():
    request = review_request(Review(plan=PLAN, diff=Diff(), reasons=("Overwrites 2 cells",)))
    (action,), (config,) = request["action_requests"], request["review_configs"]
    assert set(action) == {"name", "args", "description"}
    assert config == {"action_name": action["name"], "allowed_decisions": ["approve", "edit", "reject"]}
    assert "Report" in action["description"]
    assert "Overwrites 2 cells" in action["description"]


@pytest.mark.parametrize("response", [None, "approve", {}, {"decisions": []}, {"decisions": [{"type": "maybe"}]}])
def test_a_malformed_decision_is_refused(response):
    with pytest.raises(UsageError):
        read_decision(response)


def test_a_wrong_number_of_answers_is_refused():
    with pytest.raises(UsageError, match="2 answers"):
        read_answers({"decisions": [{"type": "respond", "message": "a"}]}, 2)


WORK = Work(kind="result", text="Done.", details="E1: → Revenue", cell="Sales!E1")


@pytest.mark.parametrize(
    "judgement",
    [
        Judgement(verdict="accept"),
        Judgement(verdict="revise", critique="in euros"),
        Judgement(verdict="reject", critique="not now"),
        Judgement(verdict="reject"),
    ],
)
def test_finished_work_is_judged_and_the_judgement_comes_back(judgement):
    class Judge:
        def judge(self, work):
            assert work == WORK
            return judgement

    request = work_request(WORK)
    assert request["review_configs"][0]["allowed_decisions"] == ["approve", "respond", "reject"]
    response = ask(Judge(), request)
    check_answer(request, response)
    assert read_judgement(response) == judgement


@pytest.mark.parametrize(
    ("decision", "said"), [({"type": "edit"}, "“edit” is not a judgement"), ({"type": "respond"}, "is not said")]
)
def test_a_judgement_that_is_none_is_refused(decision, said):
    with pytest.raises(UsageError, match=said):
        check_answer(work_request(WORK), {"decisions": [decision]})


@pytest.mark.parametrize("final", [False, True])
def test_a_rejection_with_a_reason_may_be_final(final):
    decision = Decision(verdict="reject", comment="not now", final=final)
    assert read_decision(decision_response(decision)) == decision

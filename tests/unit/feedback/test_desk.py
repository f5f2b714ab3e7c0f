"""Waiting for people: backoff, deadline, restart, several reviewers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from feedback_fakes import FakeChannel, FakeClock

from sheets_agent.chat.kept import opened
from sheets_agent.errors import FeedbackError
from sheets_agent.events import Event, Note, Waiting
from sheets_agent.feedback.asking import Asker
from sheets_agent.feedback.callback import Callback
from sheets_agent.feedback.channel import Asked, Channel, Reply
from sheets_agent.feedback.desk import PATIENCE, Desk
from sheets_agent.feedback.person import Review, Work, question_request, review_request, work_request
from sheets_agent.feedback.posted import Posted
from sheets_agent.settings import Feedback
from sheets_agent.state.done import Question
from sheets_agent.state.planned import CellChange, Diff, Plan, Step

PLAN = Plan(steps=(Step.model_validate({"action": {"kind": "add_sheet", "target": "Report"}}),))
DIFF = Diff(cells=(CellChange(sheet="Q1 2024", cell="B7:B9", after="=1"),), cell_count=3)
REQUEST = review_request(Review(plan=PLAN, diff=DIFF, reasons=("Overwrites 2 cells",)))
QUESTIONS = question_request((Question(text="Which year?", options=("2023", "2024")), Question(text="Which city?")))


class Office:
    """A desk on a fake clock, which can be left and come back to."""

    def __init__(self, folder: Path, channel: Channel, **settings: Any) -> None:
        self.file, self.channel = str(folder / "runs.sqlite"), channel
        self.settings = Feedback(**{"deadline": 3600.0, **settings})
        self.time = FakeClock()
        self.events: list[Event] = []
        self.merged: list[Sequence[str]] = []
        self.heard: list[Reply] = []

    def desk(self) -> Desk:
        """One as a new process would have it."""
        return Desk(
            self.channel,
            Asker("run1", "Chart it", "sheet1"),
            Posted(opened(self.file), "run1", self.channel.name),
            self.settings,
            self.events.append,
            self.merge,
            lambda asked, reply: self.heard.append(reply),
            self.time.clock(),
        )

    def merge(self, asked: Asked, critiques: Sequence[str]) -> str:
        """What a model would do."""
        self.merged.append(critiques)
        return " + ".join(critiques)

    def pauses(self) -> list[float]:
        """How long was waited between looks."""
        return self.time.slept


@pytest.fixture
def fake() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def office(tmp_path: Path, fake: FakeChannel) -> Office:
    return Office(tmp_path, fake)


def answers_after(office: Office, fake: FakeChannel, looks: int, *replies: Reply) -> None:
    """People answer everything that was posted, once it was looked at so many times."""

    def answer() -> None:
        if fake.looks >= looks:
            fake.said.update({one: list(replies) for one in fake.posted})

    office.time.meanwhile = answer


def test_a_plan_is_posted_with_what_it_changes_and_waited_for(office: Office, fake: FakeChannel) -> None:
    answers_after(office, fake, 1, Reply(verdict="accept", who="ann"))
    assert office.desk().answer(REQUEST, 1) == {"decisions": [{"type": "approve", "message": ""}]}
    [asked] = fake.posted.values()
    assert (asked.kind, asked.task, asked.spreadsheet_id, asked.cell) == ("plan", "Chart it", "sheet1", "'Q1 2024'!B7")
    assert "Report" in asked.text
    assert "Overwrites 2 cells" in asked.details
    assert "B7:B9: (empty) → =1" in asked.details
    assert fake.withdrawn == [asked.id]
    assert [reply.who for reply in office.heard] == ["ann"]


def test_the_pauses_double_up_to_the_longest_and_it_says_what_it_waits_for(office: Office, fake: FakeChannel) -> None:
    answers_after(office, fake, 9, Reply(verdict="accept"))
    office.desk().answer(REQUEST, 1)
    assert office.pauses() == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    first = office.events[0]
    assert isinstance(first, Note)
    assert first.text.startswith("Waits for a review of the plan in the fake: http://fake/ref-run1.plan.")
    told = [event for event in office.events if isinstance(event, Waiting)]
    assert [event.seconds for event in told] == [1, 2, 4, 8, 16, 32, 60]
    assert "a review of the plan in the fake" in told[0].why


def test_at_the_deadline_the_run_is_left_and_says_what_it_waits_for(office: Office, fake: FakeChannel) -> None:
    office.settings = Feedback(deadline=10.0)
    assert office.desk().answer(REQUEST, 1) is None
    assert office.pauses() == [1, 2, 4, 3]
    assert office.desk().waits_for(REQUEST, 1).startswith("a review of the plan in the fake: http://fake/")
    assert fake.withdrawn == [], "who comes late may still answer"


def test_another_process_finds_what_was_posted_and_keeps_its_deadline(office: Office, fake: FakeChannel) -> None:
    office.settings = Feedback(deadline=100.0)

    def killed() -> None:
        if office.time.now > 1_000_006:
            raise KeyboardInterrupt

    office.time.meanwhile = killed
    with pytest.raises(KeyboardInterrupt):
        office.desk().answer(REQUEST, 1)
    office.time.meanwhile = lambda: None
    assert office.desk().answer(REQUEST, 1) is None
    assert len(fake.posted) == 1
    assert sum(office.pauses()) == 100.0


def test_after_the_deadline_who_resumes_waits_anew(office: Office, fake: FakeChannel) -> None:
    office.settings = Feedback(deadline=10.0)
    office.desk().answer(REQUEST, 1)
    answers_after(office, fake, 1, Reply(verdict="accept"))
    assert office.desk().answer(REQUEST, 1) is not None
    assert len(fake.posted) == 1


def test_who_answers_after_the_deadline_is_heard_at_once(office: Office, fake: FakeChannel) -> None:
    office.settings = Feedback(deadline=10.0)
    office.desk().answer(REQUEST, 1)
    office.time.slept.clear()
    fake.said = {one: [Reply(verdict="accept")] for one in fake.posted}
    assert office.desk().answer(REQUEST, 1) is not None
    assert office.pauses() == []


def test_a_process_killed_right_after_posting_leaves_no_second_task(office: Office, fake: FakeChannel) -> None:
    fake.dies_after_posting = True
    with pytest.raises(KeyboardInterrupt):
        office.desk().answer(REQUEST, 1)
    fake.post = fake.find_or_post  # type: ignore[method-assign]
    fake.said = {one: [Reply(verdict="accept")] for one in fake.posted}
    assert office.desk().answer(REQUEST, 1) is not None
    assert len(fake.posted) == 1


def test_what_was_answered_is_not_asked_again(office: Office, fake: FakeChannel) -> None:
    answers_after(office, fake, 1, Reply(verdict="revise", critique="smaller"))
    first = office.desk().answer(REQUEST, 1)
    looks = fake.looks
    assert office.desk().answer(REQUEST, 1) == first
    assert (fake.looks, len(fake.posted)) == (looks, 1)


def test_the_same_plan_shown_again_is_another_task(office: Office, fake: FakeChannel) -> None:
    answers_after(office, fake, 1, Reply(verdict="accept"))
    office.desk().answer(REQUEST, 1)
    office.desk().answer(REQUEST, 2)
    assert len(fake.posted) == 2


def test_a_service_that_is_away_for_a_while_is_asked_again(office: Office, fake: FakeChannel) -> None:
    fake.failing = PATIENCE - 1
    answers_after(office, fake, PATIENCE - 1, Reply(verdict="accept"))
    assert office.desk().answer(REQUEST, 1) is not None


def test_a_service_that_stays_away_ends_the_waiting_and_keeps_the_task(office: Office, fake: FakeChannel) -> None:
    fake.failing = PATIENCE
    with pytest.raises(FeedbackError, match="away"):
        office.desk().answer(REQUEST, 1)
    fake.said = {one: [Reply(verdict="accept")] for one in fake.posted}
    assert office.desk().answer(REQUEST, 1) is not None
    assert len(fake.posted) == 1


def test_all_reviewers_are_waited_for_and_their_critiques_become_one(tmp_path: Path) -> None:
    fake = FakeChannel(overlap=3)
    office = Office(tmp_path, fake)
    people = [Reply(verdict="accept"), Reply(verdict="revise", critique="a"), Reply(verdict="revise", critique="b")]

    def next_one() -> None:
        for one in fake.posted:
            fake.said[one] = people[: fake.looks]

    office.time.meanwhile = next_one
    assert office.desk().answer(REQUEST, 1) == {"decisions": [{"type": "reject", "message": "a + b"}]}
    assert office.merged == [("a", "b")]
    assert fake.looks == 4


def test_one_critique_needs_no_model(tmp_path: Path) -> None:
    fake = FakeChannel(overlap=2)
    office = Office(tmp_path, fake)
    answers_after(office, fake, 1, Reply(verdict="accept"), Reply(verdict="revise", critique="a"))
    assert office.desk().answer(REQUEST, 1) == {"decisions": [{"type": "reject", "message": "a"}]}
    assert office.merged == []


def test_a_rejection_stops_the_run_and_keeps_its_reason(office: Office, fake: FakeChannel) -> None:
    answers_after(office, fake, 1, Reply(verdict="reject", critique="not now"))
    said = office.desk().answer(REQUEST, 1)
    assert said == {"decisions": [{"type": "reject", "message": "not now", "final": True}]}


def test_a_wish_for_a_change_that_says_nothing_is_still_one(office: Office, fake: FakeChannel) -> None:
    answers_after(office, fake, 1, Reply(verdict="revise"))
    answer = office.desk().answer(REQUEST, 1)
    assert answer is not None
    assert answer["decisions"][0]["message"], "an empty comment would stop the run"


def test_questions_are_tasks_of_their_own(office: Office, fake: FakeChannel) -> None:
    def answer() -> None:
        for one, asked in fake.posted.items():
            text = "2024" if asked.options else "Rome"
            if asked.options or fake.looks > 4:
                fake.said[one] = [Reply(answer=text)]

    office.time.meanwhile = answer
    said = office.desk().answer(QUESTIONS, 1)
    assert said == {"decisions": [{"type": "respond", "message": "2024"}, {"type": "respond", "message": "Rome"}]}
    assert [asked.options for asked in fake.posted.values()] == [("2023", "2024"), ()]


@pytest.mark.parametrize(
    ("reply", "decision"),
    [
        (Reply(verdict="accept"), {"type": "approve", "message": ""}),
        (Reply(verdict="revise", critique="bigger"), {"type": "respond", "message": "bigger"}),
        (Reply(verdict="reject", critique="no"), {"type": "reject", "message": "no"}),
    ],
)
def test_finished_work_is_judged(office: Office, fake: FakeChannel, reply: Reply, decision: dict[str, str]) -> None:
    answers_after(office, fake, 1, reply)
    work = Work(kind="result", text="Done.", details="E1: → Revenue", cell="Sales!E1")
    assert office.desk().answer(work_request(work), 1) == {"decisions": [decision]}
    [asked] = fake.posted.values()
    assert (asked.kind, asked.text, asked.cell) == ("result", "Done.", "Sales!E1")


def test_what_was_decided_elsewhere_is_withdrawn(office: Office, fake: FakeChannel) -> None:
    office.settings = Feedback(deadline=1.0)
    office.desk().withdraw(REQUEST, 1)
    assert fake.withdrawn == [], "nothing was posted"
    office.desk().answer(REQUEST, 1)
    office.desk().withdraw(REQUEST, 1)
    assert fake.withdrawn == list(fake.posted)


def test_a_function_may_take_its_time(tmp_path: Path) -> None:
    asked: list[Asked] = []

    def ask(one: Asked) -> Reply | None:
        asked.append(one)
        return Reply(verdict="accept") if len(asked) == 3 else None

    office = Office(tmp_path, Callback(ask))
    assert office.desk().answer(REQUEST, 1) is not None
    assert office.pauses() == [1, 2]

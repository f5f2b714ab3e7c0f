"""The same tests against the fake of Label Studio and, where the environment names one, against a real server."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from label_studio_people import Served

from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.feedback.channel import Asked
from sheets_agent.feedback.channels import Place, opened
from sheets_agent.feedback.label_studio.channel import LabelStudioChannel
from sheets_agent.feedback.label_studio.client import LabelStudio
from sheets_agent.feedback.label_studio.configs import CONFIGS


@pytest.fixture
def channel(served: Served, title: str) -> Callable[..., LabelStudioChannel]:
    def opened_channel(overlap: int = 1, **options: Any) -> LabelStudioChannel:
        return LabelStudioChannel(served.client, title, overlap=overlap, **options)

    return opened_channel


def question(*options: str, **fields: Any) -> Asked:
    given = {"id": f"{uuid.uuid4().hex}.clarify.1", "kind": "question", "task": "Sum the sales", "text": "Which sales?"}
    return Asked.model_validate({**given, "options": options, **fields})


def plan(**fields: Any) -> Asked:
    given = {"id": f"{uuid.uuid4().hex}.approve.1", "kind": "plan", "task": "Sum the sales", "text": "1. Write B9"}
    return Asked.model_validate({**given, **fields})


def test_every_configuration_is_one(served: Served):
    for config in CONFIGS.values():
        served.client.check_config(config)


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ("<View><Rat", "unclosed token"),
        ('<View><Rating name="rating" toName="gone"/></View>', 'toName="gone" not found'),
    ],
)
def test_a_configuration_that_is_none_is_refused_with_the_reason(served: Served, config: str, why: str):
    with pytest.raises(FeedbackError, match=why):
        served.client.check_config(config)
    with pytest.raises(FeedbackError, match=why):
        served.client.create_project("A title", config)


def test_a_project_is_made_with_the_first_question_and_found_by_its_title_and_its_id(served, channel, title):
    opened_first = channel()
    assert served.client.find_project(title) is None
    reference = opened_first.post(question())
    found = served.client.find_project(title)
    assert found is not None
    assert served.client.project(found.id).title == title
    assert reference.startswith(f"{found.id}/")
    assert channel().post(question()).startswith(f"{found.id}/")
    assert LabelStudioChannel(served.client, str(found.id)).post(question()).startswith(f"{found.id}/")
    assert served.client.find_project(title[:-1]) is None


def test_a_project_is_found_among_many_whose_titles_hold_the_same_words(served, title, monkeypatch):
    monkeypatch.setattr("sheets_agent.feedback.label_studio.client._PER_PAGE", 2)
    made = [served.client.create_project(f"{title}{end}", CONFIGS["prompt"]) for end in ("", " 1", " 2", " 3", " 4")]
    found = served.client.find_project(title)
    assert found is not None
    assert found.id == made[0].id


def test_two_projects_of_one_title_are_refused_by_their_ids(served, channel, title):
    ids = [served.client.create_project(title, CONFIGS["feedback"]).id for _ in range(2)]
    with pytest.raises(FeedbackError, match=rf"several projects “{title}”: ({ids[0]}, {ids[1]}|{ids[1]}, {ids[0]})"):
        channel()


def test_a_project_that_is_not_there_is_said(served):
    with pytest.raises(FeedbackError, match="has not got project 99999999"):
        LabelStudioChannel(served.client, "99999999")


@pytest.mark.parametrize("name", ["ab", "x" * 51])
def test_a_title_has_three_to_fifty_characters(served, name: str):
    with pytest.raises(UsageError, match="3 to 50 characters"):
        LabelStudioChannel(served.client, name)


def test_the_same_is_never_posted_twice(served, channel):
    asked = question("Net", "Gross")
    first = channel()
    reference = first.post(asked)
    assert first.post(asked) == reference
    assert channel().post(asked) == reference
    assert channel().post(question("Net", "Gross")) != reference
    project = int(reference.partition("/")[0])
    assert len(served.client.tasks_with(project, asked.id)) == 1


def test_a_task_shows_what_is_asked_as_it_is(served, channel):
    text = "Is \"<b>=IMPORTDATA('http://example.com')</b>\" right?\nhttps://example.com/a.json\n  Да?"
    asked = question("Yes, it is", "No", text=text, details="$text", cell="'Q1 2024'!B7", spreadsheet_id="s1")
    task = served.client.task(int(channel().post(asked).rpartition("/")[2]))
    assert task is not None
    assert task.data["text"] == text
    assert task.data["details"] == "$text"
    assert task.data["choices"] == [{"value": "Yes, it is"}, {"value": "No"}]
    assert task.data["subject"] == "The question, about 'Q1 2024'!B7"
    assert (task.data["id"], task.data["spreadsheet_id"], task.data["cell"]) == (asked.id, "s1", "'Q1 2024'!B7")


def test_nobody_has_answered_at_first(channel):
    asked, here = question(), channel()
    assert here.replies(asked, here.post(asked)) == ()


def test_an_option_is_an_answer_and_words_beside_it_are_why(served, channel):
    asked, here = question("Net, as in A", "Gross"), channel()
    reference = here.post(asked)
    served.annotate(reference, choice="Net, as in A", answer="It says so\nin A1")
    (reply,) = here.replies(asked, reference)
    assert (reply.answer, reply.critique, reply.verdict) == ("Net, as in A", "It says so\nin A1", None)
    assert "@" in reply.who


def test_a_question_is_answered_in_ones_own_words(served, channel):
    asked, here = question(), channel()
    reference = here.post(asked)
    served.annotate(reference, answer="Those of March")
    (reply,) = here.replies(asked, reference)
    assert (reply.answer, reply.critique) == ("Those of March", "")


def test_a_question_mark_is_no_answer_but_a_reply(served, channel):
    asked, here = question(), channel()
    reference = here.post(asked)
    served.annotate(reference, answer=" ? ")
    (reply,) = here.replies(asked, reference)
    assert (reply.answer, reply.critique) == ("", "")


def test_a_review_has_verdict_critique_rating_and_the_edited_text(served, channel):
    asked, here = plan(), channel()
    reference = here.post(asked)
    served.annotate(reference, choice="revise", answer="B9 is taken", edited="1. Write B10", rating=2)
    (reply,) = here.replies(asked, reference)
    assert (reply.verdict, reply.critique, reply.edited, reply.rating) == ("revise", "B9 is taken", "1. Write B10", 2)


def test_a_text_that_was_not_changed_is_no_edit(served, channel):
    asked, here = plan(), channel()
    reference = here.post(asked)
    served.annotate(reference, choice="accept", edited="1. Write B9\n")
    (reply,) = here.replies(asked, reference)
    assert (reply.verdict, reply.edited) == ("accept", "")


def test_each_person_counts_once_with_what_they_submitted_last_and_skipping_is_no_answer(served, channel):
    asked, here = plan(), channel(overlap=3)
    reference = here.post(asked)
    second, third = served.person(), served.person()
    first_said = served.annotate(reference, choice="accept")
    served.annotate(reference, second, choice="reject", answer="No")
    served.annotate(reference, third, skip=True)
    served.annotate(reference, second, choice="revise", answer="Rather B10")
    assert [(one.verdict, one.critique) for one in here.replies(asked, reference)] == [
        ("accept", ""),
        ("revise", "Rather B10"),
    ]
    served.change(first_said, choice="reject")
    assert sorted(str(one.verdict) for one in here.replies(asked, reference)) == ["reject", "revise"]


def test_as_many_people_are_asked_as_the_channel_says_whatever_the_project_says(served, channel):
    reference = channel(overlap=1).post(plan())
    asked, here = plan(), channel(overlap=2)
    task = served.client.task(int(here.post(asked).rpartition("/")[2]))
    before = served.client.task(int(reference.rpartition("/")[2]))
    assert task is not None
    assert before is not None
    assert (task.overlap, before.overlap) == (2, 1)


def test_what_nobody_has_answered_is_deleted_when_it_is_withdrawn(served, channel):
    asked, here = question(), channel()
    reference = here.post(asked)
    served.annotate(reference, skip=True)
    here.withdraw(asked, reference)
    assert served.client.task(int(reference.rpartition("/")[2])) is None
    here.withdraw(asked, reference)
    with pytest.raises(FeedbackError, match="no longer in Label Studio"):
        here.replies(asked, reference)


def test_what_somebody_has_answered_stays_and_leaves_the_queue_when_it_is_withdrawn(served, channel):
    asked, here = plan(), channel(overlap=2)
    reference = here.post(asked)
    served.annotate(reference, choice="accept")
    before = served.client.task(int(reference.rpartition("/")[2]))
    here.withdraw(asked, reference)
    here.withdraw(asked, reference)
    after = served.client.task(int(reference.rpartition("/")[2]))
    assert before is not None
    assert after is not None
    assert (before.is_labeled, after.is_labeled) == (False, True)
    assert [reply.verdict for reply in here.replies(asked, reference)] == ["accept"]


def test_a_custom_configuration_is_used(served, channel):
    config = """<View><Text name="text" value="$text"/>
        <Choices name="verdict" toName="text"><Choice value="Accept"/><Choice value="да" alias="revise"/></Choices>
        <TextArea name="critique" toName="text"/></View>"""
    asked, here = plan(), channel(config=config)
    reference = here.post(asked)
    served.annotate(reference, verdict="Accept")
    served.annotate(reference, served.person(), verdict="revise", critique="Rather B10")
    said = [(reply.verdict, reply.critique) for reply in here.replies(asked, reference)]
    assert said == [("accept", ""), ("revise", "Rather B10")]
    with pytest.raises(FeedbackError, match="a question needs a control “choice” or “answer”"):
        here.post(question())


@pytest.mark.parametrize(
    ("control", "why"),
    [
        (
            '<Choices name="verdict" toName="text"><Choice value="accept"/><Choice value="maybe"/></Choices>',
            "other choi",
        ),
        (
            '<Choices name="choice" toName="text"><Choice value="accept"/><Choice value="no"/></Choices>',
            "come with the",
        ),
        ('<TextArea name="rating" toName="text"/>', "“rating” is TextArea and has to be Rating"),
    ],
)
def test_a_configuration_whose_answers_could_not_be_read_is_refused(served, title, control: str, why: str):
    config = f'<View><Text name="text" value="$text"/>{control}</View>'
    with pytest.raises(FeedbackError, match=why):
        LabelStudioChannel(served.client, title, config=config).post(plan())
    assert served.client.find_project(title) is None
    made = served.client.create_project(title, config)
    for name in (title, str(made.id)):
        with pytest.raises(FeedbackError, match=why):
            LabelStudioChannel(served.client, name)


def test_a_configuration_that_shows_what_no_task_has_is_refused_with_the_reason(channel):
    config = (
        """<View><Text name="text" value="$picture"/><Choices name="choice" toName="text" value="$choices"/></View>"""
    )
    asked = question("What the cell holds: SECRET-CELL")
    with pytest.raises(FeedbackError, match='"picture" key is expected in task data') as caught:
        channel(config=config).post(asked)
    assert "SECRET-CELL" not in str(caught.value)


@pytest.mark.parametrize("verdict", ["later", "accept, reject"])
def test_a_verdict_that_is_none_is_refused(served, channel, verdict: str):
    asked, here = plan(), channel()
    reference = here.post(asked)
    served.annotate(reference, choice=verdict)
    with pytest.raises(FeedbackError, match=f"has the verdict “{verdict}”"):
        here.replies(asked, reference)


def test_a_task_of_somebody_else_is_not_taken_for_ones_own(served, channel):
    asked, here = question(), channel()
    other = here.post(question())
    with pytest.raises(FeedbackError, match="asks something else"):
        here.replies(asked, other)
    with pytest.raises(FeedbackError, match="asks something else"):
        here.withdraw(asked, other)


def test_the_address_of_a_task_is_a_page_of_the_server(served, channel):
    here = channel()
    where = here.where(here.post(question()))
    assert where.startswith(f"{served.address}/projects/")


def test_a_personal_access_token_works_too(served, title):
    token = served.post("api/token/", None)["token"]
    client = LabelStudio(served.address, token)
    here = LabelStudioChannel(client, title)
    asked = question()
    reference = here.post(asked)
    assert here.replies(asked, reference) == ()


@pytest.mark.parametrize("token", ["0" * 40, "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoxfQ.c2lnbmF0dXJl"])
def test_a_wrong_token_is_said_and_not_shown(served, token: str):
    client = LabelStudio(served.address, token)
    with pytest.raises(FeedbackError, match="does not accept the token") as caught:
        client.find_project("Reviews")
    assert token not in str(caught.value) + caught.value.hint
    assert "LABEL_STUDIO_API_KEY" in caught.value.hint


def test_the_channel_is_opened_by_its_address(served, title, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_URL", f"{served.address}/")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", f" {served.token}\n")
    place = Place(client=None, spreadsheet_id="s", reviewers=2)  # type: ignore[arg-type]
    here = opened(f"label-studio://project/{title.replace(' ', '%20')}", place)
    reference = here.post(plan())
    project = reference.partition("/")[0]
    assert here.overlap == 2
    again = opened(f"label-studio://project/{project}", place)
    assert again.where(reference) == f"{served.address}/projects/{project}/data/?task={reference.rpartition('/')[2]}"

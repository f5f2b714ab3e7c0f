"""Calls of models on record in Label Studio: on the fake and, where the environment names one, on a real server."""

from urllib.parse import quote

import pytest
from label_studio_people import Served
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from sheets_agent.cli import main
from sheets_agent.errors import FeedbackError
from sheets_agent.feedback.export import preference, supervised
from sheets_agent.feedback.label_studio.client import LabelStudio
from sheets_agent.feedback.label_studio.handler import LabelStudioHandler, decisions
from sheets_agent.feedback.record_file import read_records

CALL = {"name": "read_cells", "args": {"range": "A1"}, "id": "c1"}
USED = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12, "input_token_details": {"cache_read": 4}}
TOLD = {"model_name": "gpt-test"}
CALLING = AIMessage("Looking", tool_calls=[CALL], usage_metadata=USED, response_metadata=TOLD)
ASKED = [SystemMessage("Be brief."), HumanMessage("<b>Which</b> cell?")]


def ask(handler: LabelStudioHandler, *answers: AIMessage, role: str = "planner") -> None:
    model = GenericFakeChatModel(messages=iter(answers))
    for _ in answers:
        model.invoke(ASKED, {"callbacks": [handler], "run_name": role})


def recorded(served: Served, project: int) -> list[dict]:
    return [task["data"] for task in served.tasks(project)]


def test_a_call_is_a_task_that_shows_the_conversation(served: Served, title: str):
    handler = LabelStudioHandler(title, server=served.client, run_id="r1")
    ask(handler, CALLING)
    (data,) = recorded(served, handler.project)
    assert data["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "<b>Which</b> cell?"},
    ]
    assert data["response"] == 'Looking\nread_cells({"range": "A1"})'
    assert data["tool_calls"] == [{"id": "c1", "name": "read_cells", "arguments": {"range": "A1"}}]
    assert (data["model"], data["role"], data["run_id"]) == ("gpt-test", "planner", "r1")
    assert data["usage"] == {"input": 9, "cached": 4, "output": 3}
    assert data["title"] == "planner · gpt-test"


def test_in_prompt_mode_it_shows_one_text(served: Served, title: str):
    handler = LabelStudioHandler(title, mode="prompt", server=served.client)
    ask(handler, AIMessage("B9"))
    (data,) = recorded(served, handler.project)
    assert data["prompt"] == "system:\nBe brief.\n\nuser:\n<b>Which</b> cell?"
    assert data["response"] == "B9"


def test_several_handlers_write_into_one_project(served: Served, title: str):
    first = LabelStudioHandler(title, server=served.client)
    ask(first, AIMessage("one"), AIMessage("two"))
    second = LabelStudioHandler(str(first.project), server=served.client)
    ask(second, AIMessage("three"))
    assert [data["response"] for data in recorded(served, first.project)] == ["one", "two", "three"]
    assert len({data["id"] for data in recorded(served, first.project)}) == 3


@pytest.mark.parametrize("mode", ["chat", "prompt"])
def test_what_annotators_decide_becomes_pairs_to_learn_from(served: Served, title: str, mode: str):
    handler = LabelStudioHandler(title, mode=mode, server=served.client)  # type: ignore[arg-type]
    ask(handler, AIMessage("B9"), AIMessage("C9"), AIMessage("D9"), AIMessage("E9"))
    accepted, edited, _, skipped = served.tasks(handler.project)
    served.annotate(accepted["id"], verdict="accept", rating=5, edited="B9\n")
    served.annotate(edited["id"], verdict="revise", rating=2, critique="Not that one", edited="C10")
    served.annotate(skipped["id"], skip=True)
    found = list(decisions(served.client, handler.project))
    assert [(one.response, one.verdict, one.rating, one.edited) for one in found] == [
        ("B9", "accept", 5, ""),
        ("C9", "revise", 2, "C10"),
    ]
    assert [(one.kind, one.by, one.role, one.channel) for one in found] == [
        ("decision", "person", "planner", "Label Studio")
    ] * 2
    assert found[1].critique == "Not that one"
    assert "@" in found[0].who
    assert [row["messages"][-1]["content"] for row in supervised(found)] == ["B9", "C10"]
    (pair,) = preference(found)
    assert (pair["chosen"][0]["content"], pair["rejected"][0]["content"]) == ("C10", "C9")


def test_who_changes_a_response_does_not_accept_it_as_it_is_and_who_says_nothing_decides_nothing(served, title):
    handler = LabelStudioHandler(title, server=served.client)
    ask(handler, AIMessage("B9"), AIMessage("C9"), AIMessage("D9"))
    changed, rated, silent = served.tasks(handler.project)
    served.annotate(changed["id"], verdict="accept", edited="B10")
    served.annotate(rated["id"], rating=5)
    served.annotate(silent["id"])
    found = [(one.response, one.verdict, one.edited) for one in decisions(served.client, handler.project)]
    assert found == [("B9", "revise", "B10"), ("C9", "accept", "")]


def test_the_command_line_adds_what_is_new_to_a_file(served: Served, title: str, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LABEL_STUDIO_URL", served.address)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", served.token)
    handler = LabelStudioHandler(title)
    ask(handler, AIMessage("B9"), AIMessage("C9"))
    first, second = served.tasks(handler.project)
    records = tmp_path / "records.jsonl"
    served.annotate(first["id"], verdict="accept")
    collect = ["feedback", "collect", f"label-studio://project/{quote(title)}", str(records)]
    assert main(collect) == 0
    served.annotate(second["id"], verdict="reject")
    assert main(collect) == 0
    told = capsys.readouterr().out
    assert "1 of 1 judgements are new" in told
    assert "1 of 2 judgements are new" in told
    assert [(one.response, one.verdict) for one in read_records(records)] == [("B9", "accept"), ("C9", "reject")]


def test_collecting_from_a_project_that_is_not_there_makes_none(served: Served, title: str, tmp_path, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_URL", served.address)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", served.token)
    records = tmp_path / "records.jsonl"
    assert main(["feedback", "collect", f"label-studio://project/{quote(title)}", str(records)]) == 2
    assert main(["feedback", "collect", "pigeons://project/12", str(records)]) == 2
    assert served.client.find_project(title) is None
    assert not records.exists()


def test_many_annotated_calls_are_read_page_by_page(served: Served, title: str, monkeypatch):
    monkeypatch.setattr("sheets_agent.feedback.label_studio.client._PER_PAGE", 2)
    handler = LabelStudioHandler(title, server=served.client)
    ask(handler, *(AIMessage(str(number)) for number in range(5)))
    for task in served.tasks(handler.project)[:4]:
        served.annotate(task["id"], verdict="accept")
        served.annotate(task["id"], served.person(), verdict="reject")
    found = list(decisions(served.client, handler.project))
    assert sorted((one.response, str(one.verdict)) for one in found) == [
        (str(number), verdict) for number in range(4) for verdict in ("accept", "reject")
    ]
    assert len({one.id for one in found}) == 8


def test_a_server_that_is_away_fails_no_call_and_gets_the_records_later(served: Served, title: str, caplog):
    handler = LabelStudioHandler(title, server=served.client)
    project = handler.project
    handler.server = LabelStudio("http://127.0.0.1:9", served.token, timeout=5)
    ask(handler, AIMessage("one"), AIMessage("two"))
    assert "cannot be reached" in caplog.text
    with pytest.raises(FeedbackError, match="cannot be reached"):
        handler.flush()
    handler.server = served.client
    ask(handler, AIMessage("three"))
    handler.flush()
    assert sorted(data["response"] for data in recorded(served, project)) == ["one", "three", "two"]


def test_what_is_held_is_sent_a_few_at_a_time_and_what_is_refused_keeps_back_no_other(served: Served, title: str):
    class Refusing(LabelStudio):
        def import_tasks(self, project, tasks):
            if tasks[0]["response"] == "0":
                raise FeedbackError("Label Studio refuses this.")
            super().import_tasks(project, tasks)

    handler = LabelStudioHandler(title, server=served.client)
    project = handler.project
    handler.server = LabelStudio("http://127.0.0.1:9", served.token, timeout=5)
    ask(handler, *(AIMessage(str(number)) for number in range(7)))
    handler.server = Refusing(served.address, served.token)
    ask(handler, AIMessage("7"))
    assert [data["response"] for data in recorded(served, project)] == ["7"]
    ask(handler, AIMessage("8"))
    assert [data["response"] for data in recorded(served, project)] == ["7", "8", "1", "2", "3", "4", "5"]
    for _ in range(2):
        with pytest.raises(FeedbackError, match="refuses"):
            handler.flush()
    assert "6" in [data["response"] for data in recorded(served, project)]


def test_a_record_that_had_arrived_although_no_answer_came_is_not_sent_twice(served: Served, title: str):
    class AnswerLost(LabelStudio):
        def import_tasks(self, project, tasks):
            super().import_tasks(project, tasks)
            raise FeedbackError("Label Studio does not answer in time.")

    handler = LabelStudioHandler(title, server=served.client)
    handler.server = AnswerLost(served.address, served.token)
    ask(handler, AIMessage("one"))
    handler.server = served.client
    handler.flush()
    assert [data["response"] for data in recorded(served, handler.project)] == ["one"]


def test_questions_to_people_are_no_records(served: Served, title: str):
    handler = LabelStudioHandler(title, server=served.client)
    served.client.import_tasks(handler.project, [{"id": "q", "title": "t", "messages": [], "response": "r"}])
    served.annotate(served.tasks(handler.project)[0]["id"], verdict="accept")
    assert list(decisions(served.client, handler.project)) == []


def test_a_task_whose_record_somebody_has_changed_is_refused(served: Served, title: str):
    handler = LabelStudioHandler(title, server=served.client)
    data = {"id": "q", "title": "t", "messages": [], "response": "r", "record": {"id": 7}}
    served.client.import_tasks(handler.project, [data])
    served.annotate(served.tasks(handler.project)[0]["id"], verdict="accept")
    with pytest.raises(FeedbackError, match="holds no record of a call"):
        list(decisions(served.client, handler.project))

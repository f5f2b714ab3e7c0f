"""TagMe against a module in place of its SDK: the calls it makes, their order and arguments, and what it reads."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pandas as pd
import pytest
from tagme_sdk import Service, TaskDataRequest, TaskType, installed

from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.feedback.channel import Asked, Reply
from sheets_agent.feedback.channels import Place, opened
from sheets_agent.feedback.tagme import TagMe
from sheets_agent.redaction import redacted


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return installed(monkeypatch)


QUESTION = Asked(
    id="r1.clarify.1", kind="question", task="Chart it", text="Which year?", options=("2023", "2024"), cell="'S'!B7"
)
PLAN = Asked(id="r1.plan.1", kind="plan", task="Chart it", text="1. Add a sheet", details="Adds “Report”")
PREPARED = ["get_projects_by_name", "create_project", "update_method", "get_self_person", "create_pool",
            "add_users_to_project"]  # fmt: skip
STARTED = ["get_project_tasks", "create_task", "upload_json_data", "start_task"]


def answers(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({f"OUTPUT:{name}": values for name, values in columns.items()})


def test_the_first_task_makes_project_forms_and_pool_and_starts_in_that_order(service: Service) -> None:
    reference = TagMe("Agent", overlap=3).post(PLAN)
    assert service.calls == PREPARED + STARTED
    (project,) = service.projects
    assert project.name == "Agent (reviews)"
    assert service.pools == {"pool0": ["me"]}
    request = service.requests["task0"]
    assert request == TaskDataRequest(
        project_id="project0", organization_id="org", name="r1.plan.1", overlap=3, type=TaskType.PROD,
        description="Chart it",
    )  # fmt: skip
    assert service.started == ["task0"]
    assert reference.split()[0] == "task0"
    assert TagMe("Agent").where(reference) == "https://tagme.test/company/org/project/project0/task/task0"
    assert service.open == 0


def test_every_field_of_a_form_is_in_the_data_and_in_the_example(service: Service) -> None:
    tagme = TagMe("Agent")
    tagme.post(PLAN)
    tagme.post(QUESTION)
    for method, task in (("method0", "task0"), ("method1", "task1")):
        forms = service.methods[method].forms
        (item,) = service.data[task]
        assert set(item) == {"task"}
        fields = {part.partition("}}")[0] for part in forms.html.split("{{")[1:]}
        assert fields == set(item["task"]) == set(forms.example)
        assert service.methods[method].marker_brief
        assert forms.config["type"] == "generation"
        assert set(forms.specification) == {"output_schema", "input_schema"}
    assert service.data["task1"][0]["task"]["options"] == "1. 2023\n2. 2024"
    assert "'S'!B7" in service.data["task1"][0]["task"]["details"]


def test_the_next_task_finds_the_project_also_from_another_process(service: Service) -> None:
    tagme = TagMe("Agent")
    tagme.post(PLAN)
    service.calls.clear()
    tagme.post(PLAN.model_copy(update={"id": "r1.plan.2"}))
    assert service.calls == STARTED
    service.calls.clear()
    TagMe("Agent").post(PLAN.model_copy(update={"id": "r2.plan.1"}))
    assert service.calls == ["get_projects_by_name", "update_method", *STARTED]
    assert len(service.projects) == 1


def test_what_was_posted_is_not_posted_twice(service: Service) -> None:
    first = TagMe("Agent").post(PLAN)
    assert TagMe("Agent").post(PLAN) == first
    assert list(service.requests) == ["task0"]


@pytest.mark.parametrize("broken", [*PREPARED, *STARTED])
def test_a_post_that_broke_off_anywhere_is_made_whole_by_the_next(service: Service, broken: str) -> None:
    service.fail[broken] = ConnectionError("the connection broke")
    with pytest.raises(FeedbackError, match="the connection broke"):
        TagMe("Agent").post(PLAN)
    TagMe("Agent").post(PLAN)
    assert (len(service.projects), list(service.requests), service.started) == (1, ["task0"], ["task0"])
    assert service.open == 0


def test_who_marks_can_be_given(service: Service) -> None:
    TagMe("Agent", users=("u1", "u2")).post(PLAN)
    assert service.pools == {"pool0": ["u1", "u2"]}
    assert "get_self_person" not in service.calls
    TagMe("Other", pool="theirs").post(PLAN)
    assert service.projects[1].pools == ["theirs"]
    assert len(service.pools) == 1


def test_nobody_has_answered_yet(service: Service) -> None:
    tagme = TagMe("Agent")
    reference = tagme.post(PLAN)
    assert tagme.replies(PLAN, reference) == ()
    service.frames["task0"] = pd.DataFrame()
    assert tagme.replies(PLAN, reference) == ()


def test_reviews_are_read_from_the_frame(service: Service) -> None:
    tagme = TagMe("Agent", overlap=2)
    reference = tagme.post(PLAN)
    frame = answers(
        verdict=["accept", "revise"], critique=[None, "Not there "], rating=["5", None], edited=[float("nan"), "1. B"]
    )
    service.frames["task0"] = frame.assign(marker_id=["ann", "bob"])
    assert tagme.replies(PLAN, reference) == (
        Reply(who="ann", verdict="accept", rating=5),
        Reply(who="bob", verdict="revise", critique="Not there", edited="1. B"),
    )
    service.frames["task0"] = answers(verdict=["reject", "accept"], rating=[1.0, None])
    first, second = tagme.replies(PLAN, reference)
    assert (first.who, first.rating, second.who, second.rating) == ("marker 1", 1, "marker 2", None)


@pytest.mark.parametrize(
    ("written", "answer"), [("2024", "2024"), ("2", "2024"), ("1.", "2023"), ("7", "7"), ("-", ""), ("both", "both")]
)
def test_an_option_may_be_answered_by_its_number(service: Service, written: str, answer: str) -> None:
    tagme = TagMe("Agent")
    reference = tagme.post(QUESTION)
    service.frames["task0"] = answers(answer=[written])
    assert [reply.answer for reply in tagme.replies(QUESTION, reference)] == [answer]


def test_a_marker_who_answers_twice_is_one_person_and_the_last_word_counts(service: Service) -> None:
    tagme = TagMe("Agent", overlap=2)
    reference = tagme.post(PLAN)
    service.frames["task0"] = answers(verdict=["accept", "reject"]).assign(marker_id=["ann", "ann"])
    assert tagme.replies(PLAN, reference) == (Reply(who="ann", verdict="reject"),)


def test_a_review_without_a_verdict_is_refused(service: Service) -> None:
    tagme = TagMe("Agent")
    reference = tagme.post(PLAN)
    service.frames["task0"] = answers(verdict=[None], critique=["?"])
    with pytest.raises(FeedbackError, match="for a verdict"):
        tagme.replies(PLAN, reference)


def test_nobody_waits_any_more(service: Service) -> None:
    tagme = TagMe("Agent")
    tagme.withdraw(PLAN, tagme.post(PLAN))
    assert service.stopped == ["task0"]


def test_it_works_where_a_loop_runs_already(service: Service) -> None:
    async def notebook() -> str:
        return TagMe("Agent").post(PLAN)

    assert asyncio.run(notebook()).startswith("task0 ")


def test_an_operation_that_never_ends_is_given_up(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheets_agent.feedback.tagme.LONGEST", 0.01)

    async def hang(self: Any, task_id: str) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(sys.modules["crowd_sdk.tagme"].TagmeClientAdvanced, "stop_task", hang)
    with pytest.raises(FeedbackError, match="no answer in"):
        TagMe("Agent").withdraw(PLAN, "task0 x")
    assert service.open == 0


def test_an_sdk_that_wants_to_end_the_process_does_not(service: Service) -> None:
    service.fail["get_projects_by_name"] = SystemExit("wrong password")  # type: ignore[assignment]
    with pytest.raises(FeedbackError, match="wrong password"):
        TagMe("Agent").post(PLAN)


def test_what_the_sdk_says_goes_on_without_the_password_of_its_configuration(service: Service, tmp_path: Any) -> None:
    config = tmp_path / "crowd.cfg"
    config.write_text("tagme:\n  stand: cloud_prom\n  user: ann\n  password: 'hunter2hunter2'\n")
    made = opened(f"tagme://Agent?config={config}", Place(client=None, spreadsheet_id="s"))  # type: ignore[arg-type]
    service.fail["get_projects_by_name"] = PermissionError("no entry for ann with hunter2hunter2")
    with pytest.raises(FeedbackError) as failed:
        made.post(PLAN)
    assert "hunter2" not in str(failed.value)
    assert "hunter2" not in str(failed.value.__cause__)
    assert redacted("hunter2hunter2") == "[secret]"
    assert service.configs == [(str(config),)]


@pytest.mark.parametrize(
    "url", ["tagme://", "tagme://A?colour=red", "tagme://A?config=", "tagme://A?pool=p&users=u", "tagme://A?config=no"]
)
def test_an_address_that_is_wrong_is_said(service: Service, url: str) -> None:
    with pytest.raises(UsageError):
        opened(url, Place(client=None, spreadsheet_id="s"))  # type: ignore[arg-type]


def test_an_address_names_project_reviewers_and_markers(service: Service) -> None:
    made = opened("tagme://My%20agent?users=u1,u2", Place(client=None, spreadsheet_id="s", reviewers=2))  # type: ignore[arg-type]
    made.post(PLAN)
    assert (made.name, made.overlap, service.projects[0].name) == ("TagMe", 2, "My agent (reviews)")
    assert service.requests["task0"].overlap == 2
    assert service.configs == [()]


def test_without_the_sdk_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crowd_sdk", None)
    with pytest.raises(UsageError, match="crowd_sdk, is not installed") as failed:
        opened("tagme://Agent", Place(client=None, spreadsheet_id="s"))  # type: ignore[arg-type]
    assert "installation" in failed.value.hint

"""Both providers' real clients: structured answers, tool loops, repair, and what the provider can throw at us."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langgraph.graph import START, StateGraph
from protocol_replies import Reply, Request, Usage
from protocol_server import ProtocolServer

from sheets_agent.chat import Chat, Chats
from sheets_agent.errors import ActionError, ModelUnreachable, NoModel, UnusableAnswer
from sheets_agent.events import Event, Waiting

SCHEMA = {
    "title": "make_plan",
    "description": "Give the plan for the task.",
    "type": "object",
    "properties": {
        "thoughts": {"type": "string", "description": "What you thought before planning."},
        "steps": {
            "type": "array",
            "description": "The steps in order.",
            "items": {
                "type": "object",
                "properties": {
                    "action": {"type": "string", "enum": ["sort", "filter"], "description": "What to do."},
                    "values": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
                },
                "required": ["action"],
            },
        },
    },
    "required": ["steps"],
}
PLAN = {"thoughts": "Сначала сортировка", "steps": [{"action": "sort", "values": [["a", "б"]]}]}
TOOL = {
    "name": "write_cell",
    "description": "Write one value into one cell, for example 5 into Orders!B2.",
    "parameters": {
        "type": "object",
        "properties": {"target": {"type": "string", "description": "The cell, for example Orders!B2."}},
        "required": ["target"],
    },
}
REQUEST = [SystemMessage("You plan."), HumanMessage("Sort it.")]


def read_plan(body: dict[str, Any]) -> list[str]:
    kinds = [step["action"] for step in body["steps"]]
    unknown = [kind for kind in kinds if kind not in ("sort", "filter")]
    if unknown:
        raise ActionError(f"Step 1: there is no action {unknown[0]}; the actions are sort and filter.")
    return kinds


@dataclass
class Partner:
    """A scripted server and the chats that talk to it."""

    server: ProtocolServer
    chats: Chats
    waits: list[float]
    events: list[Event] = field(default_factory=list)

    @property
    def planner(self) -> Chat:
        return self.chats.role("planner")

    def plan(self) -> list[str]:
        return self.planner.structured(REQUEST, SCHEMA, read_plan)


@pytest.fixture(params=["gigachat", "openai"])
def partner(request: pytest.FixtureRequest) -> Iterator[Partner]:
    server = request.getfixturevalue(f"{request.param}_server")
    spec = {"gigachat": "gigachat:GigaChat-2-Max", "openai": "openai:gpt-test"}[request.param]
    waits: list[float] = []
    events: list[Event] = []
    with Chats(spec, listener=events.append, sleep=waits.append) as chats:
        yield Partner(server, chats, waits, events)
    assert server.refusals == [], "a request was outside what the service accepts"


@pytest.fixture
def gigachat(gigachat_server: ProtocolServer) -> Iterator[Partner]:
    with Chats("gigachat", sleep=lambda _: None) as chats:
        yield Partner(gigachat_server, chats, [])


@pytest.fixture
def openai(openai_server: ProtocolServer) -> Iterator[Partner]:
    with Chats("openai:gpt-test", sleep=lambda _: None) as chats:
        yield Partner(openai_server, chats, [])


# ------------------------------------------------------------------------------------------------ structured answers


def test_a_structured_answer_is_read_and_validated(partner: Partner) -> None:
    partner.server.script(Reply(json=PLAN))
    assert partner.plan() == ["sort"]
    assert len(partner.server.chats) == 1


def test_gigachat_is_asked_through_one_forced_function(gigachat: Partner) -> None:
    gigachat.server.script(Reply(json=PLAN))
    gigachat.plan()
    body = gigachat.server.chats[0].body
    assert body["function_call"] == {"name": "make_plan"}
    (function,) = body["functions"]
    assert function["parameters"]["properties"]["steps"] == SCHEMA["properties"]["steps"]  # type: ignore[index]


def test_openai_is_asked_through_a_json_schema(openai: Partner) -> None:
    openai.server.script(Reply(json=PLAN))
    openai.plan()
    form = openai.server.chats[0].body["response_format"]
    assert form["json_schema"]["name"] == "make_plan"
    assert form["json_schema"]["strict"] is False
    assert "title" not in form["json_schema"]["schema"]


def test_a_server_without_json_schema_is_asked_through_a_tool_then_in_words(openai: Partner) -> None:
    openai.server._protocol.without = {"response_format"}
    openai.server.script(Reply(json=PLAN), Reply(json=PLAN))
    assert openai.plan() == ["sort"]
    assert openai.plan() == ["sort"]
    assert [sorted({"response_format", "tools"} & set(chat.body)) for chat in openai.server.chats] == [
        ["response_format"],
        ["tools"],
        ["tools"],  # what was refused once is not tried again
    ]
    openai.server._protocol.without = {"response_format", "tools"}
    openai.server.script(Reply(json=PLAN))
    assert openai.plan() == ["sort"]
    assert "Its JSON schema" in openai.server.chats[-1].text


def test_prose_is_asked_again_by_the_next_method_until_it_is_json(partner: Partner) -> None:
    partner.server.script(
        Reply(text="Конечно! Я бы отсортировал."),
        Reply(text="Sure."),
        Reply(text='Here it is:\n```json\n{"steps": [{"action": "filter"},]}\n```\nGood luck!', match="prose"),
    )
    assert partner.plan() == ["filter"]
    last = partner.server.chats[-1]
    assert "Its JSON schema" in last.text
    assert "function_call" not in last.body
    assert "response_format" not in last.body


def test_an_unknown_enum_value_goes_back_with_what_is_wrong(partner: Partner) -> None:
    wrong = {"steps": [{"action": "explode"}]}
    partner.server.script(Reply(json=wrong), Reply(json=PLAN, match="there is no action explode"))
    assert partner.plan() == ["sort"]
    said = partner.server.chats[1].body["messages"][-2]
    assert said["role"] == "assistant"
    assert "explode" in said["content"]


def test_a_missing_key_goes_back(partner: Partner) -> None:
    partner.server.script(Reply(json={"thoughts": "hm"}), Reply(json=PLAN, match="keys are missing: steps"))
    assert partner.plan() == ["sort"]


def test_a_cut_off_answer_is_never_taken_even_when_it_parses(partner: Partner) -> None:
    partner.server.script(Reply(json=PLAN, finish_reason="length"), Reply(json=PLAN, match="more briefly"))
    assert partner.plan() == ["sort"]
    assert len(partner.server.chats) == 2


def test_broken_json_is_asked_again(partner: Partner) -> None:
    partner.server.script(Reply(raw_arguments='{"steps": [{"action": "so'), Reply(json=PLAN))
    assert partner.plan() == ["sort"]


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(text="Извините, не могу."), "answered with prose where JSON was asked for 3 times"),
        (Reply(raw_arguments='{"steps": [{'), "answered with broken JSON 3 times"),
        (Reply(json=PLAN, finish_reason="length"), "was cut off in the middle of its answer 3 times"),
        (Reply(text=""), "answered with nothing 3 times"),
        (Reply(json={"steps": [{"action": "explode"}]}), "does not fit 3 times: Step 1: there is no action explode"),
    ],
)
def test_after_three_unusable_answers_the_person_learns_what_the_model_did(
    partner: Partner, reply: Reply, sentence: str
) -> None:
    partner.server.script(reply, reply, reply)
    with pytest.raises(UnusableAnswer, match=sentence) as caught:
        partner.plan()
    assert "--model planner=" in caught.value.hint
    assert partner.server.left == 0


@pytest.mark.parametrize("reason", ["blacklist", "content_filter"])
def test_a_refusal_is_not_asked_again(partner: Partner, reason: str) -> None:
    partner.server.script(Reply(text="Не люблю менять тему разговора", finish_reason=reason))
    with pytest.raises(UnusableAnswer, match="refused to answer"):
        partner.plan()


def test_a_call_of_another_function_is_not_the_answer(gigachat: Partner) -> None:
    gigachat.server.script(
        Reply(calls=[("text2image", {"query": "кот"})]), Reply(json=PLAN, match="no function text2image")
    )
    assert gigachat.plan() == ["sort"]


def test_a_call_without_arguments_is_broken(gigachat: Partner) -> None:
    gigachat.server.script(Reply(calls=[("make_plan", None)]), Reply(json=PLAN, match="broken JSON"))
    assert gigachat.plan() == ["sort"]


def test_a_proxys_page_in_place_of_json_is_no_crash(partner: Partner) -> None:
    partner.server.answer_with(lambda _: Reply(page="<html>Sign in to the network</html>"))
    with pytest.raises(ModelUnreachable, match="does not speak its protocol"):
        partner.plan()
    with pytest.raises(ModelUnreachable, match="does not speak its protocol"):
        partner.planner.text(REQUEST)


# ------------------------------------------------------------------------------------------------------- tool loops


def test_a_tool_loop_with_several_calls_in_the_first_message(partner: Partner) -> None:
    calls = [{"name": "write_cell", "args": {"target": f"A{n}"}, "id": f"c{n}", "type": "tool_call"} for n in (1, 2)]
    history = [*REQUEST, AIMessage("", tool_calls=calls), ToolMessage("done", tool_call_id="c1")]
    history.append(ToolMessage('{"ok": true}', tool_call_id="c2"))
    partner.server.script(Reply(calls=[("write_cell", {"target": "B1"})]), Reply(text="Готово."))
    chat = partner.chats.role("executor")
    answer = chat.with_tools(history, [TOOL])
    assert [(call["name"], call["args"]) for call in answer.tool_calls] == [("write_cell", {"target": "B1"})]
    history += [answer, ToolMessage("3", tool_call_id=answer.tool_calls[0]["id"], name="write_cell")]
    assert str(chat.with_tools(history, [TOOL]).text) == "Готово."


def test_gigachat_gets_one_call_per_message_and_json_objects(gigachat: Partner) -> None:
    calls = [{"name": "write_cell", "args": {"target": f"A{n}"}, "id": f"c{n}", "type": "tool_call"} for n in (1, 2)]
    results = [ToolMessage("готово", tool_call_id="c1"), ToolMessage("[1]", tool_call_id="c2")]
    gigachat.server.script(Reply(text="Готово."))
    gigachat.planner.with_tools([*REQUEST, AIMessage("Пишу.", tool_calls=calls), *results], [TOOL])
    body = gigachat.server.chats[0].body
    assert body["function_call"] == "auto"
    assert [(m["role"], m["content"]) for m in body["messages"][2:]] == [
        ("assistant", "Пишу."),
        ("function", '{"result": "готово"}'),
        ("assistant", ""),
        ("function", '{"result": [1]}'),
    ]


def test_openai_may_call_several_tools_at_once(openai: Partner) -> None:
    openai.server.script(Reply(calls=[("write_cell", {"target": "A1"}), ("write_cell", {"target": "A2"})]))
    answer = openai.planner.with_tools(REQUEST, [TOOL])
    assert [call["args"]["target"] for call in answer.tool_calls] == ["A1", "A2"]


def test_a_tool_can_be_forced(partner: Partner) -> None:
    partner.server.script(Reply(json={"target": "C3"}))
    answer = partner.planner.with_tools(REQUEST, [TOOL], "write_cell")
    assert answer.tool_calls[0]["args"] == {"target": "C3"}


def test_broken_arguments_of_a_tool_call_are_asked_again(openai: Partner) -> None:
    openai.server.script(
        Reply(raw_arguments='{"target": "C'), Reply(json={"target": "C3"}, match="arguments of your call of write_cell")
    )
    answer = openai.planner.with_tools(REQUEST, [TOOL], "write_cell")
    assert answer.tool_calls[0]["args"] == {"target": "C3"}


def test_an_empty_message_in_a_tool_loop_is_asked_again(partner: Partner) -> None:
    partner.server.script(Reply(text=""), Reply(text="Done.", match="Call a tool"))
    assert str(partner.planner.with_tools(REQUEST, [TOOL]).text) == "Done."


def test_text(partner: Partner) -> None:
    partner.server.script(Reply(text="<think>hm</think> Привет."))
    assert partner.planner.text(REQUEST) == "Привет."


# --------------------------------------------------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("status", "kind", "sentence"),
    [
        (401, NoModel, "did not accept the credentials"),
        (402, ModelUnreachable, "balance"),
        (403, NoModel, "may not use"),
        (404, NoModel, "does not know"),
        (413, ModelUnreachable, "too long"),
    ],
)
def test_what_trying_again_cannot_mend_is_tried_once(
    partner: Partner, status: int, kind: type[Exception], sentence: str
) -> None:
    partner.server.answer_with(lambda _: Reply(error=status))
    with pytest.raises(kind, match=sentence):
        partner.plan()
    assert partner.waits == []
    assert len(partner.server.chats) <= 2  # GigaChat's client signs in again after a 401


def test_429_waits_as_long_as_it_is_told_and_says_so(partner: Partner) -> None:
    partner.server.script(Reply(error=429, headers={"Retry-After": "7"}), Reply(json=PLAN))
    assert partner.plan() == ["sort"]
    assert partner.waits == [7.0]
    (event,) = partner.events
    assert isinstance(event, Waiting)
    assert event.seconds == 7.0
    assert "no more requests" in event.why


def test_429_with_a_wait_nobody_would_sit_through_ends_at_once(partner: Partner) -> None:
    partner.server.script(Reply(error=429, headers={"Retry-After": "3600"}))
    with pytest.raises(ModelUnreachable, match="no more requests"):
        partner.plan()
    assert partner.waits == []


@pytest.mark.parametrize("failure", [Reply(error=500), Reply(error=503), Reply(drop=True)])
def test_a_failing_server_is_tried_again_within_bounds(partner: Partner, failure: Reply) -> None:
    partner.server.script(failure, Reply(json=PLAN))
    assert partner.plan() == ["sort"]
    partner.waits.clear()
    partner.server.answer_with(lambda _: failure)
    with pytest.raises(ModelUnreachable):
        partner.plan()
    assert partner.waits == [1.0, 2.0, 4.0]


def test_a_request_every_form_of_which_is_refused_ends_with_the_providers_words(partner: Partner) -> None:
    body = {"status": 422, "message": "no such parameter", "error": {"message": "no such parameter"}}
    partner.server.answer_with(lambda _: Reply(error=422, body=body))
    with pytest.raises(ModelUnreachable, match=r"refused the request.*no such parameter"):
        partner.plan()
    assert len(partner.server.chats) == 3  # one for each method


def test_no_answer_in_time(partner: Partner) -> None:
    chats = Chats(partner.planner.name, timeout=0.2, sleep=lambda _: None)
    partner.server.answer_with(lambda _: Reply(hang=5.0))
    with chats, pytest.raises(ModelUnreachable, match="did not answer in time"):
        chats.role("planner").text(REQUEST)
    assert len(partner.server.chats) == 2  # one more attempt, not four times the time-out


def test_nobody_listens(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    partner.server.script()
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("GIGACHAT_BASE_URL", "http://127.0.0.1:9/api/v1")
    with (
        Chats(partner.planner.name, sleep=lambda _: None) as chats,
        pytest.raises(ModelUnreachable, match="no connection"),
    ):
        chats.role("planner").text(REQUEST)


def test_gigachat_with_a_wrong_key(gigachat: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGACHAT_CREDENTIALS", "d3Jvbmc6a2V5")
    with Chats("gigachat") as chats, pytest.raises(NoModel, match=r"did not accept the credentials.*match db data"):
        chats.role("planner").text(REQUEST)


def test_gigachats_expired_token_is_renewed(gigachat: Partner) -> None:
    gigachat.server.script(Reply(text="one"), Reply(text="two"))
    assert gigachat.planner.text(REQUEST) == "one"
    gigachat.server._protocol._tokens.clear()
    assert gigachat.planner.text(REQUEST) == "two"


def test_all_of_it_while_a_graph_streams_its_messages(partner: Partner) -> None:
    """LangGraph then switches the clients to streaming, where they can."""
    got: list[object] = []

    def node(_: dict[str, Any]) -> dict[str, Any]:
        got.append(partner.plan())
        got.append(partner.planner.with_tools(REQUEST, [TOOL]).tool_calls[0]["args"])
        got.append(partner.planner.text(REQUEST))
        return {}

    graph = StateGraph(dict)
    graph.add_node("node", node)  # type: ignore[type-var]
    graph.add_edge(START, "node")
    cut = Reply(json=PLAN, finish_reason="length")
    call = Reply(calls=[("write_cell", {"target": "A1"})])
    partner.server.script(cut, Reply(json=PLAN), call, Reply(text="Привет, мир"))
    list(graph.compile().stream({}, stream_mode="messages"))
    assert got == [["sort"], {"target": "A1"}, "Привет, мир"]
    planner = partner.chats.usage()["planner"]
    assert (planner.calls, planner.input_tokens) == (4, 400)


# -------------------------------------------------------------------------------------------------- usage, sessions


def test_usage_is_counted_per_role_with_cached_tokens_and_money(partner: Partner) -> None:
    name = partner.planner.name
    with Chats(name, prices={name: (2.0, 0.5, 10.0)}) as chats:
        partner.server.script(Reply(text="a", usage=Usage(1000, 200, 400)), Reply(text="b", usage=Usage(10, 5)))
        chats.role("planner").text(REQUEST)
        chats.role("voter").text(REQUEST)
        usage = chats.usage()
    planner = usage["planner"]
    assert (planner.calls, planner.input_tokens, planner.cached_tokens, planner.output_tokens) == (1, 1000, 400, 200)
    assert planner.cost == pytest.approx((600 * 2.0 + 400 * 0.5 + 200 * 10.0) / 1e6)
    assert usage["voter"].output_tokens == 5


def test_re_asks_and_cut_off_answers_are_counted_too(partner: Partner) -> None:
    cut = Reply(json=PLAN, finish_reason="length", usage=Usage(50, 30))
    partner.server.script(cut, Reply(json=PLAN, usage=Usage(60, 10)))
    partner.plan()
    planner = partner.chats.usage()["planner"]
    assert (planner.calls, planner.input_tokens, planner.output_tokens) == (2, 110, 40)


def test_gigachat_is_given_one_session_for_the_whole_run(gigachat: Partner) -> None:
    gigachat.server.script(Reply(text="a"), Reply(text="b"))
    gigachat.chats.role("planner").text(REQUEST)
    gigachat.chats.role("executor").text(REQUEST)
    sessions = {chat.headers.get("X-Session-ID") for chat in gigachat.server.chats}
    assert len(sessions) == 1
    assert sessions != {None}


def test_plans_drawn_in_parallel_share_one_chat(openai: Partner) -> None:
    together = threading.Barrier(4, timeout=10)

    def answer(_: Request) -> Reply:
        together.wait()
        return Reply(json=PLAN, usage=Usage(10, 1))

    openai.server.answer_with(answer)
    with ThreadPoolExecutor(4) as pool:
        plans = [pool.submit(openai.plan) for _ in range(4)]
    assert [plan.result() for plan in plans] == [["sort"]] * 4
    assert openai.chats.usage()["planner"].input_tokens == 40


@pytest.mark.parametrize(("scope", "most"), [("GIGACHAT_API_PERS", 1), ("GIGACHAT_API_B2B", 4)])
def test_gigachat_is_called_as_often_at_once_as_the_account_may(
    gigachat: Partner, monkeypatch: pytest.MonkeyPatch, scope: str, most: int
) -> None:
    monkeypatch.setenv("GIGACHAT_SCOPE", scope)
    lock, now, seen = threading.Lock(), [0], [0]
    together = threading.Barrier(most, timeout=10)

    def answer(_: Request) -> Reply:
        with lock:
            now[0] += 1
            seen[0] = max(seen[0], now[0])
        together.wait()
        with lock:
            now[0] -= 1
        return Reply(json=PLAN)

    gigachat.server.answer_with(answer)
    with ThreadPoolExecutor(4) as pool:
        plans = [pool.submit(gigachat.plan) for _ in range(4)]
    assert [plan.result() for plan in plans] == [["sort"]] * 4
    assert seen == [most]


def test_a_method_is_given_up_only_for_one_that_works(openai: Partner) -> None:
    openai.server.answer_with(lambda _: Reply(error=400, body={"error": {"message": "too hot", "code": None}}))
    with pytest.raises(ModelUnreachable, match="too hot"):
        openai.plan()
    openai.server.script(Reply(json=PLAN))
    assert openai.plan() == ["sort"]
    assert "response_format" in openai.server.chats[-1].body


def test_turns_alternate_also_when_an_empty_answer_is_asked_again(partner: Partner) -> None:
    partner.server.script(Reply(text=""), Reply(text=""), Reply(json=PLAN))
    assert partner.plan() == ["sort"]
    roles = [message["role"] for message in partner.server.chats[-1].body["messages"]]
    assert roles == ["system", "user"]

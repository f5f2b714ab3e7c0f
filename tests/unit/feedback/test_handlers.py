import asyncio
import logging

import pytest
from langchain_core.language_models import FakeListLLM, GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from sheets_agent.feedback.handlers import FeedbackHandler, JsonlHandler
from sheets_agent.feedback.record_file import read_records

CALL = {"name": "read_cells", "args": {"range": "A1"}, "id": "c1"}
USED = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12, "input_token_details": {"cache_read": 4}}
ANSWER = AIMessage("Done", tool_calls=[CALL], usage_metadata=USED, response_metadata={"model_name": "gpt-test"})


def chat_model(handler, *answers):
    return GenericFakeChatModel(messages=iter(answers), callbacks=[handler])


def test_every_answered_call_of_any_chat_model_is_a_record(tmp_path):
    handler = JsonlHandler(tmp_path / "r.jsonl", run_id="r1")
    model = chat_model(handler, ANSWER, AIMessage("Second"))
    model.invoke([SystemMessage("Be brief."), HumanMessage("Go")], {"run_name": "planner"})
    model.invoke("Again")
    first, second = read_records(tmp_path / "r.jsonl")
    assert [(said.role, said.content) for said in first.messages] == [("system", "Be brief."), ("user", "Go")]
    assert (first.response, first.role, first.run_id, first.model) == ("Done", "planner", "r1", "gpt-test")
    assert first.tool_calls[0].arguments == {"range": "A1"}
    assert first.usage is not None
    assert (first.usage.input, first.usage.cached, first.usage.output) == (9, 4, 3)
    assert (second.response, second.usage) == ("Second", None)
    assert first.id != second.id


def test_in_prompt_mode_the_conversation_is_one_text(tmp_path):
    handler = JsonlHandler(tmp_path / "r.jsonl", mode="prompt")
    chat_model(handler, ANSWER).invoke([SystemMessage("Be brief."), HumanMessage("Go")])
    (record,) = read_records(tmp_path / "r.jsonl")
    assert [(said.role, said.content) for said in record.messages] == [("user", "system:\nBe brief.\n\nuser:\nGo")]


def test_streams_batches_and_asynchronous_calls_are_recorded_too(tmp_path):
    handler = JsonlHandler(tmp_path / "r.jsonl")
    model = chat_model(handler, *(AIMessage(f"word {number}") for number in range(4)))
    assert "".join(str(chunk.text) for chunk in model.stream("a")) == "word 0"
    model.batch(["b", "c"], {"max_concurrency": 1})
    asyncio.run(model.ainvoke("d"))
    assert [record.response for record in read_records(tmp_path / "r.jsonl")] == [f"word {n}" for n in range(4)]


def test_a_model_that_completes_texts_is_recorded(tmp_path):
    handler = JsonlHandler(tmp_path / "r.jsonl")
    FakeListLLM(responses=["one", "two"], callbacks=[handler]).generate(["a", "b"])
    found = [(record.messages[0].content, record.response) for record in read_records(tmp_path / "r.jsonl")]
    assert found == [("a", "one"), ("b", "two")]


def test_a_call_that_fails_is_no_record_and_leaves_nothing_open(tmp_path):
    handler = JsonlHandler(tmp_path / "r.jsonl")
    with pytest.raises(StopIteration):
        chat_model(handler).invoke("x")
    assert list(read_records(tmp_path / "r.jsonl")) == []
    assert handler._open == {}


def test_a_record_that_cannot_be_taken_does_not_fail_the_call(caplog):
    class Full(FeedbackHandler):
        def take(self, record):
            raise OSError("No space left")

    with caplog.at_level(logging.WARNING):
        assert chat_model(Full(), ANSWER).invoke("x").text == "Done"
    assert "No space left" in caplog.text

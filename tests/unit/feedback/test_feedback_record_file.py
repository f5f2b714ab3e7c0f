import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import ValidationError

from sheets_agent.chat.usage import Tokens
from sheets_agent.errors import FileError
from sheets_agent.feedback.channel import Asked, Reply
from sheets_agent.feedback.export import supervised
from sheets_agent.feedback.record_file import RecordFile, read_records
from sheets_agent.feedback.records import FeedbackRecord, Said, as_prompt, call_record
from sheets_agent.feedback.run_records import RunRecords

CALL = {"name": "read_cells", "args": {"range": "A1:B2"}, "id": "c1"}
ASKED = [
    SystemMessage("You plan work."),
    HumanMessage("Chart revenue"),
    AIMessage("", tool_calls=[CALL]),
    ToolMessage("[[1]]", tool_call_id="c1"),
]


def recorded(path):
    return list(read_records(path))


def test_a_call_has_what_was_asked_what_was_answered_and_what_it_took():
    answer = AIMessage("Done", tool_calls=[CALL])
    record = call_record(
        ASKED, answer, run_id="r1", role="executor", model="openai:gpt-test", tokens=Tokens(10, 4, 2), seconds=1.23456
    )
    assert [message.role for message in record.messages] == ["system", "user", "assistant", "tool"]
    assert record.messages[2].tool_calls[0].arguments == {"range": "A1:B2"}
    assert record.messages[3].tool_call_id == "c1"
    assert (record.response, record.tool_calls[0].name, record.model) == ("Done", "read_cells", "openai:gpt-test")
    assert record.usage is not None
    assert (record.usage.input, record.usage.cached, record.usage.output, record.seconds) == (10, 4, 2, 1.235)
    assert record.verdict is None


def test_a_record_cannot_be_changed():
    with pytest.raises(ValidationError):
        call_record([], AIMessage("x")).response = "y"


def test_no_secret_is_in_a_record_however_it_is_made(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "very-secret-value-1")
    said = HumanMessage("the key is very-secret-value-1")
    answer = AIMessage(
        "very-secret-value-1", tool_calls=[{**CALL, "args": {"very-secret-value-1": ["very-secret-value-1"]}}]
    )
    record = call_record([said], answer)
    decision = FeedbackRecord(
        id="d", kind="decision", who="very-secret-value-1", answer="very-secret-value-1",
        critique="very-secret-value-1", edited="very-secret-value-1",
        messages=({"role": "user", "content": "very-secret-value-1"},),
    )  # fmt: skip
    for made in (record, decision):
        assert "very-secret-value-1" not in made.model_dump_json()
        assert "[secret]" in made.model_dump_json()


@given(
    st.text(alphabet=st.characters(codec=None), max_size=40),
    st.dictionaries(st.text(), st.integers() | st.floats() | st.text()),
)
def test_whatever_a_model_says_can_be_recorded_and_read_again(tmp_path_factory, text, arguments):
    path = tmp_path_factory.mktemp("records") / "r.jsonl"
    record = call_record([HumanMessage(text)], AIMessage(text, tool_calls=[{**CALL, "args": arguments}]))
    RecordFile(path).append(record)
    assert recorded(path) == [record]
    json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)


def test_half_a_character_does_not_stop_a_run(tmp_path):
    record = call_record([HumanMessage("\ud83d")], AIMessage("a\udc00b"))
    RecordFile(tmp_path / "r.jsonl").append(record)
    assert recorded(tmp_path / "r.jsonl")[0].response == "a?b"


def test_a_conversation_as_one_prompt_keeps_calls_and_results():
    record = call_record(ASKED, AIMessage("x"))
    text = as_prompt(record.messages)
    assert text.startswith("system:\nYou plan work.\n\nuser:\nChart revenue")
    assert 'read_cells({"range": "A1:B2"})' in text
    assert text.endswith("tool:\n[[1]]")
    assert as_prompt([Said(role="user", content="alone")]) == "alone"


# ------------------------------------------------------------------------------------------------------- the file


def test_only_the_owner_can_read_the_file_and_other_lines_stay(tmp_path):
    path = tmp_path / "sub" / "r.jsonl"
    for number in range(3):
        RecordFile(path).append(FeedbackRecord(id=str(number), kind="call"))
    assert [record.id for record in recorded(path)] == ["0", "1", "2"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(item.name for item in path.parent.iterdir()) == ["r.jsonl"]


def test_many_threads_write_whole_lines(tmp_path):
    files = [RecordFile(tmp_path / "r.jsonl") for _ in range(4)]
    records = [FeedbackRecord(id=str(number), kind="call", response="я" * 5000) for number in range(80)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda index: files[index % 4].append(records[index]), range(80)))
    assert {record.id for record in recorded(tmp_path / "r.jsonl")} == {record.id for record in records}


def test_a_record_that_does_not_fit_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "r.jsonl"
    file = RecordFile(path)
    file.append(FeedbackRecord(id="1", kind="call"))
    before, write = path.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:20]))
    with pytest.raises(OSError, match="only 20 of"):
        file.append(FeedbackRecord(id="2", kind="call"))
    assert path.read_bytes() == before


def test_a_last_line_without_an_end_is_not_run_into(tmp_path):
    path = tmp_path / "r.jsonl"
    RecordFile(path).append(FeedbackRecord(id="1", kind="call"))
    path.write_text(path.read_text().rstrip("\n"))
    RecordFile(path).append(FeedbackRecord(id="2", kind="call"))
    assert [record.id for record in recorded(path)] == ["1", "2"]


@pytest.mark.parametrize("content", [b"PK\x03\x04\xff\xfe", b"a,b,c\n1,2,3\n", b'{"event": "run_started"}\n'])
def test_a_file_that_holds_something_else_is_not_added_to(tmp_path, content):
    path = tmp_path / "sales.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileError):
        RecordFile(path)
    assert path.read_bytes() == content


def test_a_folder_is_no_file_of_records(tmp_path):
    with pytest.raises(FileError, match="cannot be written"):
        RecordFile(tmp_path)


def test_the_line_that_is_no_record_is_named(tmp_path):
    path = tmp_path / "r.jsonl"
    RecordFile(path).append(FeedbackRecord(id="1", kind="call"))
    path.write_text(path.read_text() + '{"id": "2", "kind": "verdict"}\n')
    with pytest.raises(FileError, match=r"Line 2 of .*: kind:"):
        recorded(path)


# ------------------------------------------------------------------------------------------------ a run's records


def called(records, slot=("mark", 0), text="answer", role="planner"):
    answer = AIMessage(text, usage_metadata={"input_tokens": 5, "output_tokens": 1, "total_tokens": 6})
    records.call(role, "m", [HumanMessage("Plan it")], answer, Tokens(5, 0, 1), 0.5, slot)


def test_a_run_that_goes_on_elsewhere_records_nothing_twice(tmp_path):
    path = tmp_path / "r.jsonl"
    first = RunRecords(path, "run1")
    called(first)
    called(first, ("mark", 1))
    first.decided("plan", "planner", first.last_asked("planner"), "{}", by="person", verdict="accept")
    again = RunRecords(path, "run1")
    called(again)
    again.decided("plan", "planner", again.last_asked("planner"), "{}", by="person", verdict="accept")
    called(RunRecords(path, "run2"))
    assert [(record.run_id, record.kind) for record in recorded(path)] == [
        ("run1", "call"), ("run1", "call"), ("run1", "decision"), ("run2", "call"),
    ]  # fmt: skip


def test_a_call_outside_of_a_run_is_always_a_record_of_its_own(tmp_path):
    records = RunRecords(tmp_path / "r.jsonl")
    called(records, None)
    called(records, None)
    assert len(recorded(tmp_path / "r.jsonl")) == 2


def test_replies_of_a_channel_are_records_on_what_the_model_was_asked(tmp_path):
    path = tmp_path / "r.jsonl"
    records = RunRecords(path, "run1")
    called(records, role="executor", text="Done.")
    asked = Asked(id="run1.result.1", kind="result", task="Chart it", text="Done.")
    records.replied(asked, Reply(who="ann", verdict="revise", critique="Not there", rating=2), "Label Studio")
    records.replied(asked, Reply(who="bob", verdict="accept", rating=5), "Label Studio")
    records.replied(asked, Reply(who="bob", verdict="accept", rating=5), "Label Studio")  # looked at once more
    _, ann, bob = recorded(path)
    assert ann.messages == bob.messages == (Said(role="user", content="Plan it"),)
    assert (ann.who, ann.channel, ann.verdict, ann.critique, ann.rating) == (
        "ann", "Label Studio", "revise", "Not there", 2,
    )  # fmt: skip


def test_a_rating_alone_is_on_record_with_the_verdict_that_it_is_taken_for(tmp_path):
    records = RunRecords(tmp_path / "r.jsonl", "run1")
    asked = Asked(id="run1.result.1", kind="result", task="Chart it", text="Done.")
    records.replied(asked, Reply(who="ann", rating=2), "Label Studio")
    records.replied(asked, Reply(who="bob", rating=5), "Label Studio")
    records.replied(asked.model_copy(update={"kind": "question"}), Reply(who="ann", answer="2024"), "Label Studio")
    assert [record.verdict for record in recorded(tmp_path / "r.jsonl")] == ["revise", "accept", None]


@pytest.mark.parametrize("text", ["Done. The plan was written, too.", ""])
def test_what_no_model_said_word_for_word_is_on_record_and_not_to_be_learnt(tmp_path, text):
    records = RunRecords(tmp_path / "r.jsonl", "run1")
    called(records, role="executor", text="Done.")
    asked = Asked(id="run1.result.1", kind="result", task="Chart it", text=text)
    records.replied(asked, Reply(who="ann", verdict="accept"), "Label Studio")
    found = recorded(tmp_path / "r.jsonl")
    assert (found[1].response, found[1].messages) == (text, ())
    assert list(supervised(found)) == []


def test_what_cannot_be_written_any_more_is_told_once_and_the_run_goes_on(tmp_path):
    told = []
    path = tmp_path / "sub" / "r.jsonl"
    records = RunRecords(path, "run1", told.append)
    path.unlink()
    path.mkdir()
    called(records)
    called(records, ("mark", 1))
    assert len(told) == 1
    assert "not complete" in told[0]


def test_without_a_file_nothing_is_recorded(tmp_path):
    records = RunRecords()
    called(records)
    assert not records.on
    assert list(tmp_path.iterdir()) == []


def test_a_line_is_json_that_any_reader_takes(tmp_path):
    path = tmp_path / "r.jsonl"
    called(RunRecords(path, "run1"), text="выручка")
    line = json.loads(path.read_text(encoding="utf-8"))
    assert line["response"] == "выручка"
    assert line["usage"] == {"input": 5, "cached": 0, "output": 1}
    assert line["time"].endswith(("Z", "+00:00"))

import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.cli import main
from sheets_agent.feedback.export import preference, supervised
from sheets_agent.feedback.record_file import RecordFile
from sheets_agent.feedback.records import Called, FeedbackRecord, Said

PROMPT = (Said(role="system", content="You plan."), Said(role="user", content="Chart it"))
ROWS = [{"role": "system", "content": "You plan."}, {"role": "user", "content": "Chart it"}]


def judged(response, verdict, *, edited="", by="person", run="r1", messages=PROMPT, role="planner", **fields):
    return FeedbackRecord(
        id=f"{response}{verdict}{edited}{by}{fields}", kind="decision", run_id=run, role=role, about="plan",
        messages=messages, response=response, verdict=verdict, edited=edited, by=by, **fields,
    )  # fmt: skip


def says(text):
    return {"role": "assistant", "content": text}


def test_an_accepted_answer_is_a_supervised_pair_in_the_chat_fine_tuning_shape():
    assert list(supervised([judged("A", "accept")])) == [{"messages": [*ROWS, says("A")]}]


def test_an_edited_answer_is_the_supervised_one_and_preferred_to_the_original():
    records = [judged("A", "revise", edited="B")]
    assert list(supervised(records)) == [{"messages": [*ROWS, says("B")]}]
    assert list(preference(records)) == [{"prompt": ROWS, "chosen": [says("B")], "rejected": [says("A")]}]


def test_an_answer_sent_back_is_worse_than_the_next_good_one_of_the_same_run_and_role():
    other = (*PROMPT, Said(role="user", content="Not there"))
    records = [
        judged("A", "revise", critique="Not there"),
        judged("X", "accept", run="r2"),
        judged("Y", "accept", role="corrector"),
        judged("B", "accept", messages=other),
        judged("C", "accept"),
    ]
    assert list(preference(records)) == [{"prompt": ROWS, "chosen": [says("B")], "rejected": [says("A")]}]


def test_what_a_run_made_of_all_verdicts_is_no_verdict_of_its_own():
    people = [judged("A", verdict, who=name, channel="Argilla") for name, verdict in (("a", "accept"), ("b", "revise"))]
    both = [*people, judged("A", "revise"), judged("B", "accept")]
    assert list(preference(both)) == [], "they are divided on A"
    assert list(preference([*both, judged("A", "reject", who="c", channel="Argilla")])) != []


def test_an_answer_that_nothing_better_followed_makes_no_pair():
    assert list(preference([judged("B", "accept"), judged("A", "reject")])) == []
    assert list(supervised([judged("A", "reject")])) == []


def test_several_peoples_verdicts_are_one_by_majority_and_what_they_are_divided_on_is_left_out():
    two_to_one = [
        judged("A", "accept", who="a"),
        judged("A", "accept", who="b"),
        judged("A", "revise", edited="B", who="c"),
    ]
    assert list(supervised(two_to_one)) == [{"messages": [*ROWS, says("A")]}]
    assert list(preference(two_to_one)) == []
    divided = two_to_one[1:]
    assert list(supervised(divided)) == list(preference(divided)) == []


def test_only_judged_answers_of_whom_is_asked_for_are_exported():
    records = [
        FeedbackRecord(id="c", kind="call", messages=PROMPT, response="A"),
        FeedbackRecord(
            id="q", kind="decision", messages=PROMPT, response="Which?", about="question", by="person", answer="B"
        ),
        judged("A", "revise", edited="M", by="model"),
        judged("A", "revise", edited="P"),
    ]
    assert [row["messages"][-1] for row in supervised(records)] == [says("P")]
    assert [row["messages"][-1] for row in supervised(records, by="model")] == [says("M")]


def test_calls_of_functions_keep_the_shape_that_training_tools_read():
    asked = (
        Said(role="user", content="Sum"),
        Said(role="assistant", tool_calls=(Called(id="c1", name="read", arguments={"range": "Я1"}),)),
        Said(role="tool", content="[[1]]", tool_call_id="c1"),
    )
    record = judged("", "accept", messages=asked).model_copy(update={"tool_calls": (Called(id="c2", name="done"),)})
    (row,) = supervised([record])
    call = {"id": "c1", "type": "function", "function": {"name": "read", "arguments": '{"range": "Я1"}'}}
    assert row["messages"][1:3] == [
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "[[1]]", "tool_call_id": "c1"},
    ]
    assert row["messages"][3]["tool_calls"][0]["function"] == {"name": "done", "arguments": "{}"}


@given(
    st.lists(
        st.builds(
            judged,
            st.sampled_from("ABC"),
            st.sampled_from(["accept", "revise", "reject"]),
            edited=st.sampled_from(["", "B", "D"]),
            run=st.sampled_from(["r1", "r2", ""]),
        )
    )
)
def test_no_pair_prefers_an_answer_to_itself_and_none_comes_twice(records):
    rows = list(preference(records))
    assert all(row["chosen"] != row["rejected"] and row["prompt"] == ROWS for row in rows)
    for found in (rows, list(supervised(records))):
        assert len({json.dumps(row) for row in found}) == len(found)


# ------------------------------------------------------------------------------------------------------- the command


def test_the_command_writes_a_file_only_its_owner_reads(tmp_path, capsys):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    RecordFile(source).append(judged("A", "revise", edited="Б"))
    assert main(["feedback", "export", "--format", "preference", str(source), str(out)]) == 0
    assert "1 preference pair of 1 records" in capsys.readouterr().out.replace("\n", " ")
    assert json.loads(out.read_text(encoding="utf-8"))["chosen"] == [says("Б")]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


@pytest.mark.parametrize(("made", "code"), [("unjudged", 2), ("same", 2), ("missing", 3), ("broken", 3)])
def test_what_cannot_be_exported_is_said_and_nothing_is_written(tmp_path, capsys, made, code):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    if made != "missing":
        RecordFile(source).append(judged("A", "accept" if made != "unjudged" else "reject"))
    if made == "broken":
        source.write_text(source.read_text() + "{\n")
    before = source.read_bytes() if source.exists() else None
    assert (
        main(["feedback", "export", "--format", "supervised", str(source), str(source if made == "same" else out)])
        == code
    )
    assert not out.exists()
    assert (source.read_bytes() if source.exists() else None) == before
    assert "Error:" in capsys.readouterr().err

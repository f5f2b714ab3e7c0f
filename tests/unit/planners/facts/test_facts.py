"""Each kind of fact, both ways: a plan that it speaks against, and one like it that is right."""

from __future__ import annotations

from typing import Any

import pytest

from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.draft import read_plan
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.planned import Own, Severity, Trial

Step = dict[str, Any]

ORDERS = [
    ["Region", "Item", "Units", "Price", "Date"],
    *(
        [region, item, units, price, f"2025-03-{day:02}"]
        for day, (region, item, units, price) in enumerate(
            [
                ("North", "Lamp", 4, 2.5),
                ("South", "Desk", 7, 10),
                ("North", "Sofa", 6, 1),
                ("West", "Lamp", 9, 8),
                ("South", "Sofa", 3, 7.5),
                ("West", "Desk", 5, 6),
                ("North", "Desk", 8, 4),
                ("West", "Sofa", 2, 3),
                ("South", "Lamp", 11, 12),
                ("North", "Lamp", 13, 2.25),
            ],
            1,
        )
    ),
]
PRICES = [["Item", "List price"], ["Lamp", 3], ["Desk", 11], ["Sofa", 9]]
TOTALS = [
    ["Month", "Income"],
    ["Jan", 10],
    ["Feb", 20],
    ["Mar", 30],
    ["Apr", 40],
    ["May", 50],
    ["Total", "=SUM(B2:B6)"],
]
SETTINGS = [["Tax rate", 0.2], ["Owner", "Ann"], ["Limit", 500]]


@pytest.fixture(scope="module")
def copies() -> Copies:
    client = SheetsClient(EmulatorHttp(Emulator()), sleep=lambda seconds: None)
    book = client.create("Book")["spreadsheetId"]
    rename = {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "Orders"}, "fields": "title"}}
    others = [{"addSheet": {"properties": {"title": title}}} for title in ("Prices", "Totals")]
    client.batch_update(book, [rename, *others])
    for place, rows in {"Orders!A1": ORDERS, "Prices!A1": PRICES, "Totals!A1": TOTALS, "Prices!E1": SETTINGS}.items():
        client.update_values(book, place, rows)
    return Copies(client, book)


def attempt(copies: Copies, task: str, *steps: Step) -> Trial:
    return copies.attempt(read_plan({"steps": list(steps)}), task=task)


def kinds(copies: Copies, *steps: Step, task: str = "") -> set[str]:
    return {fact.kind for fact in attempt(copies, task, *steps).doubts}


def fill(target: str, formula: str) -> Step:
    return {"action": "repeat_formula", "target": target, "options": [f"formula={formula}"]}


def cell(target: str, value: str) -> Step:
    return {"action": "write_cell", "target": target, "options": [f"value={value}"]}


def table(target: str, *rows: list[str]) -> Step:
    return {"action": "write_table", "target": target, "values": list(rows), "options": ["formulas=true"]}


def done(action: str, target: str, *options: str, source: str = "") -> Step:
    step = {"action": action, "target": target, "options": list(options)}
    return {**step, "source": source} if source else step


def pivot(source: str, *options: str) -> Step:
    return done("create_pivot", "Totals!E1", *options, source=source)


def by(column: str) -> Step:
    return pivot("Orders!A1:E11", f"rows={column}", "values=SUM of Units")


def sort(target: str, *options: str) -> Step:
    return done("sort_range", target, *options)


def chart(source: str, *options: str, target: str = "Orders!K1") -> Step:
    return done("create_chart", target, "chart_type=column", *options, source=source)


@pytest.mark.parametrize(
    ("kind", "wrong", "right"),
    [
        ("circularity", cell("Orders!C12", "=SUM(C2:C12)"), cell("Orders!C12", "=SUM(C2:C11)")),
        ("circularity", fill("Orders!F2:F11", "=F2+C2"), fill("Orders!F2:F11", "=C2+1")),
        ("range_mismatch", cell("Orders!H1", "=SUM(C2:C10)"), cell("Orders!H1", "=SUM(C2:C11)")),
        ("range_mismatch", cell("Orders!H1", "=SUM(C3:C11)"), cell("Orders!H1", "=SUM(C2:C5)")),
        ("range_mismatch", cell("Orders!H1", "=SUM(C2:C12)"), cell("Orders!H1", "=SUM(C2:C1000)")),
        ("range_mismatch", cell("Orders!H1", "=SUM(C2:C12)"), cell("Orders!H1", "=SUM(C:C)")),
        ("range_mismatch", fill("Orders!F2:F10", "=C2*D2"), fill("Orders!F2:F11", "=C2*D2")),
        ("range_mismatch", fill("Orders!F2:F12", "=C2*D2"), fill("Orders!F3:F11", "=C3-C2")),
        ("range_mismatch", sort("Orders!A1:E10", "by=Units"), sort("Orders!A1:E11", "by=Units")),
        ("range_mismatch", sort("Orders!A1:C11", "by=Units"), sort("Orders!A1:F11", "by=Units")),
        ("range_mismatch", done("filter_range", "Orders!A1:E10"), done("filter_range", "Orders!A1:E11")),
        ("range_mismatch", pivot("Orders!A1:E10", "rows=Region"), pivot("Orders!A1:E11", "rows=Region")),
        (
            "range_sizes",
            cell("Orders!H1", '=SUMIFS(C2:C11,A2:A10,"North")'),
            cell("Orders!H1", '=SUMIFS(C2:C11,A2:A11,"North")'),
        ),
        (
            "range_sizes",
            cell("Orders!H1", '=INDEX(C2:C11,MATCH("Sofa",B1:B10,0))'),
            cell("Orders!H1", '=INDEX(C2:C11,MATCH("Sofa",B2:B11,0))'),
        ),
        ("header_as_data", cell("Orders!H1", "=COUNTA(A1:A11)"), cell("Orders!H1", "=COUNTA(A2:A11)")),
        ("header_as_data", fill("Orders!F1:F11", "=C1"), fill("Orders!F2:F11", "=C2")),
        (
            "header_as_data",
            sort("Orders!A1:E11", "by=C", "header=false"),
            sort("Orders!A2:E11", "by=C", "header=false"),
        ),
        (
            "header_as_data",
            done("remove_duplicates", "Orders!A2:E11", "columns=A"),
            done("remove_duplicates", "Orders!A1:E11", "columns=A"),
        ),
        ("header_as_data", pivot("Orders!A2:E11", "rows=A"), pivot("Orders!A1:E11", "rows=A")),
        ("header_as_data", chart("Orders!A2:C11", "x=A", "series=C"), chart("Orders!A1:C11", "x=A", "series=C")),
        ("total_as_data", cell("Totals!D1", "=AVERAGE(B2:B7)"), cell("Totals!D1", "=AVERAGE(B2:B6)")),
        ("total_as_data", pivot("Totals!A1:B7", "rows=Month"), pivot("Totals!A1:B6", "rows=Month")),
        ("total_as_data", fill("Totals!C2:C7", "=B2*2"), fill("Totals!C2:C7", "=B2/B$7")),
        (
            "missing_dollar",
            fill("Orders!F2:F11", "=VLOOKUP(B2,Prices!A2:B4,2,FALSE)"),
            fill("Orders!F2:F11", "=VLOOKUP(B2,Prices!$A$2:$B$4,2,FALSE)"),
        ),
        ("missing_dollar", fill("Orders!F2:F11", "=D2*Prices!F1"), fill("Orders!F2:F11", "=D2*Prices!$F$1")),
        ("missing_dollar", fill("Orders!F2:F11", "=SUM(C2:C2)"), fill("Orders!F2:F11", "=SUM(C$2:C2)")),
        ("missing_dollar", fill("Orders!F2:F11", "=C2/SUM(C2:C11)"), fill("Orders!F2:F11", "=C2/SUM(C$2:C$11)")),
        ("other_row", fill("Orders!F2:F11", "=C3*D3"), fill("Orders!F3:F11", "=C3-C2")),
        ("other_row", fill("Orders!F2:F11", "=SUM(C2:D3)"), fill("Orders!F2:F11", "=SUM(C2:D2)")),
        ("other_row", fill("Orders!F2:F11", "=SUM(C$2:C3)"), fill("Orders!F2:F11", "=SUM(C$2:C2)")),
        ("swapped_arguments", fill("Orders!F2:F11", "=ROUND(2,D2)"), fill("Orders!F2:F11", "=ROUND(D2,2)")),
        ("swapped_arguments", fill("Orders!F2:F11", '=FIND(B2,"a")'), fill("Orders!F2:F11", '=FIND("p",B2&"p")')),
        (
            "swapped_arguments",
            cell("Orders!H1", '=SUMIF("North",A2:A11,C2:C11)'),
            cell("Orders!H1", '=SUMIF(A2:A11,"North",C2:C11)'),
        ),
        (
            "swapped_arguments",
            cell("Orders!H1", "=VLOOKUP(Prices!A2:B4,B2,2,FALSE)"),
            cell("Orders!H1", "=VLOOKUP(B2,Prices!A2:B4,2,FALSE)"),
        ),
        (
            "swapped_arguments",
            cell("Orders!H1", "=INDEX(MATCH(B2,Prices!A2:A4,0),Prices!B2:B4)"),
            cell("Orders!H1", "=INDEX(Prices!B2:B4,MATCH(B2,Prices!A2:A4,0))"),
        ),
        (
            "swapped_arguments",
            cell("Orders!H1", "=DATE(DAY(E2),MONTH(E2),YEAR(E2))"),
            cell("Orders!H1", "=DATE(YEAR(E2),MONTH(E2),DAY(E2))"),
        ),
        ("criterion_kind", cell("Orders!H1", '=COUNTIF(C2:C11,"North")'), cell("Orders!H1", '=COUNTIF(C2:C11,">5")')),
        ("criterion_kind", cell("Orders!H1", '=COUNTIF(A2:A11,">5")'), cell("Orders!H1", '=COUNTIF(A2:A11,"N*")')),
        ("criterion_kind", cell("Orders!H1", '=COUNTIF(A2:A11,"Nord")'), cell("Orders!H1", '=COUNTIF(A2:A11,"north")')),
        ("criterion_kind", cell("Orders!H1", '=COUNTIF(C2:C11,">"&A2)'), cell("Orders!H1", '=COUNTIF(C2:C11,">"&D2)')),
        (
            "lookup_kind",
            cell("Orders!H1", "=IFERROR(VLOOKUP(C2,Prices!A2:B4,2,FALSE),0)"),
            cell("Orders!H1", "=IFERROR(VLOOKUP(B2,Prices!A2:B4,2,FALSE),0)"),
        ),
        ("text_as_numbers", cell("Orders!H1", "=SUM(A2:A11)"), cell("Orders!H1", "=SUM(C2:C11)")),
        ("text_as_numbers", fill("Orders!F2:F11", "=IFERROR(C2/B2,9)"), fill("Orders!F2:F11", "=IFERROR(C2/D2,9)")),
        (
            "text_as_numbers",
            pivot("Orders!A1:E11", "rows=Region", "values=SUM of Item"),
            pivot("Orders!A1:E11", "rows=Region", "values=COUNTA of Item"),
        ),
        ("same_operands", fill("Orders!F2:F11", "=C2/C2"), fill("Orders!F2:F11", "=C2/D2")),
        ("text_as_numbers", fill("Orders!F2:F11", "=SUM(B2:D2)"), fill("Orders!F2:F11", "=SUM(C2:D2)")),
        (
            "swapped_arguments",
            cell("Orders!H1", "=VLOOKUP(B2,Prices!A2:B4,FALSE,2)"),
            cell("Orders!H1", "=VLOOKUP(B2,Prices!A2:B4,2,FALSE)"),
        ),
        (
            "swapped_arguments",
            cell("Orders!H1", "=MATCH(C2:C11,MAX(C2:C11),0)"),
            cell("Orders!H1", "=MATCH(MAX(C2:C11),C2:C11,0)"),
        ),
        ("kinds_compared", fill("Orders!F2:F11", '=IF(C2>"5",1,2)'), fill("Orders!F2:F11", "=IF(C2>5,1,2)")),
        ("kinds_compared", fill("Orders!F2:F11", "=IF(A2=5,1,2)"), fill("Orders!F2:F11", '=IF(A2="North",1,2)')),
        (
            "inconsistent_formula",
            table("Totals!E1", *[[f"=SUM(Orders!C2:{last})"] for last in ("C11", "C11", "C11", "D11")]),
            table("Totals!E1", *[["=SUM(Orders!C$2:C$11)"]] * 4),
        ),
        (
            "mixed_types",
            table("Totals!E1", ["Sum"], ["1"], ["2"], ["3"], ["4"], ["5 pcs"]),
            table("Totals!E1", ["Sum"], ["1"], ["2"], ["3"], ["4"], ["5"]),
        ),
        (
            "matches_nothing",
            fill("Prices!C2:C4", "=SUMIF(Orders!$A$2:$A$11,A2,Orders!$C$2:$C$11)"),
            fill("Prices!C2:C4", "=SUMIF(Orders!$B$2:$B$11,A2,Orders!$C$2:$C$11)"),
        ),
        (
            "matches_nothing",
            fill("Orders!F2:F11", '=IFERROR(VLOOKUP(A2,Prices!$A$2:$B$4,2,FALSE),"none")'),
            fill("Orders!F2:F11", '=IFERROR(VLOOKUP(B2,Prices!$A$2:$B$4,2,FALSE),"none")'),
        ),
        (
            "pivot_groups",
            pivot("Orders!A1:E11", "rows=Price", "values=SUM of Units"),
            pivot("Orders!A1:E11", "rows=Date", "values=SUM of Units"),
        ),
        ("chart_series", chart("Orders!A1:E11", "x=A", "series=Item"), chart("Orders!A1:E11", "x=A", "series=Units")),
        (
            "chart_over_cells",
            chart("Orders!A1:C11", "x=A", "series=C", target="Orders!C3"),
            chart("Orders!A1:C11", "x=A", "series=C", target="Orders!G3"),
        ),
    ],
)  # fmt: skip
def test_a_fact_speaks_against_a_mistake_and_not_against_what_is_right(
    copies: Copies, kind: str, wrong: Step, right: Step
) -> None:
    assert kind in kinds(copies, wrong)
    assert kinds(copies, right) == set()


def test_a_circular_formula_stops_a_plan_and_the_rest_may_be_meant(copies: Copies) -> None:
    circular = attempt(copies, "", cell("Orders!C12", "=SUM(C2:C12)"))
    assert "circularity" in {fact.kind for fact in circular.errors}
    short = attempt(copies, "", cell("Orders!H1", "=SUM(C2:C10)"))
    assert short.errors == ()
    (fact,) = short.doubts
    assert (fact.severity, fact.step, fact.address) == (Severity.WARNING, 0, "Orders!C2:C10")
    assert "last row of data" in fact.sentence


class TestWhatTheTaskAsksFor:
    def untouched(self, copies: Copies, task: str, *steps: Step) -> list[str]:
        return [fact.sentence for fact in attempt(copies, task, *steps).doubts if fact.kind == "task_untouched"]

    @pytest.mark.parametrize(
        ("task", "wrong", "right"),
        [
            ("Write the sum of the prices to H1", cell("Orders!H1", "=SUM(C2:C11)"), cell("Orders!H1", "=SUM(D2:D11)")),
            ("Write the sum of Units to H2", cell("Orders!H1", "=SUM(C2:C11)"), cell("Orders!H2", "=SUM(C2:C11)")),
            ("Pivot of Units by Region", cell("Orders!H1", "=SUM(C2:C11)"), by("Region")),
            ("Pivot of Units by Region", by("Item"), by("Region")),
            ("Построй диаграмму", cell("Orders!H1", "1"), chart("Orders!A1:C11", "x=A", "series=C")),
            ("Отсортируй по Units", sort("Orders!A1:E11", "by=Price"), sort("Orders!A1:E11", "by=Units")),
            ("Sum Units without a chart", cell("Orders!H1", "=SUM(D2:D11)"), cell("Orders!H1", "=SUM(C2:C11)")),
            ("Put the rate of Prices into Orders", cell("Orders!H1", "5"), cell("Orders!H1", "=Prices!F1")),
            ('Add a column "Revenue"', cell("Orders!F1", "Income"), cell("Orders!F1", "Revenue")),
            ("Units by half-year, as in H1 2025", cell("Orders!H9", "=SUM(D2:D11)"), cell("Orders!H9", "=SUM(C2:C11)")),
        ],
    )  # fmt: skip
    def test_what_it_names_is_touched(self, copies: Copies, task: str, wrong: Step, right: Step) -> None:
        assert self.untouched(copies, task, wrong)
        assert self.untouched(copies, task, right) == []

    def test_rows_that_a_last_step_deletes_hide_nothing(self, copies: Copies) -> None:
        wrong = done("remove_duplicates", "Orders!A1:E11", "columns=Region")
        right = done("remove_duplicates", "Orders!A1:E11", "columns=Item")
        assert self.untouched(copies, "Keep one order of each Item", wrong)
        assert self.untouched(copies, "Keep one order of each Item", right) == []
        moved = ({"action": "insert_columns", "target": "Orders!A:A"}, cell("Orders!I1", "=SUM(D2:D11)"))
        assert self.untouched(copies, "Insert a column before the first, and sum Units", *moved) == []

    def test_the_first_column_may_name_the_rows(self, copies: Copies) -> None:
        assert self.untouched(copies, "Units times price for each region", fill("Orders!F2:F11", "=C2*D2")) == []

    def test_nothing_is_missed_after_an_earlier_plan_of_the_run(self, copies: Copies) -> None:
        plan = read_plan({"steps": [cell("Orders!H1", "1")]})
        assert copies.attempt(plan, Own(ranges=("Orders!H1",), cells=1), "Sum Units into H9").doubts == ()

    def test_overwriting_what_the_task_names_is_told_and_no_doubt(self, copies: Copies) -> None:
        double = cell("Orders!D2", "5")
        tasks = {
            "": True,
            "Write 5 into D2": False,
            "Change the Price of the first order to 5": False,
            "The Price is too high": True,
            "Multiply the columns C and D by 5": False,
            "Multiply the column C by 5": True,
            "The columns C and D are too high": True,
        }
        for task, doubted in tasks.items():
            trial = attempt(copies, task, double)
            assert [fact.kind for fact in trial.facts] == ["overwrite"]
            assert bool(trial.doubts) is doubted

    def test_correcting_the_formula_of_one_cell_may_write_its_run(self) -> None:
        client = SheetsClient(EmulatorHttp(Emulator()), sleep=lambda seconds: None)
        book = client.create("Book")["spreadsheetId"]
        rows = [["Net", "Gross", "Paid"], *([net, f"=A{row}*1.1", net] for row, net in enumerate(range(5, 10), 2))]
        client.update_values(book, "Sheet1!A1", rows)
        copies = Copies(client, book)

        def doubts(task: str, column: str) -> set[str]:
            return kinds(copies, fill(f"Sheet1!{column}2:{column}6", "=$A2*1.2"), task=task)

        assert doubts("Correct the formula in B2", "B") == set()
        assert doubts("The formula in B2 looks odd", "B") == {"overwrite"}
        assert doubts("Correct the amount in C2", "C") == {"overwrite"}

    def test_a_constant_that_a_formula_gives_again_is_not_lost(self, copies: Copies) -> None:
        assert kinds(copies, fill("Totals!B3:B3", "=2*B2")) == set()
        assert "overwrite" in kinds(copies, fill("Totals!B3:B3", "=3*B2"))
        assert "overwrite" in kinds(copies, fill("Totals!B7:B7", "=SUM(B2:B5)+B6"))  # a formula is lost

    def test_columns_that_only_describe_are_not_missed(self, copies: Copies) -> None:
        by_item = pivot("Orders!A1:E11", "rows=Item", "values=SUM of Units")
        asked = "Sum the units by item in a pivot table"
        for described in (
            "My workbook records orders of various dates.",
            "The formulas are as follows: Price = Date * Region; Region = Date / 2.",
            "Our file lists each region and its prices.",
        ):
            assert self.untouched(copies, f"{described} {asked}", by_item) == []
        for wished in (
            "My workbook has to show the dates.",
            "My workbook records orders, chart the dates.",
            "My workbook records orders and sort them by date.",
            "In this sheet list the dates.",
            "The formulas are as follows: Price = Date * 2. Show the price.",
        ):
            assert self.untouched(copies, f"{wished} {asked}", by_item) != []

    def test_a_column_of_errors_has_no_header_to_begin_in(self) -> None:
        client = SheetsClient(EmulatorHttp(Emulator()), sleep=lambda seconds: None)
        book = client.create("Book")["spreadsheetId"]
        client.update_values(book, "Sheet1!B3", [["=1/0"] for _ in range(12)])
        mended = fill("Sheet1!B3:B14", "=ROW()*2")
        assert kinds(Copies(client, book), mended, task="Correct the formula in B3") == set()
        client.update_values(book, "Sheet1!B3", [["Ratio"]])
        found = kinds(Copies(client, book), mended, task="Correct the formula in B3 to B14")
        assert "header_as_data" in found

    def test_cells_that_are_only_counted_may_be_blank(self, copies: Copies) -> None:
        assert kinds(copies, fill("Orders!G2:G11", "=SMALL(C$2:C$11,ROWS(G$1:G1))")) == set()
        assert kinds(copies, cell("Orders!G2", "=C2+G1+ROWS(G1)")) == {"blank_reference"}

    def test_the_name_of_a_file_is_no_name_of_a_cell(self, copies: Copies) -> None:
        sums = fill("Orders!F2:F11", "=C2*2")
        assert self.untouched(copies, "Double Units as in the attached 'Problem Example.xlsx'", sums) == []
        assert self.untouched(copies, "Double Units as in the attached 'Problem Example'", sums) != []

    def test_a_range_counted_to_the_right_does_not_drift(self, copies: Copies) -> None:
        counted = '=IF(COLUMNS($A2:A2)<=$C2,INDEX($B$2:$B$11,COLUMNS($A2:A2)),"")'
        assert kinds(copies, fill("Orders!F2:J11", counted)) == set()
        assert "missing_dollar" in kinds(copies, fill("Orders!F2:J11", "=SUM(C2:C2)"))

    def test_sorting_after_filling_is_no_doubt(self, copies: Copies) -> None:
        steps = (fill("Orders!F2:F11", "=C2*D2"), sort("Orders!A1:F11", "by=C desc"))
        assert kinds(copies, *steps) == set()


def test_a_formula_that_is_calculated_and_not_written_is_looked_at_as_well(copies: Copies) -> None:
    def calculated(formula: str) -> Step:
        return {"action": "calculate", "options": [f"formula={formula}"]}

    assert kinds(copies, calculated("=SUM(Orders!C2:C10)")) == {"range_mismatch"}
    assert kinds(copies, calculated('=COUNTIF(Orders!C2:C11,"North")')) == {"criterion_kind"}
    assert kinds(copies, calculated("=SUM(Orders!C2:C11)")) == set()
    (fact,) = attempt(copies, "What is the average price?", calculated("=AVERAGE(Orders!C2:C11)")).doubts
    assert (fact.kind, fact.address) == ("task_untouched", "Orders!D1:D11")


def test_what_is_not_known_is_no_doubt(copies: Copies) -> None:
    trial = attempt(copies, "", cell("Orders!H1", '=GOOGLEFINANCE("CURRENCY:USDRUB")'))
    assert Severity.UNKNOWN in {fact.severity for fact in trial.facts}
    assert Severity.UNKNOWN not in {fact.severity for fact in trial.doubts}

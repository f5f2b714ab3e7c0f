"""Worlds that fork, and the fingerprint of what plans leave behind."""

from __future__ import annotations

import pytest

from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.draft import read_plan
from sheets_agent.planners.world import World
from sheets_agent.sheets.client import SheetsClient

Step = dict[str, object]


@pytest.fixture
def copies() -> Copies:
    client = SheetsClient(EmulatorHttp(Emulator()), sleep=lambda seconds: None)
    spreadsheet_id = client.create("Book")["spreadsheetId"]
    rows = [["Region", "Units", "Price"], ["North", 4, 2.5], ["South", 0, 10], ["West", 6, 1]]
    client.update_values(spreadsheet_id, "Sheet1!A1", rows)
    return Copies(client, spreadsheet_id)


def take(world: World, *steps: Step) -> World:
    for index, step in enumerate(read_plan({"steps": list(steps)}).steps):
        world.take(index, step.action)
    return world


def left(copies: Copies, *steps: Step) -> str:
    return take(copies.world(), *steps).outcome()


def cell(target: str, value: str) -> Step:
    return {"action": "write_cell", "target": target, "options": [f"value={value}"]}


def chart(kind: str = "column", **more: object) -> Step:
    return {
        "action": "create_chart",
        "target": "Sheet1!F2",
        "source": "Sheet1!A1:B4",
        "options": [f"chart_type={kind}"],
        **more,
    }


def pivot(values: str) -> Step:
    options = ["rows=Region", f"values={values}"]
    return {"action": "create_pivot", "target": "Sheet1!F1", "source": "Sheet1!A1:C4", "options": options}


def dropdown(*items: str) -> Step:
    options = ["allow=list", *(f"items={item}" for item in items)]
    return {"action": "data_validation", "target": "Sheet1!A2:A4", "options": options}


class TestFork:
    def test_steps_on_a_fork_do_not_show_on_its_parent(self, copies: Copies) -> None:
        parent = take(copies.world(), cell("Sheet1!D1", "Sum"))
        fork = take(parent.fork(), cell("Sheet1!E1", "More"), {"action": "delete_rows", "target": "Sheet1!3:3"})
        assert [change.cell for change in parent.trial().diff.cells] == ["D1"]
        assert parent.trial().requests != fork.trial().requests
        assert not parent.trial().diff.moved
        assert fork.trial().diff.moved

    def test_a_parent_goes_on_without_its_fork(self, copies: Copies) -> None:
        parent = take(copies.world(), cell("Sheet1!D1", "Sum"))
        fork = parent.fork()
        take(parent, cell("Sheet1!D1", "Other"), cell("Sheet1!E9", "=1/0"))
        assert fork.trial().facts == ()
        assert [change.after for change in fork.trial().diff.cells] == ["Sum"]

    def test_a_fork_knows_what_was_done_before_it(self, copies: Copies) -> None:
        fork = take(copies.world(), cell("Sheet1!D1", "Sum")).fork()
        take(fork, cell("Sheet1!D1", "Total"))
        trial = fork.trial()
        assert [fact.kind for fact in trial.facts] == ["contradiction"]
        assert [(change.before, change.after) for change in trial.diff.cells] == [("", "Total")]

    def test_stepping_is_trying_the_whole(self, copies: Copies) -> None:
        steps = [cell("Sheet1!D1", "Sum"), cell("Sheet1!D2", "=B2/B3"), chart()]
        plan = read_plan({"steps": steps})
        world = copies.world()
        for index, step in enumerate(plan.steps):
            world = world.fork()
            world.take(index, step.action)
        assert world.trial() == copies.attempt(plan).model_copy(update={"rests_on": ()})


class TestOutcome:
    def test_cells_written_one_by_one_are_a_table(self, copies: Copies) -> None:
        table = {"action": "write_table", "target": "Sheet1!E1", "values": [["a", "2.50"], ["b", ""]]}
        one_by_one = [cell("Sheet1!E1", "a"), cell("Sheet1!F1", "2.50"), cell("Sheet1!E2", "b")]
        assert left(copies, table) == left(copies, *one_by_one) != left(copies, *one_by_one[:2])

    def test_what_is_written_and_taken_back_leaves_nothing(self, copies: Copies) -> None:
        clear = {"action": "clear_range", "target": "Sheet1!E1", "options": ["what=contents"]}
        assert left(copies, cell("Sheet1!E1", "x"), clear) == left(copies)

    def test_a_formula_repeated_is_the_same_written_out(self, copies: Copies) -> None:
        repeated = {"action": "repeat_formula", "target": "Sheet1!D2:D3", "options": ["formula==B2*C2"]}
        assert left(copies, repeated) == left(copies, cell("Sheet1!D2", "=B2*C2"), cell("Sheet1!D3", "=B3*C3"))
        assert left(copies, repeated) != left(copies, cell("Sheet1!D2", "=B2*C2"), cell("Sheet1!D3", "0"))

    def test_the_order_of_steps_that_do_not_meet_means_nothing(self, copies: Copies) -> None:
        one, two = chart(), chart("line", target="Sheet1!F20")
        sheets = [{"action": "add_sheet", "target": name} for name in ("P", "Q")]
        assert left(copies, one, two) == left(copies, two, one)
        assert left(copies, *sheets) != left(copies, *reversed(sheets)), "tabs stand in an order"

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (chart(), chart("line")),
            (chart(), chart(target="Sheet1!F3")),
            (cell("Sheet1!E1", "=1+1"), cell("Sheet1!E1", "2")),
            (
                {"action": "format_cells", "target": "Sheet1!B2:B4", "options": ["number_format=0.00"]},
                {"action": "format_cells", "target": "Sheet1!B2:B4", "options": ["number_format=0"]},
            ),
            (
                {"action": "filter_range", "target": "Sheet1!A1:C4", "options": ["conditions=Units > 1"]},
                {"action": "filter_range", "target": "Sheet1!A1:C4", "options": ["conditions=Units > 3"]},
            ),
            (
                {"action": "named_range", "target": "Sheet1!B2:B4", "options": ["name=units"]},
                {"action": "named_range", "target": "Sheet1!B2:B3", "options": ["name=units"]},
            ),
            (
                {"action": "freeze", "target": "Sheet1", "options": ["rows=1"]},
                {"action": "freeze", "target": "Sheet1", "options": ["rows=2"]},
            ),
            (pivot("SUM of Units"), pivot("SUM of Price")),
            (dropdown("North", "South"), dropdown("North")),
        ],
    )
    def test_what_is_left_otherwise_differs(self, copies: Copies, one: Step, other: Step) -> None:
        assert left(copies, one) != left(copies, other) != left(copies)
        assert left(copies, one) == left(copies, one)

    def test_what_changes_each_time_is_the_same(self, copies: Copies) -> None:
        assert left(copies, cell("Sheet1!E1", "=RAND()")) == left(copies, cell("Sheet1!E1", "=RAND()"))
        assert left(copies, cell("Sheet1!E1", "=RAND()")) != left(copies, cell("Sheet1!E1", "=RAND()*2"))

    def test_on_very_large_sheets_what_was_cleared_and_moved_counts(self) -> None:
        client = SheetsClient(EmulatorHttp(Emulator()), sleep=lambda seconds: None)
        spreadsheet_id = client.create("Book")["spreadsheetId"]
        client.update_values(spreadsheet_id, "Sheet1!A1", [[1], [2], [3]])
        grid = {"sheetId": 0, "gridProperties": {"rowCount": 400_000, "columnCount": 2}}
        fields = "gridProperties(rowCount,columnCount)"
        client.batch_update(spreadsheet_id, [{"updateSheetProperties": {"properties": grid, "fields": fields}}])
        copies = Copies(client, spreadsheet_id)
        steps: list[list[Step]] = [
            [],
            [{"action": "clear_range", "target": "Sheet1!A2"}],
            [{"action": "clear_range", "target": "Sheet1!A3"}],
            [{"action": "delete_rows", "target": "Sheet1!2:2"}],
            [{"action": "delete_rows", "target": "Sheet1!3:3"}],
            [cell("Sheet1!A2", "5")],
        ]
        assert len({left(copies, *one) for one in steps}) == len(steps)
        assert left(copies, *steps[-1]) == left(copies, cell("Sheet1!A2", "9"), *steps[-1])


def test_what_is_calculated_tells_plans_apart_that_write_nothing(copies: Copies) -> None:
    total = {"action": "calculate", "options": ["formula==SUM(Sheet1!B2:B4)"]}
    same = {"action": "calculate", "options": ["formula==SUM(Sheet1!B2:B4)+0"]}
    other = {"action": "calculate", "options": ["formula==MAX(Sheet1!B2:B4)+1000"]}
    assert left(copies, total) == left(copies, same) != left(copies, other)
    assert left(copies, total) != left(copies)

from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.planners.draft import read_plan
from sheets_agent.reflectors.aspects import ASPECTS, take_over
from sheets_agent.state.planned import Plan

REPEAT = {"action": "repeat_formula", "target": "Data!E2:E9", "options": ["formula==C2*D2"]}
SHEET = {"action": "add_sheet", "target": "Report"}
PIVOT = {
    "action": "create_pivot",
    "target": "Report!A1",
    "source": "Data!A1:E9",
    "options": ["rows=Region", "values=SUM of Revenue"],
}
TABLE = {
    "action": "write_table",
    "target": "Data!H1",
    "values": [["Total"], ["=SUM(E2:E9)"]],
    "options": ["formulas=true"],
}


def plan(*steps: dict[str, object]) -> Plan:
    return read_plan({"thoughts": "t", "steps": list(steps)})


OLD = plan(REPEAT, SHEET, PIVOT)


def take(aspect: str, *steps: dict[str, object], old: Plan = OLD):
    return take_over(old, plan(*steps), ASPECTS[aspect])


def test_the_formula_reflector_changes_formulas_only() -> None:
    better = {**REPEAT, "options": ["formula==C2*$D$1"]}
    taken = take("formula", better, SHEET, PIVOT)
    assert taken.plan.steps[0].action.formula == "=C2*$D$1"
    assert (taken.changed, taken.dropped) == ((0,), ())

    moved = take("formula", {**better, "target": "Data!F2:F9"}, SHEET, {**PIVOT, "options": ["rows=Month"]})
    assert moved.plan.steps[0].action.target == "Data!E2:E9"
    assert moved.plan.steps[2] == OLD.steps[2]
    assert len(moved.dropped) == 3


def test_the_formula_reflector_changes_formulas_inside_a_table_and_no_other_text() -> None:
    old = plan(TABLE)
    better = {**TABLE, "values": [["Total"], ["=SUM(E2:E8)"]]}
    assert take("formula", better, old=old).plan.steps[0].action.values[1] == ["=SUM(E2:E8)"]
    renamed = {**TABLE, "values": [["Sum"], ["=SUM(E2:E9)"]]}
    assert take("formula", renamed, old=old).plan == old


def test_the_cell_reflector_changes_places_only() -> None:
    taken = take("cell", {**REPEAT, "target": "Data!E2:E8"}, {**SHEET, "target": "Summary"}, PIVOT)
    assert [step.action.target for step in taken.plan.steps] == ["Data!E2:E8", "Summary", "Report!A1"]
    assert take("cell", {**REPEAT, "options": ["formula==1"]}, SHEET, PIVOT).plan == OLD


def test_the_cell_reflector_may_not_add_or_drop_steps() -> None:
    for steps in ((REPEAT,), (REPEAT, SHEET, PIVOT, SHEET)):
        taken = take("cell", *steps)
        assert taken.plan == OLD
        assert "may not add or remove" in taken.dropped[0]


def test_the_action_reflector_changes_steps_and_options_but_no_places_or_formulas_of_a_step_that_stays() -> None:
    chart = {"action": "create_chart", "target": "Report!E1", "source": "Report!A1:B9", "options": ["chart_type=bar"]}
    taken = take("action", REPEAT, SHEET, {**PIVOT, "options": ["rows=Month", "values=SUM of Revenue"]}, chart)
    assert taken.plan.steps[2].action.rows == ["Month"]
    assert taken.plan.steps[3].action.kind == "create_chart"
    assert taken.changed == (2, 3)
    assert take("action", {**REPEAT, "target": "Data!A2:A9"}, SHEET, PIVOT).plan == OLD


def test_the_general_reflector_changes_everything() -> None:
    new = (SHEET, {**PIVOT, "target": "Report!B2"})
    assert take("general", *new).plan.steps == plan(*new).steps


@given(st.sampled_from(sorted(ASPECTS)), st.permutations([REPEAT, SHEET, PIVOT, TABLE]), st.integers(0, 4))
def test_a_revision_never_leaves_its_aspect(name: str, steps: list[dict[str, object]], count: int) -> None:
    taken = take(name, *steps[:count])
    if not ASPECTS[name].steps:
        assert [step.action.kind for step in taken.plan.steps] == [step.action.kind for step in OLD.steps]
    assert taken.plan.thoughts == OLD.thoughts

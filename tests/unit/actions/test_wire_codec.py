"""Plan steps on the wire: any action there and back, and the variants models write."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheets_agent.actions import ACTIONS, by_kind
from sheets_agent.actions.fields import Kind, build, markdown_rows, rows, shapes
from sheets_agent.actions.wire import action_space, decode, encode, plan_schema
from sheets_agent.errors import ActionError
from sheets_agent.stages.describe_text import tokens

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12) | st.sampled_from(
    [
        "=D2*E2",
        "a=b",
        "x: y",
        "a, b",
        "| a |",
        " lead",
        "'Мой лист'!A1",
        "true",
        "12",
        "[1]",
        '["a"]',
        "rows=Region",
        "\n",
    ]
)
NUMBERS = {
    Kind.INTEGER: st.integers(1, 50),
    Kind.NUMBER: st.floats(-1e6, 1e6, allow_nan=False),
    Kind.BOOLEAN: st.booleans(),
}


def of_shape(shape):
    text = st.sampled_from(shape.choices) if shape.choices else TEXTS
    if shape.kind is Kind.TEXTS:
        return st.lists(text, min_size=1, max_size=3)
    if shape.kind is Kind.ROWS:
        return st.lists(st.lists(text | st.just(""), min_size=1, max_size=3), min_size=1, max_size=3)
    return NUMBERS.get(shape.kind, text)


@st.composite
def any_action(draw):
    action = draw(st.sampled_from(list(ACTIONS.values())))
    fields = {
        name: draw(of_shape(shape))
        for name, shape in shapes(action).items()
        if action.model_fields[name].is_required() or draw(st.booleans())
    }
    return action.model_validate({"kind": action.model_fields["kind"].default, **fields})


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(any_action())
def test_any_action_survives_the_wire(action):
    step = json.loads(json.dumps(encode(action)))
    assert decode({"why": "because", **step}) == action


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(any_action())
def test_any_action_survives_being_a_tool_call(action):
    arguments = action.model_dump(mode="json", exclude_none=True, exclude={"kind"})
    assert build(type(action), arguments) == action


@pytest.mark.parametrize("kind", ACTIONS)
def test_examples_survive_the_wire(kind):
    action = by_kind(kind).model_validate(by_kind(kind).example)
    assert decode(encode(action)) == action


PIVOT = by_kind("create_pivot").model_validate(
    {
        "kind": "create_pivot",
        "target": "P!A1",
        "source": "O!A1:C9",
        "rows": ["Region", "Date by month"],
        "values": ["SUM of Revenue"],
        "totals": False,
    }
)


@pytest.mark.parametrize(
    "step",
    [
        {"options": ["rows=Region", "rows=Date by month", "values=SUM of Revenue", "totals=false"]},
        {"options": ["Rows = Region", "rows: Date by month", "values=SUM of Revenue", "totals=no"]},
        {"options": {"rows": ["Region", "Date by month"], "values": "SUM of Revenue", "totals": False}},
        {"options": "rows=Region\nrows=Date by month\nvalues=SUM of Revenue\ntotals=False"},
        {"options": ['rows=["Region", "Date by month"]', "values=SUM of Revenue", "totals=false"]},
        {"options": [{"rows": "Region"}, {"rows": "Date by month"}, "values=SUM of Revenue", "totals=false"]},
        {"rows": ["Region", "Date by month"], "values": [["SUM of Revenue"]], "totals": False},
        {"options": ["rows=Region", "rows=Date by month", "totals=false"], "values": ["SUM of Revenue"]},
        {
            "action": "Create Pivot",
            "rows": ["Region", "Date by month"],
            "values": ["SUM of Revenue"],
            "totals": "false",
        },
        {"options": {"rows": ["Region", "Date by month"], "values": ["SUM of Revenue"], "totals": False, "sort": None}},
    ],
)
def test_harmless_variants_are_understood(step):
    assert decode({"action": "create_pivot", "target": "P!A1", "source": "O!A1:C9", **step}) == PIVOT


def test_one_value_may_stand_in_values():
    step = {"action": "write_cell", "target": "A1", "values": [[120.5]]}
    assert decode(step).value == "120.5"
    formula = decode({"action": "repeat_formula", "target": "A1:A3", "values": ["=B1"]})
    assert formula.formula == "=B1"


def test_the_one_place_of_an_action_may_go_by_either_word():
    assert decode({"action": "read_range", "target": "A1:B2"}).source == "A1:B2"
    assert decode({"action": "sort_range", "source": "A1:B2", "target": "", "options": ["by=A"]}).target == "A1:B2"


def test_values_as_a_markdown_table_or_records():
    wanted = [["Region", "Sum"], ["North", "1.5"], ["a|b", ""]]
    table = "| Region | Sum |\n|:---|---:|\n| North | 1.5 |\n| a\\|b | |"
    assert markdown_rows(table) == wanted
    assert rows(table.splitlines()) == wanted
    assert rows([{"Region": "North", "Sum": 1.5}, {"Region": "South", "Sum": None}]) == [
        ["Region", "Sum"],
        ["North", "1.5"],
        ["South", ""],
    ]
    assert rows([["a", 1, True, None, 2.0]]) == [["a", "1", "TRUE", "", "2"]]
    assert decode({"action": "write_table", "target": "A1", "values": table}).values == wanted


def test_choices_do_not_mind_case_and_spaces():
    step = {"action": "create_chart", "target": "H1", "source": "A1:B2", "options": ["chart_type=Stacked Column"]}
    assert decode(step).chart_type == "stacked_column"


@pytest.mark.parametrize(
    ("step", "parts"),
    [
        ({}, ["names no action", "write_table"]),
        ({"action": "create_pivto"}, ["no action “create_pivto”", "create_pivot"]),
        ({"action": "write_cell"}, ["write_cell:", "target is missing", "value is missing"]),
        (
            {"action": "create_chart", "target": "A1", "options": ["chart_type=spiral", "colour=red"]},
            ["no field “colour”", "source is missing", "chart_type should be 'line'"],
        ),
        ({"action": "add_sheet", "target": "X", "options": ["index=second"]}, ["index should be a valid integer"]),
        ({"action": "write_cell", "target": "A1", "options": ["value=1", "value=2"]}, ["given twice"]),
        ({"action": "add_sheet", "target": "X", "source": "Y!A1"}, ["takes no source"]),
        ({"action": "add_sheet", "target": "X", "values": [["a"]]}, ["takes no values"]),
        ({"action": "add_sheet", "target": "X", "options": ["first"]}, ['"first" is not written as field=value']),
        ({"action": "write_table", "target": "A1", "values": []}, ["values is missing"]),
    ],
)
def test_mistakes_are_told_all_at_once(step, parts):
    with pytest.raises(ActionError) as told:
        decode(step)
    for part in parts:
        assert part in str(told.value)


def walk(schema):
    yield schema
    for inner in [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]:
        yield from walk(inner)


def test_the_plan_schema_is_flat():
    schema = plan_schema()
    step = schema["properties"]["steps"]["items"]
    assert step["properties"]["action"]["enum"] == list(ACTIONS)
    assert len(step["properties"]) <= 8
    for node in [*schema["properties"].values(), *walk(step)]:
        assert not {"anyOf", "oneOf", "allOf", "$ref", "const", "default", "title"} & set(node)
        assert "title" not in node.get("properties", {})
    objects = [node for node in walk(schema) if node["type"] == "object"]
    assert objects == [schema, step]


def test_the_action_space_names_everything_and_stays_short():
    text = action_space()
    assert tokens(text) <= 1_500
    for kind, action in ACTIONS.items():
        [line] = [line for line in text.splitlines() if line.startswith(f"{kind}(")]
        assert all(name in line for name in shapes(action))


def test_the_action_space_says_the_first_clause_unless_the_name_says_it():
    lines = action_space().splitlines()
    assert "fill_constant(target; value): Write the same value into every cell of a range" in lines
    assert "rename_sheet(target; name): Give a sheet another name" in lines
    assert "delete_rows(target)" in lines
    assert any("style*? (bold|italic|underline|strikethrough, or not …)" in line for line in lines)

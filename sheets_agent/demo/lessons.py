"""The prepared model replies of the notebooks, by role. As in `replies`, a person wrote them down beforehand.

Each notebook asks for the same column, orders in roubles. What is prepared is what models say; what comes of it, what
speaks against it, and what is chosen is found by the agent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Step = Mapping[str, Any]
Reply = Mapping[str, Any]
Replies = Mapping[str, Sequence[Reply]]

TASK = "Add a column “Total RUB” to Orders: the total in roubles, at the euro rate in “Справочник”"

_COLUMN = "Orders!J4:J63"
_RATE = "'Справочник'!$B$3"


def _formula(why: str, formula: str, target: str = _COLUMN) -> Step:
    return {"why": why, "action": "repeat_formula", "target": target, "options": [f"formula={formula}"]}


HEADER = {
    "why": "The first free column",
    "action": "write_cell",
    "target": "Orders!J3",
    "options": ["value=Total RUB"],
}
RIGHT = _formula("The rate is one cell, so it is pinned", f"=I4*{_RATE}")
SLIPPING = _formula("The total times the rate", "=I4*'Справочник'!B3")
TEXT = _formula("The total times the rate", "=I4*'Справочник'!$A$3")
MONEY = {
    "why": "Roubles, not the euros of the column beside it",
    "action": "format_cells",
    "target": _COLUMN,
    "options": ['number_format=#,##0 "₽"'],
}
_SUMMARY = "Column J of Orders has each total in roubles, at the euro rate of “Справочник”."

_DESCRIPTION: Reply = {
    "json": {
        "request": "command",
        "tables": [
            {"range": "Orders!A3:I63", "description": "Export orders, a row each, in euros."},
            {"range": "'Справочник'!A1:C8", "description": "Parameters: exchange rates, VAT, discount, plans."},
        ],
        "columns": [
            {"range": "Orders!A3:I63", "letter": "H", "name": "Status", "meaning": "How far the order has got."},
            {"range": "Orders!A3:I63", "letter": "I", "name": "Total", "meaning": "Quantity × price, in euros."},
        ],
        "questions": [],
    }
}


def _plan(*steps: Step, match: str = "") -> Reply:
    return {"json": {"thoughts": "Total × rate, beside the table.", "steps": list(steps)}, "match": match}


def _text(text: str) -> Reply:
    return {"text": text}


# --------------------------------------------------------------------------------------------------- planners


def _explored(extent: str, last: Step | None, *ways: Sequence[Step]) -> Reply:
    """The explorer's reply, as often as it is asked, where the steps so far end with a step; None: at the start."""
    steps = [{"variant": number, **step} for number, way in enumerate(ways, 1) for step in way]
    ends = "[]}" if last is None else f"{json.dumps(last['options'], ensure_ascii=False)}}}]}}"
    return {
        "json": {"thoughts": "Several ways to go on.", "done": False, "steps": steps},
        "match": f"(?s)Extent: {extent}.*{re.escape(ends)}",
        "repeat": True,
    }


_DONE: Reply = {"json": {"thoughts": "All is done.", "done": True, "steps": []}, "repeat": True}

PLANNERS: Replies = {
    "retriever": [_DESCRIPTION],
    "planner": [_plan(HEADER, SLIPPING, MONEY), _plan(HEADER, RIGHT, MONEY), _plan(RIGHT, MONEY, HEADER)],
    "explorer": [
        _explored("next", None, [HEADER], [SLIPPING]),
        _explored("next", HEADER, [TEXT], [SLIPPING], [RIGHT]),
        _explored("next", RIGHT, [MONEY]),
        _explored("whole", None, [TEXT, HEADER, MONEY], [SLIPPING, HEADER, MONEY], [HEADER, RIGHT, MONEY]),
        _DONE,
    ],
    "executor": [_text(_SUMMARY)],
}
"""For every strategy: the planner's first plan is wrong, the other two do the same in another order."""

# --------------------------------------------------------------------------------------------------- feedback

ONLY_SOLD = "Only orders that are shipped or paid; leave the others empty"
ROUNDED = "Whole roubles, please, and a chart by date"

_SOLD = f'IF(OR(H4="shipped",H4="paid"),I4*{_RATE},"")'
_WHOLE = f'IF(OR(H4="shipped",H4="paid"),ROUND(I4*{_RATE},0),"")'
_CHART = {
    "why": "As the reviewer asks",
    "action": "create_chart",
    "target": "Orders!L3",
    "source": "Orders!A3:J63",
    "options": ["chart_type=column", "x=Date", "series=Total RUB", "heading=Sold orders", "y_label=₽"],
}

REVIEWED: Replies = {
    "retriever": [_DESCRIPTION],
    "planner": [
        _plan(HEADER, _formula("Only what is sold", f"={_SOLD}"), MONEY, match=ONLY_SOLD),
        _plan(HEADER, RIGHT, MONEY),
    ],
    "corrector": [_plan(_formula("As the reviewer asks", f"={_WHOLE}"), _CHART, match=ROUNDED)],
    "executor": [
        _text("Column J of Orders has the totals of sold orders in roubles."),
        _text("Column J of Orders has the totals of sold orders in whole roubles, with a chart by date."),
    ],
}
"""A reviewer sends the plan back for `ONLY_SOLD`, and the result for `ROUNDED`."""

COMMENTED: Replies = {"retriever": [_DESCRIPTION], "planner": [_plan(HEADER, RIGHT, MONEY)]}
"""Up to the review of the plan."""

ACCEPTED: Replies = {"executor": [_text(_SUMMARY)]}
"""After the review: nothing that was answered before is asked again."""

# ------------------------------------------------------------------------------------- other agents and graphs


def _calls(name: str, **arguments: str) -> Reply:
    return {"tool_calls": [{"name": name, "args": arguments}]}


ASSISTANT: Sequence[Reply] = (
    _calls("describe_spreadsheet"),
    _calls("write_cell", target="Orders!J3", value="Total RUB"),
    _calls("repeat_formula", target=_COLUMN, formula=f"=I4*{_RATE}"),
    _calls("format_cells", target=_COLUMN, number_format='#,##0 "₽"'),
    _text(_SUMMARY),
    _calls("write_cell", target="Orders!F3", value="Quantity"),
    _text("The column is called “Quantity” now."),
    _calls("undo_run"),
    _text("It is called “Qty” again."),
)
"""Somebody else's agent with the tools of a spreadsheet: adds the column, renames another, takes that back."""

SUBGRAPH: Replies = {**COMMENTED, **ACCEPTED}

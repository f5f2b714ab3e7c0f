"""Every text in an API request that can become a formula or a link, and what the policy says of it.

A request is walked whole, so that no field can be forgotten: whatever begins like a formula is judged as one, wherever
it stands, but for the few fields that Sheets keeps as plain text. Requests that make Google fetch from elsewhere, such
as those for BigQuery, are refused as such.

Source: the discovery document of the Sheets API v4, which the tests walk.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sheets_agent.formulas.locale import to_canonical
from sheets_agent.formulas.policy import FunctionPolicy, is_formula, visible

JSON = Mapping[str, Any]

PLAIN = frozenset({"stringValue", "find", "fields", "note", "formattedValue", "content"})
"""Texts that are never parsed: a cell's text, what is searched for, masks, notes, comments."""
TYPED = frozenset({"formulaValue", "userEnteredValue", "formula", "data", "replacement"})
"""Texts that are parsed as if typed: there a formula that cannot be read is refused."""
ALWAYS = frozenset({"formulaValue", "formula"})
"""Of these, the ones that are formulas whatever they begin with."""
LINKS = frozenset({"uri", "hyperlink"})
REACHING = frozenset(
    {"addDataSource", "updateDataSource", "refreshDataSource", "dataSourceTable", "dataSourceFormula", "dataSource",
     "dataSourceChartProperties", "dataSourceSheetProperties"}
)  # fmt: skip
"""Parts that make Google query something outside of the spreadsheet."""
_TAG = re.compile(r"<[^>]*>")


def refusals(request: JSON, policy: FunctionPolicy, locale: str) -> tuple[str, ...]:
    """Why a request may not be sent, a sentence for each reason; none where it may.

    Args:
        request: one entry of batchUpdate's `requests`.
        policy: what formulas may call.
        locale: of the spreadsheet: formulas in requests are written in it.
    """
    return tuple(dict.fromkeys(_walk(request, "", policy, locale)))


def formulas(request: JSON, locale: str) -> Iterator[str]:
    """The formulas a request writes, in en_US notation."""
    for key, text in _texts(request, ""):
        if key in ALWAYS or (key not in PLAIN and is_formula(text)):
            yield to_canonical(visible(text), locale)


def _walk(part: Any, key: str, policy: FunctionPolicy, locale: str) -> Iterator[str]:
    for name in _keys(part):
        if name in REACHING:
            yield f"{name} queries a data source outside of the spreadsheet."
    for name, text in _texts(part, key):
        yield from _text(name, text, policy, locale)
    if isinstance(part, Mapping) and "pasteData" in part:
        yield from _pasted(part["pasteData"], policy, locale)


def _keys(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield str(key)
            yield from _keys(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _keys(value)


def _texts(part: Any, key: str) -> Iterator[tuple[str, str]]:
    """Every text in a request with the name of its field; a list's with the name of the list."""
    if isinstance(part, str):
        yield key, part
    elif isinstance(part, Mapping):
        for name, value in part.items():
            yield from _texts(value, str(name))
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _texts(value, key)


def _text(key: str, text: str, policy: FunctionPolicy, locale: str) -> Iterator[str]:
    if key in PLAIN:
        return
    if key in LINKS and text and (why := policy.address(text)):
        yield why
    start = visible(text)
    if (is_formula(text) or key in ALWAYS) and key != "data":
        formula = to_canonical(start, locale)
        yield from policy.refusals(formula) if key in TYPED else policy.spoken(formula)
    elif key == "replacement" or start.startswith(("-", "@")):
        yield from policy.spoken(text)  # it may become a part of a formula


def _pasted(paste: JSON, policy: FunctionPolicy, locale: str) -> Iterator[str]:
    """What is pasted is typed cell by cell."""
    text = html.unescape(str(paste.get("data", "")))
    delimiter = str(paste.get("delimiter") or "\t")
    cells = (
        _TAG.split(text) if paste.get("html") else [cell for row in text.splitlines() for cell in row.split(delimiter)]
    )
    for cell in cells:
        bare = cell.strip().strip('"')
        if is_formula(bare):
            yield from policy.refusals(to_canonical(visible(bare), locale))
    yield from policy.spoken(text)

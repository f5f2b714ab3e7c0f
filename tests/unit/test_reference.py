"""References to spreadsheets: ids and URLs."""

from __future__ import annotations

import pytest

from sheets_agent.errors import UsageError
from sheets_agent.reference import SpreadsheetReference, parse_reference

ID = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"


@pytest.mark.parametrize(
    ("text", "sheet_id"),
    [
        (ID, None),
        (f"  {ID}\n", None),
        (f"https://docs.google.com/spreadsheets/d/{ID}", None),
        (f"https://docs.google.com/spreadsheets/d/{ID}/edit", None),
        (f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0", 0),
        (f"https://docs.google.com/spreadsheets/d/{ID}/edit?gid=1746#gid=1746", 1746),
        (f"https://docs.google.com/spreadsheets/d/{ID}/edit?usp=sharing", None),
        (f"https://docs.google.com/spreadsheets/u/1/d/{ID}/edit#gid=5", 5),
        (f"https://docs.google.com/a/example.com/spreadsheets/d/{ID}/edit", None),
        (f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=²", None),
        (f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=-1", None),
    ],
)
def test_ids_and_urls(text, sheet_id):
    assert parse_reference(text) == SpreadsheetReference(ID, sheet_id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        f"{ID} x",
        f"docs.google.com/spreadsheets/d/{ID}",
        f"https://evil.example/spreadsheets/d/{ID}/edit",
        f"https://docs.google.com@evil.example/spreadsheets/d/{ID}/edit",
        f"https://docs.google.com.evil.example/spreadsheets/d/{ID}/edit",
        f"ftp://docs.google.com/spreadsheets/d/{ID}/edit",
        f"https://docs.google.com/document/d/{ID}/edit",
        "https://docs.google.com/spreadsheets/d/e/2PACX-1vQabcdefghijklmnopqrstuvwxyz/pubhtml",
        "https://docs.google.com/spreadsheets/d/short/edit",
        "https://docs.google.com/spreadsheets/",
        "https://[docs.google.com/spreadsheets",
    ],
)
def test_other_things_are_refused_with_what_to_give(text):
    with pytest.raises(UsageError) as caught:
        parse_reference(text)
    assert "spreadsheet id" in caught.value.hint

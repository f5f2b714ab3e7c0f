"""pasteData: text and HTML as they come from a clipboard."""

from __future__ import annotations

import time
from typing import Any

import pytest
from emulator_workbooks import area, book, contents
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.requests.html_tables import laid_out
from sheets_agent.emulator.workbook import Cell, Workbook


def paste(workbook: Workbook, data: str, row: int = 0, column: int = 0, **request: Any) -> Workbook:
    coordinate = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
    assert HANDLERS["pasteData"](workbook, {"coordinate": coordinate, "data": data, **request}) == {}
    return workbook


def html(data: str, workbook: Workbook | None = None, **request: Any) -> Workbook:
    return paste(workbook or book(), data, html=True, **request)


TABLE = """<meta charset="utf-8"><style>td {color: red}</style><!-- a comment --><table>
  <thead><tr><th>Item</th><th>Price</th></tr></thead>
  <tbody><tr><td>Tea &amp; cake</td><td>$1,200.50</td></tr>
  <tr><td><b>Total</b> of <i>all</i></td><td><b><i>=SUM(B2)</i></b></td></tr></tbody></table>"""


def test_a_table_of_html_is_typed_into_cells() -> None:
    workbook = html(TABLE)
    assert contents(workbook) == [["Item", "Price"], ["Tea & cake", 1200.5], ["Total of all", "=SUM(B2)"]]
    sheet = workbook.sheets[0]
    assert (sheet.cell(1, 1).format or {})["numberFormat"]["type"] == "CURRENCY"
    assert [sheet.cell(0, column).format for column in (0, 1)] == [{"textFormat": {"bold": True}}] * 2
    assert sheet.cell(2, 0).format is None
    assert sheet.cell(2, 1).format == {"textFormat": {"bold": True, "italic": True}}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", []),
        ("plain", [["plain"]]),
        ("one<br>two<p>three</p>", [["one"], ["two"], ["three"]]),
        ("<ul><li>a<li>b</ul>", [["a"], ["b"]]),
        ("<table><tr><td>a<td>b<tr><td>c</table>", [["a", "b"], ["c", None]]),
        ("<table><td>a<td>b</table>", [["a", "b"]]),
        ("<table><tr><td>a<br>b</td></tr></table>", [["a\nb"]]),
        ("<table><tr><td> a \n  b </td><td></td><td>&nbsp;c</td></tr></table>", [["a b", None, " c"]]),
        ("before<table><tr><td>1</td></tr></table>after", [["before"], [1.0], ["after"]]),
        ("<table><tr><td>1<table><tr><td>2</td></tr></table></td><td>3</td></tr></table>", [["1\n2", 3.0]]),
        ("<html><head><title>t</title><body><script>1<2</script><div>x</div>", [["x"]]),
        ("<table><tr><td>open", [["open"]]),
        ("a < b > c & d", [["a < b > c & d"]]),
        ("</td></table>x", [["x"]]),
        ("<!DOCTYPE html><!--[if gte mso 9]><xml>no</xml><![endif]--><![if !x]>yes<![endif]>", [["yes"]]),
        ("<a<a", [["<a<a"]]),
    ],
)
def test_rows_of_html(data: str, expected: list[list[Any]]) -> None:
    assert contents(html(data)) == expected


def test_spans_become_merges_and_push_cells_aside() -> None:
    spans = (
        "<table><tr><td rowspan=2>a</td><td colspan='2'>b</td></tr><tr><td>c</td><td>d</td></tr>"
        "<tr><td colspan=3 rowspan=9>e</td></tr></table>"
    )
    workbook = book((1, 2, 3), (4, 5, 6))
    workbook.sheets[0].merges = []
    HANDLERS["mergeCells"](workbook, {"range": area("B1:B2"), "mergeType": "MERGE_ALL"})
    HANDLERS["mergeCells"](workbook, {"range": area("H8:I9"), "mergeType": "MERGE_ALL"})
    html(spans, workbook)
    assert contents(workbook) == [["a", "b", None], [None, "c", "d"], ["e", None, None]]
    merged = [merge.to_api() for merge in workbook.sheets[0].merges]
    assert merged == [area("H8:I9"), area("A1:A2"), area("B1:C1"), area("A3:C3")]


def test_spans_that_run_into_one_another_are_cut() -> None:
    found = laid_out("<table><tr><td>a<td rowspan=2>b<tr><td colspan=3>c<td>d</table>").cells
    assert {place: (cell.text, cell.rows, cell.columns) for place, cell in found.items()} == {
        (0, 0): ("a", 1, 1), (0, 1): ("b", 2, 1), (1, 0): ("c", 1, 1), (1, 2): ("d", 1, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "bold", "merges"),
    [
        ("PASTE_NORMAL", "x", True, 1),
        ("PASTE_NO_BORDERS", "x", True, 1),
        ("PASTE_VALUES", "x", False, 0),
        ("PASTE_FORMULA", "x", False, 0),
        ("PASTE_FORMAT", 1.0, True, 0),
        ("PASTE_DATA_VALIDATION", 1.0, False, 0),
        ("PASTE_CONDITIONAL_FORMATTING", 1.0, False, 0),
    ],
)
def test_what_each_kind_of_paste_brings(kind: str, value: Any, bold: bool, merges: int) -> None:
    workbook = html("<table><tr><th colspan=2>x</th></tr></table>", book((1,)), type=kind)
    cell = workbook.sheets[0].cell(0, 0)
    assert (cell.value, bool(cell.format), len(workbook.sheets[0].merges)) == (value, bold, merges)


@pytest.mark.parametrize("kind", ["PASTE_FORMAT", "PASTE_DATA_VALIDATION", "PASTE_CONDITIONAL_FORMATTING"])
def test_text_has_no_formats_and_rules(kind: str) -> None:
    old = Cell(1.0, format={"textFormat": {"bold": True}})
    assert paste(book((old,)), "a\tb", type=kind).sheets[0].rows == {0: {0: old}}


def test_html_keeps_the_formats_of_cells_and_grows_the_grid() -> None:
    workbook = book((Cell(1.0, format={"wrapStrategy": "WRAP"}),), size=(1, 1))
    html("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", workbook)
    sheet = workbook.sheets[0]
    assert sheet.cell(0, 0).format == {"wrapStrategy": "WRAP", "textFormat": {"bold": True}}
    assert (sheet.row_count, sheet.column_count) == (2, 2)


@pytest.mark.parametrize("is_html", [True, False])
def test_a_cell_holds_so_many_characters(is_html: bool) -> None:
    with pytest.raises(Refusal, match="50000 characters"):
        paste(book(), "x" * 50_001, html=is_html)


def test_a_table_of_too_many_cells_is_refused_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(Refusal):
        html("<table>" + "<tr><td colspan=1000 rowspan=60000>x" * 60_000 + "</table>")
    assert time.monotonic() - began < 20


@given(
    st.lists(
        st.sampled_from(
            [
                "<table>",
                "</table>",
                "<tr>",
                "<td colspan=2>",
                "<th rowspan=0>",
                "</td>",
                "<p>",
                "<b>",
                "</b>",
                "x",
                "<br>",
                "<!--",
                "<",
            ]
        ),
        max_size=40,
    )
)
def test_no_html_breaks_it_and_no_merges_meet(pieces: list[str]) -> None:
    sheet = html("".join(pieces), book(size=(50, 50))).sheets[0]
    for index, one in enumerate(sheet.merges):
        assert all(one.intersection(other) is None for other in sheet.merges[index + 1 :])

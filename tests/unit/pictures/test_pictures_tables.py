"""Windows of a sheet as HTML."""

import pytest

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.values import ErrorValue
from sheets_agent.pictures import table_html
from sheets_agent.sheets.book import Book, CellView, NotLoaded, SheetInfo


def book(cells, merges=()):
    info = SheetInfo(7, "Лист <1>", 0, 100, 30, merges=merges)
    keyed = {(7, row, column): cell for (row, column), cell in cells.items()}
    return Book("id", "t", "en_US", "Etc/GMT", (info,), cells=keyed, loaded=(GridRange(7, 0, 50, 0, 30),))


def test_texts_formulas_and_titles_are_escaped():
    cells = {
        (0, 0): CellView("x", "<script>alert(1)</script>\n&"),
        (0, 1): CellView(1.0, "1", formula='=IF(A1<2,"a","b")'),
    }
    html = table_html(book(cells), GridRange(7, 0, 2, 0, 2))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>&amp;" in html
    assert 'title="=IF(A1&lt;2,&quot;a&quot;,&quot;b&quot;)"' in html
    assert "&#x27;Лист &lt;1&gt;&#x27;!A1:B2" in html


def test_numbers_stand_right_and_formats_show():
    style = {
        "textFormat": {"bold": True, "italic": True, "underline": True, "foregroundColor": {"red": 1.0}},
        "backgroundColor": {"green": 1.0},
        "horizontalAlignment": "CENTER",
        "borders": {"top": {"style": "DOUBLE", "color": {"blue": 1.0}}},
    }
    cells = {
        (0, 0): CellView(5.0, "5"),
        (0, 1): CellView("x", "x", format=style),
        (0, 2): CellView(ErrorValue("REF"), "#REF!"),
    }
    html = table_html(book(cells), GridRange(7, 0, 1, 0, 3))
    assert "text-align:right;" in html
    for part in ("font-weight:bold", "font-style:italic", "text-decoration:underline", "color:#FF0000",
                 "background:#00FF00", "text-align:center", "border-top:3px double #0000FF", "#c5221f"):  # fmt: skip
        assert part in html, part


def test_merges_span_and_hide_what_they_cover():
    cells = {(0, 0): CellView("wide", "wide"), (0, 1): CellView("under", "under")}
    html = table_html(book(cells, (GridRange(7, 0, 2, 0, 2),)), GridRange(7, 0, 3, 0, 3))
    assert 'rowspan="2" colspan="2"' in html
    assert "under" not in html
    assert html.count("<td") == 9 - 3


def test_what_does_not_fit_is_said():
    html = table_html(book({}), GridRange(7, 0, 50, 0, 30), max_rows=10, max_columns=5)
    assert html.count("<tr>") == 11
    assert "40 more rows and 25 more columns" in html
    with pytest.raises(NotLoaded):
        table_html(book({}), GridRange(7, 45, 60, 0, 3))

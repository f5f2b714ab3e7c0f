"""The numbers at the axes of native charts are shown as their cells are: dates as dates, money as money."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from emulator_workbooks import DATE, MONEY, area, book

from sheets_agent.emulator.files import save_file
from sheets_agent.emulator.workbook import Cell

ROWS = [
    ["day", "paid", "share", "plain"],
    [Cell(46082.0, format={"numberFormat": DATE}), Cell(5.0, format={"numberFormat": MONEY}), Cell(0.5), 1],
    [Cell(46083.0, format={"numberFormat": DATE}), "=B2*2", Cell(0.6), 2],
]
PLAIN = ("General", "1")


def source(column: str) -> dict[str, Any]:
    return {"sourceRange": {"sources": [area(f"{column}1:{column}3")]}}


def axes(tmp_path: Path, kind: str, domain: str, *series: tuple[str, str], **body: Any) -> list[tuple[str, str]]:
    """The format codes of a chart's axes, and whether each is left to the cells, the categories' first."""
    made = book(*ROWS)
    drawn = [{"series": source(column), "targetAxis": f"{side}_AXIS"} for column, side in series]
    spec = {"chartType": kind, "headerCount": 1, "domains": [{"domain": source(domain)}], "series": drawn, **body}
    made.sheets[0].resources = {"charts": [{"chartId": 7, "spec": {"basicChart": spec}, "position": {}}]}
    save_file(made, tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as package:
        text = package.read("xl/charts/chart1.xml").decode()
    return re.findall(r'<c:numFmt formatCode="([^"]*)" sourceLinked="([01])"/>', text)


@pytest.mark.parametrize("kind", ["COLUMN", "LINE", "AREA", "SCATTER"])
def test_dates_and_money(tmp_path: Path, kind: str) -> None:
    assert axes(tmp_path, kind, "A", ("B", "LEFT")) == [("yyyy-mm-dd", "0"), ("&quot;$&quot;#,##0.00", "0")]


def test_bars_have_their_values_below(tmp_path: Path) -> None:
    assert axes(tmp_path, "BAR", "A", ("B", "BOTTOM")) == [("yyyy-mm-dd", "0"), ("&quot;$&quot;#,##0.00", "0")]


def test_numbers_without_a_format_stay_plain(tmp_path: Path) -> None:
    assert axes(tmp_path, "COLUMN", "D", ("D", "LEFT")) == [PLAIN, PLAIN]


def test_percents_of_a_whole_are_not_money(tmp_path: Path) -> None:
    assert axes(tmp_path, "COLUMN", "D", ("B", "LEFT"), stackedType="PERCENT_STACKED")[1] == ("0%", "1")


def test_the_right_axis_has_the_format_of_its_own_series(tmp_path: Path) -> None:
    found = axes(tmp_path, "COLUMN", "D", ("D", "LEFT"), ("B", "RIGHT"))
    assert found.count(("&quot;$&quot;#,##0.00", "0")) == 1
    assert found[1] == PLAIN

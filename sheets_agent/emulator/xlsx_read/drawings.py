"""The charts of a package and where they stand.

Openpyxl's own way gives up on every chart of a drawing that also has a shape it does not know, and loses the axes of
area charts; its classes for a single chart are sound and are used here.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

from openpyxl.chart.chartspace import ChartSpace
from openpyxl.chart.reader import read_chart
from openpyxl.xml.functions import fromstring

from sheets_agent.emulator.xlsx_read.package import identified, related

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_NEWER_CHART = "{http://schemas.microsoft.com/office/drawing/2014/chartex}chart"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_EMU_PER_PIXEL = 9525


@dataclass(frozen=True, slots=True)
class Corner:
    """A place on the grid: zero-based row and column, and pixels from their start."""

    row: int
    column: int
    right: float
    down: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart on a sheet.

    Attributes:
        chart: openpyxl's chart, None when it is of a kind that cannot be read.
        start: the upper left corner.
        end: the lower right corner, None where the file says the size instead.
        size: width and height in pixels, None where the file says the end instead.
    """

    chart: Any
    start: Corner
    end: Corner | None
    size: tuple[int, int] | None


def charts_of(package: ZipFile, part: str) -> Iterator[Drawn]:
    """The charts of a worksheet's part, in the order they were drawn."""
    for kind, drawing in related(package, part):
        if not kind.endswith("/drawing") or drawing not in package.namelist():
            continue
        targets = identified(package, drawing)
        for anchor in ElementTree.fromstring(package.read(drawing)):
            for element in anchor.iter():
                if element.tag == _NEWER_CHART:
                    yield _placed(None, anchor)
                elif element.tag == _CHART:
                    yield _placed(_chart(package, targets.get(element.get(_ID, ""), "")), anchor)


def _chart(package: ZipFile, part: str) -> Any:
    try:
        space = ChartSpace.from_tree(fromstring(package.read(part)))
        chart = read_chart(space)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError):  # all of them for charts it does not know
        return None
    axes = space.chart.plotArea._axes
    for one in chart._charts:
        if one.tagname.startswith("area"):
            one.x_axis = next((axis for axis in axes if axis.tagname in ("catAx", "dateAx")), one.x_axis)
            one.y_axis = next((axis for axis in axes if axis.tagname == "valAx"), one.y_axis)
    return chart


def _placed(chart: Any, anchor: ElementTree.Element) -> Drawn:
    extent = anchor.find(f"{_DRAWING}ext")
    size = None
    if extent is not None:
        size = (round(_pixels(extent.get("cx"))), round(_pixels(extent.get("cy"))))
    start = _corner(anchor.find(f"{_DRAWING}from"))
    return Drawn(chart, start or Corner(0, 0, 0, 0), _corner(anchor.find(f"{_DRAWING}to")), size)


def _corner(marker: ElementTree.Element | None) -> Corner | None:
    if marker is None:
        return None
    row, column, down, right = (
        marker.findtext(f"{_DRAWING}{name}", "0") for name in ("row", "col", "rowOff", "colOff")
    )
    return Corner(int(row), int(column), _pixels(right), _pixels(down))


def _pixels(emu: str | None) -> float:
    return float(emu or 0) / _EMU_PER_PIXEL

"""What an .xlsx package holds that a spreadsheet of the Sheets API cannot: found in the package itself, by place."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.xlsx_read.package import related, tail, worksheets

_DRAWN = {
    "pic": ("image is left out", "images are left out"),
    "sp": ("shape or text box is left out", "shapes or text boxes are left out"),
    "cxnSp": ("drawn line is left out", "drawn lines are left out"),
    "control": ("form control is left out", "form controls are left out"),
}
_PARTS = (
    ("/pivotTable", ("pivot table is kept as values", "pivot tables are kept as values")),
    ("/ctrlProp", ("form control is left out", "form controls are left out")),
    ("/slicer", ("slicer is left out", "slicers are left out")),
    ("/timeline", ("timeline is left out", "timelines are left out")),
    ("/oleObject", ("embedded object is left out", "embedded objects are left out")),
    ("/package", ("embedded object is left out", "embedded objects are left out")),
    ("/queryTable", ("data connection is left out", "data connections are left out")),
)
_SPARKLINES = re.compile(rb"<x14:sparkline[ >]")
_DATA_BARS = re.compile(rb"<x14:cfRule ")
_PRINT = re.compile(rb"<(?:rowBreaks|colBreaks|headerFooter)[ >]")
_VIEWS = re.compile(rb"<customSheetView |<scenario ")


def report(path: Path, sheets: Mapping[str, Any], losses: Losses) -> None:
    """Add what stays behind to the losses; only tabs in `sheets` are looked at."""
    with ZipFile(path) as package:
        names = set(package.namelist())
        if any(name.endswith("vbaProject.bin") for name in names):
            losses.say("Macros are left out.")
        if any(name.startswith("xl/externalLinks/") for name in names):
            losses.say("Links to other workbooks are left out; their last values stay.")
        for title, part in worksheets(package):
            if title not in sheets:
                continue
            for kind, target in related(package, part):
                for ending, phrases in _PARTS:
                    if kind.endswith(ending):
                        losses.add(*phrases, title)
                if kind.endswith("/drawing") and target in names:
                    _report_drawing(package.read(target), title, losses)
            _report_extras(package, part, title, losses)


def _report_drawing(drawing: bytes, title: str, losses: Losses) -> None:
    for element in ElementTree.fromstring(drawing).iter():
        phrases = _DRAWN.get(str(element.tag).rpartition("}")[2])
        if phrases is not None:
            losses.add(*phrases, title)


def _report_extras(package: ZipFile, part: str, title: str, losses: Losses) -> None:
    """Sparklines and the like stand after the cells, so the end of a worksheet is enough to find them."""
    end = tail(package, part)
    for _ in _SPARKLINES.findall(end):
        losses.add("sparkline is left out", "sparklines are left out", title)
    if _PRINT.search(end):
        losses.add(
            "tab loses its headers, footers or page breaks", "tabs lose their headers, footers or page breaks", title
        )
    if _VIEWS.search(end):
        losses.add("tab loses its custom views or scenarios", "tabs lose their custom views or scenarios", title)
    if _DATA_BARS.search(end):
        losses.add(
            "tab loses conditional formats of Excel's newer kinds",
            "tabs lose conditional formats of Excel's newer kinds",
            title,
        )

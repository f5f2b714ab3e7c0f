"""Charts of an .xlsx file as the API's EmbeddedCharts."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from sheets_agent.a1 import parse_a1, quote_title
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import Sheet
from sheets_agent.emulator.xlsx_read.drawings import Drawn
from sheets_agent.errors import UsageError

JSON = dict[str, Any]

_BASIC = {
    "lineChart": "LINE", "line3DChart": "LINE", "barChart": "COLUMN", "bar3DChart": "COLUMN", "areaChart": "AREA",
    "area3DChart": "AREA", "scatterChart": "SCATTER",
}  # fmt: skip
_ROUND = ("pieChart", "pie3DChart", "doughnutChart", "ofPieChart")
_LEGENDS = {"b": "BOTTOM_LEGEND", "t": "TOP_LEGEND", "l": "LEFT_LEGEND", "r": "RIGHT_LEGEND", "tr": "RIGHT_LEGEND"}
_STACKED = {"stacked": "STACKED", "percentStacked": "PERCENT_STACKED"}


def read_charts(drawn: Iterable[Drawn], sheet: Sheet, sheet_ids: Mapping[str, int], losses: Losses) -> list[JSON]:
    """The charts of one sheet."""
    result = []
    for index, one in enumerate(drawn):
        spec = None if one.chart is None else _Spec(one.chart, sheet_ids).read()
        if spec is None:
            losses.add(
                "chart of a kind that cannot be kept is left out",
                "charts of kinds that cannot be kept are left out",
                quote_title(sheet.title),
            )
            continue
        identifier = zlib.crc32(f"{sheet.title}/{index}".encode()) & 0x7FFFFFFF
        result.append({"chartId": identifier, "spec": spec, "position": _position(one, sheet)})
    return result


def _position(drawn: Drawn, sheet: Sheet) -> JSON:
    start, end = drawn.start, drawn.end
    anchor = {"sheetId": sheet.sheet_id, "rowIndex": start.row, "columnIndex": start.column}
    overlay: JSON = {"anchorCell": anchor, "widthPixels": 600, "heightPixels": 371}
    for name, offset in (("offsetXPixels", start.right), ("offsetYPixels", start.down)):
        if round(offset):
            overlay[name] = round(offset)
    if drawn.size is not None:
        overlay["widthPixels"], overlay["heightPixels"] = drawn.size
    elif end is not None:
        width = _length(sheet.column_metadata, start.column, end.column, 64) + end.right - start.right
        height = _length(sheet.row_metadata, start.row, end.row, 20) + end.down - start.down
        overlay["widthPixels"], overlay["heightPixels"] = max(50, round(width)), max(50, round(height))
    return {"overlayPosition": overlay}


def _length(metadata: Mapping[int, JSON], start: int, end: int, default: int) -> int:
    """Pixels from the start of one row or column to the start of another; Excel's default size where none is set."""
    entries = (metadata.get(index, {}) for index in range(start, end))
    return sum(0 if entry.get("hiddenByUser") else int(entry.get("pixelSize", default)) for entry in entries)


class _Spec:
    """One openpyxl chart, possibly of several kinds drawn over each other."""

    def __init__(self, chart: Any, sheet_ids: Mapping[str, int]) -> None:
        self._chart = chart
        self._sheet_ids = sheet_ids
        self._headers = True

    def read(self) -> JSON | None:
        kind = self._chart.tagname
        spec: JSON = {}
        title = _text(self._chart.title)
        if title:
            spec["title"] = title
        if kind in _ROUND:
            body = self._pie(kind)
            return None if body is None else {**spec, "pieChart": body}
        if kind not in _BASIC:
            return None
        body = self._basic()
        return None if body is None else {**spec, "basicChart": body}

    def _legend(self, default: str) -> str:
        legend = self._chart.legend
        return default if legend is None else _LEGENDS.get(legend.position, "RIGHT_LEGEND")

    def _pie(self, kind: str) -> JSON | None:
        if not self._chart.series:
            return None
        series = self._chart.series[0]
        values = self._source(_reference(series.val))
        categories = self._source(_reference(series.cat))
        if values is None:
            return None
        body: JSON = {"legendPosition": self._legend("NO_LEGEND"), "series": values}
        if categories is not None:
            body["domain"] = categories
        if kind == "doughnutChart":
            body["pieHole"] = (self._chart.holeSize or 50) / 100
        if kind == "pie3DChart":
            body["threeDimensional"] = True
        return body

    def _basic(self) -> JSON | None:
        parts = list(getattr(self._chart, "_charts", [self._chart])) or [self._chart]
        kinds = {self._kind(part) for part in parts}
        chart_kind = kinds.pop() if len(kinds) == 1 else "COMBO"
        series: list[JSON] = []
        domain: JSON | None = None
        named = [
            part_series.tx is not None and part_series.tx.strRef is not None
            for part in parts
            for part_series in part.series
        ]
        self._headers = bool(named) and all(named)
        for part in parts:
            for one in part.series:
                scatter = part.tagname == "scatterChart"
                values = self._source(_reference(one.yVal if scatter else one.val), _title_reference(one))
                if values is None:
                    return None
                if domain is None:
                    domain = self._domain(_reference(one.xVal if scatter else one.cat), _title_reference(one))
                entry: JSON = {"series": values, "targetAxis": self._axis(part, chart_kind)}
                if chart_kind == "COMBO":
                    entry["type"] = self._kind(part)
                if _labelled(one) or _labelled(part):
                    entry["dataLabel"] = {"type": "DATA"}
                series.append(entry)
        if not series:
            return None
        body: JSON = {
            "chartType": chart_kind,
            "legendPosition": self._legend("NO_LEGEND"),
            "axis": self._axes(chart_kind),
            "series": series,
            "headerCount": 1 if self._headers else 0,
        }
        if domain is not None:
            body["domains"] = [{"domain": domain}]
        stacked = _STACKED.get(getattr(self._chart, "grouping", None) or "")
        if stacked and chart_kind not in ("LINE", "SCATTER"):
            body["stackedType"] = stacked
        return body

    @staticmethod
    def _kind(part: Any) -> str:
        if part.tagname in ("barChart", "bar3DChart") and part.barDir == "bar":
            return "BAR"
        return _BASIC.get(part.tagname, "LINE")

    def _axis(self, part: Any, chart_kind: str) -> str:
        if chart_kind == "BAR":
            return "BOTTOM_AXIS"
        own = getattr(getattr(part, "y_axis", None), "crosses", None)
        return "RIGHT_AXIS" if own == "max" else "LEFT_AXIS"

    def _axes(self, chart_kind: str) -> list[JSON]:
        across, up = ("LEFT_AXIS", "BOTTOM_AXIS") if chart_kind == "BAR" else ("BOTTOM_AXIS", "LEFT_AXIS")
        titles = (
            (across, _text(getattr(getattr(self._chart, "x_axis", None), "title", None))),
            (up, _text(getattr(getattr(self._chart, "y_axis", None), "title", None))),
        )
        return [{"position": position, **({"title": title} if title else {})} for position, title in titles]

    def _source(self, reference: str | None, title: str | None = None) -> JSON | None:
        area = self._area(reference)
        if area is None:
            return None
        if self._headers and title is not None:
            heading = self._area(title)
            area = _joined(heading, area)
            if area is None:
                return None
        return {"sourceRange": {"sources": [area]}}

    def _domain(self, reference: str | None, title: str | None) -> JSON | None:
        """Categories, stretched over the heading's row or column so that they stay level with the series."""
        area, heading = self._area(reference), self._area(title)
        if area is None:
            return None
        if self._headers and heading is not None:
            if heading["startRowIndex"] == area["startRowIndex"] - 1:
                area = {**area, "startRowIndex": heading["startRowIndex"]}
            elif heading["startColumnIndex"] == area["startColumnIndex"] - 1:
                area = {**area, "startColumnIndex": heading["startColumnIndex"]}
        return {"sourceRange": {"sources": [area]}}

    def _area(self, reference: str | None) -> JSON | None:
        if not reference:
            return None
        try:
            parsed = parse_a1(reference.strip("()"))
        except UsageError:
            return None
        if parsed.sheet is None or parsed.sheet not in self._sheet_ids or None in (parsed.end_row, parsed.end_column):
            return None
        return parsed.grid_range(self._sheet_ids[parsed.sheet]).to_api()


def _labelled(drawn: Any) -> bool:
    """Whether a series, or a whole chart, has its values written beside it."""
    labels = getattr(drawn, "dLbls", None)
    return labels is not None and bool(labels.showVal)


def _joined(heading: JSON | None, area: JSON) -> JSON | None:
    """One range of a series and the heading just before it; None when they are not neighbours."""
    if heading is None or heading["sheetId"] != area["sheetId"]:
        return None
    above = (heading["endRowIndex"], heading["startColumnIndex"]) == (area["startRowIndex"], area["startColumnIndex"])
    beside = (heading["endColumnIndex"], heading["startRowIndex"]) == (area["startColumnIndex"], area["startRowIndex"])
    if above:
        return {**area, "startRowIndex": heading["startRowIndex"]}
    return {**area, "startColumnIndex": heading["startColumnIndex"]} if beside else None


def _reference(source: Any) -> str | None:
    for name in ("numRef", "strRef", "multiLvlStrRef"):
        found = getattr(source, name, None)
        if found is not None:
            return str(found.f)
    return None


def _title_reference(series: Any) -> str | None:
    return str(series.tx.strRef.f) if series.tx is not None and series.tx.strRef is not None else None


def _text(title: Any) -> str:
    rich = getattr(getattr(title, "tx", None), "rich", None)
    if rich is None:
        return ""
    return "\n".join("".join(run.t or "" for run in paragraph.r or ()) for paragraph in rich.p).strip()

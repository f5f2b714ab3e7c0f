"""Requests about what floats above the grid: charts and slicers.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/charts
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.masks import merge, update_mask
from sheets_agent.emulator.requests.chart_sheets import add_chart_sheet, leave, put_chart, wants_own_sheet
from sheets_agent.emulator.requests.colours import mask_of, normalised
from sheets_agent.emulator.requests.lookup import (
    RESOURCE_IDS,
    bounded_range,
    chosen_id,
    coordinate,
    every,
    put,
    resource,
    swap,
    taken_ids,
)
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook

DEFAULT_WIDTH, DEFAULT_HEIGHT = 600, 371
_KINDS = (
    "basicChart", "pieChart", "bubbleChart", "candlestickChart", "orgChart", "histogramChart", "waterfallChart",
    "treemapChart", "scorecardChart",
)  # fmt: skip


def addChart(workbook: Workbook, request: JSON) -> JSON:
    """Add a chart, over the cells of a sheet or on a new sheet of its own."""
    chart = _new_chart(workbook, request)
    position = request.get("chart", {}).get("position", {})
    if wants_own_sheet(position):
        return {"chart": put_chart(add_chart_sheet(workbook, position), chart)}
    sheet, chart["position"] = _position(workbook, position)
    put(sheet, "charts", [*sheet.list("charts"), chart])
    return {"chart": chart}


def fill_chart_sheet(workbook: Workbook, sheet: Sheet, charts: Sequence[JSON]) -> None:
    """Give a sheet that was made for a chart, and is new, its chart.

    Raises:
        Refusal: not exactly one chart, or one that is refused.
    """
    if len(charts) != 1:
        raise Refusal("A sheet of the type OBJECT has exactly one chart.")
    put_chart(sheet, _new_chart(workbook, {"chart": charts[0]}))


def _new_chart(workbook: Workbook, request: JSON) -> JSON:
    """A checked chart that has no place yet."""
    given = normalised(workbook, request.get("chart", {}))
    _check_id(workbook, given.get("chartId"))
    spec = _checked_spec(workbook, given.get("spec"))
    return {
        "chartId": chosen_id(workbook, "charts", given.get("chartId"), "A chart"),
        "spec": spec,
        "position": {},
        **({"border": given["border"]} if "border" in given else {}),
    }


def _check_id(workbook: Workbook, wanted: int | None) -> None:
    """Charts and slicers share their ids."""
    taken = {item[RESOURCE_IDS[name]] for name in ("charts", "slicers") for _, item in every(workbook, name)}
    if wanted is not None and wanted in taken:
        raise Refusal(f"An embedded object with id {wanted} already exists.")


def _checked_spec(workbook: Workbook, spec: JSON | None) -> JSON:
    """A chart's specification with its source ranges as Google stores them.

    Raises:
        Refusal: no specification, not exactly one kind of chart, no series, or a range outside its grid.
    """
    if not spec:
        raise Refusal("No chart specification was given.")
    kinds = [kind for kind in _KINDS if kind in spec]
    if "dataSourceChartProperties" in spec:
        identifier = spec["dataSourceChartProperties"].get("dataSourceId", "")
        raise Refusal(f"No data source with id: {identifier}")
    if len(kinds) != 1:
        raise Refusal("Exactly one chart type must be specified.")
    if kinds == ["basicChart"]:
        basic = spec["basicChart"]
        if basic.get("chartType") in (None, "BASIC_CHART_TYPE_UNSPECIFIED"):
            raise Refusal("Chart type must be specified.")
        if not basic.get("series"):
            raise Refusal("At least one series must be specified.")
    return _with_stored_ranges(workbook, spec)


def _with_stored_ranges(workbook: Workbook, body: JSON) -> JSON:
    result: JSON = {}
    for key, value in body.items():
        if key == "sources":
            areas = [bounded_range(workbook, item)[1] for item in value]
            if any(area.rows > 1 and area.columns > 1 for area in areas):
                raise Refusal("ChartSourceRange ranges require all rows or all columns to have length of 1")
            result[key] = [area.to_api() for area in areas]
        else:
            result[key] = _walked(workbook, value)
    return result


def _walked(workbook: Workbook, value: Any) -> Any:
    if isinstance(value, dict):
        return _with_stored_ranges(workbook, value)
    if isinstance(value, list):
        return [_walked(workbook, item) for item in value]
    return value


def _position(workbook: Workbook, given: JSON) -> tuple[Sheet, JSON]:
    """The sheet over whose cells an object goes and its position, sizes filled in.

    Raises:
        Refusal: no such position, or its anchor lies outside its grid.
    """
    overlay = given.get("overlayPosition")
    if overlay is None:
        raise Refusal("The position of the object must be specified.")
    sheet, row, column = coordinate(workbook, overlay.get("anchorCell", {}))
    anchor = {"sheetId": sheet.sheet_id, "rowIndex": row, "columnIndex": column}
    place = {
        "anchorCell": anchor,
        **{key: int(overlay[key]) for key in ("offsetXPixels", "offsetYPixels") if overlay.get(key)},
        "widthPixels": int(overlay.get("widthPixels") or DEFAULT_WIDTH),
        "heightPixels": int(overlay.get("heightPixels") or DEFAULT_HEIGHT),
    }
    return sheet, {"overlayPosition": place}


def updateChartSpec(workbook: Workbook, request: JSON) -> JSON:
    """Replace a chart's specification."""
    sheet, old = resource(workbook, "charts", int(request.get("chartId", 0)), "chart")
    spec = _checked_spec(workbook, normalised(workbook, request.get("spec")))
    swap(sheet, "charts", old, {**old, "spec": spec})
    return {}


def _objects(workbook: Workbook) -> Iterator[tuple[Sheet, str, JSON]]:
    for name in ("charts", "slicers"):
        for sheet, item in every(workbook, name):
            yield sheet, name, item


def _object(workbook: Workbook, identifier: int) -> tuple[Sheet, str, JSON]:
    for sheet, name, item in _objects(workbook):
        if item[RESOURCE_IDS[name]] == identifier:
            return sheet, name, item
    raise Refusal(f"No embedded object with id: {identifier}")


def updateEmbeddedObjectPosition(workbook: Workbook, request: JSON) -> JSON:
    """Move or resize a chart or slicer, also onto another sheet; a chart also onto one of its own, or off it."""
    sheet, name, old = _object(workbook, int(request.get("objectId", 0)))
    given = request.get("newPosition", {})
    if wants_own_sheet(given):
        _check_is_chart(name)
        new = put_chart(add_chart_sheet(workbook, given), old)
        swap(sheet, name, old, None)
        leave(workbook, sheet)
        return {"position": new["position"]}
    if "overlayPosition" not in given:
        raise Refusal("The position of the object must be specified.")
    mask = update_mask(request.get("fields"))
    overlay = merge(old["position"].get("overlayPosition", {}), given["overlayPosition"], mask)
    home, position = _position(workbook, {"overlayPosition": overlay})
    new = {**old, "position": position}
    if home is sheet:
        swap(sheet, name, old, new)
    else:
        swap(sheet, name, old, None)
        put(home, name, [*home.list(name), new])
        leave(workbook, sheet)
    return {"position": position}


def _check_is_chart(name: str) -> None:
    if name != "charts":
        raise Refusal("Only charts can be on a sheet of their own.")


def updateEmbeddedObjectBorder(workbook: Workbook, request: JSON) -> JSON:
    """Change the border of a chart."""
    sheet, name, old = _object(workbook, int(request.get("objectId", 0)))
    new = merge(old.get("border", {}), normalised(workbook, request.get("border", {})), mask_of(request))
    swap(sheet, name, old, {**old, "border": new})
    return {}


def deleteEmbeddedObject(workbook: Workbook, request: JSON) -> JSON:
    """Remove a chart or a slicer; a sheet that a chart has for itself goes with it."""
    sheet, name, old = _object(workbook, int(request.get("objectId", 0)))
    swap(sheet, name, old, None)
    leave(workbook, sheet)
    return {}


def addSlicer(workbook: Workbook, request: JSON) -> JSON:
    """Add a slicer. It is kept; what it filters is shown in the Sheets editor only."""
    given = normalised(workbook, request.get("slicer", {}))
    wanted = given.get("slicerId")
    _check_id(workbook, wanted)
    spec = dict(given.get("spec", {}))
    _, area = bounded_range(workbook, spec.get("dataRange"))
    if wants_own_sheet(given.get("position", {})):
        _check_is_chart("slicers")
    sheet, position = _position(workbook, given.get("position", {}))
    spec.update(dataRange=area.to_api(), applyToPivotTables=spec.get("applyToPivotTables", True))
    spec.setdefault("horizontalAlignment", "LEFT")
    slicer = {
        "slicerId": int(wanted) if wanted is not None else workbook.new_id(taken_ids(workbook)),
        "spec": spec,
        "position": position,
    }
    put(sheet, "slicers", [*sheet.list("slicers"), slicer])
    return {"slicer": slicer}


def updateSlicerSpec(workbook: Workbook, request: JSON) -> JSON:
    """Change a slicer's specification."""
    sheet, old = resource(workbook, "slicers", int(request.get("slicerId", 0)), "slicer")
    spec = merge(old["spec"], normalised(workbook, request.get("spec", {})), mask_of(request))
    _, area = bounded_range(workbook, spec.get("dataRange"))
    swap(sheet, "slicers", old, {**old, "spec": {**spec, "dataRange": area.to_api()}})
    return {}

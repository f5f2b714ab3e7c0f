"""Requests about developer metadata: marks that stay with a spreadsheet, sheet, row or column.

Source: https://developers.google.com/workspace/sheets/api/guides/metadata
"""

from __future__ import annotations

from sheets_agent.emulator.data_filters import matching_metadata, matching_metadata_of_any
from sheets_agent.emulator.errors import ApiError, Refusal
from sheets_agent.emulator.masks import merge, update_mask
from sheets_agent.emulator.requests.lookup import dimension_range, sheet_of, taken_ids
from sheets_agent.emulator.workbook import JSON, Workbook

_VISIBILITIES = ("DOCUMENT", "PROJECT")


def createDeveloperMetadata(workbook: Workbook, request: JSON) -> JSON:
    """Attach metadata. Its id, when the client chose one, is unique in the spreadsheet."""
    given = request.get("developerMetadata", {})
    if not given.get("metadataKey"):
        raise Refusal("Developer metadata must have a key.")
    if given.get("visibility") not in _VISIBILITIES:
        raise Refusal("Developer metadata must have a visibility.")
    item = {
        "metadataId": _chosen(workbook, given.get("metadataId")),
        "metadataKey": given["metadataKey"],
        **({"metadataValue": given["metadataValue"]} if given.get("metadataValue") else {}),
        "location": _location(workbook, given.get("location") or {}),
        "visibility": given["visibility"],
    }
    workbook.developer_metadata = [*workbook.developer_metadata, item]
    return {"developerMetadata": item}


def _chosen(workbook: Workbook, wanted: int | None) -> int:
    if wanted is None:
        return workbook.new_id(taken_ids(workbook))
    if int(wanted) <= 0:
        raise Refusal("metadataId must be positive.")
    if any(item["metadataId"] == int(wanted) for item in workbook.developer_metadata):
        raise Refusal(f"Developer metadata with ID {wanted} already exists.")
    return int(wanted)


def _location(workbook: Workbook, given: JSON) -> JSON:
    """Where metadata is attached: exactly one of the spreadsheet, a sheet, or a single row or column."""
    chosen = [key for key in ("spreadsheet", "sheetId", "dimensionRange") if key in given]
    if len(chosen) != 1:
        raise Refusal("Developer metadata must have exactly one location.")
    if chosen == ["spreadsheet"]:
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    if chosen == ["sheetId"]:
        return {"locationType": "SHEET", "sheetId": sheet_of(workbook, int(given["sheetId"])).sheet_id}
    run = dimension_range(workbook, given["dimensionRange"])
    if run.count != 1 or run.end > run.size:
        raise Refusal("The location of developer metadata must be a single row or column of the grid.")
    return {"locationType": "ROW" if run.rows else "COLUMN", "dimensionRange": run.to_api()}


def _matching(workbook: Workbook, filters: list[JSON]) -> list[JSON]:
    if not filters:
        raise Refusal("At least one data filter must be specified.")
    try:
        return [item for item, _ in matching_metadata_of_any(workbook, filters)]
    except ApiError as error:
        raise Refusal(str(error)) from error


def updateDeveloperMetadata(workbook: Workbook, request: JSON) -> JSON:
    """Change the key, value, visibility or location of all metadata that some filters pick."""
    given, mask = request.get("developerMetadata", {}), update_mask(request.get("fields"))
    picked = _matching(workbook, request.get("dataFilters", []))
    if mask.wants("location") and "location" in given:
        given = {**given, "location": _location(workbook, given["location"])}
    changed = {item["metadataId"]: {**merge(item, given, mask), "metadataId": item["metadataId"]} for item in picked}
    if any(not item.get("metadataKey") or item.get("visibility") not in _VISIBILITIES for item in changed.values()):
        raise Refusal("Developer metadata must have a key and a visibility.")
    workbook.developer_metadata = [changed.get(item["metadataId"], item) for item in workbook.developer_metadata]
    return {"developerMetadata": list(changed.values())}


def deleteDeveloperMetadata(workbook: Workbook, request: JSON) -> JSON:
    """Remove all metadata that a filter picks."""
    data_filter = request.get("dataFilter")
    if not data_filter:
        raise Refusal("At least one data filter must be specified.")
    try:
        gone = matching_metadata(workbook, data_filter)
    except ApiError as error:
        raise Refusal(str(error)) from error
    ids = {item["metadataId"] for item in gone}
    workbook.developer_metadata = [item for item in workbook.developer_metadata if item["metadataId"] not in ids]
    return {"deletedDeveloperMetadata": gone}

"""Data filters: ranges and developer metadata picked by A1 notation, by grid range, or by metadata.

Source: the DataFilter and DeveloperMetadataLookup messages of the v4 discovery document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.errors import invalid
from sheets_agent.emulator.ranges import resolve
from sheets_agent.emulator.workbook import JSON, Workbook

_LOOKUP_FIELDS = ("metadataId", "metadataKey", "metadataValue", "visibility")


def matching_ranges(workbook: Workbook, data_filter: JSON) -> list[GridRange]:
    """The ranges that one data filter picks.

    Raises:
        ApiError: 400 for a filter without a criterion, or a range that names nothing.
    """
    if "a1Range" in data_filter:
        return [resolve(workbook, data_filter["a1Range"])]
    if "gridRange" in data_filter:
        return [GridRange.from_api(data_filter["gridRange"])]
    found = matching_metadata(workbook, data_filter)
    return [area for item in found if (area := location_range(item.get("location", {}))) is not None]


def filtered_ranges(workbook: Workbook, filters: Sequence[JSON]) -> list[tuple[GridRange, list[JSON]]]:
    """Every range that some of the filters pick, once, with the filters that pick it."""
    picked: dict[GridRange, list[JSON]] = {}
    for data_filter in filters:
        for area in matching_ranges(workbook, data_filter):
            picked.setdefault(area, []).append(data_filter)
    return list(picked.items())


def matching_metadata(workbook: Workbook, data_filter: JSON) -> list[JSON]:
    """The developer metadata that one data filter picks.

    A range picks the metadata on rows, columns and sheets inside it.

    Raises:
        ApiError: 400 for a filter without a criterion, or a range that names nothing.
    """
    everything = workbook.developer_metadata
    if "developerMetadataLookup" in data_filter:
        lookup = data_filter["developerMetadataLookup"]
        return [item for item in everything if _looked_up(item, lookup)]
    if "a1Range" not in data_filter and "gridRange" not in data_filter:
        raise invalid("A data filter must specify a1Range, gridRange or developerMetadataLookup.")
    areas = matching_ranges(workbook, data_filter)
    located = ((item, location_range(item.get("location", {}))) for item in everything)
    return [item for item, place in located if place is not None and any(area.contains(place) for area in areas)]


def matching_metadata_of_any(workbook: Workbook, filters: Iterable[JSON]) -> list[tuple[JSON, list[JSON]]]:
    """The developer metadata that some of the filters pick, once, with the filters that pick it."""
    picked: dict[int, tuple[JSON, list[JSON]]] = {}
    for data_filter in filters:
        for item in matching_metadata(workbook, data_filter):
            picked.setdefault(item["metadataId"], (item, []))[1].append(data_filter)
    return list(picked.values())


def location_range(location: JSON) -> GridRange | None:
    """The cells of a DeveloperMetadataLocation, None for the spreadsheet as a whole."""
    if "dimensionRange" in location:
        dimension = location["dimensionRange"]
        bounds = dimension.get("startIndex"), dimension.get("endIndex")
        sheet_id = int(dimension.get("sheetId", 0))
        if dimension.get("dimension") == "COLUMNS":
            return GridRange(sheet_id, None, None, *bounds)
        return GridRange(sheet_id, *bounds)
    return GridRange(int(location["sheetId"])) if "sheetId" in location else None


def _looked_up(item: JSON, lookup: JSON) -> bool:
    if any(name in lookup and item.get(name) != lookup[name] for name in _LOOKUP_FIELDS):
        return False
    location = item.get("location", {})
    kind = location.get("locationType")
    if lookup.get("locationType") not in (None, "DEVELOPER_METADATA_LOCATION_TYPE_UNSPECIFIED", kind):
        return False
    if "metadataLocation" not in lookup:
        return True
    wanted, place = location_range(lookup["metadataLocation"]), location_range(location)
    if lookup.get("locationMatchingStrategy") != "INTERSECTING_LOCATION":
        return wanted == place
    return wanted is None or (place is not None and wanted.intersection(place) is not None)

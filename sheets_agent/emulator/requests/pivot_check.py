"""Pivot tables as Google takes and keeps them: what it refuses, and the forms a read gives back.

The refusals are in the order in which Sheets makes them, as far as that is known. Those of offsets below 0, limits,
collapsed groups and repeated manual groups are the reference's rules in words of ours. Its rule that a column may have
only one group with a rule is not kept: it would refuse a date grouped by year and by month.

Source: the PivotTable message of the v4 discovery document.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheets_agent.emulator.conditions import FILTERS_AND_FORMATS, check_condition
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.pivot.filters import check_formulas
from sheets_agent.emulator.pivot.model import filter_specs
from sheets_agent.emulator.requests.lookup import bounded_range
from sheets_agent.emulator.workbook import JSON, Workbook
from sheets_agent.formulas.locale import to_canonical

_NO_DATE_PART = "DATE_TIME_RULE_TYPE_UNSPECIFIED"


def checked_pivot(workbook: Workbook, pivot: JSON) -> JSON:
    """A PivotTable that Sheets would take, in the form in which it is kept.

    `source` gets all four bounds, and filters stand in both `filterSpecs` and `criteria`.

    Raises:
        Refusal: in Google's words.
        Unsupported: filters by formulas that ask for more than values.
    """
    if "dataSourceId" in pivot:
        raise Refusal(f"No data source with id: {pivot['dataSourceId']}")
    if "source" not in pivot:
        raise Refusal("At least one source data must be specified")
    _, area = bounded_range(workbook, pivot["source"])
    groups = [*pivot.get("rows", []), *pivot.get("columns", [])]
    if any(group.get("sortOrder") not in ("ASCENDING", "DESCENDING") for group in groups):
        raise Refusal("No sort order specified.")
    for value in pivot.get("values", []):
        _check_value(value)
    for group in groups:
        _check_group(group)
    specs = filter_specs(pivot)
    for spec in specs:
        _check_filter(workbook, spec, area.columns)
    kept = {key: value for key, value in pivot.items() if key not in ("filterSpecs", "criteria")}
    kept["source"] = area.to_api()
    kept.update(_with_limits_in_order(kept))
    if "values" in kept:
        kept["values"] = [_canonical(workbook, value) for value in kept["values"]]
    if specs:
        kept["filterSpecs"] = specs
        kept["criteria"] = {str(spec.get("columnOffsetIndex", 0)): spec.get("filterCriteria", {}) for spec in specs}
    return kept


def _check_filter(workbook: Workbook, spec: JSON, columns: int) -> None:
    offset, condition = int(spec.get("columnOffsetIndex", 0)), spec.get("filterCriteria", {}).get("condition")
    if not 0 <= offset < columns:
        raise Refusal(f"Column offset {offset} of a pivot table's filter is outside of its source.")
    if condition is None:
        return
    check_condition(condition, FILTERS_AND_FORMATS, "filters", workbook.locale, headings=True)
    check_formulas(workbook, condition)


def _canonical(workbook: Workbook, value: JSON) -> JSON:
    """A value whose formula, if any, has the separators of en_US."""
    return {**value, "formula": to_canonical(value["formula"], workbook.locale)} if "formula" in value else value


def _with_limits_in_order(pivot: JSON) -> JSON:
    """The groups of a pivot table, their limits numbered from 0 in the order in which they are applied.

    That is the order asked for when every limit has a number of its own, else that of rows and then columns.
    """
    sides: JSON = {name: [dict(group) for group in pivot[name]] for name in ("rows", "columns") if name in pivot}
    limited = [group for groups in sides.values() for group in groups if "groupLimit" in group]
    asked = [group["groupLimit"].get("applyOrder") for group in limited]
    if None not in asked and len(set(asked)) == len(asked):
        limited.sort(key=lambda group: int(group["groupLimit"]["applyOrder"]))
    for order, group in enumerate(limited):
        group["groupLimit"] = {**group["groupLimit"], "applyOrder": order}
    return sides


def _check_value(value: JSON) -> None:
    _check_offset("PivotValue", value)
    function = value.get("summarizeFunction")
    formula = value.get("formula")
    if function in (None, "PIVOT_STANDARD_VALUE_FUNCTION_UNSPECIFIED"):
        raise Refusal("No PivotValue.summarizeFunction specified.")
    if formula is not None and function not in ("SUM", "CUSTOM"):
        raise Refusal(
            f"Invalid summarizeFunction: {function}. "
            'Only "CUSTOM" or "SUM" are valid if PivotValue.calculatedField is set.'
        )
    if formula is None and function == "CUSTOM":
        raise Refusal(
            '"CUSTOM" may not be used in PivotValue.summarizeFunction unless PivotValue.calculatedField is set.'
        )
    if function == "NONE":
        raise Refusal("Invalid summarizeFunction: NONE. It is for data source pivot tables only.")
    if formula is not None and not str(formula).startswith("="):
        raise Refusal(f"Invalid PivotValue.formula: {formula}. A formula must begin with '='.")


def _check_offset(kind: str, field: JSON) -> None:
    offset = int(field.get("sourceColumnOffset", 0))
    if offset < 0:
        raise Refusal(f"Invalid {kind}.sourceColumnOffset: {offset}. It must not be negative.")


def _check_group(group: JSON) -> None:
    _check_offset("PivotGroup", group)
    index = int(group.get("valueBucket", {}).get("valuesIndex", 0))
    if index < 0:
        raise Refusal(f"Invalid PivotGroupSortValueBucket.valuesIndex: {index}. It must not be negative.")
    if "groupLimit" in group and int(group["groupLimit"].get("countLimit", 0)) <= 0:
        raise Refusal("Pivot group limits require a positive value for countLimit.")
    for item in group.get("valueMetadata", []):
        if not {"stringValue", "numberValue", "boolValue"} & item.get("value", {}).keys() and item.get("value"):
            raise Refusal("The value of PivotGroupValueMetadata must be a string, a number or a boolean.")
    _check_rule(group.get("groupRule") or {})


def _check_rule(rule: JSON) -> None:
    parts = rule.get("dateTimeRule")
    if parts is not None and parts.get("type", _NO_DATE_PART) == _NO_DATE_PART:
        raise Refusal("No DateTimeRule.type specified.")
    histogram = rule.get("histogramRule")
    if histogram is not None:
        if histogram.get("interval", 0) <= 0:
            raise Refusal("Histogram group rules require a positive value for interval.")
        start, end = histogram.get("start"), histogram.get("end")
        if start is not None and end is not None and start >= end:
            raise Refusal("Start must be less than end.")
    _check_manual(rule.get("manualRule", {}).get("groups", []))


def _check_manual(groups: Sequence[JSON]) -> None:
    names = [group.get("groupName", {}) for group in groups]
    if any("numberValue" in name for name in names):
        raise Refusal("Found a manual group name of type number. Manual group names must be strings.")
    if any("stringValue" not in name for name in names):
        raise Refusal("Manual group names must be strings.")
    if len({name["stringValue"] for name in names}) < len(names):
        raise Refusal("Manual group names must be unique.")
    items = [tuple(item.items()) for group in groups for item in group.get("items", [])]
    if len(set(items)) < len(items):
        raise Refusal("An item may be in at most one manual group.")

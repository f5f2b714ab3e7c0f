"""Pivot tables as Google takes and keeps them: what it refuses, and the forms a read gives back.

The refusals are in the order in which Sheets makes them.

Source: the PivotTable message of the v4 discovery document.
"""

from __future__ import annotations

from sheets_agent.emulator.conditions import check_values, condition_test
from sheets_agent.emulator.errors import Refusal, Unsupported
from sheets_agent.emulator.pivot.model import filter_specs
from sheets_agent.emulator.requests.lookup import bounded_range
from sheets_agent.emulator.workbook import JSON, Workbook
from sheets_agent.formulas.locale import to_canonical

FILTER_CONDITIONS = frozenset({
    "NUMBER_GREATER", "NUMBER_GREATER_THAN_EQ", "NUMBER_LESS", "NUMBER_LESS_THAN_EQ", "NUMBER_EQ", "NUMBER_NOT_EQ",
    "NUMBER_BETWEEN", "NUMBER_NOT_BETWEEN", "TEXT_CONTAINS", "TEXT_NOT_CONTAINS", "TEXT_STARTS_WITH", "TEXT_ENDS_WITH",
    "TEXT_EQ", "DATE_EQ", "DATE_BEFORE", "DATE_AFTER", "BLANK", "NOT_BLANK", "CUSTOM_FORMULA",
})  # fmt: skip
"""The condition types a filter takes."""
_NO_DATE_PART = "DATE_TIME_RULE_TYPE_UNSPECIFIED"


def checked_pivot(workbook: Workbook, pivot: JSON) -> JSON:
    """A PivotTable that Sheets would take, in the form in which it is kept.

    `source` gets all four bounds, and filters stand in both `filterSpecs` and `criteria`.

    Raises:
        Refusal: in Google's words.
        Unsupported: data sources, group limits, collapsed groups, and filters by formulas.
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
        _check_rule(group.get("groupRule"))
    specs = filter_specs(pivot)
    for spec in specs:
        _check_filter(workbook, spec, area.columns)
    if any("groupLimit" in group for group in groups):
        raise Unsupported("The local Sheets API does not limit the groups of a pivot table.")
    if any(item.get("collapsed") for group in groups for item in group.get("valueMetadata", [])):
        raise Unsupported("The local Sheets API does not collapse the groups of a pivot table.")
    kept = {key: value for key, value in pivot.items() if key not in ("filterSpecs", "criteria")}
    kept["source"] = area.to_api()
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
    kind = condition.get("type")
    if kind not in FILTER_CONDITIONS:
        raise Refusal(f"ConditionType '{kind}' is not supported in filters.")
    check_values(condition)
    condition_test(workbook, condition)


def _canonical(workbook: Workbook, value: JSON) -> JSON:
    """A value whose formula, if any, has the separators of en_US."""
    return {**value, "formula": to_canonical(value["formula"], workbook.locale)} if "formula" in value else value


def _check_value(value: JSON) -> None:
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
    if formula is not None and not str(formula).startswith("="):
        raise Refusal(f"Invalid PivotValue.formula: {formula}. A formula must begin with '='.")


def _check_rule(rule: JSON | None) -> None:
    if rule is None:
        return
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
    for group in rule.get("manualRule", {}).get("groups", []):
        name = group.get("groupName", {})
        if "numberValue" in name:
            raise Refusal("Found a manual group name of type number. Manual group names must be strings.")
        if "stringValue" not in name:
            raise Refusal("Manual group names must be strings.")

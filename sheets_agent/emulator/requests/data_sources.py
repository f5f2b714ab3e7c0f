"""Requests about connected data sources, refused as Google refuses them.

Whatever reaches BigQuery or Looker needs a token with a scope for it; nobody has one here. No spreadsheet has a data
source, so the requests that need none but an existing one do not find it.

Source: https://developers.google.com/workspace/sheets/api/guides/connected-sheets
"""

from __future__ import annotations

from sheets_agent.emulator.errors import ApiError, Refusal
from sheets_agent.emulator.workbook import JSON, Workbook


def addDataSource(workbook: Workbook, request: JSON) -> JSON:
    """Refused: the token has no scope for BigQuery or Looker."""
    if not request.get("dataSource", {}).get("spec"):
        raise Refusal("No data source spec specified.")
    raise _no_scope()


def updateDataSource(workbook: Workbook, request: JSON) -> JSON:
    """Refused: there is no such data source."""
    raise _unknown(request.get("dataSource", {}))


def deleteDataSource(workbook: Workbook, request: JSON) -> JSON:
    """Refused: there is no such data source."""
    raise _unknown(request)


def refreshDataSource(workbook: Workbook, request: JSON) -> JSON:
    """Refused: the token has no scope, or there is no such data source."""
    if request.get("isAll"):
        raise _no_scope()
    raise _unknown(request)


def cancelDataSourceRefresh(workbook: Workbook, request: JSON) -> JSON:
    """Cancel all refreshes, of which there are none; one data source is refused, as it does not exist."""
    if request.get("isAll"):
        return {}
    raise _unknown(request)


def _unknown(body: JSON) -> Refusal:
    return Refusal(f"No data source with id: {body.get('dataSourceId', '')}")


def _no_scope() -> ApiError:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {
            "service": "sheets.googleapis.com",
            "method": "google.apps.sheets.v4.SpreadsheetsService.BatchUpdateSpreadsheet",
        },
    }
    return ApiError(403, "Request had insufficient authentication scopes.", [info])

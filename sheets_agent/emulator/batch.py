"""`spreadsheets.batchUpdate`: many requests, all or none.

The requests are applied one after the other to the workbook given, which the service keeps only if all succeed.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/batchUpdate.
"""

from __future__ import annotations

import time

from sheets_agent.emulator import spreadsheets
from sheets_agent.emulator.answers import without_defaults
from sheets_agent.emulator.errors import ApiError, Refusal, Unsupported, invalid
from sheets_agent.emulator.masks import EVERYTHING
from sheets_agent.emulator.ranges import in_grid, resolve
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.schema import Call, discovery
from sheets_agent.emulator.spreadsheets import View
from sheets_agent.emulator.workbook import JSON, Workbook

MOST_SECONDS = 180
"""As long as Google works on one call: https://developers.google.com/workspace/sheets/api/limits."""


def batch_update(workbook: Workbook, call: Call) -> JSON:
    """Apply a batch to a workbook that is thrown away when this raises.

    Raises:
        ApiError: 400 naming the request that was refused, 501 for one the local API does not do.
    """
    requests = call.body.get("requests", [])
    if not requests:
        raise invalid("Must specify at least one request.")
    replies = []
    end = time.monotonic() + MOST_SECONDS
    for index, request in enumerate(requests):
        replies.append(_reply(workbook, index, request))
        if time.monotonic() > end and index + 1 < len(requests):
            raise invalid(
                f"The local Sheets API stops a call after {MOST_SECONDS} seconds, here after requests[{index}]. "
                "Use smaller ranges, or several calls."
            )
    answer: JSON = {"spreadsheetId": workbook.spreadsheet_id, "replies": replies}
    if any("omment" in kind for request in requests for kind in request):
        answer["commentUpdateState"] = "ALL_SAVED"
    if call.body.get("includeSpreadsheetInResponse"):
        answer["updatedSpreadsheet"] = _updated(workbook, call)
    return answer


def _reply(workbook: Workbook, index: int, request: JSON) -> JSON:
    if len(request) != 1:
        kinds = ", ".join(request)
        raise invalid(
            f"Invalid value at 'requests[{index}]' (oneof), oneof field 'kind' is set more than once: {kinds}"
            if request
            else f"Invalid requests[{index}]: No request set."
        )
    [(kind, body)] = request.items()
    handler = HANDLERS.get(kind)
    if handler is None:
        raise ApiError(501, f"Invalid requests[{index}].{kind}: the local Sheets API does not support this request.")
    try:
        reply = handler(workbook, body)
    except Refusal as refusal:
        raise invalid(f"Invalid requests[{index}].{kind}: {refusal}") from refusal
    except Unsupported as unsupported:
        raise ApiError(501, f"Invalid requests[{index}].{kind}: {unsupported}") from unsupported
    except ApiError as error:
        if error.code == 403:  # about who asks, not about the request
            raise
        raise ApiError(error.code, f"Invalid requests[{index}].{kind}: {error}", error.details) from error
    if kind not in discovery("sheets", "v4").schemas["Response"]["properties"]:
        return {}
    written: JSON = without_defaults("Response", {kind: reply})
    return written


def _updated(workbook: Workbook, call: Call) -> JSON:
    areas = [in_grid(workbook, resolve(workbook, text)) for text in call.body.get("responseRanges", [])]
    mask = call.mask.below("updatedSpreadsheet") or EVERYTHING
    included = bool(call.body.get("responseIncludeGridData")) or (call.masked and not mask.everything)
    return spreadsheets.body(workbook, mask, areas or None, View.asked(call.body), grid_included=included)

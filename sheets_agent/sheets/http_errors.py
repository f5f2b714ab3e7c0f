"""What the Sheets API, the network and google-auth can answer, as errors a person can act on.

The one place where foreign errors are translated. Every error keeps its cause and says what to type next.

Source: https://developers.google.com/workspace/sheets/api/troubleshoot-api-errors and recorded answers.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Mapping
from typing import Any

import httplib2
from google.auth import exceptions as google_errors

from sheets_agent.errors import (
    CredentialsError,
    InvalidRequest,
    PermissionDenied,
    QuotaExceeded,
    SheetsAgentError,
    SheetsError,
    SheetsServerError,
    SheetsUnreachable,
    SpreadsheetNotFound,
)
from sheets_agent.redaction import redacted

TRANSPORT_ERRORS: tuple[type[Exception], ...] = (
    httplib2.HttpLib2Error,
    http.client.HTTPException,
    OSError,
    google_errors.GoogleAuthError,
)
"""What a transport may raise instead of answering; `from_transport` knows them all."""

SCOPE = "https://www.googleapis.com/auth/spreadsheets"
ADC_LOGIN = (
    f"gcloud auth application-default login --scopes={SCOPE},https://www.googleapis.com/auth/cloud-platform "
    "--client-id-file=FILE"
)

_REQUEST_INDEX = re.compile(r"\brequests\[(\d+)\]")
_PER_MINUTE = re.compile(r"limit '([^']+)'")


def from_answer(
    status: int,
    content: bytes,
    headers: Mapping[str, str],
    *,
    spreadsheet_id: str = "",
    account: str = "",
    writing: bool = False,
    local: bool = False,
) -> SheetsError:
    """The error of an HTTP answer that is not a success.

    Args:
        status: the HTTP status.
        content: the body; Google's is JSON (google.rpc.Status), a proxy's may be anything.
        headers: the answer's headers, with lower-case names.
        spreadsheet_id: what was asked for, for the sentence.
        account: who asked: the e-mail address of the account, when it is known.
        writing: whether the call was a write.
        local: whether the local Sheets API answered.
    """
    error = _google_error(content)
    message = redacted(str(error.get("message") or "")).strip()
    reasons = _reasons(error)
    if status == 404:
        return _not_found(spreadsheet_id, account)
    if status == 429 or (status == 403 and reasons & {"rateLimitExceeded", "userRateLimitExceeded"}):
        return _quota(message, headers, status)
    if status in (401, 403):
        return _denied(status, message, reasons, account)
    if status >= 500:
        return _local_server(status, message) if local else _server(status, message, headers, writing)
    return _invalid(status, message, reasons, writing)


def _google_error(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _reasons(error: dict[str, Any]) -> set[str]:
    """The machine-readable reasons of both of Google's error forms, and the status."""
    found = {str(error.get("status", ""))}
    for key in ("details", "errors"):
        items = error.get(key)
        found |= {str(item["reason"]) for item in items or () if isinstance(item, dict) and "reason" in item}
    return found


def _not_found(spreadsheet_id: str, account: str) -> SpreadsheetNotFound:
    name = f" {spreadsheet_id}" if spreadsheet_id else ""
    who = f"; {account} must be able to open it" if account else ""
    return SpreadsheetNotFound(
        f"There is no spreadsheet{name}.",
        f"Copy the address from the browser: https://docs.google.com/spreadsheets/d/<id>/edit{who}.",
        status=404,
    )


def _quota(message: str, headers: Mapping[str, str], status: int) -> QuotaExceeded:
    limit = _PER_MINUTE.search(message)
    which = f" ({limit[1].lower()})" if limit else ""
    return QuotaExceeded(
        f"The Google Sheets quota is used up{which}.",
        "Wait a minute and run it again; the quota renews every minute.",
        status=status,
        retry_after=_seconds(headers.get("retry-after")),
    )


def _seconds(text: str | None) -> float | None:
    """Retry-After in its form of seconds; the form of a date is not used by this API."""
    try:
        seconds = float(text) if text is not None else None
    except ValueError:
        return None
    return seconds if seconds is not None and seconds >= 0 else None


def _denied(status: int, message: str, reasons: set[str], account: str) -> PermissionDenied:
    if "SERVICE_DISABLED" in reasons:
        return PermissionDenied(
            "The Google Sheets API is not switched on in the project of these credentials.",
            "Switch it on at https://console.cloud.google.com/apis/library/sheets.googleapis.com and wait a minute.",
            status=status,
        )
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons:
        return PermissionDenied(
            "The credentials were given without access to spreadsheets.",
            f"Type: sheets-agent auth login --client-secrets FILE (or, for gcloud: {ADC_LOGIN})",
            status=status,
        )
    if "storageQuotaExceeded" in reasons:
        return PermissionDenied(
            f"{account or 'The account in use'} has no storage left in Drive; a service account has none of its own.",
            "Create the spreadsheet yourself, share it with that address as an Editor, and give its address here.",
            status=status,
        )
    if status == 401:
        return PermissionDenied(
            "Google does not accept these credentials.",
            "Type: sheets-agent auth (it shows which credentials are used and how to renew them)",
            status=status,
        )
    who = account or "The account in use"
    if "protected" in message:
        return PermissionDenied(
            f"Google refused: {message}",
            f"Ask the owner to let {account or 'the account in use'} edit the protected range "
            "(Data → Protect sheets and ranges).",
            status=status,
        )
    return PermissionDenied(
        f"{who} may not do this with the spreadsheet.",
        f"Open the spreadsheet, press Share, and add {account or 'the address that `sheets-agent auth` shows'} "
        "as an Editor.",
        status=status,
    )


def _local_server(status: int, message: str) -> SheetsServerError:
    if status == 501:
        return SheetsServerError(message or "The local Sheets API cannot do this.", status=status)
    sentence = f"The local Sheets API failed: {message or f'status {status}'}"
    return SheetsServerError(sentence, "This is a defect of sheets-agent; please report it.", status=status)


def _server(status: int, message: str, headers: Mapping[str, str], writing: bool) -> SheetsServerError:
    told = f": {message}" if message else ""
    landed = " The write may or may not have landed." if writing else ""
    error = SheetsServerError(
        f"The Google Sheets service failed with status {status}{told.rstrip('.')}.{landed}",
        "Look at the spreadsheet, then run it again in a while."
        if writing
        else "Run it again in a while; https://www.google.com/appsstatus shows known outages.",
        status=status,
        retry_after=_seconds(headers.get("retry-after")),
    )
    error.in_doubt = writing
    return error


def _invalid(status: int, message: str, reasons: set[str], writing: bool) -> InvalidRequest:
    if "FAILED_PRECONDITION" in reasons and "not supported for this document" in message:
        return InvalidRequest(
            "The document is an Office file kept in Drive, not a Google spreadsheet.",
            "Open it and choose File → Save as Google Sheets, then use the new address.",
            status=status,
        )
    index = _REQUEST_INDEX.search(message)
    return InvalidRequest(
        message or f"The Sheets API refused the request with status {status}.",
        "Nothing was written: of a batch, Google applies all requests or none."
        if writing
        else "Check the range and the name of the sheet.",
        status=status,
        request_index=int(index[1]) if index else None,
    )


def from_transport(error: Exception, *, writing: bool = False) -> SheetsAgentError:
    """The error for a transport that did not answer: no name, no connection, no time left, no valid token.

    Returns:
        `CredentialsError` when google-auth could not get a token, else `SheetsUnreachable`.
    """
    if isinstance(error, google_errors.GoogleAuthError) and not _passing(error):
        return from_auth(error)
    landed = " The write may or may not have landed." if writing and not _never_sent(error) else ""
    first = "look at the spreadsheet, and only " if landed else ""
    unreachable = SheetsUnreachable(
        f"Google Sheets cannot be reached: {_reason(error)}.{landed}",
        f"Check the network and the proxy settings (HTTPS_PROXY), {first}then run it again.",
    )
    unreachable.in_doubt = bool(landed)
    return unreachable


def from_auth(error: google_errors.GoogleAuthError) -> CredentialsError:
    """The error for a token that could not be had, with the first line of google-auth's text."""
    said = redacted(str(error.args[0] if error.args else error))
    text = said.splitlines()[0].strip().rstrip(".") if said else ""
    if "invalid_scope" in str(error) or "insufficient" in str(error).lower():
        return CredentialsError("The credentials were given without access to spreadsheets.", f"Type: {ADC_LOGIN}")
    if "invalid_grant" in str(error):
        return CredentialsError(
            "The sign-in to Google has expired or was revoked.",
            "Type: sheets-agent auth login --client-secrets FILE (apps in “Testing” lose their sign-in after 7 days)",
        )
    return CredentialsError(f"Google gave no access token: {text}.", "Type: sheets-agent auth")


def _passing(error: google_errors.GoogleAuthError) -> bool:
    return isinstance(error, google_errors.TransportError) or bool(error.retryable)


def _never_sent(error: Exception) -> bool:
    return isinstance(error, (httplib2.ServerNotFoundError, ConnectionRefusedError))


def _reason(error: Exception) -> str:
    if isinstance(error, httplib2.ServerNotFoundError):
        return "its address is not found"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    text = redacted(str(error)).strip().rstrip(".")
    return text.splitlines()[0] if text else type(error).__name__

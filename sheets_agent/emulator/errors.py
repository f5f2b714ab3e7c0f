"""Errors of the local Sheets API, in Google's shape and words.

Handlers raise `ApiError`; the one adapter that owns the wire turns it into a status and a JSON body. A batchUpdate
handler raises `Refusal` with the bare reason, and the dispatcher adds `Invalid requests[i].kind: `.

Source: recorded answers of the Sheets API v4 (google.rpc.Status).
"""

from __future__ import annotations

from typing import Any

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    411: "INVALID_ARGUMENT",
    413: "INVALID_ARGUMENT",
    414: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    431: "INVALID_ARGUMENT",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    505: "UNIMPLEMENTED",
}


class ApiError(Exception):
    """An answer that is an error: HTTP status `code`, Google's message, optional `details`."""

    def __init__(self, code: int, message: str, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.details = details

    def body(self) -> dict[str, Any]:
        """The JSON body: `{"error": {"code", "message", "status"[, "details"]}}`."""
        error: dict[str, Any] = {
            "code": self.code,
            "message": str(self),
            "status": STATUSES.get(self.code, "UNKNOWN"),
        }
        if self.details:
            error["details"] = self.details
        return {"error": error}


class Refusal(Exception):
    """One request of a batch is refused, for the reason in the text."""


class Unsupported(Exception):
    """The local API does not do this. Answered as 501 UNIMPLEMENTED, loudly, never as a silent no-op."""


def not_found() -> ApiError:
    """The spreadsheet does not exist."""
    return ApiError(404, "Requested entity was not found.")


def invalid(message: str) -> ApiError:
    """A 400 with Google's message."""
    return ApiError(400, message)

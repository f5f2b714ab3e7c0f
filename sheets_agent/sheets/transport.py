"""httplib2 made safe for writing.

httplib2 sends a request again, also a POST, when the connection breaks before the answer. A write would then happen
twice. Here a write goes out once, on a connection of its own, and a broken connection is told as such.
"""

from __future__ import annotations

from typing import Any

import httplib2

OVERRIDE = "x-http-method-override"


class CarefulHttp(httplib2.Http):
    """An `httplib2.Http` that never repeats a write by itself."""

    def _conn_request(self, conn: Any, request_uri: str, method: str, body: Any, headers: Any) -> tuple[Any, bytes]:
        if _reads(method, headers):
            return super()._conn_request(conn, request_uri, method, body, headers)  # type: ignore[misc,no-any-return]
        conn.close()  # a connection that was idle may be closed on the other side; a fresh one is not
        return super()._conn_request(_Once(conn), request_uri, method, body, headers)  # type: ignore[misc,no-any-return]


def _reads(method: str, headers: Any) -> bool:
    """Whether a request only reads: a GET, or a long GET that googleapiclient sends as a POST."""
    override = next((value for name, value in (headers or {}).items() if name.lower() == OVERRIDE), method)
    return override.upper() in ("GET", "HEAD")


class _Once:
    """A connection that sends one request."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn
        self._sent = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)

    def request(self, *arguments: Any, **options: Any) -> None:
        if self._sent:
            raise ConnectionResetError("the connection broke before the answer came")
        self._sent = True
        self._conn.request(*arguments, **options)

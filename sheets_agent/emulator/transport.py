"""The seam: an `http` object for googleapiclient that answers from an emulator in the same process.

service = build("sheets", "v4", http=EmulatorHttp(emulator))
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httplib2

from sheets_agent.emulator.http_batch import batched
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.wire import Handle


class EmulatorHttp:
    """What googleapiclient expects of `httplib2.Http`, without a network.

    Args:
        emulator: what answers.
        handle: what answers in its place: the emulator's own `handle` with faults, quotas or a recorder around it.
            Forks are always asked directly.
    """

    def __init__(self, emulator: Emulator, handle: Handle | None = None) -> None:
        self.emulator = emulator
        self._handle = batched(handle or emulator.handle)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        redirections: int = 0,
        connection_type: Any = None,
    ) -> tuple[httplib2.Response, bytes]:
        """Answer one request; scheme and host of the address are not looked at."""
        parts = urlsplit(uri)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        data = body.encode() if isinstance(body, str) else body or b""
        status, answer_headers, content = self._handle(method, target, headers or {}, data)
        response = httplib2.Response({**answer_headers, "status": str(status)})
        response.reason = http.client.responses.get(status, "")
        return response, content

    def fork(self, spreadsheet_id: str) -> EmulatorHttp:
        """The same seam over an isolated copy of one spreadsheet.

        Raises:
            ApiError: 404 when there is none.
        """
        return EmulatorHttp(self.emulator.fork(spreadsheet_id))

    def close(self) -> None:
        """Nothing to close; googleapiclient calls it."""

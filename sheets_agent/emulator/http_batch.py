"""Many requests in one: what googleapiclient sends for `new_batch_http_request`.

    POST /batch    multipart/mixed, each part of type application/http and holding one request

The parts go one by one through whatever answers requests, so faults, quotas and recordings see each of them.

Source: https://developers.google.com/workspace/drive/api/guides/performance#batch-requests
"""

from __future__ import annotations

import http.client
import re
import uuid
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesParser
from urllib.parse import urlsplit

from sheets_agent.emulator.errors import ApiError, invalid
from sheets_agent.emulator.wire import Answer, Handle, content_answer, error_answer, header

MOST_CALLS = 1_000
"""More than these googleapiclient does not put into one batch."""

_PATH = re.compile(r"/batch(?:/[^?]*)?")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_REQUEST_LINE = re.compile(r"([A-Z]+) +(\S+) +HTTP/1\.[01]")


def batched(handle: Handle) -> Handle:
    """What answers requests, answering batches of them too."""

    def answer(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if method != "POST" or not _PATH.fullmatch(target.partition("?")[0]):
            return handle(method, target, headers, body)
        try:
            parts = _parts(header(headers, "content-type") or "", body)
        except ApiError as error:
            return error_answer(error)
        shared = {
            name.lower(): value
            for name, value in headers.items()
            if not name.lower().startswith(("content-", "x-http-method"))
        }
        return _joined([(part.get("content-id"), _answered(handle, part, shared)) for part in parts])

    return answer


def _parts(content_type: str, body: bytes) -> list[Message]:
    """The requests of a batch, still in their envelopes.

    Raises:
        ApiError: 400 for what is no batch.
    """
    if not content_type.lower().startswith("multipart/mixed") or "\n" in content_type:
        raise invalid("The batch request must have a Content-Type of multipart/mixed with a boundary.")
    message = BytesParser().parsebytes(
        b"content-type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + body
    )
    payload = message.get_payload()
    parts = [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []
    if not parts:
        raise invalid("Failed to parse batch request, error: 0 items.")
    if len(parts) > MOST_CALLS:
        raise invalid(f"The batch request has more than the maximum of {MOST_CALLS} calls.")
    return parts


def _answered(handle: Handle, part: Message, shared: dict[str, str]) -> Answer:
    """The answer to one request of a batch, which has the headers of the batch unless it has its own."""
    content = part.get_payload(decode=True)
    head, *rest = _BLANK_LINE.split(content if isinstance(content, bytes) else b"", maxsplit=1)
    line, *lines = head.decode("latin-1").splitlines() or [""]
    request = _REQUEST_LINE.fullmatch(line.strip())
    if part.get_content_type() != "application/http" or request is None:
        return error_answer(invalid("Failed to parse batch request, error: a part is no HTTP request."))
    pairs = (one.partition(":") for one in lines)
    headers = shared | {name.strip().lower(): value.strip() for name, _, value in pairs}
    address = urlsplit(request[2])
    target = f"{address.path}?{address.query}" if address.query else address.path
    return handle(request[1], target, headers, rest[0] if rest else b"")


def _joined(answers: list[tuple[str | None, Answer]]) -> Answer:
    """The answers in an envelope, each under the id of its request."""
    boundary = f"batch_{uuid.uuid4().hex}"
    pieces: list[bytes] = []
    for identifier, (status, headers, content) in answers:
        reason = http.client.responses.get(status, "")
        envelope = ["Content-Type: application/http"]
        if identifier is not None:
            envelope.append(f"Content-ID: <response-{' '.join(identifier.split()).strip('<>')}>")
        head = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
        lines = [f"--{boundary}", *envelope, "", *head, "", ""]
        pieces += ["\r\n".join(lines).encode("latin-1", "replace"), content, b"\r\n"]
    body = b"".join([*pieces, f"--{boundary}--\r\n".encode()])
    return content_answer(200, f"multipart/mixed; boundary={boundary}", body)

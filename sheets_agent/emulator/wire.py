"""What goes over the wire: an answer is a status, headers and a body; whatever answers is a function.

Faults, quotas and recordings are functions around such a function, so they work the same in process and over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import to_json

from sheets_agent.emulator.errors import ApiError

Answer = tuple[int, dict[str, str], bytes]
Handle = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""Method, target (path and query), headers and body of a request, to its answer."""

_JSON_TYPE = "application/json; charset=UTF-8"
_READING_VERBS = (":batchGetByDataFilter", ":getByDataFilter", ":search")


def content_answer(status: int, content_type: str, content: bytes) -> Answer:
    """An answer with some content."""
    return status, {"content-type": content_type, "content-length": str(len(content))}, content


def json_answer(status: int, body: Any, *, pretty: bool = True) -> Answer:
    """An answer in JSON, laid out as Google does."""
    return content_answer(status, _JSON_TYPE, to_json(body, indent=2 if pretty else None) + b"\n")


def error_answer(error: ApiError) -> Answer:
    """An answer that is an error."""
    return json_answer(error.code, error.body())


def is_read(method: str, target: str) -> bool:
    """Whether a request only reads: some reads are sent with POST, as their questions are long."""
    return method == "GET" or target.partition("?")[0].endswith(_READING_VERBS)


def is_sheets(target: str) -> bool:
    """Whether a request is for the Sheets API, not for Drive's."""
    return target.startswith("/v4/")


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header by its name in lower case, None when it is not there."""
    return next((value for key, value in headers.items() if key.lower() == name), None)

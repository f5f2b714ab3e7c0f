"""What a scripted language model is asked and what it says, in no provider's own form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]
UNSCRIPTED = 418
"""What a request gets for which no reply was written; no client retries it."""


@dataclass(frozen=True)
class Usage:
    """Tokens the service says it has used."""

    prompt: int = 100
    completion: int = 20
    cached: int = 0


@dataclass(frozen=True)
class Reply:
    """One thing the model does.

    Attributes:
        text: prose.
        json: a JSON answer: the arguments of the forced function, or text when none is forced.
        calls: function calls, (name, arguments); more than one only where the protocol allows it.
        raw_arguments: the arguments of the forced function as they are, however broken.
        error: an HTTP status; `body` and `headers` go with it.
        hang: seconds without an answer, then the connection is closed.
        drop: the connection is closed at once.
        page: a page of HTML in place of the answer, as proxies give.
        match: a regular expression that the request's messages must contain for this reply to be used.
        usage: tokens; None when the service leaves them out.
    """

    text: str | None = None
    json: Any = None
    calls: Sequence[tuple[str, JSON]] = ()
    raw_arguments: str | None = None
    error: int = 0
    body: JSON | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: float = 0.0
    drop: bool = False
    page: str = ""
    finish_reason: str | None = None
    refusal: str | None = None
    usage: Usage | None = Usage()
    match: str = ""


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: JSON

    @property
    def text(self) -> str:
        """The messages, for matching."""
        return "\n".join(str(message.get("content") or "") for message in self.body.get("messages", ()))


Answer = tuple[int, Mapping[str, str], Any] | Reply
"""Status, headers and body; or a reply that breaks the connection."""
Script = Sequence[Reply] | Callable[[Request], Reply]


class Refused(Exception):
    """The service does not take the request."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def failure_of(reply: Reply, as_error: Callable[[int, str], JSON]) -> Answer | None:
    """What a reply does instead of answering; None when it answers."""
    if reply.error:
        return reply.error, reply.headers, reply.body or as_error(reply.error, "no")
    if reply.page:
        return 200, {"Content-Type": "text/html"}, reply.page
    return reply if reply.drop or reply.hang else None


def calls_of(reply: Reply, forced: str | None) -> list[tuple[str, Any]]:
    if reply.calls:
        return list(reply.calls)
    if forced and reply.raw_arguments is not None:
        return [(forced, reply.raw_arguments)]
    return [(forced, reply.json)] if forced and reply.json is not None else []


def content_of(reply: Reply, forced: str | None) -> str:
    if reply.text is not None:
        return reply.text
    if reply.json is not None and not forced:
        return json.dumps(reply.json, ensure_ascii=False)
    return reply.raw_arguments or "" if not forced else ""


def pieces_of(message: JSON) -> list[JSON]:
    """A message as deltas: the role, the content in two parts, and the rest."""
    content = message.get("content") or ""
    middle = len(content) // 2
    rest = {key: value for key, value in message.items() if key not in ("role", "content") and value}
    deltas = [{"role": "assistant", "content": content[:middle]}, {"content": content[middle:]}]
    return [*deltas, rest] if rest else deltas

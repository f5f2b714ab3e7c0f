"""A scripted language model on loopback that speaks the real providers' HTTP protocols.

The real clients (langchain_gigachat, langchain_openai, …) talk to it, so what is tested is what goes
over the wire. Replies are written once and come out in each protocol's own form: `Reply(json=…)` is a function call
where a function was forced, and text where it was not. Requests that the real services refuse are refused here too.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from loopback import Loopback
from protocol_anthropic import AnthropicProtocol
from protocol_gigachat import GigaChatProtocol
from protocol_ollama import OllamaProtocol
from protocol_openai import OpenAIProtocol
from protocol_replies import JSON, UNSCRIPTED, Answer, Refused, Reply, Request, Script

PROTOCOLS: dict[str, Any] = {
    "gigachat": GigaChatProtocol,
    "openai": OpenAIProtocol,
    "anthropic": AnthropicProtocol,
    "ollama": OllamaProtocol,
}


class ProtocolServer(Loopback):
    """One scripted model. Use as a context manager.

    Attributes:
        chats: the chat requests, in order, refused ones included.
        unscripted: requests that no reply was written for.
        refusals: what was refused for being outside the protocol.
    """

    def __init__(self, protocol: str, script: Script = ()) -> None:
        self._protocol = PROTOCOLS[protocol](self)
        self._script = script
        self._used: set[int] = set()
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self.chats: list[Request] = []
        self.unscripted: list[Request] = []
        self.refusals: list[str] = []
        self.listen(_handler(self))

    def __exit__(self, *error: object) -> None:
        self.stopping.set()
        super().__exit__(*error)

    @property
    def environment(self) -> dict[str, str]:
        """What the real client needs in its environment."""
        return self._protocol.environment(self.url)

    def script(self, *replies: Reply) -> None:
        """Write the replies to come. Each is used once, the first that matches."""
        with self._lock:
            self._script, self._used = replies, set()

    def answer_with(self, choose: Callable[[Request], Reply]) -> None:
        """Let a function choose each reply."""
        self._script = choose

    @property
    def left(self) -> int:
        """How many replies of the script are still unused."""
        return 0 if callable(self._script) else len(self._script) - len(self._used)

    def handle(self, request: Request) -> Answer:
        """Answer a request: status, headers and body; or a reply that breaks the connection."""
        try:
            return self._protocol.handle(request)
        except Refused as refusal:
            self.refusals.append(str(refusal))
            return refusal.status, {}, self._protocol.error(refusal.status, str(refusal))

    def reply_to(self, request: Request) -> Reply:
        """The scripted reply to a chat request."""
        if callable(self._script):
            return self._script(request)
        with self._lock:
            for index, reply in enumerate(self._script):
                if index not in self._used and re.search(reply.match, request.text):
                    self._used.add(index)
                    return reply
            self.unscripted.append(request)
        return Reply(error=UNSCRIPTED, body={"message": f"no reply was written for: {request.text[-300:]}"})


def _encoded(content: Any, path: str) -> tuple[bytes, str]:
    """A body as bytes with its content type: a list is a stream, a text is a page."""
    if isinstance(content, str):
        return content.encode(), "text/html"
    if not isinstance(content, list):
        return json.dumps(content, ensure_ascii=False).encode(), "application/json"
    lines = [chunk if isinstance(chunk, str) else json.dumps(chunk, ensure_ascii=False) for chunk in content]
    if path.endswith("/api/chat"):
        return "".join(f"{line}\n" for line in lines).encode(), "application/x-ndjson"
    if "[DONE]" not in lines:
        lines.append("[DONE]")
    return "".join(f"data: {line}\n\n" for line in lines).encode(), "text/event-stream"


def _handler(server: ProtocolServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET", {})

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get_content_type() == "application/x-www-form-urlencoded":
                body: JSON = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
            else:
                body = json.loads(raw or b"{}")
            self._answer("POST", body)

        def _answer(self, method: str, body: JSON) -> None:
            request = Request(method, urlsplit(self.path).path, self.headers, body)
            answer = server.handle(request)
            if isinstance(answer, Reply):
                server.stopping.wait(answer.hang)
                self.close_connection = True
                return
            status, headers, content = answer
            data, kind = _encoded(content, self.path)
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing: test output stays readable."""

    return Handler

"""Ollama's chat for `protocol_server`.

Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol_replies import JSON, Answer, Refused, Request, Usage, calls_of, content_of, failure_of

if TYPE_CHECKING:
    from protocol_server import ProtocolServer


class OllamaProtocol:
    """The chat of a local Ollama: `format`, tools, one object or a stream of lines."""

    def __init__(self, server: ProtocolServer) -> None:
        self._server = server

    def environment(self, url: str) -> dict[str, str]:
        return {"OLLAMA_HOST": url}

    def error(self, status: int, message: str) -> JSON:
        return {"error": message}

    def handle(self, request: Request) -> Answer:
        if (request.method, request.path) != ("POST", "/api/chat"):
            raise Refused(404, "404 page not found")
        self._server.chats.append(request)
        reply = self._server.reply_to(request)
        if failure := failure_of(reply, self.error):
            return failure
        calls = [{"function": {"name": name, "arguments": arguments}} for name, arguments in calls_of(reply, None)]
        message: JSON = {"role": "assistant", "content": content_of(reply, None)}
        if calls:
            message["tool_calls"] = calls
        used = reply.usage or Usage(0, 0)
        body = {"model": request.body["model"], "created_at": "2026-01-01T00:00:00Z", "message": message, "done": True}
        body |= {"done_reason": reply.finish_reason or "stop", "total_duration": 1, "load_duration": 1}
        body |= {"prompt_eval_count": used.prompt, "eval_count": used.completion}
        return 200, {}, body if request.body.get("stream") is False else [body]

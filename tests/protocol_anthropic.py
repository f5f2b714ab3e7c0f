"""Anthropic's Messages API for `protocol_server`: what it answers, and what it refuses.

Source: https://docs.claude.com/en/api/messages, …/api/errors
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from protocol_replies import JSON, Answer, Refused, Reply, Request, Usage, calls_of, content_of, failure_of

if TYPE_CHECKING:
    from protocol_server import ProtocolServer

KEY = "sk-ant-test"

_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class AnthropicProtocol:
    """Messages with tools; whole answers, no streams."""

    def __init__(self, server: ProtocolServer) -> None:
        self._server = server

    def environment(self, url: str) -> dict[str, str]:
        return {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url}

    def error(self, status: int, message: str) -> JSON:
        return {"type": "error", "error": {"type": _ERRORS.get(status, "api_error"), "message": message}}

    def handle(self, request: Request) -> Answer:
        if KEY not in (
            request.headers.get("x-api-key"),
            request.headers.get("Authorization", "").removeprefix("Bearer "),
        ):
            raise Refused(401, "invalid x-api-key")
        if not request.headers.get("anthropic-version"):
            raise Refused(400, "anthropic-version: header is required")
        if (request.method, request.path) != ("POST", "/v1/messages"):
            raise Refused(404, "Not found")
        shown = Request(request.method, request.path, request.headers, _as_text(request.body))
        self._server.chats.append(request)
        self._check(request.body)
        reply = self._server.reply_to(shown)
        if failure := failure_of(reply, self.error):
            return failure
        return 200, {"request-id": f"req_{uuid.uuid4().hex}"}, self._message(request.body, reply)

    def _message(self, asked: JSON, reply: Reply) -> JSON:
        choice = asked.get("tool_choice") or {}
        forced = choice.get("name") if choice.get("type") == "tool" else None
        called = [(name, arguments) for name, arguments in calls_of(reply, forced)]
        text = content_of(reply, forced)
        blocks: list[JSON] = [{"type": "text", "text": text}] if text else []
        blocks += [
            {"type": "tool_use", "id": f"toolu_{uuid.uuid4().hex[:20]}", "name": name, "input": arguments}
            for name, arguments in called
        ]
        used = reply.usage or Usage(0, 0)
        return {
            "id": f"msg_{uuid.uuid4().hex}",
            "type": "message",
            "role": "assistant",
            "model": asked["model"],
            "content": blocks,
            "stop_reason": reply.finish_reason or ("tool_use" if called else "end_turn"),
            "stop_sequence": None,
            "usage": {
                "input_tokens": used.prompt - used.cached,
                "cache_read_input_tokens": used.cached,
                "cache_creation_input_tokens": 0,
                "output_tokens": used.completion,
            },
        }

    def _check(self, body: JSON) -> None:
        """What the service refuses with 400."""
        for name in ("model", "max_tokens", "messages"):
            if not body.get(name):
                raise Refused(400, f"{name}: Field required")
        if body.get("stream"):
            raise AssertionError("streams are not written here")
        tools = body.get("tools") or ()
        for tool in tools:
            if not re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", tool.get("name", "")):
                raise Refused(400, f"tools: the name {tool.get('name')!r} is malformed")
            if tool.get("input_schema", {}).get("type") != "object":
                raise Refused(400, "tools: input_schema.type must be object")
            if extra := set(tool) - {"name", "description", "input_schema", "cache_control", "type", "strict"}:
                raise Refused(400, f"tools: extra inputs are not permitted: {sorted(extra)}")
        choice = body.get("tool_choice")
        if choice and (not tools or (choice["type"] == "tool" and choice["name"] not in [t["name"] for t in tools])):
            raise Refused(400, f"tool_choice names no tool: {choice}")
        self._check_messages(body["messages"], bool(tools))

    @staticmethod
    def _check_messages(messages: Sequence[JSON], tools: bool) -> None:
        if messages[0]["role"] != "user":
            raise Refused(400, "messages: first message must use the user role")
        open_calls: set[str] = set()
        for index, message in enumerate(messages):
            if message["role"] not in ("user", "assistant"):
                raise Refused(400, f"messages.{index}: unexpected role {message['role']}")
            content = message["content"]
            blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
            if not blocks or any(block["type"] == "text" and not block["text"].strip() for block in blocks):
                raise Refused(400, f"messages.{index}: text content blocks must be non-empty")
            results = {block["tool_use_id"] for block in blocks if block["type"] == "tool_result"}
            if results != open_calls:
                raise Refused(400, f"messages.{index}: tool_use and tool_result blocks do not match")
            open_calls = {block["id"] for block in blocks if block["type"] == "tool_use"}
            if (open_calls or results) and not tools:
                raise Refused(400, "messages: tool blocks need tools to be defined")
        if open_calls:
            raise Refused(400, "messages: tool_use ids without tool_result blocks after them")


def _as_text(body: JSON) -> JSON:
    """The body with everything that is said as plain messages, the system's first: what a script matches."""
    messages = [{"role": "system", "content": body.get("system")}, *body.get("messages", ())]
    return {"messages": [{"role": item["role"], "content": _text(item["content"])} for item in messages]}


def _text(content: Any) -> str:
    if not isinstance(content, list):
        return content or ""
    return "\n".join(str(block.get("text") or block.get("content") or json.dumps(block)) for block in content)

"""OpenAI's chat completions for `protocol_server`: what it answers, and what it refuses.

Source: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from protocol_replies import JSON, Answer, Refused, Reply, Request, calls_of, content_of, failure_of, pieces_of

if TYPE_CHECKING:
    from protocol_server import ProtocolServer


class OpenAIProtocol:
    """Chat completions with tools, parallel calls, response formats and streams; models.

    `without` names features that some compatible servers lack: "response_format", "tools".
    """

    FINISH = ("stop", "tool_calls")

    def __init__(self, server: ProtocolServer) -> None:
        self._server = server
        self.without: set[str] = set()

    def environment(self, url: str) -> dict[str, str]:
        return {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": f"{url}/v1"}

    def error(self, status: int, message: str) -> JSON:
        return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}

    def handle(self, request: Request) -> Answer:
        if request.headers.get("Authorization") != "Bearer sk-test":
            raise Refused(401, "Incorrect API key provided")
        route = (request.method, request.path)
        if route == ("GET", "/v1/models"):
            return 200, {}, {"object": "list", "data": [{"id": "gpt-test", "object": "model", "owned_by": "test"}]}
        if route != ("POST", "/v1/chat/completions"):
            raise Refused(404, f"Unknown request URL: {request.method} {request.path}")
        self._server.chats.append(request)
        self._check(request.body)
        reply = self._server.reply_to(request)
        if failure := failure_of(reply, self.error):
            return failure
        return 200, {"x-request-id": uuid.uuid4().hex}, self._completion(request.body, reply)

    def _completion(self, asked: JSON, reply: Reply) -> Any:
        choice = asked.get("tool_choice")
        forced = choice["function"]["name"] if isinstance(choice, dict) else None
        calls = [
            {
                "id": f"call_{uuid.uuid4().hex[:12]}",
                "type": "function",
                "function": {
                    "name": name,
                    "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False),
                },
            }
            for name, arguments in calls_of(reply, forced)
        ]
        content = content_of(reply, forced) or None
        message: JSON = {"role": "assistant", "content": content, "refusal": reply.refusal}
        if calls:
            message["tool_calls"] = calls
        finish = reply.finish_reason or self.FINISH[bool(calls)]
        body: JSON = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": asked["model"]}
        usage = reply.usage and {
            "prompt_tokens": reply.usage.prompt,
            "completion_tokens": reply.usage.completion,
            "total_tokens": reply.usage.prompt + reply.usage.completion,
            "prompt_tokens_details": {"cached_tokens": reply.usage.cached},
        }
        if not asked.get("stream"):
            whole = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
            return {**body, "object": "chat.completion", "choices": [whole], "usage": usage}
        body["object"] = "chat.completion.chunk"
        for index, call in enumerate(calls):
            call["index"] = index
        deltas = [{"index": 0, "delta": delta, "finish_reason": None} for delta in pieces_of(message)]
        chunks = [
            {**body, "choices": [choice]} for choice in (*deltas, {"index": 0, "delta": {}, "finish_reason": finish})
        ]
        if (asked.get("stream_options") or {}).get("include_usage"):
            chunks.append({**body, "choices": [], "usage": usage})
        return [*chunks, "[DONE]"]

    def _check(self, body: JSON) -> None:
        """What the service refuses with 400."""
        if not body.get("model") or not body.get("messages"):
            raise Refused(400, "you must provide a model and messages")
        for feature in self.without & set(body):
            raise Refused(400, f"Unsupported parameter: {feature}")
        self._check_messages(body["messages"])
        names = [tool["function"]["name"] for tool in body.get("tools", ())]
        odd = [name for name in names if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name)]
        if odd or len(names) != len(set(names)):
            raise Refused(400, f"Invalid or repeated function names: {odd or names}")
        extra = [
            set(tool["function"]) - {"name", "description", "parameters", "strict"} for tool in body.get("tools", ())
        ]
        if any(extra):
            raise Refused(400, f"Unknown parameters in a tool: {extra}")
        choice = body.get("tool_choice")
        if isinstance(choice, dict) and choice.get("function", {}).get("name") not in names:
            raise Refused(400, f"tool_choice names no tool: {choice}")
        if choice is not None and not names:
            raise Refused(400, "tool_choice is only allowed when tools are specified")
        form = body.get("response_format")
        if form and form["type"] == "json_schema" and not {"name", "schema"} <= set(form["json_schema"]):
            raise Refused(400, "Missing required parameter: response_format.json_schema.name")

    @staticmethod
    def _check_messages(messages: Sequence[JSON]) -> None:
        open_calls: set[str] = set()
        for index, message in enumerate(messages):
            if message["role"] == "tool":
                if message.get("tool_call_id") not in open_calls:
                    raise Refused(400, f"messages[{index}]: a tool message must follow the call it answers")
                open_calls.discard(message["tool_call_id"])
                continue
            if open_calls:
                raise Refused(400, f"these tool_call_ids have no response: {', '.join(open_calls)}")
            open_calls = {call["id"] for call in message.get("tool_calls") or ()}
        if open_calls:
            raise Refused(400, f"these tool_call_ids have no response: {', '.join(open_calls)}")

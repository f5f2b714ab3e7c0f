"""GigaChat's HTTP API for `protocol_server`: what it answers, and what it refuses.

Source: https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-chat
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
import uuid
from typing import TYPE_CHECKING

from protocol_replies import JSON, Answer, Refused, Request, calls_of, content_of, failure_of, pieces_of

if TYPE_CHECKING:
    from protocol_server import ProtocolServer

GIGACHAT_KEY = base64.b64encode(b"client-id:client-secret").decode()


class GigaChatProtocol:
    """OAuth, chat completions with functions, models."""

    FINISH = ("stop", "function_call")
    _SCOPES = ("GIGACHAT_API_PERS", "GIGACHAT_API_B2B", "GIGACHAT_API_CORP")
    _ROLES = ("system", "user", "assistant", "function")
    _TYPES = ("object", "array", "string", "integer", "number", "boolean")
    _SCHEMA_KEYS = ("type", "description", "properties", "required", "items", "enum")

    def __init__(self, server: ProtocolServer) -> None:
        self._server = server
        self._tokens: set[str] = set()

    def environment(self, url: str) -> dict[str, str]:
        return {
            "GIGACHAT_BASE_URL": f"{url}/api/v1",
            "GIGACHAT_AUTH_URL": f"{url}/api/v2/oauth",
            "GIGACHAT_CREDENTIALS": GIGACHAT_KEY,
        }

    def error(self, status: int, message: str) -> JSON:
        return {"status": status, "message": message}

    def handle(self, request: Request) -> Answer:
        route = (request.method, request.path)
        if route == ("POST", "/api/v2/oauth"):
            return 200, {}, self._sign_in(request)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._tokens:
            raise Refused(401, "Token has expired")
        if route == ("GET", "/api/v1/models"):
            model = {"id": "GigaChat-2-Max", "object": "model", "owned_by": "salutedevices", "type": "chat"}
            return 200, {}, {"object": "list", "data": [model]}
        if route != ("POST", "/api/v1/chat/completions"):
            raise Refused(404, "No such method")
        return self._chat(request)

    def _sign_in(self, request: Request) -> JSON:
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        try:
            base64.b64decode(key, validate=True)
            uuid.UUID(request.headers.get("RqUID", ""))
        except (ValueError, binascii.Error) as error:
            raise Refused(400, "Can't decode 'Authorization' header or 'RqUID' is not a UUID") from error
        if kind != "Basic" or key != GIGACHAT_KEY:
            raise Refused(401, "credentials doesn't match db data")
        if request.body.get("scope") not in self._SCOPES:
            raise Refused(400, "scope is invalid")
        token = uuid.uuid4().hex
        self._tokens.add(token)
        return {"access_token": token, "expires_at": int((time.time() + 1800) * 1000)}

    def _chat(self, request: Request) -> Answer:
        self._server.chats.append(request)
        self._check(request.body)
        reply = self._server.reply_to(request)
        if failure := failure_of(reply, self.error):
            return failure
        choice = request.body.get("function_call")
        forced = choice["name"] if isinstance(choice, dict) else None
        calls = calls_of(reply, forced)
        if len(calls) > 1:
            raise AssertionError("the script has GigaChat call two functions in one message")
        message: JSON = {"role": "assistant", "content": content_of(reply, forced)}
        if calls:
            name, arguments = calls[0]
            message["function_call"] = {"name": name, "arguments": arguments}
            message["functions_state_id"] = str(uuid.uuid4())
        finish = reply.finish_reason or self.FINISH[bool(calls)]
        body: JSON = {"created": int(time.time()), "model": "GigaChat-2-Max:2.0.28.2", "object": "chat.completion"}
        if reply.usage:
            used = reply.usage
            body["usage"] = {
                "prompt_tokens": used.prompt - used.cached,
                "completion_tokens": used.completion,
                "precached_prompt_tokens": used.cached,
                "total_tokens": used.prompt - used.cached + used.completion,
            }
        headers = {"X-Request-ID": str(uuid.uuid4()), "X-Session-ID": request.headers.get("X-Session-ID", "")}
        if not request.body.get("stream"):
            body["choices"] = [{"index": 0, "message": message, "finish_reason": finish}]
            return 200, headers, body
        usage = body.pop("usage", None)
        chunks = [{**body, "choices": [{"index": 0, "delta": delta}]} for delta in pieces_of(message)]
        chunks.append(
            {**body, "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": finish}], "usage": usage}
        )
        return 200, headers, chunks

    def _check(self, body: JSON) -> None:
        """What the service refuses with 422."""
        messages = body.get("messages") or []
        if not body.get("model") or not messages:
            raise Refused(422, "model and messages are required")
        for index, message in enumerate(messages):
            self._check_message(index, message, messages[index - 1] if index else {})
        names = [self._check_function(function) for function in body.get("functions", ())]
        choice = body.get("function_call", "none")
        if choice not in ("auto", "none") and (not isinstance(choice, dict) or choice.get("name") not in names):
            raise Refused(422, f"function_call names no function: {choice}")
        form = body.get("response_format")
        if form is not None and (form.get("type") != "json_schema" or not isinstance(form.get("schema"), dict)):
            raise Refused(422, "response_format is malformed")

    def _check_message(self, index: int, message: JSON, before: JSON) -> None:
        role, content = message.get("role"), message.get("content")
        if role not in self._ROLES or not isinstance(content, str):
            raise Refused(422, f"messages[{index}] has no valid role and content")
        if "tool_calls" in message or isinstance(message.get("function_call"), list):
            raise Refused(422, f"messages[{index}]: one function_call per message")
        if role == "system" and index:
            raise Refused(422, "a system message must be the first")
        if role in ("system", "user") and not content:
            raise Refused(422, f"messages[{index}] is empty")
        called = (before.get("function_call") or {}).get("name")
        if called and role != "function":
            raise Refused(422, f"messages[{index - 1}] calls a function and no result follows")
        if role == "function":
            if not called or message.get("name") != called:
                raise Refused(422, f"messages[{index}] is the result of no call")
            try:
                result = json.loads(content)
            except ValueError as error:
                raise Refused(422, f"messages[{index}]: the result of a function must be JSON") from error
            if not isinstance(result, dict):
                raise Refused(422, f"messages[{index}]: the result of a function must be a JSON object")

    def _check_function(self, function: JSON) -> str:
        name = function.get("name", "")
        if not re.fullmatch(r"[a-zA-Z0-9_]{1,64}", name):
            raise Refused(422, f"{name!r} is not a function's name")
        parameters = function.get("parameters") or {}
        if parameters.get("type") != "object" or not parameters.get("properties"):
            raise Refused(422, f"the parameters of {name} are no object with properties")
        self._check_schema(name, parameters)
        return str(name)

    def _check_schema(self, where: str, schema: JSON) -> None:
        foreign = set(schema) - set(self._SCHEMA_KEYS)
        if foreign or schema.get("type") not in self._TYPES:
            raise Refused(422, f"the schema of {where} has {sorted(foreign)} and the type {schema.get('type')!r}")
        if not all(isinstance(value, str) for value in schema.get("enum", ())):
            raise Refused(422, f"the enum of {where} holds more than strings")
        if schema["type"] == "object" and "properties" not in schema:
            raise Refused(422, f"the object {where} has no properties")
        for key, inner in schema.get("properties", {}).items():
            self._check_schema(f"{where}.{key}", inner)
        if "items" in schema:
            self._check_schema(f"{where}[]", schema["items"])

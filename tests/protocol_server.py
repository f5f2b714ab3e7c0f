"""A scripted language model on loopback that speaks the real providers' HTTP protocols.

The real clients (langchain_gigachat, langchain_openai, langchain_ollama) talk to it, so what is tested is what goes
over the wire. Replies are written once and come out in each protocol's own form: `Reply(json=…)` is a function call
where a function was forced, and text where it was not. Requests that the real services refuse are refused here too.

Sources: https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-chat,
https://platform.openai.com/docs/api-reference/chat, https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

JSON = dict[str, Any]
GIGACHAT_KEY = base64.b64encode(b"client-id:client-secret").decode()
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


Script = Sequence[Reply] | Callable[[Request], Reply]


class Refused(Exception):
    """The service does not take the request."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ProtocolServer:
    """One scripted model. Use as a context manager.

    Attributes:
        chats: the chat requests, in order, refused ones included.
        unscripted: requests that no reply was written for.
        refusals: what was refused for being outside the protocol.
    """

    def __init__(self, protocol: str | Callable[[ProtocolServer], Any], script: Script = ()) -> None:
        self._protocol = (PROTOCOLS[protocol] if isinstance(protocol, str) else protocol)(self)
        self._script = script
        self._used: set[int] = set()
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self.chats: list[Request] = []
        self.unscripted: list[Request] = []
        self.refusals: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

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

    def handle(self, request: Request) -> tuple[int, Mapping[str, str], Any] | Reply:
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


# ------------------------------------------------------------------------------------------------------- GigaChat


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

    def handle(self, request: Request) -> tuple[int, Mapping[str, str], Any] | Reply:
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

    def _chat(self, request: Request) -> tuple[int, Mapping[str, str], Any] | Reply:
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
        chunks = [{**body, "choices": [{"index": 0, "delta": delta}]} for delta in _pieces(message)]
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


# --------------------------------------------------------------------------------------------------------- OpenAI


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

    def handle(self, request: Request) -> tuple[int, Mapping[str, str], Any] | Reply:
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
        deltas = [{"index": 0, "delta": delta, "finish_reason": None} for delta in _pieces(message)]
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


# --------------------------------------------------------------------------------------------------------- Ollama


class OllamaProtocol:
    """The chat of a local Ollama: `format`, tools, one object or a stream of lines."""

    def __init__(self, server: ProtocolServer) -> None:
        self._server = server

    def environment(self, url: str) -> dict[str, str]:
        return {"OLLAMA_HOST": url}

    def error(self, status: int, message: str) -> JSON:
        return {"error": message}

    def handle(self, request: Request) -> tuple[int, Mapping[str, str], Any] | Reply:
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


PROTOCOLS: dict[str, Any] = {"gigachat": GigaChatProtocol, "openai": OpenAIProtocol, "ollama": OllamaProtocol}


def failure_of(reply: Reply, as_error: Callable[[int, str], JSON]) -> tuple[int, Mapping[str, str], Any] | Reply | None:
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


def _pieces(message: JSON) -> list[JSON]:
    """A message as deltas: the role, the content in two parts, and the rest."""
    content = message.get("content") or ""
    middle = len(content) // 2
    rest = {key: value for key, value in message.items() if key not in ("role", "content") and value}
    deltas = [{"role": "assistant", "content": content[:middle]}, {"content": content[middle:]}]
    return [*deltas, rest] if rest else deltas


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

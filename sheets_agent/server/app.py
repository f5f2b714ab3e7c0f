"""What the LangGraph server answers beside its own API: logging in and out, and the files of results.

POST /auth/login    {"name", "password"}     → {"access_token", "refresh_token", "expires_in", "token_type"}
POST /auth/refresh  {"refresh_token"}        → the same; the refresh token given is spent
POST /auth/logout   with the access token    → 204; the session's tokens are revoked
GET  /auth/me       with the access token    → {"name", "role", "spreadsheets"}
GET  /files/{path}  with the access token    → a file that the user may name
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sheets_agent.errors import SheetsAgentError
from sheets_agent.server.auth import bearer
from sheets_agent.server.places import NotServed, Places
from sheets_agent.server.tokens import Sessions, Tokens
from sheets_agent.server.users import NotAllowed, User, Users
from sheets_agent.settings import load

LARGEST = 4_096
"""Bytes of a body."""


async def login(request: Request) -> Response:
    """A session for a name and a password."""
    given = await _fields(request, "name", "password")
    return await _answer(lambda: _as_json(Sessions().start(Users().check(given["name"], given["password"]))))


async def refresh(request: Request) -> Response:
    """New tokens for a refresh token."""
    given = await _fields(request, "refresh_token")
    return await _answer(lambda: _as_json(Sessions().refresh(given["refresh_token"])))


async def logout(request: Request) -> Response:
    """The end of a session."""

    def end() -> Response:
        Sessions().end(_token(request))
        return Response(status_code=204)

    return await _answer(end)


async def me(request: Request) -> Response:
    """Who the token speaks for, and what they may have opened."""

    def answer() -> Response:
        user = Sessions().user_of(_token(request))
        places = Places(load().served, user)
        named = [*places.served.spreadsheets, *places.files()]
        return JSONResponse({"name": user.name, "role": user.role, "spreadsheets": named})

    return await _answer(answer)


async def file(request: Request) -> Response:
    """A file that the user may name."""

    def answer() -> Response:
        user: User = Sessions().user_of(_token(request))
        path = Places(load().served, user).file(request.path_params["path"])
        return FileResponse(path, filename=path.name, headers={"X-Content-Type-Options": "nosniff"})

    return await _answer(answer)


def _token(request: Request) -> str:
    return bearer(request.headers.get("authorization"), request.headers.get("x-api-key"))


def _as_json(tokens: Tokens) -> Response:
    fields = {"access_token": tokens.access, "refresh_token": tokens.refresh, "expires_in": tokens.expires_in}
    return JSONResponse({**fields, "token_type": "bearer"}, headers={"Cache-Control": "no-store"})


async def _answer(work: Callable[[], Response]) -> Response:
    """What comes of some work that waits for files and hashes; an error as JSON."""
    try:
        return await run_in_threadpool(work)
    except NotAllowed as error:
        if error.wait:
            return _refusal(429, error, {"Retry-After": str(math.ceil(error.wait))})
        return _refusal(401, error, {"WWW-Authenticate": "Bearer"})
    except NotServed as error:
        return _refusal(404, error)
    except SheetsAgentError as error:
        return _refusal(503, error)


def _refusal(status: int, error: SheetsAgentError, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"detail": f"{error} {error.hint}".strip()}, status_code=status, headers=headers)


async def _fields(request: Request, *names: str) -> dict[str, str]:
    """The texts of a small JSON body; what is missing or no text is empty."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            break
    try:
        given: Any = json.loads(body) if len(body) <= LARGEST else None
    except (ValueError, RecursionError):
        given = None
    found = given if isinstance(given, dict) else {}
    return {name: value if isinstance(value := found.get(name), str) else "" for name in names}


app = Starlette(
    routes=[
        Route("/auth/login", login, methods=["POST"]),
        Route("/auth/refresh", refresh, methods=["POST"]),
        Route("/auth/logout", logout, methods=["POST"]),
        Route("/auth/me", me),
        Route("/files/{path:path}", file),
    ]
)

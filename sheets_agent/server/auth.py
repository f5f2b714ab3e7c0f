"""Who may do what on the LangGraph server: the handlers of `langgraph_sdk.Auth`.

A thread, with its runs and its state, belongs to the user who made it; administrators see all. The role is looked up
with every request and once more when a run begins, and is nothing that a client can send.
"""

from __future__ import annotations

import asyncio
from typing import Any

from langgraph_sdk import Auth

from sheets_agent.errors import SheetsAgentError
from sheets_agent.server.tokens import Sessions
from sheets_agent.server.users import NotAllowed

auth = Auth()
OWNER = "owner"


def bearer(authorization: str | None, key: str | None) -> str:
    """The token of a request: from `Authorization: Bearer …`, or from `X-Api-Key`, where chat clients put theirs.

    Raises:
        NotAllowed: there is none.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    if key and key.strip():
        return key.strip()
    raise NotAllowed("A token is needed.", "Send it as “Authorization: Bearer …”; POST /auth/login gives one.")


@auth.authenticate
async def authenticate(headers: dict[bytes, bytes]) -> Auth.types.MinimalUserDict:
    """Who sends a request."""
    sent = {name.lower(): value.decode("latin-1") for name, value in headers.items()}
    try:
        token = bearer(sent.get(b"authorization"), sent.get(b"x-api-key"))
        user = await asyncio.to_thread(Sessions().user_of, token)
    except NotAllowed as error:
        raise Auth.exceptions.HTTPException(status_code=401, detail=f"{error} {error.hint}".strip()) from error
    except SheetsAgentError as error:
        raise Auth.exceptions.HTTPException(status_code=503, detail=str(error)) from error
    return {"identity": user.name, "display_name": user.name, "is_authenticated": True, "permissions": [user.role]}


@auth.on
async def nothing_else(ctx: Auth.types.AuthContext, value: Any) -> bool:
    """What is not named below, nobody may do: scheduled runs, the store."""
    return False


@auth.on.threads
async def own_threads(ctx: Auth.types.AuthContext, value: Any) -> Auth.types.FilterType | None:
    """A thread is read, changed and deleted by its owner and by administrators."""
    if "metadata" in value:
        _without_owner(value)
    return _owned(ctx)


@auth.on.threads.create
async def make_thread(ctx: Auth.types.AuthContext, value: Any) -> Auth.types.FilterType | None:
    """Whoever makes a thread owns it."""
    _without_owner(value)[OWNER] = ctx.user.identity
    return _owned(ctx)


@auth.on.threads.create_run
async def begin_run(ctx: Auth.types.AuthContext, value: Any) -> Auth.types.FilterType | None:
    """Runs go into threads of one's own; a thread that the run makes is the user's."""
    _without_owner(value)[OWNER] = ctx.user.identity
    if value.get("multitask_strategy") == "rollback":
        raise Auth.exceptions.HTTPException(
            status_code=422, detail="What a run has written is not rolled back. Use interrupt, enqueue or reject."
        )
    return _owned(ctx)


@auth.on.assistants
async def use_assistants(ctx: Auth.types.AuthContext, value: Any) -> bool:
    """Administrators alone make, change or delete assistants."""
    return ctx.action in ("read", "search") or "admin" in ctx.permissions


def _owned(ctx: Auth.types.AuthContext) -> Auth.types.FilterType | None:
    return None if "admin" in ctx.permissions else {OWNER: ctx.user.identity}


def _without_owner(value: Any) -> dict[str, Any]:
    """The metadata of what is written; nobody names its owner but the server."""
    if value.get("metadata") is None:
        value["metadata"] = {}
    metadata: dict[str, Any] = value["metadata"]
    metadata.pop(OWNER, None)
    return metadata

"""Fetches what actions ask for: a table of a given document, or, so much and so long, from the origin they name."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from sheets_agent.actions.base import Action
from sheets_agent.actions.fetching import FetchingAction, Get
from sheets_agent.actions.importing import ImportTable
from sheets_agent.errors import ActionError
from sheets_agent.sources.model import NO_SOURCES, Sources

MOST_BYTES = 8 << 20
"""Bytes that one action fetches in all."""
MOST_CALLS = 50
SECONDS = 20.0
"""Seconds that one action may take to fetch."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def fetched(action: Action, sources: Sources = NO_SOURCES) -> Action:
    """An action with what it fetches; any other as it is.

    Args:
        action: any.
        sources: the documents that it may take tables of.

    Raises:
        ActionError: it cannot be fetched; the text is for the model.
    """
    if not isinstance(action, FetchingAction) or action.is_fetched:
        return action
    if isinstance(action, ImportTable):
        return action.with_rows_of(sources)
    return action.with_fetched(getter(action.origin))


def getter(origin: str, clock: Callable[[], float] = time.monotonic) -> Get:
    """Fetches from one origin, for one action.

    Args:
        origin: https://host; http is for servers on this machine only.
        clock: seconds that go on.

    Raises:
        ActionError: the origin is none.
    """
    parts = urllib.parse.urlsplit(origin)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.username:
        raise ActionError(f"“{origin}” is no place to fetch from: it takes https and a host.")
    until = clock() + SECONDS
    left = {"bytes": MOST_BYTES, "calls": MOST_CALLS}
    opener = urllib.request.build_opener(_NoRedirects)

    def get(path: str, parameters: Mapping[str, str]) -> bytes:
        left["calls"] -= 1
        url = f"{parts.scheme}://{parts.netloc}/{path.lstrip('/')}"
        url += f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        seconds = until - clock()
        if left["calls"] < 0 or seconds <= 0:
            raise ActionError(f"{parts.hostname} takes too long, or too many calls. Ask for less.")
        try:
            with opener.open(url, timeout=seconds) as answer:
                return _read(answer, left, until, clock, str(parts.hostname))
        except urllib.error.HTTPError as error:
            with error:
                raise ActionError(f"{parts.hostname} answered {error.code} to {path}.") from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise ActionError(f"{parts.hostname} cannot be reached: {error}.") from error

    return get


def _read(answer: Any, left: dict[str, int], until: float, clock: Callable[[], float], host: str) -> bytes:
    """An answer, as long as it keeps within the bounds."""
    found = bytearray()
    while piece := answer.read1(1 << 16):
        found += piece
        left["bytes"] -= len(piece)
        if left["bytes"] < 0:
            raise ActionError(f"{host} answers more than {MOST_BYTES >> 20} MiB. Ask for less.")
        if clock() > until:
            raise ActionError(f"{host} takes longer than {SECONDS:.0f} seconds. Ask for less.")
    return bytes(found)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Another place is not the one that the action names."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """None: the answer is an error."""
        return

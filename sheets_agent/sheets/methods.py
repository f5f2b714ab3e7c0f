"""The methods of the Sheets API, as googleapiclient builds them from Google's discovery document."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import httplib2
from googleapiclient.discovery import build


@dataclass(frozen=True, slots=True)
class Methods:
    """Those of the spreadsheets, and those of their values."""

    spreadsheets: Any
    values: Any


@functools.lru_cache(maxsize=8)
def methods(endpoint: str) -> Methods:
    """The API's methods. Building them takes some 50 ms, they hold no connection, and so they are shared."""
    service = build(
        "sheets",
        "v4",
        http=httplib2.Http(),  # never used: each request is executed over its client's own transport
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": endpoint},
    )
    spreadsheets = service.spreadsheets()
    return Methods(spreadsheets, spreadsheets.values())

"""Time zones as spreadsheets name them: of the CLDR, such as Europe/Moscow, or a custom one such as GMT-07:00.

Source: SpreadsheetProperties.timeZone of the v4 discovery document.
"""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_CUSTOM = re.compile(r"(?:GMT|UTC)([+-])([0-9]{1,2})(?::?([0-5][0-9]))?")
_FARTHEST = timedelta(hours=18)


@lru_cache(maxsize=64)
def time_zone(name: str) -> tzinfo | None:
    """The time zone of a name; None when there is none."""
    if custom := _CUSTOM.fullmatch(name):
        ahead = timedelta(hours=int(custom[2]), minutes=int(custom[3] or 0))
        return timezone(-ahead if custom[1] == "-" else ahead) if ahead <= _FARTHEST else None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, such as Europe, is an OSError
        return None

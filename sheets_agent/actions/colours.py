"""Colours by name or as hex digits, as the API's Color."""

from __future__ import annotations

import re
from typing import Any

from sheets_agent.errors import ActionError

JSON = dict[str, Any]

NAMED = {
    "black": "000000",
    "white": "ffffff",
    "grey": "b7b7b7",
    "gray": "b7b7b7",
    "light grey": "efefef",
    "light gray": "efefef",
    "dark grey": "666666",
    "dark gray": "666666",
    "red": "ff0000",
    "light red": "f4cccc",
    "dark red": "990000",
    "orange": "ff9900",
    "light orange": "fce5cd",
    "dark orange": "b45f06",
    "yellow": "ffff00",
    "light yellow": "fff2cc",
    "dark yellow": "bf9000",
    "green": "00ff00",
    "light green": "d9ead3",
    "dark green": "38761d",
    "cyan": "00ffff",
    "light cyan": "d0e0e3",
    "dark cyan": "134f5c",
    "blue": "0000ff",
    "light blue": "cfe2f3",
    "dark blue": "0b5394",
    "navy": "073763",
    "purple": "9900ff",
    "light purple": "d9d2e9",
    "dark purple": "351c75",
    "magenta": "ff00ff",
    "pink": "ff99cc",
    "brown": "783f04",
}
"""The colours of the Sheets palette by their names."""


def colour(text: str) -> JSON:
    """A colour such as `light green`, `#d9ead3` or `#fff`; the channels go from 0 to 1.

    Raises:
        ActionError: when it is neither.
    """
    name = " ".join(text.strip().casefold().replace("_", " ").replace("-", " ").split())
    digits = NAMED.get(name) or NAMED.get(name.replace("light", "light ", 1)) or name.removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{3}", digits):
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-f]{6}", digits):
        raise ActionError(f"“{text}” is not a colour. Write #rrggbb, such as #d9ead3, or one of {', '.join(NAMED)}.")
    red, green, blue = (int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4))
    return {"red": red, "green": green, "blue": blue}


def colour_style(text: str) -> JSON:
    """The same as the API's ColorStyle."""
    return {"rgbColor": colour(text)}

"""Colours and ranges as Google stores them.

A colour sent as `backgroundColor` comes back as both `backgroundColor` and `backgroundColorStyle`, and the other way
round; its channels are 8-bit values over 255 in single precision, so 0.5 comes back as 0.49803922. Channels that are
zero are left out.

Source: recorded answers; the Color and ColorStyle messages of the v4 discovery document.
"""

from __future__ import annotations

import re
import struct
from typing import Any

from sheets_agent.emulator.masks import EVERYTHING, FieldMask, update_mask
from sheets_agent.emulator.workbook import JSON, Workbook

_COLOUR = re.compile(r"(?:color|\w+Color)$")


def channel(value: float) -> float:
    """One channel as Google keeps it: n/255 in single precision, printed as shortly as single precision allows."""
    step = int(min(max(value, 0.0), 1.0) * 255 + 1e-4)
    single = struct.unpack("f", struct.pack("f", step / 255))[0]
    for digits in range(6, 10):
        short = float(f"{single:.{digits}g}")
        if struct.unpack("f", struct.pack("f", short))[0] == single:
            return short
    return float(single)


def colour(body: JSON) -> JSON:
    """A Color with its channels as Google keeps them, zero ones left out."""
    channels = {name: channel(float(body.get(name) or 0)) for name in ("red", "green", "blue")}
    return {name: value for name, value in channels.items() if value}


def theme(workbook: Workbook) -> dict[str, JSON]:
    """The spreadsheet's theme: theme colour type to Color."""
    pairs = workbook.properties.get("spreadsheetTheme", {}).get("themeColors", [])
    return {pair["colorType"]: pair.get("color", {}).get("rgbColor", {}) for pair in pairs}


def normalised(workbook: Workbook, body: Any) -> Any:
    """A copy of a request's JSON with every colour in both forms and every null left out.

    The body is any JSON value; lists and objects are walked.
    """
    return _normalised(theme(workbook), body)


def _normalised(themes: dict[str, JSON], body: Any) -> Any:
    if isinstance(body, list):
        return [_normalised(themes, item) for item in body]
    if not isinstance(body, dict):
        return body
    result: JSON = {}
    for key, value in body.items():
        if value is None:
            continue
        if _COLOUR.match(key) and key != "rgbColor" and isinstance(value, dict):
            if key + "Style" not in body:
                result[key] = colour(value)
                result[key + "Style"] = {"rgbColor": colour(value)}
        elif key.endswith("olorStyle") and isinstance(value, dict):
            _put_style(themes, result, key, value)
        else:
            result[key] = _normalised(themes, value)
    return result


def _put_style(themes: dict[str, JSON], result: JSON, key: str, value: JSON) -> None:
    plain = key.removesuffix("Style")
    if "themeColor" in value:
        result[key] = {"themeColor": value["themeColor"]}
        if value["themeColor"] in themes:
            result[plain] = dict(themes[value["themeColor"]])
    elif "rgbColor" in value and value["rgbColor"] is not None:
        result[plain] = colour(value["rgbColor"])
        result[key] = {"rgbColor": colour(value["rgbColor"])}


def with_twins(mask: FieldMask) -> FieldMask:
    """A field mask where naming one form of a colour names both, whole."""
    if mask.everything:
        return mask
    fields: dict[str, FieldMask] = {}
    for name, below in mask.fields.items():
        plain = name.removesuffix("Style")
        if plain != "rgbColor" and _COLOUR.match(plain):
            fields[plain] = fields[plain + "Style"] = EVERYTHING
        else:
            fields[name] = with_twins(below)
    return FieldMask(fields)


def mask_of(request: JSON) -> FieldMask:
    """The field mask of an update request, colours in both forms.

    Raises:
        Refusal: there is none, or it is not a mask.
    """
    return with_twins(update_mask(request.get("fields")))

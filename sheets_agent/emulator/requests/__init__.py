"""What each kind of batchUpdate request does: one function per kind, called like it.

A handler takes the workbook (a fork of it, see `emulator.batch`) and the request's body, changes the workbook, and
gives back the body of its reply, `{}` where Google says nothing. It raises `Refusal` with the reason in Google's words,
or `Unsupported`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from sheets_agent.emulator.requests import (
    cells,
    comments,
    copying,
    data_sources,
    dimensions,
    filling,
    filters,
    formats,
    groups,
    metadata,
    names,
    objects,
    pasting,
    ranges,
    searching,
    sheets,
    sorting,
    tables,
)
from sheets_agent.emulator.workbook import JSON, Workbook

Handler = Callable[[Workbook, JSON], JSON]

_FAMILIES = (
    cells, comments, copying, data_sources, dimensions, filling, filters, formats, groups, metadata, names, objects,
    pasting, ranges, searching, sheets, sorting, tables,
)  # fmt: skip


def _handlers(module: ModuleType) -> dict[str, Handler]:
    """The handlers of a family: its own public functions in camelCase, which only request kinds are."""
    return {
        name: value
        for name, value in vars(module).items()
        if callable(value)
        and getattr(value, "__module__", "") == module.__name__
        and name[0].islower()
        and not name.islower()
    }


HANDLERS: dict[str, Handler] = {name: handler for family in _FAMILIES for name, handler in _handlers(family).items()}
"""Every request kind the local Sheets API does, by its name in the discovery document."""

"""An empty model of the calculation engine."""

from __future__ import annotations

import ironcalc

from sheets_agent.emulator.locales import locale
from sheets_agent.emulator.reading import definitions, engine_locale


def new_model(zone: str, locale_name: str) -> ironcalc.Model:
    """A model for a time zone and a spreadsheet's locale, with the functions that read texts as that locale does."""
    name = engine_locale(locale(locale_name))
    try:
        model = ironcalc.create("workbook", name, zone or "UTC")
    except ironcalc.WorkbookError:  # a zone that the engine does not know
        model = ironcalc.create("workbook", name, "UTC")
    for function, definition in definitions(locale_name).items():  # before any formula: each has all of them read again
        model.new_defined_name(function, None, definition)
    return model

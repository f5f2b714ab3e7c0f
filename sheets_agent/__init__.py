"""sheets-agent: a language-model agent that does work in Google Sheets.

    from sheets_agent import SheetsAgent
    result = SheetsAgent().run("sales.xlsx", "Build a pivot of revenue by region and chart it")

Importing this package does nothing else: the names below are loaded when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheets_agent.agent import SheetsAgent
    from sheets_agent.errors import SheetsAgentError
    from sheets_agent.settings import Settings
    from sheets_agent.state.described import Description
    from sheets_agent.state.planned import Plan
    from sheets_agent.state.result import RunResult

__all__ = ["Description", "Plan", "RunResult", "Settings", "SheetsAgent", "SheetsAgentError", "__version__"]
__version__ = "0.1.0"

_HOMES = {
    "SheetsAgent": "agent",
    "SheetsAgentError": "errors",
    "Settings": "settings",
    "Description": "state.described",
    "Plan": "state.planned",
    "RunResult": "state.result",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(f"sheets_agent.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'sheets_agent' has no attribute {name!r}")

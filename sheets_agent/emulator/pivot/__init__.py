"""Pivot tables, calculated and laid out as Google Sheets lays them out."""

from sheets_agent.emulator.pivot.layout import Drawn, compute, table
from sheets_agent.emulator.pivot.model import PivotCell

__all__ = ["Drawn", "PivotCell", "compute", "table"]

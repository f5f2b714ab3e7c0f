"""Prices of the Moscow Exchange as an action of sheets-agent."""

from sheets_agent_moex.action import WritePrices

__all__ = ["WritePrices"]

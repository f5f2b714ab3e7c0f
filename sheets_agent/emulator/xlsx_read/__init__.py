""".xlsx files into workbooks of the local Sheets API."""

from sheets_agent.emulator.xlsx_read.workbook import read_xlsx

__all__ = ["read_xlsx"]

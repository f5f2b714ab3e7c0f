"""Workbooks of the local Sheets API into .xlsx files."""

from sheets_agent.emulator.xlsx_write.workbook import write_xlsx

__all__ = ["write_xlsx"]

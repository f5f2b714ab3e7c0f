"""Data validation that Excel stores as an extension, because its list stands on another tab. Openpyxl leaves it out.

Source: [MS-XLSX] 2.6.16 CT_DataValidations.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl.worksheet.datavalidation import DataValidation

from sheets_agent.emulator.xlsx_read.package import tail, worksheets

_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"
_TEXTS = ("type", "operator", "errorStyle", "prompt", "promptTitle", "error", "errorTitle")
_SWITCHES = ("allowBlank", "showErrorMessage", "showInputMessage", "showDropDown")


def add_validations(path: Path, book: Any) -> None:
    """Add the extension's rules to the rules of openpyxl's worksheets."""
    with ZipFile(path) as package:
        for title, part in worksheets(package):
            if title not in book.sheetnames or not hasattr(book[title], "data_validations"):
                continue
            end = tail(package, part)
            start, stop = end.find(b"<x14:dataValidations"), end.find(b"</x14:dataValidations>")
            if 0 <= start < stop:
                for rule in _rules(end[start : stop + len(b"</x14:dataValidations>")]):
                    book[title].data_validations.append(rule)


def _rules(fragment: bytes) -> list[DataValidation]:
    wrapped = f'<root xmlns:x14="{_X14}" xmlns:xm="{_XM}" xmlns:xr="x" xmlns:mc="x">'.encode() + fragment + b"</root>"
    rules = []
    for element in ElementTree.fromstring(wrapped).iter(f"{{{_X14}}}dataValidation"):
        settings: dict[str, Any] = {name: element.get(name) for name in _TEXTS if element.get(name)}
        settings |= {name: element.get(name) in ("1", "true") for name in _SWITCHES}
        for name in ("formula1", "formula2"):
            formula = element.find(f"{{{_X14}}}{name}/{{{_XM}}}f")
            if formula is not None and formula.text:
                settings[name] = formula.text
        cells = element.findtext(f"{{{_XM}}}sqref", "")
        if cells:
            rules.append(DataValidation(sqref=cells, **settings))
    return rules

"""XlsxWriter's workbook, except that every text comes back as it was.

XlsxWriter escapes the pieces of rich texts twice, and of texts that look like several escapes side by side only one.
"""

from __future__ import annotations

import xlsxwriter
from xlsxwriter.comments import Comments
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings

from sheets_agent.emulator.xlsx_text import escaped

_RICH = ("<r><rPr>", "<r><t>", "<r><t ")


class Book(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook to write."""

    def _get_packager(self) -> Packager:
        return _Package()


class _Package(Packager):  # type: ignore[misc]
    def _write_shared_strings_file(self) -> None:
        if not self.workbook.str_table.count:
            return
        texts = _Texts()
        texts.string_table = self.workbook.str_table
        texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
        texts._assemble_xml_file()

    def _write_comment_files(self) -> None:
        annotated = [worksheet for worksheet in self.workbook.worksheets() if worksheet.has_comments]
        for number, worksheet in enumerate(annotated, 1):
            notes = _Notes()
            notes._set_xml_writer(self._filename(f"xl/comments{number}.xml"))
            notes._assemble_xml_file(worksheet.comments_list)


class _Notes(Comments):  # type: ignore[misc]
    _escape_control_characters = staticmethod(escaped)


class _Texts(SharedStrings):  # type: ignore[misc]
    def _write_si(self, string: str) -> None:
        if string.startswith(_RICH):
            self._xml_rich_si_element(string)
        else:
            self._xml_si_element(escaped(string), [("xml:space", "preserve")] if string != string.strip() else [])

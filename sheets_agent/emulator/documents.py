"""The spreadsheets that a local Sheets API holds."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from sheets_agent.emulator.workbook import JSON, Sheet, Workbook

_ID_LETTERS = string.ascii_letters + string.digits + "-_"
_WHITE = {"red": 1, "green": 1, "blue": 1}

DEFAULT_FORMAT: JSON = {
    "backgroundColor": _WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": _WHITE},
}
"""The format of a cell of a new spreadsheet that has none of its own."""

_THEME_COLORS = {
    "TEXT": (0, 0, 0),
    "BACKGROUND": (1, 1, 1),
    "ACCENT1": (0.25882354, 0.52156866, 0.95686275),
    "ACCENT2": (0.91764706, 0.2627451, 0.20784314),
    "ACCENT3": (0.9843137, 0.7372549, 0.015686275),
    "ACCENT4": (0.20392157, 0.65882355, 0.3254902),
    "ACCENT5": (1, 0.42745098, 0.003921569),
    "ACCENT6": (0.27450982, 0.7411765, 0.7764706),
    "LINK": (0.06666667, 0.33333334, 0.8),
}
THEME: JSON = {
    "primaryFontFamily": "Arial",
    "themeColors": [
        {
            "colorType": kind,
            "color": {
                "rgbColor": {
                    name: value for name, value in zip(("red", "green", "blue"), channels, strict=True) if value
                }
            },
        }
        for kind, channels in _THEME_COLORS.items()
    ],
}
"""The theme of a new spreadsheet."""


class Document:
    """One spreadsheet held, the lock that guards it, and what Drive knows about it.

    A write swaps `workbook` for a changed fork; take it under the lock, once per call.

    Args:
        spreadsheet_id: its id.
        title: its title, known without reading it.
        load: gives the spreadsheet when it is first needed.
        created: when it was made; now by default.
        modified: when it was last written; when it was made by default.
    """

    def __init__(
        self,
        spreadsheet_id: str,
        title: str,
        load: Callable[[], Workbook],
        *,
        created: datetime | None = None,
        modified: datetime | None = None,
    ) -> None:
        self.spreadsheet_id = spreadsheet_id
        self.title = title
        self.lock = threading.RLock()
        self.created = created or datetime.now(UTC)
        self.modified = modified or self.created
        self._load = load
        self._workbook: Workbook | None = None

    @classmethod
    def of(cls, workbook: Workbook) -> Document:
        """A spreadsheet that is there already."""
        return cls(workbook.spreadsheet_id, workbook.properties["title"], lambda: workbook, created=workbook.clock())

    @property
    def workbook(self) -> Workbook:
        """The spreadsheet as it is now."""
        with self.lock:
            if self._workbook is None:
                self._workbook = self._load()
            return self._workbook

    def prepare(self, change: Callable[[Workbook], None]) -> None:
        """Have something done to the spreadsheet before it is first used, once it is read."""
        load = self._load

        def prepared() -> Workbook:
            workbook = load()
            change(workbook)
            return workbook

        self._load = prepared

    def replace(self, workbook: Workbook, modified: datetime) -> None:
        """Hold a changed spreadsheet in the place of the old one."""
        with self.lock:
            self._workbook, self.title, self.modified = workbook, workbook.properties["title"], modified


def new_spreadsheet_id() -> str:
    """44 characters starting with 1, as Google's are."""
    return "1" + "".join(random.choices(_ID_LETTERS, k=43))


def spreadsheet_properties(title: str, locale: str = "en_US", time_zone: str = "Etc/GMT") -> JSON:
    """SpreadsheetProperties as Google fills them in."""
    return {
        "title": title,
        "locale": locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": time_zone,
        "defaultFormat": DEFAULT_FORMAT,
        "spreadsheetTheme": THEME,
    }


def sheet_properties(sheet_id: int, title: str, index: int) -> JSON:
    """SheetProperties of a new grid."""
    return {
        "sheetId": sheet_id,
        "title": title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": 1000, "columnCount": 26},
    }


def new_workbook(title: str = "Untitled spreadsheet", locale: str = "en_US", time_zone: str = "Etc/GMT") -> Workbook:
    """A new spreadsheet with the one sheet Google gives it: Sheet1, id 0, 1000 × 26."""
    return Workbook(
        new_spreadsheet_id(),
        spreadsheet_properties(title, locale, time_zone),
        [Sheet(sheet_properties(0, "Sheet1", 0))],
    )

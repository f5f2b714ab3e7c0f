"""The texts that the cells of an .xlsx file share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import Text
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from sheets_agent.emulator.xlsx_text import unescaped

_ITEM = f"{{{SHEET_MAIN_NS}}}si"


def shared_texts(source: IO[bytes]) -> Iterator[str | CellRichText]:
    """Every shared text in its order; openpyxl's own reader takes `x005F_` out and leaves other escapes as they are."""
    for _, node in iterparse(source):
        if node.tag == _ITEM:
            yield _text(Text.from_tree(node))
            node.clear()


def _text(item: Text) -> str | CellRichText:
    if not item.r:
        return unescaped(item.t or "")
    pieces = [
        unescaped(run.t or "") if run.rPr is None else TextBlock(run.rPr, unescaped(run.t or "")) for run in item.r
    ]
    if len(pieces) == 1 and isinstance(pieces[0], str):
        return pieces[0]
    return CellRichText(pieces)

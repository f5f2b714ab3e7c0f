"""HTML as rows of cells, the way a spreadsheet takes it from the clipboard.

Each row of a table is a row, each line of text outside of tables a row of one cell. White space counts as in HTML: it
runs together, and `<br>` and paragraphs begin new lines.

Source: https://html.spec.whatwg.org/multipage/tables.html (how cells that span rows and columns take their places).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.grid_size import MAX_CELLS
from sheets_agent.emulator.workbook import JSON

Attributes = list[tuple[str, str | None]]

_BLOCKS = frozenset({
    "address", "article", "blockquote", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "ol", "p", "pre", "section", "ul",
})  # fmt: skip
_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_BOLD, _ITALIC = frozenset({"b", "strong", "th"}), frozenset({"em", "i"})
_STYLED_BOLD = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
_STYLED_ITALIC = re.compile(r"font-style\s*:\s*italic", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_STRAY = re.compile(r"<(?=[^<>]*(?:<|$))")
"""A `<` that opens no tag. The parser would look for its end again and again."""
_DECLARATION = re.compile(r"<[!?][^<>]*>")
_DEEPEST = 256  # elements that stand open: what is deeper still shows, only its look does not count
_MOST_COLUMNS, _MOST_ROWS = 1_000, 65_534


@dataclass
class HtmlCell:
    """A cell of a table, or a line of text.

    Attributes:
        text: what it shows.
        rows: how many rows it spans; 0 is all that are left.
        columns: how many columns it spans.
        bold: whether all of its text is bold.
        italic: whether all of its text is italic.
    """

    text: str = ""
    rows: int = 1
    columns: int = 1
    bold: bool = False
    italic: bool = False

    @property
    def text_format(self) -> JSON:
        """The TextFormat that it asks for."""
        return {name: True for name in ("bold", "italic") if getattr(self, name)}


@dataclass
class Pasted:
    """HTML laid out on a grid: cells by row and column, and how far those that span others reach."""

    cells: dict[tuple[int, int], HtmlCell] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0


def laid_out(html: str) -> Pasted:
    """The cells of a piece of HTML in their places."""
    reader = _Reader()
    reader.feed(_STRAY.sub("&lt;", _DECLARATION.sub("", _without_comments(html))))
    reader.close()
    reader.end()
    result = Pasted()
    for table in reader.tables:
        _place(result, table)
    return result


def _without_comments(html: str) -> str:
    parts, at = [], 0
    while (start := html.find("<!--", at)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        parts.append(html[at:start])
        at = end + 3
    return "".join([*parts, html[at:]])


def _place(result: Pasted, table: list[list[HtmlCell]]) -> None:
    """Put a table below what is there: a cell goes to the first column that no cell from above spans.

    Raises:
        Refusal: it has more cells than a spreadsheet.
    """
    top = result.rows
    taken_until: dict[int, int] = {}
    for row, cells in enumerate(table):
        column = 0
        for cell in cells:
            while taken_until.get(column, 0) > row:
                column += 1
            free = (right for right in range(1, cell.columns) if taken_until.get(column + right, 0) > row)
            cell.columns = next(free, cell.columns)
            cell.rows = min(cell.rows or len(table), len(table) - row)
            taken_until.update(dict.fromkeys(range(column, column + cell.columns), row + cell.rows))
            result.cells[top + row, column] = cell
            column += cell.columns
            result.columns = max(result.columns, column)
            if len(table) * result.columns > MAX_CELLS:
                raise Refusal(f"The pasted table has more than {MAX_CELLS} cells.")
    result.rows += len(table)


class _Reader(HTMLParser):
    """Collects tables; text outside of them is a table of one column."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[HtmlCell]]] = []
        self._depth = 0
        self._open: list[tuple[str, bool, bool]] = []
        self._unseen = 0
        self._cell: HtmlCell | None = None
        self._parts: list[str] = []
        self._styles: list[tuple[bool, bool]] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            self._start_table()
        elif tag == "body":
            self._unseen = 0
        elif tag == "tr" and self._depth == 1:
            self._end_cell()
            self._close(("tr", "td", "th"))
            self.tables[-1].append([])
        elif tag in ("td", "th") and self._depth == 1:
            self._start_cell(dict(attrs))
        elif tag == "br" or tag in _BLOCKS:
            self._new_line()
        if tag not in _VOID and len(self._open) < _DEEPEST:
            style = dict(attrs).get("style") or ""
            bold = tag in _BOLD or bool(_STYLED_BOLD.search(style))
            self._open.append((tag, bold, tag in _ITALIC or bool(_STYLED_ITALIC.search(style))))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "table" and self._depth:
            self._end_table()
        elif tag in ("td", "th", "tr") and self._depth == 1:
            self._end_cell()
        elif tag in _BLOCKS:
            self._new_line()
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                del self._open[index:]
                break

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        text = _SPACES.sub(" ", data)
        if self._depth and self._cell is None:
            return  # between the cells of a table
        self._parts.append(text)
        if text.strip():
            self._styles.append((any(one[1] for one in self._open), any(one[2] for one in self._open)))

    def end(self) -> None:
        """Take in what no tag ended."""
        if self._depth:
            self._end_cell()
        else:
            self._end_line()

    def _start_table(self) -> None:
        if self._depth:
            self._new_line()  # a table inside a cell is text of the cell
        else:
            self._end_line()
            self.tables.append([])
        self._depth += 1

    def _end_table(self) -> None:
        if self._depth == 1:
            self._end_cell()
        else:
            self._new_line()
        self._depth -= 1

    def _close(self, tags: tuple[str, ...]) -> None:
        """Take as ended what stands open since the first of these tags in the table."""
        table = max((index for index, one in enumerate(self._open) if one[0] == "table"), default=-1)
        found = (index for index, one in enumerate(self._open) if index > table and one[0] in tags)
        if (first := next(found, None)) is not None:
            del self._open[first:]

    def _start_cell(self, attributes: dict[str, str | None]) -> None:
        self._end_cell()
        self._close(("td", "th"))
        if not self.tables[-1]:
            self.tables[-1].append([])
        rows = min(_number(attributes.get("rowspan")), _MOST_ROWS)
        self._cell = HtmlCell("", rows, min(max(_number(attributes.get("colspan")), 1), _MOST_COLUMNS))
        self.tables[-1][-1].append(self._cell)

    def _end_cell(self) -> None:
        if self._cell is not None:
            self._fill(self._cell)
            self._cell = None

    def _new_line(self) -> None:
        if self._depth:
            self._parts.append("\n")
        else:
            self._end_line()

    def _end_line(self) -> None:
        line = HtmlCell()
        self._fill(line)
        if line.text:
            self.tables.append([[line]])

    def _fill(self, cell: HtmlCell) -> None:
        lines = (re.sub(" +", " ", line).strip(" ") for line in "".join(self._parts).split("\n"))
        cell.text = "\n".join(line for line in lines if line).replace("\xa0", " ")
        cell.bold = bool(self._styles) and all(bold for bold, _ in self._styles)
        cell.italic = bool(self._styles) and all(italic for _, italic in self._styles)
        self._parts, self._styles = [], []


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.strip().isdecimal() and len(text) < 9 else 1

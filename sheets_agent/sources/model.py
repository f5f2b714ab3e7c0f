"""What was read of the documents a person gave: tables, each with an id that a plan names it by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sheets_agent.errors import ActionError
from sheets_agent.state.described import SourceFile

_NAMED_AT_MOST = 20
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?")


@dataclass(frozen=True)
class SourceTable:
    """A table of a document.

    Attributes:
        id: what a plan calls it, such as `report.p2.t1`.
        file: the name of the document.
        place: where in it the table is, such as `page 2, table 1`; empty where it is all of it.
        header: the texts of the header, one for each column, empty for a column without one; () where there is none.
        rows: the rows below it, as wide as the table, in the notation of `actions.literals`: numbers with a decimal
            point, dates in ISO 8601, TRUE and FALSE, an apostrophe before every text.
        caption: the line above the table.
        locale: by which its numbers and dates were read; empty where the document has types of its own.
    """

    id: str
    file: str
    place: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    locale: str = ""

    @property
    def name(self) -> str:
        """What a person calls it, such as `report.pdf, page 2, table 1`."""
        return f"{self.file}, {self.place}" if self.place else self.file

    @property
    def width(self) -> int:
        """The number of its columns."""
        return len(self.header) or max(map(len, self.rows), default=0)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """A name for each column, all different: of the header, with a number where it comes again or is blank."""
        names: list[str] = []
        taken: set[str] = set()
        for index, text in enumerate(self.header or ("",) * self.width, 1):
            base = " ".join(text.split()) or f"column {index}"
            name, count = base, 1
            while name.casefold() in taken:
                count += 1
                name = f"{base} ({count})"
            taken.add(name.casefold())
            names.append(name)
        return tuple(names)

    @cached_property
    def kinds(self) -> tuple[Mapping[str, int], ...]:
        """How many cells of each kind every column has; counted once, for prompts ask for it again and again."""
        return tuple(Counter(kind_of(row[index]) for row in self.rows) for index in range(self.width))

    def cells(self, columns: Sequence[str], *, header: bool) -> list[list[str]]:
        """Its cells, as `actions.literals.entered` reads them.

        Args:
            columns: the names of the columns, in their order; all of them where there is none.
            header: whether the header comes first, where the table has one.

        Raises:
            ActionError: there is no such column.
        """
        places = [self._column(name) for name in columns] or range(self.width)
        first = [[f"'{self.header[at]}" if self.header[at] else "" for at in places]] if header and self.header else []
        return first + [[row[at] for at in places] for row in self.rows]

    def _column(self, name: str) -> int:
        wanted = " ".join(name.split()).casefold()
        for index, column in enumerate(self.columns):
            if column.casefold() == wanted:
                return index
        known = ", ".join(f"“{column}”" for column in self.columns[:_NAMED_AT_MOST])
        more = self.width - _NAMED_AT_MOST
        raise ActionError(
            f"{self.id} has no column “{name}”. Its columns are {known}" + (f" and {more} more." if more > 0 else ".")
        )


@dataclass(frozen=True)
class Sources:
    """The documents of a run.

    Attributes:
        files: what they were when they were read.
        tables: of all documents, in their order.
        notes: what was not read of them.
    """

    files: tuple[SourceFile, ...] = ()
    tables: tuple[SourceTable, ...] = ()
    notes: tuple[str, ...] = ()
    _places: dict[str, SourceTable] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places = {_key(table.name): table for table in self.tables}
        for file in {table.file for table in self.tables}:
            of_file = [table for table in self.tables if table.file == file]
            if len(of_file) == 1:
                places.setdefault(_key(file), of_file[0])
        places |= {_key(table.id): table for table in self.tables}
        object.__setattr__(self, "_places", places)

    def __bool__(self) -> bool:
        return bool(self.tables)

    def find(self, name: str) -> SourceTable:
        """A table by its id or its name.

        Raises:
            ActionError: there is none.
        """
        found = self._places.get(_key(name))
        if found is None:
            raise ActionError(f"There is no source “{name}”. {self._known()}")
        return found

    def _known(self) -> str:
        if not self.tables:
            return "No file was given with the task, so import_table has nothing to import."
        more = len(self.tables) - _NAMED_AT_MOST
        known = ", ".join(table.id for table in self.tables[:_NAMED_AT_MOST])
        return f"The sources are {known}" + (f" and {more} more." if more > 0 else ".")


NO_SOURCES = Sources()


def kind_of(cell: str) -> str:
    """What a cell of a source is: number, date, boolean, text, or empty."""
    if not cell:
        return "empty"
    if cell.startswith("'"):
        return "text"
    if cell in ("TRUE", "FALSE"):
        return "boolean"
    return "date" if _DATE.match(cell) or _TIME.fullmatch(cell) else "number"


def shown(cell: str) -> str:
    """A cell of a source as its document shows it: a text without the apostrophe that marks it."""
    return cell.removeprefix("'")


def _key(name: str) -> str:
    return " ".join(name.replace("“", " ").replace("”", " ").replace('"', " ").split()).casefold()

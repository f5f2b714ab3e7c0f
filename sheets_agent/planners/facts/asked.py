"""What the task names and asks for, against what the steps of a plan touch and make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sheets_agent.a1 import GridRange, parse_cells
from sheets_agent.actions.base import Action, Request
from sheets_agent.errors import ActionError, UsageError
from sheets_agent.planners.facts.background import background
from sheets_agent.planners.facts.charts import chart_of, drawn
from sheets_agent.planners.facts.ground import TOTAL, Ground
from sheets_agent.planners.facts.pivots import fields, spec_of
from sheets_agent.planners.facts.words import columns_named, mentions, places, stem, stems
from sheets_agent.state.planned import Fact, Severity

_ADDRESS = re.compile(r"(?<![\w$])\$?([A-Z]{1,2})\$?([1-9]\d{0,5})(?::\$?([A-Z]{1,2})\$?([1-9]\d{0,5}))?(?!\w)")
_QUARTER = re.compile(r"Q[1-4]|FY\d+")
_HALF = re.compile(r"H[12]")
_INTO = re.compile(r"\b(to|into|cells?|в|во|ячейк\w*|from|and|и|,)\s*$", re.IGNORECASE)
_SHEET = r"(?:sheet|tab|лист\w*|вкладк\w*)"
_QUOTED = re.compile(r"“([^”]{2,60})”|«([^»]{2,60})»|\"([^\"]{2,60})\"|(?<!\w)'([^']{2,60})'(?!\w)")
_FILE = re.compile(r"\.(?:xls[xmb]?|csv|tsv|ods|docx?|pdf|txt)$")

WORDS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "pivot table": (("pivot", "сводный", "сводная"), frozenset({"create_pivot"})),
    "chart": (
        ("chart", "graph", "plot", "диаграмма", "график", "гистограмма"),
        frozenset({"create_chart", "update_chart", "delete_chart"}),
    ),
    "sorting": (
        ("sort", "sorted", "отсортируй", "отсортировать", "сортировка", "сортируй", "упорядочь"),
        frozenset({"sort_range"}),
    ),
    "filter": (("filter", "отфильтруй", "отфильтровать", "фильтр"), frozenset({"filter_range"})),
    "removal of duplicates": (("deduplicate", "дубликат", "дубли"), frozenset({"remove_duplicates"})),
    "dropdown": (("dropdown", "выпадающий"), frozenset({"data_validation"})),
    "freezing of rows": (("freeze", "закрепи", "закрепить", "заморозь"), frozenset({"freeze"})),
    "merging of cells": (("merge", "объедини", "объединить"), frozenset({"merge_cells"})),
    "protection": (("protect", "защити", "защитить"), frozenset({"protect_range"})),
}  # fmt: skip
"""What a task may ask for by name, the words it is asked with, and the actions that do it."""

_CHANGES = frozenset(
    stems(
        """replace update change convert fix correct overwrite edit rename clean trim round recalculate multiply
        increase замени заменить обнови обновить измени изменить исправь исправить переведи перевести округли округлить
        очисти пересчитай перезапиши увеличь уменьши умножь"""
    )
)
"""Words with which a task says that what is there shall be written over."""
_BY = frozenset({"by", "по"})
_NOT = frozenset({"без", "не", "no", "not", "without", "don"})

BY_FORMULA: dict[str, frozenset[str]] = {
    "sorting": frozenset({"SORT", "SORTN", "QUERY", "LARGE", "SMALL"}),
    "filter": frozenset({"FILTER", "QUERY"}),
    "removal of duplicates": frozenset({"UNIQUE"}),
    "pivot table": frozenset({"QUERY"}),
    "chart": frozenset({"SPARKLINE"}),
}
"""Functions that do the same."""


@dataclass(frozen=True)
class Touched:
    """What one step reads, writes and says.

    Attributes:
        kind: the action.
        areas: the cells it reads and writes; of a pivot table and a chart the columns used alone.
        words: its texts.
        sort: whether it orders its rows itself, as a pivot table does.
    """

    kind: str
    areas: tuple[GridRange, ...]
    words: str
    sort: bool = False


def touched(action: Action, requests: tuple[Request, ...], ground: Ground) -> Touched:
    """What a step touches, on the spreadsheet as it was before the step."""
    areas = [*_written(action, ground), *_columns_of(action, requests, ground)]
    words = " ".join(map(str, action.model_dump(exclude={"fetched"}).values()))
    return Touched(action.kind, tuple(areas), words, bool(getattr(action, "sort", ())))


def _written(action: Action, ground: Ground) -> Iterable[GridRange]:
    if action.kind in ("sort_range", "remove_duplicates", "filter_range"):
        return ()
    try:
        return action.writes(ground.book)
    except ActionError:
        return ()


def _columns_of(action: Action, requests: tuple[Request, ...], ground: Ground) -> list[GridRange]:
    """The columns a step reads, as far as its requests name them."""
    pivot, chart = spec_of(requests), chart_of(requests)
    if pivot is not None:
        area = GridRange.from_api(pivot["source"])
        return [_column(area, index) for index in fields(pivot)]
    if chart is not None:
        domains, series = drawn(chart.get("spec", {}))
        return [*domains, *series]
    found = [area for request in requests for area in _named(request)]
    return found or list(action.reads(ground.book))


def _named(request: Request) -> Iterator[GridRange]:
    """The columns that a sort, a filter or a removal of duplicates names."""
    if spec := request.get("sortRange"):
        area = GridRange.from_api(spec["range"])
        yield from (_column(area, int(one["dimensionIndex"])) for one in spec.get("sortSpecs", ()))
    elif spec := request.get("setBasicFilter"):
        area = GridRange.from_api(spec["filter"]["range"])
        yield from (_column(area, int(one["columnIndex"])) for one in spec["filter"].get("filterSpecs", ()))
    elif spec := request.get("deleteDuplicates"):
        area = GridRange.from_api(spec["range"])
        yield from (_column(area, int(one.get("startIndex", 0))) for one in spec.get("comparisonColumns", ()))


def _column(area: GridRange, column: int) -> GridRange:
    return GridRange(area.sheet_id, area.start_row, area.end_row, column, column + 1)


@dataclass
class Task:
    """A task, read once: its stems, and the addresses and quoted names in it."""

    text: str
    words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.words = stems(self.text)

    def untouched(
        self, steps: Sequence[Touched], start: Ground, functions: frozenset[str], *, moved: bool
    ) -> Iterator[Fact]:
        """Facts on what the task names and no step touches.

        Args:
            steps: what the steps touch.
            start: the spreadsheet before the plan.
            functions: the functions in the formulas of the plan.
            moved: whether cells moved meanwhile, and addresses mean others.
        """
        if not steps or not self.words:
            return
        yield from self._not_made(steps, start, functions)
        yield from self._sheets(steps, start)
        yield from self._quoted(steps, start)
        if not moved:
            yield from self._headers(steps, start)
            yield from self._addresses(steps, start)

    def names(self, area: GridRange, ground: Ground) -> bool:
        """Whether the task says to write over cells: by their address, or by a word of change and their column.

        Of a run of formulas, the address of one is enough beside a word of change: “correct the formula in H7”.
        """
        changes = bool(_CHANGES & set(self.words))
        entered = ground.entered(area) if changes else []
        formulas = bool(entered) and all(text.startswith("=") for text in entered)
        for _, told in self._told(ground):
            here = _on(told, area.sheet_id)
            if here.contains(area) or (formulas and here.intersection(area)):
                return True
        table, columns = ground.table(area), range(area.start_column or 0, area.end_column or 0)
        if table is None or not changes:
            return False
        if columns_named(self.text).issuperset(columns):
            return True
        return all(column in table.columns and mentions(self.words, table.header(column)) for column in columns)

    def _not_made(self, steps: Sequence[Touched], start: Ground, functions: frozenset[str]) -> Iterator[Fact]:
        kinds = {step.kind for step in steps}
        named = _spoken_for(self.words, start)
        for what, (words, actions) in WORDS.items():
            wanted = {stem(word) for word in words}
            at = [index for index, word in enumerate(self.words) if word in wanted and index not in named]
            at = [index for index in at if not _NOT & set(self.words[max(0, index - 2) : index])]
            made = bool(kinds & actions or functions & BY_FORMULA.get(what, frozenset()))
            made |= what == "sorting" and any(step.sort for step in steps)
            if at and not made:
                yield _untouched(f"The task asks for a {what}, and no step makes one.")

    def _headers(self, steps: Sequence[Touched], start: Ground) -> Iterator[Fact]:
        """Columns the task names by their headers; of headers inside longer ones only the longest counts."""
        columns: dict[str, list[GridRange]] = {}
        rows: set[str] = set()
        for _, table in start.everywhere():
            if any(_meets(table.area, step) for step in steps):
                rows.add(table.header(table.columns[0]).casefold())  # the first names the rows, as in “each order”
            for column in table.columns if table.header_rows else ():
                area = GridRange(table.area.sheet_id, table.area.start_row, table.area.end_row, column, column + 1)
                columns.setdefault(table.header(column).casefold(), []).append(area)
        told: set[int] = set()
        quoted = {next(filter(None, match.groups())).casefold() for match in _QUOTED.finditer(self.text)}
        titles = [stems(sheet.title) for sheet in start.book.sheets if self.names_sheet(sheet.title)]
        lowered, described = self.text.casefold(), background(self.text, columns)
        for name in sorted(columns, key=lambda name: (name in lowered, len(name)), reverse=True):
            free = [at for at in places(self.words, name) if not told & set(at)]
            told.update(index for at in free for index in at)
            free = [at for at in free if not described & set(at)]
            if not free or TOTAL.fullmatch(name) or any(mentions(title, name) for title in titles):
                continue
            by = any(at.start and self.words[at.start - 1] in _BY for at in free)
            if name in rows and not by and name not in quoted:
                continue
            if not any(_meets(area, step) for area in columns[name] for step in steps) and not _said(name, steps):
                where = start.book.a1(columns[name][0])
                yield _untouched(
                    f"The task names the column “{name}” ({where}), and no step reads or writes it.", where
                )

    def _sheets(self, steps: Sequence[Touched], start: Ground) -> Iterator[Fact]:
        if len(start.book.sheets) < 2:
            return
        for sheet in start.book.sheets:
            named = self.names_sheet(sheet.title)
            used = any(area.sheet_id == sheet.sheet_id for step in steps for area in step.areas)
            if named and not used and not any(sheet.title.casefold() in step.words.casefold() for step in steps):
                yield _untouched(f"The task names the sheet “{sheet.title}”, and no step touches it.")

    def names_sheet(self, title: str) -> bool:
        """Whether the task names a sheet: in its own letters, or in others beside the word for a sheet."""
        name = re.escape(title)
        if title != title.lower() and re.search(rf"(?<!\w){name}(?!\w)", self.text):
            return True
        beside = rf"{_SHEET}\s+\W?{name}(?!\w)|(?<!\w){name}\W?\s+{_SHEET}"
        return re.search(beside, self.text, re.IGNORECASE) is not None

    def _addresses(self, steps: Sequence[Touched], start: Ground) -> Iterator[Fact]:
        for text, area in self._told(start):
            same = [one for step in steps for one in step.areas if one.intersection(_on(area, one.sheet_id))]
            if not same and not any(text in step.words for step in steps):
                yield _untouched(f"The task names {text}, and no step reads or writes it.", text)

    def _told(self, ground: Ground) -> Iterator[tuple[str, GridRange]]:
        """The addresses in the task; without a sheet they may lie on any."""
        headers = {
            word
            for _, table in ground.everywhere()
            for column in table.columns
            for word in table.header(column).split()
        }
        for match in _ADDRESS.finditer(self.text):
            text = match[0].replace("$", "")
            if text in headers or _is_period(text, self.text[: match.start()], self.text[match.end() :]):
                continue
            try:
                yield text, parse_cells(text).grid_range(ground.book.sheets[0].sheet_id)
            except UsageError:
                continue

    def _quoted(self, steps: Sequence[Touched], start: Ground) -> Iterator[Fact]:
        """Quoted names: they are said in a step, or stand in cells that a step touches."""
        said = " ".join(step.words for step in steps).casefold()
        headers = [table.header(column).casefold() for _, table in start.everywhere() for column in table.columns]
        titles = [sheet.title.casefold() for sheet in start.book.sheets]
        for match in _QUOTED.finditer(self.text):
            text = next(group for group in match.groups() if group).strip(" .,;:!?")
            folded = text.casefold()
            if (
                _FILE.search(folded)
                or folded in said
                or any(folded in name for name in (*headers, *titles))
                or not re.search(r"\w", text)
            ):
                continue
            if not all(word in stems(said) for word in stems(text)) and not _stands(text, steps, start):
                yield _untouched(f"The task names “{text}”, which is in no step.")


def _is_period(text: str, before: str, after: str) -> bool:
    """Whether what could be a cell is a quarter or half of a year: Q1, or H1 that nothing is written to."""
    if _HALF.fullmatch(text):
        return not _INTO.search(before) or re.match(r"\s*(of\s+)?(19|20)\d\d", after) is not None
    return _QUARTER.fullmatch(text) is not None


def _stands(text: str, steps: Sequence[Touched], start: Ground) -> bool:
    """Whether a text stands in a cell of a table that a step touches."""
    met = [table for _, table in start.everywhere() if any(_meets(table.area, step) for step in steps)]
    return any(text.casefold() == str(value).casefold() for table in met for row in table.values for value in row)


def _spoken_for(words: list[str], start: Ground) -> set[int]:
    """The places in a task where a header or the title of a sheet stands."""
    names = {table.header(column) for _, table in start.everywhere() for column in table.columns}
    names |= {sheet.title for sheet in start.book.sheets}
    return {index for name in names for at in places(words, name) for index in at}


def _said(name: str, steps: Sequence[Touched]) -> bool:
    """Whether a step says a header in words: as a text of a table or a formula, or as what is replaced."""
    spoken = [step.words.casefold() for step in steps]
    plain = ("write_table", "rename_sheet", "find_replace")
    return any(
        f'"{name}"' in words or (step.kind in plain and name in words)
        for step, words in zip(steps, spoken, strict=True)
    )


def _meets(area: GridRange, step: Touched) -> bool:
    return any(one.sheet_id == area.sheet_id and one.intersection(area) for one in step.areas)


def _on(area: GridRange, sheet_id: int) -> GridRange:
    return GridRange(sheet_id, area.start_row, area.end_row, area.start_column, area.end_column)


def _untouched(sentence: str, address: str = "") -> Fact:
    return Fact(kind="task_untouched", severity=Severity.WARNING, address=address, sentence=sentence)

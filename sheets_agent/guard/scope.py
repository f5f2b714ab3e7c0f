"""The scope of a run: what it may do at most, fixed from the person's own words and options before a cell is read.

No model makes it and nothing in a spreadsheet can widen it: it is frozen, travels with the run's state, and a run that
goes on in another process keeps it.
"""

from __future__ import annotations

from sheets_agent.a1 import GridRange, parse_cells, split_place
from sheets_agent.formulas.policy import FunctionPolicy, hosts_in, names
from sheets_agent.planners.facts.words import stems
from sheets_agent.settings import ApprovalPolicy, Settings
from sheets_agent.sheets.book import Book
from sheets_agent.state.model import Model

_REMOVING = frozenset(
    stems(
        """delete deleting drop erase remove removing clear wipe empty purge deduplicate duplicates dedupe discard
        удали удалить удаление сотри стереть очисти очистить убери убрать дубликаты дубли вычеркни выкини"""
    )
)
_CHANGING = _REMOVING | frozenset(
    stems(
        """replace update change convert fix correct overwrite edit rename clean trim round recalculate multiply
        increase decrease sort order reorder move swap transpose split normalize normalise translate reformat set fill
        замени заменить обнови обновить измени изменить исправь исправить переведи перевести округли округлить
        пересчитай перезапиши перезаписать увеличь уменьши умножь отсортируй сортируй сортировка отсортировать
        упорядочь перенеси переставь раздели разбей заполни поставь нормализуй"""
    )
)


class Scope(Model):
    """What a run may do at most.

    Attributes:
        functions: functions that reach outside and that the person has allowed, in upper case.
        hosts: internet hosts that the task names; links may lead there.
        only: the ranges and sheets that may be written, in A1 notation; empty for all.
        max_cells: cells the run may write in all.
        writes: whether anything may be written.
        removes: whether the task speaks of removing something.
        changes: whether the task speaks of changing what is there.
        approve: when a person is asked.
    """

    functions: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    max_cells: int = 200_000
    writes: bool = True
    removes: bool = False
    changes: bool = False
    approve: ApprovalPolicy = "risky"

    @classmethod
    def of(cls, task: str, settings: Settings, *, writes: bool = True) -> Scope:
        """The scope of a task."""
        said = set(stems(task))
        return cls(
            functions=tuple(sorted(names(settings.allow_functions))),
            hosts=tuple(sorted(hosts_in(task))),
            only=settings.only,
            max_cells=settings.max_cells,
            writes=writes,
            removes=bool(said & _REMOVING),
            changes=bool(said & _CHANGING),
            approve=settings.approve,
        )

    @property
    def alone(self) -> bool:
        """Whether nobody is asked before something is written."""
        return self.approve == "never"

    @property
    def policy(self) -> FunctionPolicy:
        """What formulas may call."""
        return FunctionPolicy(frozenset(self.functions), frozenset(self.hosts), services=not self.alone)

    def areas(self, book: Book) -> list[GridRange]:
        """The ranges that may be written, on the sheets that are there; named ranges, which may move, do not count."""
        found = []
        for place in self.only:
            title, cells = split_place(place, [sheet.title for sheet in book.sheets])
            for sheet in book.sheets:
                if title is None or sheet.title.casefold() == title.casefold():
                    found.append(parse_cells(cells).grid_range(sheet.sheet_id) if cells else GridRange(sheet.sheet_id))
        return found

    def may_add(self, title: str) -> bool:
        """Whether a new sheet may have a title."""
        return not self.only or any((split_place(place)[0] or "").casefold() == title.casefold() for place in self.only)

    def refusal(self, what: str) -> str:
        """The sentence that says that something lies outside."""
        return f"{what}, and this run may write only {', '.join(self.only)}. To let it, give it with --only as well."

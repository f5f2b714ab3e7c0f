"""The scope of a run: what it may do at most, fixed from the person's own words and options before a cell is read.

No model makes it and nothing in a spreadsheet can widen it: it is frozen, travels with the run's state, and a run that
goes on in another process keeps it.
"""

from __future__ import annotations

import re

from sheets_agent.a1 import GridRange, parse_cells, split_place
from sheets_agent.formulas.policy import FunctionPolicy, hosts_in, names
from sheets_agent.planners.facts.words import mentions, stems
from sheets_agent.settings import ApprovalPolicy, Settings
from sheets_agent.sheets.book import Book
from sheets_agent.state.model import Model

ASKED = {
    intent: frozenset(stems(words))
    for intent, words in {
        "removing": """delete deleting drop erase remove removing clear wipe empty purge deduplicate duplicates dedupe
            discard удали удалить удаление сотри стереть очисти очистить убери убрать дубликаты дубли вычеркни
            выкини""",
        "changing": """replace update change convert fix correct overwrite edit rename clean trim round recalculate
            multiply increase decrease split normalize normalise translate reformat substitute
            замени заменить обнови обновить измени изменить исправь исправить переведи перевести округлить округли
            пересчитай перезапиши перезаписать увеличь уменьши умножь раздели разбей нормализуй""",
        "sorting": """sort sorted reorder rearrange rank отсортируй сортируй сортировка отсортировать упорядочь
            упорядочить""",
        "moving": "move swap transpose relocate перенеси перенести переставь переставить перемести переместить",
    }.items()
}
"""The words with which a task asks for something that can lose what is there."""
_ORDERING = re.compile(r"\border(?:ed)?\s(?:[^.!?]*\s)?by\b", re.IGNORECASE)
"""“Order the rows by date”, and not “the orders”."""


class Scope(Model):
    """What a run may do at most.

    Attributes:
        functions: functions that reach outside and that the person has allowed, in upper case.
        hosts: internet hosts that the task names; links may lead there.
        only: the ranges and sheets that may be written, in A1 notation; empty for all.
        max_cells: cells the run may write in all.
        writes: whether anything may be written.
        asked: what the task asks for that can lose what is there, by the names of `ASKED`.
        approve: when a person is asked.
        said: the words of the task, by their stems.
    """

    functions: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    max_cells: int = 200_000
    writes: bool = True
    asked: tuple[str, ...] = ()
    approve: ApprovalPolicy = "risky"
    said: tuple[str, ...] = ()

    @classmethod
    def of(cls, task: str, settings: Settings, *, writes: bool = True) -> Scope:
        """The scope of a task."""
        words = tuple(stems(task))
        said = frozenset(words)
        return cls(
            functions=tuple(sorted(names(settings.allow_functions))),
            hosts=tuple(sorted(hosts_in(task))),
            only=settings.only,
            max_cells=settings.max_cells,
            writes=writes,
            asked=tuple(intent for intent in ASKED if said & ASKED[intent] or _orders(intent, task)),
            approve=settings.approve,
            said=words,
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

    def names_sheet(self, title: str) -> bool:
        """Whether the words of the task, or `only`, name a sheet."""
        whole = any((split_place(place, [title])[0] or "").casefold() == title.casefold() for place in self.only)
        return whole or mentions(self.said, title)

    def may_add(self, title: str) -> bool:
        """Whether a new sheet may have a title."""
        return not self.only or any((split_place(place)[0] or "").casefold() == title.casefold() for place in self.only)

    def refusal(self, what: str) -> str:
        """The sentence that says that something lies outside."""
        return f"{what}, and this run may write only {', '.join(self.only)}. To let it, give it with --only as well."


def _orders(intent: str, task: str) -> bool:
    return intent == "sorting" and _ORDERING.search(task) is not None

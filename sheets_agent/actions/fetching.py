"""Actions that write what they fetch from elsewhere, such as prices.

Everything else of an action is pure, so fetching is a stage of its own before it is tried: what was fetched becomes a
part of the action, and so of the plan. The trial, the person, the write and another process that goes on see the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from sheets_agent.actions.base import Action, Role
from sheets_agent.errors import ActionError

Get = Callable[[str, Mapping[str, str]], bytes]
"""Fetches a path below the action's origin, with the parameters of its query; an ActionError where it cannot."""


class Fetched(BaseModel):
    """What was fetched.

    Attributes:
        query: what it answers.
        rows: rows of cells as text: numbers with a decimal point, dates in ISO 8601.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    query: str
    rows: tuple[tuple[str, ...], ...]


class FetchingAction(Action):
    """Base of actions that fetch. A subclass gives `origin`, `query` and `fetch`, and writes `rows()` as values."""

    origin: ClassVar[str] = ""
    """Where it fetches from, and nowhere else: https://host, without a path."""
    fetched: Annotated[Fetched | None, Role.FETCHED] = None

    def query(self) -> str:
        """What is asked for, of all the fields it depends on: the same query has the same answer."""
        raise NotImplementedError

    def fetch(self, get: Get) -> list[list[str]]:
        """The rows to write.

        Raises:
            ActionError: there is nothing, or not what was asked for; the text is for the model.
        """
        raise NotImplementedError

    @property
    def is_fetched(self) -> bool:
        """Whether what was fetched is what is asked for."""
        return self.fetched is not None and self.fetched.query == self.query()

    def with_fetched(self, get: Get) -> Self:
        """The same action with what it asks for."""
        if self.is_fetched:
            return self
        rows = tuple(tuple(row) for row in self.fetch(get))
        return self.model_copy(update={"fetched": Fetched(query=self.query(), rows=rows)})

    def rows(self) -> list[list[str]]:
        """The rows to write.

        Raises:
            ActionError: they were not fetched.
        """
        if self.fetched is None or not self.is_fetched:
            raise ActionError(f"What {self.kind} asks of {self.origin} could not be fetched.")
        return [list(row) for row in self.fetched.rows]

"""Counting what the models cost, per role."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from sheets_agent.state.done import RoleUsage


@dataclass(frozen=True, slots=True)
class Price:
    """Money per million tokens, in whatever currency the person counts in."""

    input: float
    cached: float
    output: float


Prices = Mapping[str, Price | tuple[float, float, float]]
"""Prices by model: `openai:gpt-5`, or the model's name alone."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one answer; `input` includes `cached`."""

    input: int = 0
    cached: int = 0
    output: int = 0


class UsageMeter:
    """Adds up calls, tokens, seconds and money per role. Safe to share between threads.

    Args:
        prices: by model name. A role's cost is known only when every model it used has a price.
    """

    def __init__(self, prices: Prices | None = None) -> None:
        self._prices = {
            name: price if isinstance(price, Price) else Price(*price) for name, price in (prices or {}).items()
        }
        self._roles: dict[str, RoleUsage] = {}
        self._lock = threading.Lock()

    def record(self, role: str, model: str, tokens: Tokens, seconds: float) -> None:
        """Add one answered call."""
        cost = self._cost(model, tokens)
        with self._lock:
            before = self._roles.get(role, RoleUsage(cost=0.0))
            self._roles[role] = RoleUsage(
                calls=before.calls + 1,
                input_tokens=before.input_tokens + tokens.input,
                cached_tokens=before.cached_tokens + tokens.cached,
                output_tokens=before.output_tokens + tokens.output,
                seconds=before.seconds + seconds,
                cost=None if cost is None or before.cost is None else before.cost + cost,
            )

    def snapshot(self) -> dict[str, RoleUsage]:
        """The sums so far, by role, in the order the roles first answered."""
        with self._lock:
            return dict(self._roles)

    def _cost(self, model: str, tokens: Tokens) -> float | None:
        price = self._prices.get(model) or self._prices.get(model.partition(":")[2])
        if price is None:
            return None
        fresh = tokens.input - tokens.cached
        return (fresh * price.input + tokens.cached * price.cached + tokens.output * price.output) / 1_000_000

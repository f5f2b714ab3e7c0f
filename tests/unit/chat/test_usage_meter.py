"""Counting tokens and money."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sheets_agent.chat import Price, UsageMeter
from sheets_agent.chat.calls import tokens_of
from sheets_agent.chat.providers import GIGACHAT, OPENAI
from sheets_agent.chat.usage import Tokens


def test_a_role_adds_up_and_keeps_its_price() -> None:
    meter = UsageMeter({"gpt-5": Price(1.0, 0.1, 10.0)})
    meter.record("planner", "openai:gpt-5", Tokens(1_000_000, 500_000, 100_000), 2.0)
    meter.record("planner", "openai:gpt-5", Tokens(0, 0, 100_000), 1.0)
    planner = meter.snapshot()["planner"]
    assert (planner.calls, planner.input_tokens, planner.seconds) == (2, 1_000_000, 3.0)
    assert planner.cost == pytest.approx(0.5 + 0.05 + 2.0)


def test_one_unpriced_model_makes_a_roles_cost_unknown() -> None:
    meter = UsageMeter({"gpt-5": (1.0, 0.1, 10.0)})
    meter.record("planner", "openai:gpt-5", Tokens(10, 0, 10), 0.1)
    meter.record("planner", "ollama:qwen3", Tokens(10, 0, 10), 0.1)
    assert meter.snapshot()["planner"].cost is None


def test_threads_lose_nothing() -> None:
    meter = UsageMeter()
    with ThreadPoolExecutor(8) as pool:
        for _ in range(400):
            pool.submit(meter.record, "planner", "m", Tokens(1, 0, 1), 0.0)
    assert meter.snapshot()["planner"].calls == 400


@pytest.mark.parametrize("prompt_tokens", [60, 100])
def test_gigachats_cached_tokens_are_counted_once(prompt_tokens: int) -> None:
    """The total leaves 40 cached tokens out, whether or not the input count does."""
    usage = {
        "input_tokens": prompt_tokens,
        "output_tokens": 20,
        "total_tokens": 80,
        "input_token_details": {"cache_read": 40},
    }
    assert tokens_of(usage, GIGACHAT) == Tokens(100, 40, 20)


def test_openais_input_includes_what_was_cached() -> None:
    usage = {"input_tokens": 100, "output_tokens": 20, "total_tokens": 120, "input_token_details": {"cache_read": 40}}
    assert tokens_of(usage, OPENAI) == Tokens(100, 40, 20)
    assert tokens_of(None, OPENAI) == Tokens()

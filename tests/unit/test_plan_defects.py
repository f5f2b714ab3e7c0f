"""The benchmark of mistakes in plans: it puts in what it says, the same in every run, and counts only what matters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import reflectors

    return reflectors


def test_every_kind_of_mistake_is_put_into_some_plan_and_only_one_into_each(bench: Any) -> None:
    kinds = set()
    books = {name: bench.Copies(*make()).world().book for name, make in bench.BOOKS.items()}
    plans = bench.examples()
    assert len(plans) >= 40
    for example in plans:
        found = list(bench.defects(example, books[example.book], 1, 1))
        assert found == list(bench.defects(example, books[example.book], 1, 1)), "the seed decides"
        for defect in found:
            changed = [one != other for one, other in zip(example.steps, defect.steps, strict=True)]
            assert changed == [index == defect.step for index in range(len(changed))]
            kinds.add(defect.kind)
    assert kinds == set(bench.MUTATORS)


def test_what_changes_nothing_is_no_mistake_and_what_is_doubted_is_caught(bench: Any) -> None:
    example = next(one for one in bench.examples() if one.book == "shop")
    tally = bench.Tally()
    bench.judge(example, bench.Copies(*bench.BOOKS["shop"]()), tally, seed=1, rounds=1)
    assert (tally.plans, tally.stopped) == (1, [])
    assert tally.seeded.total() > 5
    assert tally.caught.total() + len(tally.missed) == tally.seeded.total()
    assert tally.rate > 0.5


def test_the_same_outcome_in_other_words_is_discarded(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    example = next(one for one in bench.examples() if one.book == "shop")
    same = bench.Defect("overlap", 0, tuple({**step, "why": "said otherwise"} for step in example.steps))
    monkeypatch.setattr(bench, "defects", lambda *given: [same])
    tally = bench.Tally()
    bench.judge(example, bench.Copies(*bench.BOOKS["shop"]()), tally, seed=1, rounds=1)
    assert (tally.seeded.total(), tally.discarded["overlap"]) == (0, 1)

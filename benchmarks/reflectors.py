"""How many mistakes in plans are found by facts alone, without a model, and how many correct plans are stopped.

    python benchmarks/reflectors.py [--rounds N] [--seed N] [--missed HALF] [--workbooks FOLDER [--mutate]]

Mistakes are put into correct plans mechanically, one at a time. A mistake counts where the plan then leaves other
cells, formats or objects than the correct one, or cannot be carried out, and one that moves a step onto cells of others
where it writes over more of them; the rest is discarded and counted. It is caught when the trial has a doubt that the
correct plan does not have. Of every second task, held out, the mistakes that were missed were not looked at while the
facts were written; of all, the wrong alarms were. The program ends with 1 where less than 85 % are caught or more than
2 % of the correct plans are stopped.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from plan_books import BOOKS
from plan_defects import MUTATORS, Defect, defects
from plan_tasks import Example, Step, examples
from plan_templates import workbooks

from sheets_agent.errors import ActionError
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.draft import read_plan
from sheets_agent.state.planned import Fact, Trial

CAUGHT, STOPPED = 0.85, 0.02


@dataclass
class Tally:
    """What came of the plans of one half."""

    plans: int = 0
    stopped: list[str] = field(default_factory=list)
    seeded: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    discarded: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[Example, Defect]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The share of mistakes that were caught."""
        return sum(self.caught.values()) / max(1, sum(self.seeded.values()))

    @property
    def wrongly(self) -> float:
        """The share of correct plans that were stopped."""
        return len(self.stopped) / max(1, self.plans)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.plans + other.plans,
            self.stopped + other.stopped,
            self.seeded + other.seeded,
            self.caught + other.caught,
            self.discarded + other.discarded,
            self.missed + other.missed,
        )


@dataclass(frozen=True)
class Tried:
    """A plan's trial and the fingerprint of what it leaves."""

    trial: Trial
    outcome: str

    @property
    def doubts(self) -> set[tuple[str, str]]:
        """Its doubts as they can be compared."""
        return {_key(fact) for fact in self.trial.doubts}


def _key(fact: Fact) -> tuple[str, str]:
    return fact.kind, fact.sentence


def attempt(copies: Copies, steps: tuple[Step, ...], task: str) -> Tried | None:
    """Try a plan, None where its wire form is refused: a model hears of that at once."""
    try:
        plan = read_plan({"steps": list(steps)})
    except ActionError:
        return None
    world = copies.world(task=task)
    for index, step in enumerate(plan.steps):
        world.take(index, step.action)
    return Tried(world.trial(), world.outcome())


def judge(example: Example, copies: Copies, tally: Tally, seed: int, rounds: int) -> None:
    """Try a correct plan, and the plans with mistakes made of it."""
    correct = attempt(copies, example.steps, example.task)
    assert correct is not None, example.task
    tally.plans += 1
    if correct.doubts:
        tally.stopped.append(f"{example.task}: {'; '.join(sentence for _, sentence in sorted(correct.doubts))}")
    book = copies.world().book
    for defect in defects(example, book, seed, rounds):
        tried = attempt(copies, defect.steps, example.task)
        if tried is None or _harmless(defect, correct, tried):
            tally.discarded[defect.kind] += 1
            continue
        tally.seeded[defect.kind] += 1
        if tried.doubts - correct.doubts:
            tally.caught[defect.kind] += 1
        else:
            tally.missed.append((example, defect))


def _harmless(defect: Defect, correct: Tried, tried: Tried) -> bool:
    """Whether a mistake is none: it leaves the same, or is said to write over cells and writes over no more of them."""
    if defect.kind == "overwrite" and tried.trial.diff.overwritten <= correct.trial.diff.overwritten:
        return not tried.trial.errors
    return tried.outcome == correct.outcome and not tried.trial.errors


def report(name: str, tally: Tally) -> None:
    """Print what came of one half."""
    print(f"\n{name}: {tally.plans} correct plans, {len(tally.stopped)} wrongly stopped ({tally.wrongly:.1%})")
    for text in tally.stopped:
        print(f"  stopped: {text}")
    print(f"  {'mistake':22}{'seeded':>8}{'caught':>8}{'share':>8}{'discarded':>11}")
    for kind in MUTATORS:
        seeded, caught = tally.seeded[kind], tally.caught[kind]
        share = f"{caught / seeded:.0%}" if seeded else "–"
        print(f"  {kind:22}{seeded:8}{caught:8}{share:>8}{tally.discarded[kind]:11}")
    print(f"  {'all':22}{tally.seeded.total():8}{tally.caught.total():8}{tally.rate:>8.1%}{tally.discarded.total():11}")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1, help="mistakes of a kind put into each step, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workbooks", type=Path, help="a folder of .xlsx files, to whose tables plain plans are put")
    parser.add_argument("--mutate", action="store_true", help="put mistakes into the plans over --workbooks as well")
    parser.add_argument(
        "--missed", choices=("tuned", "held out", "other workbooks", "all"), help="print the mistakes that were missed"
    )
    given = parser.parse_args()
    started = time.perf_counter()
    halves = {"tuned": Tally(), "held out": Tally()}
    copies = {name: Copies(*make()) for name, make in BOOKS.items()}
    for place, example in enumerate(examples()):
        judge(example, copies[example.book], halves["held out" if place % 2 else "tuned"], given.seed, given.rounds)
    if given.workbooks:
        halves["other workbooks"] = Tally()
        for _, copy, plans in workbooks(given.workbooks):
            for example in plans:
                judge(example, copy, halves["other workbooks"], given.seed, given.rounds if given.mutate else 0)
    everything = sum(halves.values(), Tally())
    for name, tally in {**halves, "all": everything}.items():
        report(name, tally)
    if given.missed:
        for example, defect in {**halves, "all": everything}[given.missed].missed:
            print(f"\n{defect.kind}: {example.book}: {example.task}\n    {defect.steps[defect.step]}")
    print(f"\n{time.perf_counter() - started:.0f} s")
    return 0 if everything.rate >= CAUGHT and everything.wrongly <= STOPPED else 1


if __name__ == "__main__":
    sys.exit(main())

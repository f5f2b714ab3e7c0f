"""Which reflectors are asked about a plan."""

from __future__ import annotations

import pytest

from sheets_agent.reflectors.choice import REFLECTORS, reviewers
from sheets_agent.state.planned import Fact, Severity, Trial

ALL = frozenset(REFLECTORS)


def trial(*facts: tuple[str, int], depends: tuple[tuple[int, ...], ...] = ()) -> Trial:
    found = tuple(Fact(kind=kind, severity=Severity.ERROR, step=step, sentence=kind) for kind, step in facts)
    return Trial(facts=found, depends=depends)


@pytest.mark.parametrize(
    ("found", "asked"),
    [
        (trial(), ()),
        (trial(("unknown_function", 0)), ("formula",)),
        (trial(("unknown_function", 0), ("error_value", 0)), ("formula",)),
        (trial(("unknown_function", 0), ("error_value", 2), depends=((), (0,), (1,))), ("formula",)),
        (trial(("unknown_function", 0), ("error_value", 1), depends=((), ())), ("general",)),
        (trial(("chart_over_cells", 1), ("overlap", 2)), ("cell",)),
        (trial(("overlap", 1), ("argument_count", 2)), ("general",)),
        (trial(("error_value", 0)), ("general",)),
        (trial(("refused", 0)), ("action",)),
    ],
)
def test_auto_asks_the_one_in_whose_aspect_all_of_it_lies(found: Trial, asked: tuple[str, ...]) -> None:
    assert reviewers("auto", ALL, found) == asked
    assert reviewers("always", ALL, found) == REFLECTORS
    assert reviewers("never", ALL, found) == ()


def test_what_could_not_be_checked_or_was_asked_for_calls_nobody() -> None:
    unknown = Fact(kind="not_simulated", severity=Severity.UNKNOWN, step=0, sentence="?")
    wanted = Fact(kind="overwrite", severity=Severity.WARNING, step=0, sentence="!", asked=True)
    assert reviewers("auto", ALL, Trial(facts=(unknown, wanted))) == ()


def test_the_general_one_stands_in_for_one_that_is_switched_off() -> None:
    assert reviewers("auto", {"general", "cell"}, trial(("argument_count", 0))) == ("general",)
    assert reviewers("auto", {"cell"}, trial(("argument_count", 0))) == ()
    assert reviewers("always", {"formula", "action"}, trial()) == ("action", "formula")

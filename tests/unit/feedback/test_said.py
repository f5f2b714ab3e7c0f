"""Replies in a person's own words."""

from __future__ import annotations

import pytest

from sheets_agent.feedback.channel import Asked
from sheets_agent.feedback.said import reply_to

PLAN = Asked(id="a", kind="plan", task="t", text="1. Adds a sheet")
QUESTION = Asked(id="a", kind="question", task="t", text="Which?", options=("ordered", "delivered"))


@pytest.mark.parametrize("text", ["accept", " Accept. ", "OK", "ok!", "👍", "да", "Принято.", "LGTM"])
def test_a_word_of_consent_alone_accepts(text: str) -> None:
    assert reply_to(PLAN, text, "ann").verdict == "accept"


@pytest.mark.parametrize(
    "text",
    ["ok, but in euros", "yes please make it blue", "no, make it blue", "accept the first step only", "да, но", "?"],
)
def test_consent_with_a_condition_asks_for_a_change(text: str) -> None:
    reply = reply_to(PLAN, text, "ann")
    assert (reply.verdict, reply.critique, reply.who) == ("revise", text, "ann")


@pytest.mark.parametrize(
    ("text", "why"),
    [("reject", ""), ("Reject: too risky", "too risky"), ("no", ""), ("нет", ""), ("отклонить — рано", "рано")],
)
def test_a_rejection_may_say_why(text: str, why: str) -> None:
    reply = reply_to(PLAN, text, "")
    assert (reply.verdict, reply.critique) == ("reject", why)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2", "delivered"), ("2.", "delivered"), ("1)", "ordered"), ("3", "3"), ("0", "0"), ("DELIVERED", "delivered"),
        ("the day it was paid", "the day it was paid"), ("?", ""), ("не знаю", ""),
    ],
)  # fmt: skip
def test_a_number_stands_for_an_option(text: str, answer: str) -> None:
    reply = reply_to(QUESTION, text, "")
    assert (reply.answer, reply.verdict) == (answer, None)


@pytest.mark.parametrize(("text", "answer"), [("2", "2"), ("10.", "10"), ("3", "a"), ("1", "10")])
def test_an_option_that_is_a_number_comes_before_the_number_of_an_option(text: str, answer: str) -> None:
    numbers = QUESTION.model_copy(update={"options": ("10", "2012", "A", "2")})
    assert reply_to(numbers, text, "").answer.casefold() == answer

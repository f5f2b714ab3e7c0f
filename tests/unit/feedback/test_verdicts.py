"""What several people said, as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.feedback.channel import Reply, Verdict
from sheets_agent.feedback.verdicts import answer_of, critiques_of, judged, verdict_of

A, V, R = (Reply(verdict="accept"), Reply(verdict="revise", critique="x"), Reply(verdict="reject", critique="y"))
REPLIES = st.lists(st.sampled_from([A, V, R]), min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("replies", "verdict"),
    [
        ([A], "accept"),
        ([V], "revise"),
        ([R], "reject"),
        ([A, A, V], "accept"),
        ([A, V], "revise"),
        ([A, R], "reject"),
        ([V, R], "reject"),
        ([A, V, R], "reject"),
        ([A, A, V, V], "revise"),
        ([A, V, V, R], "revise"),
    ],
)
def test_the_majority_decides_and_a_tie_goes_to_the_safer_side(replies: list[Reply], verdict: Verdict) -> None:
    assert verdict_of(replies) == verdict


@given(REPLIES, st.data())
def test_the_order_of_people_does_not_matter(replies: list[Reply], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(replies))
    assert verdict_of(shuffled) == verdict_of(replies)


@given(REPLIES)
def test_nothing_is_accepted_that_half_of_the_people_do_not_accept(replies: list[Reply]) -> None:
    accepting = sum(reply.verdict == "accept" for reply in replies)
    assert (verdict_of(replies) == "accept") == (2 * accepting > len(replies))


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (Reply(verdict="accept", edited="better"), "revise"),
        (Reply(rating=5), "accept"),
        (Reply(rating=4), "accept"),
        (Reply(rating=3), "revise"),
        (Reply(rating=5, critique="but"), "revise"),
        (Reply(rating=5, edited="so"), "revise"),
        (Reply(), "revise"),
        (Reply(verdict="accept", critique="nice", rating=1), "accept"),
    ],
)
def test_a_reply_without_a_verdict_is_read_carefully(reply: Reply, verdict: Verdict) -> None:
    assert judged(reply) == verdict


def test_critiques_are_those_of_the_deciding_side_once_each_with_the_edited_text() -> None:
    replies = [
        Reply(verdict="revise", critique="wrong column", edited="1. Write to E"),
        Reply(verdict="revise", critique="too much"),
        Reply(verdict="revise", critique="too much"),
        Reply(verdict="accept", critique="fine"),
    ]
    assert critiques_of(replies, "revise") == ("wrong column\nIt should read:\n1. Write to E", "too much")


@pytest.mark.parametrize(
    ("answers", "answer"),
    [
        (["EUR"], "EUR"),
        (["EUR", "usd", " USD "], "usd"),
        (["", "EUR"], "EUR"),
        (["", ""], ""),
        (["EUR", "USD"], "The people asked do not agree: “EUR” (p0), “USD” (p1)."),
    ],
)
def test_an_answer_of_most_people_counts_else_all_are_shown(answers: list[str], answer: str) -> None:
    assert answer_of([Reply(who=f"p{place}", answer=text) for place, text in enumerate(answers)]) == answer

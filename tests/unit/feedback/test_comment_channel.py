"""What a comment says, and what replies in its thread mean."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.feedback.channel import Asked, AskedKind
from sheets_agent.feedback.comments import MOST_BYTES, content, replies_of

PLAN = Asked(id="run1.plan.ab12.1", kind="plan", task="Chart it", text="1. Adds a sheet", details="! Overwrites")


def post(text: str, who: str, **extra: Any) -> dict[str, Any]:
    return {"content": text, "author": {"displayName": who, "user": f"users/{who}"}, **extra}


def test_the_last_word_of_each_person_counts() -> None:
    thread = {"replies": [post("reject", "ann"), post("ok", "bob"), post("accept", "ann")]}
    assert [(reply.who, reply.verdict) for reply in replies_of(thread, PLAN)] == [("ann", "accept"), ("bob", "accept")]


def test_namesakes_are_two_people() -> None:
    twins = [post("ok", "ann"), {**post("reject", "ann"), "author": {"displayName": "ann", "user": "users/2"}}]
    assert [reply.verdict for reply in replies_of({"replies": twins}, PLAN)] == ["accept", "reject"]


@pytest.mark.parametrize(
    "silent",
    [{"commentAction": "RESOLVE"}, {"deleted": True, "postId": "x"}, post("  ", "ann"), post("ok", "a", deleted=True)],
)
def test_who_only_resolves_or_takes_a_post_back_has_said_nothing(silent: dict[str, Any]) -> None:
    assert replies_of({"replies": [silent]}, PLAN) == ()
    assert replies_of({}, PLAN) == ()


def test_a_comment_says_for_which_task_what_and_how_to_answer() -> None:
    assert content(PLAN, 2) == (
        "sheets-agent shows what it is going to do for the task “Chart it”:\n1. Adds a sheet\n! Overwrites\n"
        "Reply here “accept”, “reject: why”, or say what should be different. 2 people are asked.\n(run1.plan.ab12.1)"
    )


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=3000)


@given(
    st.sampled_from(["question", "description", "plan", "result"]),
    TEXTS, TEXTS, TEXTS, st.lists(TEXTS, max_size=5),
)  # fmt: skip
def test_a_comment_fits_ends_with_its_id_and_notifies_nobody(
    kind: AskedKind, task: str, text: str, details: str, options: list[str]
) -> None:
    asked = Asked(id="run1.x.1", kind=kind, task=task, text=text, details=details, options=tuple(options))
    written = content(asked, 1)
    assert len(written.encode()) <= MOST_BYTES
    assert written.endswith("\n(run1.x.1)")
    assert "@" not in written

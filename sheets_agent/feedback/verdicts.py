"""What several people said, as one: the majority of verdicts and of answers. A tie goes to the safer side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sheets_agent.feedback.channel import Reply, Verdict

GOOD_RATING = 4
"""Of 1 to 5: from here on a rating without a verdict accepts."""


def verdict_of(replies: Sequence[Reply]) -> Verdict:
    """What reviewers decided together.

    It takes more than half of them to accept. Of the others the most decide whether to revise or to reject, and as many
    of each reject: nothing is written that half of them want stopped.
    """
    count = Counter(judged(reply) for reply in replies)
    if 2 * count["accept"] > len(replies):
        return "accept"
    return "revise" if count["revise"] > count["reject"] else "reject"


def judged(reply: Reply) -> Verdict:
    """The verdict of one person; who changed the text, or says only what is wrong, wants it revised."""
    if reply.verdict == "accept" and reply.edited.strip():
        return "revise"
    if reply.verdict is not None:
        return reply.verdict
    silent = not reply.edited.strip() and not reply.critique.strip()
    return "accept" if silent and reply.rating is not None and reply.rating >= GOOD_RATING else "revise"


def critiques_of(replies: Sequence[Reply], verdict: Verdict) -> tuple[str, ...]:
    """What those said who had this verdict, with how they would have it."""
    found = (_critique(reply) for reply in replies if judged(reply) == verdict)
    return tuple(dict.fromkeys(text for text in found if text))


def _critique(reply: Reply) -> str:
    edited = f"It should read:\n{reply.edited.strip()}" if reply.edited.strip() else ""
    return "\n".join(part for part in (reply.critique.strip(), edited) if part)


def answer_of(replies: Sequence[Reply]) -> str:
    """The answer that more than half of those gave who knew one; else all of them, with who said it."""
    known = [reply for reply in replies if reply.answer.strip()]
    if not known:
        return ""
    count = Counter(_same(reply.answer) for reply in known)
    (most, votes) = count.most_common(1)[0]
    if 2 * votes > len(known):
        return next(reply.answer.strip() for reply in known if _same(reply.answer) == most)
    said = (f"“{reply.answer.strip()}”" + (f" ({reply.who})" if reply.who else "") for reply in known)
    return f"The people asked do not agree: {', '.join(said)}."


def _same(answer: str) -> str:
    return " ".join(answer.casefold().split())

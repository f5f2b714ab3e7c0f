"""Understanding a reply in a person's own words, where no form asks for a verdict.

Only a reply that is nothing but a word of consent accepts: “ok, but …” asks for a change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sheets_agent.feedback.channel import Asked, Reply

ACCEPTING = {
    "accept", "accepted", "approve", "approved", "agreed", "ok", "okay", "yes", "lgtm", "👍", "✅",
    "да", "ок", "принять", "принято", "принимаю", "одобряю", "согласен", "согласна", "хорошо",
}  # fmt: skip
REJECTING = {"reject", "rejected", "отклонить", "отклонено", "отклоняю"}
"""Alone, or with the reason behind a colon or another mark."""
REFUSING = {"no", "stop", "👎", "❌", "нет", "отказ", "стоп"}
"""Alone only: “no, make it blue” asks for a change."""
_FIRST = re.compile(r"\s*(\w+|\S)\s*(?:[:,.!—–-]+\s*|$)(.*)", re.DOTALL)
_UNKNOWN = frozenset(("", "?", "idk", "i don't know", "don't know", "не знаю"))


def reply_to(asked: Asked, text: str, who: str) -> Reply:
    """What a person said to what was asked: the option with that number, a verdict, or what should be different."""
    if asked.kind == "question":
        return Reply(who=who, answer=_answer(asked, text))
    match = _FIRST.fullmatch(text)
    word, rest = (match[1].casefold(), match[2].strip()) if match else ("", "")
    if word in ACCEPTING and not rest:
        return Reply(who=who, verdict="accept")
    if word in REJECTING or (word in REFUSING and not rest):
        return Reply(who=who, verdict="reject", critique=rest)
    return Reply(who=who, verdict="revise", critique=text)


def _answer(asked: Asked, text: str) -> str:
    return "" if text.strip().rstrip(".)").casefold() in _UNKNOWN else chosen(asked.options, text)


def agrees(answers: Sequence[str], option: str) -> bool:
    """Whether the answer to a question is its first option, which is to go on; none is no."""
    word = answers[0].strip().rstrip(".!").casefold() if answers else ""
    return word in ACCEPTING or word in (option.casefold(), "1", "y")


def chosen(options: Sequence[str], text: str) -> str:
    """The option that a text is, else the one with that number, else the text: “2” of the options 10 and 2 is 2."""
    typed = text.strip()
    plain = typed.rstrip(".)")
    for option in options:
        if option.casefold() in (typed.casefold(), plain.casefold()):
            return option
    return options[int(plain) - 1] if plain.isdecimal() and 1 <= int(plain) <= len(options) else typed

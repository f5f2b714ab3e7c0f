"""A person at the terminal: answers questions, approves, edits or rejects a plan.

Everything is asked on stderr, so that stdout stays with the result.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from sheets_agent.cli.progress import Progress
from sheets_agent.cli.show import show_diff, show_facts, show_steps
from sheets_agent.feedback.channels import TERMINAL
from sheets_agent.feedback.person import Decision, Judgement, Review, Work
from sheets_agent.feedback.said import chosen
from sheets_agent.printable import clean
from sheets_agent.settings import Settings
from sheets_agent.state.done import Question
from sheets_agent.state.planned import Plan


def somebody_there() -> bool:
    """Whether a person can be asked: both stdin and stderr are a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))  # None when closed


def terminal_person(progress: Progress) -> TerminalPerson | None:
    """The person at this terminal, None when there is no terminal."""
    return TerminalPerson(progress) if somebody_there() else None


def asked_here(settings: Settings, progress: Progress) -> TerminalPerson | None:
    """Who is asked at this terminal: nobody where people are asked elsewhere."""
    return terminal_person(progress) if settings.feedback.channel == TERMINAL else None


class TerminalPerson:
    """Implements `feedback.person.Person`. Ctrl-C and Ctrl-D at a question interrupt the run."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def answer(self, questions: Sequence[Question]) -> Sequence[str]:
        """Ask all questions, one after the other."""
        with self._progress.paused() as console:
            console.print(Text("Before planning:" if len(questions) > 1 else "A question:", style="bold"))
            return [_ask(console, question) for question in questions]

    def review(self, review: Review) -> Decision:
        """Show a plan with what it changes, and ask what to do with it."""
        with self._progress.paused() as console:
            console.print(Text("The plan:", style="bold"))
            show_steps(console, review.plan)
            show_diff(console, review.diff)
            show_facts(console, [fact for fact in review.facts if fact.sentence not in review.reasons])
            for reason in review.reasons:
                console.print(Text(f"! {clean(reason)}", style="bold red"))
            while True:
                decision = _decide(console, review.plan)
                if decision is not None:
                    return decision

    def judge(self, work: Work) -> Judgement:
        """Show finished work, and ask what to say of it."""
        with self._progress.paused() as console:
            console.print(Text(f"The {work.kind}:", style="bold"))
            for line in f"{work.text}\n{work.details}".splitlines():
                console.print(Text(clean(line)))
            while True:
                judgement = _judged()
                if judgement is not None:
                    return judgement
                console.print("Type a, c or r; a change has to be said in words.")


def _judged() -> Judgement | None:
    """One round of asking; None when the person has to be asked again."""
    match _prompt("Is it right? [a]ccept, [c]hange, [r]eject").strip().casefold():
        case "a" | "accept" | "y" | "yes":
            return Judgement(verdict="accept")
        case "r" | "reject" | "n" | "no":
            return Judgement(verdict="reject", critique=_prompt("Why? (may be empty)", default="").strip())
        case "c" | "change":
            critique = _prompt("What should be different?", default="").strip()
            return Judgement(verdict="revise", critique=critique) if critique else None
    return None


def _ask(console: Console, question: Question) -> str:
    console.print(Text(clean(question.text)))
    if question.about:
        console.print(Text(clean(question.about), style="dim"))
    if not question.options:
        return _prompt("Answer (empty if you don't know)", default="")
    for number, option in enumerate(question.options, 1):
        console.print(Text(f"  {number}. {clean(option)}"))
    while True:
        answer = chosen(question.options, _prompt(f"1–{len(question.options)}, or your own words", default=""))
        if answer in question.options or not answer.isdecimal():
            return answer
        console.print(f"There are {len(question.options)} options.")


def _decide(console: Console, plan: Plan) -> Decision | None:
    """One round of asking; None when the person has to be asked again."""
    match _prompt("Write this? [a]pprove, [e]dit, [r]eject").strip().casefold():
        case "a" | "approve" | "y" | "yes":
            return Decision(verdict="approve")
        case "r" | "reject" | "n" | "no":
            comment = _prompt("What should be different? (empty: stop here)", default="")
            return Decision(verdict="reject", comment=comment.strip())
        case "e" | "edit":
            edited = _edited(console, plan)
            return None if edited is None else Decision(verdict="edit", plan=edited)
    console.print("Type a, e or r.")
    return None


def _edited(console: Console, plan: Plan) -> Plan | None:
    """The plan after the person changed it in their editor; None when it was left as it was, or is not a plan."""
    text = plan.model_dump_json(indent=2, exclude_none=True)
    try:
        changed = click.edit(text, extension=".json")
    except click.ClickException as error:
        console.print(Text(f"The editor did not work: {error.message} Set EDITOR to one that does.", style="red"))
        return None
    if changed is None or changed.strip() == text.strip():
        console.print("The plan was not changed.")
        return None
    try:
        return Plan.model_validate_json(changed)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the text"
        console.print(Text(f"This is not a plan: {where}: {first['msg']}. Nothing was changed.", style="red"))
        return None


def _prompt(text: str, default: str | None = None) -> str:
    try:
        answer: str = click.prompt(text, default=default, show_default=False, err=True)
    except click.Abort:
        raise KeyboardInterrupt from None
    return answer

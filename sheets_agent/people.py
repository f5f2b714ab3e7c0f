"""Who is asked in a run: somebody who answers at once, or people in a channel who answer later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sheets_agent.chat.kept import opened
from sheets_agent.checkpoints import runs_file
from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.events import Listener, Note
from sheets_agent.feedback.asking import Asker
from sheets_agent.feedback.channel import Channel
from sheets_agent.feedback.channels import TERMINAL, Place, scheme_of
from sheets_agent.feedback.channels import opened as opened_channel
from sheets_agent.feedback.decided import Decided
from sheets_agent.feedback.desk import Desk
from sheets_agent.feedback.moderator import merged
from sheets_agent.feedback.person import Person, ask, check_answer
from sheets_agent.feedback.posted import Posted
from sheets_agent.resuming import Left
from sheets_agent.running import Run
from sheets_agent.settings import Settings


@dataclass(frozen=True)
class People:
    """The person and the channel that an agent was given, and the channel that the settings name.

    Raises:
        UsageError: both a person and a channel are given, or there is no such channel as the settings name.
    """

    settings: Settings
    person: Person | None
    channel: Channel | None
    listener: Listener

    def __post_init__(self) -> None:
        if self.person is not None and self.channel is not None:
            raise UsageError("Both a person and a channel are given.", "Give one: who is asked.")
        if self.remote:
            scheme_of(self.settings.feedback.channel)

    @property
    def remote(self) -> bool:
        """Whether the settings name a channel, and nobody who was given comes before it."""
        return self.person is None and self.channel is None and self.settings.feedback.channel != TERMINAL

    @property
    def asks_later(self) -> bool:
        """Whether there is a channel."""
        return self.channel is not None or self.remote

    def desk(self, run: Run) -> Desk | None:
        """Where a run waits for people who answer later; None where there is no channel."""
        settings, context, channel = self.settings.feedback, run.context, self.channel
        if self.remote:
            channel = opened_channel(
                settings.channel, Place(context.client, context.spreadsheet_id, settings.reviewers)
            )
        if channel is None:
            return None
        return Desk(
            channel,
            Asker(run.run_id, run.task, context.spreadsheet_id),
            Posted(opened(str(runs_file())), run.run_id, channel.name),
            settings,
            self.listener,
            lambda asked, critiques: merged(context, asked, critiques),
            lambda asked, reply: context.records.replied(asked, reply, channel.name),
        )

    def desk_if_there(self, run: Run) -> Desk | None:
        """The same; None, and a note, where its service is away: what was decided elsewhere does not wait for it."""
        try:
            return self.desk(run)
        except FeedbackError as error:
            self.listener(Note(f"{error} What the run has asked there stays open."))
            return None

    def withdraw(self, run: Run, found: Left) -> None:
        """Close what was asked in a channel and is decided elsewhere."""
        try:
            desk = self.desk_if_there(run)
            if desk is not None and found.request is not None:
                desk.withdraw(found.request, found.state.get("pauses", 0) + 1)
        except BaseException:
            run.close()
            raise

    def decide(self, found: Left, answer: Mapping[str, Any] | None) -> None:
        """Keep what is answered to the pause that a run is left at, unless a channel is to be waited for.

        Raises:
            UsageError: the answer is malformed, or there is none and nobody to ask.
        """
        request, number = found.request or {}, found.state.get("pauses", 0) + 1
        decided = Decided(opened(str(runs_file())), found.run_id)
        if answer is None and decided.find(request, number) is not None:
            return
        if answer is None and self.person is not None:
            answer = ask(self.person, request)
        if answer is not None:
            check_answer(request, answer)
            decided.keep(request, number, answer)
        elif not self.asks_later:
            raise UsageError(f"Run {found.run_id} waits for an answer.", "Give it: --approve, --reject or --answer.")

"""Where a run waits for people who answer later: posts what it asks, and looks again until they have answered."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sheets_agent.errors import FeedbackError
from sheets_agent.events import Listener, Note, Waiting
from sheets_agent.feedback.asking import Asker, Merge, answer_to
from sheets_agent.feedback.channel import Asked, Channel, Reply
from sheets_agent.feedback.posted import Posted, Task
from sheets_agent.settings import Feedback

FIRST_PAUSE = 1.0
"""Seconds; each further pause is twice as long, up to the setting `feedback.poll`."""
PATIENCE = 5
"""Looks in a row that may fail: a service is away for a while, but not for ever."""


@dataclass(frozen=True)
class Clock:
    """What tells the time and passes it."""

    now: Callable[[], float] = time.time
    """Seconds since 1970: waiting goes on in other processes."""
    sleep: Callable[[float], None] = time.sleep


class Desk:
    """Puts the pauses of one run to a channel.

    Args:
        channel: where people are.
        asker: the run.
        posted: what it has asked already.
        settings: how long to wait.
        emit: is told what is waited for.
        merge: makes one critique of several.
        heard: is told what each person said, and to what.
        clock: tells and passes the time.
    """

    def __init__(
        self,
        channel: Channel,
        asker: Asker,
        posted: Posted,
        settings: Feedback,
        emit: Listener,
        merge: Merge,
        heard: Callable[[Asked, Reply], None] = lambda asked, reply: None,
        clock: Clock | None = None,
    ) -> None:
        self._channel = channel
        self._asker = asker
        self._posted = posted
        self._settings = settings
        self._emit = emit
        self._merge = merge
        self._heard = heard
        self._clock = clock or Clock()

    def answer(self, request: dict[str, Any], number: int) -> dict[str, Any] | None:
        """Ask, wait, and answer a pause with what people said.

        Args:
            request: the pause.
            number: which one of the run's pauses it is, from 1.

        Returns:
            The resume value; None when the deadline has passed.

        Raises:
            FeedbackError: the service refuses, or cannot be reached for long. What was posted stays, and can be waited
                for again; so it does when waiting is interrupted.
        """
        asked = self._asker.asked(request, number)
        tasks = {one.id: self._task(one) for one in asked}
        if any(task.replies is None for task in tasks.values()) and not self._wait(asked, tasks):
            return None
        replies = [tasks[one.id].replies or () for one in asked]
        for one in asked:
            self._close(one, tasks[one.id])
            self._tell(one, tasks[one.id])
        return answer_to(request, asked, replies, self._merge)

    def waits_for(self, request: dict[str, Any], number: int) -> str:
        """What a pause waits for and where, in a sentence; what was not posted is not waited for."""
        asked = self._asker.asked(request, number)
        found = (self._posted.find(one.id) for one in asked)
        references = [task.reference for task in found if task is not None and task.reference is not None]
        if not references:
            return ""
        try:
            where = self._channel.where(references[0])
        except FeedbackError:
            where = ""
        return f"{_WAITED[asked[0].kind]} in {self._channel.name}" + (f": {where}" if where else "")

    def withdraw(self, request: dict[str, Any], number: int) -> None:
        """Nobody is waited for any more: it was decided elsewhere."""
        for one in self._asker.asked(request, number):
            task = self._posted.find(one.id)
            if task is not None and task.reference is not None:
                self._close(one, task)

    def _task(self, asked: Asked) -> Task:
        """What was asked, posted if it was not; a deadline that has passed begins anew."""
        now = self._clock.now()
        task = self._posted.find(asked.id) or Task(None, now + self._settings.deadline, None)
        if task.replies is None and task.deadline <= now:
            task = replace(task, deadline=now + self._settings.deadline)
        self._posted.keep(asked.id, task)  # before it is posted: whoever finds no reference looks for it at the service
        if task.reference is None:
            task = replace(task, reference=self._channel.post(asked))
            self._posted.keep(asked.id, task)
        return task

    def _wait(self, asked: Sequence[Asked], tasks: dict[str, Task]) -> bool:
        """Look until everybody has answered. False when the deadline has passed."""
        first = tasks[asked[0].id]
        where = self._channel.where(first.reference or "")
        deadline = min(task.deadline for task in tasks.values() if task.replies is None)
        what = f"{_WAITED[asked[0].kind]} in {self._channel.name}"
        told = ""
        failures, longest = 0, 0.0
        for pause in self._pauses():
            try:
                self._look(asked, tasks)
                failures = 0
            except FeedbackError as error:
                failures += 1
                if failures == PATIENCE:
                    raise
                self._emit(Note(f"{error} It is tried again."))
            if all(task.replies is not None for task in tasks.values()):
                return True
            left = deadline - self._clock.now()
            if left <= 0:
                self._emit(Note(f"Not enough people have answered by {_time(deadline)}."))
                return False
            if not told:
                told = f"{what}: {where}" if where else what
                self._emit(Note(f"Waits for {told}, until {_time(deadline)}."))
            if pause != longest:  # a day of looks is not told one by one
                longest = pause
                self._emit(Waiting(told, min(pause, left)))
            self._clock.sleep(min(pause, left))
        return False

    def _look(self, asked: Sequence[Asked], tasks: dict[str, Task]) -> None:
        """Take over what people have said of everything that is still waited for."""
        for one in asked:
            task = tasks[one.id]
            if task.replies is not None or task.reference is None:
                continue
            said = tuple(self._channel.replies(one, task.reference))
            if len(said) >= self._channel.overlap:
                tasks[one.id] = replace(task, replies=said)
                self._posted.keep(one.id, tasks[one.id])

    def _pauses(self) -> Iterator[float]:
        pause = FIRST_PAUSE
        while True:
            yield min(pause, self._settings.poll)
            pause = min(2 * pause, self._settings.poll)

    def _close(self, asked: Asked, task: Task) -> None:
        try:
            self._channel.withdraw(asked, task.reference or "")
        except FeedbackError as error:
            self._emit(Note(f"What was asked in {self._channel.name} stays open there: {error}"))

    def _tell(self, asked: Asked, task: Task) -> None:
        for reply in task.replies or ():
            self._heard(asked, reply)
            if text := (reply.critique or reply.answer).strip():
                self._emit(Note(f"{reply.who or 'Somebody'} said: {text}"))


_WAITED = {
    "question": "an answer",
    "description": "a review of the description",
    "plan": "a review of the plan",
    "result": "a review of the result",
}


def _time(at: float) -> str:
    return datetime.datetime.fromtimestamp(at).astimezone().isoformat(" ", "minutes")

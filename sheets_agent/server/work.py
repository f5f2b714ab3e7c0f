"""What the server's graph does with the agent: one thread of LangGraph is one thread of runs.

What a client sends or puts into the state of its thread decides nothing but what is asked: a run is found by the
thread's id, who asks and their role come from the server's own records, and an answer counts only for the question
that stands.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sheets_agent import threads
from sheets_agent.agent import SheetsAgent
from sheets_agent.checkpoints import checkpoints
from sheets_agent.errors import SheetsAgentError, UsageError
from sheets_agent.feedback.person import check_answer
from sheets_agent.resuming import Left, left
from sheets_agent.run_state import RunState
from sheets_agent.server.answers import Update, ended, failed, said, same, waiting
from sheets_agent.server.places import Places
from sheets_agent.server.relay import Job, Relay
from sheets_agent.server.users import NotAllowed, User, Users
from sheets_agent.settings import Settings, load
from sheets_agent.state.done import Status
from sheets_agent.state.result import RunResult

MOST_OPEN = 64
"""Paused runs that are kept open; others are opened again when their answer comes."""


class Work:
    """The runs of the server. Safe to use from several threads; the jobs of one thread come one after the other."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[SheetsAgent, Relay]] = OrderedDict()
        self._busy: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def begin(self, job: Job, text: str, target: str) -> Update:
        """Do a task, or answer a question. A job that the server tries again goes on where it was.

        Args:
            job: who asks, and where.
            text: what the person wrote.
            target: the spreadsheet, where it is named beside the text; "" where it is not.
        """
        return self._told(job, lambda user, places: self._begun(job, user, places, text.strip(), target))

    def _begun(self, job: Job, user: User, places: Places, text: str, target: str) -> Update:
        run_id = f"{_thread(job.thread)}.{uuid.UUID(job.request).hex}"
        found = _unfinished(run_id)
        if found is not None and found.run_id == run_id:
            return self._again(job, user, places, found)
        first = self._given_up(job, found) if found is not None else ""
        memory = _memory(run_id)
        if memory and (turn := memory["history"][-1]).run == run_id:  # it had ended, and the answer was lost
            return said(turn.summary or turn.status.value, run_id=run_id, status=turn.status.value)
        named = target or places.in_message(text)
        if not named and memory and places.again(memory["target"]):
            agent = self._agent(job, _settings(user))
            result = agent.follow(run_id, text, ask=user.role == "viewer", new_id=run_id)
            return self._outcome(job, places, result, first)
        named = named or places.only()
        if named is None:
            return said(f"{first} {places.ask()}".strip(), status="failed", error="NotServed")
        place = places.open(named)
        agent = self._agent(job, _settings(user))
        output = places.result_for(place, run_id)
        result = agent.run(place, text, output=output, ask=user.role == "viewer", run_id=run_id)
        return self._outcome(job, places, result, first)

    def _again(self, job: Job, user: User, places: Places, found: Left) -> Update:
        """Go on with what a server that was killed has begun."""
        if found.request is not None:
            return waiting(found.request)
        if refused := _refusal(user, places, found):
            self._given_up(job, found)
            return said(refused, status="failed", error="NotAllowed")
        agent = self._agent(job, _settings(user, found))
        return self._outcome(job, places, agent.resume(found.run_id))

    def resume(self, job: Job, answer: Any, asked: Any) -> Update:
        """Go on with the run that waits in the thread.

        Args:
            job: who answers, and where.
            answer: `{"decisions": […]}`.
            asked: the question that was shown.
        """
        return self._told(job, lambda user, places: self._resumed(job, user, places, answer, asked))

    def _told(self, job: Job, work: Callable[[User, Places], Update]) -> Update:
        """What comes of a job for its user; of an error, what the person is told."""
        folder = None
        with self._busy[job.thread]:
            try:
                places = Places(load().served, _user(job))
                folder = places.folder
                return work(places.user, places)
            except SheetsAgentError as error:
                self._close(job.thread)
                return failed(error, folder)

    def _resumed(self, job: Job, user: User, places: Places, answer: Any, asked: Any) -> Update:
        found = left(_thread(job.thread))
        if refused := _refusal(user, places, found):
            self._given_up(job, found)
            return said(refused, status="failed", error="NotAllowed")
        if found.request is not None:
            if not same(found.request, asked):
                return waiting(found.request, "That was answered before. This is what waits for an answer now.")
            try:
                check_answer(found.request, answer)
            except UsageError as error:
                return waiting(found.request, f"{error} {error.hint}")
        agent = self._agent(job, _settings(user, found))
        result = agent.resume(found.run_id, answer if found.request is not None else None)
        return self._outcome(job, places, result)

    def forget(self, thread: str) -> None:
        """Delete what the runs of a thread have left. What they wrote stays, and can be undone."""
        with self._busy[thread]:
            self._close(thread)
            with suppress(UsageError):
                SheetsAgent(load()).abandon(_thread(thread))
            with checkpoints() as saver:
                saver.delete_thread(_thread(thread))

    def _outcome(self, job: Job, places: Places, result: RunResult, first: str = "") -> Update:
        if result.status is Status.PAUSED:
            request = left(result.run_id).request
            assert request is not None  # nothing else pauses a run
            return waiting(request, first)
        self._close(job.thread)
        return ended(result, places.folder, first)

    def _given_up(self, job: Job, found: Left) -> str:
        """Give up what was not ended in a thread; a sentence that says so."""
        agent, _ = self._open.get(job.thread) or (SheetsAgent(load()), None)
        agent.abandon(found.run_id)
        self._close(job.thread)
        return "The task before this one did not come to its end, and was given up."

    def _agent(self, job: Job, settings: Settings) -> SheetsAgent:
        """The agent of a thread; it holds a paused run open."""
        kept = self._open.pop(job.thread, None)
        if kept is None or kept[0].settings != settings:
            self._shut(kept)
            relay = Relay(job)
            kept = (SheetsAgent(settings, on_event=relay), relay)
        kept[1].job = job
        self._open[job.thread] = kept
        while len(self._open) > MOST_OPEN:
            oldest = next(iter(self._open))
            lock = self._busy[oldest]
            if oldest == job.thread or not lock.acquire(blocking=False):
                break
            try:
                self._close(oldest)
            finally:
                lock.release()
        return kept[0]

    def _close(self, thread: str) -> None:
        self._shut(self._open.pop(thread, None))

    @staticmethod
    def _shut(kept: tuple[SheetsAgent, Relay] | None) -> None:
        if kept is not None:
            kept[0].close()


def _user(job: Job) -> User:
    """Who asks, with the role they have now.

    Raises:
        NotAllowed: they are gone.
    """
    user = Users().find(job.user)
    if user is None:
        raise NotAllowed("There is no such user any more.")
    return user


def _settings(user: User, found: Left | None = None) -> Settings:
    """The settings of a run; who is no administrator is asked before anything is written, whatever is set."""
    given: dict[str, Any] = dict(found.state["settings"]) if found is not None else {}
    given["feedback"] = {**given.get("feedback", {}), "channel": "terminal"}  # people are asked by their clients
    if user.role != "admin":
        given["approve"] = "always"
    return load(**given)


def _refusal(user: User, places: Places, found: Left) -> str:
    """Why a run may not go on for a user; empty when it may. A role may have changed since it began."""
    scope = found.state["scope"]
    if not places.again(found.state["target"]):
        return "The server does not open that spreadsheet any more, and the task was given up."
    if scope.writes and (user.role == "viewer" or (user.role == "editor" and scope.approve != "always")):
        return f"The task was begun with more rights than a {user.role} has, and was given up."
    return ""


def _thread(thread: str) -> str:
    """The thread of runs that belongs to a thread of the server."""
    return uuid.UUID(thread).hex


def _unfinished(run_id: str) -> Left | None:
    try:
        return left(run_id)
    except UsageError:
        return None


def _memory(run_id: str) -> RunState | None:
    with checkpoints() as saver:
        try:
            return threads.recall(saver, run_id)
        except UsageError:
            return None


WORK = Work()
"""The runs of this process."""

"""One call to a model: retried within bounds, counted, and its failures translated."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheets_agent.chat.answers import BadAnswer, Fault
from sheets_agent.chat.failures import Failure, diagnose
from sheets_agent.chat.kept import KeptAnswers, bound_to
from sheets_agent.chat.providers import GIGACHAT, Provider
from sheets_agent.chat.tools import alternating
from sheets_agent.chat.trace import Trace
from sheets_agent.chat.usage import Tokens, UsageMeter
from sheets_agent.errors import ModelError
from sheets_agent.events import Listener, Waiting
from sheets_agent.guards import NO_GUARDS, Guards
from sheets_agent.redaction import cause_of

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import Runnable

    from sheets_agent.feedback.run_records import RunRecords

    Asked = Runnable[LanguageModelInput, AIMessage]
    """A model, or a model with tools or a format bound to it."""

_ARGUMENTS = re.compile(r"validation errors? for (ChatCompletion|AIMessage)\n.*(function_call|tool_calls)\b", re.DOTALL)
"""How GigaChat's client fails on arguments of a function call that are no object."""
LONGEST_WAIT = 60.0
"""Seconds. A provider that asks for a longer wait is given up at once."""


class RequestRefused(Exception):
    """The provider does not take this form of request. `error` is what to raise when there is no other form."""

    def __init__(self, error: ModelError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True)
class Caller:
    """Makes one role's calls.

    Attributes:
        role: whose calls are counted.
        model: the LangChain model.
        name: its name in sentences and prices.
        session: an id that stays the same through a run; GigaChat finds its prompt cache by it.
        gate: entered for the time of a call; lets through as many at once as the account may make.
        retries: how often a transient failure is tried again; one time-out is tried again once.
        kept: the answers this run has had already, before its process was killed.
        recalled: counts those of them that are taken instead of asking again.
        trace: writes the calls down, where the person asked for it.
        guards: judge every answer before it is used.
        records: puts the answered calls on record, where the person asked for it.
    """

    role: str
    model: BaseChatModel
    name: str
    provider: Provider
    meter: UsageMeter
    session: str = ""
    gate: AbstractContextManager[Any] = field(default_factory=contextlib.nullcontext)
    retries: int = 3
    listener: Listener | None = None
    sleep: Callable[[float], None] = field(default=time.sleep)
    kept: KeptAnswers | None = None
    trace: Trace | None = None
    guards: Guards = NO_GUARDS
    records: RunRecords | None = None
    recalled: UsageMeter = field(default_factory=UsageMeter)

    def call(self, asked: Asked, messages: Sequence[BaseMessage]) -> AIMessage:
        """Ask, and count what it took.

        Raises:
            RequestRefused: the provider does not take this form of request.
            ModelUnreachable, NoModel: after the retries.
            BadAnswer: the answer was too broken for the client to read, or the client itself found it cut off.
            Blocked: a guard does not let the answer pass.
        """
        answer = self._kept_or_asked(asked, messages)
        self.guards.check_answer(self.role, answer)
        return answer

    def _kept_or_asked(self, asked: Asked, messages: Sequence[BaseMessage]) -> AIMessage:
        slot = self.kept.slot(self.role, self.name, messages, bound_to(asked)) if self.kept else None
        answer, seconds = (self.kept.find(slot) if self.kept and slot else None), 0.0
        if answer is not None:
            self.recalled.record(self.role, self.name, tokens_of(answer.usage_metadata, self.provider), 0.0)
        else:
            started = time.perf_counter()
            answer, seconds = self._call(asked, messages), time.perf_counter() - started
            if self.kept and slot:
                self.kept.keep(slot, answer)
        if self.records is not None:
            tokens = tokens_of(answer.usage_metadata, self.provider)
            self.records.call(self.role, self.name, alternating(messages), answer, tokens, seconds, slot)
        return answer

    def _call(self, asked: Asked, messages: Sequence[BaseMessage]) -> AIMessage:
        timeouts = 0
        for attempt in range(self.retries + 1):
            started = time.perf_counter()
            try:
                with self.gate, _session(self.provider, self.session):
                    started = time.perf_counter()  # waiting for one's turn is not the model's time
                    message = self._invoke(asked, alternating(messages))
            except Exception as error:
                self._if_unreadable(error, started)
                failure = diagnose(error, self.provider, self.name)
                if failure is None:
                    raise
                timeouts += failure.timed_out
                if not failure.transient or timeouts > 1 or not self._wait(failure, attempt):
                    told = RequestRefused(failure.error) if failure.request_refused else failure.error
                    raise told from cause_of(error)
            else:
                self._count(tokens_of(message.usage_metadata, self.provider), started)
                return message
        raise AssertionError("the last attempt returns or raises")

    def _invoke(self, asked: Asked, messages: Sequence[BaseMessage]) -> AIMessage:
        """One call over the wire, written down where it is wanted."""
        if self.trace is None:
            return asked.invoke(messages, {"run_name": self.role})
        call, started = self.trace.begin(self.role, self.name, messages, bound_to(asked)), time.perf_counter()
        try:
            answer = asked.invoke(messages, {"run_name": self.role})
        except Exception as error:
            self.trace.end(call, time.perf_counter() - started, Tokens(), error)
            raise
        self.trace.end(call, time.perf_counter() - started, tokens_of(answer.usage_metadata, self.provider), answer)
        return answer

    def _wait(self, failure: Failure, attempt: int) -> bool:
        """Wait before the next attempt; False when there is none, or the wait would be too long."""
        seconds = failure.wait if failure.wait is not None else float(2**attempt)
        if attempt >= self.retries or seconds > LONGEST_WAIT:
            return False
        if self.listener:
            self.listener(Waiting(str(failure.error), seconds))
        self.sleep(seconds)
        return True

    def _if_unreadable(self, error: Exception, started: float) -> None:
        """Turn a client's complaint about the answer's form into a fault of the answer."""
        kind = type(error).__name__
        completion = getattr(error, "completion", None)
        if completion is not None and "FinishReason" in kind:  # the OpenAI client looks at the finish reason itself
            usage = getattr(completion, "usage", None)
            counts = [getattr(usage, name, 0) or 0 for name in ("prompt_tokens", "completion_tokens")]
            self._count(Tokens(counts[0], 0, counts[1]), started)
            if "Length" in kind:
                raise BadAnswer(Fault.CUT_OFF, "Answer again, in full but more briefly.") from error
            raise BadAnswer(Fault.REFUSED) from error
        if _ARGUMENTS.search(str(error)):
            self._count(Tokens(), started)
            raise BadAnswer(Fault.BROKEN, "Answer again with one complete, valid JSON object.") from error

    def _count(self, tokens: Tokens, started: float) -> None:
        self.meter.record(self.role, self.name, tokens, time.perf_counter() - started)


def tokens_of(usage: Any, provider: Provider) -> Tokens:
    """A LangChain message's usage metadata as counts."""
    if not usage:
        return Tokens()
    cached = (usage.get("input_token_details") or {}).get("cache_read") or 0
    output = usage.get("output_tokens", 0)
    if provider.cached_tokens_apart:  # their total leaves cached tokens out, whatever their input count does
        return Tokens(usage.get("total_tokens", 0) - output + cached, cached, output)
    return Tokens(usage.get("input_tokens", 0), cached, output)


@contextlib.contextmanager
def _session(provider: Provider, session: str) -> Iterator[None]:
    """Send GigaChat the id of the run: calls of one session reuse its prompt cache."""
    if provider is not GIGACHAT or not session:
        yield
        return
    from gigachat.context import session_id_cvar

    token = session_id_cvar.set(session)
    try:
        yield
    finally:
        session_id_cvar.reset(token)
